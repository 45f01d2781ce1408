"""Documents as files: what leaves comes back the same, and a bad file is said in French."""

import re
from collections import Counter
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipExtFile, ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from conftest import SchoolClient
from preau.commons.documents import exports, imports, rules
from preau.commons.documents.exports import Print
from preau.commons.documents.models import Document
from preau.commons.documents.tests.props import staff_document
from preau.commons.files.tests.samples import picture
from preau.directory.seeds.world import World
from preau.foundation.richtext import cleaning, nodes, showing

RICH = cleaning.clean(
    "<h3>Le titre</h3><p>Du <strong>gras</strong>, de l’<em>italique</em>, du <u>souligné</u>, du <s>barré</s>, H<sub>2</sub>O, x<sup>2</sup>, "
    '<a href="https://www.example.fr/">un lien</a>.</p><h4>Plus bas</h4><ul><li>un<ul><li>dedans</li></ul></li><li>deux</li></ul>'
    "<ol><li>premier</li><li>second</li></ol><p>Un texte entre deux.</p>"
    "<table><thead><tr><th>Farine</th><th>28 pers.</th></tr></thead><tbody><tr><td>Lait</td><td>350 cl</td></tr></tbody></table>"
)
TITLE = "<h3>Un essai</h3>"


def brought(name: str, content: bytes) -> str:
    return imports.read(SimpleUploadedFile(name, content)).html


@pytest.mark.parametrize("kind", ["odt", "docx", "html", "md"])
def test_what_leaves_comes_back_the_same(kind: str) -> None:
    """Under its title, which is in the text of a file."""
    back = brought(f"Essai.{kind}", exports.MADE[kind].make("Un essai", RICH))
    assert back == TITLE + RICH


def test_words_with_signs_are_not_taken_for_markdown() -> None:
    html = cleaning.clean(
        "<p>2 * 3 * 4, a_b_c, [non](rien), # pas un titre</p><p># ni ici</p><p>- ni une liste</p>"
    )
    assert brought("Essai.md", exports.as_markdown("Un essai", html)) == TITLE + html


def bomb() -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr("content.xml", b"<a>" + b" " * 70_000_000 + b"</a>")
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
        ("a.zip", b"PK\x03\x04rien", "abîmé"),
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


# Lists in lists, and pictures

LIST = nodes.Items("ol", [])
ALT = "Le plan « A » de la rivière"
DEEP = cleaning.clean(
    "<p>Avant.</p><ul><li>un<ol><li>un un<ul><li>trois</li><li>quatre</li></ul></li><li>un deux</li></ol></li><li>deux</li></ul><p>Entre.</p>"
    "<ol><li>a<ol><li>b<ol><li>c</li></ol></li></ol></li><li><p>d</p><p>suite</p></li></ol>"
    f'<img data-file="abc" alt="{ALT}"><p>Fin.</p><ul><li>avec<img data-file="abc" alt=""></li><li>sans</li></ul>',
    pictures=True,
)


def odt_of(html: str, **members: bytes) -> bytes:
    """The body of an OpenDocument text, of which the list style L1 numbers its first level alone."""
    out = BytesIO()
    spaces = " ".join(
        f'xmlns:{one}="urn:oasis:names:tc:opendocument:xmlns:{two}:1.0"'
        for one, two in [("office", "office"), ("text", "text"), ("style", "style"), ("draw", "drawing")]
    )
    levels = '<text:list-level-style-number text:level="1"/><text:list-level-style-bullet text:level="2"/>'
    styles = f'<text:list-style style:name="L1">{levels}</text:list-style>'
    with ZipFile(out, "w") as archive:
        archive.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:automatic-styles>{styles}</office:automatic-styles>"
            f"<office:body><office:text>{html}</office:text></office:body></office:document-content>",
        )
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def put_in(html: str) -> str:
    return brought("a.odt", odt_of(html))


def shown(*names: str) -> str:
    """Pictures of an OpenDocument text, of these members."""
    return "".join(f'<text:p><draw:frame><draw:image href="{one}"/></draw:frame></text:p>' for one in names)


def reads(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many times each member of an archive is read."""
    opened: Counter[str] = Counter()
    read = ZipExtFile.read

    def counted(self: Any, n: int | None = -1) -> bytes:
        opened[self.name] += 1
        return read(self, n)

    monkeypatch.setattr(ZipExtFile, "read", counted)
    return opened


@pytest.mark.parametrize("kind", ["odt", "docx", "html"])
def test_lists_of_three_levels_and_pictures_come_back_the_same(kind: str) -> None:
    content = picture("PNG")
    made = exports.MADE[kind].make("Un essai", DEEP, {"abc": Print(content, "image/png", 80, 60)})
    back = imports.read(SimpleUploadedFile(f"Essai.{kind}", made))
    (one,) = back.pictures
    assert one.content == content and one.name == "Image 1.png" and not back.lost
    assert back.html.replace(one.key, "abc") == TITLE + DEEP


def test_a_picture_that_is_shown_often_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    content, alt = picture("PNG"), '<img data-file="abc" alt="">'
    word = exports.as_docx("Un essai", alt * 20, {"abc": Print(content, "image/png", 80, 60)})
    opened = reads(monkeypatch)
    for name, made in [("a.odt", odt_of(shown(*["a.png"] * 20), **{"a.png": content})), ("a.docx", word)]:
        back = imports.read(SimpleUploadedFile(name, made))
        (one,) = back.pictures
        assert back.html.count(one.key) == 20, name
    assert opened["a.png"] == 1
    assert [times for name, times in opened.items() if name.startswith("word/media/")] == [1]


@pytest.mark.parametrize(
    ("rule", "most"), [("MOST_PICTURES", 2), ("HEAVIEST_PICTURES", 1 + len(picture("PNG")))]
)
def test_pictures_beyond_what_a_document_may_have_are_not_read(
    monkeypatch: pytest.MonkeyPatch, rule: str, most: int
) -> None:
    monkeypatch.setattr(rules, rule, most)
    opened = reads(monkeypatch)
    members = {f"{rank}.png": picture("PNG", (80, 60 + rank)) for rank in range(4)}
    back = imports.read(
        SimpleUploadedFile("a.odt", odt_of(f"<text:p>a</text:p>{shown(*members)}", **members))
    )
    assert len(back.pictures) == 2 and back.beyond == 2 and not back.lost
    assert opened["1.png"] == 1 and not opened["2.png"] and not opened["3.png"]


def test_word_s_own_levels_are_lists_in_lists() -> None:
    """As Word writes them: one style, one list, and how deep each line stands."""
    import docx  # noqa: PLC0415 - for this one

    document: Any = docx.Document()
    numbers = exports._Numbers(document)
    for words, depth in [("un", 1), ("deux", 2), ("trois", 3), ("quatre", 4), ("encore", 1)]:
        made = document.add_paragraph(words, style="List Paragraph")
        numbers.begin_item(made, LIST, depth)
    out = BytesIO()
    document.save(out)
    with ZipFile(BytesIO(out.getvalue())) as archive:
        said = archive.read("word/document.xml").decode()
    assert said.count('<w:ilvl w:val="2"/>') == 1 and said.count('<w:ilvl w:val="0"/>') == 2
    deep = "<ol><li>deux<ol><li>trois<ol><li>quatre</li></ol></li></ol></li></ol>"
    assert brought("a.docx", out.getvalue()) == f"<ol><li>un{deep}</li><li>encore</li></ol>"


def test_each_ordered_list_of_a_word_file_begins_at_one() -> None:
    html = "<ol><li>a</li><li>b</li></ol><p>Entre.</p><ol><li>c</li></ol>"
    with ZipFile(BytesIO(exports.as_docx("Un essai", html))) as archive:
        said, numbers = (archive.read(f"word/{one}.xml").decode() for one in ("document", "numbering"))
    used = re.findall(r'<w:numId w:val="(\d+)"/>', said)
    assert used[0] == used[1] != used[2] and numbers.count("<w:startOverride") == 2


def marks_of(html: str) -> list[tuple[str, bool]]:
    """The style of each paragraph of a Word file below its title, and whether the mark of an item stands before it."""
    import docx  # noqa: PLC0415 - for this one

    made = exports.as_docx("Un essai", html, {"abc": Print(picture("PNG"), "image/png", 80, 60)})
    lines = docx.Document(BytesIO(made)).paragraphs[1:]
    return [(one.style.name, "<w:numPr>" in one._p.xml) for one in lines]


def test_an_item_that_begins_with_no_words_has_its_mark_in_a_word_file() -> None:
    first, then = ("List Paragraph", True), ("List Continue", False)
    illustrated = '<ul><li><img data-file="abc" alt="x"><p>a</p></li><li><p>b</p></li></ul>'
    assert marks_of(illustrated) == [first, then, first]
    assert marks_of("<ol><li><h3>a</h3><p>b</p></li></ol>") == [("Heading 1", True), then]
    assert marks_of("<ul><li><pre>a</pre></li></ul>") == [first, ("No Spacing", False)]
    assert marks_of("<ul><li><blockquote><p>a</p></blockquote></li></ul>") == [first, ("Quote", False)]
    assert marks_of('<h3>a</h3><img data-file="abc" alt=""><p>b</p>') == [
        ("Heading 1", False),
        ("Normal", False),
        ("Normal", False),
    ]


@pytest.mark.parametrize("kind", ["odt", "docx"])
def test_a_picture_that_begins_an_item_comes_back_in_it(kind: str) -> None:
    html = '<ul><li><img data-file="abc" alt="x"></li><li>b</li></ul>'
    prints = {"abc": Print(picture("PNG"), "image/png", 80, 60)}
    back = imports.read(SimpleUploadedFile(f"a.{kind}", exports.MADE[kind].make("Un essai", html, prints)))
    assert back.html.replace(back.pictures[0].key, "abc") == TITLE + cleaning.clean(html, pictures=True)


def test_a_list_in_a_list_of_opendocument_has_the_style_of_the_whole() -> None:
    inner = "<text:list><text:list-item><text:p>b</text:p></text:list-item></text:list>"
    html = f'<text:list text:style-name="L1"><text:list-item><text:p>a</text:p>{inner}</text:list-item></text:list>'
    assert put_in(html) == "<ol><li>a<ul><li>b</li></ul></li></ol>"
    # The deeper one begun anew, as LibreOffice writes it after a break.
    apart = (
        '<text:list text:style-name="L1"><text:list-item><text:p>a</text:p></text:list-item></text:list>'
        f'<text:list text:style-name="L1"><text:list-item>{inner}</text:list-item></text:list>'
    )
    assert put_in(apart) == "<ol><li>a<ul><li>b</li></ul></li></ol>"


def test_thousands_of_deeper_items_are_each_put_in_order_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """As an office program writes them: each an item that is only a list. What it costs grows as they do, not as their square."""
    seen = 0
    holds = nodes._holds_something

    def counted(block: nodes.Block) -> bool:
        nonlocal seen
        seen += 1
        return holds(block)

    monkeypatch.setattr(nodes, "_holds_something", counted)
    html = "<ul><li>a</li>" + "<li><ul><li>b</li></ul></li>" * 300 + "</ul>"
    assert brought("a.html", html.encode()) == f"<ul><li>a<ul>{'<li>b</li>' * 300}</ul></li></ul>"
    assert seen < 300 * 10


def test_the_words_of_a_box_and_a_caption_are_kept() -> None:
    box = "<draw:frame><draw:text-box><text:p>La légende</text:p></draw:text-box></draw:frame>"
    assert put_in(f"<text:p>avant{box}</text:p>") == "<p>avant</p><p>La légende</p>"


def test_pictures_that_stand_elsewhere_are_counted_and_never_fetched() -> None:
    html = b'<p>un</p><img src="https://x.fr/a.png" alt="b"><img src="data:image/png;base64,A"><img data-file="abc" alt="c">'
    back = imports.read(SimpleUploadedFile("a.html", html))
    assert (back.lost, back.damaged) == (1, 1) and not back.pictures
    assert imports.read(SimpleUploadedFile("a.md", b"un ![b](plan.png)")).lost == 1


def zipped(**files: bytes) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_a_text_in_markdown_comes_back_with_the_pictures_beside_it() -> None:
    """What leaves as an archive; a picture that it does not hold is lost, and nothing outside of it is looked for."""
    shown = {"a" * 32: exports.Print(b"un plan", "image/png", 1, 1)}
    html = f'<p>Avant.</p><img data-file="{"a" * 32}" alt="Le plan « A »"><p>Apr\u00e8s.</p>'
    content = exports.as_markdown_beside("Un essai", html, shown)
    assert content is not None
    back = imports.read(SimpleUploadedFile("essai.zip", content))
    (picture,) = back.pictures
    assert picture.content == b"un plan" and picture.name.endswith(".png")
    assert f'data-file="{picture.key}" alt="Le plan « A »"' in back.html and back.html.startswith(TITLE)
    text = "![b](images/c.png) ![d](../../etc/passwd.png) ![e](<images/d%C3%A9.jpg>) ![f](document.md)"
    files = {
        "document.md": f"Un texte\n\n{text}".encode(),
        "images/d\u00e9.jpg": b"x",
        "images/non.md": b"non",
    }
    other = imports.read(SimpleUploadedFile("a.zip", zipped(**files)))
    assert (other.lost, len(other.pictures)) == (3, 1) and "non" not in other.html
    for wrong in (zipped(**{"a.txt": b"un"}), zipped(**{"a.md": b"un", "b.md": b"deux"})):
        with pytest.raises(imports.Unreadable, match="un seul"):
            imports.read(SimpleUploadedFile("a.zip", wrong))


def test_a_picture_is_looked_for_as_browsers_look_for_it() -> None:
    """Whatever the size of the letters, and not in a comment."""
    html = '<p>un</p><!-- <img src="https://x.fr/a.png"> --><IMG alt="b" SRC="https://x.fr/b.png"><!-- <img src=c.png>'
    assert imports.read(SimpleUploadedFile("a.html", html.encode())).lost == 1


def test_a_damaged_picture_is_not_one_that_stands_elsewhere() -> None:
    content = picture("PNG")
    member = odt_of(
        shown("a.png", "b.png", "c.png") + "<text:p>a</text:p>", **{"a.png": content, "b.png": content}
    )
    # The bytes of the first one are others than those that its archive says.
    back = imports.read(SimpleUploadedFile("a.odt", member.replace(content, bytes(len(content)), 1)))
    assert (len(back.pictures), back.lost, back.damaged) == (1, 1, 1)


def test_a_picture_that_a_word_file_names_elsewhere_is_lost() -> None:
    word = exports.as_docx(
        "Un essai", '<img data-file="abc" alt="">', {"abc": Print(picture("PNG"), "image/png", 80, 60)}
    )
    out = BytesIO()
    with ZipFile(BytesIO(word)) as archive, ZipFile(out, "w") as made:
        for name in archive.namelist():
            said = archive.read(name)
            made.writestr(
                name, said.replace(b"r:embed=", b"r:link=") if name == "word/document.xml" else said
            )
    back = imports.read(SimpleUploadedFile("a.docx", out.getvalue()))
    assert (len(back.pictures), back.lost, back.damaged) == (0, 1, 0)


def test_a_page_as_heavy_as_its_pictures_is_no_long_text() -> None:
    import base64  # noqa: PLC0415 - for this one

    content = picture("PNG") + bytes(2_500_000)
    html = b'<p>un</p><img src="data:image/png;base64,%s" alt="b">' % base64.b64encode(content)
    (one,) = imports.read(SimpleUploadedFile("a.html", html)).pictures
    assert one.content == content
