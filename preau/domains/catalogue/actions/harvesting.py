"""What a reading of a source changes: records taken in page by page, then those that its source no longer has.

Each page is one transaction, with the place where to go on: whoever dies in the middle is followed by another who does
nothing twice. Nothing is erased: what goes is withdrawn, and comes back with the same address if its source names it again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from preau.domains.catalogue.actions.publishing import next_edition
from preau.domains.catalogue.models import Harvest, Node, Outside, Resource, Sighting, Source
from preau.domains.catalogue.models.resources import this_second
from preau.foundation import journal
from preau.foundation.locks import lock

# What tells nothing of where an address leads.
CHAFF = ("utm_", "xtor", "fbclid", "gclid", "mc_cid", "mc_eid")
MOST_SAMPLES = 20
# Identifiers that are the same everywhere: others are names of a house.
EVERYWHERE = ("oai:", "doi:", "urn:", "http://", "https://", "ark:", "info:")


class NotNow(Exception):
    """The state of this reading, or of this source, is not the one in which that is done."""


@dataclass(frozen=True)
class HarvestedRecord:
    """A record as its source says it, cleaned. `is_gone`: its source says that it has withdrawn it."""

    identifier: str
    where: str
    address: str = ""
    title: str = ""
    abstract: str = ""
    text: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    nodes: Sequence[int] = ()
    terms: str = ""
    is_gone: bool = False

    @property
    def digest(self) -> str:
        facts = sorted((name, str(value)) for name, value in self.facts.items())
        parts = [
            self.address,
            self.title,
            self.abstract,
            self.text,
            self.terms,
            str(facts),
            str(sorted(self.nodes)),
        ]
        return sha256("\0".join(parts).encode()).hexdigest()


def plain(address: str) -> str:
    """The address as it is compared: without scheme, « www. », last slash, fragment, nor what only counts visits."""
    parts = urlsplit(address)
    host = (parts.hostname or "").removeprefix("www.")
    port = f":{parts.port}" if parts.port and parts.port not in {80, 443} else ""
    asked = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not name.lower().startswith(CHAFF)
    ]
    return f"{host}{port}{parts.path.rstrip('/')}?{urlencode(sorted(asked))}"


def mark_of(address: str) -> str:
    return sha256(plain(address).encode()).hexdigest()


# Beginning and ending


@transaction.atomic
def begin(source: Source, *, by_hand: bool = False, is_trial: bool = False, viewer: Any = None) -> Harvest:
    """Open a reading. Raises NotNow while another is going on, or while the source is paused."""
    row = lock(Source, source.pk)
    if row.harvests.going_on().exists():
        raise NotNow
    if row.is_paused and not by_hand:
        raise NotNow
    made = Harvest.objects.create(source=row, by_hand=by_hand, is_trial=is_trial, began_at=timezone.now())
    if not is_trial:
        row.due_at = _next_night(row)
        row.save(update_fields=["due_at"])
    if viewer is not None:
        journal.record(viewer, "catalogue.tried" if is_trial else "catalogue.harvested", row)
    return made


def _next_night(source: Source) -> datetime:
    """At two in the morning, so many days from now; the sources one after the other."""
    day = timezone.localtime() + timedelta(days=source.every_days)
    return day.replace(hour=2, minute=source.pk % 60, second=0, microsecond=0)


def hold(harvest: Harvest, seconds: int) -> bool:
    """Take this reading, unless somebody has it: the filtered update is the lock."""
    now = timezone.now()
    free = Harvest.objects.going_on().filter(pk=harvest.pk).exclude(held_until__gt=now)
    return bool(free.update(held_until=now + timedelta(seconds=seconds)))


@transaction.atomic
def let_go(harvest: Harvest, wait: int = 0) -> None:
    """Somebody else may go on, at once or after so many seconds."""
    Harvest.objects.going_on().filter(pk=harvest.pk).update(
        held_until=timezone.now() + timedelta(seconds=wait) if wait else None, tries=harvest.tries
    )


@transaction.atomic
def fail(harvest: Harvest, why: str) -> None:
    """It ends there. What was taken in stays, nothing is withdrawn, and the next one begins where this one had begun."""
    row = _running(harvest)
    if row is not None:
        _end(row, Harvest.State.FAILED, why)


def _running(harvest: Harvest) -> Harvest | None:
    return (
        Harvest.objects.select_for_update().select_related("source").going_on().filter(pk=harvest.pk).first()
    )


def _end(row: Harvest, state: str, why: str = "") -> None:
    row.state, row.reason = state, why[:300]
    row.ended_at, row.held_until, row.cursor = timezone.now(), None, {}
    row.save()


@transaction.atomic
def take_in(
    harvest: Harvest,
    found: Sequence[HarvestedRecord],
    problems: Sequence[tuple[str, str]],
    cursor: Mapping[str, Any],
    size: int,
    held: int,
) -> Harvest:
    """One page: its records, and where to go on. Raises NotNow when this reading is over, stopped by somebody meanwhile."""
    row = _running(harvest)
    if row is None:
        raise NotNow
    for where, why in problems:
        row.tell(where, why)
    if row.is_trial:
        row.found += len(found)
        row.sample = [*row.sample, *(_shown(one) for one in found[: MOST_SAMPLES - len(row.sample)])]
    else:
        _Page(row).take(found)
    row.pages, row.size, row.tries, row.cursor = row.pages + 1, row.size + size, 0, dict(cursor)
    row.held_until = timezone.now() + timedelta(seconds=held)
    row.save()
    return row


def _shown(found: HarvestedRecord) -> dict[str, Any]:
    """A record in the report of a trial."""
    labels = Node.objects.filter(pk__in=found.nodes).values_list("label", flat=True)
    return {
        "where": found.where,
        "title": found.title or found.identifier,
        "address": found.address,
        "places": ", ".join(labels),
        "licence": str(found.facts.get("licence", "")),
        "version": str(found.facts.get("licence_version", "")),
        "is_gone": found.is_gone,
    }


class _Page:
    """The records of one page, and what all of them share. The edition is drawn when the first of them changes something."""

    def __init__(self, harvest: Harvest) -> None:
        self.harvest, self.source, self.today = harvest, harvest.source, timezone.localdate()
        self.edition = 0
        self.same: list[int] = []

    def take(self, records: Sequence[HarvestedRecord]) -> None:
        # One source may name a record twice on a page: the last one counts.
        wanted = {record.identifier: record for record in records}
        known = {
            row.identifier: row
            for row in Sighting.objects.filter(source=self.source, identifier__in=wanted).select_related(
                "resource"
            )
        }
        for identifier, found in wanted.items():
            self.harvest.found += 1
            if found.is_gone:
                self._leave(known.get(identifier))
            else:
                self._put(found, known.get(identifier))
        # Most of what is read again has not changed: one statement for all of it.
        Sighting.objects.filter(pk__in=self.same).update(seen_in=self.harvest.pk, leaves_in=0)

    def _leave(self, sighting: Sighting | None) -> None:
        if sighting and not sighting.is_gone and sighting.leaves_in != self.harvest.pk:
            sighting.leaves_in = self.harvest.pk
            sighting.save(update_fields=["leaves_in"])

    def _put(self, found: HarvestedRecord, sighting: Sighting | None) -> None:
        digest = found.digest
        if sighting is None:
            resource = self._same_as(found)
            if resource is None:
                resource = self._create(found)
                self.harvest.created += 1
            else:
                self.harvest.merged += 1
                self._come_back(resource, found)
            Sighting.objects.create(
                source=self.source,
                resource=resource,
                identifier=found.identifier,
                digest=digest,
                seen_in=self.harvest.pk,
            )
            return
        if sighting.digest == digest and not sighting.is_gone and not self._may_take(sighting.resource):
            self.harvest.same += 1
            self.same.append(sighting.pk)
            return
        self._again(found, sighting)
        sighting.digest, sighting.is_gone = digest, False
        sighting.seen_in, sighting.leaves_in = self.harvest.pk, 0
        sighting.save()

    def _again(self, found: HarvestedRecord, sighting: Sighting) -> None:
        """Changed, or back, or left to this source by the one whose words were shown."""
        row = sighting.resource
        if self._is_ours(row) or (row.source != self.source.signature and row.digest):
            self._come_back(row, found)
            self.harvest.same += 1
        else:
            self._write(row, found)
            self.harvest.changed += 1

    def _may_take(self, row: Resource) -> bool:
        """The source whose words it showed has left it: they may be this one's."""
        return not row.digest and not self._is_ours(row)

    def _is_ours(self, row: Resource) -> bool:
        """Read on our own pages: no source changes it."""
        return not Outside.objects.filter(resource=row).exists()

    def _same_as(self, found: HarvestedRecord) -> Resource | None:
        """The row that is known already by its address, by an identifier that is the same everywhere, or as one of our own pages."""
        here = urlsplit(settings.PUBLIC_URL)
        there = urlsplit(found.address)
        if there.netloc.lower() == here.netloc.lower():
            key = there.path.removeprefix(here.path).removeprefix("/ressources/").strip("/")
            own = Resource.objects.our_own().filter(key=key).first()
            if own:
                return own
        outside = Outside.objects.filter(plain=mark_of(found.address)).select_related("resource").first()
        if outside:
            return outside.resource
        if found.identifier.startswith(EVERYWHERE):
            other = Sighting.objects.filter(identifier=found.identifier).select_related("resource").first()
            return other.resource if other else None
        return None

    def _create(self, found: HarvestedRecord) -> Resource:
        mark = sha256(f"{self.source.slug}\0{found.identifier}".encode()).hexdigest()[:8]
        name = f"{slugify(found.title)[:60].strip('-_') or 'notice'}-{mark}"
        row = Resource(
            key=f"{self.source.collection.slug}/{name}",
            collection=self.source.collection,
            institution=self.source.institution,
            published=self.today,
            version=0,
        )
        self._write(row, found)
        return row

    def _write(self, row: Resource, found: HarvestedRecord) -> None:
        facts = {"published": row.published or self.today, "licence_version": ""} | dict(found.facts)
        for name, value in facts.items():
            setattr(row, name, value)
        row.title, row.abstract, row.text = found.title, found.abstract, found.text
        row.collection, row.institution = self.source.collection, self.source.institution
        row.version += 1
        row.changed = max(self.today, _day(row.published)) if row.pk else _day(row.published)
        row.status, row.source, row.digest = Resource.Status.PUBLISHED, self.source.signature, found.digest
        row.edition, row.noted_at = self._edition(), this_second()
        row.save()
        row.nodes.set(found.nodes)
        self._lead(row, found)

    def _lead(self, row: Resource, found: HarvestedRecord) -> None:
        """Where it opens. A new address is not known to be dead."""
        mark, host = mark_of(found.address), (urlsplit(found.address).hostname or "").removeprefix("www.")
        fields = {"address": found.address, "host": host[:200], "terms": found.terms[:300], "plain": mark}
        held = Outside.objects.filter(plain=mark).exclude(resource=row).exists()
        outside = Outside.objects.filter(resource=row).first()
        if outside is None and not held:
            Outside.objects.create(resource=row, **fields)
        elif outside is not None and outside.plain != mark and not held:
            fresh = {
                "checked_on": None,
                "failed_days": 0,
                "failing_since": None,
                "dead_since": None,
                "trouble": "",
            }
            Outside.objects.filter(pk=outside.pk).update(**fields | fresh)
        elif outside is not None:
            Outside.objects.filter(pk=outside.pk).update(terms=fields["terms"])

    def _come_back(self, row: Resource, found: HarvestedRecord) -> None:
        """Another source names what had been withdrawn: its words are now this one's."""
        if row.status == Resource.Status.WITHDRAWN and not self._is_ours(row):
            self._write(row, found)

    def _edition(self) -> int:
        self.edition = self.edition or next_edition()
        return self.edition


def _day(day: Any) -> date:
    return day if isinstance(day, date) else date.fromisoformat(str(day))


# What goes


@transaction.atomic
def finish(harvest: Harvest, marks: Mapping[str, Any], *, is_whole: bool) -> Harvest:
    """All was read. `is_whole`: the source said all that it has, so that what it did not say has gone.

    Of a source that loses more than half of its records, somebody is asked first. Raises NotNow when this reading is over.
    """
    row = _running(harvest)
    if row is None:
        raise NotNow
    if row.is_trial:
        _end(row, Harvest.State.DONE)
        return row
    live = Sighting.objects.filter(source=row.source, is_gone=False)
    present = live.count()
    if is_whole:
        live.exclude(seen_in=row.pk).update(leaves_in=row.pk)
    row.leaving = live.filter(leaves_in=row.pk).count()
    before = present - row.created - row.merged
    Harvest.objects.filter(source=row.source, state=Harvest.State.WAITING).update(
        state=Harvest.State.KEPT, reason="", ended_at=timezone.now()
    )
    if row.leaving * 2 > before and row.leaving:
        _end(row, Harvest.State.WAITING)
        row.cursor = {"marks": dict(marks)}
        row.save(update_fields=["cursor"])
        return row
    row.withdrawn = _withdraw(row)
    _note(row, marks)
    _end(row, Harvest.State.DONE)
    return row


def _note(row: Harvest, marks: Mapping[str, Any]) -> None:
    """The next reading begins where this one ended. What was asked to change meanwhile is not written over."""
    Source.objects.filter(pk=row.source_id).update(marks=dict(marks), read_at=timezone.now())


def _withdraw(row: Harvest) -> int:
    """Take away what is to leave in this reading; what another source still names stays, in the words of that one."""
    leaving = list(Sighting.objects.filter(source=row.source, is_gone=False, leaves_in=row.pk))
    if not leaving:
        return 0
    Sighting.objects.filter(pk__in=[sighting.pk for sighting in leaving]).update(is_gone=True)
    gone, edition = 0, 0
    for resource in Resource.objects.filter(
        pk__in=[sighting.resource_id for sighting in leaving], status=Resource.Status.PUBLISHED
    ).exclude(outside=None):
        other = Sighting.objects.filter(resource=resource, is_gone=False).select_related("source").first()
        edition = edition or next_edition()
        if other is None:
            resource.status = Resource.Status.WITHDRAWN
            gone += 1
        elif resource.source == row.source.signature:
            # Its next reading writes it in its own words.
            resource.source, resource.digest = other.source.signature, ""
        resource.edition, resource.noted_at = edition, this_second()
        resource.save(update_fields=["status", "source", "digest", "edition", "noted_at"])
    return gone


@transaction.atomic
def agree(viewer: Any, harvest: Harvest) -> int:
    """The source really lost them: they are withdrawn. Raises NotNow when nothing waits any more."""
    row = _waiting(harvest)
    marks = row.cursor.get("marks", {})
    row.withdrawn = _withdraw(row)
    _note(row, marks)
    _end(row, Harvest.State.DONE)
    journal.record(viewer, "catalogue.agreed", row.source, withdrawn=row.withdrawn)
    return row.withdrawn


@transaction.atomic
def keep(viewer: Any, harvest: Harvest) -> None:
    """It is a mistake of the source: everything stays, and the next reading asks again. Raises NotNow."""
    row = _waiting(harvest)
    Sighting.objects.filter(source=row.source, leaves_in=row.pk, is_gone=False).update(leaves_in=0)
    _end(row, Harvest.State.KEPT)
    journal.record(viewer, "catalogue.kept", row.source)


def _waiting(harvest: Harvest) -> Harvest:
    row = Harvest.objects.select_for_update().select_related("source").get(pk=harvest.pk)
    if row.state != Harvest.State.WAITING:
        raise NotNow
    return row


@transaction.atomic
def stop(viewer: Any, harvest: Harvest) -> None:
    """Stop a reading: its page at hand is its last. Raises NotNow when it is over."""
    row = _running(harvest)
    if row is None:
        raise NotNow
    _end(row, Harvest.State.STOPPED)
    journal.record(viewer, "catalogue.stopped", row.source)


# Sources


@transaction.atomic
def pause(viewer: Any, source: Source, *, is_paused: bool) -> None:
    """Read it no more by itself, or again from now on. What it brought stays. Raises NotNow when it is so already."""
    row = lock(Source, source.pk)
    if row.is_paused == is_paused:
        raise NotNow
    row.is_paused, row.due_at = is_paused, None if is_paused else timezone.now()
    row.save(update_fields=["is_paused", "due_at"])
    journal.record(viewer, "catalogue.paused" if is_paused else "catalogue.resumed", row)


__all__ = [
    "HarvestedRecord",
    "NotNow",
    "agree",
    "begin",
    "fail",
    "finish",
    "hold",
    "keep",
    "let_go",
    "mark_of",
    "pause",
    "plain",
    "stop",
    "take_in",
]
