"""Documents as files: what leaves comes back the same, and a bad file is said in French."""

from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from conftest import SchoolClient
from preau.commons.documents import exports, imports
from preau.commons.documents.models import Document
from preau.commons.documents.tests.props import staff_document
from preau.directory.seeds.world import World
from preau.foundation.richtext import cleaning, showing

RICH = cleaning.clean(
    "<h3>Le titre</h3><p>Du <strong>gras</strong>, de l’<em>italique</em>, du <u>souligné</u>, du <s>barré</s>, H<sub>2</sub>O, x<sup>2</sup>, "
    '<a href="https://www.example.fr/">un lien</a>.</p><h4>Plus bas</h4><ul><li>un<ul><li>dedans</li></ul></li><li>deux</li></ul>'
    "<ol><li>premier</li><li>second</li></ol><p>Un texte entre deux.</p>"
    "<table><thead><tr><th>Farine</th><th>28 pers.</th></tr></thead><tbody><tr><td>Lait</td><td>350 cl</td></tr></tbody></table>"
)
TITLE = "<h3>Un essai</h3>"


def brought(name: str, content: bytes) -> str:
    return imports.html_of(SimpleUploadedFile(name, content))


@pytest.mark.parametrize("kind", ["odt", "docx", "html", "md"])
def test_what_leaves_comes_back_the_same(kind: str) -> None:
    """Under its title, which is in the text of a file."""
    back = brought(f"Essai.{kind}", exports.MADE[kind].make("Un essai", RICH))
    if kind == "docx":
        # Word has no head of a table that everybody reads: it comes back in bold.
        back = back.replace(
            "<tbody><tr><td><strong>Farine</strong></td><td><strong>28 pers.</strong></td></tr>",
            '<thead><tr><th scope="col">Farine</th><th scope="col">28 pers.</th></tr></thead><tbody>',
        )
    assert back == TITLE + RICH


def test_words_with_signs_are_not_taken_for_markdown() -> None:
    html = cleaning.clean(
        "<p>2 * 3 * 4, a_b_c, [non](rien), # pas un titre</p><p># ni ici</p><p>- ni une liste</p>"
    )
    assert brought("Essai.md", exports.as_markdown("Un essai", html)) == TITLE + html


def bomb() -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr("content.xml", b"<a>" + b" " * 40_000_000 + b"</a>")
    return out.getvalue()


def long_words(name: str, words: int) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr(name, b"<a>" + b"a " * words + b"</a>")
    return out.getvalue()


def with_entities() -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr(
            "word/document.xml",
            '<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d SYSTEM "file:///etc/passwd">]><a>&b;&d;</a>',
        )
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.odt", b"", "vide"),
        ("a.odt", b"PK\x03\x04rien", "abîmé"),
        ("a.docx", b"du texte", "abîmé"),
        ("a.docx", with_entities(), "abîmé"),
        ("a.odt", bomb(), "abîmé"),
        ("a.odt", long_words("content.xml", 5_000_000), "trop long"),
        ("a.docx", long_words("word/document.xml", 5_000_000), "trop long"),
        ("a.md", b"\x00\x01\x02", "abîmé"),
        ("a.html", b"<p> </p>", "Aucun texte"),
        ("a.exe", b"MZ", "genre de fichier"),
        ("a.txt", b"a" * 2_100_000, "trop long"),
        ("a.html", b"<p>" + b"a " * 300_000, "trop long"),
    ],
)
def test_a_bad_file_is_said_in_french(name: str, content: bytes, words: str) -> None:
    with pytest.raises(imports.Unreadable, match=words):
        brought(name, content)


def test_what_is_dangerous_stays_in_the_file() -> None:
    html = brought(
        "a.html", b'<p onclick="x()">Bonjour<script>alert(1)</script><img src="https://x/y.png"></p>'
    )
    assert html == "<p>Bonjour</p>"


@pytest.mark.parametrize(
    "content", [b"<p>un</p>" + b"<math " * 300_000, b"<p>un</p>" + b'<math alttext="x"> ' * 100_000]
)
def test_formulas_that_nothing_closes_hold_nobody(content: bytes) -> None:
    """Each sign is looked at once: seconds, where it was hours."""
    assert showing.plain(brought("a.html", content)) == "un"


def test_a_formula_as_browsers_draw_it_is_read() -> None:
    html = brought("a.html", b'<p><math>1</math> a <math class="f" alttext="x^2">xx</math> b</p>')
    assert 'data-formula="x^2"' in html and "xx" not in html and " b" in html


def test_old_encodings_are_read() -> None:
    assert brought("a.txt", "élève".encode("cp1252")) == "<p>élève</p>"
    assert brought("a.txt", "élève".encode("utf-16")) == "<p>élève</p>"


@pytest.mark.parametrize("kind", ["odt", "docx", "html", "md"])
def test_signs_that_no_file_may_hold_stop_no_export(
    college: World, client: SchoolClient, seat_of: Any, kind: str
) -> None:
    html = cleaning.clean("<p>Bon\x01jour &#2;à &#xFFFF;tous</p>")
    client.sit(college.people["teacher"])
    body = {"titre": "Un\x01 titre\x1b", "lieu": "moi", "sent_as": "2" * 32}
    client.post(reverse("documents:new"), body)
    document = Document.objects.get(sent_as="2" * 32)
    assert document.title == "Un titre"
    back = brought(f"a.{kind}", exports.MADE[kind].make(document.title, html))
    assert "Bonjour" in back and "\x01" not in back and "\x02" not in back


def test_a_document_begins_from_a_file_and_a_bad_one_is_told_beside_the_field(
    college: World, client: SchoolClient
) -> None:
    client.sit(college.people["pupil"])
    address = reverse("documents:new")
    body: dict[str, Any] = {"titre": "Gardé", "lieu": "moi", "sent_as": "1" * 32}
    answer = client.post(address, body | {"fichier": SimpleUploadedFile("a.odt", b"rien")})
    assert answer.status_code == 422
    assert "abîmé" in answer.content.decode() and 'value="Gardé"' in answer.content.decode()
    client.post(address, body | {"titre": "", "fichier": SimpleUploadedFile("Mon_exposé.md", b"**Bonjour**")})
    made = Document.objects.get(title="Mon exposé")
    assert made.html == "<p><strong>Bonjour</strong></p>"


@pytest.mark.parametrize("kind", ["odt", "docx", "html", "md"])
def test_who_reads_it_takes_it_away(college: World, client: SchoolClient, kind: str) -> None:
    document = staff_document(college)
    client.sit(college.people["head"])
    answer = client.get(reverse("documents:export", kwargs={"pk": document.pk}), {"format": kind})
    assert answer.status_code == 200
    back = brought(f"a.{kind}", answer.content)
    assert showing.plain(document.html) in showing.plain(back)
