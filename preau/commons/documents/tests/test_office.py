"""Files that leave, opened and written again by LibreOffice: headings, lists, tables, links and pictures are still there. Where it is not
installed, these tests are left out."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from preau.commons.documents import exports, imports
from preau.commons.documents.exports import Print
from preau.commons.documents.tests.test_files import RICH, TITLE
from preau.commons.files.tests.samples import picture
from preau.foundation.richtext import shared, showing

OFFICE = shutil.which("soffice")
PATIENCE = 120
ALT = "Le plan de la rivière"
pytestmark = pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")


def by_office(folder: Path, name: str, content: bytes, ending: str) -> bytes:
    """The same file, as LibreOffice writes it again."""
    source, out = folder / name, folder / "out"
    source.write_bytes(content)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command: Any = [OFFICE, profile, "--headless", "--convert-to", ending, "--outdir", out, source]
    subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)
    return (out / source.with_suffix(f".{ending}").name).read_bytes()


def made_of(html: str) -> list[str]:
    """The kinds of its blocks, in order; Word and OpenDocument do not count the title of a text the same way among its headings."""
    return [re.sub("h[34]", "h", block[1:].split(">")[0]) for block in shared.blocks_of(html)]


@pytest.mark.parametrize(
    ("kind", "other"), [("odt", "docx"), ("docx", "odt"), ("odt", "odt"), ("docx", "docx")]
)
def test_libreoffice_reads_what_leaves_and_writes_it_again(tmp_path: Path, kind: str, other: str) -> None:
    made = exports.MADE[kind].make("Un essai", RICH)
    again = by_office(tmp_path, f"a.{kind}", made, other)
    back = imports.read(SimpleUploadedFile(f"a.{other}", again)).html
    assert made_of(back) == made_of(TITLE + RICH)
    for sign in (
        "<strong>gras</strong>",
        "<em>italique</em>",
        "<u>souligné</u>",
        "<s>barré</s>",
        "H<sub>2</sub>O",
        'href="https://www.example.fr/"',
        "<ol><li>premier</li><li>second</li></ol>",
        '<thead><tr><th scope="col">Farine</th>',
        "<td>350 cl</td>",
    ):
        assert sign in back, sign
    # Lists of Word that stand in one another are lists one after the other to LibreOffice: their words stay, in order.
    bare = [re.sub(r"[-\s]+", " ", showing.plain(html)) for html in (back, TITLE + RICH)]
    assert bare[0] == bare[1]


@pytest.mark.parametrize("kind", ["odt", "docx"])
def test_libreoffice_shows_the_pictures_and_keeps_what_they_show(tmp_path: Path, kind: str) -> None:
    prints = {"abc": Print(picture("PNG"), "image/png", 80, 60)}
    html = f'<p>Avant.</p><img data-file="abc" alt="{ALT}"><p>Ensuite.</p>'
    page = by_office(
        tmp_path, f"a.{kind}", exports.MADE[kind].make("Un essai", html, prints), "fodt"
    ).decode()
    assert page.count("<draw:image") == 1 and f"<svg:desc>{ALT}</svg:desc>" in page
    assert page.index("Avant.") < page.index("<draw:image") < page.index("Ensuite.")


def test_libreoffice_numbers_no_heading(tmp_path: Path) -> None:
    page = by_office(tmp_path, "a.odt", exports.MADE["odt"].make("Un essai", RICH), "html").decode()
    assert not re.search(r"\b1\.", page) and "Le titre" in page
