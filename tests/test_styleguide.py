"""The style guide: every component, drawn from the code that stands beside it; tables that sort; uploads that are followed."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template import engines
from django.test import RequestFactory
from markupsafe import escape

from conftest import SchoolClient
from preau.directory.seeds.world import World
from preau.foundation.http import UploadMiddleware
from preau.foundation.sorting import Sorting
from preau.foundation.styleguide import SECTIONS, examples_of
from tests.pages import MOST_BYTES, counted, faults

ORDERS = {"nom": ("name", "pk"), "jour": ("day", "-hour")}


# The tones that `ui.tag` and `ui.card` have; those that templates say themselves, beside those that rows give.
CALLS = {"tag": {"neutral", "done", "todo", "changed"}, "card": {"plain", "accent", "soleil", "brique"}}
CALL = re.compile(r"ui\.(?P<name>tag|card)\((?P<said>.*?)(?:\}\}|%\})")
# The word itself, or either of « a if … else b ».
TONE = re.compile(r'tone="(\w+)"(?: if [^,]*? else "(\w+)")?')


def test_no_template_asks_a_component_for_a_tone_that_it_does_not_have() -> None:
    wrong = [
        (str(path), word)
        for path in Path("preau").rglob("*.html")
        for call in CALL.finditer(path.read_text())
        for found in TONE.findall(call["said"])
        for word in set(found) - {""} - CALLS[call["name"]]
    ]
    assert wrong == []


def drawn(template: str, **names: Any) -> str:
    return engines["pages"].from_string(template).render(names)


@pytest.mark.parametrize("key", SECTIONS)
def test_each_section_is_a_sound_and_light_page(college: World, client: SchoolClient, key: str) -> None:
    page, queries = counted(client, f"/styleguide/{key}/")
    assert page.status_code == 200
    assert queries == 0
    assert len(page.content) <= MOST_BYTES
    assert list(faults(page.content.decode())) == []


def test_a_section_that_does_not_exist_is_not_found(college: World, client: SchoolClient) -> None:
    assert client.get("/styleguide/rien/").status_code == 404


def test_every_component_is_shown() -> None:
    module = engines["pages"].env.get_template("ui/components.html").module
    code = "".join(
        example.code
        for section in SECTIONS.values()
        for example in examples_of(section, RequestFactory().get("/"))
    )
    for name in [name for name in vars(module) if not name.startswith("_")]:
        if name != "page" and callable(getattr(module, name)):  # the guide is itself a page
            assert f"ui.{name}(" in code, name


def test_the_code_beside_an_example_is_the_one_that_drew_it(college: World, client: SchoolClient) -> None:
    page = client.get("/styleguide/etats/").content.decode()
    code = '{{ ui.progress("Lecture des fichiers", done=3, total=8) }}'
    assert str(escape(code)) in page
    assert page.count('<progress aria-label="Lecture des fichiers" max="8" value="3">') == 1


# Sorting


def test_a_head_sorts_upwards_then_downwards_and_keeps_the_filters() -> None:
    given = QueryDict("etat=a_lire&page=3&tri=nom")
    sorting = Sorting(given, ORDERS, "-jour")
    assert sorting.fields == ["name", "pk"]
    name, day = sorting.column("Élève", "nom"), sorting.column("Jour", "jour")
    assert (name.sort, name.href) == ("ascending", "?etat=a_lire&tri=-nom")
    assert (day.sort, day.href) == ("", "?etat=a_lire&tri=jour")


def test_downwards_every_field_turns() -> None:
    sorting = Sorting(QueryDict("tri=-jour"), ORDERS, "nom")
    assert sorting.fields == ["-day", "hour"]
    assert sorting.column("Jour", "jour").sort == "descending"


@pytest.mark.parametrize("asked", ["", "tri=", "tri=password", "tri=-day", "tri=--jour"])
def test_an_order_that_is_not_offered_is_the_usual_one(asked: str) -> None:
    assert Sorting(QueryDict(asked), ORDERS, "-jour").fields == ["-day", "hour"]


def test_absences_are_sorted_by_name(college: World, client: SchoolClient) -> None:
    client.sit(college.people["cpe"])
    page = client.get("/vie-scolaire/absences/?tri=nom").content.decode()
    assert 'aria-sort="ascending"' in page
    assert page.count("aria-sort") == 1
    names = [row["pupil__family_name"] for row in _rows(page)]
    assert names == sorted(names)
    assert len(set(names)) > 1


def _rows(page: str) -> list[dict[str, str]]:
    heads = page.split('<th scope="row"')[1:]
    return [
        {"pupil__family_name": head.split("<span>", 1)[1].split("</span>", 1)[0].casefold()} for head in heads
    ]


# Components that reason


def test_a_chart_says_its_figures_in_a_table() -> None:
    page = drawn("{{ ui.chart('Travail', points, 'Jour', 'Minutes') }}", points=[("lun.", 20), ("mar.", 80)])
    assert 'height="25.0"' in page and 'height="100.0"' in page
    assert "<caption" in page
    assert ">80<" in page.split("<table")[1]


def test_a_chart_of_nothing_says_so() -> None:
    assert "Pas encore de chiffres" in drawn("{{ ui.chart('Rien', [], 'Jour', 'Minutes') }}")
    assert "<table" in drawn("{{ ui.chart('Zéro', points, 'Jour', 'Minutes') }}", points=[("lun.", 0)])


SPREAD = SimpleNamespace(low=8, high=14, mean=11, said="La moitié de la classe va de 8 à 14.")


def test_a_mark_is_drawn_in_its_class_and_said() -> None:
    page = drawn("{{ ui.range(10, spread) }}", spread=SPREAD)
    # From 13 (nothing) to 127 (the most): 5.7 a point.
    assert 'cx="70.0"' in page and '<rect x="58.6" width="34.2"' in page and "M75.7 5v16" in page
    assert SPREAD.said in page and 'aria-hidden="true"' in page


def test_a_mark_without_a_class_to_compare_with_says_nothing_of_it() -> None:
    page = drawn("{{ ui.range(10) }}")
    assert "<circle" in page and "<rect" not in page and "classe" not in page
    assert "<circle" not in drawn("{{ ui.range(none, spread) }}", spread=SPREAD)


def test_what_weighs_is_a_list_that_says_how_much() -> None:
    blocks = [SimpleNamespace(value="16", label="Ratio", share=12, said="pèse 60 %")]
    page = drawn("{{ ui.weights('Ce qui compte', blocks) }}", blocks=blocks)
    assert (
        '<li data-share="12">' in page
        and ">pèse 60 %<" in page
        and "visually-hidden" not in page
        and 'aria-label="Ce qui compte"' in page
    )


def point(value: float, band: tuple[float, float] | None) -> SimpleNamespace:
    low, high = band or (None, None)
    return SimpleNamespace(
        label=f"le {value}", value=value, said=str(value), low=low, high=high, spread="8 à 12" if band else ""
    )


def test_an_evolution_draws_the_band_where_there_is_one_and_says_all_in_a_table() -> None:
    call = "{{ ui.evolution('Cela monte', points, 'Jour', 'toi', 'la moitié de la classe') }}"
    page = drawn(call, points=[point(10, None), point(12, (8, 12)), point(14, (8, 12))])
    assert 'points="50,50.0 150,40.0 250,30.0 "' in page
    assert '<polygon points="150,40.0 250,40.0 250,60.0 150,60.0 "' in page
    assert page.split("<table")[1].count("8 à 12") == 2 and "–" in page.split("<table")[1]
    alone = drawn(call, points=[point(10, None), point(12, None)])
    assert "la moitié de la classe" not in alone


def test_steps_say_where_one_is() -> None:
    page = drawn("{{ ui.steps(['Choisir', 'Relire', 'Appliquer'], 2) }}")
    assert page.count('aria-current="step"') == 1
    assert page.index("étape faite") < page.index("étape en cours") < page.index("étape à venir")


def test_a_message_keeps_its_tone() -> None:
    page = drawn("{{ ui.toast(message) }}", message=Message(constants.ERROR, "Trop <tard>"))
    assert 'data-tone="danger"' in page
    assert "Trop &lt;tard&gt;" in page


# Uploads


def answer_to(response: HttpResponse, **headers: str) -> HttpResponse:
    request: HttpRequest = RequestFactory().post("/", headers=headers)
    return UploadMiddleware(lambda _: response)(request)


def test_a_followed_upload_is_told_where_to_go() -> None:
    sent = HttpResponseRedirect("/annuaire/")
    sent.set_cookie("session", "kept")
    answer = answer_to(sent, **{"X-Upload": "1"})
    assert (answer.status_code, answer.headers["X-Next-Page"]) == (200, "/annuaire/")
    assert answer.cookies["session"].value == "kept"


def test_any_other_answer_is_left_alone() -> None:
    sent = HttpResponseRedirect("/annuaire/")
    assert answer_to(sent) is sent
    page = HttpResponse("à corriger", status=422)
    assert answer_to(page, **{"X-Upload": "1"}) is page
