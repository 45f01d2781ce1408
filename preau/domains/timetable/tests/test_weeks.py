"""Weeks A and B: in turn over a year, whatever nights change the hour, days a year has, and seas lie between."""

import itertools
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult
from hypothesis import given
from hypothesis import strategies as st

from conftest import NOW, SchoolClient
from preau.directory.models import School, SchoolYear
from preau.directory.seeds.world import World
from preau.domains.timetable.actions import alternations, patterns
from preau.domains.timetable.actions.changes import Why, change_room, move_lesson
from preau.domains.timetable.actions.patterns import Weekly
from preau.domains.timetable.models import Alternation, Lesson, WeeklyPattern
from preau.domains.timetable.queries import clashes, lessons
from preau.domains.timetable.queries.weeks import in_turn, name_of_week, weeks_between, weeks_of
from preau.foundation import dates

TODAY = NOW.date()
MONDAY = dates.monday_of(TODAY)
ZONES = ["Europe/Paris", "Indian/Reunion", "America/Guadeloupe", "America/Miquelon", "Pacific/Noumea"]
STARTS = st.integers(2020, 2040).map(lambda year: date(year, 9, 1))
SPANS = st.lists(st.tuples(st.integers(0, 300), st.integers(0, 20)), max_size=8)


def closures(first: date, spans: list[tuple[int, int]]) -> list[tuple[date, date]]:
    return [(first + timedelta(days=a), first + timedelta(days=a + b)) for a, b in spans]


@given(first=STARTS, spans=SPANS, length=st.integers(30, 330))
def test_every_open_week_has_one_letter_and_no_two_in_a_row_the_same(
    first: date, spans: list[tuple[int, int]], length: int
) -> None:
    weeks = weeks_between(first, first + timedelta(days=length), closures(first, spans))
    one, other = in_turn(weeks)
    letters = {**dict.fromkeys(one, "A"), **dict.fromkeys(other, "B")}
    opened = [week.monday for week in weeks if not week.is_closed]
    assert sorted(letters) == opened
    assert not set(one) & set(other)
    assert all(letters[a] != letters[b] for a, b in itertools.pairwise(opened))
    assert all(monday.weekday() == 0 for monday in letters)
    assert [b.monday - a.monday for a, b in itertools.pairwise(weeks)] == [timedelta(days=7)] * (
        len(weeks) - 1
    )


@given(
    first=STARTS | st.just(date(2027, 9, 1)),
    zone=st.sampled_from(ZONES),
    weekday=st.integers(0, 6),
    clock=st.times(time(6, 0), time(20, 0)),
    spans=SPANS,
)
def test_lessons_of_a_and_b_share_the_year_and_keep_their_hour_on_the_wall(
    first: date, zone: str, weekday: int, clock: time, spans: list[tuple[int, int]]
) -> None:
    """Over both nights that change the hour, and 29 February."""
    last, closed = first + timedelta(days=305), closures(first, spans)
    one, other = in_turn(weeks_between(first, last, closed))
    pair = [Alternation(mondays=[day.isoformat() for day in mondays]) for mondays in (one, other)]
    clock = clock.replace(second=0, microsecond=0)

    def days(alternation: Alternation | None) -> list[date]:
        pattern = WeeklyPattern(weekday=weekday, first_day=first, last_day=last, alternation=alternation)
        return list(patterns.open_days(pattern, closed))

    school = School(timezone=zone)
    a, b, every = days(pair[0]), days(pair[1]), days(None)
    assert not set(a) & set(b)
    named = set(one) | set(other)
    assert sorted(a + b) == [day for day in every if dates.monday_of(day) in named]
    for day in a + b:
        moment = patterns.at(school, day, clock)
        assert (moment.date(), moment.time(), day.weekday()) == (day, clock, weekday)
        read_again = datetime.fromtimestamp(moment.timestamp(), ZoneInfo(zone))
        assert read_again.replace(tzinfo=None) == datetime.combine(day, clock)


def test_the_leap_day_has_its_letter() -> None:
    weeks = weeks_between(date(2027, 9, 1), date(2028, 7, 4), [])
    one, other = in_turn(weeks)
    leap = dates.monday_of(date(2028, 2, 29))
    assert (leap in one) != (leap in other)
    assert (leap + timedelta(days=7) in one) == (leap in other)


@given(
    first=STARTS,
    weekdays=st.tuples(st.integers(0, 4), st.integers(0, 4)),
    letters=st.tuples(st.sampled_from("AB-"), st.sampled_from("AB-")),
)
def test_two_weekly_lessons_meet_only_on_a_day_that_both_have(
    first: date, weekdays: tuple[int, int], letters: tuple[str, str]
) -> None:
    last = first + timedelta(days=300)
    one, other = in_turn(weeks_between(first, last, []))
    by = {"A": one, "B": other}
    found = []
    for weekday, letter in zip(weekdays, letters, strict=True):
        mondays = [day.isoformat() for day in by.get(letter, [])]
        alternation = Alternation(mondays=mondays) if letter != "-" else None
        found.append(clashes.Times(weekday, (time(8), time(9)), (first, last), alternation).dates())
    meet = bool(found[0] & found[1])
    assert meet == (weekdays[0] == weekdays[1] and set(letters) != {"A", "B"})


def work() -> None:
    """What the worker would do with what waits; twice, as after a worker's death."""
    for waiting in DBTaskResult.objects.filter(task_path__endswith="follow_weeks"):
        for _ in range(2):
            import_string(waiting.task_path).call(
                *waiting.args_kwargs["args"], **waiting.args_kwargs["kwargs"]
            )
        waiting.delete()


def pair_of(college: World, seat_of: Any, first: str = "A") -> list[Alternation]:
    found = alternations.alternate(seat_of("head"), college.year, first)
    work()
    return found


def weekly(college: World, alternation: Alternation | None, **changes: Any) -> Weekly:
    known = WeeklyPattern.objects.filter(year=college.year)[0]
    fields: dict[str, Any] = {
        "year": college.year,
        "subject": known.subject,
        "groups": tuple(known.groups.all()),
        "room": known.room,
        "teachers": tuple(known.teachers.all()),
        "weekday": 5,
        "starts_at": time(8, 5),
        "ends_at": time(9, 0),
        "first_day": TODAY,
        "last_day": college.year.ends,
        "alternation": alternation,
    }
    return Weekly(**fields | changes)


def test_a_and_b_at_the_same_hour_do_not_clash_and_every_week_clashes_with_both(
    college: World, seat_of: Any
) -> None:
    a, b = pair_of(college, seat_of)
    head = seat_of("head")
    made = [patterns.create_weekly_lesson(head, weekly(college, one)) for one in (a, b)]
    days = [set(one.lessons.values_list("day", flat=True)) for one in made]
    assert days[0] and days[1] and not days[0] & days[1]
    with pytest.raises(patterns.SlotTaken) as taken:
        patterns.create_weekly_lesson(head, weekly(college, None))
    assert len(taken.value.clashes) == 2
    with pytest.raises(patterns.SlotTaken):
        patterns.create_weekly_lesson(head, weekly(college, a))


def test_a_weekly_lesson_meets_a_lesson_that_was_moved(college: World, seat_of: Any) -> None:
    head = seat_of("head")
    lesson = Lesson.objects.filter(school=college.school, day__gt=TODAY).order_by("day")[0]
    move_lesson(head, lesson, (date(2026, 12, 5), time(8, 5), time(9, 0)), None, Why())
    groups, teachers = tuple(lesson.groups.all()), tuple(lesson.teachers.all())
    with pytest.raises(patterns.SlotTaken) as taken:
        patterns.create_weekly_lesson(
            head, weekly(college, None, groups=groups, teachers=teachers, room=None)
        )
    assert [clash.day for clash in taken.value.clashes] == [date(2026, 12, 5)]


def test_lessons_to_come_follow_the_weeks_and_others_stay(college: World, seat_of: Any) -> None:
    head = seat_of("head")
    a, b = pair_of(college, seat_of)
    pattern = patterns.plan(weekly(college, a, first_day=college.year.starts))
    past = set(pattern.lessons.filter(day__lte=TODAY).values_list("day", flat=True))
    moved = pattern.lessons.filter(day__gt=TODAY).order_by("day")[0]
    change_room(head, moved, None, Why())
    alternations.alternate(head, college.year, "B")
    work()
    a.refresh_from_db()
    to_come = pattern.lessons.filter(day__gt=TODAY)
    assert set(pattern.lessons.filter(day__lte=TODAY).values_list("day", flat=True)) == past
    assert to_come.filter(pk=moved.pk).exists()
    assert all(a.holds(lesson.day) for lesson in to_come.exclude(pk=moved.pk))
    assert to_come.count() > 5
    assert set(to_come.exclude(pk=moved.pk).values_list("groups", flat=True)) == set(
        pattern.groups.values_list("pk", flat=True)
    )
    alternations.alternate(head, college.year, "A")
    work()
    assert len(set(pattern.lessons.values_list("day", flat=True))) == pattern.lessons.count()
    assert b.pk != a.pk


def test_one_week_is_changed_and_those_after_it_if_asked(college: World, seat_of: Any) -> None:
    head = seat_of("head")
    a, b = pair_of(college, seat_of)
    letter = "A" if a.holds(MONDAY) else "B"
    other = b if letter == "A" else a
    assert alternations.change_week(head, college.year, MONDAY, other)
    assert not alternations.change_week(head, college.year, MONDAY, other)
    names = {week.monday: week.name for week in weeks_of(college.year)}
    assert names[MONDAY] == other.name
    assert names[MONDAY + timedelta(days=7)] == other.name
    before = {monday: name for monday, name in names.items() if monday < MONDAY}
    alternations.alternate(head, college.year, other.code, since=MONDAY)
    names = {week.monday: week.name for week in weeks_of(college.year)}
    assert names[MONDAY + timedelta(days=7)] != names[MONDAY] == other.name
    assert {monday: name for monday, name in names.items() if monday < MONDAY} == before


def test_a_family_reads_the_name_of_the_week_of_its_school(
    college: World, twin: World, seat_of: Any, client: SchoolClient
) -> None:
    a, b = pair_of(college, seat_of)
    name = a.name if a.holds(MONDAY) else b.name
    for key in ("guardian", "pupil", "teacher", "cpe"):
        client.sit(college.people[key])
        assert f"· {name}" in client.get(reverse("timetable:week")).content.decode()
    other = seat_of("guardian", world=twin)
    assert name_of_week(other, MONDAY) == ""
    agenda = lessons.agenda_of(seat_of("pupil"), MONDAY, MONDAY + timedelta(days=6))
    assert [(entry.title, entry.starts) for entry in agenda if entry.lasts_days] == [(name, MONDAY)]


def test_the_secretary_places_the_weeks_in_one_gesture(college: World, client: SchoolClient) -> None:
    client.sit(college.people["secretary"])
    address = reverse("timetable:weeks")
    assert "Alterner sur toute l’année" in client.get(address).content.decode()
    page = client.post(address, {"first": "B"}, follow=True).content.decode()
    assert "Changer une semaine" in page
    first = next(week for week in weeks_of(college.year) if not week.is_closed)
    assert first.name == "Semaine B"
    typed = {"week": MONDAY.isoformat(), "to": "-"}
    client.post(reverse("timetable:change_week"), typed)
    assert {week.monday: week.name for week in weeks_of(college.year)}[MONDAY] == ""
    wrong = client.post(reverse("timetable:change_week"), typed | {"in_turn": "on"})
    assert wrong.status_code == 422
    assert "choisissez A ou B" in wrong.content.decode()


def test_other_weeks_have_a_name_of_their_own(college: World, client: SchoolClient, seat_of: Any) -> None:
    client.sit(college.people["head"])
    mondays = [(MONDAY + timedelta(days=7 * number)).isoformat() for number in (1, 2)]
    create = reverse("timetable:create_alternation")
    assert client.post(create, {"name": "Stage", "weeks": mondays}).status_code == 302
    again = client.post(create, {"name": "Stage", "weeks": mondays})
    assert again.status_code == 422
    assert "déjà pris" in again.content.decode()
    made = Alternation.objects.get(name="Stage")
    pattern = patterns.create_weekly_lesson(seat_of("head"), weekly(college, made))
    assert pattern.lessons.count() == 2
    address = reverse("timetable:alternation", kwargs={"pk": made.pk})
    client.post(address, {"name": "Stage", "weeks": mondays[:1]})
    work()
    assert pattern.lessons.count() == 1
    remove = reverse("timetable:remove_alternation", kwargs={"pk": made.pk})
    assert "Des séances suivent ces semaines" in client.post(remove, follow=True).content.decode()
    WeeklyPattern.objects.filter(pk=pattern.pk).delete()
    assert "n’ont plus de nom" in client.post(remove, follow=True).content.decode()
    assert not Alternation.objects.filter(pk=made.pk).exists()


def test_a_weekly_lesson_changes_from_a_day_on(college: World, client: SchoolClient, seat_of: Any) -> None:
    pattern = patterns.plan(weekly(college, None, first_day=college.year.starts))
    past = set(pattern.lessons.filter(day__lte=TODAY).values_list("pk", flat=True))
    client.sit(college.people["secretary"])
    address = reverse("timetable:change_pattern", kwargs={"pk": pattern.pk})
    typed = {
        "subject": pattern.subject_id,
        "groups": [group.pk for group in pattern.groups.all()],
        "teachers": [teacher.pk for teacher in pattern.teachers.all()],
        "room": "",
        "weekday": 5,
        "starts_at": "10:00",
        "ends_at": "10:55",
        "first_day": "2026-12-01",
    }
    assert 'value="08:05"' in client.get(address).content.decode()
    assert client.post(address, typed | {"first_day": TODAY.isoformat()}).status_code == 422
    assert "Séance changée" in client.post(address, typed, follow=True).content.decode()
    pattern.refresh_from_db()
    assert pattern.last_day == date(2026, 11, 30)
    assert past <= set(pattern.lessons.values_list("pk", flat=True))
    new = WeeklyPattern.objects.get(year=college.year, weekday=5, starts_at=time(10, 0))
    assert (new.first_day, new.last_day) == (date(2026, 12, 1), college.year.ends)
    assert not Lesson.objects.filter(pattern=pattern, day__gte=date(2026, 12, 1)).exists()
    assert client.post(address, typed).status_code == 422


def test_weeks_are_those_of_a_year(college: World) -> None:
    year = SchoolYear(starts=date(2026, 9, 1), ends=date(2027, 7, 2))
    weeks = weeks_between(year.starts, year.ends, [(date(2026, 12, 19), date(2027, 1, 3))])
    assert (weeks[0].monday, weeks[-1].monday) == (date(2026, 8, 31), date(2027, 6, 28))
    closed = [week.monday for week in weeks if week.is_closed]
    assert closed == [date(2026, 12, 21), date(2026, 12, 28)]
