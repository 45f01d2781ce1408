"""What an official file says, in our words: the same shapes whatever the format.

Keys are the source's own identifiers. A date or a text is None when the file is silent: nothing is then changed.
"""

from dataclasses import dataclass, field
from datetime import date

from preau.directory.words import Authority, Kinship, Role


class Aspect:
    """What a record may tell wholly of a person: their place as a pupil or on the staff, their classes, what they teach."""

    PUPIL, STAFF = "pupil", "staff"
    CLASS, GROUP = "class", "group"
    TEACHES_CLASS, TEACHES_GROUP, HEAD_TEACHER = "teaches class", "teaches group", "head teacher"


@dataclass(slots=True)
class SchoolFacts:
    key: str
    uai: str
    name: str
    kind: str
    phone: str
    academy: str
    record: int


@dataclass(slots=True)
class PersonFacts:
    """`records` are the numbers of the records that say it: a teacher who is a parent has two.

    `holds_trust`: the records give a role that opens doors (head, secretary, nurse), or work in several schools.
    """

    key: str
    records: list[int]
    family_name: str
    given_name: str
    birth_name: str
    civil_given_names: str
    civility: str
    birth_date: date | None
    email: str
    phone: str
    is_institution: bool | None = False
    ine: str = ""
    holds_trust: bool = False


@dataclass(slots=True)
class HoldingFacts:
    """`ends_told`: the file says when it ends, or that it does not."""

    person: str
    role: Role
    title: str = ""
    programme: str = ""
    ends: date | None = None
    ends_told: bool = True


@dataclass(slots=True)
class GuardianshipFacts:
    """`unread`: the file says that there is a link, in codes that cannot be trusted; what is known of it stays as it is."""

    pupil: str
    guardian: str
    authority: Authority
    kinship: Kinship
    contact_priority: int | None
    pays: bool | None
    lives_with: bool | None
    receives_aid: bool | None = None
    unread: bool = False


@dataclass(slots=True)
class GroupFacts:
    """`classes` are the labels of the classes that a group draws from; None when the file does not list them.

    `key` is the source's identifier; `told` says that the school's own record names the group.
    """

    kind: str
    name: str
    key: str
    level: str = ""
    classes: frozenset[str] | None = None


@dataclass(slots=True)
class EnrolmentFacts:
    pupil: str
    kind: str
    group: str
    starts: date | None = None
    ends: date | None = None


@dataclass(slots=True)
class TeachingFacts:
    """`subject` is a code; empty for the head teacher (professeur principal)."""

    teacher: str
    kind: str
    group: str
    subject: str = ""


@dataclass(slots=True)
class Batch:
    """The people of one school in one delivery (`school` None: those that belong to no known school).

    `pupils_told` and `staff_told`: the delivery is complete for the pupils, or the staff, of this school: who is
    absent from it has left. `linked` are the pupils whose guardians the file lists. `aspects` says what the records of
    each person tell wholly (see `Aspect`): what they do not list there has ended. `gone` are guardians who are
    guardians no more.
    """

    school: SchoolFacts | None
    people: dict[str, PersonFacts] = field(default_factory=dict)
    holdings: list[HoldingFacts] = field(default_factory=list)
    guardianships: list[GuardianshipFacts] = field(default_factory=list)
    linked: set[str] = field(default_factory=set)
    groups: dict[tuple[str, str], GroupFacts] = field(default_factory=dict)
    enrolments: list[EnrolmentFacts] = field(default_factory=list)
    teachings: list[TeachingFacts] = field(default_factory=list)
    subjects: dict[str, str] = field(default_factory=dict)
    aspects: dict[str, set[str]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    pupils_told: bool = False
    staff_told: bool = False
    groups_told: bool = False
