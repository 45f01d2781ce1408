"""The pages of each house, looked at in a browser: each by one person who may open it, or two who are not alike."""

import time
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from preau import urls
from preau.directory.seeds.world import World
from preau.directory.words import Profile
from preau.foundation import webpush
from preau.foundation.access import anyone
from tests.building import routes
from tests.declared import gathered
from tests.journeys.conftest import clock, schools  # noqa: F401 - fixtures, used by their names
from tests.net import report
from tests.net.cast import KEYS, Stage, gather
from tests.net.crawl import Crawl, Visit
from tests.net.eyes import answers_on_known_bad, judged, look, missed_on_known_bad
from tests.net.matrix import Route, houses, route_of
from tests.net.plan import PLAN, is_first

pytestmark = [pytest.mark.journey, pytest.mark.looks, pytest.mark.django_db(transaction=True)]
if PLAN.eyes:
    pytestmark.append(pytest.mark.usefixtures("browser", "live_server"))

OF_TABLE = {page.name: page for page in gathered().pages}
FAMILY = {Profile.PUPIL, Profile.GUARDIAN}
# What the checkers said of the known-bad page, once a process.
known: dict[str, list[str]] = {}


class Cast:
    """The members of the cast, each signed in when they are first needed."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.crawl = cache(lambda key: Crawl(stage, key, PLAN.limits))

    def side(self, key: str) -> str:
        """Staff, family, or neither: pages are made for the first two."""
        viewer = self.crawl(key).viewer
        if viewer is None:
            return "visitor"
        return "family" if viewer.profile in FAMILY else str(viewer.profile)

    def looks(self, route: Route, view: Any) -> Iterator[tuple[str, str]]:
        """Who looks at a route, and at which address: the first who may, and the first of the other side."""
        # A public page is made for visitors.
        keys = ["visitor", *KEYS] if view.opening is anyone else KEYS
        sides = set[str]()
        for key in keys:
            side = self.side(key)
            address = None if side in sides else self.address(key, route, view)
            if address is not None:
                yield key, address
                sides.add(side)
            if len(sides) == 2:
                return

    def address(self, key: str, route: Route, view: Any) -> str | None:
        """Where this member may open the route; None when nowhere."""
        crawl, page = self.crawl(key), OF_TABLE.get(route.name)
        if page is not None:
            return self.stage.table[route.name] if crawl.may_see_page(page) else None
        return next(filter(crawl.may_see, crawl.addresses_of(route.name, view)), None)

    def see(self, key: str, address: str, route: Route) -> Visit:
        crawl = self.crawl(key)
        visit = crawl.see_page(OF_TABLE[route.name]) if route.name in OF_TABLE else crawl.see(address)
        crawl.foresee_links(visit)
        return visit


@pytest.fixture
def stage(schools: dict[str, World], settings: Any, house: str) -> Stage:  # noqa: F811
    """The cast, on a site that also serves the known-bad page, and something to show on each page of the house."""
    settings.ROOT_URLCONF = "tests.net.known_bad"
    settings.VAPID_PRIVATE_KEY = webpush.new_private_key()
    pages = [page for name, page in OF_TABLE.items() if name.partition(":")[0] == house]
    return gather(schools["college"], schools["twin"], pages)


@pytest.mark.parametrize("house", houses())
def test_the_pages_of_a_house(request: pytest.FixtureRequest, stage: Stage, house: str) -> None:
    began = time.perf_counter()
    part, cast = report.Part(["looks", house]), Cast(stage)
    seen: dict[str, list[Visit]] = {}
    # All answers first: while the browser asks, queries could not be counted.
    for name, view in routes(urls.urlpatterns):
        route = route_of(name, view)
        if route.house == house and "GET" in route.methods:
            for key, address in cast.looks(route, view):
                visit = cast.see(key, address, route)
                part.add_answer(visit, judged(visit))
                seen.setdefault(key, []).append(visit)
    stranger = None if known else Crawl(stage, "visitor", PLAN.limits)
    if PLAN.eyes:
        browser, server = request.getfixturevalue("browser"), request.getfixturevalue("live_server").url
        firsts = chosen(seen)
        looked = [(cast.crawl(key), firsts[key]) for key in firsts]
        look(browser, server, looked, part, stranger)
    elif stranger is not None:
        part.planted = answers_on_known_bad(stranger)[1]
    known.update(part.planted)
    part.planted = known
    part.write(time.perf_counter() - began)
    assert missed_on_known_bad(known) == []
    visited = {visit.route for visits in seen.values() for visit in visits}
    # Of a few pages the table says that nobody of these schools opens them.
    opened = {name for name, page in OF_TABLE.items() if name.partition(":")[0] == house and page.open_to}
    assert opened - visited == set(), "nobody may open it"
    assert not part.faults, report.fault_lines(part.faults)


def chosen(seen: dict[str, list[Visit]]) -> dict[str, list[Visit]]:
    """Each route once; a second time by whoever is shown something that nobody has looked at in this run."""
    routes_seen, kept = set[str](), dict[str, list[Visit]]()
    for key, visits in seen.items():
        for visit in visits:
            is_new = any([is_first(visit.main), is_first(visit.frame)])
            if visit.is_page and (is_new or visit.route not in routes_seen):
                kept.setdefault(key, []).append(visit)
                routes_seen.add(visit.route)
    return kept
