"""What stops a backup or a restore: one sentence, for whoever reads it at night."""

import errno
import fcntl
import os
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from django.conf import settings

from preau.foundation.vault import FULL


class BackupRefused(Exception):
    """Nothing was kept, or nothing was brought back; the message says why."""


class CutShort(BackupRefused):
    """Of this site, and not whole."""


@contextmanager
def disk_errors(what: str) -> Iterator[None]:
    """An error of the disk in one sentence. Raises BackupRefused."""
    try:
        yield
    except sqlite3.Error as error:
        raise BackupRefused(f"SQLite says '{error}': {what}.") from error
    except OSError as error:
        if error.errno in FULL | {errno.EFBIG}:
            raise BackupRefused(f"the disk is full: {what}.") from error
        raise BackupRefused(
            f"{os.strerror(error.errno) if error.errno else error} ({error.filename or 'the disk'}): {what}."
        ) from error


@contextmanager
def passing_room() -> Iterator[Path]:
    """Where things lie in clear meanwhile, for one command at a time; what a killed one left there goes first. Raises BackupRefused."""
    room = Path(settings.VAR_DIR) / "backups"
    with disk_errors("nothing was begun"):
        room.mkdir(exist_ok=True, mode=0o700)
        lock = (room / "lock").open("w")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupRefused("another backup or restore is at work on this machine.") from error
        for left in room.glob("tmp*"):
            shutil.rmtree(left)
        yield room


@contextmanager
def stopped_as_an_error() -> Iterator[None]:
    """Told to stop (`systemctl stop`, the machine that restarts), a command clears up as it does after an error."""

    def stop(_number: int, _frame: Any) -> NoReturn:
        raise SystemExit(128 + signal.SIGTERM)

    former = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, former)
