"""What changes the catalogue: each publishing is one transaction and one edition."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from preau.directory.viewer import Viewer
from preau.domains.catalogue.models import Collection, Edition, Institution, Media, Miss, Node, Resource
from preau.domains.catalogue.models.resources import this_second
from preau.foundation import journal
from preau.foundation.locks import lock
from preau.foundation.text import fold

# Editions that an index may hold and still be caught up.
REMEMBERED = 50
# The longest words of a miss, and how many there may be of them in all.
LONGEST_MISS, MOST_MISSES = 80, 5_000


@dataclass(frozen=True)
class Place:
    """A node of the programmes, as a file says it."""

    kind: str
    key: str
    label: str
    also: Sequence[str] = ()
    concept: str = ""
    parent: tuple[str, str] | None = None


@dataclass(frozen=True)
class Shelf:
    """A collection, as its file says it."""

    slug: str
    title: str
    abstract: str
    editorial: str
    order: int


@dataclass(frozen=True)
class Drawing:
    """An SVG that only draws, and its digest."""

    content: str
    digest: str


@dataclass(frozen=True)
class Record:
    """A resource ready to be published: read, checked and cleaned. `places`: its nodes, as (kind, key)."""

    key: str
    digest: str
    facts: Mapping[str, Any]
    places: Sequence[tuple[str, str]]
    media: Mapping[str, Drawing]
    related: Sequence[str] = ()


@dataclass
class Report:
    """What a publishing did."""

    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    same: int = 0
    nodes: int = 0
    shelves: int = 0

    @property
    def written(self) -> int:
        return len(self.created) + len(self.changed) + len(self.withdrawn) + self.nodes + self.shelves


@transaction.atomic
def publish(
    source: str,
    institution: tuple[str, str],
    year: int,
    places: Sequence[Place],
    shelves: Sequence[Shelf],
    records: Sequence[Record],
) -> Report:
    """Bring the catalogue to what a source says: all of it, so that what the source no longer has is withdrawn.

    Run again with the same, it writes nothing.
    """
    report = Report()
    house = _institution(*institution)
    report.nodes = _plant_nodes(year, places)
    report.shelves = _put_up(shelves)
    known = {row.key: row for row in Resource.objects.filter(source=source).defer("parts", "text")}
    wanted = {record.key: record for record in records}
    gone = [
        row for key, row in known.items() if key not in wanted and row.status == Resource.Status.PUBLISHED
    ]
    todo = [record for record in records if record.key not in known or _differs(known[record.key], record)]
    report.same = len(records) - len(todo)
    if todo or gone or report.shelves or report.nodes:
        edition = next_edition()
        shelf = _Work(source, house, year, edition)
        for record in todo:
            (report.changed if record.key in known else report.created).append(record.key)
            shelf.write(record, known.get(record.key))
        _tie(todo)
        _withdraw(gone, edition, report)
        if report.shelves or report.nodes:
            # Their names are in the index beside each resource's own words.
            Resource.objects.filter(source=source).update(edition=edition, noted_at=this_second())
    return report


def _differs(row: Resource, record: Record) -> bool:
    return row.digest != record.digest or row.status != Resource.Status.PUBLISHED


def _institution(slug: str, name: str) -> Institution:
    return Institution.objects.get_or_create(slug=slug, defaults={"name": name})[0]


def next_edition() -> int:
    """The number of the change being made. The row is held until the transaction ends: editions are made one by one."""
    Edition.objects.get_or_create(pk=1)
    row = lock(Edition, 1)
    if row.token:
        row.past = [[row.number, row.token], *row.past][:REMEMBERED]
    row.number, row.token = row.number + 1, uuid4().hex
    row.save()
    return row.number


def _plant_nodes(year: int, places: Sequence[Place]) -> int:
    """Nodes that are new or that changed; the number of those written."""
    known = {(node.kind, node.key): node for node in Node.objects.filter(year=year)}
    written = 0
    for order, place in enumerate(places):
        parent = known[place.parent].pk if place.parent else None
        facts = {
            "label": place.label,
            "also": list(place.also),
            "concept": place.concept,
            "parent_id": parent,
        }
        facts["order"] = order
        node = known.get((place.kind, place.key))
        if node is None:
            node = Node(year=year, kind=place.kind, key=place.key)
        elif all(getattr(node, name) == value for name, value in facts.items()):
            continue
        for name, value in facts.items():
            setattr(node, name, value)
        node.save()
        known[place.kind, place.key] = node
        written += 1
    return written


def _put_up(shelves: Sequence[Shelf]) -> int:
    known, written = {row.slug: row for row in Collection.objects.all()}, 0
    for shelf in shelves:
        row = known.get(shelf.slug) or Collection(slug=shelf.slug)
        facts = {
            "title": shelf.title,
            "abstract": shelf.abstract,
            "editorial": shelf.editorial,
            "order": shelf.order,
        }
        if row.pk and all(getattr(row, name) == value for name, value in facts.items()):
            continue
        for name, text in facts.items():
            setattr(row, name, text)
        row.save()
        written += 1
    return written


class _Work:
    """One publishing: what every record of it shares."""

    def __init__(self, source: str, house: Institution, year: int, edition: int) -> None:
        self.source, self.house, self.edition, self.today = source, house, edition, timezone.localdate()
        self.nodes = {(node.kind, node.key): node for node in Node.objects.filter(year=year)}
        self.shelves = {row.slug: row for row in Collection.objects.all()}

    def write(self, record: Record, former: Resource | None) -> None:
        row = former or Resource(key=record.key, source=self.source, institution=self.house)
        row.collection = self.shelves[record.key.partition("/")[0]]
        for name, value in record.facts.items():
            setattr(row, name, value)
        if former:
            row.version += 1
        row.changed = max(self.today, row.published) if former else row.published
        row.status, row.digest, row.edition = Resource.Status.PUBLISHED, record.digest, self.edition
        row.noted_at = this_second()
        row.save()
        row.nodes.set([self.nodes[place] for place in record.places])
        self._draw(row, record)

    def _draw(self, row: Resource, record: Record) -> None:
        row.media.exclude(name__in=record.media).delete()
        for name, drawing in record.media.items():
            defaults = {"content": drawing.content, "digest": drawing.digest}
            Media.objects.update_or_create(resource=row, name=name, defaults=defaults)


def _tie(records: Sequence[Record]) -> None:
    """What each names to be seen as well; a key that nobody has is left out."""
    wanted = {key for record in records for key in (record.key, *record.related)}
    known = {row.key: row for row in Resource.objects.filter(key__in=wanted).only("key")}
    for record in records:
        known[record.key].related.set([known[key] for key in record.related if key in known])


def _withdraw(rows: Sequence[Resource], edition: int, report: Report) -> None:
    """Nothing is erased: a permalink that is gone says so, and what was adapted from it keeps its origin."""
    for row in rows:
        row.status, row.edition, row.noted_at = Resource.Status.WITHDRAWN, edition, this_second()
        row.save(update_fields=["status", "edition", "noted_at"])
        report.withdrawn.append(row.key)


def count_miss(typed: str) -> bool:
    """Count words that find nothing, in their plain form; whether they were. Nothing of who typed them is known here."""
    words = " ".join(re.findall(r"\w+", fold(typed)))[:LONGEST_MISS].strip()
    if not words:
        return False
    today = timezone.localdate()
    if Miss.objects.filter(words=words).update(count=F("count") + 1, last=today):
        return True
    if Miss.objects.count() >= MOST_MISSES:
        return False
    Miss.objects.get_or_create(words=words, defaults={"last": today})
    return True


def clear_miss(viewer: Viewer, words: str) -> None:
    """Take words out of the list of those that find nothing. The journal does not keep them: what people type may name somebody."""
    found = Miss.objects.visible_to(viewer).filter(words=words).first()
    if found:
        journal.record(viewer, "catalogue.miss_cleared", found)
        Miss.objects.filter(pk=found.pk).delete()
