"""What a rule would do, before it is written: whom it means, and what it leaves of the licences of each resource."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from preau.domains.mediacentre.models import Resource, Rule, branches, given, meant
from preau.domains.mediacentre.queries.counting import counted
from preau.domains.mediacentre.queries.licences import Room, room_of
from preau.domains.mediacentre.queries.lists import subscriptions_of


@dataclass(frozen=True)
class Proposal:
    """A rule that is not written yet: its public and its scope, and what narrows it (keys)."""

    public: str
    scope: str
    levels: tuple[str, ...] = ()
    groups: tuple[int, ...] = ()
    subjects: tuple[int, ...] = ()
    people: tuple[int, ...] = ()

    def means(self, day: date, school: int) -> Any:
        """The holdings of those whom it means."""
        targets = {
            "levels": self.levels,
            "groups": self.groups,
            "subjects": self.subjects,
            "people": self.people,
        }
        return meant(day, school, (self.public, self.scope), targets)


@dataclass(frozen=True)
class PreviewRow:
    """One resource: how many people would have it who have it not, what is left then, or what is missing; `over`: its
    subscription has ended."""

    resource: Resource
    new: int
    room: Room
    over: bool

    @property
    def refused(self) -> str:
        return self.room.lacks


@dataclass(frozen=True)
class Preview:
    """How many people are meant, and each resource."""

    people: int
    rows: list[PreviewRow]

    @property
    def refused(self) -> list[PreviewRow]:
        return [row for row in self.rows if row.over or row.refused]


def preview_of(day: date, school: int, proposal: Proposal, resources: Sequence[Resource]) -> Preview:
    """Four statements, whatever the number of people, rules and resources."""
    keys = [resource.pk for resource in resources]
    people = proposal.means(day, school)
    number = people.values("person_id").distinct().count()
    now = branches(day, Q(school=school), keys)
    before, after = counted(now), counted([*now, given(people, keys)])
    rows = subscriptions_of(keys, day)
    found = [
        _row(
            resource,
            rows[resource.pk],
            before.get(resource.pk, Counter()),
            after.get(resource.pk, Counter()),
            day,
        )
        for resource in resources
    ]
    return Preview(number, found)


def lacking_if_restored(day: date, school: int, rule: Rule) -> Preview:
    """The same for a rule that ended: what taking it up again would do."""
    resources = list(rule.resources.filter(is_open=True).order_by("search_name", "pk"))
    return preview_of(day, school, proposal_of(rule), resources)


def proposal_of(rule: Rule) -> Proposal:
    """A written rule as it would be proposed (one statement)."""
    targets = list(rule.targets.values_list("level", "group_id", "subject_id", "person_id"))
    return Proposal(
        rule.public,
        rule.scope,
        levels=tuple(target[0] for target in targets if target[0]),
        groups=tuple(target[1] for target in targets if target[1]),
        subjects=tuple(target[2] for target in targets if target[2]),
        people=tuple(target[3] for target in targets if target[3]),
    )


def _row(resource: Resource, rows: Any, before: Counter[str], after: Counter[str], day: date) -> PreviewRow:
    new = sum(after.values()) - sum(before.values())
    over = bool(rows) and all(row.ends and row.ends < day for row in rows)
    return PreviewRow(resource, new, room_of(rows, after), over)
