"""What a change touches, what a run takes and leaves, and the verdict of a tree."""

import json
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest

from tests import ci, programs, verdicts
from tests.selection import Selection, ordered_for_stealing
from tests.touched import Building, Change, Touched, touched_by
from tests.verdicts import Verdicts

TESTS_OF_THIS = "tests/test_selection.py"
ATTENDANCE, PORTAL = "preau/domains/attendance", "preau/portal"


@pytest.fixture(scope="module")
def building() -> Building:
    return Building()


def item(nodeid: str, *markers: str, fixtures: tuple[str, ...] = (), **params: Any) -> Any:
    """What the plugin asks of a test."""
    found = Mock(nodeid=nodeid, fixturenames=fixtures, callspec=SimpleNamespace(params=params))
    found.get_closest_marker = lambda name: name if name in markers else None
    return found


def selection(**options: Any) -> Selection:
    default = {
        "house": "",
        "touched": "",
        "record": "",
        "at_most": 0.0,
        "passed": "",
        "verdicts": "",
        "failures": "",
    }
    return Selection(SimpleNamespace(option=SimpleNamespace(**default | options)))  # type: ignore[arg-type]


def report_of(nodeid: str, when: str = "call", outcome: str = "passed") -> Any:
    failed = outcome == "failed"
    longrepr = SimpleNamespace(reprcrash=SimpleNamespace(message="AssertionError: assert 1 == 2\n  more"))
    return SimpleNamespace(
        nodeid=nodeid, duration=1, failed=failed, when=when, outcome=outcome, longrepr=longrepr
    )


def taken(ours: Selection, *names: str, **markers: str) -> list[str]:
    items = [item(name, *filter(None, [markers.get(name.partition("::")[0], "")])) for name in names]
    config = SimpleNamespace(hook=SimpleNamespace(pytest_deselected=lambda items: None))
    ours.pytest_collection_modifyitems(config, items)  # type: ignore[arg-type]
    return [one.nodeid for one in items]


# What a change touches


@pytest.mark.parametrize(
    "path",
    [
        "conftest.py",
        "preau/directory/models/people.py",
        "preau/foundation/ui/card.html",
        "preau/asgi.py",
        "unknown.bin",
    ],
)
def test_what_everything_stands_on_touches_everything(building: Building, path: str) -> None:
    assert touched_by([Change(path)], building).everything == path


def test_a_view_touches_its_house_and_not_the_neighbours(building: Building) -> None:
    view = next(path for path in building.texts if path.startswith(f"{ATTENDANCE}/views"))
    touched = touched_by([Change(view)], building)
    assert touched.houses == {ATTENDANCE} and not touched.everything
    assert f"{ATTENDANCE}/tests/test_pages.py" in touched.files
    assert not any(path.startswith("preau/domains/homework/") for path in touched.files)


def test_what_a_house_publishes_touches_the_pages_that_show_it(building: Building) -> None:
    touched = touched_by([Change(f"{ATTENDANCE}/actions/rolls.py")], building)
    assert PORTAL in touched.readers
    # Records, above, import what is below them.
    touched = touched_by([Change(f"{ATTENDANCE}/actions/arrangements.py")], building)
    assert "preau/domains/records" in touched.houses


def test_a_template_touches_whoever_names_it(building: Building) -> None:
    name = "portal/_card.html"
    building.texts["preau/identity/views/profile.py"] += f"# {name}"
    touched = touched_by([Change(f"{PORTAL}/templates/{name}")], building)
    assert touched.houses == {PORTAL, "preau/identity"}


def test_a_line_added_to_the_wiring_asks_for_a_page_of_each_house_and_a_line_changed_for_everything(
    building: Building,
) -> None:
    assert touched_by([Change("preau/settings.py", is_addition=True)], building).smoke
    assert touched_by([Change("preau/settings.py")], building).everything


def test_words_touch_the_tests_that_name_their_file(building: Building) -> None:
    touched = touched_by([Change("docs/never-named.md"), Change("docs/operations.md")], building)
    assert not touched.everything and not touched.houses
    assert touched.files == building.tests_that_write(["operations.md"])


def test_a_style_is_looked_at(building: Building) -> None:
    assert touched_by([Change("frontend/app.css")], building) == Touched(look=True)


# What a run takes


def test_a_row_of_a_table_is_of_the_house_of_its_route() -> None:
    ours = selection()
    page = SimpleNamespace(name="attendance:roll")
    assert ours.is_of(item("tests/test_every_page.py::test_page[x]", page=page), {ATTENDANCE})
    assert ours.is_of(
        item("tests/net/test_forms.py::test_twice[attendance]", forms=["attendance:roll"]), {ATTENDANCE}
    )
    assert ours.is_of(item(f"{ATTENDANCE}/tests/test_pages.py::test_roll"), {ATTENDANCE})
    assert not ours.is_of(item("tests/test_agenda.py::test_feed"), {ATTENDANCE})


def test_what_is_touched_is_wanted_and_the_whole_net_for_its_house_alone() -> None:
    ours, touched = selection(), Touched(houses=frozenset({ATTENDANCE}), readers=frozenset({PORTAL}))
    assert ours.is_touched(
        item("tests/net/test_matrix.py::test_role[head-attendance]", "net", house="attendance"), touched
    )
    assert not ours.is_touched(
        item("tests/net/test_matrix.py::test_role[head-exams]", "net", house="exams"), touched
    )
    assert ours.is_touched(item(f"{PORTAL}/tests/test_home.py::test_card"), touched)
    assert not ours.is_touched(
        item("tests/net/test_looks.py::test_looks[portal]", "journey", house="portal"), touched
    )
    everything = Touched(everything="conftest.py")
    assert ours.is_touched(item("tests/test_agenda.py::test_feed"), everything)
    assert not ours.is_touched(
        item("tests/net/test_matrix.py::test_role[head-exams]", "net", house="exams"), everything
    )


def test_who_shows_a_touched_house_is_asked_for_its_pages_and_who_gathers_for_all_its_tests() -> None:
    ours, touched = selection(), Touched(readers=frozenset({PORTAL, "preau/directory"}))
    page = SimpleNamespace(name="directory:pupil")
    assert ours.is_touched(item("tests/test_every_page.py::test_page[x]", page=page), touched)
    assert ours.is_touched(item(f"{PORTAL}/tests/test_home.py::test_card"), touched)
    assert not ours.is_touched(item("preau/directory/tests/test_merging.py::test_merge"), touched)


def test_what_passed_on_this_tree_is_not_run_again_and_what_often_fails_comes_first(tmp_path: Path) -> None:
    lists = tmp_path / "lists.json"
    lists.write_text('{"passed": ["b::1"], "first": ["d::1", "gone::1"]}')
    ours = selection(passed=str(lists), verdicts=str(tmp_path / "kept.txt"))
    assert taken(ours, "a::1", "b::1", "c::1", "d::1", c="long") == ["d::1", "c::1", "a::1"]
    assert ours.fresh == 1


def test_nothing_begins_after_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = selection(at_most=1.0)
    now = ours.began
    assert ours.pytest_runtest_protocol(item("a::1")) is None
    monkeypatch.setattr("tests.selection.monotonic", lambda: now + 90)
    assert ours.pytest_runtest_protocol(item("a::2")) is True
    # What follows would find the remains of what was not taken down.
    monkeypatch.setattr("tests.selection.monotonic", lambda: now)
    assert ours.pytest_runtest_protocol(item("a::3")) is True
    assert ours.left == ["a::2", "a::3"]


def test_a_test_is_written_once_it_has_passed_whole(tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    ours = selection(verdicts=str(kept))
    ours.pytest_runtest_logreport(report_of("a::1"))
    assert not kept.exists(), "its end is not there yet"
    ours.pytest_runtest_logreport(report_of("a::1", "teardown"))
    ours.pytest_runtest_logreport(report_of("a::2", outcome="failed"))
    ours.pytest_runtest_logreport(report_of("a::2", "teardown"))
    ours.pytest_runtest_logreport(report_of("a::3", "teardown", "failed"))
    assert verdicts.read(kept) == {"a::1"}
    assert ours.failures["a::2"] == "AssertionError: assert 1 == 2"


def test_a_folder_that_cannot_be_written_stops_no_run(tmp_path: Path) -> None:
    ours = selection(verdicts=str(tmp_path / "nowhere" / "kept.txt"))
    ours.pytest_runtest_logreport(report_of("a::1", "teardown"))
    assert not ours.failures


def test_a_test_with_a_clock_of_its_own_does_not_stop_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, ticks = selection(at_most=5.0), iter([1.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(ticks))
    for _ in range(3):
        assert ours.pytest_runtest_protocol(item("a::b")) is None


def test_pytest_takes_no_option_of_a_run_for_its_folder(tmp_path: Path) -> None:
    """Where it stands, it reads the options of the project; elsewhere, none of ours exists."""
    options = [*ci.SUITE, "--at-most=1", *Verdicts(tmp_path, "0", "sqlite").options(tmp_path)]
    command = [*ci.pytest_command("selection", options), "--collect-only", "-vv", "-n0", TESTS_OF_THIS]
    done = subprocess.run(command, cwd=ci.ROOT, capture_output=True, text=True, check=False)
    assert f"rootdir: {ci.ROOT}" in done.stdout.splitlines(), done.stdout + done.stderr


def test_long_tests_begin_each_half() -> None:
    items = [item(f"s::{number}") for number in range(4)] + [item("l::1", "long"), item("l::2", "long")]
    assert [one.nodeid for one in ordered_for_stealing(items)] == [
        "l::1",
        "s::0",
        "s::1",
        "l::2",
        "s::2",
        "s::3",
    ]


# The verdict of a tree


def test_a_verdict_is_the_last_one_and_a_cut_line_is_none(tmp_path: Path) -> None:
    kept = tmp_path / "sqlite-0.txt"
    for name, passed in (("a::1", True), ("a::2", True), ("a::1", False), ("a::3", False), ("a::3", True)):
        verdicts.write(kept, name, passed=passed)
    with kept.open("a") as lines:
        lines.write("+ a::4")
    assert verdicts.read(kept) == {"a::2", "a::3"}
    kept.write_bytes(b"\xff\x00 of another version\n+ a::5\n")
    assert verdicts.read(kept) == {"a::5"}


def test_a_fiftieth_of_what_passed_is_tried_again_in_turn(tmp_path: Path) -> None:
    ours = Verdicts(tmp_path, "0", "sqlite")
    names = {f"a::{number}" for number in range(verdicts.TURNS * 2)}
    for name in names:
        verdicts.write(ours.file, name, passed=True)
    turns = [ours.turn(names) for _ in range(verdicts.TURNS)]
    assert {len(turn) for turn in turns} == {2}
    assert set().union(*turns) == names


def test_what_often_fails_is_tried_again_too(tmp_path: Path) -> None:
    ours = Verdicts(tmp_path, "0", "sqlite")
    for number in range(3 * verdicts.TURNS):
        verdicts.write(ours.file, f"a::{number:03}", passed=True)
    verdicts.count_failures(ours.failures, ["a::007"])
    verdicts.count_failures(ours.failures, ["a::007", "a::008"])
    ours.options(tmp_path / "room")
    lists = json.loads((tmp_path / "room" / "sqlite-verdicts.json").read_text())
    assert lists["first"] == ["a::007", "a::008"]
    assert not {"a::007", "a::008"} & set(lists["passed"])
    assert len(lists["passed"]) == 3 * verdicts.TURNS - 2 - 3


def test_a_count_of_failures_that_cannot_be_read_is_begun_again(tmp_path: Path) -> None:
    (tmp_path / "sqlite-failures.json").write_text('{"a::1": ')
    ours = Verdicts(tmp_path, "0", "sqlite")
    assert ours.breakers() == []
    verdicts.count_failures(ours.failures, ["a::2"])
    assert ours.breakers() == ["a::2"]


def test_former_trees_are_thrown_away(tmp_path: Path) -> None:
    for number in range(verdicts.KEPT + 3):
        verdicts.write(tmp_path / f"sqlite-{number}.txt", "a::1", passed=True)
    verdicts.write(tmp_path / "postgresql-0.txt", "a::1", passed=True)
    Verdicts(tmp_path, "new", "sqlite").options(tmp_path / "room")
    assert len(list(tmp_path.glob("sqlite-*.txt"))) == verdicts.KEPT
    assert (tmp_path / "postgresql-0.txt").exists()


def test_a_verdict_is_about_a_tree_and_the_programs_that_try_it(monkeypatch: pytest.MonkeyPatch) -> None:
    facts = {"tree": "one"}
    monkeypatch.setattr(ci, "git", lambda *_: facts["tree"])
    first = ci.mark("SQLite 3.46")
    assert ci.mark("SQLite 3.46") == first != ci.mark("SQLite 3.47")
    facts["tree"] = "two"
    assert ci.mark("SQLite 3.46") != first


def test_a_run_that_is_cut_is_red(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = iter([ci.Part("sqlite", record={"left": ["a::1"]}), ci.Part("sqlite", code=5)])
    monkeypatch.setattr(ci, "part", lambda *_, **__: next(parts))
    assert ci.tests("sqlite", []).code == 1
    assert ci.tests("sqlite", []).code == 0, "nothing is left to be run"


def test_a_report_says_what_failed_and_ends_with_the_line_that_counts(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(ci, "RECORDS", tmp_path)
    record = {
        "outcomes": {"passed": 7, "failed": 1},
        "left": ["x"],
        "fresh": 12,
        "failures": {"tests/test_a.py::b": "AssertionError: no"},
        "seconds": {"tests/test_a.py::b": 4.0, "preau/domains/agenda/tests/test_c.py::d": 5.0},
    }
    ci.report([ci.Part("check", 2.0), ci.Part("postgresql", 21.0, code=1, record=record)], 23.0)
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2:] == ["RED", "8 passed, 2 failed, 0 skipped"]
    assert lines[1:3] == ["FAILED on postgresql: tests/test_a.py::b", "    AssertionError: no"]
    assert "make test-postgres ARGS=\"-n0 'tests/test_a.py::b'\"" in lines[3]
    assert "postgresql was cut: 1 tests had no time" in lines[4]
    assert "      5.0  preau/domains/agenda (postgresql)" in lines
    assert (tmp_path / "last.txt").read_text().splitlines() == lines[1:]


def test_a_run_without_a_fault_is_green(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(ci, "RECORDS", tmp_path)
    record = {"outcomes": {"passed": 7}, "left": [], "fresh": 0, "failures": {}, "seconds": {}}
    ci.report([ci.Part("check", 2.0), ci.Part("sqlite", 21.0, record=record)], 23.0)
    lines = capsys.readouterr().out.splitlines()
    assert lines[-2].startswith("GREEN") and lines[-1] == "8 passed, 0 failed, 0 skipped"


# Programs that others wrote


def test_a_test_whose_program_is_missing_fails_and_names_its_packages(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(programs, "is_here", lambda name: name != "xmlsec1")
    wants = SimpleNamespace(iter_markers=lambda _: [SimpleNamespace(args=("curl", "xmlsec1"))])
    with pytest.raises(pytest.fail.Exception, match="apt install xmlsec1"):
        programs.pytest_runtest_setup(wants)  # type: ignore[arg-type]
