"""Components written out where they are called: the same page as by calls, with nothing of one mixed up with the other."""

from typing import Any

import pytest
from django.template import engines
from django.test import RequestFactory
from django.urls import NoReverseMatch, reverse
from jinja2 import Environment
from markupsafe import Markup

from preau.foundation import templating
from preau.foundation.styleguide import SECTIONS, examples_of, sample

# The global by which templates call components.
CALLED = "'ui'"


@pytest.fixture
def pages() -> Environment:
    return engines["pages"].env  # type: ignore[attr-defined]


@pytest.fixture
def by_calls(pages: Environment) -> Environment:
    """The same templates, as where someone edits them: nothing is written out."""
    return templating.environment(loader=pages.loader, autoescape=True, auto_reload=True)


def code_of(env: Environment, template: str) -> str:
    code = env.compile(template, raw=True)
    assert isinstance(code, str)
    return code


def same(pages: Environment, by_calls: Environment, template: str, **names: Any) -> str:
    """What a template draws, both ways."""
    drawn = pages.from_string(template).render(names)
    assert drawn == by_calls.from_string(template).render(names)
    return drawn


@pytest.mark.parametrize("key", SECTIONS)
def test_every_component_is_drawn_as_by_a_call(pages: Environment, by_calls: Environment, key: str) -> None:
    names = sample() | {"csrf_input": "", "request": RequestFactory().get("/")}
    for example in examples_of(SECTIONS[key], RequestFactory().get("/")):
        same(pages, by_calls, example.code, **names)


@pytest.mark.parametrize(
    "template",
    [
        '{{ ui.icon("check") }}',
        '{{ ui.link(_("Lire"), address, variant="secondary", icon="check") }}',
        "{{ ui.tag(word, tone=tone) }}",
        '{% call(row) ui.table("Élèves", ["Nom"], rows) %}{% call ui.cell("Nom") %}{{ row }}{% endcall %}{% endcall %}',
    ],
)
def test_what_daily_pages_repeat_calls_no_macro(
    pages: Environment, by_calls: Environment, template: str
) -> None:
    assert CALLED in code_of(by_calls, template)
    assert CALLED not in code_of(pages, template)


def test_what_is_known_when_a_page_is_compiled_is_not_asked_again(pages: Environment) -> None:
    code = code_of(pages, '{{ ui.button(_("Valider"), variant="quiet") }}')
    assert 'data-variant="tertiary" data-color="accent"><span>Valider</span></button>' in code
    assert " if " not in code.partition("_block_vars")[2]


def test_names_of_the_page_are_not_those_of_a_component(pages: Environment, by_calls: Environment) -> None:
    template = '{% call ui.card(title="Carte") %}{{ title }}, {{ level }}{% set title = "changé" %} {{ title }}{% endcall %} {{ title }}'
    drawn = same(pages, by_calls, template, title="le mien", level="7")
    assert "le mien, 7 changé" in drawn
    assert drawn.endswith(" le mien")


def test_the_loop_of_the_page_is_its_own(pages: Environment, by_calls: Environment) -> None:
    template = '{% for one in "ab" %}{% call(row) ui.table("T", ["Nom"], rows) %}{{ loop.index }}{{ row }}{% endcall %}{% endfor %}'
    drawn = same(pages, by_calls, template, rows=["x", "y", "z"])
    assert [word in drawn for word in ("1x", "1z", "2x", "2z", "3x")] == [True, True, True, True, False]


def test_what_people_typed_is_escaped_once(pages: Environment, by_calls: Environment) -> None:
    template = (
        '{{ ui.link(word, "/?a=1&b=2") }}{% call ui.cell(word) %}{{ word }}{% endcall %}{{ ui.tag(sure) }}'
    )
    drawn = same(pages, by_calls, template, word="<b>&", sure=Markup("<i>x</i>"))
    assert drawn.count("&lt;b&gt;&amp;") == 2
    assert "<span><i>x</i></span>" in drawn
    assert "/?a=1&amp;b=2" in drawn


def test_a_text_joined_to_another_keeps_its_signs(pages: Environment, by_calls: Environment) -> None:
    """Jinja forgets that a constant is markup: one that holds a sign is asked each time."""
    said = pages.globals["_"]
    pages.says = lambda text: Markup("a &amp; b") if text == "x" else said(text)  # type: ignore[attr-defined]
    try:
        code = code_of(pages, '{{ _("x") ~ "?" }}{{ _("Valider") ~ "?" }}')
    finally:
        pages.says = said  # type: ignore[attr-defined]
    assert "call(" in code
    assert "Valider?" in code
    assert "&amp;" not in code


def test_attributes_are_left_to_the_macro_that_knows_them(pages: Environment, by_calls: Environment) -> None:
    drawn = same(
        pages, by_calls, '{{ ui.link("a", "/", attrs={"rel": "prev", "class": "back"}) }}{{ ui.link("b", "/", attrs=more) }}',
        more={"hidden": True},
    )  # fmt: skip
    assert 'class="link back"' in drawn
    assert " hidden>" in drawn


@pytest.mark.parametrize("number", [0, 7, 8_172_635_409_182])
def test_an_address_with_a_number_is_the_one_that_django_gives(number: int) -> None:
    for name in ("attendance:entry", "attendance:roll", "homework:class_book"):
        assert templating.url(name, pk=number) == reverse(name, kwargs={"pk": number})
    with pytest.raises(NoReverseMatch):
        templating.url("attendance:board", pk=number)
