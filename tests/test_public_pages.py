"""What a visitor reads without an account: front page, help, legal pages, state of the service; and what robots read."""

import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import OperationalError
from lxml import etree

from conftest import SchoolClient
from preau.commons.privacy.queries import held, houses
from preau.commons.privacy.queries.houses import CLASSES
from preau.directory.seeds.world import World
from preau.foundation import boards, upkeep
from preau.foundation.boards import FieldClass, Retention
from preau.foundation.models import WorkerBeat
from preau.foundation.tasks.worker import make_round
from preau.portal import condition, evidence, guides
from tests.pages import MOST_BYTES, counted, faults
from tests.statements import MOST_QUERIES


def read(client: SchoolClient, address: str) -> str:
    answer, queries = counted(client, address)
    page = answer.content.decode()
    assert answer.status_code == 200, address
    assert queries <= MOST_QUERIES
    assert len(answer.content) <= MOST_BYTES
    assert list(faults(page)) == []
    return page


# Front page and footer


def test_the_front_page_has_an_entrance_for_each(college: World, client: SchoolClient) -> None:
    page = read(client, "/")
    for who in ("Élève", "Famille", "Enseignant", "Établissement", "Commune, département, région"):
        assert f"<h3>{who}</h3>" in page
    assert "/connexion/" in page
    assert college.school.name not in page


@pytest.mark.parametrize("key", [None, "teacher"])
def test_every_page_leads_to_help_and_legal_pages(
    college: World, client: SchoolClient, key: str | None
) -> None:
    if key:
        client.sit(college.people[key])
    footer = client.get("/").content.decode().split("<footer", 1)[1]
    for address in ("/aide/", "/accessibilite/", "/donnees-personnelles/", "/mentions-legales/", "/etat/"):
        assert f'href="{address}"' in footer
    assert "Accessibilité\u202f: non conforme" in footer


def test_a_page_not_found_leads_to_help(college: World, client: SchoolClient) -> None:
    answer = client.get("/nulle-part/")
    assert answer.status_code == 404
    assert 'href="/aide/"' in answer.content.decode().split("<footer")[0]


# Help


def test_each_guide_is_a_page(college: World, client: SchoolClient) -> None:
    for key, guide in guides.guides().items():
        page = read(client, f"/aide/{key}/")
        assert guide.title in page
        for anchor, _ in guide.parts:
            assert f'id="{anchor}"' in page and f'href="#{anchor}"' in page
        assert ".md" not in page.split("<main")[1].split("</main>")[0]
    assert client.get("/aide/rien/").status_code == 404
    assert client.get("/aide/README/").status_code == 404


def test_guides_are_found_without_accents(college: World, client: SchoolClient) -> None:
    page = read(client, "/aide/?q=EXPLICATION refusee")
    assert "Tout lire\u202f: Préau pour les familles" in page
    assert "Aucun guide n’en parle" in read(client, "/aide/?q=zzzz<script>")
    assert "<script>" not in client.get("/aide/?q=<script>").content.decode()


def test_a_guide_passes_no_html_on(tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "essai.md").write_text(
        "# Titre\n\n<b onclick=x>gras</b> [lien](famille.md#a) [mal](javascript:x)\n"
    )
    monkeypatch.setattr(guides, "FOLDER", tmp_path)
    guides.guides.cache_clear()
    try:
        body = guides.guides()["essai"].body
    finally:
        guides.guides.cache_clear()
    assert "<b" not in body and "&lt;b" in body
    assert 'href="/aide/famille/#a"' in body
    assert 'href="javascript' not in body


# Accessibility statement


def report(violations: int) -> dict[str, Any]:
    checkers = {
        "axe": {"violations": violations, "on_known_bad": 3},
        "clavier": {"violations": 0, "on_known_bad": 1},
    }
    return {"checkers": checkers, "looks": [{}] * 40, "members": ["visitor", "teacher"]}


def test_the_state_is_the_one_that_the_law_allows() -> None:
    day = date(2026, 11, 24)
    found = evidence.summary_of(report(0), day)
    assert evidence.state_of(None) == evidence.state_of(found) == evidence.NOT
    assert evidence.state_of(evidence.summary_of(report(0), day, 40, 100)) == evidence.NOT
    assert evidence.state_of(evidence.summary_of(report(0), day, 50, 100)) == evidence.PARTLY
    assert evidence.state_of(evidence.summary_of(report(0), day, 100, 100)) == evidence.WHOLLY
    assert evidence.state_of(evidence.summary_of(report(1), day, 100, 100)) == evidence.PARTLY


def test_the_statement_says_what_was_measured(
    college: World, client: SchoolClient, monkeypatch: Any, tmp_path: Path
) -> None:
    monkeypatch.setattr("preau.portal.public.evidence", lambda: None)
    assert "Aucune mesure n’accompagne cette version" in read(client, "/accessibilite/")
    file, kept = tmp_path / "report.json", tmp_path / "evidence.json"
    file.write_text(json.dumps(report(2)))
    monkeypatch.setattr(evidence, "FILE", kept)
    monkeypatch.setattr("preau.portal.evidence.write", lambda found: kept.write_text(json.dumps(vars(found))))
    call_command("accessibility_evidence", file, stdout=StringIO())
    monkeypatch.setattr(
        "preau.portal.public.evidence", lambda: evidence.Evidence(**json.loads(kept.read_text()))
    )
    page = read(client, "/accessibilite/")
    assert "regardé 40 pages" in page and "2 défauts" in page
    assert "Défenseur des droits, Libre réponse 71120" in page


@pytest.mark.parametrize("written", ["", "{}", "[1]"])
def test_another_file_is_refused(tmp_path: Path, written: str) -> None:
    file = tmp_path / "report.json"
    file.write_text(written)
    with pytest.raises(CommandError):
        call_command("accessibility_evidence", file)


# Legal notice


def test_what_the_operator_has_not_said_shows_on_a_demonstration_only(
    college: World, client: SchoolClient, settings: Any
) -> None:
    settings.OPERATOR = {**settings.OPERATOR, "OPERATOR_NAME": "Commune de Rennes"}
    settings.DEMO = settings.DEBUG = False
    page = read(client, "/mentions-legales/")
    assert "Commune de Rennes" in page
    assert "à renseigner" not in page
    settings.DEMO = True
    assert "à renseigner par l’exploitant" in client.get("/mentions-legales/").content.decode()


# Register of processing


def test_the_register_holds_every_table_about_people(college: World, client: SchoolClient) -> None:
    shown = "".join(read(client, f"/donnees-personnelles/{key}/") for key in houses.houses())
    for entry in boards.personal_data:
        assert str(entry.label) in shown.replace("&#39;", "'"), entry.label
    assert client.get("/donnees-personnelles/rien/").status_code == 404


def test_the_register_has_words_for_everything() -> None:
    assert all(held.in_words for kept in Retention)
    assert set(CLASSES) == set(FieldClass) - {FieldClass.NONE}
    for entry in boards.personal_data:
        for name in entry.fields:
            assert apps.get_model(entry.model)._meta.get_field(name)


# State of the service


def test_the_state_tells_facts(college: World, client: SchoolClient) -> None:
    WorkerBeat.objects.all().delete()
    assert "Ils sont arrêtés" in read(client, "/etat/")
    make_round("w1")
    page = read(client, "/etat/")
    assert "Ils avancent" in page
    assert "w1" not in page


def test_letters_that_wait_too_long_show() -> None:
    def letters(waiting: int, minutes: int) -> Any:
        work = upkeep.Work(
            worker=True, failed=0, waiting=waiting, oldest_minutes=minutes, free_gigabytes=50.0
        )
        return condition._letters(work)

    assert letters(0, 0).is_well and letters(3, 3).is_well
    late = letters(3, 45)
    assert late.state == condition.SLOW
    assert "45 min" in str(late.words)


def test_a_database_that_is_away_is_said(monkeypatch: Any) -> None:
    def away(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("secret address")

    monkeypatch.setattr(upkeep, "work_now", away)
    facts = condition.facts()
    assert [fact.is_well for fact in facts] == [True, False]
    assert "secret" not in str(facts)


# Robots


def test_robots_know_public_pages_only(college: World, client: SchoolClient, settings: Any) -> None:
    settings.PUBLIC_URL = "https://ent.example.org"
    tree = etree.fromstring(client.get("/sitemap.xml").content)
    found = {str(loc.text) for loc in tree.iter("{*}loc")}
    assert {"https://ent.example.org/", "https://ent.example.org/aide/famille/"} <= found
    lines = client.get("/robots.txt").content.decode().splitlines()
    assert "Disallow: /" in lines
    assert "Allow: /etat/$" in lines
    assert "Sitemap: https://ent.example.org/sitemap.xml" in lines
    for address in found:
        assert client.get(address.removeprefix("https://ent.example.org")).status_code == 200
