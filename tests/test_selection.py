"""A run takes what a change touches, says what it left, and takes that first the next time."""

import subprocess
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest

from tests import ci
from tests.selection import Selection, depends_on_engine, ordered_for_stealing
from tests.touched import Building, Change, Touched, touched_by

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
        "rest": "",
        "engine_only": False,
        "touched": "",
        "record": "",
        "minutes": 0.0,
        "at_most": 0.0,
        "first": "",
    }
    return Selection(SimpleNamespace(option=SimpleNamespace(**default | options)))  # type: ignore[arg-type]


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


def test_the_second_engine_takes_races_and_what_is_touched_but_no_browser() -> None:
    race, marked = item("a::b", fixtures=("transactional_db",)), item("a::c", "engine")
    touched, browser = item("a::d", "django_db"), item("a::e", "journey", fixtures=("transactional_db",))
    pure = item("a::f")
    found = [
        one.nodeid
        for one in (race, marked, touched, browser, pure)
        if depends_on_engine(one, {touched, pure})
    ]
    assert found == ["a::b", "a::c", "a::d"]


def test_what_a_run_left_comes_first_in_the_next(tmp_path: Any) -> None:
    record = tmp_path / "record.json"
    record.write_text('{"left": ["b::1"], "seconds": {}}')
    ours = selection(touched="HEAD", rest="digest", first=str(record))
    items = [item(f"{name}::1") for name in "abc"]
    config = SimpleNamespace(hook=SimpleNamespace(pytest_deselected=lambda items: None))
    ours.pytest_collection_modifyitems(config, items)  # type: ignore[arg-type]
    assert items[0].nodeid == "b::1" and len(items) == 3


def test_nothing_of_the_rest_begins_after_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = selection(minutes=1.0, at_most=2.0)
    ours.wanted = {"a::touched"}
    now = ours.began
    monkeypatch.setattr("tests.selection.monotonic", lambda: now + 90)
    assert ours.pytest_runtest_protocol(item("a::touched")) is None
    assert ours.pytest_runtest_protocol(item("a::rest")) is True
    # What follows would find the remains of what was not taken down.
    assert ours.pytest_runtest_protocol(item("a::touched")) is True
    assert ours.left == ["a::rest", "a::touched"]


def test_a_test_with_a_clock_of_its_own_does_not_stop_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, ticks = selection(), iter([1.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(ticks))
    for _ in range(3):
        ours.pytest_runtest_logreport(
            SimpleNamespace(nodeid="a::b", duration=1, failed=False, when="setup", outcome="passed")
        )  # type: ignore[arg-type]
    assert set(ours.ends) == {"a::b"}


@pytest.mark.parametrize(
    "options",
    [ci.on_the_first_engine("HEAD", "0", 1, 2), ci.on_the_second_engine("HEAD", 1)],
    ids=["first engine", "second engine"],
)
def test_pytest_takes_no_option_of_a_run_for_its_folder(options: list[str], tmp_path: Path) -> None:
    """Where it stands, it reads the options of the project; elsewhere, none of ours exists."""
    there = [option.replace(str(ci.CACHE), str(tmp_path)) for option in options]
    (tmp_path / "last-run-sqlite.json").write_text('{"left": []}')
    (tmp_path / "last-run-postgresql.json").write_text('{"left": []}')
    command = [
        *ci.pytest_command("selection", there),
        "--collect-only",
        "-vv",
        "-n0",
        "tests/test_selection.py",
    ]
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


# What the CI remembers


def test_a_change_begins_after_the_last_commit_that_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ci, "git", lambda *_: "head before older oldest")
    assert ci.last_passed(["oldest", "older", "head"]) == "older"
    assert ci.last_passed(["head"]) == ci.NOTHING


def test_a_report_ends_with_the_line_that_counts(capsys: pytest.CaptureFixture[str]) -> None:
    record = {
        "outcomes": {"passed": 7, "failed": 1},
        "left": ["x"],
        "touched": 3,
        "touched_left": 0,
        "touched_minutes": 6.25,
        "seconds": {"a::b": 4.0},
    }
    ci.report([ci.Part("check", 3, 2.0), ci.Part("sqlite", 20, 21.0, code=1, record=record)], 23.0)
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "8 passed, 1 failed, 0 skipped"
    assert any(
        "sqlite" in line and "FAILED" in line and "3 touched, done after 6.2, 1 left for the next run" in line
        for line in lines
    )
