"""Names found as people type them."""

import string
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.directory.models import Person
from preau.foundation.lookup import LookupTerms, Word, slips_between, swap

WORDS = st.text(string.ascii_lowercase, min_size=4, max_size=14)


@pytest.mark.parametrize(
    ("typed", "name", "slips"),
    [
        ("moreau", "moreau claire", 0),
        ("Claire Moreau", "moreau claire", 0),
        ("mor", "moreau claire", 0),
        ("élodie", "petit elodie", 0),
        ("le goff", "le goff benoit", 0),
        ("legoff", "le goff benoit", 0),
        ("N’Guessan", "n guessan grace", 0),
        ("nguessan", "n guessan grace", 0),
        ("dalmeida", "d almeida aurelien", 0),
        ("jean francois", "ozturk jean francois", 0),
        ("lefevre", "lefebvre thomas", 1),
        ("mathieu", "petit matthieu", 1),
        ("hadad", "haddad samia", 1),
        ("nnia", "abadie nina", 1),
        ("carpantierr", "carpentier helene", 2),
        ("clare moraeu", "moreau claire", 2),
        ("dupnod", "dupondel lea", 1),
        ("lea", "lua martin", None),
        ("moreau", "martin claire", None),
        ("moreau leila", "moreau claire", None),
        ("reau", "moreau claire", None),
        ("keller", "moreau claire", None),
    ],
)
def test_what_is_found_under_what_is_typed(typed: str, name: str, slips: int | None) -> None:
    assert LookupTerms.typed(typed).slips(name) == slips


def test_what_is_written_as_typed_comes_first_then_whole_words() -> None:
    names = ["martineau lea", "martin zoe", "marten lea", "garnier lea", "martin ana"]
    found = LookupTerms.typed("martin").best(names, str)
    assert [name for name, _ in found] == ["martin ana", "martin zoe", "martineau lea", "marten lea"]
    assert [slips for _, slips in found] == [0, 0, 0, 1]


def test_only_a_few_words_of_a_long_text_are_looked_for() -> None:
    assert len(LookupTerms.typed("un mot " * 400).words) == 5
    assert LookupTerms.typed("  ’- ").words == ()
    assert LookupTerms.typed("Le Goff").letters == 6


def distance(typed: str, known: str, *, of_beginning: bool) -> int:
    """The slips between two words, however many, by the table of all their beginnings."""
    before: list[int] = []
    last = list(range(len(known) + 1))
    for row, letter in enumerate(typed, 1):
        line = [row]
        for column, other in enumerate(known, 1):
            best = min(last[column] + 1, line[-1] + 1, last[column - 1] + (letter != other))
            if row > 1 and column > 1 and letter == known[column - 2] and typed[row - 2] == other:
                best = min(best, before[column - 2] + 1)
            line.append(best)
        before, last = last, line
    return min(last) if of_beginning else last[-1]


def slipped(word: str, kind: str, at: int, letter: str) -> str:
    at %= len(word)
    if kind == "swap":
        return swap(word, max(1, at))
    return (
        word[:at]
        + {"add": letter + word[at:], "drop": word[at + 1 :], "change": letter + word[at + 1 :]}[kind]
    )


@given(WORDS, st.sampled_from(["add", "drop", "change", "swap"]), st.integers(0, 13), st.sampled_from("aez"))
def test_one_slip_leaves_a_piece_whole_wherever_it_is(word: str, kind: str, at: int, letter: str) -> None:
    """What the database keeps holds everything that Python would find."""
    typed = Word(slipped(word, kind, at, letter))
    if typed.slack:
        assert typed.slips_in(word) in {0, 1}
        assert any(piece in word for piece in typed.pieces)


@given(WORDS, WORDS)
def test_the_distance_is_that_of_two_words(one: str, other: str) -> None:
    assert distance(one, other, of_beginning=False) == distance(other, one, of_beginning=False)
    assert distance(one, one + other, of_beginning=True) == 0
    assert distance(one, one + other, of_beginning=False) == len(other)


FEW = st.text("abc", min_size=1, max_size=10)


@given(FEW, FEW, st.integers(0, 2), st.booleans())
def test_a_few_slips_are_counted_as_the_table_counts_them(
    one: str, other: str, most: int, of_beginning: bool
) -> None:
    """Past the most allowed, any larger number will do."""
    counted = slips_between(one, other, most, of_beginning=of_beginning)
    assert min(counted, most + 1) == min(distance(one, other, of_beginning=of_beginning), most + 1)


def test_a_percent_sign_is_a_letter_like_another(db: None) -> None:
    Person.objects.create(family_name="Petit", given_name="Zoé")
    for typed in ("%%%%", "____", "p%t"):
        assert list(LookupTerms.typed(typed).among(Person.objects.values("search_name"), "search_name")) == []


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["lefevre", "lefevbre", "lefebvrr", "tohmas lefebvre", "lefeb", "thoma"])
def test_the_database_keeps_what_python_measures(typed: str) -> None:
    Person.objects.create(family_name="Lefebvre", given_name="Thomas")
    rows = LookupTerms.typed(typed).among(Person.objects.values("search_name"), "search_name")
    found = LookupTerms.typed(typed).best(
        (SimpleNamespace(**row) for row in rows), lambda row: row.search_name
    )
    assert "lefebvre thomas" in [row.search_name for row, _ in found]
