"""Nobody meets a page that answers wrongly, cannot be read, or cannot be used without a mouse."""

import time
from typing import Any

import pytest
from playwright.sync_api import Browser

from preau.directory.seeds import World
from preau.foundation import webpush
from tests.journeys.conftest import clock, schools  # noqa: F401 - fixtures, used by their names
from tests.net import audit, checkers, known_bad, report
from tests.net.cast import KEYS, Stage, gather
from tests.net.crawl import Crawl, Visit
from tests.net.eyes import Eyes
from tests.net.plan import PLAN, is_first

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

# Each group is one test, so that two processes share the work.
GROUPS = [KEYS[0::2], KEYS[1::2]]


@pytest.fixture
def stage(schools: dict[str, World], settings: Any) -> Stage:  # noqa: F811
    """The cast, on a site that also serves the known-bad page."""
    settings.ROOT_URLCONF = "tests.net.known_bad"
    settings.VAPID_PRIVATE_KEY = webpush.new_private_key()
    return gather(schools["college"], schools["twin"])


@pytest.mark.parametrize("keys", GROUPS, ids=" ".join)
def test_every_page_for_everyone(
    browser: Browser,
    live_server: Any,
    stage: Stage,
    keys: list[str],
) -> None:
    began = time.perf_counter()
    part = report.Part(keys)
    engines = audit.Engines() if PLAN.settings else None
    # All answers first: while the browser asks, queries could not be counted.
    crawls = [walked(Crawl(stage, key, PLAN.limits), part) for key in keys]
    part.planted = seen_on_known_bad(
        Eyes(browser, live_server.url, Crawl(stage, "visitor", PLAN.limits), engines)
    )
    for crawl in crawls:
        with Eyes(browser, live_server.url, crawl, engines) as eyes:
            for visit in crawl.visits.values():
                if to_be_seen(visit):
                    eyes.look(visit, part)
    if engines:
        engines.close()
        part.validate()
    part.write(time.perf_counter() - began)
    assert checkers.missed(part.planted, known_bad.planted(part.planted)) == []
    assert not part.faults, report.told(part.faults)


def walked(crawl: Crawl, part: report.Part) -> Crawl:
    for visit in crawl.walk():
        part.add_answer(visit, {name: check(visit) for name, check in checkers.ANSWER.items()})
    part.objects |= {f"{label} {value}" for label, value in crawl.objects}
    return crawl


def to_be_seen(visit: Visit) -> bool:
    """One page of each shape: a header is not looked at again with each page that bears it."""
    return visit.is_page and any([is_first(visit.main), is_first(visit.frame)])


def seen_on_known_bad(eyes: Eyes) -> dict[str, list[str]]:
    """What every checker says of the known-bad page, in this very run."""
    broken = eyes.crawl.see(known_bad.BROKEN)
    broken.wanted = frozenset({200})
    with eyes:
        visit = eyes.crawl.see(known_bad.ADDRESS)
        for link in [known_bad.BROKEN, f"{known_bad.ADDRESS}nulle-part/"]:
            visit.links[link] = eyes.crawl.see(link).status
        found = {name: check(visit) for name, check in checkers.ANSWER.items()}
        found["réponse"] = checkers.answer(broken)
        return found | eyes.open(visit)
