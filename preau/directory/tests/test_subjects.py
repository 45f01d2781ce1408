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
