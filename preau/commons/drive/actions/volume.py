"""What a file manager does: the gestures of the pages, at an address, and held back by the locks of others; locks, and properties."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import timedelta
from io import BytesIO
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.commons.drive import rules
from preau.commons.drive.actions import keeping, leaving
from preau.commons.drive.models import Item, Lock, Nesting, Property, Sidecar
from preau.commons.drive.models.volume import MOST_PROPERTIES, MOST_SIDECARS
from preau.commons.drive.queries import lists, places, volume
from preau.commons.drive.queries.places import Place
from preau.commons.drive.queries.volume import Spot
from preau.commons.files import actions as files
from preau.commons.files.models import StoredFile
from preau.directory.viewer import Viewer
from preau.foundation import antivirus
from preau.foundation.antivirus import Verdict
from preau.foundation.davwriting import LockRequest, PropertyChange
from preau.foundation.uploads import NoRoom, UploadRefused

A_DAY = timedelta(days=1)
Tokens = frozenset[str]
Locks = Sequence[Lock]


class Held(Exception):
    """Somebody else writes there: these locks hold it."""

    def __init__(self, locks: Iterable[Lock]) -> None:
        super().__init__()
        self.locks = list(locks)


class NotThere(Exception):
    """A lock that does not hold this, or that is another's."""


# Writing


def write(viewer: Viewer, spot: Spot, sent: Any, tokens: Tokens) -> tuple[Item, bool]:
    """Make what was sent the document of this name, or its last version; is it new? Raises UploadRefused, Refusal, Held."""
    if sent.size > places.room_of(viewer, spot.place).left:
        raise NoRoom(keeping.full())
    (file,) = files.keep(viewer, spot.place.school_id, [sent], rules.WRITTEN)
    return _written(viewer, spot, file, tokens)


@transaction.atomic
def _written(viewer: Viewer, spot: Spot, file: StoredFile, tokens: Tokens) -> tuple[Item, bool]:
    spot = _now(viewer, spot)
    _refuse_held(viewer, spot, tokens)
    if spot.item is None:
        return keeping.put_named(viewer, spot.place, spot.folder, spot.name, file), True
    keeping.replace(viewer, spot.item, file)
    return spot.item, False


def _now(viewer: Viewer, spot: Spot) -> Spot:
    """The same once the place is held: what another has put there meanwhile is found."""
    keeping.hold(spot.place)
    if spot.item is not None:
        return spot
    rows = lists.in_folder(viewer, spot.place, spot.folder).filter(name=spot.name, is_folder=False)
    return Spot(spot.place, spot.folder, spot.name, rows.first())


@transaction.atomic
def make_folder(viewer: Viewer, spot: Spot, tokens: Tokens) -> Item:
    """A new folder; a pupil's in a folder where pupils add is one of the same kind. Raises Refusal, Held."""
    keeping.hold(spot.place)
    _refuse_held(viewer, spot, tokens)
    way = Item.PupilsMay.READ if viewer.is_staff or spot.folder is None else spot.folder.pupils_may
    return keeping.add_folder(viewer, spot.place, spot.folder, spot.name, way)


@transaction.atomic
def throw(viewer: Viewer, spot: Spot, tokens: Tokens) -> None:
    """To the bin, with all that it holds; its locks go. Raises Held."""
    if spot.item is None:
        return
    keeping.hold(spot.place)
    _refuse_held(viewer, spot, tokens, with_inside=True)
    _gone(viewer, spot.item)


def _gone(viewer: Viewer, item: Item) -> None:
    if not leaving.trash(viewer, item):
        raise keeping.Refusal(keeping.not_there())
    _free_below(item)


def _free_below(item: Item) -> None:
    Lock.objects.filter(item__in=Nesting.objects.filter(above=item).values("item_id")).delete()


@transaction.atomic
def move(viewer: Viewer, here: Spot, there: Spot, tokens: Tokens) -> None:
    """Another name, another folder, another place. Over a document, a document becomes its last version: what was there stays among the
    former ones, as programs that save beside then rename expect. Raises Refusal, Held."""
    item = _held_together(viewer, here, there, tokens)
    _refuse_held(viewer, here, tokens, with_inside=True)
    if _becomes_version(viewer, item, there):
        _gone(viewer, item)
        return
    _make_way(viewer, there)
    if here.place.key == there.place.key:
        keeping.change(viewer, item, keeping.Change(there.name, there.folder))
        _free_below(item)
        return
    keeping.copy(viewer, item, there.place, there.folder, there.name)
    _gone(viewer, item)


@transaction.atomic
def copy(viewer: Viewer, here: Spot, there: Spot, tokens: Tokens, *, is_whole: bool = True) -> None:
    """The same elsewhere; of a folder, alone or with what it holds. Raises Refusal, Held."""
    item = _held_together(viewer, here, there, tokens)
    if _becomes_version(viewer, item, there):
        return
    _make_way(viewer, there)
    if item.is_folder and not is_whole:
        keeping.add_folder(viewer, there.place, there.folder, there.name)
        return
    keeping.copy(viewer, item, there.place, there.folder, there.name)


def _held_together(viewer: Viewer, here: Spot, there: Spot, tokens: Tokens) -> Item:
    """Two people who move things crosswise wait in the same order."""
    if here.item is None:
        raise keeping.Refusal(keeping.not_there())
    for place in _in_order(here.place, there.place):
        keeping.hold(place)
    _refuse_held(viewer, there, tokens, with_inside=True)
    return here.item


def _in_order(*found: Place) -> list[Place]:
    return sorted(found, key=lambda place: (place.row[0].__name__, place.row[1]))


def _becomes_version(viewer: Viewer, item: Item, there: Spot) -> bool:
    if there.item is None or item.file is None or there.item.is_folder:
        return False
    if there.place.key != places.place_of(item).key:
        room = places.room_of(viewer, there.place).left
        if item.file.size > room:
            raise keeping.NoRoomThere(keeping.full())
    keeping.replace(viewer, there.item, item.file)
    Property.objects.filter(item=there.item).delete()
    keeping.copy_properties({item.pk: there.item})
    return True


def _make_way(viewer: Viewer, there: Spot) -> None:
    if there.item is not None:
        _gone(viewer, there.item)


# Locks


def _refuse_held(viewer: Viewer, spot: Spot, tokens: Tokens, *, with_inside: bool = False) -> None:
    """Raises Held: what is written there, or the folder whose list changes, is locked by others, or by a lock that is not shown."""
    held: list[Locks] = [volume.locks_on(spot.item)] if spot.item else []
    if spot.folder is not None and (spot.item is None or with_inside):
        held.append(volume.locks_on(spot.folder))
    if spot.item and with_inside:
        held += _by_root(volume.locks_below(spot.item))
    refused = [lock for locks in held if not _is_open(viewer, locks, tokens) for lock in locks]
    if refused:
        raise Held(refused)


def _by_root(locks: Locks) -> list[Locks]:
    roots: dict[int, list[Lock]] = {}
    for lock in locks:
        roots.setdefault(lock.item_id, []).append(lock)
    return list(roots.values())


def _is_open(viewer: Viewer, locks: Locks, tokens: Tokens) -> bool:
    """Of those that hold one thing, showing one's own is enough."""
    return not locks or any(lock.token in tokens and lock.person_id == viewer.person.pk for lock in locks)


def refuse_held(viewer: Viewer, spot: Spot, tokens: Tokens) -> None:
    """The same before anything is sent: nobody waits for 200 MB to hear it. Raises Held."""
    _refuse_held(viewer, spot, tokens)


@transaction.atomic
def lock(viewer: Viewer, spot: Spot, wanted: LockRequest, tokens: Tokens) -> tuple[Lock, bool]:
    """Hold a document, made empty where there is none, or a folder; was it made? Raises Held, Refusal, UploadRefused."""
    made = False
    if spot.item is None:
        item, made = write(viewer, spot, _Nothing(spot.name), tokens)
    else:
        keeping.hold(spot.place)
        item = spot.item
    _refuse_conflict(item, wanted)
    now = timezone.now()
    found = Lock.objects.create(
        item=item,
        token=f"urn:uuid:{uuid.uuid4()}",
        person=viewer.person,
        scope=Lock.Scope.EXCLUSIVE if wanted.is_exclusive else Lock.Scope.SHARED,
        is_deep=wanted.is_deep and item.is_folder,
        said=wanted.said,
        made_at=now,
        ends_at=now + wanted.lasts,
    )
    return found, made


class _Nothing:
    """A file of no bytes."""

    size = 0

    def __init__(self, name: str) -> None:
        self.name = name

    def read(self, _count: int = -1) -> bytes:
        return b""

    def seek(self, _at: int, _whence: int = 0) -> int:
        return 0


def _refuse_conflict(item: Item, wanted: LockRequest) -> None:
    found = list(volume.locks_on(item))
    if wanted.is_deep:
        found += volume.locks_below(item)
    against = [one for one in found if wanted.is_exclusive or one.scope == Lock.Scope.EXCLUSIVE]
    if against:
        raise Held(against)


@transaction.atomic
def refresh(viewer: Viewer, item: Item, tokens: Tokens, lasts: timedelta) -> Lock:
    """Keep one's own lock a while longer. Raises NotThere."""
    found = next((one for one in _own(viewer, item) if one.token in tokens), None)
    if found is None:
        raise NotThere
    found.ends_at = timezone.now() + lasts
    found.save(update_fields=["ends_at"])
    return found


@transaction.atomic
def unlock(viewer: Viewer, item: Item, token: str) -> None:
    """Let go of it. Raises NotThere."""
    found = next((one for one in _own(viewer, item) if one.token == token), None)
    if found is None:
        raise NotThere
    found.delete()


def _own(viewer: Viewer, item: Item) -> Locks:
    return [one for one in volume.locks_on(item) if one.person_id == viewer.person.pk]


def erase_ended() -> int:
    """Those that have run out, and what programs put beside documents since a day."""
    now = timezone.now()
    left = Sidecar.objects.filter(kept_at__lte=now - A_DAY).delete()[0]
    return left + Lock.objects.filter(ends_at__lte=now).delete()[0]


def forget_locks(person_id: int) -> int:
    return Lock.objects.filter(person=person_id).delete()[0]


# Properties


@transaction.atomic
def note_properties(viewer: Viewer, spot: Spot, changes: Iterable[PropertyChange], tokens: Tokens) -> None:
    """Write and remove what a program notes of a document, in its order, all or nothing. Raises Refusal, Held."""
    if spot.item is None or not rules.keeps_present(viewer, spot.item):
        raise keeping.Refusal(keeping.not_there())
    keeping.hold(spot.place)
    _refuse_held(viewer, spot, tokens)
    for one in changes:
        row = Property.objects.filter(item=spot.item, name=one.name)
        if one.content is None:
            row.delete()
        elif not row.update(content=one.content):
            Property.objects.create(item=spot.item, name=one.name, content=one.content)
    if Property.objects.filter(item=spot.item).count() > MOST_PROPERTIES:
        raise keeping.NoRoomThere(keeping.full())


# What programs put beside


@transaction.atomic
def keep_sidecar(viewer: Viewer, above: volume.Held, name: str, content: bytes) -> None:
    """Keep what a program puts beside a document for itself, in the place of the last. Raises UploadRefused."""
    if antivirus.verdict_of(BytesIO(content)) == Verdict.INFECTED:
        raise UploadRefused(_("Ce fichier contient un virus : il n’est pas gardé."))
    facts = {"content": content, "kept_at": timezone.now()}
    if volume.sidecars_at(viewer, above.place, above.item, name).update(**facts):
        return
    if Sidecar.objects.visible_to(viewer).count() >= MOST_SIDECARS:
        raise NoRoom(keeping.full())
    Sidecar.objects.create(
        person=viewer.person, place=above.place.key, folder=above.item, name=name[:240], **facts
    )


def drop_sidecar(viewer: Viewer, above: volume.Held, name: str) -> bool:
    return volume.sidecars_at(viewer, above.place, above.item, name).delete()[0] > 0


def forget_sidecars(person_id: int) -> int:
    return Sidecar.objects.filter(person=person_id).delete()[0]
