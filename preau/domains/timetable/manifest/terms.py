"""Until when lessons are kept, and what becomes of them (docs/decisions/0113). What hangs on a lesson goes before it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from preau.directory.queries.terms import SINCE, by_year
from preau.foundation import boards
from preau.foundation.boards import Retention, Term

TEXT = _("Effacé à la fin de l’année scolaire qui suit : il n’en reste que le nombre.")


def _add(key: str, label: Any, model: str, when: str, **more: Any) -> None:
    facts: dict[str, Any] = {"due": by_year(f"timetable.{model}", when)}
    facts |= {"keep": Retention.YEAR_PLUS_ONE, "since": SINCE, "text": TEXT}
    boards.terms.add(Term(f"timetable.{key}", label, model=f"timetable.{model}", when=when, **facts | more))


_add(
    "lessons",
    _("Cours"),
    "Lesson",
    "day",
    people=("teachers",),
    order=80,
    with_it=("timetable.LessonChange", "timetable.CoverAsk"),
)
_add("absences", _("Absences d’enseignants"), "TeacherAbsence", "ends", people=("teacher",), order=81)
_add("patterns", _("Cours de la semaine type"), "WeeklyPattern", "last_day", people=("teachers",), order=82)
_add("told", _("Ce que le fichier des emplois du temps dit d’un cours"), "ToldCourse", "year__ends", order=83)
_add("bookings", _("Réservations de salles et de matériel"), "Booking", "day", people=("person",), order=79)
_add("slots", _("Créneaux de cantine et de permanence"), "DaySlot", "year__ends", order=84)
_add("imports", _("Fichiers d’emplois du temps reçus"), "TimetableImport", "brought_at", order=85)
