"""The boards of the directory: what a head may give to somebody until a day; the facts that announce a drop-out;
what is done only with an agreement; who speaks for the others."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from preau.directory.words import Profile, Role
from preau.foundation.boards import Nature
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


@dataclass(frozen=True)
class MoreVerbs:
    """Verbs of another house that the power of this key alone allows too: the house that writes them says so."""

    power: str
    verbs: frozenset[str]


powers: Registry[Power] = Registry(Power)
more_verbs: Registry[MoreVerbs] = Registry(MoreVerbs)


def verbs_of(power: Power) -> frozenset[str]:
    """Everything that the journal says of this power."""
    return power.verbs.union(*(more.verbs for more in more_verbs if more.power == power.key))


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


@dataclass(frozen=True)
class Thing:
    """Something that a purpose bears on, where there are several: a service. `version` changes with what is read of it."""

    key: str
    label: str
    text: str
    version: str
    leaves: tuple[str, ...] = ()


@dataclass(frozen=True)
class Purpose:
    """Something that a school may do only if those concerned agree: off by default, asked purpose by purpose, for a year.

    `text` is for adults, `child` for a reader of ten, `if_no` says what follows from a refusal. `nature`: how guardians
    decide together (`Nature`). `until_majority`: guardians answer until eighteen (the image of a minor), else until fifteen
    (docs/decisions/0112). `asks_words`: the school says where and what before it asks.
    `things(school_id)`: what it may be asked about in a school, in a fixed number of queries.
    """

    key: str
    label: str
    text: str
    child: str
    if_no: str
    icon: str
    nature: Nature
    until_majority: bool = False
    asks_words: bool = False
    things: Callable[[int], Iterable[Thing]] | None = None
    order: int = 50


purposes: Registry[Purpose] = Registry(Purpose)


@dataclass(frozen=True)
class Roster:
    """What an export of OneRoster speaks of, for a house that adds to it: the current years of `schools`, and the pupils who are told.

    `class_of(group, subject)` is the identifier of what is taught to a group, or of the group itself where that is told no more;
    `session_of(period)` that of a period; "" for what the export does not hold.
    """

    schools: tuple[int, ...]
    pupils: Any
    class_of: Callable[[int, int], str]
    session_of: Callable[[int], str]


@dataclass(frozen=True)
class RosterFile:
    """A file that a house adds to an export of OneRoster 1.1 that is asked for results: its name, its headings, and its rows.

    `rows(roster)` gives them without the status and the date, which the standard wants empty in a whole file.
    """

    key: str
    header: tuple[str, ...]
    rows: Callable[[Roster], Iterable[Sequence[object]]]
    order: int = 50


roster_files: Registry[RosterFile] = Registry(RosterFile)


@dataclass(frozen=True)
class Spokespeople:
    """Those who speak for others in a school, as the house that has them elected or named knows: « les délégués de classe ».

    `people(school_id, today)`: their keys, as a subquery. `are_pupils`: else they are parents.
    """

    key: str
    label: str
    people: Callable[[int, date], Any]
    are_pupils: bool
    order: int = 50


spokespeople: Registry[Spokespeople] = Registry(Spokespeople)
