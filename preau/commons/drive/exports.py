"""A folder taken away as one archive, written on the disk first: however heavy, it takes no more memory than a page."""

from collections.abc import Sequence
from tempfile import TemporaryFile
from typing import IO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from django.utils.translation import gettext as _

from preau.commons.drive import rules
from preau.commons.drive.models import Item
from preau.commons.files.models import StoredFile
from preau.directory.viewer import Viewer
from preau.foundation import vault
from preau.foundation.filekinds import drive_name, each_once
from preau.foundation.uploads import CHUNK


class TooHeavy(Exception):
    """More than an archive may hold."""


def items_of(viewer: Viewer, folder: Item | None) -> list[Item]:
    """What the viewer sees in a folder, at any depth; without one, all that is their own (one query). Raises TooHeavy."""
    seen = Item.objects.visible_to(viewer).present()
    found = seen.below(folder.pk) if folder else seen.filter(owner=viewer.person.pk)
    rows = list(found.select_related("file").order_by("pk")[: rules.ZIP_FILES + 1])
    weight = sum(row.file.size for row in rows if row.file)
    if len(rows) > rules.ZIP_FILES or weight > rules.ZIP_SIZE:
        raise TooHeavy
    return rows


def archive_of(folder: Item | None, rows: Sequence[Item]) -> IO[bytes]:
    """These documents under the names of their folders; what is held back by the antivirus, or gone, is left out."""
    target = TemporaryFile()  # noqa: SIM115 - whoever answers closes it
    names = _paths(folder, rows)
    with ZipFile(target, "w", ZIP_STORED) as archive:
        for row in rows:
            if row.file is None:
                archive.writestr(ZipInfo(f"{names[row.pk]}/"), b"")
            elif row.file.state == StoredFile.State.READY:
                _add(archive, names[row.pk], row)
    target.seek(0)
    return target


def plain_name(folder: Item | None) -> str:
    """Its name, for the file that a browser keeps."""
    return drive_name(folder.name if folder else _("Mes fichiers"))


def _add(archive: ZipFile, name: str, row: Item) -> None:
    if row.file is None:
        return
    at = row.changed_at.timetuple()[:6]
    try:
        source = vault.path_of(row.file.public_id).open("rb")
    except FileNotFoundError:
        return
    info = ZipInfo(name, at)
    info.external_attr = 0o600 << 16
    with source, archive.open(info, "w", force_zip64=True) as target:
        while chunk := source.read(CHUNK):
            target.write(chunk)


def _paths(folder: Item | None, rows: Sequence[Item]) -> dict[int, str]:
    """The path of each, made of names that every system accepts."""
    children: dict[int | None, list[Item]] = {}
    for row in rows:
        children.setdefault(row.parent_id, []).append(row)
    top = folder.pk if folder else None
    paths = {top: drive_name(folder.name) if folder else drive_name(_("Mes fichiers"))}
    waiting = [top]
    while waiting:
        above = waiting.pop()
        inside = children.get(above, [])
        for row, name in zip(inside, each_once(drive_name(one.name) for one in inside), strict=True):
            paths[row.pk] = f"{paths[above]}/{name}"
            waiting.append(row.pk)
    return {row.pk: paths[row.pk] for row in rows if row.pk in paths}
