"""When a fact passes its threshold: for any days, any threshold, any last look."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from preau.directory.boards import Happened
from preau.domains.attention.rules.facts import WINDOW, first_day, first_day_asked, passed

TODAY = date(2026, 11, 24)
DAYS = st.dates(TODAY - timedelta(days=80), TODAY + timedelta(days=5))
HAPPENED = st.lists(
    st.builds(Happened, st.integers(1, 3), DAYS, st.sampled_from(["", "Maths", "EPS"])), max_size=40
)
# A busy machine draws slowly: that says nothing of the rule.
CALM = settings(deadline=None, max_examples=60)
LOOKED = st.dictionaries(st.integers(1, 3), st.dates(TODAY - timedelta(days=60), TODAY), max_size=3)


@CALM
@given(HAPPENED, st.integers(1, 12), LOOKED)
def test_the_threshold_is_passed_exactly_when_it_is_reached(
    happened: list[Happened], threshold: int, looked: dict[int, date]
) -> None:
    found = {one.pupil_id: one for one in passed(happened, TODAY, threshold, alike=False, looked=looked)}
    for pupil in (1, 2, 3):
        days = [one.day for one in happened if one.pupil_id == pupil]
        counted = sum(TODAY - WINDOW < day <= TODAY and day > looked.get(pupil, date.min) for day in days)
        assert (pupil in found) == (counted >= threshold)
        if pupil in found:
            assert found[pupil].number == counted
            assert found[pupil].before == sum(
                first_day_asked(TODAY) <= day < first_day(TODAY) for day in days
            )


@CALM
@given(HAPPENED, st.integers(1, 12), LOOKED)
def test_nothing_of_a_pupil_changes_what_is_said_of_another(
    happened: list[Happened], threshold: int, looked: dict[int, date]
) -> None:
    alone = [one for one in happened if one.pupil_id == 1]
    both = passed(happened, TODAY, threshold, alike=True, looked=looked)
    assert [one for one in both if one.pupil_id == 1] == passed(
        alone, TODAY, threshold, alike=True, looked=looked
    )


@CALM
@given(HAPPENED, st.integers(1, 12))
def test_a_habit_is_more_than_half_of_what_happened(happened: list[Happened], threshold: int) -> None:
    for one in passed(happened, TODAY, threshold, alike=True, looked={}):
        now = [each for each in happened if each.pupil_id == one.pupil_id and one.since <= each.day <= TODAY]
        assert one.number == sum(each.what == one.what for each in now) >= threshold
        assert 2 * one.number > len(now)


@CALM
@given(HAPPENED, st.integers(1, 12), LOOKED)
def test_what_was_looked_at_does_not_come_back_the_same_day(
    happened: list[Happened], threshold: int, looked: dict[int, date]
) -> None:
    now = dict.fromkeys((1, 2, 3), TODAY)
    assert passed(happened, TODAY, threshold, alike=False, looked=now) == []


@CALM
@given(HAPPENED, st.integers(1, 11))
def test_a_higher_threshold_names_nobody_more(happened: list[Happened], threshold: int) -> None:
    low = {one.pupil_id for one in passed(happened, TODAY, threshold, alike=False, looked={})}
    high = {one.pupil_id for one in passed(happened, TODAY, threshold + 1, alike=False, looked={})}
    assert high <= low


def test_the_edges_of_the_four_weeks() -> None:
    inside, outside = TODAY - timedelta(days=27), TODAY - timedelta(days=28)
    (one,) = passed([Happened(1, inside), Happened(1, TODAY)], TODAY, 2, alike=False, looked={})
    assert (one.number, one.before, one.since) == (2, 0, inside)
    assert passed([Happened(1, outside), Happened(1, TODAY)], TODAY, 2, alike=False, looked={}) == []
    (one,) = passed([Happened(1, outside), Happened(1, TODAY)], TODAY, 1, alike=False, looked={})
    assert (one.number, one.before) == (1, 1)
    (one,) = passed([Happened(1, TODAY)] * 2, TODAY, 2, alike=False, looked={1: TODAY - timedelta(days=1)})
    assert one.since == TODAY
