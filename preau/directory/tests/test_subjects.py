"""How subjects look: the colours can be read, and a subject has the same look whatever its school calls it."""

import json
import re
from itertools import combinations

import pytest

from preau.directory.rules.subjects import LOOKS, Look, look_of
from preau.directory.seeds.nomenclatures import SUBJECTS
from preau.directory.tests.test_settings import ROOT, contrast

COLOURS = json.loads((ROOT / "frontend" / "subjects.json").read_text())
# What is behind a line that is drawn or written: the tint of the subject, then the card of the page, in each scheme.
CARDS = {"light": "#ffffff", "dark": "#1c2322"}


def too_faint(colours: dict[str, dict[str, list[str]]]) -> list[tuple[str, str]]:
    return [
        (name, scheme)
        for name, schemes in colours.items()
        for scheme, (line, tint) in schemes.items()
        if contrast(line, tint) < 4.5 or contrast(line, CARDS[scheme]) < 4.5
    ]


def test_every_subject_can_be_read_on_its_tint_and_on_a_card() -> None:
    assert too_faint(COLOURS) == []
    assert too_faint({"pale": {"light": ["#9ad0f0", "#e4efff"]}}) == [("pale", "light")]


# What is seen by whoever lacks one kind of cone: the matrices, on linear RGB, of G. M. Machado, M. M. Oliveira and L. A. F. Fernandes,
# « A Physiologically-based Model for Simulation of Color Vision Deficiency », IEEE TVCG 15 (6), 2009, severity 1.
DEFICIENCIES = {
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
# Of two colours nearer than this in CIELAB (distance of 1976), a sign must say which is which.
NEAR = 12


def linear(colour: str) -> list[float]:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    return [
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels
    ]


def seen(colour: str, deficiency: str) -> list[float]:
    """Linear RGB as it is seen, within what a screen shows."""
    light = linear(colour)
    rows = DEFICIENCIES[deficiency]
    return [min(max(sum(a * b for a, b in zip(row, light, strict=True)), 0), 1) for row in rows]


def lab(light: list[float]) -> tuple[float, float, float]:
    red, green, blue = light
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def brightness(light: list[float]) -> float:
    return 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]


def near_pairs(deficiency: str, scheme: str) -> list[tuple[Look, Look]]:
    """The subjects whose lines look alike."""
    lines = {look: lab(seen(COLOURS[look.key][scheme][0], deficiency)) for look in LOOKS}
    return [
        (one, other)
        for one, other in combinations(LOOKS, 2)
        if sum((a - b) ** 2 for a, b in zip(lines[one], lines[other], strict=True)) < NEAR**2
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_twelve_subjects_are_told_apart_whatever_is_seen_of_colours(deficiency: str, scheme: str) -> None:
    """By their colours for most; where these come close, by letters and a drawing that differ."""
    near = near_pairs(deficiency, scheme)
    assert all(one.letters != other.letters and one.icon != other.icon for one, other in near)
    assert len(near) <= len(list(combinations(LOOKS, 2))) // 4
    for look in LOOKS:
        line, tint = (brightness(seen(colour, deficiency)) for colour in COLOURS[look.key][scheme])
        ratio = (max(line, tint) + 0.05) / (min(line, tint) + 0.05)
        assert ratio >= 4.5, (look.key, ratio)


def test_a_simulation_leaves_greys_alone_and_confuses_what_is_known_to_be_confused() -> None:
    for deficiency in DEFICIENCIES:
        assert seen("#808080", deficiency) == pytest.approx(linear("#808080"), abs=1e-3)
    assert near_pairs("deuteranopia", "light")


def test_every_look_has_its_colours_letters_and_drawing() -> None:
    assert {look.key for look in LOOKS} == set(COLOURS)
    for one, other in combinations(LOOKS, 2):
        assert one.letters != other.letters and one.icon != other.icon
        assert COLOURS[one.key] != COLOURS[other.key]


def test_the_colours_are_built() -> None:
    built = (ROOT / "build" / "subjects.css").read_text()
    assert set(re.findall(r'data-subject="(\w+)"', built)) == set(COLOURS)


@pytest.mark.parametrize(
    ("code", "name", "key"),
    [
        ("061300", "Mathématiques", "maths"),
        ("MATHS", "Mathématiques", "maths"),
        ("030201", "Anglais LV1", "anglais"),
        ("030602", "Espagnol LV2", "langues"),
        ("020300", "Latin", "langues"),
        ("043800", "EMC", "emc"),
        ("X", "Enseignement moral et civique", "emc"),
        ("X", "Éducation physique et sportive", "eps"),
        ("X", "Physique-chimie", "physique"),
        ("X", "Histoire-géographie", "histoire"),
        ("050700", "SES", "histoire"),
        ("074700", "NSI", "technologie"),
        ("010300", "Philosophie", "francais"),
        ("X", "Questionner le monde", "svt"),
    ],
)
def test_a_subject_looks_the_same_by_its_code_and_by_its_name(code: str, name: str, key: str) -> None:
    assert look_of(code, name).key == key


def test_a_subject_that_nobody_knows_has_letters_and_no_colour() -> None:
    assert look_of("X", "Vie de classe") == Look("", "Vi", icon="book")


def test_every_subject_of_the_demonstration_has_a_colour() -> None:
    assert [
        subject.label for subject in SUBJECTS.values() if not look_of(subject.code, subject.label).key
    ] == []
