"""Where films, sounds and documents lie: beside the files that people send, under names that nobody typed.

`medias/ab/ab12…`: what was made, and is served. `medias/envois/…`: what is arriving. `medias/travail/…/`: what is being made.
"""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings

from preau.foundation import vault

ROOM, ARRIVING, MAKING = "medias", "envois", "travail"


def inner_path(name: str) -> str:
    """From the room of files. Raises FileNotFoundError for a name that is none of ours."""
    return f"{ROOM}/{vault.inner_path(name)}"


def path_of(name: str) -> Path:
    return vault.room() / inner_path(name)


def arriving(public_id: str) -> Path:
    """The bytes of what is being sent."""
    return _own(ARRIVING, public_id)


def making(public_id: str) -> Path:
    """The folder of what is being made."""
    return _own(MAKING, public_id)


def _own(part: str, public_id: str) -> Path:
    vault.inner_path(public_id)
    return vault.room() / ROOM / part / public_id


def open_folder(path: Path) -> Path:
    path.mkdir(parents=True, exist_ok=True, mode=settings.FOLDERS_MODE)
    return path


def move_in(path: Path, name: str) -> int:
    """Give what was made its place; its weight."""
    target = path_of(name)
    open_folder(target.parent)
    size = path.stat().st_size
    path.chmod(settings.FILES_MODE)
    path.replace(target)
    return size


def remove(name: str) -> None:
    path_of(name).unlink(missing_ok=True)


def clear(public_id: str) -> None:
    """Remove what was arriving and what was being made."""
    arriving(public_id).unlink(missing_ok=True)
    shutil.rmtree(making(public_id), ignore_errors=True)


def left_before(moment: datetime) -> Iterator[tuple[str, Path]]:
    """(part, path) of all that has not changed since: part is « envois », « travail », or "" for what is served."""
    limit, here = moment.timestamp(), vault.room() / ROOM
    for part, pattern in ((ARRIVING, f"{ARRIVING}/*"), (MAKING, f"{MAKING}/*"), ("", "??/*")):
        for path in here.glob(pattern) if here.is_dir() else ():
            if path.stat().st_mtime < limit:
                yield part, path
