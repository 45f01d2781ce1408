"""Nobody meets a page that answers wrongly, cannot be read, or cannot be used without a mouse."""

import time
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page

from tests.net import audit, checkers, known_bad, report
from tests.net.cast import KEYS, Stage
from tests.net.crawl import Crawl, Visit
from tests.net.plan import PLAN, is_first, run

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

# Each group is one test, so that two processes share the work.
GROUPS = [KEYS[0::2], KEYS[1::2]]


@pytest.mark.parametrize("keys", GROUPS, ids=" ".join)
def test_every_page_for_everyone(browser: Browser, live_server: Any, stage: Stage, keys: list[str]) -> None:
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


def seen_on_known_bad(eyes: "Eyes") -> dict[str, list[str]]:
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


class Eyes:
    """A browser that takes the place of one member of the cast."""

    def __init__(self, browser: Browser, server: str, crawl: Crawl, engines: audit.Engines | None) -> None:
        self.browser, self.server, self.crawl, self.engines = browser, server, crawl, engines

    def __enter__(self) -> "Eyes":
        self.context = self.browser.new_context(
            viewport=checkers.WIDE, locale="fr-FR", reduced_motion="reduce"
        )
        name = settings.SESSION_COOKIE_NAME
        if name in self.crawl.client.cookies:
            session = self.crawl.client.cookies[name].value
            self.context.add_cookies([{"name": name, "value": session, "url": self.server}])
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(10_000)
        self.heard = checkers.Heard(self.server).listen(self.page)
        return self

    def __exit__(self, *_: object) -> None:
        self.context.close()

    def open(self, visit: Visit) -> checkers.Faults:
        self.heard.forget()
        address = self.server + visit.address
        if visit.headers:
            # The answer to a form, as it was given: sending it again would change something.
            answer = {"status": visit.status, "headers": visit.headers, "body": visit.body}
            self.page.route(address, lambda route: route.fulfill(**answer))
        self.page.goto(address)
        found = checkers.look(self.page, self.heard)
        for colours, width in PLAN.settings:
            checkers.merge(found, self._judged(visit, colours, width))
        self.page.unroute_all()
        return found

    def _judged(self, visit: Visit, colours: str, width: int) -> checkers.Faults:
        """By every engine, on the page loaded again: some leave marks on it."""
        self.page.emulate_media(color_scheme=colours)
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.goto(self.server + visit.address)
        found = self.engines.faults(self.page)
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size(checkers.WIDE)
        return {name: [f"{colours}, {width} px : {one}" for one in told] for name, told in found.items()}

    def look(self, visit: Visit, part: report.Part) -> None:
        began = time.perf_counter()
        found = self.open(visit)
        shot = run() / "shots" / f"{visit.member}-{len(part.looks)}.jpg"
        self.page.screenshot(path=shot, type="jpeg", quality=50, full_page=True)
        part.add_look(visit, found, time.perf_counter() - began, shot)
