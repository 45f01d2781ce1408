"""The places of a viewer as folders of a file manager, what lies at an address, and who holds it locked."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.commons.drive import rules
from preau.commons.drive.models import Item, Lock, Nesting, Property, Sidecar
from preau.commons.drive.queries import lists, places
from preau.commons.drive.queries.places import Place
from preau.commons.files.models import StoredFile
from preau.commons.files.queries.drive import document_of
from preau.directory.viewer import Viewer
from preau.foundation import davwriting
from preau.foundation.boards import Document, Folder
from preau.foundation.dav import address, changed_on, dav, made_on, rights
from preau.foundation.davwriting import ActiveLock
from preau.foundation.filekinds import drive_name

Facts = dict[str, Any]
# What programs put beside a document for themselves: LibreOffice, Office, macOS, Windows, the file managers of Linux.
PASSING = re.compile(
    r"\.~lock\..*#|~\$.*|\._.*|\.DS_Store|\.localized|\.hidden|\.fuse_hidden.*|Thumbs\.db|desktop\.ini",
    re.IGNORECASE,
)
WRITES = ("write", "write-content", "write-properties", "bind", "unbind")


@dataclass(frozen=True)
class Held:
    """A place, and which of its folders and documents: what an address of the drive is to us."""

    place: Place
    item: Item | None


def places_of(viewer: Viewer) -> list[Place]:
    """Those that a page lists: one's own, of each class and its team, of the staff."""
    found = [places.own_place(viewer)]
    for group in places.groups_of(viewer):
        found.append(Place(Item.Place.CLASS, group.school_id, group=group))
        if viewer.is_staff:
            found.append(Place(Item.Place.TEAM, group.school_id, group=group))
    return [*found, places.staff_place(viewer)] if rules.enters_staff(viewer) else found


def tops(viewer: Viewer, answers: Any) -> list[Folder]:
    """The folders at the top of the drive; in those of places one writes, by `answers`."""
    found = [
        Folder(
            place.name,
            partial(_inside, viewer, place, None),
            partial(_named, viewer, place, None),
            _top_facts(viewer, place),
            Held(place, None),
            answers,
        )
        for place in places_of(viewer)
    ]
    return [*found, Folder(_("Reçus"), partial(_received, viewer))]


# What lies there


def _inside(viewer: Viewer, place: Place, folder: Item | None) -> list[Folder | Document]:
    return _shown(viewer, place, lists.in_folder(viewer, place, folder))


def _named(viewer: Viewer, place: Place, folder: Item | None, name: str) -> Folder | Document | None:
    if PASSING.fullmatch(name):
        return _sidecar(viewer, place, folder, name)
    return next(iter(_shown(viewer, place, lists.in_folder(viewer, place, folder).filter(name=name))), None)


def sidecars_at(viewer: Viewer, place: Place, folder: Item | None, name: str) -> "QuerySet[Sidecar]":
    """What a program of this person put there for itself, under this name."""
    found: QuerySet[Sidecar] = Sidecar.objects.visible_to(viewer)
    return found.filter(place=place.key, folder=folder, name=name)


def _sidecar(viewer: Viewer, place: Place, folder: Item | None, name: str) -> Document | None:
    row = sidecars_at(viewer, place, folder, name).first()
    if row is None:
        return None
    content = bytes(row.content)
    digest = hashlib.sha256(content).hexdigest()
    return Document(name, "", "application/octet-stream", len(content), digest, row.kept_at, content=content)


def _shown(viewer: Viewer, place: Place, rows: "QuerySet[Item]") -> list[Folder | Document]:
    """As a file manager shows them: three queries, however many they are. What the antivirus removed is on its page alone."""
    items = [row for row in rows if row.file is None or row.file.state != StoredFile.State.REMOVED]
    noted, locks = _noted(rows), locks_by_item(rows)
    return [_node(viewer, place, item, noted.get(item.pk, {}), locks.get(item.pk, ())) for item in items]


def _node(
    viewer: Viewer, place: Place, item: Item, noted: Mapping[str, str], locks: Sequence[Lock]
) -> Folder | Document:
    facts: Facts = {name: partial(davwriting.from_text, content) for name, content in noted.items()}
    facts[dav("lockdiscovery")] = partial(_discovery, viewer, locks)
    facts[dav("supportedlock")] = davwriting.supported_locks
    if rules.keeps_present(viewer, item):
        facts[dav("current-user-privilege-set")] = partial(rights, *WRITES)
    if item.file:
        return document_of(item.file, item.name, item.changed_at, facts=facts, held=Held(place, item))
    facts |= _room_facts(viewer, place)
    facts[dav("getlastmodified")] = partial(changed_on, item.changed_at)
    facts[dav("creationdate")] = partial(made_on, item.made_at)
    return Folder(
        item.name,
        partial(_inside, viewer, place, item),
        partial(_named, viewer, place, item),
        facts,
        Held(place, item),
    )


def _top_facts(viewer: Viewer, place: Place) -> Facts:
    facts = _room_facts(viewer, place)
    if rules.adds_in(viewer, place.kind, None):
        facts[dav("current-user-privilege-set")] = partial(rights, *WRITES)
    return facts


def _room_facts(viewer: Viewer, place: Place) -> Facts:
    """How much room is left (RFC 4331), to whoever asks."""
    return {
        dav("quota-available-bytes"): lambda: str(places.room_of(viewer, place).left),
        dav("quota-used-bytes"): lambda: str(places.room_of(viewer, place).used),
    }


def _received(viewer: Viewer) -> list[Folder | Document]:
    """What others share with this seat, to be read."""
    return [_read_only(viewer, item) for item in lists.received(viewer)]


def _read_only(viewer: Viewer, item: Item) -> Folder | Document:
    if item.file:
        return document_of(item.file, item.name, item.changed_at)
    return Folder(item.name, partial(_held_by_shared, viewer, item))


def _held_by_shared(viewer: Viewer, folder: Item) -> list[Folder | Document]:
    rows = Item.objects.visible_to(viewer).present().filter(parent=folder).select_related("file")
    return [_read_only(viewer, item) for item in rows]


# At an address


@dataclass(frozen=True)
class Spot:
    """Where something may be written: a name in a folder of a place, and what bears it now."""

    place: Place
    folder: Item | None
    name: str
    item: Item | None

    @property
    def is_fit(self) -> bool:
        """Does every system accept this name, as it is written?"""
        return drive_name(self.name) == self.name


def spot_in(viewer: Viewer, parent: Held, name: str, found: Folder | Document | None) -> Spot:
    """What a name leads to in a folder; what the antivirus removed is found too, to be replaced."""
    held = getattr(found, "held", None)
    item = held.item if held else None
    if item is None:
        item = lists.in_folder(viewer, parent.place, parent.item).filter(name=name).first()
    return Spot(parent.place, parent.item, name, item)


# Locks and properties


def locks_by_item(rows: "QuerySet[Item]") -> dict[int, list[Lock]]:
    """The locks that hold each of these, those of the folders above included (one query)."""
    found: dict[int, list[Lock]] = {}
    reach = Q(item__holds__depth=0) | Q(is_deep=True)
    locks = Lock.objects.live(timezone.now()).filter(
        reach, item__holds__item__in=rows.order_by().values("pk")
    )
    for lock in locks.annotate(on=F("item__holds__item_id")).select_related("person"):
        found.setdefault(lock.on, []).append(lock)
    return found


def locks_on(item: Item) -> list[Lock]:
    """The locks that hold it (one query)."""
    return locks_by_item(Item.objects.filter(pk=item.pk)).get(item.pk, [])


def locks_below(item: Item) -> list[Lock]:
    """Those of what lies in it, at any depth."""
    below = Nesting.objects.filter(above=item, depth__gt=0).values("item_id")
    return list(Lock.objects.live(timezone.now()).filter(item__in=below))


def active(viewer: Viewer, lock: Lock, now: datetime) -> ActiveLock:
    """A lock as a program reads it; the token of somebody else's is nobody's business, and opens nothing."""
    return ActiveLock(
        lock.token,
        address_of(lock.item_id),
        lock.scope == Lock.Scope.EXCLUSIVE,
        lock.is_deep,
        lock.ends_at - now,
        lock.said if lock.person_id == viewer.person.pk else "",
    )


def _discovery(viewer: Viewer, locks: Iterable[Lock]) -> Any:
    now = timezone.now()
    return davwriting.discovery([active(viewer, lock, now) for lock in locks])


def address_of(item: int) -> str:
    """Where it lies on the drive of whoever enters its place."""
    rows = list(Nesting.objects.filter(item=item).order_by("-depth").values_list("above__name", flat=True))
    top = Item.objects.select_related("group").get(pk=item)
    return address(reverse("files:drive"), drive_name(places.place_of(top).name), *rows, folder=top.is_folder)


def _noted(rows: "QuerySet[Item]") -> dict[int, dict[str, str]]:
    """What programs noted of each of these (one query)."""
    found: dict[int, dict[str, str]] = {}
    for row in Property.objects.filter(item__in=rows.order_by().values("pk")):
        found.setdefault(row.item_id, {})[row.name] = row.content
    return found
