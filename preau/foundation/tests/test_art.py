"""Drawings: by code, in their own colours, light, and silent unless the page wants them said."""

import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from django.template import engines

from preau.foundation import art

COLOURS = json.loads((Path(__file__).parents[3] / "frontend" / "art.json").read_text())
MOST = {"part": art.PART, "pose": art.POSE, "cover": art.COVER, "scene": art.SCENE}
SCENE_COLOURS = {"scene-roof", "scene-far", "scene-tree"}
SHAPES = {"svg", "g", "path", "circle", "rect", "ellipse", "text"}


def drawn(template: str, **names: object) -> str:
    return engines["pages"].from_string(template).render(names)


@pytest.mark.parametrize("name", [*art.names(), *(f"objet:{key}" for key in art.OBJECTS)])
def test_a_drawing_is_sound_light_and_in_the_colours_of_the_sheet(name: str) -> None:
    found, drawing = art.drawing(name), str(art.svg(name))
    assert found is not None and found.words
    tree = ET.fromstring(drawing)
    assert {element.tag for element in tree.iter()} <= SHAPES
    assert not [element for element in tree.iter() if element.get("style") or element.get("id")]
    used = set(re.findall(r"var\(--([\w-]+)\)", drawing))
    assert used - SCENE_COLOURS <= {f"art-{colour}" for colour in COLOURS}
    paints = {element.get(paint) for element in tree.iter() for paint in ("fill", "stroke")}
    assert all(paint in (None, "none") or paint.startswith("var(--") for paint in paints)
    assert "@" not in drawing
    assert len(drawing.encode()) <= MOST[found.kind]


def test_each_colour_is_known_in_the_light_and_in_the_dark() -> None:
    assert all(re.fullmatch(r"#[0-9a-f]{6}", shade) for pair in COLOURS.values() for shade in pair)
    assert {len(pair) for pair in COLOURS.values()} == {2}


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    light = [
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels
    ]
    return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]


@pytest.mark.parametrize(
    ("word", "ground"),
    [
        ("ecrit", "vert"),
        ("ecrit", "brique"),
        ("ecrit", "ardoise"),
        ("encre", "soleil"),
        ("brique-fonce", "blanc"),
        ("ardoise-fonce", "blanc"),
    ],
)
def test_a_word_of_a_drawing_can_be_read_in_the_light_and_in_the_dark(word: str, ground: str) -> None:
    for scheme in (0, 1):
        one, other = luminance(COLOURS[word][scheme]), luminance(COLOURS[ground][scheme])
        assert (max(one, other) + 0.05) / (min(one, other) + 0.05) >= 4.5


def test_a_drawing_is_silent_unless_it_is_given_a_text() -> None:
    assert 'aria-hidden="true"' in art.svg("aronde-salue") and "role" not in art.svg("aronde-salue")
    picture = art.svg("aronde-salue", "Aronde <salue>")
    assert 'role="img" aria-label="Aronde &lt;salue&gt;"' in picture and "aria-hidden" not in picture


def test_a_drawing_that_nobody_made_leaves_its_word() -> None:
    assert art.svg("couverture:jamais-dessinee") == "" == art.svg("disque:")
    page = drawn("{{ ui.tile('Latin', '/latin/', cover='couverture:latin') }}")
    assert "<svg" not in page and ">Latin</a>" in page
    discs = drawn("{{ ui.discs([('Latin', '/latin/', '', false)], 'Une matière') }}")
    assert ">La</span>" in discs
    empty = drawn("{% call ui.empty('Rien', drawing='perdu-en-mer') %}Revenez.{% endcall %}")
    assert "icon-inbox" in empty and "<svg" not in empty


def test_a_square_on_each_side_of_the_triangle_is_a_square() -> None:
    """« Keep maths true to scale »: 26 and 34 are the sides, c² is a square on the third."""
    corners = [(34, 34), (60, 0), (94, 26), (68, 60)]
    assert "M34 34l26-34 34 26-26 34z" in art.OBJECTS["pythagore"]
    sides = [
        (bx - ax) ** 2 + (by - ay) ** 2
        for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1], strict=True)
    ]
    assert set(sides) == {26**2 + 34**2}


def test_initials_have_one_of_six_tints_and_always_the_same() -> None:
    page = drawn("{{ ui.avatar('NA') }}{{ ui.avatar('NA') }}{{ ui.avatar('TL', picture='/p/') }}")
    assert len(set(re.findall(r'data-tint="([0-5])"', page))) == 1
    assert page.count("data-tint") == 2
