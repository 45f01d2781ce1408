"""What a history of levels comes to: each rule by itself, and ten thousand histories against a slow computation."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from preau.domains.competences.rules.synthesis import (
    Found,
    Rule,
    brevet_points,
    level_of_mark,
    of_several,
    synthesis,
)
from preau.domains.competences.tests.slow_levels import slow_component, slow_synthesis

FIRST = date(2026, 9, 1)
THRESHOLDS = (Decimal(5), Decimal(10), Decimal(16))


def history(*levels: int | None) -> list[Found]:
    return [Found(FIRST + timedelta(days=rank), rank, level) for rank, level in enumerate(levels)]


@pytest.mark.parametrize(
    ("levels", "last", "mean", "best"),
    [
        ((), None, None, None),
        ((None, None), None, None, None),
        ((3,), 3, 3, 3),
        ((1, 4), 4, 3, 4),
        ((4, 1), 1, 3, 4),
        ((1, 2), 2, 2, 2),
        ((2, 3, 3), 3, 3, 3),
        ((1, 1, 2), 2, 1, 2),
        ((4, None), 4, 4, 4),
        ((4, 3, 2, 1), 1, 3, 4),
    ],
)
def test_each_rule(levels: Any, last: Any, mean: Any, best: Any) -> None:
    records = history(*levels)
    assert [synthesis(records, rule) for rule in (Rule.LAST, Rule.MEAN, Rule.BEST)] == [last, mean, best]


def test_the_last_is_the_last_in_time_and_not_in_the_list() -> None:
    records = [Found(FIRST + timedelta(days=3), 1, 4), Found(FIRST, 2, 1)]
    assert synthesis(records, Rule.LAST) == 4
    same_day = [Found(FIRST, 9, 2), Found(FIRST, 3, 4)]
    assert synthesis(same_day, Rule.LAST) == 2


def test_a_mark_proposes_the_level_whose_threshold_it_reaches() -> None:
    asked = [
        (Decimal(mark), Decimal(scale))
        for mark, scale in [("4.99", 20), (5, 20), (5, 10), ("7.99", 10), (8, 10), (20, 20)]
    ]
    assert [level_of_mark(mark, scale, THRESHOLDS) for mark, scale in asked] == [1, 2, 3, 3, 4, 4]


def test_the_brevet_counted_levels_until_2025_and_whole_balances_alone() -> None:
    assert brevet_points([1, 2, 3, 4, 4, 4, 4, 4], 2025) == 10 + 25 + 40 + 50 * 5
    assert brevet_points([4] * 8, 2025) == 400
    assert brevet_points([4] * 8, 2026) is None
    assert brevet_points([4] * 7 + [None], 2025) is None
    assert brevet_points([4] * 7 + [0], 2025) is None


def drawn(draw: Random) -> list[dict[str, Any]]:
    """A history by lot: codes among levels, several on a day, in no order."""
    count = draw.choice([0, 1, 2, 3, 5, 8, 21])
    orders = draw.sample(range(count * 3 + 1), count)
    entries = [
        {"day": draw.randrange(12), "order": order, "value": draw.choice([None, 1, 2, 3, 4])}
        for order in orders
    ]
    draw.shuffle(entries)
    return entries


def as_found(entries: list[dict[str, Any]]) -> list[Found]:
    return [Found(FIRST + timedelta(days=one["day"]), one["order"], one["value"]) for one in entries]


def agree(count: int, seed: int) -> None:
    draw = Random(seed)  # nosec B311 - histories drawn by lot, the same at each run
    for _ in range(count):
        histories = [drawn(draw) for _ in range(draw.randrange(1, 5))]
        for rule in Rule:
            made = [synthesis(as_found(entries), rule) for entries in histories]
            assert made == [slow_synthesis(entries, rule.value) for entries in histories], (rule, histories)
            assert of_several(made) == slow_component(histories, rule.value), (rule, histories)
            assert all(one in {None, 1, 2, 3, 4} for one in made)


def test_a_slow_computation_agrees_on_a_sample() -> None:
    agree(300, 1)


@pytest.mark.net
def test_a_slow_computation_agrees_on_ten_thousand_histories() -> None:
    agree(10_000, 2)
