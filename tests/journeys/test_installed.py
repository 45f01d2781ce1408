"""An installed Préau on a real device: what it keeps, what it shows without a network, how it goes away."""

import pytest
from playwright.sync_api import expect

from preau.directory.seeds.world import World
from preau.identity.models import Account
from tests.journeys.conftest import Device

pytestmark = pytest.mark.journey

CONTENTS = """async () => {
  const found = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      found.push([new URL(request.url).pathname, await (await cache.match(request)).text()]);
    }
  }
  return found;
}"""
READY = "async () => { await navigator.serviceWorker.ready; }"


def test_a_device_keeps_no_page_that_names_someone(device: Device, schools: dict[str, World]) -> None:
    device.sign_in("guardian")
    device.page.evaluate(READY)
    # From here on the worker is between every page and the network.
    for path in ("/", "/absences/", "/emploi-du-temps/", "/profil/sessions/", "/hors-ligne/", "/"):
        device.open(path)
    assert device.page.evaluate("navigator.serviceWorker.controller !== null")
    kept = device.page.evaluate(CONTENTS)
    assert "/hors-ligne/" in {path for path, _ in kept}
    assert {path for path, _ in kept if not path.startswith("/static/preau/")} == {
        "/hors-ligne/",
        "/appel/sans-reseau/",
        "/competences/sans-reseau/",
    }
    guardian = schools["college"].people["guardian"]
    for path, text in kept:
        for word in (guardian.family_name, guardian.given_name, schools["college"].school.name):
            assert word not in text, path
    device.done()


def test_without_a_network_a_page_says_what_still_works(device: Device) -> None:
    device.sign_in("guardian")
    device.page.evaluate(READY)
    device.open("/")
    device.cut()
    device.open("/absences/")
    expect(device.page.get_by_role("heading", level=1)).to_have_text("Pas de connexion")
    expect(device.page.get_by_text("Abadie")).to_have_count(0)
    font = device.page.evaluate("getComputedStyle(document.body).fontFamily")
    assert "Atkinson" in font, "the page is shown in its own clothes"
    device.mend()
    device.page.get_by_role("link", name="Réessayer").click()
    expect(device.page.get_by_role("heading", level=1)).to_have_text("Absences et retards")


def test_without_a_network_one_reads_as_one_chose_until_one_signs_out(
    device: Device, schools: dict[str, World]
) -> None:
    guardian = schools["college"].people["guardian"]
    Account.objects.filter(person=guardian).update(preferences={"text": "150", "color-scheme": "dark"})
    device.sign_in("guardian")
    device.page.evaluate(READY)
    size = "parseFloat(getComputedStyle(document.body).fontSize)"
    device.open("/")
    chosen = device.page.evaluate(size)
    device.cut()
    device.open("/absences/")
    expect(device.page.get_by_role("heading", level=1)).to_have_text("Pas de connexion")
    expect(device.page.locator("html")).to_have_attribute("data-text", "150")
    expect(device.page.locator("html")).to_have_attribute("data-color-scheme", "dark")
    assert device.page.evaluate(size) == chosen
    device.open("/appel/sans-reseau/")
    expect(device.page.locator("html")).to_have_attribute("data-text", "150")
    device.mend()
    device.open("/")
    device.page.locator("details.account > summary").click()
    device.page.locator("details.account").get_by_role("button", name="Se déconnecter").click()
    expect(device.page.get_by_label("Identifiant")).to_be_visible()
    device.cut()
    device.open("/absences/")
    expect(device.page.get_by_role("heading", level=1)).to_have_text("Pas de connexion")
    expect(device.page.locator("html")).to_have_attribute("data-color-scheme", "auto")
    assert device.page.evaluate(size) < chosen
    device.mend()


def test_a_device_may_keep_nothing(device: Device) -> None:
    device.open("/")
    device.page.evaluate(READY)
    device.open("/hors-ligne/")
    device.check("hors-ligne")
    device.page.get_by_role("button", name="Ne rien garder sur cet appareil").click()
    expect(device.page.get_by_role("status")).to_contain_text("ne garde plus rien")
    assert device.page.evaluate(CONTENTS) == []
    # And it stays so on the pages that follow.
    device.open("/")
    device.page.wait_for_load_state("networkidle")
    assert device.page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 0
    device.open("/hors-ligne/")
    device.page.get_by_role("button", name="Garder de nouveau ces fichiers").click()
    device.page.evaluate(READY)
    device.done()
