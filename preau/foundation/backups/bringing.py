"""A backup brought back: everything is opened and weighed beside before anything of this machine is touched."""

import json
import os
import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.utils import timezone

from preau.foundation import boards, upkeep
from preau.foundation.backups import engines, media, place, sealing, taking
from preau.foundation.backups.faults import BackupRefused, CutShort, disk_errors, passing_room
from preau.foundation.backups.place import Manifest, Place
from preau.foundation.models import WorkerBeat

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
    last = ""
    for folder in reversed(kept.folders()):
        try:
            faults = list(kept.faults_of(folder, place.read_manifest(folder)))
        except CutShort as error:
            faults = [str(error).removesuffix(".")]
        if not faults:
            return folder
        last = last or f" {faults[0]}."
        tell(f"{faults[0]}: passed over.")
    raise BackupRefused(f"there is no whole backup in {root}.{last}")


def bring(
    folder: Path,
    identities: Sequence[Any],
    ledgers: Sequence[Path],
    *,
    replace: bool,
    lose_ledger: bool = False,
    tell: Tell,
) -> bool:
    """Bring it back, then erase again, end sessions, build again; whether all that was counted is there. Raises BackupRefused.

    A file of the backup that does not open any more is told of, and the rest comes back.
    """
    manifest = place.read_manifest(folder)
    _look_at(folder, manifest, replace=replace)
    _nobody_is_at_work()
    with passing_room() as room, TemporaryDirectory(dir=room) as passing:
        beside = Path(passing)
        with disk_errors(UNTOUCHED):
            files, lost = _open_all(folder, beside, identities)
        if replace and not lose_ledger and not engines.is_empty():
            _keep_what_was_erased(folder.parent)
        replays = read_ledgers([*ledgers, *Place(folder.parent).ledgers()])
        # Opening may have lasted hours.
        _nobody_is_at_work()
        engines.bring_back(beside / "database", replace=replace)
        is_whole = _is_counted(manifest, tell)
        _move_in(beside / "media")
        tell(f"{len(files) - len(lost)} files are back.")
    call_command("migrate", interactive=False, verbosity=0)
    _afterwards(replays, tell)
    for inner, why in sorted(lost.items()):
        tell(f"{inner} is lost: {why}")
    found = media.verify(_now())
    tell(
        f"Files: {found.right} right, {len(found.missing)} missing, {len(found.changed)} changed, {len(found.unknown)} unknown."
    )
    return is_whole and not (lost or found.missing or found.changed)


def _nobody_is_at_work() -> None:
    """Pages and worker would write into what is about to go, and send letters before who was erased is erased again. Raises BackupRefused."""
    if others := engines.others_at_work():
        raise BackupRefused(f"{others}: stop pages, worker and timers first; {UNTOUCHED}.")
    try:
        is_alive = (
            not engines.is_empty()
            and WorkerBeat.objects.filter(at__gt=timezone.now() - upkeep.WORKER_SILENCE).exists()
        )
    except DatabaseError:
        # What is there is damaged, or of another version.
        return
    finally:
        connection.close()
    if is_alive:
        raise BackupRefused(
            f"a worker showed signs of life less than two minutes ago: stop it, and wait; {UNTOUCHED}."
        )


def _keep_what_was_erased(root: Path) -> None:
    """The base that is about to go knows it to the minute: the last ledger is an hour old. Raises BackupRefused."""
    try:
        with disk_errors(f"what was erased since the last ledger cannot be kept, {UNTOUCHED}"):
            taking.keep_ledgers(Place(root), datetime.now(UTC))
    except DatabaseError as error:
        raise BackupRefused(
            f"what was erased since the last ledger cannot be read in this database: --lose-ledger goes on without it; {UNTOUCHED}."
        ) from error


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


def _open_all(
    folder: Path, beside: Path, identities: Sequence[Any]
) -> tuple[dict[str, tuple[str, str, int]], dict[str, str]]:
    """The database and every file, opened and weighed; and why, of those that are lost. Raises BackupRefused."""
    sealing.open_sealed(folder / place.FILES, beside / "files", identities)
    files = json.loads((beside / "files").read_bytes())
    sealing.open_sealed(folder / place.DATABASE, beside / "database", identities)
    target = beside / "media"
    known: dict[str, Path] = {}
    lost: dict[str, str] = {}
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
        sealed = Place(folder.parent).object_path(name)
        why = ""
        try:
            if sealing.open_sealed(sealed, path, identities, settings.FILES_MODE) != (size, digest):
                why = f"{sealed.name} holds other bytes than the backup says."
        except BackupRefused as error:
            why = str(error)
        if why:
            path.unlink(missing_ok=True)
            lost[inner] = why
        else:
            known[digest] = path
    return files, lost


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
    former = root.with_name(f"{root.name}.former")
    if former.exists():
        shutil.rmtree(former)
    if root.exists():
        root.replace(former)
    opened.replace(root)
    shutil.rmtree(former, ignore_errors=True)


def _afterwards(replays: Sequence[Callable[[], str]], tell: Tell) -> None:
    for replay in replays:
        tell(replay())
    tell(f"{Session.objects.all().delete()[0]} sessions ended: everybody signs in again.")
    for entry in boards.after_restore:
        tell(entry.act())


def _now() -> float:
    import time  # noqa: PLC0415 - the system's own: dates of files are

    return time.time()
