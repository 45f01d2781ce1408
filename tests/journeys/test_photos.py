"""A photo of a page, as a telephone takes it, arrives light; without scripts it arrives as it is."""

import os
import struct
import zlib
from typing import Any

import pytest
from playwright.sync_api import FilePayload, expect

from preau.commons.files.models import StoredFile
from preau.directory.seeds.world import World
from preau.domains.homework.models import Homework
from preau.domains.homework.queries import sessions
from preau.domains.homework.tests.scene import given, lesson_now
from tests.journeys.test_live import seat

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
SIDE = 1000


def photo() -> FilePayload:
    """A picture that no compression without loss makes light: noise, three megabytes."""
    rows = b"".join(b"\0" + os.urandom(3 * SIDE) for _ in range(SIDE))

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", SIDE, SIDE, 8, 2, 0, 0, 0))
    body = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows, 1)) + chunk(b"IEND", b"")
    return {"name": "cahier.png", "mimeType": "image/png", "buffer": body}


def test_a_photo_is_made_lighter_before_it_leaves(visit: Any, schools: dict[str, World]) -> None:
    college = schools["college"]
    lesson = lesson_now(college)
    work: Homework = given(seat(college, "teacher"), lesson, title="Croquis", hand_in="online")
    assert sessions.works_of(work.record)
    sent = photo()
    pupil = visit("pupil")
    pupil.open(f"/travail/{work.pk}/")
    page = pupil.page
    page.get_by_label("Mes fichiers").set_input_files([sent])
    page.get_by_role("button", name="Rendre", exact=True).click()
    expect(page.get_by_text("C’est rendu")).to_be_visible()
    kept = StoredFile.objects.order_by("-pk")[0]
    if pupil.scripts:
        assert (kept.name, kept.size < len(sent["buffer"])) == ("cahier.jpg", True)
    else:
        assert kept.name == "cahier.png"
