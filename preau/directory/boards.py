"""The boards of the directory: what a head may give to somebody until a day; the facts that announce a drop-out."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from preau.directory.words import Profile, Role
from preau.foundation.registry import Registry


@dataclass(frozen=True)
class Power:
    """Something of a school that goes with a function, and that its head may give beyond it (docs/decisions/0079).

    `roles` have it by their function; `to` says which profiles may be given it. `url_name` is the page it opens, `text` says
    in one sentence what it opens and what it does not. `about_pupils`: whoever is given it sees the pupils of the school on every page of the staff.
    `verbs` are those of the journal that only this power allows: done by somebody who was given it, they are done for the giver.
    """

    key: str
    label: str
    text: str
    url_name: str
    roles: frozenset[Role]
    to: frozenset[Profile] = frozenset({Profile.STAFF})
    about_pupils: bool = True
    verbs: frozenset[str] = field(default_factory=frozenset)
    order: int = 50


powers: Registry[Power] = Registry(Power)


def power_of(key: str) -> Power | None:
    return powers.named(key)


@dataclass(frozen=True)
class Happened:
    """Something that a room has noted of a pupil on a day. `what` tells the like from the unlike: a subject, a day of the week."""

    pupil_id: int
    day: date
    what: str = ""


@dataclass(frozen=True)
class EarlyFact:
    """A fact that may announce that a pupil is dropping out: it is counted over four weeks against a threshold that each
    school settles, and looked at by a person (docs/decisions/0096). Nothing about health, nothing about sanctions.

    `happened(school, first, last)` gives all that the school noted between two days, in a fixed number of queries;
    `says(number, what)` is the beginning of its sentence. `alike`: what counts is the same `what` again and again.
    """

    key: str
    label: str
    help: str
    happened: Callable[[Any, date, date], Iterable[Happened]]
    says: Callable[[int, str], str]
    threshold: int
    alike: bool = False
    order: int = 50
    service: str = ""


early_facts: Registry[EarlyFact] = Registry(EarlyFact)
