"""Writing appreciations: one while it is typed, or a whole class; nobody's words are overwritten unseen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from preau.directory.models import Enrolment, Group, Period
from preau.directory.viewer import Viewer
from preau.domains.report_cards.models import Appreciation, Council, policy_of
from preau.domains.report_cards.queries.writing import limit_of
from preau.domains.report_cards.rules.access import Passage
from preau.domains.report_cards.rules.texts import kept_text
from preau.foundation import journal, live

# A text is kept at each pause of the keyboard: the journal says it once, as long as the same hand goes on.
SAME_GESTURE = timedelta(minutes=10)


@dataclass(frozen=True)
class Text:
    """What is typed of a pupil; `seen`: the version that the page had shown, 0 for none."""

    pupil_id: int
    typed: str
    seen: int


class CouncilClosed(Exception):
    """The council of these pupils is over: what is written for it does not change any more."""


class NotThere(Exception):
    """Somebody who does not learn in this class or group in the period."""


class TextConflict(Exception):
    """Somebody has written these texts since the page was shown: nothing was written. By pupil, what is there now."""

    def __init__(self, there: Mapping[int, Appreciation]) -> None:
        super().__init__(len(there))
        self.there = there


@transaction.atomic
def write(
    viewer: Viewer, group: Group, period: Period, passage: Passage, texts: Sequence[Text]
) -> dict[int, Appreciation | None]:
    """Keep these texts, all or none; returns what is there now, by pupil. What is already as typed is not written.

    Raises TextConflict, CouncilClosed, NotThere, texts.TooLong.
    """
    # Whoever writes for this class waits here, so that each sees what the other has written; a council that closes does too.
    Group.objects.select_for_update().get(pk=group.pk)
    most = limit_of(policy_of(group.school_id), passage.kind)
    same = {"period": period, "kind": passage.kind, "subject_id": passage.subject_id}
    rows = Appreciation.objects.filter(pupil__in=[one.pupil_id for one in texts], **same)
    known = {row.pupil_id: row for row in rows.select_related("changed_by").select_for_update(of=("self",))}
    changed = {
        one.pupil_id: (one, text)
        for one in texts
        if (text := kept_text(one.typed, most)) != (known[one.pupil_id].text if one.pupil_id in known else "")
    }
    by_pupil: dict[int, Appreciation | None] = {one.pupil_id: known.get(one.pupil_id) for one in texts}
    if not changed:
        return by_pupil
    wrong = {
        pupil: known[pupil]
        for pupil, (one, _text) in changed.items()
        if pupil in known and known[pupil].version != one.seen
    }
    if wrong:
        raise TextConflict(wrong)
    _refuse(group, period, set(changed))
    now = timezone.now()
    for pupil, (_one, text) in changed.items():
        row = known.get(pupil)
        continues = (
            row is not None and row.changed_by_id == viewer.person.pk and now - row.changed_at < SAME_GESTURE
        )
        row = row or Appreciation(school_id=group.school_id, pupil_id=pupil, version=0, **same)
        row.group, row.text, row.version = group, text, row.version + 1
        row.changed_at, row.changed_by = now, viewer.person
        row.save()
        by_pupil[pupil] = row
        if not continues:
            journal.record(
                viewer,
                "report_cards.appreciation_written",
                row,
                subject_id=pupil,
                kind=passage.kind.value,
                period=period.pk,
            )
    _tell(period, set(changed))
    return by_pupil


def _refuse(group: Group, period: Period, pupils: set[int]) -> None:
    """Raises NotThere, CouncilClosed."""
    there = Enrolment.objects.filter(group=group, pupil__in=pupils)
    there = there.exclude(starts__gt=period.ends).exclude(ends__lte=period.starts)
    if set(there.values_list("pupil_id", flat=True)) != pupils:
        raise NotThere
    closed = Council.objects.held().filter(period=period, group__enrolments__pupil__in=pupils)
    if closed.exists():
        raise CouncilClosed


def _tell(period: Period, pupils: set[int]) -> None:
    """A projected page that speaks of one of them is asked again."""
    shown = Council.objects.filter(period=period, shown__in=pupils).values_list("pk", flat=True)
    live.touch(*live.all_of("council", shown))
