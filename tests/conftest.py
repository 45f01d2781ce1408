"""One browser for all that looks at pages: Playwright keeps one loop in a thread, whichever tests come first."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, expect, sync_playwright

from tests.programs import missing

NAMES = ("chromium", "chromium-browser", "google-chrome")
# The same engine and the same pages without a window around them: a quarter less of the processor (decision 98).
WINDOWLESS = "chromium-headless-shell"
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
# A page that asks a stranger for something is caught, and the stranger is never reached.
FLAGS.append("--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1")
# On a machine at work a page may be long to come: only what never comes ends a test. In milliseconds.
LONGEST = 60_000
expect.set_options(timeout=LONGEST)


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    # Playwright keeps a loop in this thread; Django would refuse to read its database beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        yield playwright


def launched(driver: Playwright, *names: str) -> Browser:
    """The first of these on this machine."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if path is None:
        pytest.fail(f"{missing('chromium')}, or set CHROMIUM to the path of one", pytrace=False)
    return driver.chromium.launch(executable_path=path, args=FLAGS, timeout=LONGEST)


def opened(browser: Browser, **facts: Any) -> BrowserContext:
    """A profile of its own in this browser, patient."""
    context = browser.new_context(locale="fr-FR", **facts)
    context.set_default_timeout(LONGEST)
    return context


@pytest.fixture(scope="session")
def browser(driver: Playwright) -> Iterator[Browser]:
    with launched(driver, WINDOWLESS, *NAMES) as chromium:
        yield chromium


@pytest.fixture(scope="session")
def browser_with_windows(driver: Playwright) -> Iterator[Browser]:
    """For what a window alone does: showing a notification of the system."""
    with launched(driver, *NAMES) as chromium:
        yield chromium
