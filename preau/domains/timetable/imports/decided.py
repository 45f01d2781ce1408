"""Where a file and the people of the school have decided of the same thing: what each says, and who wins."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from preau.domains.timetable.imports.comparing import Comparison, Conflict, said_by
from preau.domains.timetable.imports.lines import before_of, line_of, pattern_line
from preau.domains.timetable.imports.resolving import Course
from preau.domains.timetable.models import LessonChange, WeeklyPattern
from preau.domains.timetable.queries.by_hand import changes_to_come, parts_of
from preau.domains.timetable.queries.changes import rows_of, with_all
from preau.domains.timetable.queries.told import said_of
from preau.foundation import dates

IMMINENT = timedelta(minutes=15)
COURSE, LESSON = "cours", "seance"


def course_id(conflict: Conflict) -> str:
    return f"{COURSE}:{conflict.known.key}"


def lessons_of(taken: Iterable[str]) -> frozenset[int]:
    """The dated lessons among what was chosen."""
    parts = (one.partition(":") for one in taken)
    return frozenset(int(key) for kind, _sep, key in parts if kind == LESSON and key.isdecimal())


def settled(
    comparison: Comparison, taken: Collection[str]
) -> tuple[list[Course], list[tuple[WeeklyPattern, Course]], list[WeeklyPattern], list[WeeklyPattern]]:
    """What conflicts give once somebody has chosen: created, changed, stopped, and left to people. By default, what was decided here stays."""
    created, changed, stopped, left = (
        list(comparison.created),
        list(comparison.changed),
        list(comparison.stopped),
        [],
    )
    for conflict in comparison.conflicts:
        here, takes = conflict.known.here, course_id(conflict) in taken
        course = conflict.theirs if takes else conflict.mine
        if conflict.course is None and here:
            (stopped if takes else left).append(here)
        elif course and (conflict.is_over or here is None):
            created.append(course)
        elif course and here:
            changed.append((here, course))
    return created, changed, stopped, left


def decided_of(comparison: Comparison, start: date, now: datetime) -> list[dict[str, str]]:
    """For the preview, in words that name people: courses first, then dated lessons."""
    return [*map(_course_row, comparison.conflicts), *_lesson_rows(comparison, start, now)]


def _course_row(conflict: Conflict) -> dict[str, str]:
    known = conflict.known
    sentence = _what(line_of(conflict.course)) if conflict.course else _("Ce cours n’y est plus.")
    here = _("Arrêté.") if conflict.is_over or known.here is None else _what(pattern_line(known.here))
    who = known.told and known.told.changed_by
    line = line_of(conflict.course) if conflict.course else pattern_line(known.here) if known.here else {}
    return {
        "id": course_id(conflict),
        "what": line.get("what", ""),
        "groups": line.get("groups", ""),
        "file": sentence,
        "here": here,
        "by": _by(who.full_name if who else "", known.told.changed_at if known.told else None),
    }


def _what(line: dict[str, str]) -> str:
    return " · ".join(filter(None, [line["when"], line["detail"]]))


def _by(name: str, moment: datetime | None) -> str:
    when = dates.day_and_hour(moment) if moment else ""
    return ", ".join(filter(None, [name, when]))


def _lesson_rows(comparison: Comparison, start: date, now: datetime) -> Iterator[dict[str, str]]:
    changing = {old.pk: (old, course) for old, course in comparison.changed}
    patterns = [*comparison.stopped, *(old for old, _course in comparison.changed)]
    found = changes_to_come(patterns, now + IMMINENT)
    rows = {}
    for lesson_id, changes in found.items():
        pair = changing.get(changes[0].lesson.pattern_id or 0)
        if any(_meets(change, pair, start) for change in changes):
            rows[lesson_id] = changes[-1]
    if not rows:
        return
    last = with_all(LessonChange.objects.filter(pk__in=[change.pk for change in rows.values()]))
    for row in rows_of(last.order_by("lesson__starts", "pk")):
        pair = changing.get(rows[row.lesson_id].lesson.pattern_id or 0)
        line = line_of(pair[1]) | {"before": before_of(*pair)} if pair else None
        yield {
            "id": f"{LESSON}:{row.lesson_id}",
            "what": row.what,
            "groups": row.when,
            "file": _what(line) if line else _("Ce cours n’y est plus."),
            "here": "\u202f: ".join(filter(None, [row.kind_label, row.after])),
            "by": row.made,
        }


def _meets(change: LessonChange, pair: tuple[WeeklyPattern, Course] | None, start: date) -> bool:
    """Does the file change, or take away, what this change touched?"""
    if pair is None:
        return change.kind != LessonChange.Kind.CANCELLED
    old, new = said_of(pair[0]).parts(start), said_by(pair[1]).parts(start)
    return any(old[name] != new[name] for name in parts_of(change))


def counts(rows: Iterable[dict[str, Any]], taken: Collection[str]) -> int:
    """How many of these stay as people decided."""
    return sum(1 for row in rows if row["id"] not in taken)
