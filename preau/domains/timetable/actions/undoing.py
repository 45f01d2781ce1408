"""Lessons given together put back together: what `undo_change` does of one, in as many statements for two hundred as for two."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from django.db.models import F
from django.utils import timezone

from preau.directory.viewer import Viewer
from preau.domains.timetable.boards import held_by_others
from preau.domains.timetable.models import Lesson, LessonChange
from preau.domains.timetable.queries.busy import Busy
from preau.foundation import journal


def put_back(viewer: Viewer, changes: Sequence[LessonChange]) -> list[LessonChange]:
    """Give these lessons, one change each, back to the teachers who had them; returns those for which it was done, in this order.

    Left as they are: what `undo_change` refuses (over, held by a roll, changed since, a teacher who left or has something else
    then). Within the transaction of the gesture, under the locks of the years and of these changes. Nothing that was booked
    moves: the hours are the same.
    """
    if not changes:
        return []
    found = Lesson.objects.filter(pk__in=[change.lesson_id for change in changes]).order_by("pk")
    lessons = {lesson.pk: lesson for lesson in found.select_for_update(of=("self",)).select_related("school")}
    back = list(_going_back(changes, lessons))
    if back:
        _hand_over(back)
        keys = [change.lesson_id for change in back]
        Lesson.objects.filter(pk__in=keys).update(revision=F("revision") + 1)
        LessonChange.objects.filter(pk__in=[change.pk for change in back]).update(
            undone_at=timezone.now(), undone_by=viewer.person.pk
        )
        journal.record_each(
            viewer,
            "timetable.change_undone",
            ((change, {"lesson": change.lesson_id, "kind": str(change.kind)}) for change in back),
        )
    return back


def _going_back(changes: Sequence[LessonChange], lessons: Mapping[int, Lesson]) -> Iterable[LessonChange]:
    """Those that still can, in this order: whoever has one of them again does not have another of that hour."""
    now, kept = timezone.now(), held_by_others(list(lessons))
    own: dict[int, set[int]] = defaultdict(set)
    teaches = Lesson.teachers.through.objects.filter(lesson__in=lessons)
    for lesson_id, person in teaches.values_list("lesson_id", "person_id"):
        own[lesson_id].add(person)
    before = {change.teacher_before_id for change in changes if change.teacher_before_id}
    busy = Busy(list(lessons.values()), before)
    for change in changes:
        lesson, gone, came = lessons[change.lesson_id], change.teacher_before_id, change.teacher_after_id
        if lesson.ends <= now or lesson.is_cancelled or lesson.pk in kept:
            continue
        if gone is None or came is None or came not in own[lesson.pk] or gone in own[lesson.pk]:
            continue
        if not busy.holds(gone, lesson):
            busy.changes_hands(lesson, came, gone)
            yield change


def _hand_over(changes: Sequence[LessonChange]) -> None:
    """The lessons of each person who came are those of whoever was gone."""
    teaches = Lesson.teachers.through
    given: dict[int, list[int]] = defaultdict(list)
    for change in changes:
        given[change.teacher_after_id or 0].append(change.lesson_id)
    for person, keys in given.items():
        teaches.objects.filter(person=person, lesson__in=keys).delete()
    teaches.objects.bulk_create(
        teaches(person_id=change.teacher_before_id, lesson_id=change.lesson_id) for change in changes
    )
