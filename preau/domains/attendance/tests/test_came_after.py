"""Whoever comes to a class after its roll was called is not said to have been there, anywhere."""

from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.directory.models import Enrolment, Group, Person
from preau.directory.seeds.world import World
from preau.domains.attendance.actions import rolls
from preau.domains.attendance.models import UNCALLED, Entry, RollCall, Status
from preau.domains.attendance.queries import presence, record, registers, summaries
from preau.domains.attendance.queries.day import rolls_of_day
from preau.domains.timetable.models import Lesson

pytestmark = pytest.mark.django_db


@pytest.fixture
def lesson(college: World) -> Lesson:
    """The lesson that Claire Moreau gives now to the class of the cast's pupil, without a call."""
    found = Lesson.objects.of_pupils([college.people["pupil"].pk]).get(starts__lte=NOW, ends__gt=NOW)
    found.teachers.set([college.people["teacher"]])
    return found


def everybody(lesson: Lesson) -> list[rolls.Mark]:
    rows = registers.register_of(lesson)
    return [rolls.Mark(row.pupil_id, row.status, row.minutes_late, row.seen) for row in rows]


def comes(college: World, lesson: Lesson) -> Person:
    """A pupil of the school, of no lesson until now, enters the class."""
    made = Person.objects.create(family_name="Vasseur", given_name="Inès", birth_date=date(2014, 5, 3))
    group = lesson.groups.get(kind=Group.Kind.CLASS)
    Enrolment.objects.create(school=college.school, group=group, pupil=made, starts=NOW.date())
    return made


@pytest.fixture
def newcomer(college: World, lesson: Lesson, seat_of: Any) -> Person:
    """Enrolled once the roll of the lesson going on was called."""
    rolls.validate_roll(seat_of("teacher"), lesson, everybody(lesson))
    return comes(college, lesson)


def row_of(lesson: Lesson, pupil: Person) -> registers.RegisterRow:
    return next(row for row in registers.register_of(lesson) if row.pupil_id == pupil.pk)


def test_the_roll_says_that_they_are_not_called(
    college: World, client: SchoolClient, lesson: Lesson, newcomer: Person, seat_of: Any
) -> None:
    assert row_of(lesson, newcomer).status == UNCALLED
    assert row_of(lesson, college.people["pupil"]).status == Status.PRESENT
    (roll,) = [roll for roll in rolls_of_day(seat_of("teacher")) if roll.lesson.pk == lesson.pk]
    assert {line[0]: line[2] for line in roll.pupils}[newcomer.pk] == UNCALLED
    client.sit(college.people["teacher"])
    page = client.get(reverse("attendance:roll", kwargs={"pk": lesson.pk})).content.decode()
    assert "1\u00a0élève est arrivé depuis l’appel" in page or "1 élève est arrivé depuis l’appel" in page
    (line,) = [part for part in page.split("<li ") if "VASSEUR Inès" in part]
    assert "arrivé(e) depuis l’appel, à marquer" in line
    assert " checked" not in line


def test_before_the_roll_they_are_on_it_like_the_others(college: World, lesson: Lesson, seat_of: Any) -> None:
    made = comes(college, lesson)
    rolls.validate_roll(seat_of("teacher"), lesson, everybody(lesson))
    assert row_of(lesson, made).status == Status.PRESENT
    assert not Entry.objects.filter(lesson=lesson, pupil=made).exists()


def test_a_page_opened_before_they_came_says_nothing_of_them(
    college: World, lesson: Lesson, seat_of: Any
) -> None:
    shown = everybody(lesson)
    made = comes(college, lesson)
    rolls.validate_roll(seat_of("teacher"), lesson, shown)
    assert row_of(lesson, made).status == UNCALLED
    assert row_of(lesson, college.people["pupil"]).status == Status.PRESENT


@pytest.mark.parametrize("seen", ["", "present"])
def test_marked_they_are_on_the_roll(
    college: World, client: SchoolClient, lesson: Lesson, newcomer: Person, seen: str
) -> None:
    client.sit(college.people["teacher"])
    address = reverse("attendance:roll", kwargs={"pk": lesson.pk})
    asked = {f"status-{newcomer.pk}": "present", f"seen-{newcomer.pk}": seen}
    assert client.post(address, asked).status_code == 302
    assert row_of(lesson, newcomer).status == Status.PRESENT
    assert (
        Entry.objects.get(lesson=lesson, pupil=newcomer).changes.get().changed_by == college.people["teacher"]
    )
    assert RollCall.objects.filter(lesson=lesson).count() == 1


def test_a_roll_corrected_for_another_leaves_them_uncalled(
    college: World, client: SchoolClient, lesson: Lesson, newcomer: Person
) -> None:
    client.sit(college.people["teacher"])
    pupil = college.people["pupil"]
    asked = {
        f"status-{newcomer.pk}": "",
        f"seen-{newcomer.pk}": "",
        f"status-{pupil.pk}": "absent",
        f"seen-{pupil.pk}": "present",
    }
    assert client.post(reverse("attendance:roll", kwargs={"pk": lesson.pk}), asked).status_code == 302
    assert row_of(lesson, newcomer).status == UNCALLED
    assert row_of(lesson, pupil).status == Status.ABSENT


def test_nobody_noted_becomes_uncalled_again(
    college: World, client: SchoolClient, lesson: Lesson, newcomer: Person
) -> None:
    client.sit(college.people["teacher"])
    pupil = college.people["pupil"]
    asked = {f"status-{pupil.pk}": "", f"seen-{pupil.pk}": ""}
    client.post(reverse("attendance:roll", kwargs={"pk": lesson.pk}), asked)
    assert row_of(lesson, pupil).status == Status.PRESENT
    assert not Entry.objects.filter(lesson=lesson, pupil=pupil, status=UNCALLED).exists()


def test_the_building_has_not_seen_them(newcomer: Person, college: World, seat_of: Any) -> None:
    seen = {one.pupil_id: one for one in presence.pupils_now(seat_of("cpe"), NOW)}
    assert seen[newcomer.pk].where == presence.Where.UNSEEN
    assert seen[newcomer.pk].said == "arrivé(e) depuis l’appel"
    assert seen[college.people["pupil"].pk].where == presence.Where.IN


def test_their_record_says_so(
    client: SchoolClient, college: World, lesson: Lesson, newcomer: Person, seat_of: Any
) -> None:
    flags = [line.flag for line in record.lines_of(seat_of("cpe"), newcomer) if line.pk == lesson.pk]
    assert flags == [True]
    other = record.lines_of(seat_of("cpe"), college.people["pupil"])
    assert [line.flag for line in other if line.what == record.CALLED and line.pk == lesson.pk] == [False]
    rolls.validate_roll(seat_of("teacher"), lesson, [rolls.Mark(newcomer.pk, Status.PRESENT, None, UNCALLED)])
    flags = [line.flag for line in record.lines_of(seat_of("cpe"), newcomer) if line.pk == lesson.pk]
    assert flags == [False]


def test_the_half_days_before_they_came_are_no_part_of_their_rate(
    college: World, newcomer: Person, seat_of: Any
) -> None:
    group = Group.objects.get(kind=Group.Kind.CLASS, enrolments__pupil=newcomer)
    whole = summaries.register_between(seat_of("cpe"), date(2026, 11, 1), NOW.date(), group)
    before = summaries.register_between(seat_of("cpe"), date(2026, 11, 1), date(2026, 11, 23), group)
    assert newcomer.pk not in {line.key for line in before.lines}
    (line,) = [line for line in whole.lines if line.key == newcomer.pk]
    assert line.possible == 2
