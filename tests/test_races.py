"""Two people at the same moment: one wins, nothing is doubled, nobody sees a broken page."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.core import mail
from django.db import connection

from conftest import NOW
from preau.directory.seeds import World
from preau.directory.viewer import viewer_for
from preau.domains.attendance import actions, queries, tasks
from preau.domains.attendance.models import Entry, EntryChange, Explanation, Notice, Reason, RollCall, Status
from preau.domains.timetable.models import Lesson

pytestmark = pytest.mark.django_db(transaction=True)


def together(*works: Callable[[], Any]) -> list[Any]:
    """Run these at the same moment, each on its own connection; returns what each gave or raised."""
    start, given = Barrier(len(works)), [None] * len(works)

    def run(number: int, work: Callable[[], Any]) -> None:
        try:
            start.wait(10)
            given[number] = work()
        except Exception as raised:  # noqa: BLE001 - the test looks at it
            given[number] = raised
        finally:
            connection.close()

    threads = [Thread(target=run, args=(number, work)) for number, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return given


@pytest.fixture
def college(planted: dict[str, World]) -> World:
    return planted["college"]


def seat(college: World, key: str) -> Any:
    person = college.people[key]
    return viewer_for(person, person.account.pk, NOW)


def lesson_of(college: World) -> Lesson:
    return Lesson.objects.of_pupils([college.people["pupil"].pk]).get(starts__lte=NOW, ends__gt=NOW)


def absent_mark(college: World, lesson: Lesson) -> list[actions.Mark]:
    pupil = college.people["pupil"].pk
    return [
        actions.Mark(row.pupil_id, Status.ABSENT if row.pupil_id == pupil else row.status, None, row.seen)
        for row in queries.register_of(lesson)
    ]


def test_one_roll_sent_four_times_at_once_is_written_once(college: World) -> None:
    lesson = lesson_of(college)
    marks, teacher = absent_mark(college, lesson), seat(college, "cpe")
    given = together(*[lambda: actions.validate_roll(teacher, lesson, marks)] * 4)
    assert [type(one) for one in given] == [RollCall] * 4
    assert RollCall.objects.filter(lesson=lesson).count() == 1
    assert EntryChange.objects.filter(entry__lesson=lesson).count() == 1


def test_two_parents_who_explain_at_once_make_one_explanation(college: World) -> None:
    lesson = lesson_of(college)
    actions.validate_roll(seat(college, "cpe"), lesson, absent_mark(college, lesson))
    entry = Entry.objects.get(lesson=lesson, pupil=college.people["pupil"])
    reason = Reason.objects.get(label="Maladie")
    mother, father = seat(college, "guardian"), seat(college, "other_guardian")
    given = together(
        lambda: actions.explain(mother, [entry], reason), lambda: actions.explain(father, [entry], reason)
    )
    assert {type(one) for one in given} == {Explanation, actions.NothingToExplain}
    assert Explanation.objects.filter(day=entry.day, pupil=entry.pupil_id).count() == 1


def test_a_withdrawal_and_a_decision_at_once_leave_one_of_them(college: World) -> None:
    lesson = lesson_of(college)
    actions.validate_roll(seat(college, "cpe"), lesson, absent_mark(college, lesson))
    entry = Entry.objects.get(lesson=lesson, pupil=college.people["pupil"])
    mother, cpe = seat(college, "guardian"), seat(college, "cpe")
    told = actions.explain(mother, [entry], Reason.objects.get(label="Maladie"))
    given = together(
        lambda: actions.withdraw(mother, told), lambda: actions.decide(cpe, told, Explanation.State.ACCEPTED)
    )
    assert sorted(given) == [False, True]
    assert told.decisions.count() == 1


def test_two_workers_send_one_letter(college: World) -> None:
    lesson = lesson_of(college)
    actions.validate_roll(seat(college, "cpe"), lesson, absent_mark(college, lesson))
    entry = Entry.objects.get(lesson=lesson, pupil=college.people["pupil"])
    together(*[lambda: actions.prepare_notices([entry.pk], NOW.date())] * 3)
    notices = list(Notice.objects.filter(entry=entry).values_list("pk", flat=True))
    assert len(notices) == 2
    together(*[lambda: tasks.send_notice.call(notices[0])] * 3)
    assert len(mail.outbox) == 1
