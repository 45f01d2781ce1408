"""A backup brought back: everything is opened and weighed beside before anything of this machine is touched."""

import json
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection

from preau.foundation import boards
from preau.foundation.backups import engines, media, place, sealing
from preau.foundation.backups.faults import BackupRefused, said
from preau.foundation.backups.place import Manifest, Place

UNTOUCHED = "nothing of this machine was touched"
Tell = Callable[[str], None]


def choose(root: Path, name: str, tell: Tell) -> Path:
    """The backup of that name, or the last whole one. Raises BackupRefused."""
    kept = Place(root)
    if name:
        if not (root / name).is_dir():
            raise BackupRefused(f"there is no backup {name} in {root}.")
        return root / name
    for left in kept.unfinished():
        tell(f"{left.name} was cut short: passed over.")
    whole = []
    for folder in kept.folders():
        if (folder / place.MANIFEST).is_file():
            whole.append(folder)
        else:
            tell(f"{folder.name} was cut short: passed over.")
    if not whole:
        raise BackupRefused(f"there is no whole backup in {root}.")
    return whole[-1]


def bring(
    folder: Path, identities: Sequence[Any], ledgers: Sequence[Path], *, replace: bool, tell: Tell
) -> bool:
    """Bring it back, then erase again, end sessions, build again; whether all that was counted is there. Raises BackupRefused."""
    manifest = place.read_manifest(folder)
    _look_at(folder, manifest, replace=replace)
    replays = read_ledgers([*ledgers, *Place(folder.parent).ledgers()])
    room = Path(settings.VAR_DIR) / "backups"
    with said(UNTOUCHED):
        room.mkdir(exist_ok=True, mode=0o700)
    with TemporaryDirectory(dir=room) as passing:
        beside = Path(passing)
        with said(UNTOUCHED):
            files = _open_all(folder, beside, identities)
        engines.bring_back(beside / "database", replace=replace)
        is_whole = _is_counted(manifest, tell)
        _move_in(beside / "media")
        tell(f"{len(files)} files are back.")
    call_command("migrate", interactive=False, verbosity=0)
    _afterwards(replays, tell)
    found = media.verify(_now())
    tell(
        f"Files: {found.right} right, {len(found.missing)} missing, {len(found.changed)} changed, {len(found.unknown)} unknown."
    )
    return is_whole and not (found.missing or found.changed)


def _look_at(folder: Path, manifest: Manifest, *, replace: bool) -> None:
    if faults := list(Place(folder.parent).faults_of(folder, manifest)):
        more = f", and {len(faults) - 3} more" if len(faults) > 3 else ""
        raise BackupRefused(f"{folder.name} is not whole: {'; '.join(faults[:3])}{more}.")
    if manifest.engine != connection.vendor:
        raise BackupRefused(
            f"that backup is of {manifest.engine}, and DATABASE_URL names {connection.vendor}."
        )
    if newer := engines.unknown_to_this_code(manifest.migrations):
        raise BackupRefused(
            f"that backup was made by a newer Préau ({manifest.version}): this code does not know {newer[0]}. Install that version, or a later one."
        )
    if not replace and not engines.is_empty():
        raise BackupRefused("the database is not empty: name an empty one, or say --replace.")
    if not replace and any(True for _one in media.walk()):
        raise BackupRefused(f"{settings.MEDIA_ROOT} is not empty: name an empty VAR_DIR, or say --replace.")


def read_ledgers(paths: Sequence[Path]) -> list[Callable[[], str]]:
    """What is to be erased again, signatures looked at first. Raises BackupRefused."""
    replays = []
    for entry in boards.ledgers:
        mine = [path for path in paths if path.stem.endswith(entry.key) or len(boards.ledgers) == 1]
        try:
            replays.append(entry.read([path.read_bytes() for path in mine]))
        except (OSError, ValueError) as error:
            raise BackupRefused(f"what was erased since cannot be read, {UNTOUCHED}: {error}") from error
    return replays


def _open_all(folder: Path, beside: Path, identities: Sequence[Any]) -> dict[str, tuple[str, str, int]]:
    """The database and every file, opened and weighed. Raises BackupRefused."""
    sealing.open_sealed(folder / place.FILES, beside / "files", identities)
    files = json.loads((beside / "files").read_bytes())
    sealing.open_sealed(folder / place.DATABASE, beside / "database", identities)
    target = beside / "media"
    known: dict[str, Path] = {}
    target.mkdir(mode=settings.FOLDERS_MODE)
    for inner, (name, digest, size) in files.items():
        path = target / inner
        if not path.resolve().is_relative_to(target.resolve()):
            raise BackupRefused(f"{folder.name} names a file outside of its folder.")
        path.parent.mkdir(parents=True, exist_ok=True, mode=settings.FOLDERS_MODE)
        if digest in known:
            # The same bytes lie once on the disk (`vault.keep_once`).
            os.link(known[digest], path)
            continue
        opened = sealing.open_sealed(
            Place(folder.parent).object_path(name), path, identities, settings.FILES_MODE
        )
        if opened != (size, digest):
            raise BackupRefused(f"{folder.name} holds other bytes than it says for one of its files.")
        known[digest] = path
    return files  # type: ignore[no-any-return]


def _is_counted(manifest: Manifest, tell: Tell) -> bool:
    now = engines.counts()
    other = {
        name: (manifest.counts.get(name, 0), now.get(name, 0))
        for name in manifest.counts.keys() | now.keys()
        if manifest.counts.get(name, 0) != now.get(name, 0)
    }
    for name, (then, here) in sorted(other.items()):
        tell(f"{name}: {then} rows in the backup, {here} here.")
    tell(f"{sum(now.values())} rows of {len(now)} tables are back, {len(other)} tables differ.")
    return not other


def _move_in(opened: Path) -> None:
    root = Path(settings.MEDIA_ROOT)
    if root.exists():
        shutil.rmtree(root)
    opened.replace(root)


def _afterwards(replays: Sequence[Callable[[], str]], tell: Tell) -> None:
    for replay in replays:
        tell(replay())
    tell(f"{Session.objects.all().delete()[0]} sessions ended: everybody signs in again.")
    for entry in boards.after_restore:
        tell(entry.act())


def _now() -> float:
    import time  # noqa: PLC0415 - the system's own: dates of files are

    return time.time()
