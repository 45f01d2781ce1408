"""What each checker says of a page: a list of sentences, empty when all is well.

Those of an answer read what the test client received; those of a page look at it in the browser.
"""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.net import known_bad
from tests.net.crawl import GUIDE, Visit
from tests.net.plan import is_first
from tests.net.reviewed import is_reviewed
from tests.pages import MOST_BYTES, faults
from tests.statements import MOST_QUERIES

PROBES = (Path(__file__).parent / "probes.js").read_text()
SCRIPT = Axe().axe_script
# Style sheets are fetched again for one rule alone, which is off; nobody reads the selectors. A quarter of its time.
AXE = {"resultTypes": ["violations", "incomplete"], "preload": {"assets": ["media"]}, "selectors": False}
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 640}

Faults = dict[str, list[str]]


# Of an answer


def answer(visit: Visit) -> list[str]:
    told = "" if visit.status in visit.wanted else f"{visit.status} au lieu de {sorted(visit.wanted)}"
    return [told] if told else []


def queries(visit: Visit) -> list[str]:
    if visit.queries <= MOST_QUERIES:
        return []
    told = "; ".join(
        re.sub(r"SELECT .* FROM ", "SELECT … FROM ", statement)[:90] for statement in visit.statements
    )
    return [f"{visit.queries} requêtes : {told}"]


def weight(visit: Visit) -> list[str]:
    heavy = visit.is_page and visit.size > MOST_BYTES and not visit.route.startswith(GUIDE)
    return [f"{visit.size} octets"] if heavy else []


def html(visit: Visit) -> list[str]:
    """Read once a shape by the processes of a run: two pages of one shape have the same elements, names of ids aside (`test_every_page`).

    The known-bad page is read by each of them.
    """
    new = visit.is_page and (visit.address == known_bad.ADDRESS or is_first(f"html-{visit.shape}"))
    return list(faults(visit.body)) if new else []


def links(visit: Visit) -> list[str]:
    """A page that is shown leads nowhere that refuses."""
    dead = visit.links.items() if visit.status == 200 else ()
    return [f"{link} répond {status}" for link, status in dead if status and status >= 400]


ANSWER: dict[str, Callable[[Visit], list[str]]] = {
    "réponse": answer,
    "requêtes": queries,
    "poids": weight,
    "html": html,
    "liens": links,
}


# Of a page


@dataclass
class Heard:
    """What the browser complained of by itself while a page was open."""

    server: str
    console: list[str] = field(default_factory=list)
    csp: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> "Heard":
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.console.append(str(error)))
        page.on("request", self._request)
        page.expose_binding("preauRefused", lambda _, said: self.csp.append(said))
        page.add_init_script(
            "document.addEventListener('securitypolicyviolation', (event) =>"
            " preauRefused(`${event.effectiveDirective} : ${event.blockedURI}`))"
        )
        return self

    def _console(self, message: Any) -> None:
        # The browser says so of a page that answers 403 or 404, as declared.
        own_status = (
            message.text.startswith("Failed to load resource") and message.location["url"] == message.page.url
        )
        if message.type == "error" and not own_status:
            self.console.append(message.text)

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self.server, "data:", "blob:")):
            self.strangers.append(request.url)

    def forget(self) -> None:
        for heard in (self.console, self.csp, self.strangers):
            heard.clear()


def axe(page: Page) -> tuple[list[str], list[str]]:
    """What is wrong; what axe could not decide and nobody has reviewed."""
    # Once a page, not once a side: to read half a megabyte of script again costs a tenth of the run.
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT)
    results = page.evaluate(f"axe.run({json.dumps(AXE)})")
    doubts = [
        (rule, node)
        for rule in results["incomplete"]
        for node in rule["nodes"]
        if not is_reviewed("axe", rule["id"], node["html"])
    ]
    wrong = [(rule, node) for rule in results["violations"] for node in rule["nodes"]]
    return [_told(*pair) for pair in wrong], [_told(*pair) for pair in doubts]


def _told(rule: Any, node: Any) -> str:
    why = "; ".join(check["message"] for check in [*node["any"], *node["all"], *node["none"]])
    return f"{rule['id']} : {node['html'][:160]} ({why[:160]})"


def keyboard(page: Page) -> Faults:
    """Walk the page with the Tab key: everything that acts is reached, in order, seen, and left again."""
    stops = page.evaluate("preauNet.startKeyboard()")
    for _ in range(stops + 3):
        page.keyboard.press("Tab")
    found = page.evaluate("preauNet.endKeyboard()")
    return {"clavier": found["keyboard"], "focus": found["focus"]}


def dark(page: Page) -> list[str]:
    """Axe once more on the dark side, with every menu open: they lie over the page, where axe cannot decide."""
    page.emulate_media(color_scheme="dark")
    page.evaluate("preauNet.openMenus()")
    wrong, _ = axe(page)
    stays = [] if page.evaluate("preauNet.isDark()") else ["la page reste claire"]
    page.emulate_media(color_scheme="light")
    return stays + wrong


def narrow(page: Page) -> Faults:
    """On a screen of 320 px, with every menu open."""
    page.set_viewport_size(NARROW)
    found = {
        "320 px": page.evaluate("preauNet.sideways()"),
        "cibles": page.evaluate("preauNet.targets()"),
        "espacement": page.evaluate("preauNet.spacing()"),
    }
    page.set_viewport_size(WIDE)
    return found


def look(page: Page, heard: Heard, *, on_every_side: bool = True) -> Faults:
    """Every checker on the page that is open, at 1280 px; then, on every side, in the dark and at 320 px."""
    page.evaluate(PROBES)
    wrong, doubts = axe(page)
    found: Faults = {"axe": wrong, "axe incertain": doubts}
    found |= keyboard(page)
    found["cibles"] = page.evaluate("preauNet.targets()")
    found["espacement"] = page.evaluate("preauNet.spacing()")
    if on_every_side:
        found["sombre"] = dark(page)
        merge(found, narrow(page))
    found |= {"console": list(heard.console), "csp": list(heard.csp), "tiers": list(heard.strangers)}
    return found


def merge(found: Faults, more: Faults) -> None:
    for checker, told in more.items():
        found[checker] = found.get(checker, []) + told


def missed(found: Faults, planted: dict[str, Iterable[str]]) -> list[str]:
    """The planted defects that a checker did not see: then its silence elsewhere means nothing."""
    return [
        f"{checker} n’a pas vu « {word} »"
        for checker, words in planted.items()
        for word in words
        if not any(word in told for told in found.get(checker, []))
    ]
