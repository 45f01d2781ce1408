"""Whom a school's own table may speak of: everybody who is there, whichever file brought them, so that nobody is doubled."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from django.db.models import Q

from preau.directory.imports.onde.faces import (
    GUARDIAN,
    PUPIL,
    STAFF,
    Ambiguous,
    Face,
    Register,
    contacts_of,
    mint,
    names_of,
)
from preau.directory.models import Enrolment, ExternalId, Group, Guardianship, Holding, Person, School
from preau.directory.words import Role
from preau.foundation.text import fold

SOURCE = "tableau"
# Somebody, and what they are there.
Place = tuple[int, str]


class Present(Register):
    """`same` are the people of keys that no table has used yet. `keys` and `classes` are of those who are there."""

    def __init__(self, school: School, today: date) -> None:
        self.same: dict[str, int] = {}
        self.classes: dict[str, set[str]] = defaultdict(set)
        self.keys: set[str] = set()
        super().__init__(school.uai, self._faces(school, today))

    def pupil(self, face: Face) -> str:
        """As files of the State are read; and a table without birth dates knows a pupil by name and class. Raises Ambiguous."""
        if face.ine or face.born:
            return super().pupil(face)
        named = self.named(PUPIL, face)
        if len(named) > 1:
            named = [one for one in named if fold(face.label) in self.classes[one.key]]
        if len(named) != 1 and self.named(PUPIL, face):
            raise Ambiguous
        return named[0].key if named else super().pupil(face)

    def _faces(self, school: School, today: date) -> Iterator[Face]:
        links = list(self._links(school, today))
        places = {
            (pk, PUPIL if role == Role.PUPIL else STAFF) for pk, role in self._holdings(school, today)
        } | {(guardian, GUARDIAN) for guardian, _pupil in links}
        keys = self._own_keys(school, places)
        people = Person.objects.in_bulk({pk for pk, _kind in keys})
        ines = dict(
            ExternalId.objects.filter(kind="ine", person__in=people).values_list("person_id", "value")
        )
        self._note_classes(school, today, keys)
        children = defaultdict(set)
        for guardian, pupil in links:
            if (pupil, PUPIL) in keys:
                children[guardian].add(keys[pupil, PUPIL])
        for (pk, kind), key in keys.items():
            person = people[pk]
            if not person.erased_at:
                yield _face(person, key, ines.get(pk, ""), children[pk] if kind == GUARDIAN else set())

    def _holdings(self, school: School, today: date) -> list[tuple[int, str]]:
        goes_on = Q(ends=None) | Q(ends__gt=today)
        return list(Holding.objects.filter(goes_on, school=school).values_list("person_id", "role"))

    def _links(self, school: School, today: date) -> "list[tuple[int, int]]":
        goes_on = Q(ends=None) | Q(ends__gt=today)
        pupils = Holding.objects.filter(goes_on, school=school, role=Role.PUPIL).values("person_id")
        rows = Guardianship.objects.filter(goes_on, pupil__in=pupils).of_another()
        return list(rows.values_list("guardian_id", "pupil_id"))

    def _own_keys(self, school: School, places: set[Place]) -> dict[Place, str]:
        """The key of each: the one that a table gave before, of any date, else one of its own."""
        mine = ExternalId.objects.filter(source=SOURCE, authority=f"uai:{school.uai}", kind="person")
        keys = {(pk, value[0]): value for pk, value in mine.order_by("-pk").values_list("person_id", "value")}
        self.keys = set(keys.values())
        public = dict(
            Person.objects.filter(pk__in={pk for pk, kind in places - set(keys)}).values_list(
                "pk", "public_id"
            )
        )
        for pk, kind in sorted(places - set(keys)):
            key = mint(school.uai, kind, "present", public[pk])
            keys[pk, kind] = key
            self.same[key] = pk
            self.keys.add(key)
        return keys

    def _note_classes(self, school: School, today: date, keys: dict[Place, str]) -> None:
        learning = Enrolment.objects.active(today).filter(school=school, group__kind=Group.Kind.CLASS)
        for pk, name in learning.values_list("pupil_id", "group__name"):
            if (pk, PUPIL) in keys:
                self.classes[keys[pk, PUPIL]].add(fold(name))


def _face(person: Person, key: str, ine: str, children: set[str]) -> Face:
    return Face(
        names_of(person.family_name, person.birth_name),
        fold(person.given_name),
        f"{person.birth_date:%d/%m/%Y}" if person.birth_date else "",
        ine,
        contacts_of(person.email, person.phone),
        children,
        key,
    )
