"""May this viewer do that with attendance?"""

from datetime import datetime, timedelta

from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role
from preau.domains.attendance.models import SCHOOL_LIFE, Entry, Explanation, Status
from preau.domains.timetable.models import Lesson

# The roll opens a little before the bell, and a teacher may correct it for a week; school life, always.
EARLY = timedelta(minutes=10)
CORRECTION = timedelta(days=7)
MAJORITY = 18


def runs_school_life(viewer: Viewer, *_: object) -> bool:
    """CPE, assistants and head."""
    return viewer.holds(*SCHOOL_LIFE)


def can_call_register(viewer: Viewer, lesson: Lesson) -> bool:
    """School life at any time; a teacher of the lesson, until a week after it."""
    if viewer.holds(*SCHOOL_LIFE):
        return True
    if not viewer.holds(Role.TEACHER) or viewer.today > lesson.day + CORRECTION:
        return False
    return lesson.is_taught_by(viewer.person)


def calls_own_rolls(viewer: Viewer) -> bool:
    """Teachers, whose home says which calls are missing."""
    return viewer.holds(Role.TEACHER)


def roll_is_open(lesson: Lesson, now: datetime) -> bool:
    """A roll is not called before the lesson: nobody can be missing yet."""
    return now >= lesson.starts - EARLY


def follows_absences(viewer: Viewer) -> bool:
    """Families and pupils, for themselves."""
    return viewer.profile in {Profile.GUARDIAN, Profile.PUPIL}


def can_explain(viewer: Viewer, entry: Entry) -> bool:
    """A guardian, or a pupil of age, for an absence still to explain."""
    if entry.status != Status.ABSENT or not answers_for_absences(viewer):
        return False
    return entry.explanation is None or entry.explanation.state in {
        Explanation.State.REFUSED,
        Explanation.State.WITHDRAWN,
    }


def answers_for_absences(viewer: Viewer, *_: object) -> bool:
    """A guardian; a pupil from eighteen."""
    if viewer.profile == Profile.PUPIL:
        return (viewer.person.age_on(viewer.today) or 0) >= MAJORITY
    return viewer.is_guardian


def only_reads_absences(viewer: Viewer) -> bool:
    """A pupil whose guardians explain for them."""
    return follows_absences(viewer) and not answers_for_absences(viewer)


def can_withdraw(viewer: Viewer, explanation: Explanation) -> bool:
    """Its author. Whether it is too late is for the action to say: a second click is not a forbidden one."""
    return explanation.given_by_id == viewer.person.pk


def can_decide(viewer: Viewer, explanation: Explanation) -> bool:
    """School life and head; a decision may be changed, a withdrawn explanation may not be decided."""
    return viewer.holds(*SCHOOL_LIFE) and explanation.state != Explanation.State.WITHDRAWN
