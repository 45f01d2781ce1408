"""What each room says on the board of early facts, and what a night of them costs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conftest import NOW
from preau.directory.boards import early_facts
from preau.directory.models import Holding
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.attendance.models import Entry, Status
from preau.domains.attendance.queries import early as attendance
from preau.domains.attention.actions import watching
from preau.domains.attention.models import Finding
from preau.domains.conduct.models import Punition
from preau.domains.conduct.queries import early as conduct
from preau.domains.homework.models import HandIn, Homework
from preau.domains.homework.queries import early as homework
from preau.domains.timetable.models import Lesson

TODAY = NOW.date()


def test_the_night_asks_as_much_for_one_pupil_as_for_all(college: World) -> None:
    """The facts of the real rooms: absences of one pupil, then of everybody."""
    Finding.objects.all().delete()
    Entry.objects.update(status=Status.PRESENT, minutes_late=None)
    pupils = list(
        Holding.objects.filter(school=college.school, role=Role.PUPIL).values_list("person_id", flat=True)
    )
    own = Lesson.objects.of_pupils(pupils[:1]).between(TODAY - timedelta(days=20), TODAY - timedelta(days=1))
    lessons = list(own.order_by("-starts"))
    watched = watching.watch(college.school, TODAY)

    def miss(who: list[int]) -> int:
        Entry.objects.filter(lesson__in=lessons, pupil__in=who).update(
            status=Status.ABSENT, explanation=None, handling=None
        )
        Entry.objects.bulk_create(
            [
                Entry(
                    school=college.school, lesson=lesson, pupil_id=pupil, day=lesson.day, status=Status.ABSENT
                )
                for lesson in lessons
                for pupil in who
            ],
            ignore_conflicts=True,
        )
        Finding.objects.all().delete()
        with CaptureQueriesContext(connection) as found:
            assert watching.watch(college.school, TODAY) > watched
        return len(found)

    assert miss(pupils[:1]) == miss(pupils)


def test_attendance_counts_what_nothing_excuses(college: World) -> None:
    pupil = college.people["pupil"]
    Entry.objects.update(status=Status.PRESENT, minutes_late=None)
    lessons = list(Lesson.objects.of_pupils([pupil.pk]).filter(day__lt=TODAY).order_by("-starts")[:2])
    for lesson, status, minutes in zip(lessons, (Status.ABSENT, Status.LATE), (None, 10), strict=True):
        Entry.objects.update_or_create(
            lesson=lesson,
            pupil=pupil,
            defaults={
                "school": college.school,
                "day": lesson.day,
                "status": status,
                "minutes_late": minutes,
                "explanation": None,
                "handling": None,
            },
        )
    first = TODAY - timedelta(days=40)
    for count in (
        attendance.half_days,
        attendance.lates,
        attendance.lessons_of_a_subject,
        attendance.days_of_the_week,
    ):
        assert [one.pupil_id for one in count(college.school, first, TODAY)] == [pupil.pk], count
    (subject,) = attendance.lessons_of_a_subject(college.school, first, TODAY)
    assert subject.what == lessons[0].subject.name
    Entry.objects.filter(status=Status.ABSENT).update(status=Status.PRESENT)
    assert not [*attendance.half_days(college.school, first, TODAY)]


def test_conduct_counts_punitions_that_stand_and_no_sanction(college: World) -> None:
    pupil, teacher = college.people["pupil"], college.people["teacher"]
    Punition.objects.all().delete()
    about = {
        "school": college.school,
        "pupil": pupil,
        "day": TODAY,
        "reason": "…",
        "given_by": teacher,
        "given_at": NOW,
    }
    Punition.objects.create(kind=Punition.Kind.WORK, **about)
    Punition.objects.create(kind=Punition.Kind.WORK, state=Punition.State.CANCELLED, **about)
    Punition.objects.create(kind=Punition.Kind.OUT, **about)
    assert len([*conduct.punitions(college.school, TODAY, TODAY)]) == 1
    assert len([*conduct.sent_out(college.school, TODAY, TODAY)]) == 1
    assert not [*conduct.punitions(college.school, TODAY - timedelta(days=9), TODAY - timedelta(days=1))]


def test_homework_counts_what_was_due_and_not_handed_in(college: World) -> None:
    Homework.objects.exclude(hand_in=Homework.HandIn.ONLINE).delete()
    work = Homework.objects.filter(record__school=college.school).first()
    if work is None:
        pytest.skip("The seeds give nothing to hand in.")
    pupil = college.people["pupil"]
    Homework.objects.exclude(pk=work.pk).delete()
    Homework.objects.update(due_day=TODAY - timedelta(days=1), for_some=True)
    work.pupils.set([pupil])
    HandIn.objects.all().delete()
    first = TODAY - timedelta(days=30)
    assert [one.pupil_id for one in homework.not_handed_in(college.school, first, TODAY)] == [pupil.pk]
    HandIn.objects.create(school=college.school, homework=work, pupil=pupil, handed_at=NOW)
    assert not [*homework.not_handed_in(college.school, first, TODAY)]
    HandIn.objects.all().delete()
    Homework.objects.update(due_day=TODAY)
    assert not [*homework.not_handed_in(college.school, first, TODAY)]


def test_nothing_on_the_board_is_of_health_or_of_sanctions() -> None:
    keys = {early_fact.key for early_fact in early_facts}
    assert keys == {
        "attendance.half_days",
        "attendance.lates",
        "attendance.subject",
        "attendance.weekday",
        "homework.not_handed_in",
        "conduct.punitions",
        "conduct.sent_out",
    }
