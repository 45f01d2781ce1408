"""A pytest plugin: which tests a run takes, in which order, and what became of each.

--touched REV     what the changes since this commit touch, and nothing else (`tests/touched.py`)
--house NAME      what is of this house: its tests, its rows of the tables of pages and of the net
--at-most N       begin nothing more after N minutes: what was left is counted, and said
--passed FILE     what has passed on this tree, hence is not run again, and what has often failed, which comes first
--verdicts FILE   where each test that passes is written at once (`tests/verdicts.py`); --failures FILE: how often each failed
--record FILE     what was left, what each test took, the first line of each failure
"""

import json
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from time import monotonic  # by its name: a test may give the module another clock
from typing import Any

import pytest

from tests import verdicts
from tests.touched import Touched, changed_since, house_of, touched_by

PAGES_FILE = "tests/test_every_page.py"
# What only `make net` and `make all` run: every role in front of every route, every page in a browser for everyone.
WHOLE_NET = "net"
BROWSER = {"journey", "looks"}
# Houses that show what all others publish, and own little else.
GATHERERS = ("preau/commons/", "preau/portal")
# A run of as many seconds says which families took them.
WORTH_SAYING = 120


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("preau")
    group.addoption("--touched", metavar="REV", default="", help="what the changes since this commit touch")
    group.addoption("--house", metavar="NAME", default="", help="what is of this house")
    group.addoption("--at-most", type=float, default=0, help="minutes; then begin nothing more")
    group.addoption(
        "--passed", metavar="FILE", default="", help="what has passed on this tree, and what comes first"
    )
    group.addoption("--verdicts", metavar="FILE", default="", help="where what passes is written")
    group.addoption("--failures", metavar="FILE", default="", help="how often each test has failed")
    group.addoption(
        "--record", metavar="FILE", default="", help="what was left, what each test took, what failed"
    )


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Selection(config), "preau-selection")


class Selection:
    """What a run takes. Each process of it decides alone, and decides the same."""

    def __init__(self, config: pytest.Config) -> None:
        option = config.option
        self.house, self.base, self.at_most = option.house, option.touched, option.at_most
        self.record, self.began = option.record, monotonic()
        self.verdicts, self.counter = option.verdicts, option.failures
        lists = json.loads(Path(option.passed).read_text()) if option.passed else {}
        self.passed, self.first = set(lists.get("passed", ())), list(lists.get("first", ()))
        self.is_worker = hasattr(config, "workerinput")
        self.fresh = 0
        self.left: list[str] = []
        self.seconds: Counter[str] = Counter()
        self.outcomes: Counter[str] = Counter()
        # The first line of what each said.
        self.failures: dict[str, str] = {}
        self.houses: dict[str, str] = {}

    # Which

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        if self.house:
            house = _named(self.house)
            self._keep(
                config, items, [one for one in items if self.is_of(one, house) and not _has(one, WHOLE_NET)]
            )
        elif self.base:
            self._keep(config, items, self._touched(items))
        elif self.verdicts:
            self._keep(config, items, self._without_a_verdict(items))
        else:
            items[:] = ordered_for_stealing(items)

    def _touched(self, items: list[pytest.Item]) -> list[pytest.Item]:
        """What is of the change itself first; what a browser looks at takes a hundred times what the others do, and comes after them."""
        touched = touched_by(changed_since(self.base))
        smoke = set(self._one_page_of_each_house(items)) if touched.smoke else set()
        found = [item for item in items if item in smoke or _is_smoke(item) or self.is_touched(item, touched)]
        return sorted(found, key=lambda item: (not self.is_of(item, touched.houses), _in_browser(item)))

    def _without_a_verdict(self, items: list[pytest.Item]) -> list[pytest.Item]:
        """Those that fail most often first, then the long ones, then as they stand."""
        rank = {name: number for number, name in enumerate(self.first)}
        found = [item for item in items if item.nodeid not in self.passed]
        self.fresh = len(items) - len(found)
        return sorted(found, key=lambda item: (rank.get(item.nodeid, len(rank)), not _has(item, "long")))

    def _keep(self, config: pytest.Config, items: list[pytest.Item], chosen: list[pytest.Item]) -> None:
        kept = set(chosen)
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = chosen

    def is_touched(self, item: pytest.Item, touched: Touched) -> bool:
        if _has(item, WHOLE_NET):
            # Every role and substitution, for the houses of the change alone.
            return not touched.everything and self.is_of(item, touched.houses)
        if touched.everything or (touched.look and _in_browser(item)):
            return True
        if self.is_of(item, touched.houses) or (_path(item) in touched.files and not self._house_of(item)):
            return True
        # Those who show what others publish: their pages; and their tests, where gathering is all they do.
        here = house_of(_path(item))
        return (
            self.is_of(item, touched.readers)
            and (not here or here.startswith(GATHERERS))
            and not _in_browser(item)
        )

    def is_of(self, item: pytest.Item, houses: Iterable[str]) -> bool:
        return self._house_of(item) in set(houses)

    def _house_of(self, item: pytest.Item) -> str:
        """The house whose folder holds the test, or whose route, page or name it is asked of; empty for what belongs to none."""
        if here := house_of(_path(item)):
            return here
        if not self.houses:
            self.houses = _houses_by_name()
        params = getattr(item, "callspec", None)
        for value in params.params.values() if params else ():
            value = value[0] if isinstance(value, list) and value else value
            name = value if isinstance(value, str) else getattr(value, "name", "")
            if isinstance(name, str) and (found := self.houses.get(name.partition(":")[0].partition("?")[0])):
                return found
        return ""

    def _one_page_of_each_house(self, items: list[pytest.Item]) -> list[pytest.Item]:
        found: dict[str, pytest.Item] = {}
        for item in items:
            if _path(item) == PAGES_FILE and (house := self._house_of(item)):
                found.setdefault(house, item)
        return list(found.values())

    # Until when

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        """Begin no test after the time."""
        if self.left or (self.at_most and monotonic() - self.began > self.at_most * 60):
            # What follows would find the remains of what was not taken down.
            self.left.append(item.nodeid)
            return True
        return None

    # What became of it

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that cannot be read holds tests that nobody ran."""
        if report.failed:
            self.failures[report.nodeid] = _first_line(report)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] += report.duration
        if report.failed:
            self.failures.setdefault(report.nodeid, _first_line(report))
            if not self.is_worker and self.record:
                # At once: a long run is not waited for to mend what it found.
                print(f"\nFAILED {report.nodeid}", flush=True)
        if report.when == "call" or report.outcome != "passed":
            self.outcomes[report.outcome] += 1
        if report.when == "teardown" and self.verdicts and not self.is_worker:
            # A disk that is full, or a folder that is gone: the run goes on, and nothing is remembered of it.
            with suppress(OSError):
                verdicts.write(Path(self.verdicts), report.nodeid, passed=report.nodeid not in self.failures)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        output = getattr(node, "workeroutput", {})
        self.left += output.get("left", [])
        self.fresh = max(self.fresh, output.get("fresh", 0))

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self.left:
            terminalreporter.write_line(f"{len(self.left)} tests left for want of time.")
        if not self.is_worker and self.seconds.total() > WORTH_SAYING:
            terminalreporter.write_line("Seconds by family:")
            for family, took in verdicts.by_family(self.seconds).most_common(12):
                terminalreporter.write_line(f"  {took:7.1f}  {family}")

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.is_worker:
            output: dict[str, Any] = session.config.workeroutput  # type: ignore[attr-defined]
            output |= {"left": self.left, "fresh": self.fresh}
            return
        if self.record:
            record = {
                "outcomes": self.outcomes,
                "left": self.left,
                "fresh": self.fresh,
                "failures": self.failures,
                "seconds": self.seconds,
                "minutes": (monotonic() - self.began) / 60,
            }
            Path(self.record).parent.mkdir(parents=True, exist_ok=True)
            Path(self.record).write_text(json.dumps(record))
        if self.counter:
            with suppress(OSError):
                verdicts.count_failures(Path(self.counter), self.failures)


def _first_line(report: pytest.TestReport | pytest.CollectReport) -> str:
    """What went wrong; of a file that cannot be read, the last line says it."""
    if isinstance(report, pytest.CollectReport):
        return report.longreprtext.strip().rpartition("\n")[2][:200]
    crash = getattr(report.longrepr, "reprcrash", None)
    return str(crash.message if crash else report.longreprtext).strip().partition("\n")[0][:200]


def ordered_for_stealing(items: list[pytest.Item]) -> list[pytest.Item]:
    """Long tests begin: two processes that share the work then end together, on short ones.

    Each process is first given one half of the list (`--dist worksteal`): half of the long ones begin each half.
    """
    long = [item for item in items if _has(item, "long")]
    short = [item for item in items if not _has(item, "long")]
    middle = max(0, len(items) // 2 - len(long[::2]))
    return [*long[::2], *short[:middle], *long[1::2], *short[middle:]]


def _in_browser(item: pytest.Item) -> bool:
    return any(_has(item, name) for name in BROWSER)


def _is_smoke(item: pytest.Item) -> bool:
    return _has(item, "smoke") and not _has(item, "plain")


def _has(item: pytest.Item, marker: str) -> bool:
    return item.get_closest_marker(marker) is not None


def _path(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


def _named(name: str) -> set[str]:
    """The house of this name, wherever it stands."""
    found = [path for path in set(_houses_by_name().values()) if path.rpartition("/")[2] == name]
    if not found:
        raise pytest.UsageError(f"No house is called « {name} ».")
    return set(found)


def _houses_by_name() -> dict[str, str]:
    """The folder of each house, by its name and by the namespace of its routes."""
    from django.apps import apps  # noqa: PLC0415 - Django is ready by now

    from preau.urls import urlpatterns  # noqa: PLC0415
    from tests.building import routes  # noqa: PLC0415

    found = {
        name.partition(":")[0]: house_of(f"{view.__module__.replace('.', '/')}/")
        for name, view in routes(urlpatterns)
    }
    for app in apps.get_app_configs():
        if folder := house_of(f"{app.name.replace('.', '/')}/"):
            found[app.label] = found[folder.rpartition("/")[2]] = folder
    return found
