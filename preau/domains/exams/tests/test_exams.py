"""The pages of exam papers: search, papers, corrections and their day, the basket, training, what is left to robots."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from lxml import etree

from conftest import NOW, SchoolClient
from preau.directory.seeds.world import World
from preau.domains.catalogue.actions.publishing import next_edition
from preau.domains.catalogue.models import Edition
from preau.domains.exams import rules
from preau.domains.exams.exports import pdf_of, points_said
from preau.domains.exams.models import Correction, CorrectionPart, Exam, Exercise, Paper, code_of
from preau.domains.exams.queries import index, pages
from preau.domains.exams.queries.basket import MOST, Basket
from preau.domains.exams.queries.search import Search, beside, results
from preau.domains.exams.queries.training import Training
from preau.domains.exams.tests.props import many_exam_papers
from preau.foundation import boards, dates, pdf
from preau.foundation.access import signed_in
from tests.pages import MOST_BYTES, counted, faults
from tests.statements import MOST_QUERIES

FIRST = "bac-general/entrainement-specialite-maths-2026-1"
SECOND = "bac-general/entrainement-specialite-maths-2026-2"
LATER = "concours-general/entrainement-concours-maths-2026"
SEARCH, BASKET, TRAINING = "/annales/recherche/", "/annales/panier/", "/annales/entrainement/"
ON_CONDITION = [code_of(FIRST, "1"), code_of(SECOND, "1"), code_of(SECOND, "2")]


@pytest.fixture(autouse=True)
def own_index(college: World, settings: Any, tmp_path: Path) -> Path:
    """An index of the test alone, and no page that another one has printed its own way."""
    settings.VAR_DIR = tmp_path
    pdf_of.cache_clear()
    return tmp_path / "exams"


def codes(query: str = "", **more: Any) -> list[str]:
    return [row.code for row in results(Search(typed=query, **more)).rows]


def text_of(address: str, **query: Any) -> str:
    answer = Client().get(address, query)
    assert answer.status_code == 200, address
    return answer.content.decode()


# Search


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("probabilités conditionnelles", code_of(SECOND, "1")),
        ("probabilite conditionelle", code_of(SECOND, "1")),
        ("tetraedre", code_of(FIRST, "4")),
        ("descartes", code_of("bac-general/entrainement-philosophie-2026", "3")),
        ("pythagore brevet", code_of("brevet/entrainement-maths-brevet-2026", "2")),
    ],
)
def test_an_exercise_is_found_as_people_type(query: str, found: str) -> None:
    assert found in codes(query)[:4]


def test_every_facet_has_its_counts_and_sorts_out() -> None:
    everything = results(Search())
    shown = {facet.param for facet in everything.facets}
    # Every training paper is of one session, in no zone: there is nothing to choose in them.
    assert shown == {"examen", "voie", "serie", "matiere", "notion"}
    for facet in everything.facets:
        for choice in facet.choices:
            chosen = results(Search(chosen={facet.param: [choice.value]}))
            assert chosen.total == choice.count, choice
            assert 0 < choice.count <= everything.total


def test_exercises_and_papers_are_counted_side_by_side() -> None:
    exercises, papers = results(Search(typed="suites")), results(Search(typed="suites", kind="sujet"))
    assert exercises.by_kind == papers.by_kind
    assert exercises.by_kind["exercice"] == exercises.total > 2
    assert papers.by_kind["sujet"] == papers.total > 1
    page = text_of(SEARCH, q="suites", quoi="sujet")
    assert f"Sujets entiers ({papers.total})" in page
    assert 'name="quoi" value="sujet"' in page


def test_zone_session_and_year_are_facets_too() -> None:
    Paper.objects.filter(key=FIRST).update(
        zones=["asie", "metropole"], session="remplacement", year=2019, edition=next_edition()
    )
    for param, value in (("zone", "asie"), ("session", "remplacement"), ("annee", "2019")):
        assert set(codes(chosen={param: [value]})) == {code_of(FIRST, str(number)) for number in range(1, 5)}
    page = text_of(SEARCH)
    for word in ("Asie", "remplacement", "2019"):
        assert word in page


def test_nothing_found_says_what_to_do() -> None:
    page = text_of(SEARCH, q="probabilités conditionnelles", matiere="Philosophie")
    assert "Rien n’a été trouvé" in page
    assert "Sans le choix « matière » : 4" in page.replace("\u202f", " ").replace("\u00a0", " ")


def test_the_search_of_resources_leads_here() -> None:
    sentence, address = beside("probabilités conditionnelles") or ("", "")
    assert sentence == "4 exercices d’examen"
    page = text_of("/ressources/recherche/", q="probabilités conditionnelles")
    assert sentence in page
    assert address.replace("&", "&amp;") in page
    assert "exercices d’examen" not in text_of("/ressources/recherche/", q="zzyxqk")


def test_the_index_follows_the_papers_and_not_only_the_resources(own_index: Path) -> None:
    folder = index.engine().folder
    Paper.objects.filter(key=FIRST).update(status="withdrawn", edition=next_edition())
    assert code_of(FIRST, "4") not in codes("tétraèdre")
    # An edition of the catalogue that changes no paper is noted, and nothing is written.
    next_edition()
    assert index.engine().folder == folder
    Edition.objects.update(token="another", past=[])
    assert index.engine().folder != folder


def test_while_the_index_is_built_the_page_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def building(**_: Any) -> Any:
        raise index.BeingBuilt

    monkeypatch.setattr(index, "engine", building)
    for address in (SEARCH, reverse("exams:feed")):
        answer = Client().get(address)
        assert answer.status_code == 503
        assert answer["Retry-After"]
    assert beside("fractions") is None
    assert Client().get("/annales/").status_code == 200


# Corrections have their day


def every_public_text() -> Iterator[tuple[str, str]]:
    """Every page and feed that could say something of a correction."""
    paper = Paper.objects.get(key=LATER)
    own = [exercise.code for exercise in paper.exercises.all()]
    basket = ".".join(own)
    start = int((timezone.now() - timedelta(minutes=1)).timestamp())
    for address, query in [
        (f"/annales/{LATER}/", {}),
        ("/annales/", {}),
        ("/annales/concours-general/", {}),
        (reverse("exams:feed"), {}),
        *((f"/annales/exercice/{code}/", {}) for code in own),
        (SEARCH, {"q": "mémoire pièce recommence"}),
        (SEARCH, {"q": "diviseurs", "quoi": "sujet"}),
        (BASKET, {"panier": basket}),
        (f"{BASKET}sujet.html", {"panier": basket}),
        (TRAINING, {"panier": basket, "debut": start, "corrige": 1}),
        ("/ressources/recherche/", {"q": "diviseurs"}),
    ]:
        yield address, text_of(address, **query)


def test_a_correction_is_nowhere_before_its_day() -> None:
    document = Correction.objects.get(paper__key=LATER)
    assert document.published > NOW.date()
    assert CorrectionPart.objects.filter(correction=document).count() == 2
    for address, page in every_public_text():
        for leak in (
            "La pièce n’a pas de mémoire",
            "n vaut 0, 1 ou 3",
            "Avec sa correction</li>" if LATER in address else "\0",
        ):
            assert leak not in page, address
    assert Client().get(f"/annales/{LATER}/corrige/").status_code == 404
    assert Client().get(f"/annales/{LATER}/corrige.pdf").status_code == 404
    # The words of the corrections that are out are not searched either.
    assert codes('"La pièce n’a pas de mémoire"') == []
    assert codes('"formule des probabilités totales"') == []


def test_from_its_day_it_is_there_with_its_authors() -> None:
    with time_machine.travel(NOW + timedelta(days=60)):
        page = text_of(f"/annales/{LATER}/corrige/")
        assert "La pièce n’a pas de mémoire" in page
        assert "18 janvier 2027" in page
        assert "par Préau" in page
        assert f"/annales/{LATER}/corrige/" in text_of(f"/annales/{LATER}/")
        found = dict(every_public_text())
        assert "La pièce n’a pas de mémoire" in found[TRAINING]
        assert "La pièce n’a pas de mémoire" in found[f"{BASKET}sujet.html"]


def test_the_correction_of_a_withdrawn_paper_goes_with_it() -> None:
    assert Client().get(f"/annales/{FIRST}/corrige/").status_code == 200
    Paper.objects.filter(key=FIRST).update(status="withdrawn", edition=next_edition())
    for address in (
        f"/annales/{FIRST}/",
        f"/annales/{FIRST}/corrige/",
        f"/annales/exercice/{code_of(FIRST, '1')}/",
    ):
        assert Client().get(address).status_code == 404
    assert not CorrectionPart.objects.visible_to(None).filter(exercise__paper__key=FIRST).exists()
    page = text_of(BASKET, panier=f"{code_of(FIRST, '1')}.{code_of(SECOND, '1')}")
    assert "1 exercice de cette sélection n’existe plus ici" in page


# Pages


def test_every_page_is_sound_and_asks_little(client: SchoolClient, college: World) -> None:
    client.sit(college.people["pupil"])
    basket = ".".join(list(Exercise.objects.visible_to(None).values_list("code", flat=True))[:MOST])
    start = int(timezone.now().timestamp())
    asked = [
        f"{BASKET}?panier={basket}",
        f"{TRAINING}?panier={basket}",
        f"{SEARCH}?panier={basket}&q=suites",
        f"{SEARCH}?quoi=sujet",
    ]
    asked += [
        f"{TRAINING}?panier={basket}&debut={start}",
        f"{TRAINING}?panier={basket}&debut={start}&corrige=1",
    ]
    for paper in Paper.objects.published():
        asked += [f"/annales/{paper.key}/?panier={basket}", f"/annales/{paper.exam.slug}/"]
    asked += [
        f"/annales/{correction.paper.key}/corrige/" for correction in Correction.objects.visible_to(None)
    ]
    asked += [f"/annales/exercice/{exercise.code}/" for exercise in Exercise.objects.visible_to(None)]
    for address in asked:
        answer, queries = counted(client, address)
        assert answer.status_code == 200, address
        assert queries <= MOST_QUERIES, (address, queries)
        assert len(answer.content) <= MOST_BYTES, address
        assert list(faults(answer.content.decode())) == [], address


def test_a_visitor_is_given_no_cookie() -> None:
    client = Client()
    for address in (
        "/annales/",
        SEARCH,
        f"{SEARCH}?panier={ON_CONDITION[0]}",
        f"/annales/{FIRST}/",
        f"{BASKET}?panier={ON_CONDITION[0]}",
        TRAINING,
    ):
        assert client.get(address).status_code == 200
    assert not client.cookies


def test_only_reading_is_open() -> None:
    client = Client()
    for address in ("/annales/", SEARCH, f"/annales/{FIRST}/", BASKET, TRAINING):
        assert client.post(address, {"panier": ON_CONDITION[0]}).status_code in {403, 405}


def test_a_paper_has_its_record_its_exercises_and_its_resources(settings: Any) -> None:
    settings.PUBLIC_URL = "https://ent.example.org"
    Paper.objects.filter(key=FIRST).update(
        title="</script><script>alert(1)</script>", definition_url="https://example.org/definition"
    )
    page = text_of(f"/annales/{FIRST}/")
    assert "<script>alert" not in page
    record = json.loads(re.search(r'<script type="application/ld\+json"[^>]*>(.*?)</script>', page)[1])  # type: ignore[index]
    assert record["identifier"] == FIRST
    assert record["license"].startswith("https://creativecommons.org/licenses/by/4.0")
    assert record["timeRequired"] == "PT240M"
    assert record["hasPart"][0]["keywords"] == [
        "Probabilités conditionnelles",
        "Loi binomiale",
    ]
    assert f'<link rel="canonical" href="https://ent.example.org/annales/{FIRST}/">' in page
    assert 'href="https://example.org/definition"' in page
    assert "/ressources/maths-au-lycee/probabilites-conditionnelles/" in page
    assert "coefficient 16" in page
    assert "5 points" in page
    assert dates.minutes(240) in page


def test_points_are_said_as_people_say_them() -> None:
    row = Exercise.objects.get(code=ON_CONDITION[0])
    assert row.points is not None
    assert [
        points_said(row.points),
        points_said(row.points / 2),
        points_said(row.points / 5),
        points_said(None),
    ] == [
        "5 points",
        "2,5 points",
        "1 point",
        "",
    ]


def test_a_paper_that_is_only_referenced_says_so() -> None:
    exam = Exam.objects.get(slug="brevet")
    paper = Paper.objects.create(
        key="brevet/ailleurs",
        exam=exam,
        title="Sujet d’ailleurs",
        subject="Mathématiques",
        year=2015,
        zones=["asie"],
        published=NOW.date(),
        changed=NOW.date(),
        source="test",
        digest="0",
        edition=next_edition(),
    )
    one = Exercise.objects.create(
        paper=paper, code=code_of(paper.key, "1"), number="1", rank=1, title="Exercice 1", notions=["Durées"]
    )
    assert "Sujet référencé" in text_of(SEARCH, notion="Durées")
    assert "Ni son PDF ni sa correction" in text_of(f"/annales/{paper.key}/")
    assert "seulement référencé" in text_of(f"/annales/exercice/{one.code}/")
    assert Client().get(f"/annales/{paper.key}/sujet.pdf").status_code == 404
    printed = text_of(f"{BASKET}sujet.html", panier=one.code)
    assert "L’énoncé n’est pas ici" in printed


@pytest.mark.parametrize(
    "address",
    [
        "/annales/rien/",
        f"/annales/{FIRST}x/",
        f"/annales/{FIRST}x/sujet.pdf",
        f"/annales/{FIRST}x/corrige/",
        f"/annales/{FIRST}/corrige.pdf",
        "/annales/exercice/aaaaaaaaaa/",
        "/annales/panier/sujet.pdf",
        "/annales/panier/sujet.html",
        "/annales/panier/sujet.pdf?panier=aaaaaaaaaa",
    ],
)
def test_what_is_not_there_is_not_found(address: str) -> None:
    assert Client().get(address).status_code == 404


def test_an_exercise_that_left_its_paper_is_shown_nowhere() -> None:
    code = code_of(FIRST, "4")
    Exercise.objects.filter(code=code).update(is_gone=True)
    Paper.objects.filter(key=FIRST).update(edition=next_edition())
    assert codes("tétraèdre") == []
    assert "tétraèdre" not in text_of(f"/annales/{FIRST}/")
    assert "tétraèdre" not in text_of(f"/annales/{FIRST}/corrige/")
    assert Client().get(f"/annales/exercice/{code}/").status_code == 404


# The basket


def test_the_basket_is_read_from_the_address_and_nothing_else_counts() -> None:
    one, two = ON_CONDITION[:2]
    basket = Basket.read({"panier": f"{one}.{two}.{one}.<script>.{'a' * 11}..A1"})
    assert basket.codes == (one, two)
    assert basket.plus(one) == basket
    assert basket.minus(one).codes == (two,)
    assert basket.moved(two, -1).codes == (two, one)
    assert basket.moved(two, 1) == basket
    assert basket.moved("aaaaaaaaaa", 1) == basket
    many = ".".join(f"aaaaaaaa{letter}{other}" for letter in "abcdef" for other in "abcdef")
    assert len(Basket.read({"panier": many})) == MOST
    assert Basket.read({"panier": many}).is_full


def test_exercises_are_added_from_a_search_without_losing_it() -> None:
    page = text_of(SEARCH, q="probabilités conditionnelles", tri="recentes")
    link = re.search(rf'href="([^"]+#x-{ON_CONDITION[0]})"[^>]*aria-label="Ajouter à la sélection', page)
    assert link
    page = text_of(link[1].replace("&amp;", "&").partition("#")[0])
    assert "1 exercice dans la sélection" in page
    assert "Retirer de la sélection" in page
    assert 'value="probabilités conditionnelles"' in page
    # It goes along to the next search, to a paper, to another exercise.
    assert f'name="panier" value="{ON_CONDITION[0]}"' in page
    assert f"/annales/exercice/{ON_CONDITION[1]}/?panier={ON_CONDITION[0]}" in page


def test_the_basket_adds_up_and_keeps_its_order(settings: Any) -> None:
    settings.PUBLIC_URL = "https://ent.example.org"
    asked = [ON_CONDITION[2], ON_CONDITION[0]]
    page = text_of(BASKET, panier=".".join(asked))
    assert "2 exercices" in page
    assert "13 points" in page
    assert "2 h 20" in page.replace("\u00a0", " ").replace("\u202f", " ")
    assert page.index(f'id="x-{asked[0]}"') < page.index(f'id="x-{asked[1]}"')
    assert f"https://ent.example.org{BASKET}?panier={'.'.join(asked)}" in page
    assert f'href="{BASKET}?panier={asked[1]}.{asked[0]}#x-{asked[1]}"' in page
    assert '<meta name="robots" content="noindex">' in page


def test_the_paper_made_of_it_has_its_corrections_on_the_last_sheet() -> None:
    answer = Client().get(
        f"{BASKET}sujet.html", {"panier": ".".join(ON_CONDITION), "titre": "Devoir <b>1</b>"}
    )
    page = answer.content.decode()
    assert answer["Content-Disposition"] == 'attachment; filename="sujet.html"'
    assert "Devoir &lt;b&gt;1&lt;/b&gt;" in page
    for outside in ("<script", "<link", 'src="'):
        assert outside not in page
    assert page.count('class="exercise"') == 3
    assert page.index('class="corrections"') > page.rindex('class="exercise"')
    assert "≈ 0,492" in page.partition('class="corrections"')[2]
    assert "≈ 0,492" not in page.partition('class="corrections"')[0]
    assert page.count("CC BY 4.0") == 2


def test_a_pdf_is_made_at_request_once_and_not_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    monkeypatch.setattr(pdf, "is_possible", lambda: True)
    monkeypatch.setattr(pdf, "made", lambda page, style: made.append(page) or b"%PDF-1.7 essai")
    for address in (f"/annales/{FIRST}/sujet.pdf", f"{BASKET}sujet.pdf?panier={ON_CONDITION[0]}"):
        for _ in range(2):
            answer = Client().get(address)
            assert answer["Content-Type"] == "application/pdf"
            assert answer.content.startswith(b"%PDF")
            assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert len(made) == 2
    assert "≈ 0,526" not in made[0]
    assert "≈ 0,526" in made[1]
    monkeypatch.setattr(rules, "MOST_PRINTED", 4)
    assert Client().get(f"/annales/{FIRST}/sujet.pdf").status_code == 429


@pytest.mark.skipif(not pdf.is_possible(), reason="WeasyPrint needs Pango")
def test_the_real_pdf_is_one() -> None:
    answer = Client().get(f"{BASKET}sujet.pdf", {"panier": ".".join(ON_CONDITION)})
    assert answer.content.startswith(b"%PDF-1.")


def test_it_is_put_to_use_where_the_viewer_may(
    client: SchoolClient, college: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = replace_board(monkeypatch)
    board.add(
        boards.Use(
            "Ajouter à une séance",
            "portal:help",
            "book",
            lambda viewer: viewer.person == college.people["teacher"],
        )
    )
    address = f"{BASKET}?panier={ON_CONDITION[0]}"
    client.sit(college.people["teacher"])
    page = client.get(address + "&titre=Devoir").content.decode()
    assert f"?adresse=%2Fannales%2Fpanier%2F%3Fpanier%3D{ON_CONDITION[0]}&amp;titre=Devoir" in page
    for other in (f"/annales/{FIRST}/", f"/annales/exercice/{ON_CONDITION[0]}/"):
        assert "Ajouter à une séance" in client.get(other).content.decode()
    client.sit(college.people["pupil"])
    assert "Ajouter à une séance" not in client.get(address).content.decode()
    assert "Ajouter à une séance" not in text_of(BASKET, panier=ON_CONDITION[0])


def replace_board(monkeypatch: pytest.MonkeyPatch) -> Any:
    board = type(boards.uses)(boards.Use)
    monkeypatch.setattr(boards, "uses", board)
    return board


# Training


def test_training_begins_at_the_click_and_says_what_is_left() -> None:
    page = text_of(TRAINING, panier=ON_CONDITION[0])
    assert 'value="60"' in page
    assert "tiers-temps : 80 minutes" in page.replace("\u202f", " ").replace("\u00a0", " ")
    answer = Client().get(TRAINING, {"panier": ON_CONDITION[0], "minutes": "30", "commencer": "1"})
    assert answer.status_code == 302
    assert answer["Cache-Control"] == "no-store"
    assert (
        answer["Location"]
        == f"{TRAINING}?panier={ON_CONDITION[0]}&minutes=30&debut={int(timezone.now().timestamp())}"
    )
    with time_machine.travel(timezone.now() + timedelta(minutes=12, seconds=30)):
        page = text_of(answer["Location"])
        assert "Il reste 18 minutes." in page
        assert "médiathèque" in page
        assert "≈ 0,526" not in page
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        assert "Le temps est écoulé." in text_of(answer["Location"])
        assert "≈ 0,526" in text_of(answer["Location"] + "&corrige=1")


@pytest.mark.parametrize(
    "given",
    [
        {"debut": "x"},
        {"debut": "0"},
        {"debut": "9999999999"},
        {"debut": "1"},
        {"minutes": "-5"},
        {"minutes": "٣"},
        {},
    ],
)
def test_a_start_that_is_none_begins_nothing(given: dict[str, str]) -> None:
    asked = Training.read(given, 45)
    assert asked.began is None
    assert asked.minutes == 45
    assert asked.left == 45


def test_no_training_is_longer_than_a_day_of_exams() -> None:
    asked = Training.read({"minutes": "99999"}, 0)
    assert asked.minutes == asked.with_a_third_more == rules.LONGEST
    assert replace(asked, minutes=20).with_a_third_more == 27


# What is left to robots and followers


def test_a_feed_says_the_last_sessions(settings: Any) -> None:
    settings.PUBLIC_URL = "https://ent.example.org"
    tree = etree.fromstring(Client().get(reverse("exams:feed"), {"q": "probabilités"}).content)
    entries = tree.findall("{*}entry")
    assert 3 < len(entries) <= 30
    assert entries[0].findtext("{*}id").startswith("https://ent.example.org/annales/exercice/")
    tree = etree.fromstring(Client().get(reverse("exams:feed"), {"quoi": "sujet"}).content)
    assert len(tree.findall("{*}entry")) == Paper.objects.published().count()


def test_a_feed_holds_thirty_entries_and_does_not_ask_for_each(client: SchoolClient, college: World) -> None:
    many_exam_papers(college, 35)
    index.engine(wait=True)
    answer, queries = counted(client, reverse("exams:feed"))
    assert len(etree.fromstring(answer.content).findall("{*}entry")) == 30
    assert queries <= 5


def test_the_first_page_shows_six_papers_however_many_there_are(client: SchoolClient, college: World) -> None:
    _few, queries = counted(client, "/annales/")
    many_exam_papers(college, 30)
    answer, same = counted(client, "/annales/")
    page = answer.content.decode()
    assert page.count('class="resource"') == 6
    assert "30 sujets" in page or "32 sujets" in page
    assert same == queries


def test_robots_find_papers_up_to_a_number(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.PUBLIC_URL = "https://ent.example.org"
    listed = Client().get("/sitemap.xml").content.decode()
    for key in Paper.objects.published().values_list("key", flat=True):
        assert f"https://ent.example.org/annales/{key}/" in listed
    assert "panier" not in listed
    monkeypatch.setattr(pages, "MOST_ADDRESSES", 2)
    assert len(pages.addresses()) == 2
    lines = Client().get("/robots.txt").content.decode().splitlines()
    assert "Allow: /annales/$" in lines
    assert "Allow: /annales/bac-general/" in lines
    assert not [line for line in lines if "recherche" in line or "panier" in line]


def test_a_school_may_close_it_and_the_world_reads_on(client: SchoolClient, college: World) -> None:
    service = next(service for service in boards.services if service.key == "exams")
    assert service.namespaces == ("exams",)
    for key in ("teacher", "pupil", "guardian", "head"):
        client.sit(college.people[key])
        assert 'href="/annales/"' in client.get("/").content.decode(), key
    entry = next(one for one in boards.menu if one.url_name == "exams:home")
    assert (entry.service, entry.open_to) == ("exams", signed_in)
    assert "/annales/" in Client().get("/").content.decode()


def test_suggestions_come_under_the_box_with_the_basket_and_the_kind(college: World) -> None:
    address, under = reverse("exams:suggestions"), {"HX-Request": "true", "HX-Target": "suggestions"}
    asked = {"q": "probab", "quoi": "sujet", "panier": "abc"}
    shown = Client().get(address, asked, headers=under).content.decode()
    assert "<html" not in shown and 'class="hit" href="/annales/recherche/?q=probabilit' in shown.lower()
    assert "quoi=sujet" in shown and "#trouve" in shown
    alone = Client().get(address, asked)
    assert alone.status_code == 302 and alone.url.startswith("/annales/recherche/?q=probab")
    assert "Pas de suggestion" in Client().get(address, {"q": "zzyxq"}, headers=under).content.decode()
