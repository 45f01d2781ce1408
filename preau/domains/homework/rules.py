"""May this viewer do that with the cahier de textes?"""

from preau.directory.viewer import Viewer
from preau.directory.words import SETTINGS, Profile, Role
from preau.domains.homework.models import RECORDS, HandIn, Homework
from preau.domains.timetable.models import Lesson


def keeps_records(viewer: Viewer, *_: object) -> bool:
    """Teachers, who write what was done in their lessons."""
    return viewer.holds(Role.TEACHER)


def writes_record(viewer: Viewer, lesson: Lesson) -> bool:
    """Whoever gives the lesson, a substitute or several teachers as well, while its year goes on."""
    this_year = viewer.year is not None and lesson.year_id == viewer.year.pk
    return keeps_records(viewer) and this_year and lesson.is_taught_by(viewer.person)


def changes_homework(viewer: Viewer, homework: Homework) -> bool:
    """Whoever gives the lesson in which it was given."""
    lesson = homework.record.lesson
    return lesson is not None and writes_record(viewer, lesson)


def follows_homework(viewer: Viewer, *_: object) -> bool:
    """Pupils and their families."""
    return viewer.profile in {Profile.PUPIL, Profile.GUARDIAN}


def does_homework(viewer: Viewer, *_: object) -> bool:
    """Pupils: nobody ticks for them."""
    return viewer.profile == Profile.PUPIL


def hands_in(viewer: Viewer, homework: Homework) -> bool:
    """The pupil, of what is to be handed in online."""
    return does_homework(viewer) and homework.hand_in == Homework.HandIn.ONLINE


def corrects(viewer: Viewer, hand_in: HandIn) -> bool:
    """Whoever gives the lesson in which it was given."""
    return changes_homework(viewer, hand_in.homework)


def reads_hand_ins(viewer: Viewer, homework: Homework) -> bool:
    """Whoever gives the lesson, and the head."""
    return viewer.holds(Role.HEAD) or changes_homework(viewer, homework)


def reads_hand_in(viewer: Viewer, hand_in: HandIn) -> bool:
    """The same: pupils and families read theirs on the page of the homework."""
    return viewer.is_staff and reads_hand_ins(viewer, hand_in.homework)


def reads_records(viewer: Viewer, *_: object) -> bool:
    """Teachers, for their classes; head, school life, library and assistants, and whoever was given it, for every class."""
    return viewer.has_power(RECORDS) or viewer.holds(Role.TEACHER)


def reads_every_class(viewer: Viewer, *_: object) -> bool:
    """Those who give no lesson, and read the cahiers de textes from their menu."""
    return viewer.has_power(RECORDS) and not viewer.holds(Role.TEACHER)


def sets_limits(viewer: Viewer, *_: object) -> bool:
    """Whoever settles the school says how much homework a day it advises."""
    return viewer.has_power(SETTINGS) and viewer.year is not None


def reads_archives(viewer: Viewer, *_: object) -> bool:
    """Whoever reads the cahiers de textes of every class: the school's document, in which no pupil is named."""
    return viewer.has_power(RECORDS)


def archives_books(viewer: Viewer, *_: object) -> bool:
    """The head decides what the school keeps."""
    return viewer.holds(Role.HEAD)


def gives_visa(viewer: Viewer, *_: object) -> bool:
    """The head, and nobody else: whoever was given the reading of every class only reads."""
    return viewer.holds(Role.HEAD)
