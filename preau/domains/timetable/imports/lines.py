"""Courses and weekly lessons in a line of words, which name people: for the preview alone."""

from typing import Any

from django.utils.translation import gettext as _

from preau.domains.timetable.imports.resolving import Course
from preau.domains.timetable.models import Weekday, WeeklyPattern
from preau.foundation import dates


def line_of(course: Course) -> dict[str, str]:
    slot = course.slot
    people = ", ".join(teacher.formal_name for teacher in course.teachers)
    return {
        "what": course.subject.name,
        "groups": ", ".join(group.name for group in course.groups),
        "when": _when(slot.weekday, slot.starts, slot.ends),
        "detail": " · ".join(filter(None, [people, course.room.place if course.room else ""])),
    }


def pattern_line(weekly_pattern: WeeklyPattern) -> dict[str, str]:
    people = ", ".join(person.formal_name for person in weekly_pattern.teachers.all())
    return {
        "what": weekly_pattern.subject.name,
        "groups": ", ".join(group.name for group in weekly_pattern.groups.all()),
        "when": _when(weekly_pattern.weekday, weekly_pattern.starts_at, weekly_pattern.ends_at),
        "detail": " · ".join(
            filter(None, [people, weekly_pattern.room.place if weekly_pattern.room else ""])
        ),
    }


def before_of(old: WeeklyPattern, course: Course) -> str:
    """What it was, in what differs."""
    was, now = pattern_line(old), line_of(course)
    return " · ".join(was[key] or _("sans salle ni enseignant") for key in was if was[key] != now[key]) or _(
        "d’autres semaines"
    )


def _when(weekday: int, starts: Any, ends: Any) -> str:
    return f"{dates.capital(str(Weekday(weekday).label))}, {dates.hours(starts, ends)}"
