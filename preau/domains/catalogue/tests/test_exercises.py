"""The exercises of a page: marked with or without JavaScript, kept by nobody."""

import re
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.urls import reverse

from preau.domains.catalogue.models import Resource
from preau.domains.catalogue.queries.questions import number_of, questions_of, shuffled
from tests.net.rows import digests

CHOICE = {
    "kind": "choix",
    "html": "<p>?</p>",
    "options": [["juste", True], ["faux", False], ["non", False]],
    "why": "Car.",
}
SEVERAL = {
    "kind": "choix",
    "html": "<p>?</p>",
    "options": [["un", True], ["deux", True], ["non", False]],
    "why": "",
}
NUMBER = {"kind": "nombre", "html": "<p>?</p>", "answer": "12,5", "why": ""}
TEXT = {"kind": "texte", "html": "<p>?</p>", "answers": ["été", "l’été"], "why": ""}
ORDER = {"kind": "ordre", "html": "<p>?</p>", "items": ["a", "b", "c"], "why": ""}


def state(part: dict[str, Any], query: str) -> str:
    resource = Resource(key="essais/une", parts=[{"kind": "html", "html": "<p>x</p>"}, part])
    return questions_of(resource, QueryDict(query))[1].state


def options(part: dict[str, Any]) -> dict[str, str]:
    resource = Resource(key="essais/une", parts=[part])
    return {option.html: option.value for option in questions_of(resource, QueryDict())[1].options}


def test_a_choice_is_right_wrong_or_not_made() -> None:
    value = options(CHOICE)
    assert state(CHOICE, "") == ""
    assert state(CHOICE, f"r1={value['juste']}") == "right"
    assert state(CHOICE, f"r1={value['faux']}") == "wrong"
    # What no form of ours sends counts for nothing.
    assert state(CHOICE, "r1=abc") == ""
    assert state(CHOICE, "r2=1") == ""


def test_several_right_answers_are_all_asked_for() -> None:
    value = options(SEVERAL)
    assert state(SEVERAL, f"r1={value['un']}") == "wrong"
    assert state(SEVERAL, f"r1={value['un']}&r1={value['deux']}") == "right"
    assert state(SEVERAL, f"r1={value['un']}&r1={value['deux']}&r1={value['non']}") == "wrong"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("12,5", "right"),
        ("12.50", "right"),
        ("12,5 ", "right"),
        ("125", "wrong"),
        ("douze", "wrong"),
        ("", ""),
        ("NaN", "wrong"),
        ("Infinity", "wrong"),
        ("1e9999999", "wrong"),
    ],
)
def test_a_number_is_read_as_people_write_it(typed: str, said: str) -> None:
    query = QueryDict(mutable=True)
    query["r1"] = typed
    assert state(NUMBER, query.urlencode()) == said


@pytest.mark.parametrize(
    ("wanted", "typed"),
    [
        ("19", ["19 h", "19h", "19 heures", "dix-neuf", "19.", "= 19", " 19 ", "19,0", "19 h.", "Dix neuf"]),
        ("8", ["huit", "8 carreaux", "8 cm", "8 cm²", "8 €", "= 8 cm", "8,00", "16/2", "+8", "HUIT"]),
        (
            "0,75",
            ["3/4", "0.75", "0,750", "0,75 L", "= 0,75", "75/100", "0,75 kg", "0,75 m", "3 / 4", "0,75."],
        ),
        (
            "80",
            [
                "quatre-vingts",
                "quatre vingt",
                "80 km/h",
                "80 %",
                "80",
                "80 g",
                "80km",
                "80 min",
                "80 fois",
                "80 €",
            ],
        ),
        (
            "1000",
            [
                "1 000",
                "1000 m",
                "1 000 m",
                "= 1 000",
                "1 000,0",
                "1000.",
                "1000 g",
                "1 000 habitants",
                "+1000",
                "1000 €",
            ],
        ),
        ("-3", ["- 3", "−3", "-3", "-3 °C", "= -3", "-3,0", "-3 degrés", "-6/2", "−3 m", "-3."]),
    ],
)
def test_ten_ways_to_write_a_right_answer(wanted: str, typed: list[str]) -> None:
    assert [one for one in typed if number_of(one) != number_of(wanted)] == []


@pytest.mark.parametrize("typed", ["18", "190", "19 h 30", "1 9 2", "neuf", "h 19", "19-1", "", "abc", "1/0"])
def test_ten_wrong_answers_stay_wrong(typed: str) -> None:
    assert number_of(typed) != number_of("19")


def test_an_article_does_not_make_another_answer() -> None:
    for typed in ("un été", "l’été", "les été", "été"):
        query = QueryDict(mutable=True)
        query["r1"] = typed
        assert state(TEXT, query.urlencode()) == "right", typed


def test_nothing_to_check_says_so_and_the_end_says_the_score() -> None:
    assert state(NUMBER, "verifier=1") == "missing"
    assert state(NUMBER, "verifier=2") == ""


def test_thousands_apart_are_one_number() -> None:
    assert number_of("1\u202f000") == number_of("1000") == number_of("1 000,0")
    assert number_of("−3") == number_of("-3")


@pytest.mark.parametrize(
    ("typed", "said"),
    [("été", "right"), ("ÉTÉ.", "right"), ("l'été", "right"), ("ete", "near"), ("hiver", "wrong"), ("", "")],
)
def test_a_word_is_right_with_its_accents(typed: str, said: str) -> None:
    query = QueryDict(mutable=True)
    query["r1"] = typed
    assert state(TEXT, query.urlencode()) == said


def test_an_order_is_right_when_each_has_its_place() -> None:
    value = options(ORDER)
    right = "&".join(f"r1-{value[item]}={place}" for place, item in enumerate("abc", start=1))
    wrong = "&".join(f"r1-{value[item]}={place}" for place, item in enumerate("acb", start=1))
    assert state(ORDER, right) == "right"
    assert state(ORDER, wrong) == "wrong"
    assert state(ORDER, right.rpartition("&")[0]) == ""


def test_things_are_never_shown_in_the_order_of_their_answer() -> None:
    for count in range(2, 8):
        for seed in ("a", "b", "c"):
            assert shuffled(count, seed) != list(range(count))
            assert sorted(shuffled(count, seed)) == list(range(count))
            assert shuffled(count, seed) == shuffled(count, seed)


# The page


@pytest.fixture
def page(college: Any) -> Resource:
    row = Resource.objects.get(key="nombres-et-calculs/les-fractions-et-la-tablette")
    row.parts = [CHOICE, TEXT, ORDER]
    row.save(update_fields=["parts"])
    return row


def address(row: Resource) -> str:
    return reverse("catalogue:resource", kwargs=row.place)


def test_the_page_marks_answers_without_javascript_and_keeps_them_in_the_form(page: Resource) -> None:
    value = {option.html: option.value for option in questions_of(page, QueryDict())[1].options}
    before = digests()
    client = Client()
    answer = client.get(address(page), {"r1": value["juste"], "r2": "hiver", "verifier": "1"})
    html = answer.content.decode()
    assert html.count('data-state="right"') == 1
    assert html.count('data-state="wrong"') == 1
    assert 'value="hiver"' in html
    assert re.search(rf'value="{value["juste"]}" checked', html)
    # The third was not answered: nothing is said of it, its answer least of all.
    assert "a → b → c" not in html
    # Nothing of the visitor is kept: neither a row, nor a cookie.
    assert digests() == before
    assert not client.cookies


def test_an_answer_is_not_in_the_page_before_it_is_asked(page: Resource) -> None:
    html = Client().get(address(page)).content.decode()
    assert "Car." not in html
    assert "l’été" not in html


def test_htmx_gets_the_question_alone_as_the_page_would_show_it(page: Resource) -> None:
    answers = {"r2": "été"}
    headers = {"HX-Request": "true", "HX-Target": "question-2"}
    alone = Client().get(address(page), answers, headers=headers).content.decode().strip()
    assert alone.startswith('<div class="question" id="question-2"')
    whole = Client().get(address(page), answers).content.decode()
    assert " ".join(alone.split()) in " ".join(whole.split())
    for target in ("question-99", "question-x", "question-²", "autre"):
        other = Client().get(address(page), headers={"HX-Request": "true", "HX-Target": target})
        assert "<h1>" in other.content.decode()
