"""Putting documents and folders somewhere, changing them, versions: two gestures in one place wait for each other."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import PurePath
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.commons.drive import rules
from preau.commons.drive.actions import reading, sharing
from preau.commons.drive.models import Item, Nesting, Property, Version
from preau.commons.drive.models.items import LONGEST_NAME
from preau.commons.drive.queries import places
from preau.commons.drive.queries.places import Place
from preau.commons.files import actions as files
from preau.commons.files.models import StoredFile
from preau.commons.files.rules import Limits
from preau.directory.models import Enrolment
from preau.directory.viewer import Viewer
from preau.foundation import journal
from preau.foundation.locks import lock
from preau.foundation.text import fold
from preau.foundation.uploads import NoRoom

# A second click finds what the first has made.
SAME_GESTURE = timedelta(minutes=1)
NUMBER = re.compile(r" \((\d{1,4})\)$")


class Refusal(Exception):
    """Why nothing was done, in a sentence to show."""


class NoRoomThere(Refusal):
    """The same, because the place is full."""


def full() -> str:
    return _("Il n’y a plus assez de place ici : videz la corbeille, ou envoyez plus léger.")


def not_there() -> str:
    return _("Ce document n’est plus là.")


# Adding


def add_files(
    viewer: Viewer, place: Place, folder: Item | None, sent: Sequence[Any], limits: Limits = rules.KEPT
) -> list[Item]:
    """Put files in a folder, all or none; a second click finds those of the first. Raises UploadRefused, Refusal."""
    if sum(one.size for one in sent) > places.room_of(viewer, place).left:
        raise NoRoom(full())
    kept = files.keep(viewer, place.school_id, sent, limits)
    return put(viewer, place, folder, kept)


@transaction.atomic
def put(viewer: Viewer, place: Place, folder: Item | None, kept: Sequence[StoredFile]) -> list[Item]:
    """Give stored files a place, each under a name that nothing else has there. Raises Refusal."""
    hold(place)
    folder = _folder_now(folder)
    _refuse_outside(viewer, place, folder)
    return [_document(viewer, place, folder, file) for file in kept]


@transaction.atomic
def put_named(viewer: Viewer, place: Place, folder: Item | None, name: str, file: StoredFile) -> Item:
    """Give a stored file this very name, for who asked for it by its address. Raises Refusal where something else bears it."""
    hold(place)
    folder = _folder_now(folder)
    _refuse_outside(viewer, place, folder)
    _refuse_taken(place, folder, name)
    return _first_version(viewer, _new(viewer, place, folder, name, file=file, versions=1), file)


def _document(viewer: Viewer, place: Place, folder: Item | None, file: StoredFile) -> Item:
    known = _inside(place, folder).filter(file=file).first()
    if known:
        return known
    name = free_name(place, folder, file.name)
    return _first_version(viewer, _new(viewer, place, folder, name, file=file, versions=1), file)


def _first_version(viewer: Viewer, item: Item, file: StoredFile) -> Item:
    Version.objects.create(item=item, number=1, file=file, made_by=viewer.person, made_at=item.made_at)
    reading.document_kept.send(Item, file_id=file.pk)
    journal.record(viewer, "drive.added", item)
    return item


def _new(viewer: Viewer, place: Place, folder: Item | None, name: str, **facts: Any) -> Item:
    now = timezone.now()
    handed = (
        folder is not None
        and folder.pupils_may == Item.PupilsMay.HAND_IN
        and not viewer.is_staff
        and place.kind == Item.Place.CLASS
    )
    item: Item = Item.objects.create(
        **place.facts,
        parent=folder,
        name=name,
        search_name=fold(name),
        made_by=viewer.person,
        made_at=now,
        changed_at=now,
        is_handed_in=handed,
        **facts,
    )
    nest(item)
    return item


def nest(item: Item) -> None:
    """Write in which folders it lies, as its parent says."""
    above = (
        Nesting.objects.filter(item=item.parent_id).values_list("above_id", "depth") if item.parent_id else []
    )
    rows = [Nesting(item=item, above_id=pk, depth=depth + 1) for pk, depth in above]
    Nesting.objects.bulk_create([Nesting(item=item, above=item, depth=0), *rows])


@transaction.atomic
def add_folder(
    viewer: Viewer, place: Place, folder: Item | None, name: str, pupils_may: str = Item.PupilsMay.READ
) -> Item:
    """A new folder; the one of that name where there is one. Raises Refusal."""
    hold(place)
    folder = _folder_now(folder)
    _refuse_outside(viewer, place, folder)
    known = _inside(place, folder).filter(name=name, is_folder=True).first()
    if known:
        return known
    if folder is not None and (depth_of(folder) >= rules.DEEPEST or folder.is_handed_in):
        raise Refusal(_("Ce dossier est déjà très profond : créez l’autre plus haut."))
    if folder is not None and folder.pupils_may == Item.PupilsMay.HAND_IN:
        raise Refusal(_("Un dossier où les élèves remettent leur travail ne contient pas d’autre dossier."))
    made = _new(viewer, place, folder, free_name(place, folder, name), is_folder=True, pupils_may=pupils_may)
    journal.record(viewer, "drive.folder_added", made)
    return made


def depth_of(item: Item) -> int:
    """How many folders lead to it, itself included."""
    return Nesting.objects.filter(item=item).count()


def hold(place: Place) -> None:
    """Wait until nobody else changes anything in this place."""
    lock(*place.row)


def _folder_now(folder: Item | None) -> Item | None:
    """The folder as it is now that the place is held. Raises Refusal when it has gone meanwhile."""
    if folder is None:
        return None
    now: Item | None = Item.objects.present().filter(pk=folder.pk, is_folder=True).first()
    if now is None:
        raise Refusal(_("Ce dossier n’est plus là : il a été déplacé ou mis à la corbeille."))
    return now


def _refuse_outside(viewer: Viewer, place: Place, folder: Item | None) -> None:
    if folder is not None and not Item.objects.filter(place.where, pk=folder.pk).exists():
        raise Refusal(_("Ce dossier n’est pas dans ce lieu."))
    if not rules.adds_in(viewer, place.kind, folder):
        raise Refusal(_("Dans la classe, on ajoute dans les dossiers que le professeur a ouverts."))


def _refuse_taken(place: Place, folder: Item | None, name: str, but: int | None = None) -> None:
    if _inside(place, folder).filter(name=name).exclude(pk=but).exists():
        raise Refusal(_("Un autre porte déjà ce nom ici : choisissez-en un autre."))


def _inside(place: Place, folder: Item | None) -> Any:
    rows = Item.objects.present()
    return rows.filter(parent=folder) if folder else rows.filter(place.where, parent=None)


def free_name(place: Place, folder: Item | None, name: str, but: int | None = None) -> str:
    """The name, or « name (2).pdf » where something else bears it there."""
    taken = set(_inside(place, folder).exclude(pk=but).values_list("name", flat=True))
    if name not in taken:
        return name
    suffix = PurePath(name).suffix if "." in name[1:] else ""
    stem = NUMBER.sub("", name.removesuffix(suffix))
    number = 2
    while (free := f"{stem[: LONGEST_NAME - len(suffix) - 8]} ({number}){suffix}") in taken:
        number += 1
    return free


# Changing


@dataclass(frozen=True)
class Change:
    """What an item becomes: its name, and its folder in the same place. "" leaves what pupils may do in it, None what a picture shows."""

    name: str
    folder: Item | None
    pupils_may: str = ""
    description: str | None = None


@transaction.atomic
def change(viewer: Viewer, item: Item, wanted: Change) -> bool:
    """False when nothing changes. Raises Refusal."""
    place = places.place_of(item)
    hold(place)
    item = lock(Item, item.pk, "group")
    if not rules.keeps_present(viewer, item):
        raise Refusal(not_there())
    name, folder = wanted.name, _folder_now(wanted.folder)
    moved = (folder.pk if folder else None) != item.parent_id
    if moved:
        _refuse_move(viewer, place, item, folder)
    if name != item.name:
        _refuse_taken(place, folder, name, item.pk)
    way = wanted.pupils_may if wanted.pupils_may and rules.opens_to_pupils(viewer, item) else item.pupils_may
    description = item.description if wanted.description is None else wanted.description
    if not moved and (name, way, description) == (item.name, item.pupils_may, item.description):
        return False
    item.name = free_name(place, folder, name, item.pk) if moved else name
    item.search_name, item.parent, item.pupils_may = fold(item.name), folder, way
    item.description = description
    if moved:
        item.is_handed_in = folder is not None and item.made_by_id in _handing_in(folder)
    item.save(update_fields=["name", "search_name", "parent", "pupils_may", "description", "is_handed_in"])
    if moved:
        nest_again(item)
    # What pupils had put in a folder before it became one where each sees their own alone.
    Item.objects.filter(parent=item, made_by__in=_handing_in(item)).update(is_handed_in=True)
    journal.record(viewer, "drive.moved" if moved else "drive.changed", item)
    return True


def _handing_in(folder: Item) -> set[int]:
    """The pupils whose documents are theirs alone in this folder; nobody where it is not one of handing in."""
    if folder.pupils_may != Item.PupilsMay.HAND_IN or folder.group_id is None:
        return set()
    return set(Enrolment.objects.filter(group=folder.group_id).values_list("pupil_id", flat=True))


def _refuse_move(viewer: Viewer, place: Place, item: Item, folder: Item | None) -> None:
    _refuse_outside(viewer, place, folder)
    if folder is None:
        return
    if Nesting.objects.filter(item=folder, above=item).exists():
        raise Refusal(_("Un dossier ne se range pas dans lui-même."))
    deepest = Nesting.objects.filter(above=item).aggregate(most=Max("depth"))["most"] or 0
    if item.is_folder and depth_of(folder) + deepest >= rules.DEEPEST:
        raise Refusal(_("Ce dossier serait trop profond : rangez-le plus haut."))
    if item.is_folder and folder.pupils_may == Item.PupilsMay.HAND_IN:
        raise Refusal(_("Un dossier où les élèves remettent leur travail ne contient pas d’autre dossier."))


def nest_again(item: Item) -> None:
    """An item that moved, and all that it holds, lie below its new folder."""
    held = list(Nesting.objects.filter(above=item).values_list("item_id", "depth"))
    ids = [pk for pk, _depth in held]
    Nesting.objects.filter(item__in=ids).exclude(above__in=ids).delete()
    above = (
        list(Nesting.objects.filter(item=item.parent_id).values_list("above_id", "depth"))
        if item.parent_id
        else []
    )
    Nesting.objects.bulk_create(
        [Nesting(item_id=pk, above_id=high, depth=depth + up + 1) for pk, depth in held for high, up in above]
    )


@transaction.atomic
def copy(viewer: Viewer, item: Item, place: Place, folder: Item | None, name: str = "") -> Item:
    """The same document, or folder with all that it holds, in another place, and under another name if it is said; the bytes are kept
    once. Raises Refusal."""
    hold(place)
    folder = _folder_now(folder)
    _refuse_outside(viewer, place, folder)
    rows = list(
        Item.objects.visible_to(viewer)
        .present()
        .below(item.pk)
        .select_related("file")
        .order_by("pk")[: rules.MOST_COPIED + 1]
    )
    if len(rows) > rules.MOST_COPIED:
        raise Refusal(_("Ce dossier contient trop de documents pour être copié d’un coup."))
    if sum(row.file.size for row in rows if row.file) > places.room_of(viewer, place).left:
        raise NoRoomThere(_("Il n’y a plus assez de place là-bas."))
    children: dict[int | None, list[Item]] = {}
    for row in rows:
        children.setdefault(row.parent_id, []).append(row)
    again = None if name else _copied_just_now(viewer, item, place, folder)
    if again:
        return again
    whole = next(row for row in rows if row.pk == item.pk)
    if name:
        whole.name = name
    twins: dict[int, Item] = {}
    made = _copied(viewer, whole, place, folder, _Tree(children, twins))
    copy_properties(twins)
    # Whoever copies a document may read the copy: to its owner, it is opened.
    sharing.note_openings(viewer, rows)
    journal.record(viewer, "drive.copied", made, count=len(rows))
    return made


def _copied_just_now(viewer: Viewer, item: Item, place: Place, folder: Item | None) -> Item | None:
    """The copy of a first click."""
    stem = NUMBER.sub("", item.name.partition(".")[0])
    rows = _inside(place, folder).filter(
        made_by=viewer.person, made_at__gte=timezone.now() - SAME_GESTURE, name__startswith=stem
    )
    found: Item | None = rows.filter(file=item.file, is_folder=item.is_folder).exclude(pk=item.pk).first()
    return found


@dataclass(frozen=True)
class _Tree:
    """What lies in each folder, and what each became."""

    children: dict[int | None, list[Item]]
    twins: dict[int, Item]


def _copied(viewer: Viewer, item: Item, place: Place, folder: Item | None, tree: _Tree) -> Item:
    name = free_name(place, folder, item.name)
    if item.file is None:
        made = _new(viewer, place, folder, name, is_folder=True)
        tree.twins[item.pk] = made
        for child in tree.children.get(item.pk, ()):
            _copied(viewer, child, place, made, tree)
        return made
    made = _new(viewer, place, folder, name, file=item.file, versions=1, description=item.description)
    tree.twins[item.pk] = made
    Version.objects.create(item=made, number=1, file=item.file, made_by=viewer.person, made_at=made.made_at)
    return made


def copy_properties(twins: dict[int, Item]) -> None:
    """What programs noted of each goes with its copy."""
    noted = Property.objects.filter(item__in=list(twins))
    Property.objects.bulk_create(
        Property(item=twins[row.item_id], name=row.name, content=row.content) for row in noted
    )


# Versions


def add_version(viewer: Viewer, item: Item, sent: Any) -> bool:
    """Put a newer file in the place of the last; False when it is the same. Raises UploadRefused, Refusal."""
    place = places.place_of(item)
    if sent.size > places.room_of(viewer, place).left:
        raise NoRoom(full())
    (file,) = files.keep(viewer, item.school_id, [sent], rules.KEPT)
    return replace(viewer, item, file)


@transaction.atomic
def replace(viewer: Viewer, item: Item, file: StoredFile) -> bool:
    """Make a stored file the last version; False when it is that one already. Raises Refusal."""
    item = lock(Item, item.pk, "file")
    if not rules.adds_version(viewer, item):
        raise Refusal(not_there())
    if item.file_id == file.pk or (item.file and item.file.digest == file.digest):
        return False
    now = timezone.now()
    # A file that a program made empty before it wrote in it is no version.
    item.all_versions.filter(file__size=0).delete()
    item.versions = (item.all_versions.aggregate(last=Max("number"))["last"] or 0) + 1
    Version.objects.create(item=item, number=item.versions, file=file, made_by=viewer.person, made_at=now)
    item.file, item.changed_at = file, now
    item.save(update_fields=["file", "changed_at", "versions"])
    item.all_versions.filter(number__lte=item.versions - rules.MOST_VERSIONS).delete()
    reading.document_kept.send(Item, file_id=file.pk)
    journal.record(viewer, "drive.version_added", item, number=item.versions)
    return True


@transaction.atomic
def restore_version(viewer: Viewer, version: Version) -> bool:
    """A former version is the last again: one more, so that nothing of what followed is lost. Raises Refusal."""
    return replace(viewer, version.item, version.file)
