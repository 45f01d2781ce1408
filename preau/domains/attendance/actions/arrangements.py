"""Noting what a teacher must know of a pupil, and ending it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from preau.directory.models import Person, Subject
from preau.directory.viewer import Viewer
from preau.domains.attendance.actions import follow_ups, notices
from preau.domains.attendance.models import Arrangement, Entry
from preau.foundation import journal
from preau.foundation.locks import lock


@dataclass(frozen=True)
class ArrangementFacts:
    """What is noted: an exemption from some subjects, or an adjustment in every lesson."""

    kind: str
    first_day: date
    last_day: date | None
    words: str = ""
    must_attend: bool = False
    subjects: Iterable[Subject] = ()


@transaction.atomic
def arrange(viewer: Viewer, pupil: Person, said: ArrangementFacts) -> list[Arrangement]:
    """Note it, once for each subject; what already holds in the same words is left as it is."""
    Person.objects.select_for_update().only("pk").get(pk=pupil.pk)
    subjects = list(said.subjects) if said.kind == Arrangement.Kind.EXEMPTION else [None]
    made = [one for subject in subjects if (one := _arrange(viewer, pupil, said, subject))]
    if made:
        _settle(pupil, made[0])
    return made


def _settle(pupil: Person, made: Arrangement) -> None:
    """What was told of absences noted already is no more to be explained, and counts no more in alerts."""
    noted = _exempt(made, made.first_day)
    if noted:
        notices.settle_absences(noted)
        follow_ups.look_again(made.school_id, [pupil.pk])


def _exempt(arrangement: Arrangement, since: date) -> list[int]:
    """The absences of its pupil, since a day, at lessons to which they were free not to come."""
    about = Entry.objects.filter(
        school=arrangement.school_id, pupil=arrangement.pupil_id, day__gte=max(since, arrangement.first_day)
    )
    return list(about.exempt().order_by("pk").values_list("pk", flat=True))


def _arrange(
    viewer: Viewer, pupil: Person, facts: ArrangementFacts, subject: Subject | None
) -> Arrangement | None:
    same = {
        "school_id": viewer.school_id,
        "pupil": pupil,
        "kind": facts.kind,
        "subject": subject,
        "must_attend": facts.must_attend and subject is not None,
        "words": facts.words,
        "first_day": facts.first_day,
        "last_day": facts.last_day,
    }
    if Arrangement.objects.filter(ended_at=None, **same).exists():
        return None
    made: Arrangement = Arrangement.objects.create(said_by=viewer.person, said_at=timezone.now(), **same)
    journal.record(viewer, "attendance.arranged", made, subject_id=pupil.pk, kind=facts.kind)
    return made


@transaction.atomic
def end_arrangement(viewer: Viewer, arrangement: Arrangement) -> bool:
    """It holds no more from now on; False when it was ended already. The line stays.

    A lesson that begins afterwards, and whose roll was called already, is missed after all: its family is told.
    """
    arrangement = lock(Arrangement, arrangement.pk)
    if arrangement.ended_at:
        return False
    exempt = _exempt(arrangement, viewer.today)
    arrangement.ended_by, arrangement.ended_at = viewer.person, timezone.now()
    arrangement.save(update_fields=["ended_by", "ended_at"])
    journal.record(viewer, "attendance.arrangement_ended", arrangement, subject_id=arrangement.pupil_id)
    missed = list(
        Entry.objects.filter(pk__in=exempt).to_explain().order_by("pk").values_list("pk", flat=True)
    )
    if missed:
        notices.absences_left.send(sender=Entry, entry_ids=missed)
    return True


def forget_arrangements(person_id: int) -> int:
    """Erase the words noted of a pupil; an adjustment is nothing but its words."""
    adjusted = Arrangement.objects.filter(pupil=person_id, kind=Arrangement.Kind.ADJUSTMENT).exclude(
        words="…"
    )
    exempted = Arrangement.objects.filter(pupil=person_id, kind=Arrangement.Kind.EXEMPTION).exclude(words="")
    return adjusted.update(words="…") + exempted.update(words="")
