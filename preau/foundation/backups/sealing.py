"""Sealed by age, for keys that this machine need not hold: it writes backups that it cannot read."""

import hashlib
import os
from collections.abc import Sequence
from os import O_CREAT, O_EXCL, O_NOFOLLOW, O_WRONLY, fdopen
from os import open as open_file
from pathlib import Path
from typing import IO, Any

import pyrage  # type: ignore[import-untyped]

from preau.foundation.backups.faults import BackupRefused


def recipients_of(keys: Sequence[str]) -> list[Any]:
    """Public keys, « age1… ». Raises BackupRefused."""
    try:
        return [pyrage.x25519.Recipient.from_str(one.strip()) for one in keys if one.strip()]
    except pyrage.RecipientError as error:
        raise BackupRefused("a recipient is no public key of age ('age1…', `age-keygen -y`).") from error


def identities_in(path: Path) -> list[Any]:
    """The secret keys of a file of `age-keygen`. Raises BackupRefused."""
    try:
        lines = path.read_text().splitlines()
        found = [
            pyrage.x25519.Identity.from_str(line.strip())
            for line in lines
            if line.startswith("AGE-SECRET-KEY-")
        ]
    except (OSError, UnicodeDecodeError, pyrage.IdentityError) as error:
        raise BackupRefused(f"{path} cannot be read as a key of age.") from error
    if not found:
        raise BackupRefused(f"{path} holds no key of age ('AGE-SECRET-KEY-…', `age-keygen`).")
    return found


class _Through:
    """Bytes on their way, weighed and digested; keeps the error that a library would hide."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.size, self.sha, self.error = file, 0, hashlib.sha256(), None

    def write(self, data: bytes) -> int:
        try:
            self.file.write(data)
        except OSError as error:
            self.error = error  # type: ignore[assignment]
            raise
        self.size += len(data)
        self.sha.update(data)
        return len(data)

    def flush(self) -> None:
        self.file.flush()


class Read:
    """A file on its way to be sealed: what was read of it, weighed and digested."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.size, self.sha = file, 0, hashlib.sha256()

    def read(self, most: int = -1) -> bytes:
        data = self.file.read(most)
        self.size += len(data)
        self.sha.update(data)
        return data


def seal(source: Any, target: Path, recipients: Sequence[Any]) -> tuple[int, str]:
    """Seal what `source` gives in a new file, on the disk once this returns: its weight and its digest. Raises OSError."""
    flags = O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW
    with fdopen(open_file(target, flags, 0o600), "wb") as file:
        through = _Through(file)
        try:
            pyrage.encrypt_io(source, through, recipients)
            file.flush()
        except Exception as error:  # noqa: BLE001 - whatever the library makes of it
            raise (through.error or error) from None
        os.fsync(file.fileno())
    return through.size, through.sha.hexdigest()


def open_sealed(path: Path, target: Path, identities: Sequence[Any], mode: int = 0o600) -> tuple[int, str]:
    """Open a sealed file into a new one: its weight and digest. Raises BackupRefused where no key opens it or it is not whole."""
    flags = O_CREAT | O_EXCL | O_WRONLY | O_NOFOLLOW
    try:
        opened = path.open("rb")
    except OSError as error:
        raise BackupRefused(f"{path.name} is missing, or cannot be read.") from error
    with opened as source, fdopen(open_file(target, flags, mode), "wb") as file:
        through = _Through(file)
        try:
            pyrage.decrypt_io(source, through, identities)
        except Exception as error:
            if through.error:
                raise through.error from None
            raise BackupRefused(
                f"{path.name} does not open: another key sealed it, or it is not whole any more."
            ) from error
        file.flush()
        os.fsync(file.fileno())
    return through.size, through.sha.hexdigest()
