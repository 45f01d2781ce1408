"""Two lists of blocks compared: all of both is told, and the number of steps follows their length."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.foundation.richtext import comparing

BLOCKS = st.lists(st.sampled_from("abcdef"), max_size=30)


def both_texts(old: Sequence[str], new: Sequence[str]) -> tuple[list[str], list[str]]:
    """Both texts, made again from what is said of them."""
    was, now = list[str](), list[str]()
    for kind, first, last, start, end in comparing.changes(old, new):
        was += old[first:last]
        now += new[start:end]
        assert kind in {"equal", "replace"} and (first, start) != (last, end)
        assert (old[first:last] == new[start:end]) == (kind == "equal")
    return was, now


@given(old=BLOCKS, new=BLOCKS)
@pytest.mark.parametrize("most", [0, 9, comparing.MOST_PAIRS])
def test_all_of_both_is_told_in_order(old: list[str], new: list[str], most: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(comparing, "MOST_PAIRS", most)
        assert both_texts(old, new) == (old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (["a"] * 20_000, ["a"] * 20_001),
        (["x", *["a"] * 20_000, "y"], ["z", *["a"] * 20_001, "t"]),
        (["a", "b"] * 10_000, ["b", "b", "a"] * 7_000),
    ],
)
def test_many_blocks_alike_are_compared_in_few_steps(
    old: list[str], new: list[str], monkeypatch: Any
) -> None:
    steps = [0]

    class Counted(str):
        def __eq__(self, other: object) -> bool:
            steps[0] += 1
            return str.__eq__(self, other)

        def __hash__(self) -> int:
            steps[0] += 1
            return str.__hash__(self)

    was, now = [Counted(one) for one in old], [Counted(one) for one in new]
    comparing.changes(was, now)
    assert steps[0] < 20 * (len(old) + len(new))


def test_what_each_says_once_stays_in_a_long_text() -> None:
    old = [f"{rank}" for rank in range(2_000)]
    new = ["first", *old[:500], "more", *old[501:], "last"]
    kept = [code for code in comparing.changes(old, new) if code[0] == "equal"]
    assert sum(code[2] - code[1] for code in kept) == 1_999
