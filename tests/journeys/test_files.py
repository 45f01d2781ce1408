"""Files in a browser: a teacher shares with a class until Friday and sees who opened, a pupil hands in from a phone; by keyboard, without JavaScript."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from preau.commons.drive.models import Item, Share
from preau.commons.drive.tests.props import of_class
from preau.directory.models import Group
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
SHEET = {"name": "Fiche.txt", "mimeType": "text/plain", "buffer": b"Lire le texte, puis repondre.\n"}
ESSAY = {"name": "Expose.txt", "mimeType": "text/plain", "buffer": b"L'Orge prend sa source pres d'ici.\n"}
SECOND = {"name": "Fiche.txt", "mimeType": "text/plain", "buffer": b"Lire le texte deux fois.\n"}
LONG_ESSAY: Any = {
    "name": "Carnet.txt",
    "mimeType": "text/plain",
    "buffer": b"Sept herons ce matin.\n" * 400_000,
}


@pytest.fixture
def group(schools: dict[str, World]) -> Group:
    """The class of the cast, of which nobody keeps a file."""
    Item.objects.all().delete()
    return own_class(schools["college"])


def add(page: Page, file: Any, gesture: str = "Déposer un fichier", button: str = "Déposer") -> None:
    page.locator("summary").filter(has_text=gesture).press("Enter")
    form = page.locator("form[action$='/deposer/']")
    form.get_by_label("Fichiers").set_input_files(files=[file])
    form.get_by_role("button", name=button, exact=True).press("Enter")
    expect(page.get_by_text("1 fichier déposé.")).to_be_visible()


def test_a_teacher_shares_until_friday_and_sees_who_opened(visit: Any, group: Group) -> None:
    teacher = visit("teacher", wide=True)
    page = teacher.page
    teacher.open("/mes-fichiers/")
    teacher.check("fichiers-vides")
    add(page, SHEET)
    page.get_by_role("link", name="Fiche.txt").press("Enter")
    page.get_by_role("link", name="Partager").press("Enter")
    page.get_by_label(f"{group.name} : élèves et professeurs".replace(" :", "\u202f:")).check()
    page.get_by_label("Jusqu’au").fill("2026-11-27")
    teacher.check("fichiers-partager")
    page.get_by_role("button", name="Partager", exact=True).press("Enter")
    expect(page.get_by_text("Jusqu’à vendredi").first).to_be_visible()
    expect(page.get_by_text("Personne encore.")).to_be_visible()
    assert Share.objects.get().group == group

    pupil = visit("pupil")
    pupil.open("/mes-fichiers/recus/")
    pupil.page.get_by_role("link", name="Fiche.txt").click()
    expect(pupil.page.get_by_text("voit que vous l’avez ouvert")).to_be_visible()
    pupil.check("fichiers-recu")
    with pupil.page.expect_download():
        pupil.page.get_by_role("link", name="Télécharger").first.click()
    pupil.done()

    page.reload()
    expect(page.get_by_role("heading", name="Qui l’a ouvert")).to_contain_text("1 sur")
    page.get_by_label("Nouvelle version").set_input_files(files=[SECOND])
    page.get_by_role("button", name="Déposer la nouvelle version").press("Enter")
    expect(page.get_by_text("Version 1", exact=True)).to_be_visible()
    page.get_by_role("link", name="Comparer").press("Enter")
    expect(page.get_by_text("deux fois")).to_be_visible()
    teacher.check("fichiers-comparer")
    teacher.done()


def test_heavy_work_of_a_pupil_goes_on_where_the_network_fell(
    visit: Any, schools: dict[str, World], group: Group
) -> None:
    folder = of_class(
        group, "Exposés", schools["college"].people["teacher"], is_folder=True, pupils_may="hand_in"
    )
    pupil, offsets = visit("pupil"), []
    page = pupil.page
    pupil.open(f"/mes-fichiers/{folder.pk}/")

    def fall_once(route: Any) -> None:
        if route.request.method == "PATCH":
            offsets.append(int(route.request.headers["upload-offset"]))
            if len(offsets) == 2:
                route.abort()
                return
        route.continue_()

    page.route("**/medias/envois/*/", fall_once)
    page.locator("summary").filter(has_text="Remettre mon travail").click()
    form = page.locator("form[action$='/deposer/']")
    form.get_by_label("Fichiers").set_input_files(files=[LONG_ESSAY])
    form.get_by_role("button", name="Remettre", exact=True).click()
    if pupil.scripts:
        status = form.locator("[data-upload-progress] [role=status]")
        expect(status).to_contain_text("Le réseau ne répond plus")
        expect(page.get_by_text("Carnet.txt\u202f» est déposé")).to_be_visible()
        # What had arrived did not leave again.
        assert offsets[0] == 0 and offsets.count(0) == 1 and offsets[1] == offsets[2] > 0
        pupil.complaints.remove("Failed to load resource: net::ERR_FAILED")
    else:
        expect(page.get_by_text("1 fichier déposé.")).to_be_visible()
    item = Item.objects.get(parent=folder)
    assert item.is_handed_in and item.file and item.file.size == len(LONG_ESSAY["buffer"])
    pupil.done()


def test_a_pupil_hands_in_from_a_phone_what_classmates_do_not_see(visit: Any, group: Group) -> None:
    teacher = visit("teacher", wide=True)
    page = teacher.page
    teacher.open(f"/mes-fichiers/classe/{group.pk}/")
    page.locator("summary").filter(has_text="Nouveau dossier").press("Enter")
    page.get_by_label("Nom du dossier").fill("Exposés")
    page.get_by_label("Remettre").check()
    page.get_by_role("button", name="Créer le dossier").press("Enter")
    expect(page.get_by_role("heading", level=1, name="Exposés")).to_be_visible()
    teacher.check("fichiers-dossier")

    pupil = visit("pupil")
    pupil.open(f"/mes-fichiers/classe/{group.pk}/")
    pupil.page.get_by_role("link", name="Exposés").click()
    add(pupil.page, ESSAY, "Remettre mon travail", "Remettre")
    expect(pupil.page.get_by_text("Remis au professeur")).to_be_visible()
    pupil.check("fichiers-remis")
    pupil.done()

    assert Item.objects.get(name="Expose.txt").is_handed_in
    page.reload()
    expect(page.get_by_role("link", name="Expose.txt")).to_be_visible()
    teacher.done()


def test_what_is_thrown_away_comes_back(visit: Any, group: Group) -> None:
    teacher = visit("teacher")
    page = teacher.page
    teacher.open("/mes-fichiers/")
    add(page, SHEET)
    page.get_by_role("link", name="Fiche.txt").click()
    page.get_by_role("button", name="Jeter").press("Enter")
    expect(page.get_by_text("est à la corbeille")).to_be_visible()
    teacher.open("/mes-fichiers/corbeille/")
    teacher.check("fichiers-corbeille")
    page.get_by_role("button", name="Remettre Fiche.txt à sa place").press("Enter")
    expect(page.get_by_text("est de nouveau à sa place")).to_be_visible()
    assert Item.objects.present().filter(name="Fiche.txt").exists()
    teacher.done()
