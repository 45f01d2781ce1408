"""Pictures in documents: put by a form, shown to those who read the text and to nobody else, kept by every way of writing, and in files."""

import base64
import re
from io import BytesIO
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.urls import reverse
from PIL import Image

from conftest import NOW, SchoolClient
from preau.commons.documents import exports, rules
from preau.commons.documents.actions import bringing, leaving, pictures, versions, writing
from preau.commons.documents.models import Document, Picture
from preau.commons.documents.queries import pictures as of_documents
from preau.commons.documents.queries import texts
from preau.commons.documents.tests.props import TEXT, of_staff, own_document, put_picture, staff_document
from preau.commons.files.actions import keep as keep_files
from preau.commons.files.models import StoredFile
from preau.commons.files.tests.samples import PDF, picture, sent
from preau.commons.search.tests.titles import found_by_title
from preau.directory.seeds.world import World
from preau.foundation import pdf
from preau.foundation.richtext import cleaning, shared, showing, signs
from preau.foundation.uploads import NoRoom, UploadRefused

ALT = "Le plan de la rivière"


def address(document: Document) -> str:
    return reverse("documents:put_picture", kwargs={"pk": document.pk})


def of_file(file: StoredFile) -> str:
    return reverse("files:reading", kwargs={"public_id": file.public_id})


def put(client: SchoolClient, document: Document, **facts: Any) -> Any:
    body = {"papers": sent("Rivière.jpg", picture()), "montre": ALT, "apres": ""} | facts
    return client.post(address(document), body)


def html_of(document: Document) -> str:
    document.refresh_from_db()
    return texts.html_now(document)


# By a form


def test_a_picture_goes_where_one_says_once_and_is_asked_what_it_shows(
    college: World, client: SchoolClient
) -> None:
    document = staff_document(college)
    client.sit(college.people["teacher"])
    page = client.get(address(document), {"mots": "Le premier paragraphe"}).content.decode()
    assert re.search(r"Après «\sLe premier paragraphe\.\s»", page) and re.search(r"10\sMo au plus", page)
    (chosen,) = re.findall(r'<option value="([0-9a-f]{16})" selected', page)
    silent = put(client, document, montre=" ")
    assert silent.status_code == 422 and "Dites en une phrase" in silent.content.decode()
    assert html_of(document) == TEXT and not Picture.objects.filter(document=document).exists()
    for _time in range(2):
        assert put(client, document, apres=chosen).status_code == 302
    hung = Picture.objects.get(document=document)
    first, second = TEXT.split("</p>", 1)
    assert html_of(document) == f'{first}</p><img data-file="{hung.file.public_id}" alt="{ALT}">{second}'
    assert hung.put_by == college.people["teacher"]


def test_only_a_picture_that_is_light_enough_is_taken(
    college: World, client: SchoolClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = staff_document(college)
    client.sit(college.people["teacher"])
    paper = put(client, document, papers=sent("Plan.pdf", PDF))
    assert paper.status_code == 422 and "ne convient pas ici" in paper.content.decode()
    monkeypatch.setattr(rules, "HEAVIEST_PICTURES", 10)
    heavy = put(client, document)
    assert heavy.status_code == 422 and "de trop lourdes" in heavy.content.decode()
    monkeypatch.setattr(rules, "HEAVIEST_PICTURES", 10_000_000)
    monkeypatch.setattr(rules, "MOST_PICTURES", 1)
    assert put(client, document).status_code == 302
    many = put(client, document, papers=sent("Autre.png", picture("PNG")))
    assert many.status_code == 422 and "déjà 1 images" in many.content.decode()
    assert Picture.objects.filter(document=document).count() == 1


def test_one_s_own_file_is_taken_without_being_sent_again(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    document, teacher = staff_document(college), seat_of("teacher")
    (file,) = keep_files(teacher, college.school.pk, [sent("A.png", picture("PNG"))], rules.PICTURES)
    (other,) = keep_files(
        seat_of("head"), college.school.pk, [sent("B.png", picture("PNG", (9, 9)))], rules.PICTURES
    )
    client.sit(college.people["teacher"])
    # Somebody else's is no choice.
    assert put(client, document, papers="", **{"papers-garde": other.public_id}).status_code == 422
    assert put(client, document, papers="", **{"papers-garde": file.public_id}).status_code == 302
    assert Picture.objects.get(document=document).file == file


# Who sees it


def test_who_reads_the_document_sees_its_pictures_and_nobody_else(
    college: World, twin: World, client: SchoolClient, seat_of: Any
) -> None:
    document = staff_document(college)
    file = put_picture(document, seat_of("teacher"))
    for world, key, status in [
        (college, "head", 200),
        (college, "cpe", 200),
        (college, "pupil", 404),
        (college, "guardian", 404),
        (twin, "head", 404),
    ]:
        client.sit(world.people[key])
        assert client.get(of_file(file)).status_code == status, key
        assert Picture.objects.visible_to(seat_of(key, world=world)).exists() is (status == 200), key
    client.sit(college.people["head"])
    page = client.get(reverse("documents:document", kwargs={"pk": document.pk})).content.decode()
    assert f'<img src="{of_file(file)}" alt="{ALT}" width="80" height="60"' in page
    leaving.throw_away(seat_of("teacher"), document.pk)
    assert client.get(of_file(file)).status_code == 404


def test_a_text_shows_no_picture_that_is_not_its_own(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    """Whoever writes may send any key: it opens nothing, and the page asks for nothing."""
    hidden = put_picture(own_document(college), seat_of("teacher"))
    document = of_staff(college.school, "Autre", college.people["head"])
    html = f'{TEXT}<img data-file="{hidden.public_id}" alt="Pris ailleurs">'
    content, _clashes = shared.replace(shared.opened(bytes(document.state.content)), TEXT, html)
    writing.receive(seat_of("head"), document.pk, uuid4(), content)
    assert html_of(document) == html
    client.sit(college.people["head"])
    page = client.get(reverse("documents:document", kwargs={"pk": document.pk})).content.decode()
    assert of_file(hidden) not in page and "Image absente" in page
    assert client.get(of_file(hidden)).status_code == 404
    assert not Picture.objects.filter(document=document).exists()
    assert b"data:image" not in exports.as_html(
        "Autre", html, exports.prints_of(of_documents.files_of(document, html))
    )


def test_it_is_found_by_what_its_picture_shows(college: World, seat_of: Any) -> None:
    from preau.commons.documents.queries import lists  # noqa: PLC0415 - for this one

    document = staff_document(college)
    put_picture(document, seat_of("teacher"), alt="Une libellule déprimée")
    assert len(found_by_title(lists, lists.documents_found, seat_of("teacher"), "libellule")) == 1
    assert not found_by_title(lists, lists.documents_found, seat_of("pupil"), "libellule")


# Kept by every way of writing


def test_a_picture_stays_for_who_writes_without_the_live_editor(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    document = staff_document(college)
    file = put_picture(document, seat_of("teacher"))
    client.sit(college.people["teacher"])
    client.post(reverse("documents:take_turn", kwargs={"pk": document.pk}))
    page = client.get(reverse("documents:write", kwargs={"pk": document.pk})).content.decode()
    assert f"![{ALT}](image:{file.public_id})" in page and "Une image est une ligne" in page
    typed = f"![{ALT}, relu](image:{file.public_id})\n\n{signs.to_plain(TEXT)}"
    assert (
        client.post(reverse("documents:write", kwargs={"pk": document.pk}), {"texte": typed}).status_code
        == 302
    )
    assert html_of(document) == f'<img data-file="{file.public_id}" alt="{ALT}, relu">{TEXT}'


def test_a_picture_that_was_taken_out_comes_back_with_its_version(college: World, seat_of: Any) -> None:
    document, teacher = staff_document(college), seat_of("teacher")
    file = put_picture(document, teacher)
    with_it = html_of(document)
    version = versions.name_version(teacher, document.pk, "Illustré")
    assert version is not None
    writing.write(teacher, writing.hold(teacher, document.pk), with_it, TEXT)
    assert html_of(document) == TEXT
    # Its file is not let go of: the history shows it, and it is put again without being counted twice.
    assert not StoredFile.objects.filter(pk=file.pk).loose().exists()
    assert versions.restore(teacher, version).changed
    assert html_of(document) == with_it
    assert Picture.objects.filter(document=document).count() == 1


def test_other_texts_take_no_picture() -> None:
    html = '<p>Avant.</p><img data-file="abc" alt="Dedans"><img src="https://x.fr/a.png" alt="Ailleurs">'
    assert cleaning.clean(html) == "<p>Avant.</p>"
    assert signs.from_plain("![Dedans](image:abc)") == "<p>![Dedans](image:abc)</p>"
    assert cleaning.clean(html, pictures=True) == '<p>Avant.</p><img data-file="abc" alt="Dedans">'
    assert "<img" not in showing.rich(html)


@pytest.mark.parametrize(
    "html",
    [
        '<img data-file="../../etc" alt="">',
        '<img data-file="a b" alt="">',
        '<img alt="sans clé">',
        '<img data-file="a" alt="x" onerror="alert(1)" src="https://x.fr/">',
        '<p><strong>a<img data-file="a" alt="b">c</strong></p>',
        '<table><tr><td><img data-file="a" alt="b"></td></tr></table>',
        '<ul><li><img data-file="a" alt="[b] &quot;&lt;"></li></ul><pre><img data-file="a" alt="c"></pre>',
    ],
)
def test_whatever_comes_in_is_written_our_way_and_comes_back(html: str) -> None:
    clean = cleaning.clean(html, pictures=True)
    assert cleaning.clean(clean, pictures=True) == clean
    assert signs.from_plain(signs.to_plain(clean, pictures=True), pictures=True) == clean
    assert "onerror" not in clean and "src" not in clean and "../" not in clean
    assert shared.html_of(shared.opened(shared.begun(clean))) == clean


# With a file that is brought


def bring(client: SchoolClient, name: str, content: bytes, **facts: Any) -> Any:
    body = {"titre": "Repris", "lieu": "moi", "fichier": sent(name, content)} | facts
    return client.post(reverse("documents:new"), body, follow=True)


def page_with(*pictures: bytes) -> bytes:
    shown = "".join(
        f'<img src="data:image/png;base64,{base64.b64encode(one).decode()}" alt="{ALT} {rank}">'
        for rank, one in enumerate(pictures)
    )
    return f'<p>Avant.</p>{shown}<img data-file="abc" alt="x"><p>Fin.</p>'.encode()


def test_a_file_that_is_brought_keeps_its_pictures(college: World, client: SchoolClient) -> None:
    client.sit(college.people["teacher"])
    page = bring(client, "a.html", page_with(picture("PNG"), picture("PNG", (9, 9))))
    document = Document.objects.get(title="Repris")
    first, second = Picture.objects.filter(document=document).order_by("pk")
    named = "".join(
        f'<img data-file="{one.file.public_id}" alt="{ALT} {rank}">'
        for rank, one in enumerate((first, second))
    )
    assert html_of(document) == f"<p>Avant.</p>{named}<p>Fin.</p>"
    assert re.search(r"Les 2\simages du fichier sont dans le document", page.content.decode())
    assert first.put_by == college.people["teacher"] and client.get(of_file(first.file)).status_code == 200
    client.sit(college.people["head"])
    assert client.get(of_file(first.file)).status_code == 404


def test_what_is_refused_of_a_file_is_told_and_the_rest_is_kept(
    college: World, client: SchoolClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.sit(college.people["teacher"])
    monkeypatch.setattr(rules, "MOST_BROUGHT", 1)
    html = page_with(PDF, picture("GIF"), picture("PNG"), picture("PNG", (9, 9))) + (
        b'<img src="https://x.fr/a.png" alt="y"><img src="data:image/png;base64,A" alt="z">'
    )
    page = bring(client, "a.html", html).content.decode()
    hung = Picture.objects.get(document__title="Repris")
    assert html_of(hung.document) == (
        f'<p>Avant.</p><img data-file="{hung.file.public_id}" alt="{ALT} 2"><p>Fin.</p>'
    )
    for words in (
        r"5\simages du fichier ne sont pas dans le document",
        r"d’un autre format ne se reprend pas\s: gardez-la en PNG ou en JPEG",
        r"Une image abîmée dans le fichier",
        r"Un fichier apporte 1\simages au plus",
        r"ailleurs que dans le fichier",
    ):
        assert len(re.findall(words, page)) == 1, words


def test_a_picture_in_a_table_is_not_kept_and_is_told(college: World, client: SchoolClient) -> None:
    client.sit(college.people["teacher"])
    apart, inside, raw = (page_with(picture("PNG", (9, 9 + rank))) for rank in range(3))
    cell = b"<table><tr><td>%s</td></tr></table><pre>%s</pre>" % (inside, raw)
    before = StoredFile.objects.count()
    page = bring(client, "a.html", apart + cell).content.decode()
    hung = Picture.objects.get(document__title="Repris")
    assert hung.file.public_id in html_of(hung.document) and StoredFile.objects.count() == before + 1
    assert "L’image du fichier est dans le document" in page
    assert re.search(r"2\simages du fichier ne sont pas dans le document", page)
    assert page.count("Dans un tableau ou hors du texte, une image ne se reprend pas.") == 1


def test_once_there_is_no_room_no_other_picture_is_tried(
    college: World, client: SchoolClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor beyond so many tries, whether or not they are taken."""
    tried: list[str] = []
    why: type[UploadRefused] = NoRoom

    def refuse(_viewer: Any, _school: int, sent: Any, _limits: Any) -> Any:
        tried.append(sent[0].name)
        raise why("Plus de place.")

    monkeypatch.setattr(bringing, "keep_files", refuse)
    monkeypatch.setattr(rules, "MOST_BROUGHT", 2)
    client.sit(college.people["teacher"])
    content = page_with(*(picture("PNG", (9, 9 + rank)) for rank in range(4)))
    page = bring(client, "a.html", content).content.decode()
    assert tried == ["Image 1.png"] and page.count("Plus de place.") == 1
    assert re.search(r"4\simages du fichier ne sont pas", page)
    why = UploadRefused
    bring(client, "a.html", content)
    assert tried[1:] == ["Image 1.png", "Image 2.png"]


def test_a_picture_of_a_file_that_says_not_what_it_shows_is_told(
    college: World, client: SchoolClient
) -> None:
    client.sit(college.people["teacher"])
    content = page_with(picture("PNG")).replace(f'alt="{ALT} 0"'.encode(), b"")
    page = bring(client, "a.html", content).content.decode()
    assert "ne dit pas ce que montre une image" in page and "L’image du fichier est dans le document" in page


def test_nothing_is_begun_where_there_is_no_room_for_a_document(
    college: World, client: SchoolClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.sit(college.people["teacher"])
    monkeypatch.setattr(rules, "MOST_DOCUMENTS", 0)
    before = Picture.objects.count()
    assert bring(client, "a.html", page_with(picture("PNG"))).status_code == 422
    assert not Document.objects.filter(title="Repris").exists() and Picture.objects.count() == before


def test_a_file_sent_twice_begins_one_document(college: World, client: SchoolClient) -> None:
    client.sit(college.people["teacher"])
    for _time in range(2):
        bring(client, "a.html", page_with(picture("PNG")), sent_as="3" * 32)
    assert Picture.objects.filter(document__title="Repris").count() == 1


# Files, and what is left


def test_files_that_leave_hold_the_pictures_and_what_they_show(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    document = staff_document(college)
    file = put_picture(document, seat_of("teacher"), kind="WEBP")
    client.sit(college.people["head"])

    def made(kind: str) -> bytes:
        answer = client.get(reverse("documents:export", kwargs={"pk": document.pk}), {"format": kind})
        assert answer.status_code == 200, kind
        return answer.content

    page = made("html").decode()
    content = base64.b64decode(page.split("base64,", 1)[1].split('"')[0])
    assert Image.open(BytesIO(content)).size == (80, 60) and f'alt="{ALT}"' in page
    assert file.public_id not in page
    for kind, folder, inside in [
        ("odt", "Pictures/", "content.xml"),
        ("docx", "word/media/", "word/document.xml"),
    ]:
        with ZipFile(BytesIO(made(kind))) as archive:
            (name,) = [one for one in archive.namelist() if one.startswith(folder) and "." in one]
            with Image.open(BytesIO(archive.read(name))) as drawn:
                assert (drawn.format, drawn.size) == ("PNG", (80, 60)), kind
            assert ALT in archive.read(inside).decode(), kind
            if kind == "odt":
                assert name in archive.read("META-INF/manifest.xml").decode()
    with ZipFile(BytesIO(made("md"))) as archive:
        assert archive.namelist() == ["document.md", "images/image-1.webp"]
        words = archive.read("document.md").decode()
        assert f"![{ALT}](images/image-1.webp)" in words and file.public_id not in words
        with Image.open(BytesIO(archive.read("images/image-1.webp"))) as drawn:
            assert (drawn.format, drawn.size) == ("WEBP", (80, 60))
    if pdf.is_possible():
        assert b"/Image" in made("pdf")


def test_markdown_is_one_file_where_the_text_shows_no_picture(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    """Even when the document has kept one that it no longer shows; the archive holds each that it shows once, in its order."""
    document = staff_document(college)
    client.sit(college.people["head"])
    address = reverse("documents:export", kwargs={"pk": document.pk})
    plain = client.get(address, {"format": "md"})
    assert plain.headers["Content-Type"].startswith("text/markdown")
    assert plain.headers["Content-Disposition"].endswith('.md"')
    put_picture(document, seat_of("teacher"))
    zipped = client.get(address, {"format": "md"})
    assert zipped.headers["Content-Type"] == "application/zip"
    assert zipped.headers["Content-Disposition"].endswith('.zip"')
    shown = {
        key: exports.Print(key.encode(), kind, 1, 1)
        for key, kind in [("a", "image/png"), ("b", "image/jpeg")]
    }
    html = '<ul><li>un<img data-file="b" alt="a_b"></li></ul><img data-file="a" alt=""><blockquote><img data-file="b" alt=""></blockquote><img data-file="c" alt="loin">'
    content = exports.as_markdown_beside("Texte", html, shown)
    assert content is not None
    with ZipFile(BytesIO(content)) as archive:
        assert archive.namelist() == ["document.md", "images/image-1.jpg", "images/image-2.png"]
        assert archive.read("images/image-1.jpg") == b"b" and archive.read("images/image-2.png") == b"a"
        words = archive.read("document.md").decode()
    assert r"![a\_b](images/image-1.jpg)" in words and "![](images/image-2.png)" in words
    assert words.count("images/image-1.jpg") == 2 and "*Image\u202f: loin*" in words
    assert exports.as_markdown_beside("Texte", "<p>Rien</p>", shown) is None


def test_a_picture_of_which_the_bytes_are_gone_stops_no_file(college: World, seat_of: Any) -> None:
    html = f'{TEXT}<img data-file="abc" alt="{ALT}">'
    for kind, one in exports.MADE.items():
        assert one.make("Texte", html), kind
        assert exports.taken(kind, "Texte", html, {}).ending == kind


def test_who_is_erased_leaves_the_pictures_of_a_place_without_a_name(college: World, seat_of: Any) -> None:
    document = staff_document(college)
    put_picture(document, seat_of("teacher"))
    assert leaving.forget_pictures(college.people["teacher"].pk) == 1
    assert Picture.objects.get(document=document).put_by is None
    assert leaving.erase([document.pk]) == 1
    assert not Picture.objects.filter(put_at=NOW).exists()


def test_who_writes_there_no_more_puts_nothing(college: World, seat_of: Any) -> None:
    teacher = seat_of("teacher")
    (file,) = keep_files(teacher, college.school.pk, [sent("A.png", picture("PNG"))], rules.PICTURES)
    document = staff_document(college)
    leaving.throw_away(teacher, document.pk)
    with pytest.raises(writing.NotOpen):
        pictures.put(teacher, document.pk, file, ALT)
    assert not Picture.objects.filter(document=document).exists()
