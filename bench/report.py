"""The table of the bench, its goals, and the summary for machines."""

import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.measures import World
from bench.pages import BARE, LARGE_PAGES, MOST_GROWTH, PAGES, REFERENCE, Page
from bench.scratch import LARGE
from tests.statements import MOST_QUERIES

README = Path(__file__).parent / "README.md"
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
PROFILE_LINES = 22


def summary(worlds: Sequence[World]) -> dict[str, Any]:
    """What `make bench-quick` says on its last line: costs in the largest world, growth from the smallest."""
    sized, alone = apart(worlds)
    small, large = sized[0], sized[-1]
    return {
        "bare_ms": round(large.costs[BARE].cost, 3),
        "reference_ms": round(large.costs[REFERENCE].cost, 3),
        "pages": {
            page.key: large.described["pages"][page.key]
            | {
                "cpu_ms": round(large.costs[page.key].cost, 3),
                "ratio": round(ratio(large, page.key, REFERENCE), 2),
                "growth": round(growth(small, large, page.key), 2),
            }
            for page in measured(large)
        }
        | {
            page.key: world.described["pages"][page.key]
            | {
                "cpu_ms": round(world.costs[page.key].cost, 3),
                "ratio": round(ratio(world, page.key, REFERENCE), 2),
            }
            for world in alone
            for page in measured(world, LARGE_PAGES)
        },
    }


def apart(worlds: Sequence[World]) -> tuple[list[World], list[World]]:
    """The worlds of so many schools, and that of the large school, which has pages of its own."""
    return [world for world in worlds if world.schools != LARGE], [
        world for world in worlds if world.schools == LARGE
    ]


def measured(world: World, pages: Sequence[Page] = PAGES) -> Iterator[Page]:
    """The pages that exist, floors aside."""
    yield from (page for page in pages if page.key in world.costs and page.key not in {BARE, REFERENCE})


def ratio(world: World, key: str, floor: str) -> float:
    return world.costs[key].cost / world.costs[floor].cost


def growth(small: World, large: World, key: str) -> float:
    return large.costs[key].cost / small.costs[key].cost


def table(worlds: Sequence[World]) -> str:
    """Markdown for the worlds of one engine: the costs in the largest one, how they grew, and those of the large school."""
    sized, alone = apart(worlds)
    large = sized[-1]
    sizes = [world.schools for world in sized]
    heads = [
        "page",
        "queries",
        "HTML bytes",
        "web CPU ms",
        "database CPU ms",
        "p50 ms",
        "p95 ms",
        "requests/s",
        "× bare",
        "× reference",
        *[f"growth to {size}" for size in sizes[1:]],
        "goals",
    ]
    lines = [heads, ["---", *["--:"] * (len(heads) - 2), "---"]]
    lines += [_line(sized, page) for page in PAGES if page.key in large.costs]
    nothing = [""] * (len(sizes) - 1)
    for world in alone:
        own = [_line([world], page) for page in measured(world, LARGE_PAGES)]
        lines += [[*line[:-1], *nothing, line[-1]] for line in own]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _line(worlds: Sequence[World], page: Page) -> list[str]:
    large, costs = worlds[-1], worlds[-1].costs[page.key]
    described = large.described["pages"][page.key]
    return [
        f"`{page.key}`",
        str(described["queries"]),
        str(described["html_bytes"]),
        f"{costs.web:.2f}",
        f"{costs.database:.2f}",
        f"{costs.p50:.1f}",
        f"{costs.p95:.1f}",
        f"{costs.per_second:.0f}",
        f"{ratio(large, page.key, BARE):.1f}" if BARE in large.costs else "",
        f"{ratio(large, page.key, REFERENCE):.2f}",
        *[f"{growth(worlds[0], world, page.key):.2f}" for world in worlds[1:]],
        "floor" if page.key in {BARE, REFERENCE} else "; ".join(missed(worlds, page)) or "held",
    ]


def missed(worlds: Sequence[World], page: Page) -> Iterator[str]:
    """The goals that a page misses."""
    large = worlds[-1]
    if large.described["pages"][page.key]["queries"] > MOST_QUERIES:
        yield f"**more than {MOST_QUERIES} queries**"
    if growth(worlds[0], large, page.key) > MOST_GROWTH:
        yield f"**grows more than {MOST_GROWTH}**"
    if page.goal and ratio(large, page.key, page.goal.floor) > page.goal.times:
        yield f"**more than {page.goal.times:g} × {page.goal.floor}**"


def write(worlds: Sequence[World]) -> str:
    """Put the tables of the daily pages into bench/README.md; returns them."""
    return put("bench", text(worlds))


def put(mark: str, content: str, page: Path = README) -> str:
    """Replace what stands between the two marks of this name; returns what was told."""
    begin, end = f"<!-- {mark}: begin -->", f"<!-- {mark}: end -->"
    written = page.read_text(encoding="utf-8")
    before, after = written.split(begin)[0], written.split(end)[1]
    page.write_text(f"{before}{begin}\n{content}\n{end}{after}", encoding="utf-8")
    return content


def rows(heads: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """A table of Markdown: the first column is text, the others are figures."""
    table_rows = [heads, ["---", *["--:"] * (len(heads) - 1)], *lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in table_rows)


def measured_on(command: str) -> str:
    """When, on what and how a table was made, and whether the machine did other work."""
    busy = os.getloadavg()[2]
    return (
        f"Measured on {datetime.now(UTC):%d %B %Y} by `{command}`, {os.cpu_count()} cores, {platform.machine()}, Python "
        f"{platform.python_version()}; average load of the last quarter of an hour: {busy:.1f}."
    )


def text(worlds: Sequence[World]) -> str:
    """The tables of each engine, and where the time of the slowest page goes."""
    return "\n".join(_sections(worlds))


def _sections(worlds: Sequence[World]) -> Iterator[str]:
    yield f"Measured on {datetime.now(UTC):%d %B %Y}, {platform.machine()}, Python {platform.python_version()}.\n"
    for engine in dict.fromkeys(world.engine for world in worlds):
        found = [world for world in worlds if world.engine == engine]
        yield f"### {NAMES[engine]}, {apart(found)[0][-1].schools} schools\n"
        yield f"Medians of {found[-1].rounds} interleaved requests a page and a size.\n"
        yield table(found)
        yield ""
        for key in found[-1].described["missing"]:
            yield f"`{key}` does not exist yet, and was skipped.\n"
    last = apart(worlds)[0][-1]
    yield f"### Profile of the slowest page: `{last.slowest}`, {NAMES[last.engine]}, {last.schools} schools\n"
    yield "The functions that take the most for themselves, by cProfile (which weighs on Python's own calls).\n"
    lines = [line for line in last.profile.splitlines() if line.strip()]
    start = next(number for number, line in enumerate(lines) if "tottime" in line)
    yield "```\n" + "\n".join(lines[start : start + PROFILE_LINES]) + "\n```"
