"""The school's own words: which subject, class, group, room or teacher a name of a file is."""

import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from preau.directory.models import ExternalId, Group, Holding, Person, Room, School, SchoolYear, Subject
from preau.directory.words import Role
from preau.domains.timetable.imports.told import NamedThing, Odd
from preau.foundation.text import fold

LEVEL = re.compile(r"^(\d)(?:eme|ere|er|nde|e)(?=[\s\d]|[a-z]$|$)")
WORDS = re.compile(r"[a-z0-9]+")
TITLES = {"m", "mme", "mlle", "monsieur", "madame", "mr", "professeur"}
ABBREVIATED = 3  # letters that are enough to know a word that was cut
CODE, NAME, ROOM = 20, 80, 40


def bare(text: str) -> str:
    """Words without signs: « HISTOIRE & GEOGRAPH. » is « histoire geograph »."""
    return " ".join(WORDS.findall(fold(text)))


def squashed(text: str) -> str:
    """« 6e A », « 6ème A » and « 6A » are one class."""
    return "".join(WORDS.findall(LEVEL.sub(r"\1 ", fold(text))))


class Index:
    """Rows by their names; a name that is two rows' is nobody's."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[Any, Any]] = defaultdict(dict)

    def add(self, name: str, row: Any) -> None:
        if name:
            self.rows[name][row.pk or id(row)] = row

    def one(self, name: str) -> Any:
        found = self.rows.get(name) or {}
        return next(iter(found.values())) if len(found) == 1 else None

    def is_several(self, name: str) -> bool:
        return len(self.rows.get(name) or {}) > 1


class SchoolContext:
    """What a school has on a day. Subjects and rooms that it lacks are made, unsaved, and said (`subjects`, `rooms`)."""

    def __init__(self, school: School, year: SchoolYear, day: date) -> None:
        self.school = school
        self.subjects: list[Subject] = []
        self.rooms: list[Room] = []
        self._codes, self._subjects, self._rooms = Index(), Index(), Index()
        self._short: list[tuple[list[str], Subject]] = []
        for subject in Subject.objects.filter(school=school):
            self._learn_subject(subject)
        for room in Room.objects.filter(school=school):
            self._rooms.add(bare(room.name), room)
        self._learn_groups(year)
        self._learn_teachers(day)

    # Subjects and rooms

    def _learn_subject(self, subject: Subject) -> None:
        self._codes.add(fold(subject.code), subject)
        self._subjects.add(bare(subject.name), subject)
        self._subjects.add(bare(subject.short_name), subject)
        self._short.append((bare(subject.name).split(), subject))

    def subject(self, named: NamedThing) -> Subject:
        """By its code, its name, or its name cut short; else a new one."""
        found = (
            self._codes.one(fold(named.code))
            or self._subjects.one(bare(named.name))
            or self._cut_short(bare(named.name).split())
            or self._codes.one(fold(named.name))
        )
        return found or self._new_subject(named)

    def _cut_short(self, words: list[str]) -> Subject | None:
        """« histoire geograph » is « histoire geographie », when no other subject can be."""
        if not words or min(map(len, words)) < ABBREVIATED:
            return None
        found = [
            subject
            for name, subject in self._short
            if len(name) == len(words) and all(a.startswith(b) for a, b in zip(name, words, strict=True))
        ]
        return found[0] if len(found) == 1 else None

    def _new_subject(self, named: NamedThing) -> Subject:
        name = named.name or named.code
        if name.isupper() and (len(name) > 5 or " " in name):
            name = name.capitalize()
        code = self._free_code((named.code or bare(name).upper().replace(" ", "-"))[:CODE])
        subject = Subject(school=self.school, code=code, name=name[:NAME])
        self.subjects.append(subject)
        self._learn_subject(subject)
        # Asked again under the same words, it is the same.
        self._subjects.add(bare(named.name), subject)
        return subject

    def _free_code(self, code: str) -> str:
        wanted, number = code, 1
        while self._codes.rows.get(fold(wanted)):
            number += 1
            wanted = f"{code[: CODE - 3]}-{number}"
        return wanted

    def room(self, named: NamedThing) -> Room | None:
        """By its name, with or without « salle »; else a new one."""
        name = " ".join(named.said.split())[:ROOM]
        if not name:
            return None
        plain = bare(name)
        found = self._rooms.one(plain) or self._rooms.one(plain.removeprefix("salle ").removeprefix("s "))
        return found or self._new_room(name, plain)

    def _new_room(self, name: str, plain: str) -> Room:
        room = Room(school=self.school, name=name)
        self.rooms.append(room)
        self._rooms.add(plain, room)
        return room

    # Classes and groups

    def _learn_groups(self, year: SchoolYear) -> None:
        self._groups: dict[Any, Index] = {True: Index(), False: Index(), None: Index()}
        self._squashed: dict[Any, Index] = {True: Index(), False: Index(), None: Index()}
        groups = {group.pk: group for group in Group.objects.filter(year=year)}
        names = [(group, group.name) for group in groups.values()]
        keys = ExternalId.objects.filter(group__year=year, kind__in=["class", "group"])
        names += [
            (groups[pk], value.rpartition("$")[2]) for pk, value in keys.values_list("group_id", "value")
        ]
        for group, name in names:
            for kind in (group.kind == Group.Kind.CLASS, None):
                self._groups[kind].add(bare(name), group)
                self._squashed[kind].add(squashed(name), group)

    def group(self, named: NamedThing) -> Group:
        """Never invented. Raises Odd."""
        kind, plain, short = named.is_class, bare(named.said), squashed(named.said)
        found = self._groups[kind].one(plain) or self._squashed[kind].one(short)
        if found:
            return found  # type: ignore[no-any-return]
        if self._squashed[kind].is_several(short):
            raise Odd(
                _("Plusieurs classes ou groupes peuvent porter ce nom : %(name)s.")
                % {"name": named.said[:60]}
            )
        sentences = {
            True: _("Classe inconnue de l’établissement : %(name)s."),
            False: _("Groupe inconnu de l’établissement : %(name)s."),
            None: _("Classe ou groupe inconnu de l’établissement : %(name)s."),
        }
        raise Odd(sentences[kind] % {"name": named.said[:60] or "?"})

    # Teachers

    def _learn_teachers(self, day: date) -> None:
        self._people, self._keys = Index(), Index()
        held = Holding.objects.active(day).filter(school=self.school).exclude(role=Role.PUPIL)
        people = Person.objects.in_bulk(list(held.values_list("person_id", flat=True).distinct()))
        for person in people.values():
            for name in {person.family_name, person.birth_name} - {""}:
                self._learn_name(person, bare(name), bare(person.given_name))
        keys = ExternalId.objects.filter(kind="person", person__in=people)
        for pk, value in keys.values_list("person_id", "value"):
            self._keys.add(value, people[pk])
            # EDT gives the number of STSWEB without its list.
            self._keys.add(value.rpartition(":")[2], people[pk])

    def _learn_name(self, person: Person, family: str, given: str) -> None:
        title = {"mme": "mme ", "m": "m "}.get(person.civility, "")
        for name in {
            f"{family} {given}",
            f"{given} {family}",
            f"{family} {given[:1]}",
            f"{given[:1]} {family}",
            family,
            f"{title}{family}",
        }:
            self._people.add(" ".join(name.split()), person)

    def teacher(self, named: NamedThing) -> Person:
        """By a number, then by the names. Never invented. Raises Odd, with nobody's name in its sentence."""
        for key in named.keys:
            if found := self._keys.one(key):
                return found  # type: ignore[no-any-return]
        family, given = bare(named.name), bare(named.given)
        words = [word for word in f"{family} {given}".split() if word not in TITLES]
        whole = " ".join(words)
        found = self._people.one(f"{family} {given}".strip()) or self._people.one(whole)
        if found is None and given:
            found = self._begins(family, given)
        if found:
            return found  # type: ignore[no-any-return]
        if self._people.is_several(whole):
            raise Odd(_("Plusieurs personnes de l’établissement portent le nom de cet enseignant."))
        raise Odd(_("Enseignant inconnu de l’établissement."))

    def _begins(self, family: str, given: str) -> Person | None:
        """Given names are cut, or told all together: « MARIE DESI » is Marie, or Marie Désirée."""
        alike = [
            person
            for person in (self._people.rows.get(family) or {}).values()
            if bare(person.given_name).startswith(given) or given.startswith(bare(person.given_name))
        ]
        return alike[0] if len(alike) == 1 else None

    # What a free text names

    def found_in(self, text: str) -> tuple[list[Subject], list[Group], list[Person]]:
        """Every name of the school in a text, the longest ones first, no word used twice."""
        words = WORDS.findall(fold(text))
        subjects, groups, people = {}, {}, {}
        used: set[int] = set()
        for size in range(min(7, len(words)), 0, -1):
            for start in range(len(words) - size + 1):
                span = range(start, start + size)
                if used.intersection(span):
                    continue
                phrase = " ".join(words[start : start + size])
                for index, into in self._indexes(phrase, words, start):
                    if row := index:
                        into_rows = {"s": subjects, "g": groups, "p": people}[into]
                        into_rows[row.pk or id(row)] = row
                        used.update(span)
                        break
        return list(subjects.values()), list(groups.values()), list(people.values())

    def _indexes(self, phrase: str, words: list[str], start: int) -> Iterable[tuple[Any, str]]:
        """A class, a subject, a teacher; never what follows « salle »."""
        if start and words[start - 1] in {"salle", "s"}:
            return
        yield self._groups[None].one(phrase) or self._squashed[None].one(squashed(phrase)), "g"
        yield self._subjects.one(phrase), "s"
        if len(phrase) >= ABBREVIATED:
            yield self._people.one(phrase), "p"
