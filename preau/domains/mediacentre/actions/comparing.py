"""What a list of the GAR changes in a school: compared with what is there, in a fixed number of statements; nothing is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from preau.directory.models import School
from preau.domains.mediacentre.models import FOR, BroughtList, Resource, Subscription
from preau.foundation import text

SAME = ("code_type", "name", "publisher", "kind", "subjects", "levels", "text", "url")
MOST_NAMED = 60


@dataclass
class Changes:
    """Rows to make, to change, to close, to open again; how many stay as they are; what is left out while comparing."""

    created: list[Any] = field(default_factory=list)
    changed: list[Any] = field(default_factory=list)
    back: list[Any] = field(default_factory=list)
    closed: list[Any] = field(default_factory=list)
    same: int = 0
    aside: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.created or self.changed or self.back or self.closed)


def changes_of(school: School, kind: str, facts: Mapping[str, Any], day: date) -> Changes:
    """Compare what a file says with what the school has. A record that could not be read closes nothing."""
    if kind == BroughtList.Kind.RESOURCES:
        return _of_resources(school, facts, day)
    return _of_subscriptions(school, facts)


def _of_resources(school: School, facts: Mapping[str, Any], day: date) -> Changes:
    known = {resource.code: resource for resource in Resource.objects.filter(school=school)}
    found, there = Changes(), set(facts.get("kept", ()))
    for record in facts.get("records", ()):
        there.add(record["code"])
        row = known.get(record["code"])
        if row is None:
            found.created.append(_written(Resource(school=school, code=record["code"]), record, day))
            continue
        differs = any(getattr(row, name) != record[name] for name in SAME)
        if not row.is_open:
            found.back.append(_written(row, record, day))
        elif differs:
            found.changed.append(_written(row, record, day))
        else:
            found.same += 1
    for code, row in known.items():
        if row.is_open and code not in there:
            row.is_open, row.closed_on = False, day
            found.closed.append(row)
    return found


def _written(row: Resource, record: Mapping[str, Any], day: date) -> Resource:
    for name in SAME:
        setattr(row, name, record[name])
    row.search_name = text.fold(f"{record['name']} {record['publisher']}")[:500]
    row.is_open, row.closed_on, row.listed_on = True, None, day
    return row


def _of_subscriptions(school: School, facts: Mapping[str, Any]) -> Changes:
    resources = dict(Resource.objects.filter(school=school).values_list("code", "pk"))
    known = {
        (subscription.code, subscription.share): subscription
        for subscription in Subscription.objects.filter(school=school).exclude(code="")
    }
    found, there, kept = Changes(), set(), set(facts.get("kept", ()))
    for record in facts.get("records", ()):
        key = (record["code"], record["share"])
        resource = resources.get(record["resource"])
        if resource is None:
            kept.add(record["code"])
            found.aside.append({"line": None, "what": record["code"], "reason": record["resource"]})
            continue
        there.add(key)
        row = known.get(key)
        if row is None:
            found.created.append(
                _subscribed(Subscription(school=school, code=key[0], share=key[1]), record, resource)
            )
        elif not row.is_open:
            found.back.append(_subscribed(row, record, resource))
        else:
            before = _values(row)
            _subscribed(row, record, resource)
            if _values(row) == before:
                found.same += 1
            else:
                found.changed.append(row)
    for key, row in known.items():
        if row.is_open and key not in there and key[0] not in kept:
            row.is_open = False
            found.closed.append(row)
    return found


COLUMNS = ("resource_id", "kind", "licences", "transferable", "starts", "ends", "is_open", *FOR.values())


def _values(row: Subscription) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in COLUMNS)


def _subscribed(row: Subscription, record: Mapping[str, Any], resource: int) -> Subscription:
    row.resource_id, row.kind, row.transferable, row.is_open = (
        resource,
        record["kind"],
        record["transferable"],
        True,
    )
    row.licences = None if record["licences"] < 0 else record["licences"]
    row.starts, row.ends = (
        date.fromisoformat(record[name]) if record[name] else None for name in ("starts", "ends")
    )
    for public, column in FOR.items():
        setattr(row, column, public in record["publics"])
    return row


def report_of(changes: Changes, aside: Sequence[Mapping[str, Any]], unknown: str) -> dict[str, Any]:
    """Counts, lines and reasons; names of resources, nobody's. `unknown`: the sentence for a subscription without its resource."""
    left = [dict(one) for one in aside]
    left += [one | {"reason": unknown % {"code": one["reason"][:120]}} for one in changes.aside]
    return {
        "created": len(changes.created),
        "changed": len(changes.changed),
        "back": len(changes.back),
        "closed": len(changes.closed),
        "same": changes.same,
        "aside": left,
        "names": {
            part: [_name(one) for one in getattr(changes, part)[:MOST_NAMED]]
            for part in ("created", "changed", "back", "closed")
        },
    }


def _name(row: Any) -> str:
    return row.name if isinstance(row, Resource) else f"{row.code} {row.get_share_display()}".strip()
