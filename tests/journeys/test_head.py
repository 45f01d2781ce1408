"""A head's first week: from the official files and the console's code to a school at work."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from preau.directory.seeds.world import World
from preau.directory.tests.aaf import deliver, eleve, etab, matiere, parent, personnel
from preau.identity.models import Account
from tests.journeys.conftest import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
CHOSEN = "quatre vélos rouges"
# Kinship, level, pays, called, priority: a mother who is a legal guardian.
LEGAL = "10$1$1$0$1"


def files_of_the_school(folder: Path) -> Path:
    """A collège of one class, as its académie delivers it."""
    head = "1$DIR$DIRECTION$D0010$PRINCIPAL"
    return deliver(
        folder,
        etab(name="Collège du Verger"),
        matiere("061300", "MATHEMATIQUES"),
        personnel("70", "Aubry", "Nadia", personalTitle="Mme", ENTPersonFonctions=head),
        personnel("71", "Colin", "Yves", ENTAuxEnsClassesMatieres=["1$3A$061300"]),
        parent("90", "Durand", "Anne", mail="anne.durand@famille.example"),
        eleve("80", ENTElevePersRelEleve=f"90${LEGAL}"),
        eleve("81", "Petit", "Noé"),
    )


def code_from_the_console(uai: str) -> tuple[str, str]:
    output = StringIO()
    call_command("head_code", uai, stdout=output)
    found = re.search(r"Identifiant : (\S+)\nCode : (\S+)", output.getvalue())
    assert found
    return found[1], found[2]


def test_a_heads_first_week(newcomer: Visitor, schools: dict[str, World], tmp_path: Path) -> None:
    call_command("import_aaf", str(files_of_the_school(tmp_path / "files")), stdout=StringIO())
    newcomer.page.set_viewport_size({"width": 1280, "height": 900})
    open_account(newcomer, *code_from_the_console("0350001A"))
    read_the_report(newcomer)
    give_the_staff_their_letters(newcomer)
    plan_a_lesson(newcomer)
    see_the_day(newcomer)
    newcomer.done()


def open_account(head: Visitor, login: str, code: str) -> None:
    page = head.page
    head.open("/activation/")
    page.get_by_label("Identifiant").fill(login)
    page.get_by_label("Code").fill(code)
    page.get_by_label("Nouveau mot de passe").fill(CHOSEN)
    page.get_by_label("Encore une fois").fill(CHOSEN)
    page.get_by_role("button", name="Ouvrir mon compte").click()
    expect(page.get_by_role("heading", level=1, name="Bonjour Nadia")).to_be_visible()
    expect(page.get_by_text("Collège du Verger").first).to_be_visible()
    head.check("direction-premier-accueil")


def read_the_report(head: Visitor) -> None:
    """The operator brought the files; the head reads what became of the school."""
    page = head.page
    page.get_by_role("link", name="Annuaire").first.click()
    page.get_by_role("row", name=re.compile("Appliquée")).get_by_role("link").click()
    expect(page.get_by_role("heading", level=2, name="Ce qui a changé")).to_be_visible()
    expect(page.get_by_text("4 arrivées")).to_be_visible()
    head.check("direction-rapport")


def give_the_staff_their_letters(head: Visitor) -> None:
    page = head.page
    head.open("/comptes/")
    page.get_by_role("link", name="Voir les personnels").click()
    page.get_by_role("button", name="Préparer 1 courrier").click()
    expect(page.get_by_text("Yves Colin").first).to_be_visible()
    head.check("direction-courriers")
    assert not Account.objects.get(person__family_name="Colin").has_usable_password()


def plan_a_lesson(head: Visitor) -> None:
    page = head.page
    head.open("/emploi-du-temps/seances/nouvelle/")
    page.get_by_label("Matière").select_option(label="Mathématiques")
    page.get_by_label("3A").check()
    page.get_by_label("COLIN Yves").check()
    page.get_by_label("Jour").select_option(label="Mardi")
    page.get_by_label("Début").fill("10:15")
    page.get_by_label("Fin").fill("11:10")
    page.get_by_role("button", name="Créer la séance").click()
    expect(page.get_by_text("Séance créée")).to_be_visible()


def see_the_day(head: Visitor) -> None:
    """The lesson goes on now: its roll is awaited, and the head may call it."""
    page = head.page
    head.open("/vie-scolaire/?appels=tous")
    expect(page.get_by_text("COLIN").or_(page.get_by_text("M. Colin")).first).to_be_visible()
    head.check("direction-vie-scolaire")
    page.get_by_role("link", name=re.compile("appel", re.IGNORECASE)).last.click()
    expect(page.get_by_role("group", name="DURAND Léa")).to_be_visible()
    page.get_by_role("button", name="Valider").click()
    expect(page.get_by_text("L’appel est enregistré")).to_be_visible()
