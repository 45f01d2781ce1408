"""When items leave, against a second computation that looks at every minute."""

import json
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preau.commons.delivery import imports, rules
from preau.commons.delivery.rules import PersonHours, SchoolHours
from preau.commons.delivery.tests import slow_departures

# Clocks that change by an hour, by half of one, in the other half of the year, during Ramadan, never; one that jumped over a day.
ZONES = [
    "Europe/Paris",
    "America/Miquelon",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "Pacific/Apia",
    "Indian/Reunion",
    "America/Guadeloupe",
    "Pacific/Noumea",
    "America/Santiago",
]
PARIS = ZoneInfo("Europe/Paris")
# Around these something happens: the clocks change, a day is jumped over, a year begins.
DAYS = [
    "2026-03-27",
    "2026-03-29",
    "2026-10-23",
    "2026-10-25",
    "2011-12-29",
    "2026-04-04",
    "2026-12-30",
    "2027-02-06",
]

minutes = st.integers(0, 24 * 60 - 1)
clocks = minutes.map(lambda minute: f"{minute // 60:02}:{minute % 60:02}")
# Now and then no day is left: the slow computation then looks at all the minutes of sixty days.
weekdays = st.lists(st.integers(1, 7), unique=True, min_size=2, max_size=7)


@st.composite
def posts(draw: Any) -> dict[str, Any]:
    """A file whose hours are any, around a day that is not ordinary."""
    opens, closes = sorted(draw(st.lists(clocks, min_size=2, max_size=2, unique=True)))
    around = datetime.fromisoformat(draw(st.sampled_from(DAYS))).replace(tzinfo=UTC)
    first = draw(st.integers(-3, 6))
    closed = [
        [(around + timedelta(days=n)).date().isoformat() for n in (first, first + draw(st.integers(0, 9)))]
    ]
    person: dict[str, Any] = {"quiet": draw(st.lists(st.tuples(clocks, clocks).map(list), max_size=3))}
    if draw(st.booleans()):
        person["days"] = draw(weekdays)
    ready = around + timedelta(seconds=draw(st.integers(-24 * 3600, 48 * 3600)))
    return {
        "timezone": draw(st.sampled_from(ZONES)),
        "opens": opens,
        "closes": closes,
        "days": draw(weekdays),
        "closed": closed if draw(st.booleans()) else [],
        "people": {"p": person},
        "items": [
            {
                "id": "i",
                "to": "p",
                "kind": draw(st.sampled_from(["ordinary"] * 9 + ["urgent"])),
                "ready": ready.isoformat(),
            }
        ],
    }


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(posts())
def test_each_item_leaves_when_the_slow_computation_says(written: dict[str, Any]) -> None:
    found = imports.written(imports.read(json.dumps(written).encode()))["items"]["i"]
    assert found == slow_departures.departure(written, written["items"][0])


@settings(max_examples=80, deadline=None)
@given(posts(), st.integers(1, 10**6))
def test_what_is_spread_leaves_later_but_never_at_a_closed_hour(written: dict[str, Any], rank: int) -> None:
    post = imports.read(json.dumps(written).encode())
    (item,) = post.items
    if item.kind == imports.Kind.URGENT:
        return
    school, person = post.school, post.people["p"]
    first, spread = (
        rules.departure(school, person, item.ready),
        rules.spread(school, person, item.ready, rank),
    )
    if first is None or first == item.ready:
        assert spread == first
    else:
        assert spread is not None and first <= spread <= first + timedelta(seconds=rules.SPREAD)
        assert rules.departure(school, person, spread) == spread


def test_monday_is_spread_over_ten_minutes() -> None:
    friday = datetime(2026, 11, 27, 20, tzinfo=PARIS)
    left = [rules.spread(SchoolHours(), rules.ANY_HOUR, friday, rank) for rank in range(1, 1201)]
    opens = datetime(2026, 11, 30, 7, tzinfo=PARIS)
    by_minute = [0] * 10
    for moment in left:
        assert moment is not None
        by_minute[int((moment - opens).total_seconds() // 60)] += 1
    assert min(by_minute) > 60 and max(by_minute) < 180


@pytest.mark.parametrize(
    ("ready", "expected"),
    [
        ("2026-11-24T10:30:00+01:00", "2026-11-24T10:30:00+01:00"),
        ("2026-11-24T19:59:59+01:00", "2026-11-24T19:59:59+01:00"),
        ("2026-11-24T20:00:00+01:00", "2026-11-25T07:00:00+01:00"),
        ("2026-11-27T20:00:00+01:00", "2026-11-30T07:00:00+01:00"),
        ("2026-10-24T23:00:00+02:00", "2026-10-26T07:00:00+01:00"),
    ],
)
def test_the_ordinary_hours(ready: str, expected: str) -> None:
    found = rules.departure(SchoolHours(), rules.ANY_HOUR, datetime.fromisoformat(ready))
    assert found is not None and found.isoformat() == expected


def test_an_hour_that_comes_twice_counts_both_times_and_one_that_does_not_exist_is_skipped() -> None:
    always = SchoolHours(opens=0, closes=24 * 60, days=rules.WEEK)
    autumn = datetime.fromisoformat("2026-10-25T00:30:00+02:00")
    from_two_thirty = PersonHours(quiet=((0, 2 * 60 + 30), (2 * 60 + 45, 24 * 60)))
    first = rules.departure(always, from_two_thirty, autumn)
    assert first is not None and first.isoformat() == "2026-10-25T02:30:00+02:00"
    again = rules.departure(always, from_two_thirty, first + timedelta(minutes=15))
    assert again is not None and again.isoformat() == "2026-10-25T02:30:00+01:00"
    spring = rules.departure(always, from_two_thirty, datetime.fromisoformat("2026-03-29T00:30:00+01:00"))
    assert spring is not None and spring.isoformat() == "2026-03-30T02:30:00+02:00"


def test_nobody_has_an_hour_where_none_is_left() -> None:
    ready = datetime(2026, 11, 24, 10, tzinfo=PARIS)
    for person in (
        PersonHours(days=()),
        PersonHours(days={6, 7}),
        PersonHours(quiet=((19 * 60, 8 * 60), (8 * 60, 19 * 60))),
    ):
        assert not rules.leaves_something(SchoolHours(), person)
        assert rules.departure(SchoolHours(), person, ready) is None
        assert rules.departure(SchoolHours(), person, ready, urgent=True) == ready
    assert rules.leaves_something(SchoolHours(), PersonHours(quiet=((18 * 60, 8 * 60),)))


def test_an_hour_of_the_clock_is_found_on_the_days_that_were_asked() -> None:
    tuesday = datetime(2026, 11, 24, 18, tzinfo=PARIS)
    school = SchoolHours()
    assert rules.next_at(school, tuesday, 18 * 60) == tuesday + timedelta(days=1)
    assert rules.next_at(school, tuesday - timedelta(seconds=1), 18 * 60) == tuesday
    friday = rules.next_at(school, tuesday, 18 * 60, {5})
    assert (friday.isoweekday(), friday.time()) == (5, time(18))
