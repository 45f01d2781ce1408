"""`python -m bench.served`: what the daily pages cost once they are served as documented, beside the same pages in process.

Eight browsers of the person of a page ask for it again and again, each waiting for its answer, which is looked at: directly,
then through nginx where there is one; and one browser alone. Rounds alternate pages, ways and sites, and in each the handler
alone answers the same pages to the same people (`bench.server`): what else the machine does weighs on all alike.
`--beside` serves a second site in the same rounds, with other words for gunicorn, another tree or another environment: one
thing at a time says what a lever is worth.
"""

import argparse
import os
import shlex
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from bench import report
from bench.pages import BARE
from bench.player import BROWSERS, KEYS, Asked, people, play
from bench.run import Server, prepare_pages, stage
from bench.scratch import FOLDER, ROOT, PostgreSQL, discard, prepare
from bench.sites import NGINX, Site, started

ANSWERS, ROUNDS = 40, 7
ALONE, DIRECT, PROXY = "alone", "direct", "proxy"
# As at the bell: two teachers' homes, two rolls, five parents' homes, one list of absences.
BELL = {"home_teacher": 2, "roll": 2, "home_guardian": 5, "absences_family": 1}


# What is measured: milliseconds of CPU (pages, database, proxy) by site, way and page.
Samples = dict[tuple[str, str, str], list[tuple[float, float, float]]]


def measure(
    sites: Sequence[Site],
    pages: Sequence[Asked],
    ways: Sequence[str],
    rounds: int,
    between: Callable[[int], None] | None = None,
) -> Samples:
    """Each page of each site in each way, in an order of its own each round; `between` is done after each."""
    samples: Samples = defaultdict(list)
    for number in range(rounds):
        order = [(site, way, page) for page in pages for site in sites for way in ways]
        Random(number).shuffle(order)
        for site, way, page in order:
            _forget_tries(site)
            samples[site.name, way, page.key].append(site.during(partial(answered, site, way, page)))
        if between:
            between(number)
    return samples


def answered(site: Site, way: str, page: Asked, answers: int = ANSWERS) -> int:
    port = site.port if way == PROXY else site.pages_port
    return play(page, port, 1 if way == ALONE else BROWSERS, answers, sealed=way == PROXY)


def _forget_tries(site: Site) -> None:
    """One person searches here as often as a school does."""
    site.watch.execute("DELETE FROM foundation_ratewindow")


def warm(site: Site, pages: Sequence[Asked], ways: Sequence[str]) -> None:
    """A site is not started at the bell: each of its threads and connections has answered each page."""
    for _ in range(3):
        for page in pages:
            _forget_tries(site)
            for way in ways:
                answered(site, way, page)


def cost(samples: Sequence[tuple[float, float, float]]) -> float:
    return median(map(sum, samples))


def part_by_part(
    samples: Samples,
    site: str,
    alone: Mapping[str, float],
    statements: Mapping[str, Any],
    ways: Sequence[str],
) -> str:
    """Page by page: what it costs in process, and what each part of serving it adds."""
    added = {ALONE: "+ server", DIRECT: "+ eight at once", PROXY: "+ proxy"}
    heads = ["page", "statements", "in process ms", *(added[way] for way in ways)]
    heads += ["served ms", "of which pages", "database", "proxy", "× in process", "× bare"]
    bare = cost(samples[site, ways[-1], BARE])
    lines = []
    for key, handler in alone.items():
        costs = [cost(samples[site, way, key]) for way in ways]
        parts = [after - before for before, after in zip([handler, *costs], costs, strict=False)]
        clocks = [median(part) for part in zip(*samples[site, ways[-1], key], strict=True)]
        figures = [handler, *parts, costs[-1], *clocks, costs[-1] / handler, costs[-1] / bare]
        lines.append([f"`{key}`", str(statements[key]), *[f"{figure:.2f}" for figure in figures]])
    return report.rows(heads, lines)


def side_by_side(samples: Samples, here: str, beside: str, way: str) -> str:
    """Page by page: both sites, and the median of the ratios of each round."""
    heads = ["page", f"{beside} ms", f"{here} ms", "ratio", "lowest", "highest"]
    keys = [key for site, _way, key in samples if site == here]
    bell = ["bell"] if set(BELL) <= set(keys) else []
    lines = []
    for key in [*sorted(keys, key=KEYS.index), *bell]:
        mine, other = (_totals(samples, site, way, key) for site in (here, beside))
        ratios = sorted(one / two for one, two in zip(mine, other, strict=True))
        figures = [median(other), median(mine), median(ratios), ratios[0], ratios[-1]]
        lines.append([f"`{key}`", *[f"{figure:.2f}" for figure in figures]])
    return report.rows(heads, lines)


def _totals(samples: Samples, site: str, way: str, key: str) -> list[float]:
    """What each round found of a page, or of the mix of the bell."""
    if key != "bell":
        return [sum(one) for one in samples[site, way, key]]
    rounds = zip(*(_totals(samples, site, way, page) for page in BELL), strict=True)
    weights = BELL.values()
    return [
        sum(found * times for found, times in zip(one, weights, strict=True)) / sum(weights) for one in rounds
    ]


def cores(samples: Samples, site: str, way: str) -> str:
    """What 1 200 pages a second by the mix of the bell keep busy, and how many cores that is at 60 %."""
    busy = 1.2 * median(_totals(samples, site, way, "bell"))
    return f"1 200 pages a second by the mix of the bell: {busy:.1f} cores busy, {busy / 0.6:.0f} at 60 %."


def counted(site: Site, pages: Sequence[Asked], described: Mapping[str, Any]) -> dict[str, Any]:
    """Statements of each page as PostgreSQL counts them; else as the handler does (`tests.statements`)."""
    found = {page.key: described[page.key]["queries"] for page in pages}
    if site.statements() is None:
        return found
    for page in pages:
        before = site.statements() or 0
        done = answered(site, DIRECT, page)
        found[page.key] = round(((site.statements() or 0) - before - 1) / done, 1)
    return found


def one_site(url: str, pages: Sequence[Asked], rounds: int) -> str:
    """The documented start, part by part."""
    ways = [ALONE, DIRECT, *([PROXY] if NGINX else [])]
    site = Site("served", url, more={})
    handler: dict[str, list[float]] = defaultdict(list)
    with started([site]), (FOLDER / "servers.log").open("w") as log:
        with stage("warming up"):
            warm(site, pages, ways)
            server = Server(url, log)
            described = server.ask("describe")["pages"]
            statements = counted(site, pages, described)

        def ask_inside(number: int) -> None:
            for turn in range(3):
                for key, (web, database, _wall) in server.ask("round", 3 * number + turn).items():
                    handler[key].append(web + database)

        with stage(f"{rounds} rounds"):
            samples = measure([site], pages, ways, rounds, ask_inside)
        server.close()
    alone = {page.key: median(handler[page.key]) for page in pages}
    table = part_by_part(samples, site.name, alone, statements, ways)
    return f"{table}\n\n{cores(samples, site.name, ways[-1])}"


def two_sites(url: str, pages: Sequence[Asked], options: argparse.Namespace) -> str:
    """The documented start, and the same with something else, round by round."""
    way = PROXY if NGINX and not options.direct else DIRECT
    pages = [page for page in pages if page.key in (options.pages or KEYS)]
    here = Site("here", url, more={})
    more = dict(pair.split("=", 1) for pair in options.set)
    tree = Path(options.tree).resolve() if options.tree else ROOT
    beside = Site("beside", url, tree=tree, words=shlex.split(options.beside), more=more)
    with started([here, beside]):
        with stage("warming up"):
            for site in (here, beside):
                warm(site, pages, [way])
        with stage(f"{options.rounds} rounds"):
            samples = measure([here, beside], pages, [way], options.rounds)
    return "\n\n".join(
        [
            f"beside: `{' '.join(beside.command()[3:])}` {' '.join(options.set)} {options.tree or ''}, {way}",
            side_by_side(samples, here.name, beside.name, way),
        ]
    )


def main(words: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hundred", action="store_true", help="a hundred schools instead of one")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument(
        "--beside", help="words for gunicorn of a second site, after the documented ones (may be empty)"
    )
    parser.add_argument("--tree", help="the folder of the second site's code")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="its environment")
    parser.add_argument(
        "--direct", action="store_true", help="without the proxy, where two sites are compared"
    )
    parser.add_argument("--pages", nargs="+", help="some pages only, where two sites are compared")
    parser.add_argument("--keep", action="store_true", help="keep the world for another run")
    options = parser.parse_args(words)
    base = os.environ.get("DATABASE_URL", "")
    if not base.startswith("postgres"):
        raise SystemExit("A site is measured on PostgreSQL: make bench-served.")
    engine, schools = PostgreSQL(base), 100 if options.hundred else 1
    prepare_pages()
    with stage(f"{schools} schools: making the world"):
        prepare(engine, schools)
    pages = people(engine.url(schools))
    if options.beside is None:
        found = f"{_measured_on(schools)}\n\n{one_site(engine.url(schools), pages, options.rounds)}"
        if (options.rounds, options.hundred) == (ROUNDS, False):
            report.put("served", found)
    else:
        found = f"{_measured_on(schools)}\n\n{two_sites(engine.url(schools), pages, options)}"
    print(found)
    for made in () if options.keep else {1, schools}:
        discard(engine, made)


def _measured_on(schools: int) -> str:
    proxy = "nginx in front" if NGINX else "no nginx on this machine"
    return f"{report.measured_on('python -m bench.served')} PostgreSQL, schools: {schools}, {proxy}; eight browsers, on the same machine."


if __name__ == "__main__":
    main()
