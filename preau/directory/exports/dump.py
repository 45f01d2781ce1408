"""The directory as JSON lines, to compare two installations or two runs. The schema is in docs/directory-dump.md."""

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from django.db.models import Q, QuerySet

from preau.directory.models import (
    Assignment,
    Enrolment,
    ExternalId,
    Group,
    Guardianship,
    Holding,
    Person,
    School,
)
from preau.directory.words import Role

Object = dict[str, Any]


def lines(uai: str = "") -> Iterator[str]:
    """Every object on its line, sorted; of one school only when its UAI is given.

    Sorted on disk, in a temporary database: the lines of six million people do not fit in memory.
    """
    with closing(sqlite3.connect("", isolation_level=None)) as sorter:
        sorter.execute("CREATE TABLE line (text TEXT)")
        found = ((json.dumps(row, ensure_ascii=False),) for row in Dump(uai).objects())
        sorter.execute("BEGIN")
        sorter.executemany("INSERT INTO line VALUES (?)", found)
        sorter.execute("COMMIT")
        for (text,) in sorter.execute("SELECT text FROM line ORDER BY text"):
            yield text


class Dump:
    """`uai` narrows to a school: its people are those who hold something there, and its pupils' guardians."""

    def __init__(self, uai: str = "") -> None:
        self.schools = School.objects.filter(uai=uai) if uai else School.objects.all()
        self.uais = dict(self.schools.values_list("pk", "uai"))
        self.people = Person.objects.filter(erased_at=None)
        if uai:
            pupils = Holding.objects.filter(school__uai=uai, role=Role.PUPIL).values("person_id")
            held = Holding.objects.filter(school__uai=uai).values("person_id")
            guardians = Guardianship.objects.filter(pupil__in=pupils).values("guardian_id")
            self.people = self.people.filter(Q(pk__in=held) | Q(pk__in=guardians))
        self.ids = self._external_ids()
        self.keys = self._keys()
        self.group_keys = self._group_keys()

    def objects(self) -> Iterator[Object]:
        yield from self._schools()
        yield from self._people()
        yield from self._groups()
        yield from self._enrolments()
        yield from self._guardianships()
        yield from self._teachings()

    # Keys

    def _external_ids(self) -> dict[int, list[Object]]:
        found: dict[int, list[Object]] = {}
        rows = (
            ExternalId.objects.filter(person__in=self.people)
            if self._narrow
            else ExternalId.objects.exclude(person=None)
        )
        for person, *parts in rows.values_list(
            "person_id", "source", "authority", "kind", "value"
        ).iterator():
            found.setdefault(person, []).append(_identifier(parts))
        return found

    @property
    def _narrow(self) -> bool:
        return len(self.uais) != School.objects.count()

    def _keys(self) -> dict[int, str]:
        """The source's own identifier of each person; « local:… » for who came from no file.

        When the identifiers of two sources, or of two schools, are the same, it is told whose each is.
        """
        local = dict(self.people.values_list("pk", "public_id"))
        by_person = {pk: self._first_id(pk) for pk in local}
        borne = Counter(row["value"] for row in by_person.values() if row)
        return {
            pk: f"local:{local[pk]}"
            if row is None
            else row["value"]
            if borne[row["value"]] == 1
            else f"{row['source']}:{row['authority']}:{row['value']}"
            for pk, row in by_person.items()
        }

    def _first_id(self, pk: int) -> Object | None:
        mine = [row for row in self.ids.get(pk, ()) if row["kind"] == "person"]
        return min(mine, key=lambda row: (row["source"], row["authority"], row["value"]), default=None)

    def _group_keys(self) -> dict[int, tuple[str, str]]:
        """kind and key of each class and group: the source's, else « UAI$year$name »."""
        key_by_group = dict(ExternalId.objects.exclude(group=None).values_list("group_id", "value"))
        groups = Group.objects.filter(school__in=self.schools).select_related("year")
        return {
            group.pk: (
                group.kind,
                key_by_group.get(group.pk) or f"{self.uais[group.school_id]}${group.year.name}${group.name}",
            )
            for group in groups
        }

    # Objects

    def _schools(self) -> Iterator[Object]:
        ids: dict[int, list[Object]] = {}
        for school, *parts in ExternalId.objects.exclude(school=None).values_list(
            "school_id", "source", "authority", "kind", "value"
        ):
            ids.setdefault(school, []).append(_identifier(parts))
        for school in self.schools:
            yield {
                "kind": "school",
                "uai": school.uai,
                "name": school.name,
                "external_ids": _sorted(ids.get(school.pk, [])),
            }

    def _people(self) -> Iterator[Object]:
        held: dict[int, list[Object]] = {}
        holdings = Holding.objects.filter(school__in=self.schools)
        for person, role, school, starts, ends in holdings.values_list(
            "person_id", "role", "school_id", "starts", "ends"
        ).iterator():
            held.setdefault(person, []).append(
                {"role": role, "uai": self.uais[school], **_dates(starts, ends)}
            )
        fields = ("pk", "family_name", "birth_name", "given_name", "birth_date")
        for pk, family, birth, given, day in self.people.order_by().values_list(*fields).iterator():
            yield {
                "kind": "person",
                "key": self.keys[pk],
                "external_ids": _sorted(self.ids.get(pk, [])),
                "family_name": family,
                "birth_name": birth,
                "given_names": given,
                "birth_date": day and day.isoformat(),
                "holdings": _sorted(held.get(pk, [])),
            }

    def _groups(self) -> Iterator[Object]:
        for group in Group.objects.filter(school__in=self.schools).select_related("year"):
            kind, key = self.group_keys[group.pk]
            yield {
                "kind": kind,
                "key": key,
                "uai": self.uais[group.school_id],
                "year": group.year.name,
                "name": group.name,
                "level": group.level,
            }

    def _enrolments(self) -> Iterator[Object]:
        rows: QuerySet[Enrolment] = Enrolment.objects.filter(school__in=self.schools)
        for pupil, group, starts, ends in rows.values_list(
            "pupil_id", "group_id", "starts", "ends"
        ).iterator():
            if pupil in self.keys:
                kind, key = self.group_keys[group]
                yield {"kind": "enrolment", "person": self.keys[pupil], kind: key, **_dates(starts, ends)}

    def _guardianships(self) -> Iterator[Object]:
        fields = (
            "pupil_id",
            "guardian_id",
            "authority",
            "kinship",
            "contact_priority",
            "lives_with",
            "pays",
            "may_not_be_informed",
            "starts",
            "ends",
        )
        for (
            pupil,
            guardian,
            level,
            kinship,
            priority,
            lives,
            pays,
            barred,
            starts,
            ends,
        ) in Guardianship.objects.values_list(*fields).iterator():
            if pupil in self.keys and guardian in self.keys:
                yield {
                    "kind": "guardianship",
                    "pupil": self.keys[pupil],
                    "guardian": self.keys[guardian],
                    "level": level,
                    "kinship": kinship,
                    "contact_priority": priority,
                    "lives_with": lives,
                    "pays": pays,
                    "may_not_be_informed": barred,
                    **_dates(starts, ends),
                }

    def _teachings(self) -> Iterator[Object]:
        """One line a subject taught; a head teacher who teaches nothing there has a line without subject."""
        rows = Assignment.objects.filter(school__in=self.schools)
        heads = set(
            rows.filter(kind=Assignment.Kind.HEAD_TEACHER).values_list("teacher_id", "group_id", "ends")
        )
        taught = rows.filter(kind=Assignment.Kind.TEACHES)
        fields = ("teacher_id", "group_id", "subject__code", "starts", "ends")
        seen = set()
        for teacher, group, code, starts, ends in taught.values_list(*fields).iterator():
            head = (teacher, group, ends) in heads
            seen.add((teacher, group, ends))
            yield from self._teaching(teacher, group, code, head=head, dates=_dates(starts, ends))
        for teacher, group, ends in heads - seen:
            yield from self._teaching(teacher, group, None, head=True, dates=_dates(None, ends))

    def _teaching(
        self, teacher: int, group: int, code: str | None, head: bool, dates: Object
    ) -> Iterator[Object]:
        if teacher in self.keys:
            kind, key = self.group_keys[group]
            yield {
                "kind": "teaching",
                "person": self.keys[teacher],
                kind: key,
                "subject": code,
                "head_teacher": head,
                **dates,
            }


def _identifier(parts: list[Any]) -> Object:
    source, authority, kind, value = parts
    return {"source": source, "authority": authority, "kind": kind, "value": value}


def _dates(starts: Any, ends: Any) -> Object:
    return {"starts": starts and starts.isoformat(), "ends": ends and ends.isoformat()}


def _sorted(rows: list[Object]) -> list[Object]:
    return sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))
