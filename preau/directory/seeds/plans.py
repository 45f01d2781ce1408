"""What an academy says of its schools and people, as plain facts, before any file is written."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from preau.directory.seeds.names import Origin
from preau.directory.seeds.nomenclatures import CONTACT, LEGAL, Function, Level


class Degree(StrEnum):
    """First and second degree are two deliveries, in two dialects."""

    FIRST = "1D"
    SECOND = "2D"


class Address(NamedTuple):
    line: str
    postcode: str
    town: str


@dataclass(slots=True, kw_only=True, eq=False)
class PersonPlan:
    """Somebody as the academy knows them; `key` is the jointure, the same in every delivery."""

    key: str
    civility: str
    given: str
    family: str
    birth_name: str = ""
    other_given: tuple[str, ...] = ()
    birth_date: date | None = None
    mail: str = ""


@dataclass(slots=True, kw_only=True, eq=False)
class GuardianPlan(PersonPlan):
    home: Address
    mobile: str = ""
    home_phone: str = ""


class Link(NamedTuple):
    """What a guardian is to the children of a family: the facts of ENTElevePersRelEleve."""

    guardian: GuardianPlan
    kinship: str
    level: int = LEGAL
    bills: bool = False  # the one to whom the school sends its bills
    contact: bool = False
    paid: bool = False  # the one who receives what the State pays


@dataclass(slots=True, eq=False)
class FamilyPlan:
    """The guardians that siblings share; they live with the first. `birth_name` is the children's, when another."""

    name: str
    origin: Origin
    links: list[Link]
    birth_name: str = ""
    births: list[date] = field(default_factory=list)

    @property
    def lives_with(self) -> GuardianPlan:
        return self.links[0].guardian

    @property
    def parents(self) -> list[Link]:
        """Those whom the first degree names: it knows no person to contact."""
        return [link for link in self.links if link.level not in {0, CONTACT}]


@dataclass(slots=True, eq=False)
class ClassPlan:
    """A class; `key` names it in the first degree, where labels are not unique."""

    key: str
    label: str
    levels: tuple[Level, ...]


@dataclass(slots=True, eq=False)
class GroupPlan:
    label: str
    subject: str
    classes: list[str]


@dataclass(slots=True, kw_only=True, eq=False)
class PupilPlan(PersonPlan):
    number: int
    kin: FamilyPlan
    level: Level
    division: ClassPlan
    regime: str
    subjects: list[str] = field(default_factory=list)
    groups: list[str] = field(default_factory=list)
    entered: date
    left: date | None = None

    @property
    def ine(self) -> str:
        return f"{int(self.key):09d}ZZ"


class Service(NamedTuple):
    """A subject taught to one class or one group."""

    school: str
    label: str
    subject: str
    in_group: bool = False


@dataclass(slots=True, kw_only=True, eq=False)
class StaffPlan(PersonPlan):
    """Somebody who works in a school, or in several: each function names its school."""

    home_school: str
    functions: list[tuple[str, Function]]
    services: list[Service] = field(default_factory=list)
    head_teacher_of: list[tuple[str, str]] = field(default_factory=list)
    directs: str = ""

    @property
    def teaches(self) -> bool:
        return any(function.code == "ENS" for _, function in self.functions)


class Kind(NamedTuple):
    """A nature of school, in the words of ENTStructureTypeStruct."""

    degree: Degree
    type: str
    type_code: str
    title: str


PRIMARY_SCHOOL = Kind(Degree.FIRST, "ECOLE DE NIVEAU ELEMENTAIRE", "151", "École")
COLLEGE_SCHOOL = Kind(Degree.SECOND, "COLLEGE", "340", "Collège")
LYCEE_SCHOOL = Kind(Degree.SECOND, "LYCEE D ENSEIGNEMENT GENERAL", "302", "Lycée")


def phone_of(uai: str) -> str:
    """The number of an invented school, its own, of a block that the regulator keeps for fiction."""
    return f"02 61 91 {uai[3:5]} {uai[5:7]}"


@dataclass(slots=True, kw_only=True, eq=False)
class SchoolPlan:
    """One school and its people. `told_elsewhere` are the guardians whose record a neighbouring school brings."""

    key: str
    uai: str
    name: str
    kind: Kind
    address: Address
    year: tuple[date, date]
    classes: list[ClassPlan] = field(default_factory=list)
    groups: list[GroupPlan] = field(default_factory=list)
    pupils: list[PupilPlan] = field(default_factory=list)
    staff: list[StaffPlan] = field(default_factory=list)
    told_elsewhere: set[str] = field(default_factory=set)

    @property
    def phone(self) -> str:
        return phone_of(self.uai)

    def families(self) -> list[FamilyPlan]:
        """The families of the pupils, each once."""
        return list({id(pupil.kin): pupil.kin for pupil in self.pupils}.values())

    def guardians(self) -> list[GuardianPlan]:
        """The guardians whose record this school brings, each once."""
        everyone = {
            link.guardian.key: link.guardian for kin in self.families() for link in self.links_of(kin)
        }
        return [guardian for key, guardian in everyone.items() if key not in self.told_elsewhere]

    def links_of(self, kin: FamilyPlan) -> list[Link]:
        """The links that a delivery of this degree may name."""
        return kin.parents if self.kind.degree == Degree.FIRST else kin.links

    def pupils_in(self, label: str) -> list[PupilPlan]:
        return [pupil for pupil in self.pupils if pupil.division.label == label]

    def size(self) -> int:
        """Pupils, guardians and staff that this school brings."""
        return len(self.pupils) + len(self.guardians()) + len(self.staff)


@dataclass(slots=True, eq=False)
class Academy:
    """An académie. `grow` gives its schools one by one: a large academy makes them anew and is never held in memory.

    `cast` names the people in whom a situation is found: role → jointure.
    """

    code: str
    name: str
    grow: Callable[[], Iterable[SchoolPlan]]
    cast: dict[str, str] = field(default_factory=dict)

    def schools(self, degree: Degree) -> Iterator[SchoolPlan]:
        return (school for school in self.grow() if school.kind.degree == degree)
