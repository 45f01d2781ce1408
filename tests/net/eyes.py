"""A browser in the place of one member of the cast: signed in by the session of their walk, not by typing."""

import time
from collections.abc import Iterable

from django.conf import settings as site
from playwright.sync_api import Browser, Page

from tests.conftest import opened
from tests.net import audit, checkers, known_bad, report
from tests.net.crawl import Crawl, Visit
from tests.net.plan import PLAN, is_first, run

# Pages that were wider than a phone with text twice as large: looked at so, whoever opens them.
ENLARGED = {
    "appointments:appointment",
    "appointments:evening",
    "gradebook:average",
    "notifications:preferences",
    "report_cards:card",
    "report_cards:pupil",
}


class Eyes:
    """A browser that takes the place of one member of the cast."""

    def __init__(self, browser: Browser, server: str, crawl: Crawl, engines: audit.Engines | None) -> None:
        self.browser, self.server, self.crawl, self.engines = browser, server, crawl, engines

    def __enter__(self) -> "Eyes":
        self.context = opened(self.browser, viewport=checkers.WIDE, reduced_motion="reduce")
        name = site.SESSION_COOKIE_NAME
        if name in self.crawl.client.cookies:
            session = self.crawl.client.cookies[name].value
            self.context.add_cookies([{"name": name, "value": session, "url": self.server}])
        self.page: Page = self.context.new_page()
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
        found = checkers.look(
            self.page,
            self.heard,
            on_every_side=self.sees_every_side(visit),
            with_large_text=visit.route in ENLARGED or visit.address == known_bad.ADDRESS,
        )
        for colours, width in PLAN.settings:
            checkers.merge(found, self._judged(visit, colours, width))
        self.page.unroute_all()
        return found

    @staticmethod
    def sees_every_side(visit: Visit) -> bool:
        """In the dark and on a narrow screen a route looks like itself, whoever opens it."""
        return PLAN.every_side or visit.address == known_bad.ADDRESS or is_first(f"sides-{visit.route}")

    def _judged(self, visit: Visit, colours: str, width: int) -> checkers.Faults:
        """By every engine, on the page loaded again: some leave marks on it."""
        self.page.emulate_media(color_scheme=colours)
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.goto(self.server + visit.address)
        found = self.engines.faults(self.page)
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size(checkers.WIDE)
        return {name: [f"{colours}, {width} px : {one}" for one in faults] for name, faults in found.items()}

    def look(self, visit: Visit, part: report.Part) -> None:
        began = time.perf_counter()
        found = self.open(visit)
        shot = run() / "shots" / f"{part.name}-{visit.member}-{len(part.looks)}.jpg"
        if PLAN.pictures or any(found.values()):
            self.page.screenshot(path=shot, type="jpeg", quality=50, full_page=True)
        part.add_look(visit, found, time.perf_counter() - began, shot)


def look(
    browser: Browser,
    server: str,
    seen: Iterable[tuple[Crawl, Iterable[Visit]]],
    part: report.Part,
    stranger: Crawl | None,
) -> None:
    """In a browser at the known-bad page, as this stranger, then at what each member of the cast is to look at."""
    engines = audit.Engines() if PLAN.settings else None
    if stranger is not None:
        with Eyes(browser, server, stranger, engines) as eyes:
            visit, found = answers_on_known_bad(stranger)
            part.planted = found | eyes.open(visit)
    for crawl, visits in seen:
        with Eyes(browser, server, crawl, engines) as eyes:
            for visit in visits:
                eyes.look(visit, part)
    if engines:
        engines.close()
        part.validate()


def answers_on_known_bad(stranger: Crawl) -> tuple[Visit, checkers.Faults]:
    """What every checker of an answer says of the known-bad page, in this very run."""
    broken = stranger.see(known_bad.BROKEN)
    broken.wanted = frozenset({200})
    visit = stranger.see(known_bad.ADDRESS)
    for link in [known_bad.BROKEN, f"{known_bad.ADDRESS}nulle-part/"]:
        visit.links[link] = stranger.see(link).status
    found = judged(visit)
    return visit, found | {"réponse": checkers.answer(broken)}


def judged(visit: Visit) -> checkers.Faults:
    """What every checker of an answer says of it."""
    return {name: check(visit) for name, check in checkers.ANSWER.items()}


def missed_on_known_bad(planted: checkers.Faults) -> list[str]:
    """The defects of the known-bad page that a checker, or an engine that ran, has not seen."""
    asked = known_bad.planted(planted)
    if not PLAN.eyes:
        asked = {name: asked[name] for name in checkers.ANSWER}
    return checkers.missed(planted, asked)
