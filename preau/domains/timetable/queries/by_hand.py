"""What people changed one by one in the lessons to come of weekly lessons."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from preau.domains.timetable.models import LessonChange, WeeklyPattern

Kind = LessonChange.Kind


def changes_to_come(patterns: Sequence[WeeklyPattern], after: datetime) -> dict[int, list[LessonChange]]:
    """By lesson, the changes that were not taken back, the oldest first."""
    found: dict[int, list[LessonChange]] = defaultdict(list)
    keys = [pattern.pk for pattern in patterns]
    for start in range(0, len(keys), 500):
        changes = LessonChange.objects.in_force().filter(
            lesson__pattern__in=keys[start : start + 500], lesson__revision__gt=0, lesson__starts__gt=after
        )
        people = ("made_by", "teacher_before", "teacher_after", "room_before", "room_after")
        for change in changes.select_related("lesson__subject", "lesson__school", *people).order_by("pk"):
            found[change.lesson_id].append(change)
    return found


def parts_of(change: LessonChange) -> set[str]:
    """What a change touched, in the words of `told.Said.parts`."""
    if change.kind == Kind.CANCELLED:
        return {"subject", "groups", "teachers", "room", "when", "weeks", "first", "last"}
    if change.kind == Kind.REPLACED:
        return {"teachers"}
    when = {"when", "weeks", "first", "last"} if change.kind == Kind.MOVED else set()
    return when | ({"room"} if change.moves_room else set())
