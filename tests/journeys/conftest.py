"""A real browser: Debian's Chromium, driven by Playwright, with and without JavaScript."""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django_tasks_db.models import DBTaskResult
from playwright.sync_api import Browser, Page, expect

from conftest import NOW
from preau.directory.seeds.world import World
from preau.identity.seeds import CAST, PASSWORD
from tests.conftest import opened
from tests.journeys.cable import Cable
from tests.net import checkers
from tests.net.plan import PLAN

# Several people at once, a network that is cut, a word that serves once: what is written there depends on the engine.
# The other journeys are those of one person at a time, and take one engine (decision 129).
ON_BOTH_ENGINES = {
    f"test_{name}.py"
    for name in (
        "school_day",
        "school_life",
        "teachers_hour",
        "roll_gestures",
        "offline_roll",
        "replacement",
        "homework",
        "families",
        "signon",
        "federation",
        "passkeys",
        "passkey_services",
        "push",
    )
}
SHOTS = os.environ.get("SCREENSHOTS", "")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where the eyes are closed, the journeys of one person stay at home."""
    if PLAN.eyes:
        return
    here = Path(__file__).parent
    left = [item for item in items if item.path.parent == here and item.path.name not in ON_BOTH_ENGINES]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in set(left)]


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """The same Tuesday, with time passing: a browser waits for answers."""
    with time_machine.travel(NOW, tick=True) as traveller:
        yield traveller


@pytest.fixture
def schools(planted: dict[str, World]) -> dict[str, World]:
    """Both schools, and no letter waiting from the days before."""
    DBTaskResult.objects.all().delete()
    return planted


# The innermost elements that leave a narrow screen.
TOO_WIDE = """[...document.querySelectorAll("body *")]
  .filter((one) => one.getBoundingClientRect().right > 321 && ![...one.children].some((child) => child.getBoundingClientRect().right > 321))
  .map((one) => one.outerHTML.slice(0, 120)).slice(0, 3)"""


@dataclass
class Visitor:
    """A person at a browser. Anything the page complains of is kept in `complaints`."""

    page: Page
    server: str
    scripts: bool
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._stay_home)

    def _stay_home(self, request: Any) -> None:
        if not request.url.startswith((self.server, "data:")):
            self.complaints.append(f"third-party request: {request.url}")

    def open(self, path: str) -> None:
        self.page.goto(self.server + path)

    def sign_in(self, key: str) -> "Visitor":
        self.open("/connexion/")
        self.page.get_by_label("Identifiant").fill(CAST[key])
        self.page.get_by_label("Mot de passe").fill(PASSWORD)
        self.page.get_by_role("button", name="Se connecter", exact=True).click()
        self.page.get_by_role("heading", level=1, name="Bonjour").wait_for()
        # Its title may come before its end.
        self.page.wait_for_load_state()
        return self

    def check(self, name: str, *, in_the_dark: bool = False) -> None:
        """The page is well formed for everyone: axe, no sideways scroll at 320 px.

        In the dark, each component of the style guide and each route are looked at elsewhere (`tests/net/test_looks.py`); here, in
        `make audit`. On the second engine the page is the same, and is judged no more (decision 98).
        """
        # Just after a click the page may still be arriving: `expect` waits for it, `count()` does not.
        self.page.wait_for_load_state()
        expect(self.page.locator("h1")).to_have_count(1)
        if not self.scripts or not PLAN.eyes:
            return
        for scheme in ("light", "dark") if in_the_dark or PLAN.every_side else ("light",):
            self.page.emulate_media(color_scheme=scheme)
            wrong, _doubts = checkers.axe(self.page)
            assert wrong == [], f"{name}, {scheme}"
        self.page.emulate_media(color_scheme="light")
        size = self.page.viewport_size
        self.page.set_viewport_size({"width": 320, "height": 640})
        width = self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= 320, (
            f"{name} is {width} px wide on a screen of 320 px: {self.page.evaluate(TOO_WIDE)}"
        )
        self.page.set_viewport_size(size)
        if SHOTS:
            self.page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)

    def done(self) -> None:
        assert self.complaints == []


@dataclass
class Device(Visitor):
    """A person at a phone that keeps what the site lets it keep, on a network that may fall."""

    cable: Cable = field(kw_only=True)

    def cut(self) -> None:
        """Nothing passes any more, and the browser knows it."""
        self.cable.cut()
        self.page.context.set_offline(True)

    def mend(self) -> None:
        self.cable.mend()
        self.page.context.set_offline(False)


@pytest.fixture
def device(browser: Browser, live_server: Any, schools: dict[str, World]) -> Iterator[Device]:
    cable = Cable(live_server.thread.port)
    context = opened(browser, viewport={"width": 390, "height": 844})
    yield Device(context.new_page(), cable.url, True, cable=cable)
    context.close()
    cable.remove()


# Without scripts a browser sends plain forms, which on the second engine every other test sends: there, one way is enough.
WAYS = [pytest.param(True, id="with JavaScript")]
if PLAN.eyes:
    WAYS.append(pytest.param(False, id="without JavaScript", marks=pytest.mark.plain))


@pytest.fixture(params=WAYS)
def scripts(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture
def visit(browser: Browser, live_server: Any, schools: dict[str, World], scripts: bool) -> Iterator[Any]:
    """`visit("guardian")`: a member of the cast, signed in, on a phone unless `wide`."""
    contexts = []

    def arrive(key: str, *, wide: bool = False) -> Visitor:
        size = {"width": 1280, "height": 900} if wide else {"width": 390, "height": 844}
        context = opened(browser, java_script_enabled=scripts, viewport=size, service_workers="block")
        contexts.append(context)
        return Visitor(context.new_page(), live_server.url, scripts).sign_in(key)

    yield arrive
    for context in contexts:
        context.close()


@pytest.fixture
def newcomer(browser: Browser, live_server: Any, schools: dict[str, World], scripts: bool) -> Any:
    """Somebody at a phone, whom Préau does not know yet."""
    context = opened(
        browser, java_script_enabled=scripts, viewport={"width": 390, "height": 844}, service_workers="block"
    )
    yield Visitor(context.new_page(), live_server.url, scripts)
    context.close()
