"""How people read what the timetable holds, and what others call a lesson."""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from preau.foundation import boards, dates
from preau.foundation.boards import InWords, Section


def _lesson(row: Any) -> str:
    """« Mathématiques, mardi 24 novembre, 8 h 30 »."""
    facts = {"subject": row.subject.name, "day": dates.day(row.starts), "hour": dates.hour(row.starts)}
    return gettext("%(subject)s, %(day)s, %(hour)s") % facts


for words in [
    InWords("timetable", Section.SCHOOLING),
    InWords(
        "timetable.Lesson",
        when="starts",
        sentence=(_("%(self)s, jusqu’à %(ends)s"), "(%(state)s)"),
        names=_lesson,
        names_with=("subject",),
        quiet=frozenset({"day", "pattern_day", "revision"}),
    ),
    InWords(
        "timetable.WeeklyPattern",
        when="first_day",
        sentence=(
            _("Chaque semaine, %(weekday)s de %(starts_at)s à %(ends_at)s"),
            _("jusqu’au %(last_day)s"),
        ),
    ),
    InWords("timetable.DaySlot", sentence=("%(name)s", "%(weekdays)s", _("de %(starts_at)s à %(ends_at)s"))),
    InWords("timetable.CoverAsk", sentence=(_("Remplacement : %(state)s"), "%(words)s")),
    InWords("timetable.LessonChange", when="made_at", sentence=(_("Séance changée"),)),
    InWords(
        "timetable.TeacherAbsence", when="starts", sentence=(_("Absence : %(cause)s"), _("jusqu’au %(ends)s"))
    ),
]:
    boards.data_in_words.add(words)
