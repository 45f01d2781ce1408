"""One delivery for the GAR: written, checked, packed; or nothing at all."""

import hashlib
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from preau.directory.exports.gar.checking import check
from preau.directory.exports.gar.records import records
from preau.directory.exports.gar.words import ALLOTTING, KINDS, LIMIT, Degree
from preau.directory.exports.gar.writing import write
from preau.directory.exports.scope import Scope


@dataclass
class Delivered:
    """`counts`: kind of file → records. `silent`: the schools where nobody can allot resources, for want of an address."""

    archive: Path
    counts: dict[str, int] = field(default_factory=dict)
    silent: list[str] = field(default_factory=list)


def deliver(
    scope: Scope, degree: Degree, out: Path, *, ent: str, now: datetime, limit: int = LIMIT
) -> Delivered:
    """Write a whole delivery into `out`. Raises Refused, and leaves nothing there, when a rule is broken."""
    stem = f"{ent}_GAR-ENT_Complet_{now:%Y%m%d_%H%M%S}{degree.mark}"
    out.mkdir(parents=True, exist_ok=True)
    # Beside what it will be, so that it only has to change its name; a folder that its owner alone opens.
    with TemporaryDirectory(dir=out, prefix=".gar-") as working:
        folder = Path(working)
        counts = {
            kind: write(folder, stem, degree, kind, records(scope, degree, kind), limit) for kind in KINDS
        }
        files = sorted(folder.glob("*.xml"))
        check(files, degree, limit)
        archive = _packed(folder / f"{stem}.tar.gz", files, now)
        digest = folder / f"{archive.name}.md5"
        digest.write_text(f"{_md5(archive)}  {archive.name}\n", encoding="ascii")
        for made in (archive, digest):
            made.chmod(0o600)
        # The archive last: whoever finds it finds its digest.
        digest.replace(out / digest.name)
        return Delivered(archive.replace(out / archive.name), counts, _silent(scope))


def _packed(archive: Path, files: Iterable[Path], now: datetime) -> Path:
    def nobodys(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        """The archive says nothing of the machine that made it."""
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = ""
        entry.mode, entry.mtime = 0o644, int(now.timestamp())
        return entry

    with tarfile.open(archive, "w:gz") as packed:
        for file in files:
            packed.add(file, file.name, filter=nobodys)
    return archive


def _md5(path: Path) -> str:
    """The GAR asks for it, against a broken transfer: it protects from nobody."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _silent(scope: Scope) -> list[str]:
    holdings = scope.holdings(ALLOTTING).exclude(person__email="").order_by()
    heard = set(holdings.values_list("school_id", flat=True).distinct())
    return [f"{school.uai} {school.name}" for pk, school in scope.schools.items() if pk not in heard]
