"""May this viewer do that with the timetable?"""

from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role
from preau.domains.timetable.models import (
    COVER,
    Alternation,
    Bookable,
    Booking,
    CoverAsk,
    DaySlot,
    Lesson,
    LessonChange,
    TeacherAbsence,
)

# What a head may give until a day, on the board of powers.
TIMETABLE = "timetable"
EDITORS = (Role.HEAD, Role.SECRETARY)


def reads_timetable(viewer: Viewer, *_: object) -> bool:
    """Everyone in a school, and the families."""
    return viewer.profile in {Profile.STAFF, Profile.PUPIL, Profile.GUARDIAN}


def edits_timetable(viewer: Viewer, *_: object) -> bool:
    """Head and secretary, and whoever was given it, while the school has a year to put lessons in."""
    return viewer.has_power(TIMETABLE) and viewer.year is not None


def reads_classes_first(viewer: Viewer) -> bool:
    """Staff who give no lesson: their timetable opens on a class."""
    return viewer.profile == Profile.STAFF and not viewer.holds(Role.TEACHER)


def has_own_lessons(viewer: Viewer) -> bool:
    """Those whose home shows a day: teachers, pupils, and families."""
    return viewer.holds(Role.TEACHER) or viewer.profile in {Profile.PUPIL, Profile.GUARDIAN}


def reads_classes(viewer: Viewer, *_: object) -> bool:
    """Staff, who may open the week of any class of their school."""
    return viewer.is_staff


def changes_alternation(viewer: Viewer, alternation: Alternation) -> bool:
    """Who edits the timetable, of this year's weeks; A and B are changed together, on their own page."""
    own_year = viewer.year is not None and alternation.year_id == viewer.year.pk
    return edits_timetable(viewer) and own_year and not alternation.names_weeks


def organises_covers(viewer: Viewer, *_: object) -> bool:
    """Head and secretary, and whoever was given it, while the school has a year."""
    return viewer.has_power(COVER) and viewer.year is not None


def knows_causes(viewer: Viewer, *_: object) -> bool:
    """Head and secretary by their function: why somebody is away is given to nobody with the rest."""
    return viewer.holds(*EDITORS)


def may_be_asked(viewer: Viewer, *_: object) -> bool:
    """Those who may be asked to give a colleague's lesson."""
    return viewer.holds(Role.TEACHER)


def announces_absences(viewer: Viewer, *_: object) -> bool:
    """Whoever organises covers, of any teacher; a teacher, of themselves."""
    return organises_covers(viewer) or (viewer.holds(Role.TEACHER) and viewer.year is not None)


def announces_own(viewer: Viewer) -> bool:
    """A teacher who organises nothing: their absences are their own."""
    return announces_absences(viewer) and not organises_covers(viewer)


def withdraws_absence(viewer: Viewer, absence: TeacherAbsence) -> bool:
    """Whoever organises covers; the teacher, of their own, as long as the school has not confirmed it."""
    own = absence.teacher_id == viewer.person.pk and absence.confirmed_at is None
    return organises_covers(viewer) or own


def answers_ask(viewer: Viewer, ask: CoverAsk) -> bool:
    """The person asked, and nobody in their place."""
    return ask.person_id == viewer.person.pk


def keeps_slots(viewer: Viewer, *_: object) -> bool:
    """Whoever keeps the timetable, and school life, whose hours these are; while the school has a year."""
    return viewer.year is not None and (viewer.has_power(TIMETABLE) or viewer.holds(Role.SCHOOL_LIFE))


def changes_slot(viewer: Viewer, slot: DaySlot) -> bool:
    """The same, of a slot of this year."""
    return keeps_slots(viewer) and viewer.year is not None and slot.year_id == viewer.year.pk


def reads_study(viewer: Viewer, *_: object) -> bool:
    """Head and school life: who is expected in study is names of pupils."""
    return viewer.holds(Role.HEAD, Role.SCHOOL_LIFE) and viewer.year is not None


def books(viewer: Viewer, *_: object) -> bool:
    """The staff who are with pupils, while the school has a year."""
    return viewer.works_with_pupils and viewer.year is not None


def books_for(viewer: Viewer, lesson: Lesson) -> bool:
    """Whoever gives the lesson, and whoever keeps the timetable."""
    return books(viewer) and (edits_timetable(viewer) or lesson.is_taught_by(viewer.person))


def changes_room(viewer: Viewer, lesson: Lesson) -> bool:
    """The same: a teacher whose room is taken finds another; all the rest of the timetable is the office's."""
    return books_for(viewer, lesson)


def undoes_change(viewer: Viewer, change: LessonChange) -> bool:
    """Whoever keeps the timetable; a teacher, of the room that they changed themselves."""
    own = change.made_by_id == viewer.person.pk and change.kind == LessonChange.Kind.ROOM
    return edits_timetable(viewer) or (own and changes_room(viewer, change.lesson))


def cancels_booking(viewer: Viewer, booking: Booking) -> bool:
    """Whoever holds it, and whoever keeps what may be booked."""
    return booking.person_id == viewer.person.pk or keeps_bookables(viewer)


def keeps_bookables(viewer: Viewer, *_: object) -> bool:
    """Whoever keeps the timetable, and school life."""
    return keeps_slots(viewer)


def changes_bookable(viewer: Viewer, _bookable: Bookable) -> bool:
    """The same, of what they see."""
    return keeps_bookables(viewer)
