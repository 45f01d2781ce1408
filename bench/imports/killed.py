"""Imports killed at random moments and run again: each must end where a run ends that nobody killed."""

import json
import random
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.imports.databases import Database, databases, digests
from bench.imports.formats import FORMATS, Format
from bench.imports.resident import Resident
from bench.imports.running import kill, manage

# Of the kills, one in so many falls while Python starts and the files are read, in a process that begins from nothing; the
# others while it compares and writes, in one that has started.
EARLY = 5
# Differences that the comparison must see, in the dump and outside of it.
PLANTED = (
    "DELETE FROM directory_guardianship WHERE id = (SELECT min(id) FROM directory_guardianship)",
    "UPDATE directory_person SET phone = '0' WHERE id = (SELECT min(id) FROM directory_person)",
)
# Seconds that Python takes to start, on a machine that does nothing else.
STARTS = 1.0
State = tuple[str, dict[str, str]]  # the dump, and what the rows of each table say


@dataclass
class Tally:
    """What came of the kills of a format. `writing`: in a transaction that wrote; `halves`: left a part of the delivery."""

    key: str
    kills: int = 0
    writing: int = 0
    halves: int = 0
    different: int = 0
    unseen: int = 0
    seconds: float = 0
    differences: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        return not self.different and not self.unseen

    def __str__(self) -> str:
        return (
            f"{self.key}: {self.kills} kills, {self.writing} while rows were being written, {self.halves} left a part there; "
            f"{self.different} ended otherwise; planted differences not seen: {self.unseen} ({self.seconds:.0f} s)"
        )


@dataclass
class Killer:
    """One format: its files, the database before the run, and the one in which it runs, by a resident process or a new one."""

    format: Format
    folder: Path
    before: Database
    here: Database
    var: Path
    resident: Resident

    def prepare(self, empty: Database, schools: int, people: int) -> None:
        self.format.write(self.folder, schools, people)
        self.before.copy(empty)
        if self.format.is_delta:
            self.format.bring(self.folder, self.before, self.var, before=True)

    def tally(self, kills: int, chance: random.Random) -> Tally:
        began, tally = time.perf_counter(), Tally(self.format.key)
        start = digests(self.before)
        self.here.copy(self.before)
        reads, applies = self.bring()
        end = self.state()
        if end[1] == start:
            raise SystemExit(f"{self.format.key}: the run changed nothing.")
        for moment, begins in moments(kills, reads, applies, chance):
            tally.writing += self.kill(moment, from_nothing=begins)
            tally.kills += 1
            tally.halves += digests(self.here) not in (start, end[1])
            self.again()
            if difference := differences(end, self.state()):
                tally.different += 1
                tally.differences.append(f"after {moment:.2f} s: {difference}")
        tally.unseen = sum(not self.sees(statement, end) for statement in PLANTED)
        tally.seconds = time.perf_counter() - began
        return tally

    def kill(self, moment: float, *, from_nothing: bool) -> bool:
        """Kill a run that starts from the beginning; earlier, when it ended before: the machine was quicker this time."""
        words = self.format.words(self.folder)
        while True:
            self.here.copy(self.before)
            if from_nothing:
                writes = kill(*words, after=moment, database=self.here, var=self.var)
            else:
                writes = self.resident.kill(*words, after=moment)
            if writes is not None:
                return writes
            moment *= 0.9

    def bring(self) -> tuple[float, float]:
        """Run to the end: seconds of reading, and of comparing and writing."""
        report = self.var / "report.json"
        self.resident.run(*self.format.words(self.folder), "--json", str(report))
        seconds = json.loads(report.read_text())["seconds"]
        return seconds["read"], seconds["apply"]

    def again(self) -> None:
        self.bring()

    def state(self) -> State:
        return self.resident.run("dump_directory"), digests(self.here)

    def sees(self, statement: str, end: State) -> bool:
        self.here.change(statement)
        return bool(differences(end, self.state()))


def differences(wanted: State, found: State) -> str:
    """In how many lines two dumps differ, and the tables whose rows do; nothing when all is the same."""
    lines = set(wanted[0].splitlines()) ^ set(found[0].splitlines())
    tables = sorted(table for table in wanted[1] if wanted[1][table] != found[1].get(table))
    if not lines and not tables and wanted[0] == found[0]:
        return ""
    return f"{len(lines)} lines, such as {min(lines, default='none')[:200]}; tables {', '.join(tables)}"


def moments(kills: int, reads: float, applies: float, chance: random.Random) -> Iterator[tuple[float, bool]]:
    """Seconds after the start, and whether Python starts too; spread evenly, at random within each piece."""
    early = kills // EARLY
    for rank in range(early):
        yield (STARTS + reads) * (rank + chance.random()) / early, True
    for rank in range(kills - early):
        yield reads + applies * (rank + chance.random()) / (kills - early), False


def killed(
    keys: Iterable[str], kills: int, seed: int, size: tuple[int, int] | None = None
) -> Iterator[Tally]:
    """Each format in turn; `size`: schools and people, instead of those of the format."""
    with TemporaryDirectory() as name:
        var = Path(name)
        with databases(var, "empty", "before", "here") as (empty, before, here):
            empty.copy(None)
            manage("migrate", "-v0", url=empty.url, var=var)
            with closing(Resident(here, var)) as resident:
                for key in keys:
                    killer = Killer(FORMATS[key], var / key, before, here, var, resident)
                    killer.prepare(empty, *(size or FORMATS[key].small))
                    yield killer.tally(kills, random.Random(seed))
