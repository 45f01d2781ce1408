"""The folder of backups: what is in it, what is whole, what is past its term."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from preau.foundation import signed
from preau.foundation.backups.faults import BackupRefused, CutShort

PURPOSE, FORM = "backups", 1
STAMP = "%Y-%m-%dT%H%M%SZ"
MANIFEST, DATABASE, FILES, OBJECTS, KEYS = (
    "manifest.json",
    "database.age",
    "contents.age",
    "objects.txt",
    "keys.age",
)


@dataclass(frozen=True)
class Manifest:
    """What a backup holds, in figures: nothing of anybody. `sealed`: weight and digest of each file of the folder."""

    form: int
    made_at: str
    version: str
    engine: str
    migrations: dict[str, list[str]]
    counts: dict[str, int]
    files: int
    weight: int
    sealed: dict[str, tuple[int, str]]

    def to_bytes(self) -> bytes:
        content = json.dumps(asdict(self), sort_keys=True).encode()
        return content + b"\n" + signed.sign(PURPOSE, content).hex().encode() + b"\n"

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.made_at)


def read_manifest(folder: Path) -> Manifest:
    """Raises CutShort, or BackupRefused where this site has not signed it."""
    try:
        content, signature = (folder / MANIFEST).read_bytes().splitlines()
        is_ours = signed.is_signed(PURPOSE, content, bytes.fromhex(signature.decode()))
    except FileNotFoundError as error:
        raise CutShort(f"{folder.name} was cut short: it has no manifest, which is written last.") from error
    except ValueError as error:
        raise CutShort(f"the manifest of {folder.name} is not whole.") from error
    if not is_ours:
        raise BackupRefused(
            f"{folder.name} was not signed under this SECRET_KEY nor one of SECRET_KEY_FALLBACKS: set the key of its day."
        )
    fields = json.loads(content)
    if fields["form"] != FORM:
        raise BackupRefused(f"{folder.name} has a form that this version of Préau does not read.")
    return Manifest(**fields | {"sealed": {name: tuple(one) for name, one in fields["sealed"].items()}})


class Place:
    def __init__(self, root: Path) -> None:
        self.root = root

    def folders(self) -> list[Path]:
        """Backups that bear their name, whole or not, the oldest first."""
        return sorted(path for path in self.root.glob("????-??-??T??????Z") if path.is_dir())

    def unfinished(self) -> list[Path]:
        return sorted(self.root.glob("*Z.part"))

    def object_path(self, name: str) -> Path:
        return self.root / "objects" / name[:2] / f"{name}.age"

    def objects_of(self, folder: Path) -> dict[str, tuple[int, str]]:
        """The weight and digest, sealed, of each object that a backup names."""
        lines = (folder / OBJECTS).read_text().splitlines()
        return {name: (int(size), digest) for name, size, digest in (line.split() for line in lines)}

    def objects(self) -> dict[str, tuple[int, str]]:
        """What the last backup that names each object says of it: one that was lost is written anew, and sealed otherwise."""
        found: dict[str, tuple[int, str]] = {}
        for folder in self.folders():
            with suppress(BackupRefused, OSError):
                if digest_of(folder / OBJECTS) == read_manifest(folder).sealed[OBJECTS][1]:
                    found |= self.objects_of(folder)
        return found

    def ledgers(self) -> list[Path]:
        return sorted((self.root / "erasures").glob("*.txt"))

    def faults_of(self, folder: Path, manifest: Manifest) -> Iterator[str]:
        """What of its own folder is not there any more, or not whole; it opens nothing, hence needs no key of age."""
        for name, (size, digest) in manifest.sealed.items():
            path = folder / name
            if not path.is_file() or path.stat().st_size != size:
                yield f"{folder.name}/{name} is missing or cut short"
            elif digest != digest_of(path):
                yield f"{folder.name}/{name} was changed"

    def faults_of_objects(self, *, read: bool) -> Iterator[str]:
        """The same of the files that backups share: by their weight, or each byte when they are `read`."""
        for name, (size, digest) in self.objects().items():
            path = self.object_path(name)
            if not path.is_file() or path.stat().st_size != size:
                yield f"objects/{name[:2]}/{name}.age is missing or cut short"
            elif read and digest_of(path) != digest:
                yield f"objects/{name[:2]}/{name}.age was changed"

    def prune(self, before: datetime) -> int:
        """Drop the backups made before that moment, but the last one, then the objects and ledgers that none needs."""
        whole = [folder for folder in self.folders() if (folder / MANIFEST).is_file()]
        past = [folder for folder in whole[:-1] if moment_of(folder) < before]
        for folder in past:
            # The manifest first: what is left of it, were this to be cut, is not taken for a backup.
            (folder / MANIFEST).unlink()
            shutil.rmtree(folder)
        with suppress(FileNotFoundError):
            # One that does not say any more which files are its own: none is taken away.
            kept = {name for folder in whole if folder not in past for name in self.objects_of(folder)}
            for path in self.root.glob("objects/??/*"):
                if path.suffix != ".age" or path.stem not in kept:
                    path.unlink()
        oldest = min((moment_of(folder) for folder in whole if folder not in past), default=None)
        for ledger in self.ledgers()[:-1] if oldest else ():
            if datetime.fromtimestamp(ledger.stat().st_mtime, UTC) < oldest - timedelta(days=1):  # type: ignore[operator]
                ledger.unlink()
        return len(past)


def moment_of(folder: Path) -> datetime:
    return datetime.strptime(folder.name, STAMP).replace(tzinfo=UTC)


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
