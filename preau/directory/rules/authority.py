"""Who must agree, and who is told, for an act about a pupil: computed from the file, and what their answers amount to.

Nobody here decides in a judge's place: where the file is not enough, it says so, and the head reads the decision.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from preau.directory.words import Authority, Kinship
from preau.foundation import dates
from preau.foundation.boards import Nature

MAJORITY = 18
PARENTS = {Kinship.MOTHER, Kinship.FATHER, Kinship.PARENT}


def eighteen_years_before(day: date) -> date:
    """Who was born that day, or before, is of age (the 28th for a 29 February)."""
    return dates.months_later(day, -12 * MAJORITY)


class Doubt(StrEnum):
    """What a file does not say, and somebody must read elsewhere."""

    NOBODY = "nobody"
    BARRED_AUTHORITY = "barred authority"
    PARENT_WITHOUT_AUTHORITY = "parent without authority"
    AGE = "age"


class Verdict(StrEnum):
    AGREED = "agreed"
    REFUSED = "refused"
    DISAGREEMENT = "disagreement"
    WAITING = "waiting"
    UNSETTLED = "unsettled"


@dataclass(frozen=True)
class Tie:
    """A link in force between a pupil and somebody who answers for them, as the file tells it."""

    person: int
    authority: Authority
    kinship: Kinship
    barred: bool = False
    is_institution: bool = False
    is_reachable: bool = True


@dataclass(frozen=True)
class DecisionRule:
    """Ids of people. `deciders` agree or refuse, each of them when `all_of_them`, else one is enough; `told` are informed.

    `on_paper`: those of both whom nothing electronic reaches. `doubts`: what must be read outside the file.
    """

    nature: Nature
    deciders: tuple[int, ...] = ()
    told: tuple[int, ...] = ()
    on_paper: frozenset[int] = frozenset()
    doubts: tuple[Doubt, ...] = ()

    @property
    def all_of_them(self) -> bool:
        return self.nature == Nature.NON_USUAL

    @property
    def is_settled(self) -> bool:
        """Does the file suffice to know who must answer?"""
        if self.nature == Nature.INFORMATION:
            return bool(self.told)
        return bool(self.deciders) and not (self.all_of_them and Doubt.BARRED_AUTHORITY in self.doubts)


def asked_of(nature: Nature, ties: Iterable[Tie], *, pupil: int, age: int | None) -> DecisionRule:
    """Who decides on an act of this nature for this pupil. From eighteen, the pupil alone (Code civil, article 414).

    Legal guardians decide; a person in charge of the child does, with them, for what is usual (article 373-4). Whoever may
    not be informed is neither asked nor told.
    """
    ties = list(ties)
    reached = [tie for tie in ties if not tie.barred]
    recipients = tuple(tie.person for tie in reached if tie.authority != Authority.CONTACT)
    paper = frozenset(tie.person for tie in reached if tie.is_institution or not tie.is_reachable)
    if age is not None and age >= MAJORITY:
        own = () if nature == Nature.INFORMATION else (pupil,)
        return DecisionRule(nature, own, (pupil, *recipients), paper & set(recipients))
    doubts = _doubts(ties, age)
    if nature == Nature.INFORMATION:
        return DecisionRule(nature, (), recipients, paper & set(recipients), doubts)
    counted = {Authority.LEGAL} if nature == Nature.NON_USUAL else {Authority.LEGAL, Authority.IN_CHARGE}
    deciders = tuple(tie.person for tie in reached if tie.authority in counted)
    return DecisionRule(nature, deciders, recipients, paper & set(recipients), doubts)


def _doubts(ties: list[Tie], age: int | None) -> tuple[Doubt, ...]:
    found = []
    if age is None:
        found.append(Doubt.AGE)
    if not any(tie.authority == Authority.LEGAL for tie in ties):
        found.append(Doubt.NOBODY)
    if any(tie.barred and tie.authority == Authority.LEGAL for tie in ties):
        found.append(Doubt.BARRED_AUTHORITY)
    if any(tie.authority == Authority.CONTACT and tie.kinship in PARENTS for tie in ties):
        found.append(Doubt.PARENT_WITHOUT_AUTHORITY)
    return tuple(found)


def verdict(asked: DecisionRule, answers: Mapping[int, bool]) -> Verdict:
    """What the answers of the deciders amount to; an answer of anybody else counts for nothing.

    Raises ValueError for an information, which nobody answers.
    """
    if asked.nature == Nature.INFORMATION:
        raise ValueError("Nobody agrees to an information.")
    if not asked.is_settled:
        return Verdict.UNSETTLED
    decisions = [answers[person] for person in asked.deciders if person in answers]
    if True in decisions and False in decisions:
        return Verdict.DISAGREEMENT
    if False in decisions:
        return Verdict.REFUSED
    enough = len(asked.deciders) if asked.all_of_them else 1
    return Verdict.AGREED if len(decisions) >= enough else Verdict.WAITING
