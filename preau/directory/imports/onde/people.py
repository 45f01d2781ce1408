"""The rows of a primary school's files put together by the person of whom they speak."""

from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import combinations

from django.utils.translation import gettext as _

from preau.directory.imports.onde.columns import Line
from preau.directory.imports.onde.faces import Ambiguous, Face, Register

# So many rows under one name are no school's.
MOST_NAMESAKES = 50


@dataclass
class Somebody:
    """A person of the files: the rows that speak of them, and who they are. No `key`: nobody can tell, and `why`.

    `doubt`: what is to be said of somebody who is kept.
    """

    face: Face
    rows: list[Line]
    key: str = ""
    why: str = ""
    doubt: str = ""

    @property
    def told(self) -> dict[str, str]:
        """What the rows say together: of each column, the first that says something."""
        names = self.rows[0].told
        return {name: next((row.told[name] for row in self.rows if row.told[name]), "") for name in names}

    def absorb(self, other: "Somebody") -> None:
        self.rows += other.rows
        self.face.contacts |= other.face.contacts
        self.face.children |= other.face.children
        self.face.born = self.face.born or other.face.born


def told_apart(kind: str, found: list[Somebody], register: Register) -> list[Somebody]:
    """Rows of one person put together; namesakes of whom nobody can tell stay as they are, without a key."""
    settled: list[Somebody] = []
    for namesakes in _by_name(found):
        settled += _settled(kind, namesakes, register)
    return settled


def _by_name(found: list[Somebody]) -> list[list[Somebody]]:
    groups: dict[tuple[str, str], list[Somebody]] = {}
    every: list[list[Somebody]] = []
    for somebody in found:
        names = [(somebody.face.given, name) for name in sorted(somebody.face.names)]
        group = next((groups[name] for name in names if name in groups), None)
        if group is None:
            group = []
            every.append(group)
        group.append(somebody)
        for name in names:
            groups.setdefault(name, group)
    return every


def _settled(kind: str, namesakes: list[Somebody], register: Register) -> list[Somebody]:
    if len(namesakes) > MOST_NAMESAKES or not all(
        one.face.is_surely(other.face) or one.face.is_surely_not(other.face)
        for one, other in combinations(namesakes, 2)
    ):
        return namesakes
    people: list[Somebody] = []
    for namesake in namesakes:
        same = next((other for other in people if other.face.is_surely(namesake.face)), None)
        if same:
            same.absorb(namesake)
        else:
            people.append(namesake)
    by_key: dict[str, list[Somebody]] = defaultdict(list)
    for person in people:
        with suppress(Ambiguous):
            by_key[register.adult(kind, person.face)].append(person)
    for key, those in by_key.items():
        if len(those) == 1:
            those[0].key = key
    return people


def pupils_apart(pupils: list[Somebody], register: Register, has_parents: Callable[[Somebody], bool]) -> None:
    """Give each pupil a key, but those of whom nobody can tell. `has_parents`: does a row of the parents' file name them?"""
    by_key: dict[str, list[Somebody]] = defaultdict(list)
    for pupil in pupils:
        with suppress(Ambiguous):
            by_key[register.pupil(pupil.face)].append(pupil)
    for key, those in by_key.items():
        people = _by_identity(those)
        if len(people) == 1:
            _give(key, those)
        else:
            _settle_number(key, people, register, has_parents)


def _by_identity(those: list[Somebody]) -> list[list[Somebody]]:
    people: dict[tuple[frozenset[str], str, str], list[Somebody]] = {}
    for one in those:
        people.setdefault((one.face.names, one.face.given, one.face.born), []).append(one)
    return list(people.values())


def _give(key: str, those: list[Somebody]) -> None:
    """Two rows of the same names are one pupil when they say the same, else nobody can tell."""
    alike = all(one.rows[0][2:] == those[0].rows[0][2:] for one in those)
    for one in those:
        if alike:
            one.key = one.face.key = key
        elif one.face.ine:
            one.why = _("Deux lignes du même élève ne disent pas la même chose.")


def _settle_number(
    key: str, people: list[list[Somebody]], register: Register, has_parents: Callable[[Somebody], bool]
) -> None:
    """One INE for several people: it is whose names and birth date the school knows under it, else who has parents in the files.

    Where nothing tells whose it is, each is kept by their names and their birth date, and the number is nobody's.
    """
    known = register.face(key)
    right = [those for those in people if known and those[0].face.is_identified_as(known)]
    right = right or [those for those in people if has_parents(those[0])]
    for those in people:
        if len(right) != 1:
            for one in those:
                one.doubt = _(
                    "Deux élèves portent ce même INE, et rien ne dit à qui il est : aucun ne le prend."
                )
                one.face.ine = ""
            with suppress(Ambiguous):
                _give(register.pupil(those[0].face), those)
        elif those is right[0]:
            _give(key, those)
        else:
            for one in those:
                one.why = _("L’INE de cette ligne est celui d’un autre élève du fichier, ligne %(line)s.") % {
                    "line": right[0][0].rows[0].line
                }
