"""Hours due and held: each lesson counted for what it is, nobody named, nobody else's school."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import Closure, Group, Person, Subject
from preau.directory.seeds.world import World
from preau.domains.timetable.actions import calendar, changes, patterns
from preau.domains.timetable.actions.changes import OneOff, Why
from preau.domains.timetable.actions.patterns import Weekly
from preau.domains.timetable.models import Lesson
from preau.domains.timetable.queries import hours
from preau.domains.timetable.tests.test_changes import new_teacher

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
# The week of the test, of which everything is still to come; it is read the Monday after.
MONDAY, AFTER = date(2026, 11, 30), datetime(2026, 12, 7, 10, 30, tzinfo=PARIS)
FRIDAY = MONDAY + timedelta(days=4)
HOUR = 60


@pytest.fixture
def given(college: World) -> tuple[Group, Subject]:
    """A class and a subject of their own: one hour each day at eight, Monday to Friday."""
    school, year = college.school, college.year
    subject = Subject.objects.create(school=school, name="Chinois")
    group = Group.objects.create(school=school, year=year, kind="class", name="5e Essai")
    for weekday in range(5):
        weekly = Weekly(
            year,
            subject,
            (group,),
            (new_teacher(college),),
            None,
            weekday,
            time(8),
            time(9),
            MONDAY,
            FRIDAY,
        )
        patterns.plan(weekly)
    return group, subject


@pytest.fixture
def read(college: World, given: Any, seat_of: Any, clock: Any) -> Any:
    def line(first: date = MONDAY, last: date = FRIDAY) -> tuple[int, ...]:
        clock.shift((AFTER - NOW).total_seconds())
        head = seat_of("head")
        rows = hours.hours_rows(hours.hours_between(head, first, last, given[0]))
        whole = hours.hours_in_all(head, first, last, given[0])
        assert len(rows) <= 1
        figures = [(one.planned, one.held, one.replaced, one.cancelled, one.added) for one in [*rows, whole]]
        assert len(set(figures)) == 1, "the total of one line is that line"
        return figures[0]

    return line


def lesson(given: tuple[Group, Subject], number: int = 0) -> Lesson:
    return Lesson.objects.filter(groups=given[0]).order_by("starts")[number]


def test_an_ordinary_week_is_held_as_planned(read: Any) -> None:
    assert read() == (5 * HOUR, 5 * HOUR, 0, 0, 0)


def test_a_cancelled_lesson_was_due_and_was_not_held(read: Any, given: Any, seat_of: Any) -> None:
    changes.cancel_lesson(seat_of("head"), lesson(given), Why())
    assert read() == (5 * HOUR, 4 * HOUR, 0, HOUR, 0)


def test_what_was_taken_back_counts_for_nothing(read: Any, given: Any, seat_of: Any, college: World) -> None:
    head, one = seat_of("head"), lesson(given)
    changes.undo_change(head, changes.cancel_lesson(head, one, Why()))
    gone = one.teachers.all()[0]
    changes.undo_change(head, changes.replace_teacher(head, one, gone, new_teacher(college), Why()))
    assert read() == (5 * HOUR, 5 * HOUR, 0, 0, 0)


def test_a_moved_lesson_is_due_once_and_held_once(read: Any, given: Any, seat_of: Any) -> None:
    changes.move_lesson(seat_of("head"), lesson(given), (FRIDAY, time(14), time(15)), None, Why())
    assert read() == (5 * HOUR, 5 * HOUR, 0, 0, 0)
    assert read(last=MONDAY) == (HOUR, 0, 0, 0, 0)
    assert read(first=FRIDAY) == (HOUR, 2 * HOUR, 0, 0, 0)


def test_a_lesson_moved_to_less_time_was_due_for_all_of_it(read: Any, given: Any, seat_of: Any) -> None:
    changes.move_lesson(seat_of("head"), lesson(given), (FRIDAY, time(14), time(14, 30)), None, Why())
    assert read() == (5 * HOUR, 4 * HOUR + 30, 0, 0, 0)


def test_a_lesson_given_by_somebody_else_is_held(read: Any, given: Any, seat_of: Any, college: World) -> None:
    one, head = lesson(given), seat_of("head")
    first, second = new_teacher(college), new_teacher(college)
    changes.replace_teacher(head, one, one.teachers.all()[0], first, Why())
    changes.replace_teacher(head, one, first, second, Why())
    assert read() == (5 * HOUR, 5 * HOUR, HOUR, 0, 0)


def test_a_replaced_lesson_that_is_cancelled_is_not_held(
    read: Any, given: Any, seat_of: Any, college: World
) -> None:
    one, head = lesson(given), seat_of("head")
    changes.replace_teacher(head, one, one.teachers.all()[0], new_teacher(college), Why())
    changes.cancel_lesson(head, one, Why())
    assert read() == (5 * HOUR, 4 * HOUR, 0, HOUR, 0)


def test_an_added_lesson_is_held_and_was_not_due(read: Any, given: Any, seat_of: Any, college: World) -> None:
    group, subject = given
    one = OneOff(subject, (group,), (new_teacher(college),), None, FRIDAY, time(14), time(15, 30))
    change = changes.add_lesson(seat_of("head"), college.year, one, Why())
    assert read() == (5 * HOUR, 6 * HOUR + 30, 0, 0, 90)
    Lesson.objects.filter(pk=change.lesson_id).update(state="cancelled")
    assert read() == (5 * HOUR, 5 * HOUR, 0, 0, 0), "neither due nor held"


def test_a_closed_day_is_not_due(read: Any, given: Any, college: World) -> None:
    Closure.objects.create(school=college.school, name="Pont", starts=MONDAY, ends=MONDAY)
    calendar.follow_calendar(college.school.pk, [(MONDAY, MONDAY)], [])
    assert read() == (4 * HOUR, 4 * HOUR, 0, 0, 0)


def test_what_is_to_come_is_not_held(seat_of: Any) -> None:
    head = seat_of("head")
    yesterday = NOW.date() - timedelta(days=1)
    assert hours.last_day_of_hours(head) == yesterday
    assert hours.last_day_of_hours(head, NOW.date() + timedelta(days=9)) == yesterday
    assert hours.last_day_of_hours(head, date(2026, 10, 1)) == date(2026, 10, 1)


def test_a_lesson_of_two_classes_is_on_both_lines_and_once_in_all(
    given: Any, seat_of: Any, clock: Any, college: World
) -> None:
    other = Group.objects.create(school=college.school, year=college.year, kind="class", name="5e Autre")
    lesson(given).groups.add(other)
    clock.shift((AFTER - NOW).total_seconds())
    head = seat_of("head")
    rows = hours.hours_rows(hours.hours_between(head, MONDAY, FRIDAY))
    assert {row.group: row.held for row in rows if row.subject == "Chinois"} == {
        "5e Essai": 5 * HOUR,
        "5e Autre": HOUR,
    }
    whole = hours.hours_in_all(head, MONDAY, FRIDAY)
    assert whole.held == sum(row.held for row in rows) - HOUR - shared_in(college)


def shared_in(college: World) -> int:
    """The minutes of the week that other lessons count twice: those of several groups."""
    found = Lesson.objects.filter(school=college.school, day__range=(MONDAY, FRIDAY)).held()
    found = found.exclude(subject__name="Chinois").prefetch_related("groups")
    return sum(
        (len(lesson.groups.all()) - 1) * int((lesson.ends - lesson.starts).total_seconds()) // 60
        for lesson in found
    )


def test_a_class_shows_the_groups_drawn_from_it(given: Any, seat_of: Any, clock: Any, college: World) -> None:
    drawn = Group.objects.create(school=college.school, year=college.year, kind="group", name="Chinois 2")
    drawn.classes.add(given[0], Group.objects.filter(year=college.year, kind="class")[0])
    lesson(given).groups.set([drawn])
    clock.shift((AFTER - NOW).total_seconds())
    rows = hours.hours_rows(hours.hours_between(seat_of("head"), MONDAY, FRIDAY, given[0]))
    assert [(row.group, row.held) for row in rows] == [("5e Essai", 4 * HOUR), ("Chinois 2", HOUR)]


def test_the_sums_are_those_of_the_lessons_one_by_one(college: World, seat_of: Any) -> None:
    """Against a whole term, a seventh of it cancelled, counted the slow way."""
    head, last = seat_of("head"), NOW.date() - timedelta(days=1)
    found = Lesson.objects.filter(school=college.school, year=college.year, day__lte=last)
    Lesson.objects.filter(pk__in=list(found.values_list("pk", flat=True))[::7]).update(state="cancelled")

    def minutes(lessons: Any) -> int:
        return (
            int(sum((lesson.ends - lesson.starts for lesson in lessons), timedelta()).total_seconds()) // 60
        )

    whole = hours.hours_in_all(head, college.year.starts, last)
    assert whole.held == minutes(found.filter(state="held")) > 0
    assert whole.cancelled == minutes(found.filter(state="cancelled")) > 0
    assert whole.planned == minutes(found)
    assert whole.replaced == minutes(found.filter(state="held", changes__kind="replaced").distinct())


def test_the_twin_school_counts_for_nothing(college: World, twin: World, seat_of: Any) -> None:
    days = (college.year.starts, NOW.date() - timedelta(days=1))
    before = hours.hours_in_all(seat_of("head"), *days)
    assert hours.hours_in_all(seat_of("head", world=twin), *days).held > 0
    Lesson.objects.filter(school=twin.school).update(state="cancelled")
    assert hours.hours_in_all(seat_of("head"), *days) == before


def test_a_share_is_never_rounded_up() -> None:
    def rate(planned: int, held: int) -> int | None:
        return hours.Hours("", "", planned, held, 0, 0, 0).rate

    assert (rate(1000, 999), rate(1000, 1000), rate(60, 90), rate(60, 0), rate(0, 60)) == (
        99,
        100,
        150,
        0,
        None,
    )


def names_of(college: World) -> Iterator[str]:
    teachers = Person.objects.filter(lessons__school=college.school).distinct()
    yield from teachers.values_list("family_name", flat=True)


def test_the_page_and_the_spreadsheet_say_the_same_and_name_no_teacher(
    college: World, client: SchoolClient
) -> None:
    client.sit(college.people["secretary"])
    group = Group.objects.filter(year=college.year, kind="class").order_by("name")[0]
    asked = {"classe": group.pk}
    page = client.get(reverse("timetable:hours"), asked).content.decode()
    body = page[page.index("<main") :]
    assert f"classe={group.pk}" in body, "the spreadsheet is of the same class"
    sheet = b"".join(client.get(reverse("timetable:export_hours"), asked).streaming_content).decode()
    header, *lines = sheet.strip().splitlines()
    assert header.endswith("Part faite (%)")
    assert lines
    assert len(lines) == body.count("<tr") - 1
    assert all(";" in line and "," in line for line in lines)
    for name in set(names_of(college)):
        assert name not in sheet
        assert f">{name}" not in body
    assert Line.objects.get(verb="timetable.hours_exported").details["rows"] == len(lines)


def test_nothing_in_these_days_says_so(college: World, client: SchoolClient) -> None:
    client.sit(college.people["head"])
    for asked in ({"du": "2027-01-01"}, {"du": "n’importe quoi", "au": "2026-01-01"}):
        response = client.get(reverse("timetable:hours"), asked)
        assert response.status_code == 200
        assert "Aucune heure dans ce temps" in response.content.decode()


def test_a_class_of_the_twin_school_is_no_choice(college: World, twin: World, client: SchoolClient) -> None:
    client.sit(college.people["head"])
    theirs = Group.objects.filter(year=twin.year, kind="class")[0]
    whole = client.get(reverse("timetable:hours")).content.decode()
    asked = client.get(reverse("timetable:hours"), {"classe": theirs.pk}).content.decode()
    assert "<td" in asked
    assert whole.count("<tr") == asked.count("<tr"), "a wrong value is ignored"


def test_who_opens_the_hours(college: World, client: SchoolClient) -> None:
    opened = set()
    for key in ("head", "secretary", "cpe", "teacher", "pupil", "guardian"):
        client.sit(college.people[key])
        codes = {client.get(reverse(f"timetable:{name}")).status_code for name in ("hours", "export_hours")}
        assert codes <= {200, 403}, key
        opened |= {key} if codes == {200} else set()
        page = client.get(reverse("timetable:week")).content.decode()
        assert (reverse("timetable:hours") in page) is (key in {"head", "secretary"}), key
    assert opened == {"head", "secretary"}
