"""Finding what people typed: accents, the order of words and small slips forgiven, on any database, without an index to keep.

The caller's scope comes first (a school, through `visible_to`): the database keeps what *may* match there, by pieces of
the words typed, and Python then measures the few rows that come back (docs/decisions/0060).
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache, partial, reduce
from itertools import pairwise
from operator import and_, or_
from typing import Any, TypeVar, cast

from django.db.models import (
    BooleanField,
    Case,
    DateTimeField,
    ExpressionWrapper,
    F,
    IntegerField,
    Q,
    QuerySet,
    TextField,
    Value,
    When,
)
from django.db.models.functions import Cast

from preau.foundation.prepared import Places
from preau.foundation.text import fold

Row = TypeVar("Row")
LONGEST, MOST_WORDS = 80, 5
# What comes back of a scope before it is measured: a school's namesakes and near namesakes, not a platform.
MOST_CANDIDATES = 1_000

# The columns of a row that is found by its title, whatever its house: its key, its title folded and as it is written, a word of its
# kind, a moment, and whether what was typed begins a word that it holds.
TITLED = ("found_pk", "folded", "title_shown", "word", "at", "is_inside")


@lru_cache(maxsize=8_192)
def fold_title(short: str) -> str:
    """`fold` of what searches read again and again: the name of a page, a competence, the title of an assessment."""
    return fold(short)


def slips_allowed(word: str) -> int:
    """One from four letters, two from nine: « Nnia », « Carpantierr »; in three letters every slip is another name."""
    return 0 if len(word) < 4 else 1 if len(word) < 9 else 2


@dataclass(frozen=True)
class Word:
    """One word typed, folded. Names are looked for as one types: the beginning of a word is enough."""

    text: str

    @cached_property
    def slack(self) -> int:
        return slips_allowed(self.text)

    @cached_property
    def pieces(self) -> tuple[str, ...]:
        """Parts of the word, one more than the slips allowed: at least one of them is intact in what was meant.

        Two letters swapped where two parts meet touch both: the word swapped back there is one more piece.
        """
        if not self.slack:
            return (self.text,)
        cuts = [len(self.text) * part // (self.slack + 1) for part in range(self.slack + 2)]
        parts = [self.text[start:end] for start, end in pairwise(cuts)]
        swapped = [swap(self.text, cut) for cut in cuts[1:-1]]
        return (*parts, *swapped)

    @cached_property
    def after_a_space(self) -> str:
        return f" {self.text}"

    def stand_in(self, rank: int, places: Places) -> "Word":
        """A word of as many pieces, with a place where each text is (see `foundation.prepared`)."""
        stand_in = Word(cast("str", places.value(lambda wanted: wanted.words[rank].text, str)))
        stand_in.__dict__["slack"] = self.slack
        stand_in.__dict__["after_a_space"] = places.value(
            lambda wanted: wanted.words[rank].after_a_space, str
        )
        stand_in.__dict__["pieces"] = [
            places.value(partial(_piece, rank, number), str) for number in range(len(self.pieces))
        ]
        return stand_in

    def begins(self, field: str) -> Q:
        return Q(**{f"{field}__startswith": self.text}) | Q(**{f"{field}__contains": self.after_a_space})

    def may_be_in(self, field: str) -> Q:
        if not self.slack:
            return self.begins(field)
        return reduce(or_, (Q(**{f"{field}__contains": piece}) for piece in self.pieces))

    def begins_in(self, folded: str) -> bool:
        """Is it the beginning of one of the words of a folded text?"""
        return folded.startswith(self.text) or self.after_a_space in folded

    def leaves_a_piece_in(self, folded: str) -> bool:
        # A loop: the rows of a search pass here by hundreds, and `any` over a generator takes twice the time.
        for piece in self.pieces:  # noqa: SIM110
            if piece in folded:
                return True
        return False

    def slips_in(self, known: str) -> int | None:
        """How many slips lie between this word and `known`, or its beginning; None when too many."""
        if known.startswith(self.text):
            return 0
        if len(known) < len(self.text) - self.slack or not self.leaves_a_piece_in(known):
            return None
        # In four letters, a beginning with a slip would be the beginning of half the names.
        found = slips_between(self.text, known, self.slack, of_beginning=len(self.text) > 4)
        return found if found <= self.slack else None


def _piece(rank: int, number: int, wanted: "LookupTerms") -> str:
    return wanted.words[rank].pieces[number]


def swap(text: str, at: int) -> str:
    return text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :]


def slips_between(typed: str, known: str, most: int, *, of_beginning: bool) -> int:
    """Letters added, left out, replaced, or swapped with their neighbour, between two words; past `most`, any larger number.

    `of_beginning`: the end of `known` may still be to type. What both begin with is left aside, then each slip is tried:
    with one or two at most, that is a few comparisons where a table of both words would be filled.
    """
    same = 0
    for one, other in zip(typed, known, strict=False):
        if one != other:
            break
        same += 1
    typed, known = typed[same:], known[same:]
    if not typed:
        return 0 if of_beginning else len(known)
    if not known or not most:
        return len(typed) or 1
    rests = [(typed[1:], known[1:]), (typed[1:], known), (typed, known[1:])]
    if len(typed) > 1 and typed[:2] == known[1::-1]:
        rests.append((typed[2:], known[2:]))
    if most == 1:
        # The last slip there may be: what follows it is the same, or it is another word.
        same_ends = (rest.startswith(end) if of_beginning else rest == end for end, rest in rests)
        return 1 if any(same_ends) else 2
    return 1 + min(slips_between(*rest, most - 1, of_beginning=of_beginning) for rest in rests)


@dataclass(frozen=True)
class LookupTerms:
    """What somebody looks for: a few words, each to be found in what is found, in any order."""

    words: tuple[Word, ...]
    # All that was typed, for who reads whole sentences: of these, the first words are « je ne comprends pas les ».
    text: str = ""

    @classmethod
    def typed(cls, text: str) -> "LookupTerms":
        excerpt = text[:LONGEST]
        return cls(tuple(Word(word) for word in fold(excerpt).split()[:MOST_WORDS]), excerpt)

    @property
    def letters(self) -> int:
        return sum(len(word.text) for word in self.words)

    def shape(self) -> Hashable:
        """All that `among` chooses a query by."""
        return tuple(len(word.pieces) for word in self.words)

    def stand_in(self, places: Places) -> "LookupTerms":
        return LookupTerms(tuple(word.stand_in(rank, places) for rank, word in enumerate(self.words)))

    def among(self, rows: "QuerySet[Any]", field: str) -> "QuerySet[Any]":
        """The rows of a scope whose folded `field` may match, those that begin alike first."""
        nearest = Case(
            When(self.begin_in(field), then=Value(0)), default=Value(1), output_field=IntegerField()
        )
        return rows.filter(self.may_be_in(field)).order_by(nearest, field, "pk")[:MOST_CANDIDATES]

    def begin_in(self, *fields: str) -> Q:
        """Each word, as it was typed, begins one of those of a folded field, whichever."""
        return reduce(and_, (reduce(or_, map(word.begins, fields)) for word in self.words))

    def may_be_in(self, field: str) -> Q:
        """Each word may be in a folded field, slips forgiven: the caller measures."""
        return reduce(and_, (word.may_be_in(field) for word in self.words))

    def slips(self, folded: str) -> int | None:
        """How many slips in all lie between what was typed and a folded text; None when it is something else."""
        # Most texts hold no piece of what was typed: they are left at one look, not word by word.
        squeezed = folded.replace(" ", "")
        if not all(word.leaves_a_piece_in(squeezed) for word in self.words):
            return None
        # Nor is a text cut into words for those that it holds as they were typed.
        slipped = [word for word in self.words if not word.begins_in(folded)]
        if not slipped:
            return 0
        known = folded.split()
        # « legoff » for « Le Goff ».
        known += [first + second for first, second in pairwise(known)]
        total = 0
        for word in slipped:
            found = [slips for one in known if (slips := word.slips_in(one)) is not None]
            if not found:
                return None
            total += min(found)
        return total

    def best(self, rows: Iterable[Row], text_of: Callable[[Row], str]) -> list[tuple[Row, int]]:
        """The rows that match and their slips: the fewest slips first, then whole words, then by name."""
        ranked = []
        for row in rows:
            folded = text_of(row)
            slips = self.slips(folded)
            if slips is not None:
                words = set(folded.split())
                unfinished = sum(word.text not in words for word in self.words)
                ranked.append(((slips, unfinished, folded), row))
        ranked.sort(key=lambda pair: pair[0])
        return [(row, key[0]) for key, row in ranked]


def titled(
    rows: "QuerySet[Any]",
    *,
    folded: str,
    title: str,
    word: Any = None,
    at: Any = None,
    inside: Q | None = None,
) -> "QuerySet[Any]":
    """These rows with the columns of TITLED: `folded` and `title` name fields, `word` and `at` are fields or expressions."""
    nothing: Any = Value("", output_field=TextField())
    no_moment: Any = Cast(Value(None), DateTimeField())
    is_inside: Any = ExpressionWrapper(Q(pk=None) if inside is None else inside, output_field=BooleanField())
    return rows.annotate(
        found_pk=F("pk"),
        folded=Cast(folded, TextField()),
        title_shown=Cast(title, TextField()),
        word=Cast(word, TextField()) if word is not None else nothing,
        at=Cast(at, DateTimeField()) if at is not None else no_moment,
        is_inside=is_inside,
    )


@dataclass(frozen=True)
class TitledRow:
    """One row of TITLED that was found. `near`: with a slip; `by_words`: what it holds was typed, not its title."""

    pk: int
    title: str
    word: str
    at: datetime | None
    near: bool
    by_words: bool


def found_in(wanted: LookupTerms, rows: Sequence[tuple[Any, ...]]) -> list[TitledRow]:
    """The rows of TITLED that match, best first; those that only hold the words come after."""
    best = wanted.best(rows, lambda row: row[1])
    known = {row[0] for row, _slips in best}
    held = sorted((row for row in rows if row[5] and row[0] not in known), key=lambda row: (row[1], row[0]))
    return [
        *(_titled_row(row, near=slips > 0, by_words=False) for row, slips in best),
        *(_titled_row(row, near=False, by_words=True) for row in held),
    ]


def _titled_row(row: tuple[Any, ...], *, near: bool, by_words: bool) -> TitledRow:
    pk, _folded, title, word, at, _inside = row
    return TitledRow(pk, title, word, at, near, by_words)
