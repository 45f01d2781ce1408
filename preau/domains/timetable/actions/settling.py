"""The lessons of an absence settled in one gesture: for each, somebody is asked, or it becomes study, or it is cancelled."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from secrets import token_urlsafe

from django.db import transaction
from django.dispatch import Signal
from django.utils.translation import gettext as _

from preau.directory.models import Person, SchoolYear
from preau.directory.viewer import Viewer
from preau.domains.timetable.actions.changes import NothingChanges, NotNow
from preau.domains.timetable.actions.covering import Busy, ask_cover, settle_otherwise
from preau.domains.timetable.models import Lesson, TeacherAbsence
from preau.foundation.locks import lock

# Sent inside the transaction: its receivers only enqueue tasks, in the same database.
lessons_settled = Signal()  # origin
ASK, STUDY, CANCEL = "ask", "study", "cancel"


@dataclass(frozen=True)
class Choice:
    """What is to become of a lesson: ASK a `person`, STUDY or CANCEL."""

    lesson: Lesson
    gesture: str
    person: Person | None = None


class Refused(Exception):
    """Some lessons could not be settled so: nothing was. `lessons` says why, by lesson."""

    def __init__(self, lessons: Mapping[int, str]) -> None:
        super().__init__(f"{len(lessons)} lessons")
        self.lessons = lessons


@transaction.atomic
def settle_lessons(viewer: Viewer, absence: TeacherAbsence, choices: Sequence[Choice]) -> Counter[str]:
    """Do what was chosen for each lesson, all of it or nothing; families are told once a day. Returns how many of each gesture.

    What is so already counts for nothing: a second click. Raises Refused when one of them clashes, or is no longer to settle.
    """
    together = f"absence-{absence.pk}-{token_urlsafe(9)}"
    done: Counter[str] = Counter()
    refused = {}
    for year in sorted({choice.lesson.year_id for choice in choices}):
        lock(SchoolYear, year)
    for choice in sorted(choices, key=lambda choice: choice.lesson.pk):
        try:
            done[choice.gesture] += _settled(viewer, absence, choice, together)
        except Busy as busy:
            refused[choice.lesson.pk] = _("%(who)s n’est plus libre à cette heure.") % {"who": busy}
        except NotNow as reason:
            refused[choice.lesson.pk] = str(reason)
    if refused:
        raise Refused(refused)
    if done[STUDY] or done[CANCEL]:
        lessons_settled.send(sender=TeacherAbsence, origin=together)
    return +done


def _settled(viewer: Viewer, absence: TeacherAbsence, choice: Choice, together: str) -> bool:
    """Did this change something?"""
    if choice.gesture == ASK:
        if choice.person is None:
            raise NotNow(_("Cette personne n’est plus là."))
        return bool(ask_cover(viewer, choice.lesson, absence, [choice.person]))
    try:
        settle_otherwise(viewer, choice.lesson, absence, study=choice.gesture == STUDY, together=together)
    except NothingChanges:
        return False
    return True
