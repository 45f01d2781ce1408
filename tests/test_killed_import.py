"""An import that is killed leaves whole schools or nothing of them, and running it again ends where a clean run ends."""

from itertools import pairwise
from pathlib import Path
from random import Random
from unittest.mock import MagicMock

import pytest

from bench import report
from bench.imports.databases import Sqlite
from bench.imports.formats import FORMATS
from bench.imports.killed import Killer, State, differences, killed, moments

pytestmark = pytest.mark.engine


@pytest.mark.long
def test_a_killed_import_run_again_ends_like_one_that_nobody_killed() -> None:
    """One kill of a real process; `make bench-imports` kills twenty times, in each format."""
    (tally,) = killed(["aaf"], kills=1, seed=7, size=(3, 900))
    assert (tally.kills, tally.different, tally.unseen) == (1, 0, 0), tally
    assert tally.is_sound


class Pretended(Killer):
    """Kills nothing: the third run ends without a line, and no planted difference is looked at."""

    def __init__(self) -> None:
        self.format, self.before = FORMATS["aaf"], Sqlite(Path(), "before")
        self.here = MagicMock()
        self.runs = 0

    def bring(self) -> tuple[float, float]:
        self.runs += 1
        return 1, 1

    def kill(self, moment: float, *, from_nothing: bool) -> bool:
        return not from_nothing

    def state(self) -> State:
        return "a\n" if self.runs == 3 else "a\nb\n", {"directory_person": "1"}


def test_an_import_that_ends_otherwise_is_counted_and_so_is_a_difference_that_is_not_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bench.imports.killed.digests", lambda database: {})
    tally = Pretended().tally(5, Random(1))
    assert (tally.kills, tally.writing, tally.different, tally.unseen) == (5, 4, 1, 2)
    assert not tally.is_sound and "1 lines, such as b" in tally.differences[0]


def test_what_differs_is_told() -> None:
    same = ("a\nb\n", {"directory_person": "1"})
    assert not differences(same, ("a\nb\n", {"directory_person": "1"}))
    assert differences(same, ("a\nc\n", {"directory_person": "1"})).startswith("2 lines")
    # A line told twice, and what no dump tells.
    assert differences(same, ("a\nb\nb\n", {"directory_person": "1"}))
    assert differences(same, ("a\nb\n", {"directory_person": "2"})).endswith("tables directory_person")


def test_kills_are_spread_over_the_whole_run_and_most_fall_while_it_applies() -> None:
    found = list(moments(20, reads=4, applies=6, chance=Random(1)))
    early, late = ([moment for moment, begins in found if begins is which] for which in (True, False))
    assert len(early) == 4 and early == sorted(early) and early[0] >= 0 and early[-1] <= 5
    assert len(late) == 16 and late == sorted(late) and late[0] >= 4 and late[-1] <= 10
    assert max(b - a for a, b in pairwise(late)) < 1
    assert len(list(moments(1, reads=4, applies=6, chance=Random(1)))) == 1


def test_every_format_of_the_pipeline_is_killed() -> None:
    commands = {one.command[0] for one in FORMATS.values()}
    assert commands == {"import_aaf", "import_aaf1d", "import_siecle", "import_onde", "import_oneroster"}


def test_a_table_is_written_between_its_own_marks(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text("a\n<!-- x: begin -->\nold\n<!-- x: end -->\n<!-- y: begin -->\nkept\n<!-- y: end -->\n")
    report.put("x", report.rows(["h", "n"], [["one", "1"]]), page)
    assert page.read_text() == (
        "a\n<!-- x: begin -->\n| h | n |\n| --- | --: |\n| one | 1 |\n<!-- x: end -->\n<!-- y: begin -->\nkept\n<!-- y: end -->\n"
    )
