"""Nobody meets a page that answers wrongly, cannot be read, or cannot be used without a mouse."""

import time
from typing import Any

import pytest
from playwright.sync_api import Browser

from preau import urls
from preau.directory.seeds import World
from preau.foundation import webpush
from tests.building import routes
from tests.declared import gathered
from tests.journeys.conftest import clock, schools  # noqa: F401 - fixtures, used by their names
from tests.net import audit, checkers, known_bad, report
from tests.net.cast import PARTS, Stage, gather
from tests.net.crawl import Crawl, Visit
from tests.net.eyes import Eyes
from tests.net.plan import PLAN, is_first

pytestmark = [pytest.mark.journey, pytest.mark.long, pytest.mark.django_db(transaction=True)]
if PLAN.eyes:
    pytestmark.append(pytest.mark.usefixtures("browser", "live_server"))


@pytest.fixture
def stage(schools: dict[str, World], settings: Any) -> Stage:  # noqa: F811
    """The cast, on a site that also serves the known-bad page."""
    settings.ROOT_URLCONF = "tests.net.known_bad"
    settings.VAPID_PRIVATE_KEY = webpush.new_private_key()
    return gather(schools["college"], schools["twin"])


@pytest.mark.parametrize("keys", PARTS, ids=" ".join)
def test_every_page_for_everyone(request: pytest.FixtureRequest, stage: Stage, keys: list[str]) -> None:
    began = time.perf_counter()
    part = report.Part(keys)
    # All answers first: while the browser asks, queries could not be counted.
    crawls = [walked(Crawl(stage, key, PLAN.limits), part) for key in keys]
    stranger = Crawl(stage, "visitor", PLAN.limits)
    if PLAN.eyes:
        look(
            request.getfixturevalue("browser"),
            request.getfixturevalue("live_server").url,
            crawls,
            stranger,
            part,
        )
    else:
        part.planted = said_of_known_bad(stranger)[1]
    part.write(time.perf_counter() - began)
    asked = known_bad.planted(part.planted)
    if not PLAN.eyes:
        asked = {name: asked[name] for name in checkers.ANSWER}
    assert checkers.missed(part.planted, asked) == []
    if "head" in keys:
        walked_to = {visit.route for visit in crawls[keys.index("head")].visits.values()}
        # A new gesture wants an object to be made on: `lay` of its house.
        assert {name for name, _ in routes(urls.urlpatterns)} - walked_to == gathered().of_others
    assert not part.faults, report.told(part.faults)


def look(browser: Browser, server: str, crawls: list[Crawl], stranger: Crawl, part: report.Part) -> None:
    """In a browser at the known-bad page, then at one page of each shape."""
    engines = audit.Engines() if PLAN.settings else None
    with Eyes(browser, server, stranger, engines) as eyes:
        visit, said = said_of_known_bad(stranger)
        part.planted = said | eyes.open(visit)
    for crawl in crawls:
        with Eyes(browser, server, crawl, engines) as eyes:
            for visit in crawl.visits.values():
                if to_be_seen(visit):
                    eyes.look(visit, part)
    if engines:
        engines.close()
        part.validate()


def walked(crawl: Crawl, part: report.Part) -> Crawl:
    for visit in crawl.walk():
        part.add_answer(visit, {name: check(visit) for name, check in checkers.ANSWER.items()})
    part.objects |= {f"{label} {value}" for label, value in crawl.objects}
    return crawl


def to_be_seen(visit: Visit) -> bool:
    """One page of each shape: a header is not looked at again with each page that bears it."""
    return visit.is_page and any([is_first(visit.main), is_first(visit.frame)])


def said_of_known_bad(stranger: Crawl) -> tuple[Visit, dict[str, list[str]]]:
    """What every checker of an answer says of the known-bad page, in this very run."""
    broken = stranger.see(known_bad.BROKEN)
    broken.wanted = frozenset({200})
    visit = stranger.see(known_bad.ADDRESS)
    for link in [known_bad.BROKEN, f"{known_bad.ADDRESS}nulle-part/"]:
        visit.links[link] = stranger.see(link).status
    found = {name: check(visit) for name, check in checkers.ANSWER.items()}
    return visit, found | {"réponse": checkers.answer(broken)}
