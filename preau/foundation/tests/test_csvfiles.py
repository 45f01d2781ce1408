"""CSV files that nobody should trust: each is read as it is meant, or refused with a sentence and a line."""

from io import BytesIO
from typing import Any

import pytest

from preau.foundation.csvfiles import TOO_LONG, TOO_SHORT, Sheet
from preau.foundation.reading import Unreadable


def read(content: bytes, **more: Any) -> list[Any]:
    sheet = Sheet(lambda: BytesIO(content), "x.csv")
    return [sheet.headings, *sheet.rows(**more)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso-8859-15", "cp1252"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_delimiters_and_ends_of_lines(encoding: str, delimiter: str, end: str) -> None:
    lines = ["Prénom*;Nom*", "Zoé;Œuvré", "", '"D;a";X']
    text = end.join(line.replace(";", delimiter) for line in lines) + end
    headings, first, second = read(text.encode(encoding))
    assert headings == ["prenom", "nom"]
    assert (first.line, first.cells) == (2, ["Zoé", "Œuvré"])
    assert (second.line, second.cells) == (4, ["D a" if delimiter == "\t" else f"D{delimiter}a", "X"])


def test_lines_are_those_of_the_file_whatever_the_quotes() -> None:
    _headings, *rows = read(b'a;b\n"one\n\ntwo";1\nx;"say ""no"""\n=1+1;2')
    assert [(row.line, row.cells) for row in rows] == [
        (2, ["one two", "1"]),
        (5, ["x", 'say "no"']),
        (6, ["=1+1", "2"]),
    ]


def test_rows_longer_and_shorter_than_the_headings() -> None:
    content = b"a;b\n1;2;;\n1;2;3\n1\n"
    _headings, *rows = read(content)
    assert [(row.cells, row.odd) for row in rows] == [
        (["1", "2"], ""),
        (["1", "2"], TOO_LONG),
        (["1", ""], TOO_SHORT),
    ]
    assert [row.cells for row in read(content, longer=True)[1:]] == [
        ["1", "2", "", ""],
        ["1", "2", "3"],
        ["1", ""],
    ]


@pytest.mark.parametrize(
    ("content", "line", "sentence"),
    [
        (b"", None, "vide"),
        (b"\xef\xbb\xbf \n", None, "vide"),
        (b";;\n", None, "titres"),
        (b"a;b\n1;\0\n", None, "octets nuls"),
        ("a;b\n".encode("utf-16"), None, "octets nuls"),
        (b'a;b\n1;2\n"x;y\n1;2\n', 3, "jamais refermé"),
        (b'a;b\n"x"y;2\n', 2, "mal placés"),
        (b"a;b\n1;2\n1", 3, "au milieu"),
        (b"a;b\n1;" + b"x" * 100_001 + b"\n", 2, "100 000"),
        (b'a;b\n1;"' + b"x\n" * 100_001 + b'"\n', 2, "100 000"),
        (b"a;b\n" + b"x" * 1_000_001, 2, "million"),
        (b"a;b\n" + b'"x\n";' * 300_000, 2, "jamais refermé"),
        (b"a;b\n" + b";" * 2_000 + b"\n", 2, "mille cellules"),
        (b"a;b\n\x81;\xe9\n", 2, "ne se lit pas"),
    ],
)
def test_what_cannot_be_trusted_is_refused(content: bytes, line: int | None, sentence: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        read(content)
    assert sentence in refusal.value.reason and refusal.value.line == line
