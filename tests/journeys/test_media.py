"""Sending a heavy file while the network falls; watching a film by its words, its chapters and its keys."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from conftest import SchoolClient
from preau.commons.media import captions
from preau.commons.media.actions import making, sending
from preau.commons.media.models import Medium, Upload
from preau.commons.media.tests import samples
from preau.commons.media.tests.conftest import operator_named
from preau.commons.media.tests.test_players import CUES
from preau.domains.catalogue import tasks
from preau.domains.catalogue.actions import editing

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
HEAVY = b"%PDF-1.7\n" + os.urandom(14 << 20)


def seated(page: Page, server: str, client: SchoolClient) -> None:
    """The operator, signed in already."""
    client.sit(operator_named("Roussel"))
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": server}])


def test_a_file_goes_on_where_the_network_fell(device: Any, client: SchoolClient, tmp_path: Path) -> None:
    (tmp_path / "leçon.pdf").write_bytes(HEAVY)
    page, parts = device.page, []
    seated(page, device.server, client)
    device.open("/medias/envoyer/")
    device.check("media-envoyer")

    def slowly(route: Any) -> None:
        if route.request.method == "PATCH":
            parts.append(route.request.headers["upload-offset"])
            if len(parts) == 2:
                device.cut()
        route.continue_()

    page.route("**/medias/envois/*/", slowly)
    page.get_by_label("Fichier").set_input_files(tmp_path / "leçon.pdf")
    page.get_by_role("button", name="Envoyer", exact=True).click()
    expect(page.locator("[data-place] [role=status]")).to_contain_text("Le réseau ne répond plus")
    assert 4 << 20 <= Upload.objects.get().received < len(HEAVY)
    device.mend()
    expect(page.get_by_role("heading", level=1, name="leçon.pdf")).to_be_visible()
    medium = Medium.objects.get()
    assert medium.size == len(HEAVY) and parts[0] == "0" and parts.count("0") == 1
    device.check("media")


@pytest.mark.needs("ffmpeg")
def test_a_film_is_watched_by_its_words_its_chapters_and_its_keys(device: Any, tmp_path: Path) -> None:
    medium = sending.keep_made("film.mp4", _film(tmp_path))
    Medium.objects.filter(pk=medium.pk).update(
        captions=captions.written(captions.read(CUES)), chapters=[[0, "Le début"], [4, "La suite"]]
    )
    while making.go_on(medium.pk):
        pass
    medium.refresh_from_db()
    row = editing.publish_made(medium, None, tasks._sheet_of(tasks.DRAWN[0]))
    device.open(f"/ressources/{row.key}/")
    page = device.page
    video = page.locator("video")
    page.wait_for_function("document.querySelector('video').readyState >= 1")
    assert 7 < video.evaluate("video => video.duration") < 9
    device.check("ressource-video")
    page.get_by_role("button", name="Aller à 0:04 : La suite").click()
    page.wait_for_function("document.querySelector('video').currentTime >= 4")
    expect(page.locator(".media-chapters [data-now]")).to_contain_text("La suite")
    page.keyboard.press("k")
    page.wait_for_function("document.querySelector('video').paused")
    page.keyboard.press("j")
    page.wait_for_function("document.querySelector('video').currentTime < 1")
    page.keyboard.press("c")
    page.wait_for_function("document.querySelector('video').textTracks[0].mode === 'hidden'")
    page.keyboard.press(">")
    page.wait_for_function("document.querySelector('video').playbackRate === 1.25")
    page.get_by_label("Vitesse").select_option("0.5")
    page.wait_for_function("document.querySelector('video').playbackRate === 0.5")
    page.get_by_text("Lire la transcription").click()
    expect(page.locator(".media-words")).to_contain_text("Phrase 8 & suite")
    print("played:", video.evaluate("video => video.currentSrc"))  # noqa: T201 - which of the sources this browser takes
    device.done()


def _film(folder: Path) -> Path:
    path = folder / "sent.mp4"
    path.write_bytes(samples.film(folder, 8))
    return path
