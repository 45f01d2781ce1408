"""The official file: what is written is read back as it was, follows the schema of the ministry, and departs from it as our rules say."""

import copy
import io
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from preau.domains.report_cards.livret import check, read, write
from preau.domains.report_cards.livret.departures import Fault, departures
from preau.domains.report_cards.livret.model import Livret, Pupil
from preau.domains.report_cards.livret.tree import Element, element_of
from preau.domains.report_cards.livret.versions import UnknownVersion, version_of
from preau.domains.report_cards.tests.livrets import FORMATS, livrets
from preau.foundation.reading import Unreadable

LSU = FORMATS / "lsu"
SCHEMA = LSU / "import-complet-strict_v7.0.xsd"
SAMPLE = LSU / "gepi" / "sample-bilan-complet.xml"
OTHER_SCHEMA = LSU / "gepi" / "import-bilan-complet.xsd"
VERSION = version_of("lsu")
CALM = settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
VALUES = ("", "0", "9", "zz", "x" * 700, "EL_0", "1000", "2026-13-01", "true", " ", "-1", "EL_0 EL_1", "1.0")
TEXTS = ("", " ", "x" * 601, "x" * 1501, "a\rb", "abc", "\n")


def schema(path: Any = SCHEMA) -> Any:
    if not path.exists():
        pytest.skip("the schemas of the LSU are not on this machine")
    etree = pytest.importorskip("lxml.etree")
    return etree.XMLSchema(etree.parse(path))


def takes(rules: Any, content: bytes) -> bool:
    etree = pytest.importorskip("lxml.etree")
    return bool(rules.validate(etree.fromstring(content)))


def reread(content: bytes) -> Livret:
    return read.read(io.BytesIO(content), "livret.xml", VERSION)


# What is written


@CALM
@given(livrets())
def test_what_is_written_is_read_back_as_it_was(livret: Livret) -> None:
    assert reread(write.written(livret, VERSION)) == livret
    assert check.errors(check.check(livret, VERSION)) == []


@CALM
@given(livrets())
def test_what_is_written_follows_the_schema_of_the_ministry(livret: Livret) -> None:
    rules = schema()
    assert takes(rules, write.written(livret, VERSION)), rules.error_log


@CALM
@given(livrets(), st.integers(0, 1 << 30))
def test_our_rules_refuse_what_the_schema_refuses_and_nothing_else(livret: Livret, seed: int) -> None:
    rules, chance = schema(), Random(seed)
    for _turn in range(6):
        root = element_of(livret, VERSION.root, VERSION)
        spoil(root, chance)
        content = write.written_element(root, VERSION)
        if root.attributes.get("schemaVersion") in VERSION.reads:
            root = read.elements_of(io.BytesIO(content), "livret.xml", VERSION)
        # lxml follows no reference; ours are tried below.
        faults = [one for one in departures(root, VERSION) if one.fault != Fault.LOST]
        assert takes(rules, content) == (not faults), (faults[:1], rules.error_log)


def spoil(root: Element, chance: Random) -> None:
    """Change one thing somewhere."""
    element = chance.choice(list(walked(root)))
    way = chance.choice(["attribute", "less", "text", "child", "double", "order", "more"])
    if way == "attribute" and element.attributes:
        element.attributes[chance.choice(sorted(element.attributes))] = chance.choice(VALUES)
    elif way == "less" and element.attributes:
        del element.attributes[chance.choice(sorted(element.attributes))]
    elif way == "text":
        element.text = chance.choice(TEXTS)
    elif way == "child" and element.children:
        element.children.pop(chance.randrange(len(element.children)))
    elif way == "double" and element.children:
        element.children.append(copy.deepcopy(chance.choice(element.children)))
    elif way == "order":
        chance.shuffle(element.children)
    elif way == "more":
        element.attributes[chance.choice(["nom", "code", "positionnement"])] = "1"


def walked(element: Element) -> Any:
    yield element
    for child in element.children:
        yield from walked(child)


@CALM
@given(livrets())
def test_no_reference_leads_nowhere_or_to_something_else(livret: Livret) -> None:
    """A schema says that a reference leads somewhere; not that a pupil is no teacher."""
    report = livret.period_reports[0]
    for ref in ("EL_99", livret.teachers[0].id):
        moved = replace(livret, period_reports=(replace(report, pupil=ref),))
        found = list(departures(element_of(moved, VERSION.root, VERSION), VERSION))
        assert [(one.fault, one.name) for one in found] == [(Fault.LOST, "eleve-ref")]


# The sample of another program


def test_the_sample_is_read_and_written_back_as_it_was() -> None:
    if not SAMPLE.exists():
        pytest.skip("the sample of GEPI is not on this machine")
    with SAMPLE.open("rb") as file:
        root = read.elements_of(file, SAMPLE.name, VERSION)
    assert list(departures(root, VERSION)) == []
    livret = read.livret_of(root, SAMPLE.name)
    assert (livret.version, livret.uai, len(livret.pupils)) == ("2.0", "0382032C", 3)
    assert (len(livret.period_reports), len(livret.cycle_reports)) == (5, 3)
    content = write.written(livret, VERSION)
    assert read.same(root, read.elements_of(io.BytesIO(content), "copy", VERSION), VERSION)
    assert canonical(content) == canonical(SAMPLE.read_bytes())
    assert takes(schema(), content)
    assert takes(schema(OTHER_SCHEMA), content)


def canonical(content: bytes) -> bytes:
    """Canonical XML, without the blanks between elements, and with the canonical form of each yes or no."""
    etree = pytest.importorskip("lxml.etree")
    root = etree.fromstring(content, etree.XMLParser(remove_blank_text=True, remove_comments=True))
    for element in root.iter():
        for name in {"eleve-non-note", "structure-non-notee"} & set(element.attrib):
            element.set(name, {"1": "true", "0": "false"}.get(element.get(name), element.get(name)))
    found: bytes = etree.tostring(root, method="c14n")
    return found


# Files that are not to be trusted


def file_of(inside: str, head: str = "", space: str = VERSION.namespace, number: str = "7.0") -> bytes:
    return f'<?xml version="1.0"?>{head}<lsun-bilans xmlns="{space}" schemaVersion="{number}">{inside}</lsun-bilans>'.encode()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "Le fichier est vide."),
        (b"<lsun-bilans", "au milieu"),
        (b"<autre/>", "Ce n\u2019est pas un fichier du format"),
        (file_of("", space="urn:autre"), "Ce n\u2019est pas un fichier du format"),
        (file_of("", number="13.0"), "La version «\u00a013.0\u00a0» de ce format n\u2019est pas connue"),
        (file_of("&x;", '<!DOCTYPE a [<!ENTITY x "y">]>'), "déclaration"),
        (file_of("<a>" * 20 + "</a>" * 20), "trop profondément"),
        (
            file_of('<donnees><periodes><periode indice="un"/></periodes></donnees>'),
            "vaut «\u00a0un\u00a0», ce qui ne se lit pas",
        ),
    ],
)
def test_a_file_that_is_not_one_is_refused_with_a_sentence(content: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        reread(content)
    assert reason.replace("\u00a0", " ") in str(refusal.value).replace("\u202f", " ").replace("\u00a0", " ")


def test_a_sign_that_xml_cannot_hold_is_not_written() -> None:
    livret = Livret(version="7.0", pupils=(Pupil("EL_1", "1", "A\x0b"),))
    with pytest.raises(write.Unsayable):
        write.written(livret, VERSION)


def test_a_version_is_a_file_and_one_that_is_not_there_is_unknown() -> None:
    assert (VERSION.version, VERSION.current) == ("7.0", "13.0")
    assert version_of("lsu", "7.0") is VERSION or version_of("lsu", "7.0") == VERSION
    assert (VERSION.limit("appreciation"), VERSION.limit("acquis-conseils")) == (600, 1000)
    assert VERSION.limit("element-programme", "libelle") == 300
    with pytest.raises(UnknownVersion):
        version_of("lsu", "13.0")


def test_what_a_version_does_not_know_is_left_out() -> None:
    """Version 12 has no accompagnement personnalisé any more: its file would not name it, and the same livret is written without."""
    shapes = dict(VERSION.shapes)
    shape = shapes["donnees"]
    shapes["donnees"] = replace(
        shape, children=tuple(one for one in shape.children if not one.tag.startswith("acc-persos"))
    )
    newer = replace(VERSION, version="12.0", shapes=shapes)
    if not SAMPLE.exists():
        pytest.skip("the sample of GEPI is not on this machine")
    livret = reread(SAMPLE.read_bytes())
    content = write.written(livret, newer)
    assert b"<acc-persos>" not in content
    assert b"<acc-persos>" in write.written(livret, VERSION)
