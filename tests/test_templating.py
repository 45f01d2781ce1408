"""What templates are given: addresses as Django finds them, components that escape what people typed once."""

import pytest
from django.template import engines
from django.urls import NoReverseMatch, reverse
from jinja2 import Environment
from markupsafe import Markup

from preau.foundation import templating


@pytest.fixture
def pages() -> Environment:
    return engines["pages"].env  # type: ignore[attr-defined]


def test_what_people_typed_is_escaped_once(pages: Environment) -> None:
    template = (
        '{{ ui.link(word, "/?a=1&b=2") }}{% call ui.cell(word) %}{{ word }}{% endcall %}{{ ui.tag(sure) }}'
    )
    drawn = pages.from_string(template).render(word="<b>&", sure=Markup("<i>x</i>"))
    assert drawn.count("&lt;b&gt;&amp;") == 2
    assert "<span><i>x</i></span>" in drawn
    assert "/?a=1&amp;b=2" in drawn


def test_attributes_join_those_of_a_component(pages: Environment) -> None:
    template = (
        '{{ ui.link("a", "/", attrs={"rel": "prev", "class": "back"}) }}{{ ui.link("b", "/", attrs=more) }}'
    )
    drawn = pages.from_string(template).render(more={"hidden": True})
    assert 'class="link back"' in drawn
    assert " hidden>" in drawn


@pytest.mark.parametrize("number", [0, 7, 8_172_635_409_182])
def test_an_address_with_a_number_is_the_one_that_django_gives(number: int) -> None:
    for name in ("attendance:entry", "attendance:roll", "homework:class_book"):
        assert templating.url(name, pk=number) == reverse(name, kwargs={"pk": number})
    with pytest.raises(NoReverseMatch):
        templating.url("attendance:board", pk=number)


@pytest.mark.parametrize("word", ["Ab3-_x9ZkQ0pLmN7", "x", "é a", "a.b", "%41", "7"])
def test_an_address_with_a_word_is_the_one_that_django_gives(word: str) -> None:
    for name in ("directory:person", "competences:pupil", "files:file"):
        assert templating.url(name, public_id=word) == reverse(name, kwargs={"public_id": word})
    for word_of_no_number in ("x", "x7"):
        with pytest.raises(NoReverseMatch):
            templating.url("attendance:entry", pk=word_of_no_number)
