"""The formats that the bench brings: what writes each, and the command that reads it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.imports.databases import Database
from bench.imports.running import Done, manage, run
from bench.imports.writing import BEFORE, DELIVERY


@dataclass(frozen=True)
class Format:
    """`small` and `large`: schools and people of a delivery that is killed, and of one that is measured."""

    key: str
    command: tuple[str, ...]
    small: tuple[int, int]
    large: tuple[int, int]
    is_delta: bool = False

    def write(self, folder: Path, schools: int, people: int) -> None:
        """The files, written once: the day is in them, and a bench does not last until tomorrow."""
        run(
            "-m",
            "bench.imports.writing",
            self.key,
            str(folder),
            str(schools),
            str(people),
            url="sqlite://:memory:",
            var=folder,
        )

    def words(self, folder: Path, *, before: bool = False) -> tuple[str, ...]:
        """The words of the command that brings what `write` wrote."""
        return (*self.command, str(folder / (BEFORE if before else DELIVERY)))

    def bring(self, folder: Path, database: Database, var: Path, *, before: bool = False) -> "Brought":
        report = var / "report.json"
        words = self.words(folder, before=before)
        done = manage(*words, "--json", str(report), url=database.url, var=var)
        return Brought(done, json.loads(report.read_text()))


@dataclass(frozen=True)
class Brought:
    """A command that ended, and its report."""

    done: Done
    report: dict[str, Any]

    @property
    def records(self) -> int:
        return sum(self.report["read"].values())

    @property
    def reading(self) -> float:
        return float(self.report["seconds"]["read"])

    @property
    def applying(self) -> float:
        return float(self.report["seconds"]["apply"])

    @property
    def a_second(self) -> float:
        """Records a second, read, compared and applied."""
        return self.records / (self.reading + self.applying)


ONDE = ("import_onde", "--school", "0990001C", "--name", "École du banc")
FORMATS = {
    one.key: one
    for one in (
        Format("aaf", ("import_aaf",), (4, 2_000), (100, 150_000)),
        Format("aaf-delta", ("import_aaf",), (4, 2_000), (100, 150_000), is_delta=True),
        Format("aaf1d", ("import_aaf1d",), (8, 2_000), (50, 25_000)),
        Format("siecle", ("import_siecle",), (1, 1_500), (1, 3_000)),
        Format("onde", ONDE, (1, 1_000), (1, 1_500)),
        Format("oneroster", ("import_oneroster",), (4, 2_000), (10, 15_000)),
        Format("oneroster-delta", ("import_oneroster",), (4, 2_000), (10, 15_000), is_delta=True),
    )
}
