"""A board takes entries of its kind, each once, and reads them in their order."""

from dataclasses import dataclass

import pytest

from preau.foundation.registry import Registry


@dataclass(frozen=True)
class Card:
    name: str
    order: int = 50


def test_entries_are_read_in_their_order_then_as_they_came() -> None:
    board = Registry(Card)
    for card in (Card("last", 90), Card("one"), Card("other"), Card("first", 1)):
        board.add(card)
    assert [card.name for card in board] == ["first", "one", "other", "last"]
    assert len(board) == 4


def test_a_manifest_read_twice_is_a_mistake_to_see() -> None:
    board = Registry(Card)
    board.add(Card("one"))
    with pytest.raises(ValueError, match="Already on the board"):
        board.add(Card("one"))
    assert len(board) == 1


def test_an_entry_of_another_board_is_refused() -> None:
    with pytest.raises(TypeError, match="This board takes Card, not str"):
        Registry(Card).add("one")  # type: ignore[arg-type]


def test_an_entry_is_found_by_its_name_and_one_that_is_added_later_too() -> None:
    board = Registry(Card)
    board.add(Card("roll"))
    assert board.named("week", by="name") is None
    week = board.add(Card("week"))
    assert board.named("week", by="name") is week
    first = board.add(Card("roll", order=-1))
    assert board.named("roll", by="name") is first
