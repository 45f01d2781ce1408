"""Weekly patterns (wall clock), dated lessons (moments), and what changes of them."""

from preau.domains.timetable.models.bookings import (
    EQUIPMENT,
    PLACES,
    Bookable,
    Booking,
    BookingQuerySet,
)
from preau.domains.timetable.models.changes import LessonChange, LessonChangeQuerySet
from preau.domains.timetable.models.cover import (
    COVER,
    CoverAsk,
    CoverAskQuerySet,
    TeacherAbsence,
    TeacherAbsenceQuerySet,
)
from preau.domains.timetable.models.imports import (
    TimetableImport,
    TimetableImportQuerySet,
    ToldCourse,
    ToldCourseQuerySet,
)
from preau.domains.timetable.models.lessons import (
    Alternation,
    Lesson,
    LessonQuerySet,
    Weekday,
    WeeklyPattern,
    WeeklyPatternQuerySet,
)
from preau.domains.timetable.models.slots import DaySlot, DaySlotQuerySet

__all__ = [
    "COVER",
    "EQUIPMENT",
    "PLACES",
    "Alternation",
    "Bookable",
    "Booking",
    "BookingQuerySet",
    "CoverAsk",
    "CoverAskQuerySet",
    "DaySlot",
    "DaySlotQuerySet",
    "Lesson",
    "LessonChange",
    "LessonChangeQuerySet",
    "LessonQuerySet",
    "TeacherAbsence",
    "TeacherAbsenceQuerySet",
    "TimetableImport",
    "TimetableImportQuerySet",
    "ToldCourse",
    "ToldCourseQuerySet",
    "Weekday",
    "WeeklyPattern",
    "WeeklyPatternQuerySet",
]
