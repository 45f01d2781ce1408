"""What stops a backup or a restore: one sentence, for whoever reads it at night."""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from preau.foundation.vault import FULL


class BackupRefused(Exception):
    """Nothing was kept, or nothing was brought back; the message says why."""


@contextmanager
def said(what: str) -> Iterator[None]:
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
