"""Files without identifiers: who somebody is, by what the school already holds from the same files, and by a new key.

See docs/decisions/0073. A key says nothing of a person: it is a digest, which reports may quote.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from preau.directory.models import Enrolment, ExternalId, Group, Guardianship
from preau.foundation.text import fold

SOURCE = "onde"
# The first letter of a key.
PUPIL, GUARDIAN, STAFF = "e", "r", "p"
LETTERS = {"Eleve": PUPIL, "PersRelEleve": GUARDIAN, "PersEducNat": STAFF}


class Ambiguous(Exception):
    """Two people answer to what a row says."""


@dataclass
class Face:
    """What tells people apart. `names` are folded; `contacts` are e-mails, telephones and addresses; `children` are keys.

    `label` is the class of a pupil, as it is written.
    """

    names: frozenset[str]
    given: str
    born: str = ""
    ine: str = ""
    contacts: frozenset[str] = frozenset()
    children: set[str] = field(default_factory=set)
    key: str = ""
    label: str = ""

    def is_named_as(self, other: "Face") -> bool:
        return self.given == other.given and bool(self.names & other.names)

    def is_identified_as(self, other: "Face") -> bool:
        return self.is_named_as(other) and self.born == other.born

    def is_surely(self, other: "Face") -> bool:
        """Somebody of the same names: a child, a way to be reached or a birth date that both have says it is them."""
        same_day = bool(self.born) and self.born == other.born
        return same_day or bool(self.children & other.children) or bool(self.contacts & other.contacts)

    def is_surely_not(self, other: "Face") -> bool:
        """Somebody else of the same names."""
        if self.born and other.born:
            return self.born != other.born
        return bool(self.contacts and other.contacts) and not self.is_surely(other)


def mint(uai: str, kind: str, *parts: str) -> str:
    """A key for somebody new, the same each time the same is said."""
    return kind + sha256("\x1f".join((uai, kind, *parts)).encode()).hexdigest()[:24]


def contacts_of(*values: str) -> frozenset[str]:
    """E-mails in lower case, telephones by their last nine digits: 06… and +33 6… are one."""
    found = set()
    for value in values:
        digits = "".join(sign for sign in value if sign.isdigit())
        if "@" in value:
            found.add(value.lower())
        elif len(digits) >= 9 and not any(sign.isalpha() for sign in value):
            found.add(digits[-9:])
    return frozenset(found)


def names_of(*names: str) -> frozenset[str]:
    return frozenset(filter(None, map(fold, names)))


def known(uai: str) -> list[Face]:
    """Everybody whom the files of this school have brought, of any date."""
    mine = ExternalId.objects.filter(source=SOURCE, authority=f"uai:{uai}", kind="person")
    people = {row.person_id: (row.value, row.person) for row in mine.select_related("person")}
    numbers = ExternalId.objects.filter(kind="ine", person__in=mine.values("person"))
    ines = dict(numbers.values_list("person_id", "value"))
    faces = {
        pk: Face(
            names_of(person.family_name, person.birth_name),
            fold(person.given_name),
            f"{person.birth_date:%d/%m/%Y}" if person.birth_date else "",
            ines.get(pk, ""),
            contacts_of(person.email, person.phone),
            key=key,
        )
        for pk, (key, person) in people.items()
        if person
    }
    links = Guardianship.objects.filter(source=SOURCE, guardian__in=mine.values("person"))
    for guardian, pupil in links.values_list("guardian_id", "pupil_id"):
        if guardian in faces and pupil in faces:
            faces[guardian].children.add(faces[pupil].key)
    return list(faces.values())


def levels_now(uai: str) -> dict[str, int]:
    """The rank of the level in which each pupil of these files is, by key; of a class of two levels, the first."""
    here = Enrolment.objects.filter(
        ends=None,
        group__kind=Group.Kind.CLASS,
        pupil__external_ids__source=SOURCE,
        pupil__external_ids__authority=f"uai:{uai}",
        pupil__external_ids__kind="person",
    )
    return dict(here.values_list("pupil__external_ids__value", "group__rank"))


class Register:
    """Finds the key of whoever a row describes, or mints one."""

    def __init__(self, uai: str, faces: Iterable[Face]) -> None:
        self.uai = uai
        self._by_given: dict[tuple[str, str], list[Face]] = {}
        self._by_ine: dict[str, str] = {}
        for face in faces:
            self._by_given.setdefault((face.key[0], face.given), []).append(face)
            if face.ine and face.key[0] == PUPIL:
                self._by_ine[face.ine] = face.key

    def everybody(self, kind: str) -> set[str]:
        return {face.key for (one, _given), faces in self._by_given.items() if one == kind for face in faces}

    def named(self, kind: str, face: Face) -> list[Face]:
        """Those known under these names."""
        return [one for one in self._by_given.get((kind, face.given), ()) if one.is_named_as(face)]

    def face(self, key: str) -> Face | None:
        """Whoever is known under this key."""
        return next((face for faces in self._by_given.values() for face in faces if face.key == key), None)

    def pupil(self, face: Face) -> str:
        """By the INE; else by the names and the birth date. Raises Ambiguous."""
        if face.ine in self._by_ine:
            return self._by_ine[face.ine]
        here = [
            one for one in self.named(PUPIL, face) if one.born == face.born and not (one.ine and face.ine)
        ]
        if not here:
            parts = ("ine", face.ine) if face.ine else (*sorted(face.names), face.given, face.born)
            return mint(self.uai, PUPIL, *parts)
        return _only(here)

    def adult(self, kind: str, face: Face) -> str:
        """By a child, a way to be reached or a birth date in common; else one is a stranger only when that is sure.

        Staff of one school are known by their names alone, as long as nothing says otherwise. Raises Ambiguous.
        """
        named = self.named(kind, face)
        sure = [one for one in named if one.is_surely(face)]
        if kind == GUARDIAN and len(sure) > 1:
            sure = [one for one in sure if one.children & face.children] or sure
        maybe = [one for one in named if not one.is_surely_not(face)]
        if sure or (kind == STAFF and maybe):
            return _only(sure or maybe)
        if maybe:
            raise Ambiguous
        parts = (
            (min(face.children, default=""),) if kind == GUARDIAN else (face.born, *sorted(face.contacts)[:1])
        )
        return mint(self.uai, kind, *sorted(face.names), face.given, *parts)


def _only(faces: list[Face]) -> str:
    if len({face.key for face in faces}) > 1:
        raise Ambiguous
    return faces[0].key
