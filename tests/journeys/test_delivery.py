"""The secretary brings the official files of the school, reads what would change, applies it; the head follows."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from conftest import NOW
from preau.directory.models import Delivery, Holding
from preau.directory.seeds.deliveries import write_delivery
from preau.directory.seeds.demonstration import demo_academy
from preau.directory.seeds.world import World
from preau.directory.tests.aaf import deliver, eleve, etab

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
TITLE = re.compile("^Livraison du mardi 24 novembre 2026")
TITLE_SHORT = re.compile("^Livraison du mardi 24 novembre$")


@pytest.fixture(autouse=True)
def apart(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path / "var"


def send(person: Any, files: list[Path]) -> None:
    """From the home to the page of a delivery whose files have arrived."""
    page = person.page
    person.open("/annuaire/livraisons/nouvelle/")
    page.get_by_label("Fichiers de la livraison").set_input_files(files)
    page.get_by_role("button", name="Déposer").click()
    expect(page.get_by_role("heading", level=1, name=TITLE)).to_be_visible()
    expect(page.get_by_text("Vos fichiers sont reçus")).to_be_visible()


def work_and_see(person: Any, title: str) -> None:
    """The worker does what waits; the page follows by itself, or on « Actualiser »."""
    call_command("run_worker", batch=True)
    if not person.scripts:
        person.page.get_by_role("link", name="Actualiser").click()
    expect(person.page.get_by_role("heading", level=2, name=title)).to_be_visible()


def approve(head: Any) -> None:
    """The head finds the delivery that waits, reads it and approves it."""
    head.page.get_by_role("link", name="Annuaire").first.click()
    head.page.get_by_role("row", name=re.compile("À approuver")).get_by_role("link").click()
    expect(head.page.get_by_role("heading", level=1, name=TITLE)).to_be_visible()
    head.check("livraison-approuver")
    head.page.get_by_role("button", name="Approuver et appliquer").click()
    expect(head.page.get_by_text("Vous avez approuvé la livraison")).to_be_visible()


def give_up_from_the_works(person: Any, files: list[Path]) -> None:
    """Brought again, seen among what one asked for, and given up there."""
    send(person, files)
    page = person.page
    page.locator("main").get_by_role("link", name="Imports et exports").click()
    expect(page.get_by_role("heading", level=1, name="Imports et exports")).to_be_visible()
    person.check("travaux")
    # What it bears on is said in the name; nothing is given up before the second answer.
    give_up = page.locator("summary", has_text="Abandonner")
    expect(give_up).to_have_accessible_name(re.compile("^Abandonner Lecture d’une livraison"))
    give_up.click()
    if person.scripts:
        # The list, which refreshes itself, waits for the answer.
        with page.expect_event("console", lambda message: message.text == "asked again"):
            page.evaluate("""document.addEventListener("htmx:beforeRequest", (event) => {
              if (event.defaultPrevented) console.log("asked again");
            })""")
        expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_role("button", name="Abandonner ce travail").click()
    expect(page.get_by_text("C’est abandonné")).to_be_visible()
    expect(give_up).to_have_count(0)
    person.check("travaux-finis")


def test_a_delivery_from_the_files_to_the_report(
    visit: Any, schools: dict[str, World], tmp_path: Path
) -> None:
    write_delivery(tmp_path / "files", demo_academy(NOW.date()), day=NOW.date())
    secretary = visit("secretary", wide=True)
    page = secretary.page
    page.get_by_role("link", name="Annuaire").first.click()
    expect(page.get_by_text("Aucune livraison pour l’instant")).to_be_visible()
    secretary.check("annuaire-vide")
    page.get_by_role("link", name="Envoyer les fichiers officiels").click()
    expect(page.get_by_role("heading", level=1, name="Envoyer les fichiers officiels")).to_be_visible()
    secretary.check("deposer")
    page.get_by_role("button", name="Déposer").click()
    expect(page.get_by_text("Choisissez les fichiers de la livraison.").first).to_be_visible()
    secretary.check("deposer-erreur")
    send(secretary, sorted((tmp_path / "files").iterdir()))
    secretary.check("livraison-recue")
    work_and_see(secretary, "Ce qui changerait")
    expect(page.get_by_text("arrivées", exact=False).first).to_be_visible()
    secretary.check("livraison-apercu")
    page.get_by_role("link", name="Voir la liste").first.click()
    expect(page.get_by_role("heading", level=1, name="Arrivées")).to_be_visible()
    secretary.check("livraison-arrivees")
    page.get_by_role("link", name=TITLE_SHORT).click()
    # One of its guardians teaches here: the head looks at it too.
    expect(page.get_by_text("font de 1 personnel le responsable d’un élève")).to_be_visible()
    expect(page.get_by_role("button", name="Appliquer")).to_have_count(0)
    head = visit("head", wide=True)
    approve(head)
    work_and_see(head, "Ce qui a changé")
    page.reload()
    expect(page.get_by_role("heading", level=2, name="Ce qui a changé")).to_be_visible()
    secretary.check("livraison-rapport")
    page.get_by_role("link", name="Annuaire").last.click()
    expect(page.get_by_text("Appliquée")).to_be_visible()
    secretary.check("livraisons")
    assert [complaint for complaint in secretary.complaints if "422" not in complaint] == []
    assert Holding.objects.filter(school=schools["college"].school, source="aaf").count() > 400


def test_a_large_departure_asks_the_head(visit: Any, schools: dict[str, World], tmp_path: Path) -> None:
    school = etab(uai=schools["college"].uai, name="Collège des Tilleuls")
    pupils = [eleve(str(number), given=f"Élève{number}") for number in range(100, 140)]
    deliver(tmp_path / "before", school, *pupils)
    deliver(tmp_path / "after", school, *pupils[:10])
    call_command("import_aaf", str(tmp_path / "before"))
    secretary, head = visit("secretary"), visit("head", wide=True)
    send(secretary, list((tmp_path / "after").iterdir()))
    work_and_see(secretary, "Ce qui changerait")
    expect(secretary.page.get_by_text("30 personnes sur 40")).to_be_visible()
    expect(secretary.page.get_by_text("une autre personne doit l’approuver")).to_be_visible()
    expect(secretary.page.get_by_role("button", name="Approuver")).to_have_count(0)
    secretary.check("livraison-a-approuver")
    approve(head)
    work_and_see(head, "Ce qui a changé")
    expect(head.page.get_by_text("30 départs")).to_be_visible()
    head.done()
    secretary.done()
    assert Delivery.objects.latest("pk").approved_by == schools["college"].people["head"]


def test_a_wrong_file_is_given_up(visit: Any, schools: dict[str, World], tmp_path: Path) -> None:
    whole = deliver(tmp_path / "whole", etab(uai=schools["college"].uai, name="Collège")) / "a.xml"
    whole.write_bytes(next((tmp_path / "whole").glob("ENT*")).read_bytes()[:400])
    secretary = visit("secretary")
    send(secretary, [whole])
    work_and_see(secretary, "Que faire ?")
    expect(secretary.page.get_by_text("001_a.xml, ligne")).to_be_visible()
    secretary.check("livraison-refusee")
    send(secretary, sorted((tmp_path / "whole").glob("ENT*")))
    secretary.page.locator("summary", has_text="Abandonner").click()
    secretary.page.get_by_role("button", name="Abandonner la livraison").click()
    expect(secretary.page.get_by_role("heading", level=2, name="Rien n’a changé")).to_be_visible()
    secretary.check("livraison-abandonnee")
    give_up_from_the_works(secretary, sorted((tmp_path / "whole").glob("ENT*")))
    secretary.done()


def test_a_list_of_the_school_from_its_columns_to_the_directory(
    visit: Any, schools: dict[str, World], tmp_path: Path
) -> None:
    """The secretary brings a list of her own, says what one column holds, reads what would change and applies it."""
    sheet = tmp_path / "latinistes.csv"
    sheet.write_text(
        "Nom;Prénom;Né le;Groupe classe;Nom responsable 1;Prénom responsable 1\nPetit;Léa;02/03/2014;6e A;Petit;Anne\n"
    )
    secretary = visit("secretary", wide=True)
    page = secretary.page
    secretary.open("/annuaire/livraisons/")
    page.get_by_role("link", name="Déposer vos tableaux").click()
    expect(page.get_by_role("heading", level=1, name="Déposer vos tableaux")).to_be_visible()
    secretary.check("tableaux-deposer")
    page.get_by_label("Tableau des élèves").set_input_files([sheet])
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_role("heading", level=1, name="Ce que contiennent les colonnes")).to_be_visible()
    expect(page.get_by_label("Né le")).to_have_value("born")
    secretary.check("tableaux-colonnes")
    page.get_by_label("Groupe classe").select_option("classes")
    page.get_by_role("button", name="Lire ces tableaux").click()
    expect(page.get_by_text("Vos tableaux sont lus")).to_be_visible()
    work_and_see(secretary, "Ce qui changerait")
    expect(page.get_by_text("PETIT Léa")).to_be_visible()
    page.get_by_role("button", name="Appliquer").click()
    work_and_see(secretary, "Ce qui a changé")
    lea = Holding.objects.get(person__family_name="Petit", person__given_name="Léa", source="tableau")
    assert lea.ends is None and lea.person.guardianships.get().guardian.given_name == "Anne"
    # The next list of the same shape asks nothing again.
    secretary.open("/annuaire/tableaux/")
    page.get_by_label("Tableau des élèves").set_input_files([sheet])
    page.get_by_role("button", name="Continuer").click()
    expect(page.get_by_label("Groupe classe")).to_have_value("classes")
