"""A council: where it is, what it decides of each pupil, when it is over."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from preau.directory.models import Enrolment, Group, Period, Person
from preau.directory.viewer import Viewer
from preau.domains.report_cards.actions.writing import CouncilClosed, NotThere
from preau.domains.report_cards.models import Council, Decision
from preau.foundation import journal, live
from preau.foundation.locks import lock


class DecisionConflict(Exception):
    """Somebody has decided of this pupil since the page was shown: nothing was written."""

    def __init__(self, there: Decision) -> None:
        super().__init__(there.pk)
        self.there = there


class AlreadyDone(Exception):
    """The council is closed already, or open already."""


@dataclass(frozen=True)
class Facts:
    """What is said of the council itself."""

    starts: datetime | None
    present: str
    comment: str


def _council(group: Group, period: Period) -> Council:
    """The council, which nobody else changes until this transaction ends."""
    lock(Group, group.pk)
    found: Council = Council.objects.get_or_create(
        group=group, period=period, defaults={"school_id": group.school_id}
    )[0]
    return found


def _open_council(group: Group, period: Period) -> Council:
    """Raises CouncilClosed."""
    council = _council(group, period)
    if council.held_at is not None:
        raise CouncilClosed
    return council


def _refuse_stranger(group: Group, period: Period, pupil: Person) -> None:
    """Raises NotThere."""
    there = Enrolment.objects.filter(group=group, pupil=pupil)
    if not there.exclude(starts__gt=period.ends).exclude(ends__lte=period.starts).exists():
        raise NotThere


@transaction.atomic
def show(viewer: Viewer, group: Group, period: Period, pupil: Person) -> bool:
    """The council speaks of this pupil now: the projected page follows. False when it already did. Raises NotThere.

    It is no fact of anybody's file: the journal does not say it.
    """
    _refuse_stranger(group, period, pupil)
    council = _council(group, period)
    if council.shown_id == pupil.pk:
        return False
    council.shown = pupil
    council.save(update_fields=["shown"])
    live.touch(f"council:{council.pk}")
    return True


@transaction.atomic
def decide(viewer: Viewer, group: Group, period: Period, pupil: Person, distinction: str, seen: int) -> bool:
    """Keep what the council gives a pupil, nothing included; False when it is already so. Raises CouncilClosed, DecisionConflict, NotThere."""
    _refuse_stranger(group, period, pupil)
    council = _open_council(group, period)
    known = Decision.objects.filter(council=council, pupil=pupil).select_related("by").first()
    if known and known.distinction == distinction:
        return False
    if known and known.version != seen:
        raise DecisionConflict(known)
    row = known or Decision(council=council, pupil=pupil, version=0)
    row.distinction, row.version = distinction, row.version + 1
    row.by, row.at = viewer.person, timezone.now()
    row.save()
    journal.record(viewer, "report_cards.pupil_decided", row, subject_id=pupil.pk, council=council.pk)
    live.touch(f"council:{council.pk}")
    return True


@transaction.atomic
def describe(viewer: Viewer, group: Group, period: Period, facts: Facts) -> bool:
    """Keep when the council meets, who is there and what it says of the class. Raises CouncilClosed."""
    council = _open_council(group, period)
    values = {"starts": facts.starts, "present": facts.present, "comment": facts.comment}
    changed = [name for name, value in values.items() if getattr(council, name) != value]
    if not changed:
        return False
    for name in changed:
        setattr(council, name, values[name])
    council.save(update_fields=changed)
    journal.record(viewer, "report_cards.council_written", council, **dict.fromkeys(changed, 1))
    return True


@transaction.atomic
def close(viewer: Viewer, group: Group, period: Period) -> Council:
    """The council is over: what is written for it does not change any more. Raises AlreadyDone."""
    council = _council(group, period)
    if council.held_at is not None:
        raise AlreadyDone
    council.held_at, council.held_by, council.shown = timezone.now(), viewer.person, None
    council.save(update_fields=["held_at", "held_by", "shown"])
    journal.record(
        viewer, "report_cards.council_closed", council, group=group.pk, seen=council.decisions.count()
    )
    live.touch(f"council:{council.pk}")
    return council


@transaction.atomic
def reopen(viewer: Viewer, group: Group, period: Period) -> Council:
    """What is written for it may change again. Raises AlreadyDone."""
    council = _council(group, period)
    if council.held_at is None:
        raise AlreadyDone
    council.held_at, council.held_by = None, None
    council.save(update_fields=["held_at", "held_by"])
    journal.record(viewer, "report_cards.council_opened", council, group=group.pk)
    return council
