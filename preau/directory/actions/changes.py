"""What a comparison stands on, and what it finds: rows to write, and what to say of them."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from preau.directory.models import Correction, ExternalId, Group, Person, School, SchoolYear, Subject
from preau.directory.words import Role

CREATED, CHANGED, UNCHANGED = "created", "changed", "unchanged"
SHOWN = 200
# A file that a school typed gives and takes none of these: they open its doors, and its health records.
GIVEN_BY_ACADEMY = frozenset({Role.HEAD, Role.SECRETARY, Role.NURSE, Role.DIGITAL_LEAD})


@dataclass
class Setting:
    """What a comparison stands on: who says it, of which day, for which school and year.

    `own`: a school's page brought the file (docs/decisions/0045). `first`: the source has never filled this school, so
    that dates go back to the start of the year. `spared`: keys of records in quarantine, whose people have not left.
    `delivered` tells whether a key is in the delivery. `is_delta`: it tells changes, and only its people are read.
    `is_partial`: a file of it was left aside, and whom others name may be in that one.
    `others`: another source has brought people too. `same`: whom the format has recognised, by their new keys.
    """

    source: str
    authority: str
    day: date
    today: date
    school: School | None
    year: SchoolYear | None
    own: bool = False
    first: bool = True
    spared: frozenset[str] = frozenset()
    delivered: Callable[[str], bool] = lambda key: False
    is_delta: bool = False
    is_partial: bool = False
    others: bool = True
    same: Mapping[str, int] = field(default_factory=dict)

    @property
    def starts(self) -> date:
        """The first day of what appears with this delivery."""
        return min(self.year.starts, self.day) if self.year and self.first else self.day

    @property
    def own_authority(self) -> str:
        """Keys that a school typed itself are its own, until the académie says the same."""
        return f"uai:{self.school.uai}" if self.school else ""

    @property
    def writes_as(self) -> str:
        return self.own_authority if self.own else self.authority


@dataclass
class Changes:
    """Rows to write, in the order in which they need each other, and what to say of them.

    `outcomes` is by key. `ending`, `present`: people who hold a role in the school, and who would lose it. `alarms`
    are sentences that ask for a second person; `refused` are keys that this file may not touch. `fallen`: corrections of the
    office with which the source agrees at last.
    """

    people: dict[str, Person] = field(default_factory=dict)
    renamed: dict[int, tuple[Person, set[str]]] = field(default_factory=dict)
    ids: list[ExternalId] = field(default_factory=list)
    subjects: list[Subject] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    group_ids: list[ExternalId] = field(default_factory=list)
    drawn: list[tuple[Group, list[Group]]] = field(default_factory=list)
    fallen: list[Correction] = field(default_factory=list)
    rows: dict[type, list[Any]] = field(default_factory=lambda: defaultdict(list))
    updates: dict[type, list[tuple[Any, set[str]]]] = field(default_factory=lambda: defaultdict(list))
    outcomes: dict[str, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    left: set[int] = field(default_factory=set)
    present: int = 0
    unfollowed: int = 0
    followed: int = 0
    alarms: list[str] = field(default_factory=list)
    lines: dict[str, list[dict[str, str]]] = field(default_factory=lambda: defaultdict(list))
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    school_changed: bool = False

    def touch(self, key: str) -> None:
        if self.outcomes.get(key) != CREATED:
            self.outcomes[key] = CHANGED

    def say(self, kind: str, person: Person | None, detail: str = "") -> None:
        self.counts[kind] += 1
        if len(self.lines[kind]) < SHOWN and person:
            self.lines[kind].append({"name": person.list_name, "detail": detail})

    @property
    def is_nothing(self) -> bool:
        rows = (
            self.people,
            self.renamed,
            self.ids,
            self.subjects,
            self.groups,
            self.group_ids,
            self.drawn,
            self.fallen,
        )
        several = any(self.rows.values()) or any(self.updates.values())
        return not (self.counts or self.school_changed or any(rows) or several)
