"""One browser for all that looks at pages: Playwright keeps one loop in a thread, whichever tests come first."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
# A page that asks a stranger for something is caught, and the stranger is never reached.
FLAGS.append("--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Missing: skipped on a developer's machine, a failure in CI."""
    path = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("No Chromium: the journeys must run in CI.")
        pytest.skip("No Chromium on this machine: `make test` as root installs Debian's, else set CHROMIUM.")
    # Playwright keeps a loop in this thread; Django would refuse to read its database beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()
