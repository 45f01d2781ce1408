"""Weeks A and B, holidays, exceptions, lessons cancelled and moved, over the nights that change the hour: three readers, one timetable."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preau.commons.agenda import exports, queries
from preau.commons.agenda.tests.test_calendar import READERS, ZONES, by_icalendar, by_vobject, moment, written
from preau.directory.models import Closure, Enrolment, Group, Room, Subject
from preau.directory.seeds.world import World
from preau.domains.timetable.actions import alternations, calendar, changes
from preau.domains.timetable.actions import patterns as patterns_actions
from preau.domains.timetable.actions.changes import Why
from preau.domains.timetable.actions.patterns import Weekly
from preau.domains.timetable.models import WeeklyPattern
from preau.domains.timetable.queries.weeks import in_turn, weeks_between
from preau.foundation.boards import AgendaEntry

PARIS = ZoneInfo("Europe/Paris")
# Saturdays from 6 March to 24 April 2027. The hour changes on the night of 27 to 28 March.
SPRING = (date(2027, 3, 1), date(2027, 4, 25))
SATURDAYS = [date(2027, 3, 6) + timedelta(days=7 * number) for number in range(8)]


@pytest.fixture
def spring(college: World, seat_of: Any, clock: Any) -> dict[str, WeeklyPattern]:
    """On Saturdays at 8 h 05, mathematics in weeks A and theatre in weeks B; every open week, at 20 h 30, a rehearsal."""
    clock.move_to(datetime(2027, 2, 23, 9, 30, tzinfo=UTC))
    Closure.objects.filter(school=college.school, ends__gte=SPRING[0]).delete()
    Closure.objects.create(
        school=college.school, name="Vacances", starts=date(2027, 4, 10), ends=date(2027, 4, 18)
    )
    Closure.objects.create(
        school=college.school, name="Pont", starts=date(2027, 3, 20), ends=date(2027, 3, 20)
    )
    pair = alternations.alternate(seat_of("head"), college.year, "A")
    # Weeks A are those of 1, 15 and 29 March; the holidays have none; 19 April goes on in turn.
    weeks = {
        "A": ["2027-03-01", "2027-03-15", "2027-03-29", "2027-04-19"],
        "B": ["2027-03-08", "2027-03-22", "2027-04-05"],
    }
    for one in pair:
        one.mondays = weeks[one.code]
        one.save()

    group = Enrolment.objects.filter(pupil=college.people["pupil"], group__kind=Group.Kind.CLASS)[0].group
    subject = Subject.objects.filter(school=college.school)[0]

    def plan(starts: time, alternation: Any) -> WeeklyPattern:
        return patterns_actions.plan(
            Weekly(
                college.year,
                subject,
                (group,),
                (college.people["teacher"],),
                Room.objects.filter(school=college.school).first(),
                5,
                starts,
                time(starts.hour + 1, starts.minute),
                SPRING[0],
                SPRING[1],
                alternation,
            )
        )

    return {"A": plan(time(8, 5), pair[0]), "B": plan(time(8, 5), pair[1]), "each": plan(time(20, 30), None)}


def moments_of(
    file: bytes, read: Any, patterns: dict[str, WeeklyPattern]
) -> dict[str, list[tuple[str, str]]]:
    """What a reader makes of the lessons of each pattern: moments in UTC."""
    names = {
        f"seance-{lesson.pk}@localhost": key for key, one in patterns.items() for lesson in one.lessons.all()
    }
    found: dict[str, list[tuple[str, str]]] = {key: [] for key in patterns}
    for uid, _title, _place, starts, ends in read(file):
        if uid in names:
            found[names[uid]].append((starts, ends))
    return {key: sorted(some) for key, some in found.items()}


def wall(day: date, hour: int, minute: int, *, summer: bool) -> tuple[str, str]:
    """An hour on the wall of Paris as a moment, by the offset that the law gives and no other program."""
    starts = datetime.combine(day, time(hour, minute)) - timedelta(hours=2 if summer else 1)
    return tuple(one.strftime("%Y-%m-%dT%H:%M:%SZ") for one in (starts, starts + timedelta(hours=1)))  # type: ignore[return-value]


def feed(seat: Any) -> bytes:
    now = datetime(2027, 2, 23, 9, 30, tzinfo=UTC)
    return exports.calendar_of(queries.entries_for_feed(seat), opened_at=now, now=now)


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("who", ["pupil", "guardian", "teacher"])
def test_three_readers_read_weeks_holidays_and_changes(
    spring: dict[str, WeeklyPattern], seat_of: Any, read: Any, who: str
) -> None:
    office, why = seat_of("secretary"), Why()
    a = spring["A"].lessons.get(day=date(2027, 3, 6))
    changes.move_lesson(office, a, (date(2027, 3, 28), time(10), time(11)), a.room, why)
    changes.cancel_lesson(office, spring["B"].lessons.get(day=date(2027, 3, 27)), why)
    file = feed(seat_of(who))
    lessons = moments_of(file, read, spring)
    # The 20th is closed; the 6th was moved to the morning after the night that changes the hour.
    assert lessons["A"] == [
        wall(date(2027, 3, 28), 10, 0, summer=True),
        wall(date(2027, 4, 3), 8, 5, summer=True),
        wall(date(2027, 4, 24), 8, 5, summer=True),
    ]
    # The cancelled one stays, and says so.
    assert lessons["B"] == [
        wall(date(2027, 3, 13), 8, 5, summer=False),
        wall(date(2027, 3, 27), 8, 5, summer=False),
    ]
    opened = [
        day for day in SATURDAYS if day not in {date(2027, 3, 20), date(2027, 4, 10), date(2027, 4, 17)}
    ]
    assert lessons["each"] == [wall(day, 20, 30, summer=day > date(2027, 3, 28)) for day in opened]
    events = icalendar.Calendar.from_ical(file).walk("VEVENT")
    # Of this spring: a meeting of the school year that was cancelled says so too.
    gone = [
        event
        for event in events
        if event.get("status") == "CANCELLED" and moment(event["dtstart"].dt) >= "2027"
    ]
    assert [moment(event["dtstart"].dt) for event in gone] == [wall(date(2027, 3, 27), 8, 5, summer=False)[0]]


@pytest.mark.parametrize("read", READERS)
def test_three_readers_read_a_change_that_was_undone_and_a_week_that_was_swapped(
    spring: dict[str, WeeklyPattern], college: World, seat_of: Any, read: Any
) -> None:
    office = seat_of("secretary")
    lesson = spring["A"].lessons.get(day=date(2027, 3, 6))
    change = changes.move_lesson(office, lesson, (date(2027, 3, 28), time(10), time(11)), lesson.room, Why())
    changes.undo_change(office, change)
    # The week of 29 March becomes B.
    alternations.change_week(office, college.year, date(2027, 3, 29), spring["B"].alternation)
    calendar.follow_weeks([spring["A"].alternation_id, spring["B"].alternation_id])
    lessons = moments_of(feed(seat_of("pupil")), read, spring)
    assert lessons["A"] == [
        wall(date(2027, 3, 6), 8, 5, summer=False),
        wall(date(2027, 4, 24), 8, 5, summer=True),
    ]
    assert wall(date(2027, 4, 3), 8, 5, summer=True) in lessons["B"]


def _turns(day: date, zone: str) -> bool:
    """Does the hour change within a week of this day?"""
    around = (datetime.combine(day + timedelta(days=days), time(12), ZoneInfo(zone)) for days in (-7, 7))
    return len({one.utcoffset() for one in around}) == 2


@settings(max_examples=15, deadline=None)
@given(
    year=st.integers(2020, 2040),
    zone=st.sampled_from(ZONES),
    weekday=st.integers(0, 6),
    minutes=st.integers(0, 22 * 60),
    closed=st.lists(st.integers(0, 300), max_size=6),
)
def test_weeks_in_turn_are_read_at_their_hour_whatever_the_night_and_the_year(
    year: int, zone: str, weekday: int, minutes: int, closed: list[int]
) -> None:
    """Leap years too: what a reader reads is the clock on the wall of the school, on the days of A or of B."""
    first = date(year, 9, 1)
    closures = [(first + timedelta(days=day), first + timedelta(days=day + 9)) for day in closed]
    sides = in_turn(weeks_between(first, first + timedelta(days=305), closures))
    clock = time(minutes // 60, minutes % 60)
    every = sorted(monday + timedelta(days=weekday) for mondays in sides for monday in mondays)
    # Those around the nights that change the hour, around the leap day, the first and the last: the others are as they are.
    days = [
        day
        for day in every
        if day in {every[0], every[-1]} or _turns(day, zone) or (day.month, day.day) == (2, 29)
    ]
    if not days:
        return
    entries = [
        AgendaEntry(f"seance-{number}", "Cours", start, start + timedelta(minutes=55), zone=zone)
        for number, start in enumerate(
            datetime.combine(day, clock, tzinfo=ZoneInfo(zone)).astimezone(UTC) for day in days
        )
    ]
    file = written(entries)
    expected = [(moment(entry.starts), moment(entry.ends)) for entry in entries]
    for read in (by_icalendar, by_vobject):
        assert [row[3:] for row in read(file)] == expected
