"""A pytest plugin: which tests a run takes, in which order, and when it stops taking more.

    --touched REV     what the changes since this commit touch, and nothing else (`tests/touched.py`)
    --house NAME      what is of this house: its tests, its rows of the tables of pages and of the net
    --rest DIGEST     after what is touched, all the rest, in an order that this digest draws
    --engine-only     what depends on the engine of the database, and what touches it
    --minutes N       take no more of the rest after N minutes; --at-most N: of anything

What was not run for want of time is written to `--record`, with what each test took: it comes first in the next run.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from time import monotonic  # by its name: a test may give the module another clock
from typing import Any

import pytest

from tests.touched import Touched, changed_since, house_of, touched_by

PAGES_FILE = "tests/test_every_page.py"
# What only `make net` and `make all` run: every role in front of every route, every page in a browser for everyone.
WHOLE_NET = "net"
# Minutes in one piece: the walk of each person through the whole site.
WALK = "tests/net/test_net.py"
BROWSER = {"journey", "looks"}
# Houses that show what all others publish, and own little else.
GATHERERS = ("preau/commons/", "preau/portal")
DATABASE = {"db", "transactional_db", "django_db_setup", "live_server"}


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("preau")
    group.addoption("--touched", metavar="REV", default="", help="what the changes since this commit touch")
    group.addoption("--house", metavar="NAME", default="", help="what is of this house")
    group.addoption(
        "--rest", metavar="DIGEST", default="", help="then the rest, in the order that this draws"
    )
    group.addoption(
        "--engine-only", action="store_true", help="what depends on the engine, and what is touched"
    )
    group.addoption("--minutes", type=float, default=0, help="then begin no more of the rest")
    group.addoption("--at-most", type=float, default=0, help="then begin nothing more")
    group.addoption("--record", metavar="FILE", default="", help="what was left and what each test took")
    group.addoption("--first", metavar="FILE", default="", help="the record whose left tests come first")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Selection(config), "preau-selection")


class Selection:
    """What a run takes. Each process of it decides alone, and decides the same."""

    def __init__(self, config: pytest.Config) -> None:
        option = config.option
        self.house, self.rest, self.engine_only = option.house, option.rest, option.engine_only
        self.base, self.record, self.began = option.touched, option.record, monotonic()
        self.minutes, self.at_most = option.minutes, option.at_most
        self.first = _left_of(option.first)
        self.is_worker = hasattr(config, "workerinput")
        self.wanted: set[str] = set()
        self.left: list[str] = []
        self.seconds: Counter[str] = Counter()
        # Minutes after the start, by test.
        self.ends: dict[str, float] = {}
        self.outcomes: Counter[str] = Counter()
        self.houses: dict[str, str] = {}

    # Which

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        if not (self.house or self.base):
            items[:] = ordered_for_stealing(items)
            return
        if self.house:
            chosen = [
                item for item in items if self.is_of(item, _named(self.house)) and not _has(item, WHOLE_NET)
            ]
            self._keep(config, items, chosen)
            return
        touched = touched_by(changed_since(self.base))
        if self.engine_only:
            # What others show of it looks the same on both engines.
            touched = replace(touched, readers=frozenset())
        smoke = set(self._one_page_of_each_house(items)) if touched.smoke else set()
        wanted = [
            item for item in items if item in smoke or _is_smoke(item) or self.is_touched(item, touched)
        ]
        if self.engine_only:
            wanted = [item for item in items if depends_on_engine(item, also=set(wanted))]
        rest = self._drawn([item for item in items if item not in set(wanted)]) if self.rest else []
        self.wanted = {item.nodeid for item in wanted}
        # What is of the change itself first; what a browser looks at takes a hundred times what the others do, and comes after them.
        wanted.sort(key=lambda item: (not self.is_of(item, touched.houses), _in_browser(item)))
        self._keep(config, items, [*_left_first(wanted, self.first), *_left_first(rest, self.first)])

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

    def _drawn(self, items: list[pytest.Item]) -> list[pytest.Item]:
        """File by file and house by house, in the order that the digest draws: what a file sets up once serves all its tests."""
        items = [item for item in items if _path(item) != WALK]

        def lot(item: pytest.Item) -> str:
            return sha256(f"{self.rest} {_path(item)} {self._house_of(item)}".encode()).hexdigest()

        return sorted(items, key=lot)

    # Until when

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        """Begin no test that the time left does not hold."""
        limit = (
            self.at_most
            if item.nodeid in self.wanted or not self.minutes
            else min(filter(None, (self.minutes, self.at_most)))
        )
        if self.left or (limit and monotonic() - self.began > limit * 60):
            self.left.append(item.nodeid)
            return True
        return None

    # What became of it

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] += report.duration
        self.ends[report.nodeid] = (monotonic() - self.began) / 60
        if report.failed and not self.is_worker and self.record:
            # At once: a long run is not waited for to mend what it found.
            print(f"\nFAILED {report.nodeid}", flush=True)
        if report.when == "call" or report.outcome != "passed":
            self.outcomes[report.outcome] += 1

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        self.left += getattr(node, "workeroutput", {}).get("left", [])
        self.wanted |= set(getattr(node, "workeroutput", {}).get("wanted", []))

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self.left:
            of_the_change = len(self.wanted & set(self.left))
            terminalreporter.write_line(
                f"{len(self.left)} tests left for want of time, {of_the_change} of them touched."
            )

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.is_worker:
            output: dict[str, Any] = session.config.workeroutput  # type: ignore[attr-defined]
            output |= {"left": self.left, "wanted": sorted(self.wanted)}
        elif self.record:
            record = {
                "outcomes": self.outcomes,
                "left": self.left,
                "touched": len(self.wanted),
                "seconds": self.seconds,
                "touched_left": len(self.wanted & set(self.left)),
                "minutes": (monotonic() - self.began) / 60,
                "touched_minutes": max(
                    (at for name, at in self.ends.items() if name in self.wanted), default=0
                ),
            }
            Path(self.record).parent.mkdir(parents=True, exist_ok=True)
            Path(self.record).write_text(json.dumps(record))


def ordered_for_stealing(items: list[pytest.Item]) -> list[pytest.Item]:
    """Long tests begin: two processes that share the work then end together, on short ones.

    Each process is first given one half of the list (`--dist worksteal`): half of the long ones begin each half.
    """
    long = [item for item in items if _has(item, "long")]
    short = [item for item in items if not _has(item, "long")]
    middle = max(0, len(items) // 2 - len(long[::2]))
    return [*long[::2], *short[:middle], *long[1::2], *short[middle:]]


def depends_on_engine(item: pytest.Item, also: set[pytest.Item]) -> bool:
    """What differs from one database to another, and what is touched and reads one; a page looks the same on both."""
    if _has(item, "engine"):
        return True
    if _in_browser(item):
        return False
    # Whoever commits, races or waits for a lock; the clients of others only want a server.
    if "transactional_db" in getattr(item, "fixturenames", ()) and not _path(item).startswith(
        "tests/foreign"
    ):
        return True
    return item in also and uses_database(item) and not _has(item, WHOLE_NET)


def _in_browser(item: pytest.Item) -> bool:
    return any(_has(item, name) for name in BROWSER)


def _is_smoke(item: pytest.Item) -> bool:
    return _has(item, "smoke") and not _has(item, "plain")


def uses_database(item: pytest.Item) -> bool:
    return _has(item, "django_db") or bool(DATABASE & set(getattr(item, "fixturenames", ())))


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


def _left_of(record: str) -> list[str]:
    return list(json.loads(Path(record).read_text())["left"]) if record and Path(record).exists() else []


def _left_first(items: list[pytest.Item], left: Iterable[str]) -> list[pytest.Item]:
    """In the same order, but for those that a former run left."""
    first = set(left)
    return sorted(items, key=lambda item: item.nodeid not in first)
