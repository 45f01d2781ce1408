"""The changes of a week, made again in another."""

from datetime import timedelta
from typing import Any

from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.directory.seeds.world import World
from preau.domains.timetable.actions import changes, copying
from preau.domains.timetable.actions.changes import Why
from preau.domains.timetable.models import Lesson, LessonChange
from preau.domains.timetable.tests.test_changes import added, free_room, lesson_of

TODAY = NOW.date()
A_WEEK = timedelta(days=7)


def next_of(lesson: Lesson) -> Lesson:
    return Lesson.objects.get(pattern=lesson.pattern, day=lesson.day + A_WEEK)


def test_a_week_is_copied_once_with_what_was_added(college: World, seat_of: Any) -> None:
    head = seat_of("head")
    off, elsewhere = lesson_of(college), lesson_of(college, number=1)
    changes.cancel_lesson(head, off, Why("exam"))
    room = free_room(college)
    changes.change_room(head, elsewhere, room, Why())
    undone = changes.cancel_lesson(head, lesson_of(college, number=2), Why())
    changes.undo_change(head, undone)
    added(college, head)
    copied = copying.copy_week(head, college.year, TODAY, TODAY + A_WEEK)
    assert (copied.made, copied.left) == (3, ())
    assert next_of(off).is_cancelled
    assert next_of(off).changes.get().reason == "exam"
    assert next_of(elsewhere).room == room
    assert not next_of(lesson_of(college, number=2)).is_cancelled
    assert Lesson.objects.filter(school=college.school, pattern=None, day__gt=TODAY + A_WEEK).count() == 1
    assert copying.copy_week(head, college.year, TODAY, TODAY + A_WEEK).made == 0


def test_what_clashes_in_the_other_week_is_left_out_and_said(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    head, lesson, room = seat_of("head"), lesson_of(college), free_room(college)
    changes.change_room(head, lesson, room, Why())
    other = Lesson.objects.filter(school=college.school, starts=next_of(lesson).starts).exclude(
        pk=next_of(lesson).pk
    )[0]
    changes.change_room(head, other, room, Why())
    client.sit(college.people["secretary"])
    typed = {"week": "2026-11-23", "to": "2026-11-30"}
    page = client.post(reverse("timetable:copy_week"), typed, follow=True).content.decode()
    assert "Laissé de côté" in page
    assert "la salle Salle neuve" in page
    assert not LessonChange.objects.filter(lesson=next_of(lesson)).exists()
