"""Reading AAF files: what is accepted, and the sentence for what is not."""

import re
from io import BytesIO
from pathlib import Path

import pytest

from preau.directory.imports import run
from preau.directory.imports.aaf import delivery
from preau.directory.imports.aaf.files import Reader
from preau.directory.imports.records import Raw
from preau.directory.imports.staging import batches, staged, values
from preau.directory.tests.aaf import HEAD, document, eleve, etab, modify, parent
from preau.foundation import reading
from preau.foundation.reading import Unreadable

BOMB = (
    b'<?xml version="1.0"?>\n<!DOCTYPE ficAlimMENESR [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>\n'
    b"<ficAlimMENESR>&b;</ficAlimMENESR>"
)
OUTSIDE = (
    b'<?xml version="1.0"?>\n<!DOCTYPE ficAlimMENESR [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n'
    b"<ficAlimMENESR>&x;</ficAlimMENESR>"
)
PARAMETER = b'<?xml version="1.0"?>\n<!DOCTYPE f [<!ENTITY % x SYSTEM "http://localhost:1/x.dtd">%x;]>\n<f/>'


def read(content: bytes) -> list[Raw]:
    return list(Reader(BytesIO(content), "Eleve_0000.xml"))


@pytest.mark.parametrize("encoding", ["UTF-8", "ISO-8859-15", "ISO-8859-1", "windows-1252", "UTF-16"])
def test_names_are_read_in_the_encoding_that_the_file_declares(encoding: str) -> None:
    (raw,) = read(
        document(eleve("7", name="Œhlé" if encoding != "ISO-8859-1" else "Éhlé"), encoding=encoding)
    )
    assert raw.attributes["sn"] == ["Œhlé" if encoding != "ISO-8859-1" else "Éhlé"]
    assert (raw.category, raw.id) == ("Eleve", "7")


def test_an_empty_value_is_an_attribute_without_value() -> None:
    (raw,) = read(document(eleve("7", ENTEleveGroupes=[])))
    assert raw.attributes["ENTEleveGroupes"] == []


def test_lines_and_headers_are_those_of_the_file() -> None:
    reader = Reader(BytesIO(document(etab(), eleve("7"))), "x.xml")
    lines = [raw.line for raw in reader]
    text = document(etab(), eleve("7")).decode().splitlines()
    assert [text[line - 1] for line in lines] == ["<addRequest>", "<addRequest>"]
    assert reader.header == {"versionAF": "AAF-VE2407", "codeAcademieExport": "14"}


def test_the_dtd_is_never_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object, **_named: object) -> None:
        raise AssertionError("somebody opened a connection or a file")

    monkeypatch.setattr("socket.socket.connect", refuse)
    monkeypatch.setattr("builtins.open", refuse)
    for dtd in ("ficAlimMENESR.dtd", "http://localhost:1/ficAlimMENESR.dtd", "file:///etc/passwd"):
        assert len(read(document(eleve("7"), dtd=dtd))) == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "Le fichier est vide."),
        (b"  \n ", "Le fichier est vide."),
        (document(eleve("7"))[:-40], "s’arrête au milieu"),
        (document(eleve("7"))[:300], "s’arrête au milieu"),
        (b"<?xml version='1.0'?><autre/>", "pas un fichier de l’annuaire"),
        (b"<html><p>404</p></html>", "pas un fichier de l’annuaire"),
        (b"PK\x03\x04 zip", "pas un XML bien form"),
        (b"Nom;Pr\xc3\xa9nom\nDurand;L\xc3\xa9a\n", "pas un XML bien form"),
        (BOMB, "déclaration"),
        (OUTSIDE, "déclaration"),
        (PARAMETER, "déclaration"),
        (document(eleve("7")).replace(b"Durand", b"&eacute;"), "déclaration"),
        (
            document(eleve("7", name="Élé"), encoding="ISO-8859-15").replace(b"ISO-8859-15", b"UTF-8"),
            "ne se lit pas",
        ),
        (document(eleve("7", name="Élé")).replace(b"UTF-8", b"ISO-8859-15"), "écrit en UTF-8"),
        (document(eleve("7")).replace(b"UTF-8", b"KLINGON"), "Le codage annoncé n’existe pas"),
        (
            document(modify("Eleve", "7", sn="Petit")).replace(b'"replace"', b'"add"'),
            "Une modification autre que",
        ),
        (document(eleve("7", name="x" * 100_001)), "100 000"),
        (document(eleve("7", ENTEleveGroupes=["x" * 99_000] * 11)), "un million de caractères"),
        (b"<?xml version='1.0'?><ficAlimMENESR>" + b"<attr>" * 8, "trop profondément"),
        (b"<?xml version='1.0'?><ficAlimMENESR><!--" + b"x" * 1_100_000, "n’en finit pas"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_trusted_gets_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read(content)
    assert sentence in refusal.value.reason
    assert refusal.value.file == "Eleve_0000.xml"


def test_the_line_of_a_fault_is_told() -> None:
    content = document(eleve("7"), eleve("8")).replace(b"<id>8</id>", b"<id>8<id>")
    with pytest.raises(Unreadable) as refusal:
        read(content)
    lines = content.decode().splitlines()
    assert (
        abs(next(n for n, line in enumerate(lines, 1) if "<id>8<id>" in line) - (refusal.value.line or 0))
        <= 1
    )


def test_utf8_split_between_two_chunks_is_not_taken_for_another_encoding(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "CHUNK", 7)
    assert len(read(document(eleve("7", name="Éléonore"), parent("8", name="Noël")))) == 2
    with pytest.raises(Unreadable):
        read(document(eleve("7", name="ÉÉÉÉÉÉ")).replace(b"UTF-8", b"ISO-8859-15"))


def test_comments_after_the_first_record_are_no_header() -> None:
    reader = Reader(
        BytesIO(document(etab(), '<!-- versionAF="AAF-VE1302" -->', eleve("7"), head=HEAD)), "x.xml"
    )
    assert len(list(reader)) == 2
    assert reader.header["versionAF"] == "AAF-VE2407"


def test_what_is_not_used_is_passed_over() -> None:
    content = document(
        eleve("7", ENTEleveTransport="O", ENTPersonAdresse="1 rue$$$"),
        modify("Eleve", "8", mail="a@b.fr", x="y"),
    )
    whole, change = Reader(BytesIO(content), "x.xml", frozenset({"sn", "mail"}))
    assert (whole.category, whole.id, whole.attributes) == ("Eleve", "7", {"sn": ["Durand"]})
    assert (change.id, change.attributes) == ("8", {"mail": ["a@b.fr"]})


def test_whatever_the_code_reads_is_kept() -> None:
    """A name that the code looks up and the reader passes over would always be empty."""
    named = set[str]()
    for module in (batches, staged, values, run):
        text = Path(str(module.__file__)).read_text()
        named |= set(re.findall(r'"(ENT[A-Z][A-Za-z0-9]+)"', text))
    # Written by another format, and read by none of the AAF's.
    assert named - delivery.KEPT == {"ENTStructureCles"}
    assert delivery.KEPT - named <= {
        "sn",
        "givenName",
        "personalTitle",
        "mail",
        "mobile",
        "homePhone",
        "telephoneNumber",
    }
