"""The drop folder: where an académie's server leaves its deliveries at night; each is brought once, and its files erased.

`DELIVERIES_DIR/<source>/<delivery>/` holds the files of one delivery; `source` is that of a format (aaf, siecle…). A
delivery is complete when nothing in it has moved for a while. Applied, it goes; refused, or held back for a second
person, it stays under a name that says so, and is not read again by itself.
"""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryFile

import structlog

from preau.directory.imports import operator
from preau.directory.imports.formats import DROPPED, Format
from preau.foundation.reading import Unreadable

log = structlog.get_logger(__name__)
STILL = timedelta(minutes=10)
REFUSED, HELD = ".refusee", ".retenue"


def waiting(room: Path, now: datetime) -> Iterator[tuple[Path, Format]]:
    """The deliveries that are complete and not yet read, format by format, in the order of their names."""
    for reads in DROPPED:
        place = room / reads.source
        folders = sorted(path for path in place.iterdir() if path.is_dir()) if place.is_dir() else []
        for folder in folders:
            if folder.suffix not in {REFUSED, HELD} and _is_still(folder, reads, now):
                yield folder, reads


def _is_still(folder: Path, reads: Format, now: datetime) -> bool:
    """Are there files, and has none of them, nor the folder, moved for a while?"""
    moved = [path.stat().st_mtime for path in (folder, *folder.iterdir())]
    return bool(reads.files_in(folder)) and max(moved) < (now - STILL).timestamp()


class NotWritable(Exception):
    """A delivery waits in a folder that this process may not write in: what was applied could not be put away."""


def bring(folder: Path, reads: Format, today: date) -> str:
    """Bring one delivery: « applied », « held », « refused », or « unwritable »: then nothing of it is read.

    « partly »: a file of it could not be trusted. The others are applied, nobody leaves by them, and that file alone stays.
    """
    if not (_may_write(folder.parent) and _may_write(folder)):
        # Tried before anything is applied: a delivery that cannot be put away would come again every ten minutes.
        log.error("drop_folder_not_writable")
        return "unwritable"
    try:
        result = operator.bring(reads.files_in(folder), replace(reads, goes_on=True), today)
    except Unreadable as refusal:
        log.warning("delivery_refused", source=reads.source, file=refusal.file, line=refusal.line)
        _rename(folder, REFUSED)
        return "refused"
    held, refused = bool(result.blocked), set(result.refused)
    result.close()
    if held:
        log.warning("delivery_held", source=reads.source, schools=len(result.blocked))
        _rename(folder, HELD)
        return "held"
    # The names of children do not wait on a disk for nothing.
    if refused:
        log.warning("delivery_partly_refused", source=reads.source, count=len(refused))
        for path in reads.files_in(folder):
            if path.name not in refused:
                path.unlink()
        _rename(folder, REFUSED)
        return "partly"
    shutil.rmtree(folder)
    return "applied"


def _may_write(folder: Path) -> bool:
    try:
        with TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _rename(folder: Path, mark: str) -> None:
    """Beside, under a name that says what became of it, and takes the place of no other."""
    target, number = folder.with_name(f"{folder.name}{mark}"), 1
    while target.exists():
        number += 1
        target = folder.with_name(f"{folder.name}-{number}{mark}")
    folder.rename(target)
