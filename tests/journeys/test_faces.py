"""A photo of a pupil: asked for by the school, agreed to at home, seen by a teacher, taken back."""

from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import expect

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def drawn() -> dict[str, Any]:
    kept = BytesIO()
    Image.new("RGB", (300, 300), "teal").save(kept, "PNG")
    return {"name": "nina.png", "mimeType": "image/png", "buffer": kept.getvalue()}


def test_a_photo_is_agreed_to_seen_and_taken_back(
    visit: Any, scripts: bool, settings: Any, tmp_path: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    cpe = visit("cpe", wide=True)
    page = cpe.page
    page.locator(".header-menu").get_by_role("link", name="Classes").first.click()
    cpe.check("classes")
    page.get_by_role("link", name="5e B").click()
    cpe.check("classe")
    page.get_by_role("link", name="Trombinoscope").click()
    page.get_by_role("heading", level=1, name="Trombinoscope").wait_for()
    faces = urlsplit(page.url).path
    page.get_by_text("Demander l’accord", exact=True).click()
    page.get_by_role("button", name="Envoyer la demande").click()
    expect(page.get_by_text("L’accord est demandé à")).to_be_visible()
    cpe.check("trombinoscope-sans-photo")
    for key in ("pupil", "guardian"):
        at_home = visit(key)
        at_home.page.get_by_role("link", name="Notifications").first.click()
        at_home.page.get_by_role("button", name="Répondre").click()
        expect(at_home.page.get_by_role("heading", level=1, name="Photo de classe")).to_be_visible()
        at_home.open("/annuaire/classes/")
        at_home.check(f"classes-{key}")
        at_home.page.get_by_role(
            "link", name="D’accord ou pas" if key == "pupil" else "Répondre pour Nina"
        ).click()
        at_home.check(f"accord-{key}")
        at_home.page.get_by_label("D’accord", exact=True).check()
        at_home.page.get_by_role("button", name="Enregistrer ma réponse").click()
        expect(at_home.page.get_by_text("Votre accord est enregistré")).to_be_visible()
        at_home.done()
    cpe.open(faces)
    page.get_by_role("link", name="Mettre une photo").click()
    page.get_by_label("Image").set_input_files(drawn())
    page.get_by_role("button", name="Mettre cette photo").click()
    expect(page.get_by_text("La photo est enregistrée.")).to_be_visible()
    cpe.check("photo-d-un-eleve")
    teacher = visit("teacher", wide=True)
    teacher.open(faces)
    expect(teacher.page.locator("img.portrait")).to_have_count(1)
    teacher.check("trombinoscope")
    parent = visit("guardian")
    parent.open("/annuaire/classes/")
    parent.page.get_by_role("link", name="Répondre pour Nina").click()
    expect(parent.page.get_by_text("La photo est montrée")).to_be_visible()
    parent.page.get_by_label("Pas d’accord").check()
    parent.page.get_by_role("button", name="Enregistrer ma réponse").click()
    expect(parent.page.get_by_text("Votre désaccord est enregistré")).to_be_visible()
    teacher.open(faces)
    expect(teacher.page.locator("img.portrait")).to_have_count(0)
    for who in (cpe, teacher, parent):
        who.done()


def test_a_cpe_prints_whom_to_call_and_reads_a_family(visit: Any, scripts: bool) -> None:
    cpe = visit("cpe", wide=True)
    page = cpe.page
    cpe.open("/annuaire/classes/")
    page.get_by_role("link", name="5e B").click()
    page.get_by_role("link", name="Imprimer une liste").click()
    cpe.check("liste")
    page.get_by_label("Responsables à appeler").check()
    page.get_by_label("Colonnes vides").select_option("2")
    page.get_by_role("button", name="Composer la liste").click()
    expect(page.get_by_text("Julie Abadie (mère)")).to_be_visible()
    cpe.check("liste-a-appeler")
    page.get_by_role("link", name="5e B").click()
    page.get_by_role("link", name="ABADIE Nina").click()
    page.get_by_role("link", name="Voir la famille").click()
    expect(page.get_by_role("heading", level=1, name="Famille de Nina Abadie")).to_be_visible()
    cpe.check("famille")
    cpe.done()
