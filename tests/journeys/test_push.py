"""A device told by push, in a real browser. Its push service is out of reach here: the browser's own tools stand in for it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Worker, expect

from conftest import NOW
from preau.commons.notifications.models import Device
from preau.directory.seeds.world import World
from preau.foundation import webpush
from tests.conftest import LONGEST, opened
from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.journey
SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
  .map(({ title, body, tag, data }) => ({ title, body, tag, data }))"""
# The page waits by itself: Playwright's own wait takes the promise for its answer.
UNTIL_SHOWN = f"""async () => {{
  const shown = {SHOWN};
  for (const until = Date.now() + {LONGEST}; Date.now() < until;) {{
    const all = await shown();
    if (all.length) return all;
    await new Promise((resume) => requestAnimationFrame(resume));
  }}
  return [];
}}"""
# The browser's half of a subscription: only the service that gives the address is missing.
SUBSCRIBES = """([endpoint, p256dh, auth]) => {
  Notification.requestPermission = async () => "granted";
  PushManager.prototype.subscribe = async ({ applicationServerKey, userVisibleOnly }) => {
    window.asked = { bytes: applicationServerKey.length, userVisibleOnly };
    return { toJSON: () => ({ endpoint, keys: { p256dh, auth } }) };
  };
}"""


@pytest.fixture
def device(
    browser_with_windows: Browser, live_server: Any, schools: dict[str, World], settings: Any
) -> Iterator[Visitor]:
    settings.VAPID_PRIVATE_KEY = webpush.new_private_key()
    context = opened(
        browser_with_windows, viewport={"width": 390, "height": 844}, permissions=["notifications"]
    )
    yield Visitor(context.new_page(), live_server.url, True)
    context.close()


def push(page: Page, address: str, payload: dict[str, str]) -> None:
    """What a push service would hand to the browser for this site."""
    tools = page.context.new_cdp_session(page)
    found: list[Any] = []
    tools.on("ServiceWorker.workerRegistrationUpdated", lambda event: found.extend(event["registrations"]))
    tools.send("ServiceWorker.enable")
    # What the browser says comes in while the page is waited for.
    for _look in range(LONGEST // 50):
        if found:
            break
        page.wait_for_timeout(50)
    tools.send(
        "ServiceWorker.deliverPushMessage",
        {
            "origin": address,
            "registrationId": found[0]["registrationId"],
            "data": json.dumps(payload).ljust(512),
        },
    )


def test_the_worker_shows_a_notice_that_names_nobody(device: Visitor) -> None:
    device.sign_in("guardian")
    device.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    payload = {"body": "Une absence à expliquer", "url": "/notifications/abc/", "tag": "abc"}
    for _again in range(2):
        push(device.page, device.server, payload)
    # The second takes the place of the first: between the two there may be none.
    shown = device.page.evaluate(UNTIL_SHOWN)
    assert shown == [
        {"title": "Préau", "body": payload["body"], "tag": "abc", "data": {"url": payload["url"]}}
    ]


def reads_well(kind: Locator, *, one_line: bool) -> None:
    """The name of a kind is read in words, above its ways or on their line; a way has its label beside it."""
    name, ways = (kind.locator(which).bounding_box() for which in ("> legend", ".news-ways"))
    assert name and ways
    assert name["width"] > 200, "cut letter by letter"
    middle = [box["y"] + box["height"] / 2 for box in (name, ways)]
    if one_line:
        assert abs(middle[0] - middle[1]) < 3
    else:
        assert name["y"] + name["height"] <= ways["y"] + 1


def test_a_device_is_added_by_its_button(device: Visitor) -> None:
    device.sign_in("guardian")
    device.open("/notifications/preferences/")
    device.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    point = webpush.public_key()  # any point of the curve does
    keys = ["https://fcm.googleapis.com/fcm/send/abc", point, webpush.encode(b"sixteen secrets!")]
    device.page.evaluate(SUBSCRIBES, keys)
    device.page.get_by_role("button", name="Prévenir cet appareil").click()
    expect(device.page.get_by_text("Cet appareil sera prévenu")).to_be_visible()
    expect(device.page.get_by_text("Cet appareil", exact=True)).to_be_visible()
    assert Device.objects.get().endpoint == keys[0]
    device.check("préférences avec un appareil")
    device.page.evaluate("for (const fold of document.querySelectorAll('.fold')) fold.open = true")
    for width in (390, 768, 1280):
        device.page.set_viewport_size({"width": width, "height": 900})
        for kind in device.page.locator(".news-choice").all():
            reads_well(kind, one_line=width == 1280)
    device.page.set_viewport_size({"width": 390, "height": 844})
    device.page.get_by_role("button", name="Retirer").click()
    expect(device.page.get_by_text("n’est plus prévenu")).to_be_visible()
    assert not Device.objects.exists()


# What the browser would say: no tool of it makes its push service change an address.
CHANGED = """async ([endpoint, p256dh, auth, old]) => {
  let done;
  const said = Object.assign(new Event("pushsubscriptionchange"), {
    oldSubscription: { endpoint: old, options: { userVisibleOnly: true } },
    newSubscription: { toJSON: () => ({ endpoint, keys: { p256dh, auth } }) },
    waitUntil: (promise) => { done = promise; },
  });
  self.dispatchEvent(said);
  await done;
}"""


def worker_of(context: BrowserContext) -> Worker:
    """The page knows its worker before the browser has shown it to us, or after."""
    found = context.service_workers
    return found[0] if found else context.wait_for_event("serviceworker")


def test_the_worker_tells_the_address_that_its_push_service_has_changed(
    device: Visitor, schools: dict[str, World]
) -> None:
    device.sign_in("guardian")
    device.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    point, secret = webpush.public_key(), webpush.encode(b"sixteen secrets!")
    kept = Device.objects.create(
        person=next(iter(schools.values())).people["guardian"],
        endpoint="https://fcm.googleapis.com/fcm/send/old",
        p256dh=point,
        auth=secret,
        label="Chrome",
        added_at=NOW,
    )
    worker = worker_of(device.page.context)
    new = "https://fcm.googleapis.com/fcm/send/new"
    worker.evaluate(CHANGED, [new, point, secret, kept.endpoint])
    kept.refresh_from_db()
    assert kept.endpoint == new
    # Signed out: it ends without a word.
    device.page.context.clear_cookies()
    worker.evaluate(CHANGED, [f"{new}er", point, secret, new])
    kept.refresh_from_db()
    assert kept.endpoint == new
    device.done()
