"""What other houses make of a lesson that is cancelled, and why some are not."""

from typing import Any

import pytest

from conftest import NOW
from preau.commons.agenda import exports
from preau.directory.counting import numbers
from preau.directory.seeds.world import World
from preau.domains.attendance.actions import notices as attendance_notices
from preau.domains.attendance.models import RollCall
from preau.domains.attendance.queries.registers import marks_of
from preau.domains.attendance.queries.school_life import calls_missing, calls_to_make, number_forgotten
from preau.domains.timetable.actions import changes
from preau.domains.timetable.actions.changes import Why
from preau.domains.timetable.models import Lesson
from preau.domains.timetable.queries import lessons
from preau.domains.timetable.tests.test_changes import EIGHT, NINE, SATURDAY, TODAY, TOMORROW, lesson_of


def test_attendance_asks_no_call_of_a_cancelled_lesson(college: World, seat_of: Any) -> None:
    lesson = lesson_of(college, TODAY, 0)
    head = seat_of("head")
    RollCall.objects.filter(lesson=lesson).delete()
    teacher = seat_of("teacher")
    lesson.teachers.add(teacher.person)
    (before,) = numbers(head, number_forgotten)
    missing = calls_missing(head, TODAY, NOW)
    assert lesson.pk in {call.lesson.pk for call in missing[:100]}
    assert len(missing[:100]) == missing.count() == before
    assert lesson.pk in {row.pk for row in calls_to_make(teacher, NOW)}
    assert lesson.pk in marks_of(teacher, [lesson.pk])
    reminded = attendance_notices.remind_of_calls(NOW)
    Lesson.objects.filter(pk=lesson.pk).update(state=Lesson.State.CANCELLED)
    assert lesson.pk not in {call.lesson.pk for call in calls_missing(head, TODAY, NOW)[:100]}
    assert lesson.pk not in {row.pk for row in calls_to_make(teacher, NOW)}
    assert not marks_of(teacher, [lesson.pk])
    assert numbers(head, number_forgotten) == (before - 1,)
    assert attendance_notices.remind_of_calls(NOW) == reminded - 1


def test_a_lesson_whose_roll_was_called_stays_where_it_is(college: World, seat_of: Any, clock: Any) -> None:
    head = seat_of("head")
    lesson = Lesson.objects.filter(school=college.school, starts__lte=NOW, ends__gt=NOW)[0]
    RollCall.objects.get_or_create(
        lesson=lesson, defaults={"school": college.school, "called_by": head.person, "called_at": NOW}
    )
    for gesture in (
        lambda: changes.cancel_lesson(head, lesson, Why()),
        lambda: changes.move_lesson(head, lesson, (SATURDAY, EIGHT, NINE), None, Why()),
    ):
        with pytest.raises(changes.NotNow, match="appel de ce cours est fait"):
            gesture()


def test_a_calendar_is_told_that_a_lesson_is_cancelled(college: World, seat_of: Any) -> None:
    lesson = lesson_of(college)
    changes.cancel_lesson(seat_of("head"), lesson, Why())
    entries = lessons.agenda_of(seat_of("pupil"), TOMORROW, TOMORROW)
    assert [entry.uid for entry in entries if entry.cancelled] == [f"seance-{lesson.pk}"]
    written = exports.calendar_of(entries, opened_at=NOW, now=NOW).decode()
    assert written.count("STATUS:CANCELLED") == 1
