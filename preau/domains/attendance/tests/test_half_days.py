"""Half-days, gross and calculated, and thresholds: what must hold of any timetable."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import NOW
from preau.directory.models import Person
from preau.directory.seeds.world import World
from preau.domains.attendance.actions import explanations, handlings
from preau.domains.attendance.models import AttendanceSettings, Entry, Explanation, Reason, Status
from preau.domains.attendance.queries import half_days
from preau.domains.attendance.rules.half_days import (
    Attended,
    Half,
    Told,
    calculated,
    gross,
    missed_half_days,
    unexcused,
)
from preau.domains.attendance.rules.thresholds import reached_by
from preau.domains.timetable.models import Lesson

NOON = time(13, 0)
ZONES = [
    ZoneInfo(name) for name in ("Europe/Paris", "America/Guadeloupe", "Indian/Reunion", "America/Miquelon")
]
# The nights when the hour changes, a leap day, the end of a year, an ordinary day.
DAYS = [date(2026, 3, 29), date(2026, 10, 25), date(2028, 2, 29), date(2026, 12, 31), date(2026, 11, 24)]
PARIS = ZONES[0]


def at(day: date, hour: int, minute: int = 0, zone: ZoneInfo = PARIS) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)


def attended(day: date, hour: int, minutes: int = 55, zone: ZoneInfo = PARIS, **more: Any) -> Attended:
    starts = at(day, hour, zone=zone)
    return Attended(more.pop("pupil", 1), day, starts, starts + timedelta(minutes=minutes), **more)


@st.composite
def lessons(draw: Any, zone: ZoneInfo | None = None, overlap: bool = True) -> list[Attended]:
    """Some days of some pupils, with lessons missed, attended, cancelled, of any length, at the same time perhaps."""
    zone = zone or draw(st.sampled_from(ZONES))
    found = []
    for day in draw(st.lists(st.sampled_from(DAYS), min_size=1, max_size=4, unique=True)):
        hours = draw(st.lists(st.integers(7, 18), min_size=1, max_size=6, unique=not overlap))
        found += [
            attended(
                day,
                hour,
                draw(st.integers(30, 180 if overlap else 60)),
                zone,
                pupil=draw(st.integers(1, 2)),
                missed=draw(st.booleans()),
                cancelled=draw(st.booleans()),
                counts=draw(st.booleans()),
            )
            for hour in hours
        ]
    return found


@given(lessons(PARIS))
def test_calculated_is_never_more_than_gross_and_never_nothing_for_something(found: list[Attended]) -> None:
    missed = missed_half_days(found, NOON, PARIS)
    assert all(0 < day.share <= 1 for day in missed)
    assert 0 <= calculated(missed) <= gross(missed)
    assert len({day.half for day in missed}) == gross(missed)
    assert (gross(missed) > 0) == any(attended.missed and not attended.cancelled for attended in found)


@given(lessons(PARIS))
def test_a_half_day_missed_wholly_counts_for_one_either_way(found: list[Attended]) -> None:
    whole = missed_half_days([replace(attended, missed=True) for attended in found], NOON, PARIS)
    assert calculated(whole) == gross(whole)


@given(lessons(PARIS), st.randoms())
def test_the_order_and_twice_the_same_lesson_change_nothing(found: list[Attended], random: Any) -> None:
    expected = missed_half_days(found, NOON, PARIS)
    shuffled = [*found, *found]
    random.shuffle(shuffled)
    again = missed_half_days(shuffled, NOON, PARIS)
    assert [(day.half, day.share) for day in again] == [(day.half, day.share) for day in expected]


@given(lessons(PARIS))
def test_a_cancelled_lesson_is_as_one_that_never_was(found: list[Attended]) -> None:
    held = [attended for attended in found if not attended.cancelled]
    assert missed_half_days(found, NOON, PARIS) == missed_half_days(held, NOON, PARIS)


@given(lessons(PARIS), st.integers(0, 20))
def test_one_more_absence_never_counts_for_less(found: list[Attended], number: int) -> None:
    place = number % len(found)
    more = [replace(one, missed=True) if rank == place else one for rank, one in enumerate(found)]
    before, after = (missed_half_days(some, NOON, PARIS) for some in (found, more))
    assert gross(after) >= gross(before)
    assert calculated(after) >= calculated(before)


@given(lessons(PARIS))
def test_pupils_and_days_add_up(found: list[Attended]) -> None:
    whole = missed_half_days(found, NOON, PARIS)
    parts = [
        missed_half_days(
            [attended for attended in found if (attended.pupil_id, attended.day) == key], NOON, PARIS
        )
        for key in {(attended.pupil_id, attended.day) for attended in found}
    ]
    assert calculated(whole) == sum((calculated(part) for part in parts), Fraction())
    assert gross(whole) == sum(gross(part) for part in parts)


@st.composite
def foreign_half_days(draw: Any) -> list[Told]:
    """What another program says of some half-days, with its hours or without."""
    found = []
    for day, afternoon in draw(st.lists(st.tuples(st.sampled_from(DAYS), st.booleans()), max_size=6)):
        starts = at(day, draw(st.integers(13, 17) if afternoon else st.integers(7, 12)))
        half = Half(draw(st.integers(1, 2)), day, afternoon)
        ends = starts + timedelta(minutes=draw(st.integers(0, 240)))
        found.append(Told(half, starts, ends, draw(st.booleans()), draw(st.booleans()), "Repris"))
    return found


@given(lessons(PARIS), foreign_half_days())
def test_what_is_told_adds_to_what_rolls_say_and_each_half_day_counts_once(
    found: list[Attended], past: list[Told]
) -> None:
    before = {one.half: one for one in missed_half_days(found, NOON, PARIS)}
    after = {one.half: one for one in missed_half_days(found, NOON, PARIS, past)}
    assert set(after) == set(before) | {one.half for one in past}
    assert all(0 <= one.share <= 1 for one in after.values())
    assert all(after[half].share >= one.share for half, one in before.items())
    # Half-days of which nothing more is told are as they were.
    assert all(
        after[half] == one
        for half, one in before.items()
        if half not in {past_absence.half for past_absence in past}
    )


@given(lessons(PARIS), foreign_half_days())
def test_a_whole_half_day_told_is_all_of_its_time(found: list[Attended], past: list[Told]) -> None:
    whole = [replace(one, timed=False) for one in past]
    shares = {one.half: one.share for one in missed_half_days(found, NOON, PARIS, whole)}
    assert all(shares[one.half] == 1 for one in whole)


def test_what_a_roll_says_keeps_its_reason_and_what_is_told_adds_its_own() -> None:
    day = DAYS[-1]
    known = [
        attended(day, 8, missed=True, counts=False, label="Maladie"),
        attended(day, 9),
        attended(day, 10),
    ]
    past = Told(Half(1, day, False), at(day, 9), at(day, 9, 30), timed=True, counts=True, label="Repris")
    (one,) = missed_half_days(known, NOON, PARIS, [past])
    assert (one.share, one.lessons, one.counts, one.label) == (Fraction(2, 3), 2, True, "Maladie")
    (alone,) = missed_half_days([], NOON, PARIS, [past, replace(past, counts=False, label="Autre")])
    assert (alone.share, alone.lessons, alone.counts, alone.label) == (1, 0, True, "Repris")
    free = missed_half_days([attended(day, 11)], NOON, PARIS, [past])
    assert [(one.share, one.lessons) for one in free] == [(0, 0)], "an hour at which the pupil had no lesson"


@given(st.sampled_from(ZONES), st.sampled_from(DAYS), st.integers(7, 18))
def test_a_lesson_stays_in_its_half_day_whatever_the_night_and_the_ocean(
    zone: ZoneInfo, day: date, hour: int
) -> None:
    """The hour changes while people sleep; at 8 h it is 8 h, there."""
    (missed,) = missed_half_days([attended(day, hour, zone=zone, missed=True)], NOON, zone)
    assert (missed.half.day, missed.half.afternoon) == (day, hour >= 13)


@given(st.integers(0, 400))
def test_weeks_in_turn_count_the_lessons_of_their_own_week(days: int) -> None:
    """Three lessons on mornings of weeks A, two on mornings of weeks B: one missed is a third, then a half."""
    day = date(2027, 9, 1) + timedelta(days=days)  # over a leap year's February
    week_a = day.isocalendar().week % 2 == 0
    hours = (8, 9, 10) if week_a else (8, 9)
    found = [attended(day, hour, missed=hour == 8) for hour in hours]
    assert calculated(missed_half_days(found, NOON, PARIS)) == Fraction(1, len(hours))


def test_two_lessons_at_the_same_time_are_one_time() -> None:
    day = DAYS[4]
    found = [attended(day, 8, 120, missed=True), attended(day, 9, 60, missed=True), attended(day, 10, 120)]
    assert calculated(missed_half_days(found, NOON, PARIS)) == Fraction(1, 2)


def test_a_lesson_over_the_night_when_the_hour_changes_has_its_real_length() -> None:
    """A boarding school's study from 1 h to 4 h, on the night that has one hour more, then on the one that has one less."""
    for day, minutes in ((date(2026, 10, 25), 240), (date(2026, 3, 29), 120)):
        study = Attended(1, day, at(day, 1), at(day, 4), missed=True)
        other = Attended(1, day, at(day, 5), at(day, 6))
        (missed,) = missed_half_days([study, other], NOON, PARIS)
        assert missed.share == Fraction(minutes, minutes + 60)


@settings(max_examples=50)
@given(
    st.lists(st.tuples(st.sampled_from(DAYS), st.booleans(), st.booleans()), max_size=10), st.integers(1, 6)
)
def test_a_threshold_is_reached_by_that_many_half_days_of_one_month_and_not_before(
    said: list[tuple[date, bool, bool]], threshold: int
) -> None:
    found = [attended(day, 15 if late else 9, missed=True, counts=counts) for day, late, counts in said]
    missed = missed_half_days(found, NOON, PARIS)
    months: dict[date, int] = {}
    for one in unexcused(missed):
        months[one.half.day.replace(day=1)] = months.get(one.half.day.replace(day=1), 0) + 1
    reached = {one.month: one.half_days for one in reached_by(missed, threshold, 40)}
    assert reached == {month: count for month, count in months.items() if count >= threshold}


# From the database


def own_lessons(college: World, day: date) -> list[Lesson]:
    return list(Lesson.objects.of_pupils([college.people["pupil"].pk]).on(day).order_by("starts"))


def miss(pupil: Person, *lessons: Lesson) -> list[Entry]:
    Entry.objects.filter(pupil=pupil).update(status=Status.PRESENT, minutes_late=None)
    return [
        Entry.objects.update_or_create(
            lesson=lesson,
            pupil=pupil,
            defaults={"school": lesson.school, "day": lesson.day, "status": Status.ABSENT},
        )[0]
        for lesson in lessons
    ]


@pytest.fixture
def morning(college: World) -> list[Lesson]:
    """The lessons of the cast's pupil this morning."""
    return [
        lesson for lesson in own_lessons(college, NOW.date()) if lesson.starts.astimezone(PARIS).hour < 13
    ]


def missed(college: World) -> list[Any]:
    today = NOW.date()
    return half_days.missed_by(college.school, today, today, [college.people["pupil"].pk])


@pytest.mark.django_db
def test_the_share_of_a_morning_is_of_the_lessons_of_that_pupil(
    college: World, morning: list[Lesson]
) -> None:
    miss(college.people["pupil"], morning[0])
    (one,) = missed(college)
    lengths = [(lesson.ends - lesson.starts).total_seconds() for lesson in morning]
    assert one.share == Fraction(int(lengths[0]), int(sum(lengths)))
    assert one.counts
    miss(college.people["pupil"], *morning)
    assert [one.share for one in missed(college)] == [1]


@pytest.mark.django_db
def test_a_lesson_cancelled_is_neither_missed_nor_expected(college: World, morning: list[Lesson]) -> None:
    miss(college.people["pupil"], *morning[:2])
    Lesson.objects.filter(pk__in=[lesson.pk for lesson in morning[2:]]).update(state=Lesson.State.CANCELLED)
    assert [one.share for one in missed(college)] == [1]
    Lesson.objects.filter(pk__in=[lesson.pk for lesson in morning]).update(state=Lesson.State.CANCELLED)
    assert missed(college) == []


@pytest.mark.django_db
def test_the_school_says_when_its_afternoon_begins(college: World, morning: list[Lesson]) -> None:
    miss(college.people["pupil"], *morning)
    assert len(missed(college)) == 1
    AttendanceSettings.objects.create(school=college.school, noon=time(9, 0))
    assert len(missed(college)) == 2


@pytest.mark.django_db
def test_what_excuses_a_half_day(college: World, morning: list[Lesson], seat_of: Any) -> None:
    """Nothing said counts; said and not read does not; accepted, refused, settled: as the reason and the school say."""
    (entry,) = miss(college.people["pupil"], morning[0])
    ill, bad = Reason.objects.get(label="Maladie"), Reason.objects.get(label="Sans motif valable")
    explanation = explanations.explain(seat_of("guardian"), [entry], ill)
    assert not missed(college)[0].counts
    explanations.decide(seat_of("cpe"), explanation, Explanation.State.REFUSED, "Certificat absent")
    assert missed(college)[0].counts
    explanations.decide(seat_of("cpe"), explanation, Explanation.State.ACCEPTED)
    assert not missed(college)[0].counts
    handlings.reopen(seat_of("cpe"), [entry])
    explanations.decide(seat_of("cpe"), explanation, Explanation.State.REFUSED, "Non")
    handlings.settle_one(seat_of("cpe"), entry, bad)
    one = missed(college)[0]
    assert (one.counts, one.label) == (True, "Sans motif valable")


@pytest.mark.django_db
def test_half_days_of_one_school_are_not_those_of_another(
    college: World, twin: World, morning: list[Lesson]
) -> None:
    miss(college.people["pupil"], *morning)
    today = NOW.date()
    pupils = {one.half.pupil_id for one in half_days.missed_by(twin.school, today, today)}
    assert college.people["pupil"].pk not in pupils


@pytest.mark.django_db
def test_half_days_of_a_school_cost_five_queries(college: World, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(5):
        found = half_days.missed_by(college.school, date(2026, 11, 1), date(2026, 11, 30))
    assert found
