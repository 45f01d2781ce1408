"""The basket of exercises: it is in the address, and nowhere else.

A link adds, another takes away; the address of the basket is its permalink, to keep, to send, or to put in a lesson. Nothing is
kept of whoever makes one: no cookie, no session, no row.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from django.db.models import Prefetch

from preau.domains.exams.models import CorrectionPart, Exercise, Paper

PARAM = "panier"
MOST = 20
CODE = re.compile(r"[a-z2-7]{10}")


@dataclass(frozen=True)
class Basket:
    """The codes of the exercises in it, in their order."""

    codes: tuple[str, ...] = ()

    @classmethod
    def read(cls, given: Any) -> Self:
        """From the parameters of a request; what is no code counts for nothing."""
        codes = given.get(PARAM, "")[: 12 * MOST].split(".")
        return cls(tuple(dict.fromkeys(code for code in codes if CODE.fullmatch(code)))[:MOST])

    @classmethod
    def of(cls, exercises: Sequence[Exercise]) -> Self:
        return cls(tuple(exercise.code for exercise in exercises)[:MOST])

    def __bool__(self) -> bool:
        return bool(self.codes)

    def __contains__(self, code: str) -> bool:
        return code in self.codes

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def is_full(self) -> bool:
        return len(self.codes) >= MOST

    @property
    def query(self) -> str:
        """The part of an address that says it, or ""."""
        return f"{PARAM}={'.'.join(self.codes)}" if self.codes else ""

    @property
    def beside(self) -> str:
        """« ?panier=… » for a link that carries it along, or ""."""
        return f"?{self.query}" if self.codes else ""

    def plus(self, code: str) -> Self:
        return self if code in self.codes or self.is_full else type(self)((*self.codes, code))

    def minus(self, code: str) -> Self:
        return type(self)(tuple(one for one in self.codes if one != code))

    def moved(self, code: str, by: int) -> Self:
        """With this exercise one place earlier (-1) or later (1)."""
        if code not in self.codes:
            return self
        at, codes = self.codes.index(code), list(self.codes)
        to = min(max(at + by, 0), len(codes) - 1)
        codes.insert(to, codes.pop(at))
        return type(self)(tuple(codes))


@dataclass(frozen=True)
class BasketContents:
    """What a basket holds, read: the exercises that are still there, and how many are not."""

    basket: Basket
    exercises: Sequence[Exercise]

    @property
    def missing(self) -> int:
        return len(self.basket) - len(self.exercises)

    @property
    def points(self) -> Decimal | None:
        """Their points in all, where each says its own."""
        numbers = [exercise.points for exercise in self.exercises]
        return (
            sum((one for one in numbers if one is not None), Decimal())
            if numbers and None not in numbers
            else None
        )

    @property
    def minutes(self) -> int:
        """The time that they ask for in all; 0 where none says it."""
        return sum(exercise.duration or 0 for exercise in self.exercises)

    @property
    def papers(self) -> list[Paper]:
        """Where they come from, each once."""
        return list({exercise.paper_id: exercise.paper for exercise in self.exercises}.values())

    @property
    def corrected(self) -> bool:
        """Is there a correction to show for one of them?"""
        return any(correction_of(exercise) for exercise in self.exercises)


def held(basket: Basket) -> BasketContents:
    """The exercises of a basket, whole, with the corrections whose day has come: two statements, none for an empty one."""
    if not basket:
        return BasketContents(basket, [])
    parts = Prefetch("correction_part", CorrectionPart.objects.visible_to(None).select_related("correction"))
    rows = Exercise.objects.visible_to(None).filter(code__in=basket.codes).select_related("paper__exam")
    known = {row.code: row for row in rows.defer("paper__intro", "paper__text").prefetch_related(parts)}
    return BasketContents(basket, [known[code] for code in basket.codes if code in known])


def correction_of(exercise: Exercise) -> CorrectionPart | None:
    """Its correction, where it has one that may be shown; no statement for one read by `held` or `pages`."""
    return getattr(exercise, "correction_part", None)
