"""What other catalogues take from here (OAI-PMH): our own resources and those withdrawn, in the order in which they changed.

What was harvested elsewhere is not given again: whoever wants it asks its own source.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min, Q, QuerySet
from django.utils import timezone

from preau.domains.catalogue.models import Collection, Node, Resource

A_SECOND = timedelta(seconds=1)
COLLECTION, LEVEL = "collection", "niveau"


@dataclass(frozen=True)
class Selection:
    """Which records: of a set, changed from a moment to another (both included), after the last one that was given."""

    part: str = ""
    since: datetime | None = None
    until: datetime | None = None
    after: tuple[datetime, int] | None = None


def ours() -> "QuerySet[Resource]":
    """Everything that was ever published here."""
    return Resource.objects.our_own().order_by("noted_at", "pk")


def selected(wanted: Selection) -> "QuerySet[Resource]":
    rows = ours().filter(_of_set(wanted.part))
    if wanted.since:
        rows = rows.filter(noted_at__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(noted_at__lt=wanted.until + A_SECOND)
    if wanted.after:
        moment, pk = wanted.after
        rows = rows.filter(Q(noted_at__gt=moment) | Q(noted_at=moment, pk__gt=pk))
    return rows


def _of_set(part: str) -> Q:
    kind, _colon, key = part.partition(":")
    if part in {"", COLLECTION, LEVEL}:
        # Every record is in a collection, and all are given where no level is named.
        return Q()
    if kind == COLLECTION and key:
        return Q(collection__slug=key)
    if kind == LEVEL and key:
        return Q(
            pk__in=Resource.objects.filter(
                Q(nodes__key=key) | Q(nodes__parent__key=key), nodes__kind=Node.Kind.LEVEL
            ).values("pk")
        )
    return Q(pk__in=[])


def with_all(rows: "QuerySet[Resource]") -> "QuerySet[Resource]":
    """Each with its whole record: four statements for a page."""
    rows = rows.select_related("collection", "institution", "adapted_from").prefetch_related("nodes__parent")
    return rows.defer("parts", "text")


def one(key: str) -> Resource | None:
    return with_all(ours().filter(key=key)).first()


def earliest() -> datetime:
    """Before it, nothing changed."""
    found: datetime | None = ours().aggregate(first=Min("noted_at"))["first"]
    return found or timezone.now()


def sets() -> Sequence[tuple[str, str]]:
    """The sets and their names: collections that hold something of ours, and levels of the programmes in force."""
    shelves = Collection.objects.filter(resources__in=ours()).distinct().order_by("order", "title")
    nodes = Node.objects.in_force().filter(kind__in=[Node.Kind.CYCLE, Node.Kind.LEVEL])
    return [
        *((f"{COLLECTION}:{shelf.slug}", shelf.title) for shelf in shelves),
        *((f"{LEVEL}:{node.key}", node.label) for node in nodes),
    ]


def sets_of(resource: Resource) -> list[str]:
    """Those that hold this record."""
    levels = resource.levels
    cycles = [node.parent.key for node in levels if node.parent]
    keys = dict.fromkeys([*(node.key for node in levels), *cycles])
    return [f"{COLLECTION}:{resource.collection.slug}", *(f"{LEVEL}:{key}" for key in keys)]
