"""How fast deliveries are brought, what a delta reads, and how fast the GAR is told: records a second, and peak memory."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.imports.databases import Database, databases
from bench.imports.formats import FORMATS, Brought
from bench.imports.running import Done, manage
from bench.report import rows

# Of the people of the complete delivery, one in so many changes in a night: the second delta is ten times the first.
NIGHTS = (1_000, 100)
HEADS = [
    "run",
    "records",
    "read s",
    "compare and apply s",
    "whole command s",
    "records/s",
    "peak MB",
    "rows read",
]


@dataclass
class Scale:
    """The runs so far, each a line of the table."""

    var: Path
    empty: Database
    full: Database
    here: Database
    lines: list[list[str]] = field(default_factory=list)

    def academy(self, schools: int, people: int) -> Iterator[str]:
        """A complete delivery twice, the changes of two nights, and all of it told to the GAR."""
        aaf, folder = FORMATS["aaf"], self.var / "aaf"
        aaf.write(folder, schools, people)
        self.full.copy(self.empty)
        for name in ("first", "second: writes no row"):
            yield self._line(f"AAF, {schools} schools, {name}", aaf.bring(folder, self.full, self.var))
        # As autovacuum would have done by the night.
        self.full.change("ANALYZE")
        for one_in in NIGHTS:
            yield self._night(folder, one_in)
        yield self._exported(schools)

    def _night(self, folder: Path, one_in: int) -> str:
        """The changes of one night, over a copy of the whole directory."""
        delta = self.var / f"night-{one_in}" / "delivery"
        words = (str(delta), f"--delta-of={folder / 'delivery'}", f"--one-in={one_in}")
        manage("write_delivery", *words, url=self.empty.url, var=self.var)
        self.here.copy(self.full)
        brought = FORMATS["aaf"].bring(delta.parent, self.here, self.var)
        return self._line(f"AAF, delta: one person in {one_in}", brought, self.here.rows_read())

    def _exported(self, schools: int) -> str:
        uais = [uai for (uai,) in self.full.rows("SELECT uai FROM directory_school ORDER BY uai")]
        words = [word for uai in uais for word in ("--school", uai)]
        done = manage("export_gar", *words, "--out", str(self.var / "gar"), url=self.full.url, var=self.var)
        records = sum(int(count) for count in re.findall(r" (\d+)", done.out.rpartition(" : ")[2]))
        return self._told(f"GAR, {schools} schools", records, done, ("", ""), records / done.seconds)

    def other(self, key: str, schools: int, people: int) -> str:
        """One delivery of another format, into an empty database; a delta after what it follows."""
        known, folder = FORMATS[key], self.var / key
        known.write(folder, schools, people)
        self.here.copy(self.empty)
        if known.is_delta:
            known.bring(folder, self.here, self.var, before=True)
        name = f"{key}, {schools} school{'s' if schools > 1 else ''}"
        return self._line(name, known.bring(folder, self.here, self.var))

    def _line(self, name: str, brought: Brought, read: dict[str, int] | None = None) -> str:
        seconds = (f"{brought.reading:.1f}", f"{brought.applying:.1f}")
        return self._told(name, brought.records, brought.done, seconds, brought.a_second, read)

    def _told(
        self,
        name: str,
        records: int,
        done: Done,
        seconds: tuple[str, str],
        a_second: float,
        read: dict[str, int] | None = None,
    ) -> str:
        rows_read = f"{sum(read.values())}" if read else ""
        line = [
            name,
            f"{records}",
            *seconds,
            f"{done.seconds:.1f}",
            f"{a_second:.0f}",
            f"{done.peak_mb}",
            rows_read,
        ]
        self.lines.append(line)
        most = sorted((read or {}).items(), key=lambda pair: -pair[1])[:6]
        return ", ".join(f"{head} {cell}" for head, cell in zip(HEADS, line, strict=True) if cell) + (
            f" ({', '.join(f'{table} {count}' for table, count in most)})" if most else ""
        )

    @property
    def table(self) -> str:
        return rows(HEADS, self.lines)


def scaled(schools: int, people: int, keys: list[str]) -> Iterator[tuple[str, Scale]]:
    """Each run as it ends, with the table so far."""
    with TemporaryDirectory() as name:
        var = Path(name)
        with databases(var, "empty", "full", "here") as (empty, full, here):
            empty.copy(None)
            manage("migrate", "-v0", url=empty.url, var=var)
            scale = Scale(var, empty, full, here)
            if "aaf" in keys:
                yield from ((line, scale) for line in scale.academy(schools, people))
            for key in keys:
                if not key.startswith("aaf") or key == "aaf1d":
                    yield scale.other(key, *FORMATS[key].large), scale
