"""What people decide of the courses of a file: remembered when they do it, left alone when the next file is written."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone

from preau.domains.timetable.actions.changes import change_undone
from preau.domains.timetable.models import Lesson, LessonChange, WeeklyPattern
from preau.domains.timetable.queries.by_hand import changes_to_come
from preau.foundation import dates

Kind = LessonChange.Kind


@dataclass
class Hands:
    """The changes of lessons to come that a file leaves alone, by lesson; those that it takes back are in `taken`."""

    kept: Mapping[int, list[LessonChange]] = field(default_factory=dict)
    taken: Mapping[int, list[LessonChange]] = field(default_factory=dict)
    by: int | None = None

    def kinds(self, lesson: Lesson) -> set[str]:
        return {change.kind for change in self.kept.get(lesson.pk, ())}

    def leave(self, lesson: Lesson, planned: Lesson) -> None:
        """Give a lesson what its file says of it now, but what people decided of it."""
        kinds = self.kinds(lesson)
        lesson.pattern, lesson.subject_id = planned.pattern, planned.subject_id
        if Kind.MOVED in kinds:
            lesson.pattern_day = planned.day if planned.day != lesson.day else None
        else:
            lesson.starts, lesson.ends, lesson.day = planned.starts, planned.ends, planned.day
            lesson.pattern_day = None
        if not any(change.moves_room for change in self.kept.get(lesson.pk, ())):
            lesson.room_id = planned.room_id
        for change in self.kept.get(lesson.pk, ()):
            _plan_again(change, planned)
        if lesson.pk in self.taken:
            lesson.state = Lesson.State.HELD
            lesson.revision += 1

    def finish(self, moved: Sequence[Lesson]) -> None:
        """Once the lessons are written: changes say what was planned in the words of the new file; those taken back are undone, and told."""
        keys = {lesson.pk for lesson in moved}
        again = [change for pk in keys for change in self.kept.get(pk, ())]
        fields = ["starts_before", "ends_before", "room_before", "teacher_before"]
        LessonChange.objects.bulk_update(again, fields, batch_size=100)
        undone = sorted(change.pk for pk in keys for change in self.taken.get(pk, ()))
        changes = LessonChange.objects.filter(pk__in=undone)
        changes.update(undone_at=timezone.now(), undone_by=self.by)
        for pk in undone:
            change_undone.send(sender=LessonChange, change_id=pk)

    def loosen(self, lessons: Sequence[Lesson]) -> list[Lesson]:
        """Lessons that somebody placed and of which the file says no more stay, of no weekly lesson; returns the others."""
        staying = [lesson.pk for lesson in lessons if self.kinds(lesson) - {Kind.CANCELLED}]
        Lesson.objects.filter(pk__in=staying).update(pattern=None, pattern_day=None)
        return [lesson for lesson in lessons if lesson.pk not in set(staying)]


def _plan_again(change: LessonChange, planned: Lesson) -> None:
    """Undone later, the lesson goes where the new file has it."""
    if change.kind == Kind.MOVED:
        change.starts_before, change.ends_before = planned.starts, planned.ends
    if change.moves_room:
        change.room_before_id = planned.room_id
    if change.kind == Kind.REPLACED and planned.pattern:
        own = list(planned.pattern.teachers.values_list("pk", flat=True))
        if len(own) == 1:
            change.teacher_before_id = own[0]


def hands_on(
    patterns: Sequence[WeeklyPattern], after: datetime, taken: Collection[int], by: int | None
) -> Hands:
    """What people changed one by one; `taken`: the lessons for which somebody chose what the file says."""
    found = changes_to_come(patterns, after)
    return Hands(
        {pk: some for pk, some in found.items() if pk not in taken},
        {pk: some for pk, some in found.items() if pk in taken},
        by,
    )


def teachers_kept(lessons: Sequence[Lesson], hands: Hands) -> dict[int, list[int]]:
    """Those who give the lessons in which somebody was replaced."""
    replaced = [lesson for lesson in lessons if Kind.REPLACED in hands.kinds(lesson)]
    return {lesson.pk: list(lesson.teachers.values_list("pk", flat=True)) for lesson in replaced}


def by_week(lessons: Sequence[Lesson]) -> dict[int, dict[date, Lesson]]:
    """Lessons by weekly lesson and by the Monday of the week that it gave them."""
    found: dict[int, dict[date, Lesson]] = {}
    for lesson in lessons:
        found.setdefault(lesson.pattern_id or 0, {})[dates.monday_of(lesson.planned_day)] = lesson
    return found
