"""What documents say: their words found, their text shown, what is asked of whoever keeps them."""

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from weasyprint import HTML

from conftest import SchoolClient
from preau.commons.drive.actions import keeping, reading
from preau.commons.drive.models import Content, Item
from preau.commons.drive.queries import lists
from preau.commons.drive.tests.props import class_item
from preau.commons.drive.tests.test_drive import put
from preau.commons.files import actions as files
from preau.commons.files.models import StoredFile
from preau.commons.files.rules import DOCUMENTS
from preau.commons.files.tests.samples import picture, sent, zipped
from preau.directory.seeds.world import World
from preau.foundation import documents, filekinds
from preau.foundation.lookup import TITLED, LookupTerms


def office(name: str, content: str, *more: tuple[str, bytes]) -> bytes:
    """An archive of an office kind with one part of text."""
    return zipped((name, content.encode()), *more)


DOCX = office(
    "word/document.xml",
    '<w:document xmlns:w="x"><w:body><w:p><w:r><w:t>La crue de l’Orge</w:t></w:r></w:p>'
    "<w:p><w:r><w:t>Hérons</w:t><w:tab/><w:t>et gardons</w:t></w:r></w:p></w:body></w:document>",
    ("[Content_Types].xml", b"<Types/>"),
)


def read_all() -> None:
    for pk in StoredFile.objects.order_by("pk").values_list("pk", flat=True):
        reading.read(pk)


def found_by(viewer: Any, wanted: LookupTerms) -> Any:
    rows = lists.titles(viewer, wanted).values_list(*TITLED)
    return lists.items_found(viewer, wanted, list(rows))


def found(viewer: Any, typed: str) -> list[tuple[str, str]]:
    return [(hit.label, hit.detail) for hit in found_by(viewer, LookupTerms.typed(typed))]


def test_a_search_finds_the_words_of_an_office_file_and_shows_them(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    viewer = seat_of("teacher")
    item = put(viewer, "Sortie.docx", DOCX)
    assert found(viewer, "herons gardons") == []
    read_all()
    assert [name for name, where in found(viewer, "herons gardons") if "dans le texte" in where] == [
        item.name
    ]
    assert found(viewer, "sortie")[0][0] == item.name and "dans le texte" not in found(viewer, "sortie")[0][1]
    # One word of the name and one of the text; a word that begins none of them.
    assert [name for name, _where in found(viewer, "sortie crue")] == [item.name]
    assert found(viewer, "herons castors") == []
    page = (
        client.sit(college.people["teacher"])
        .get(reverse("drive:item", kwargs={"pk": item.pk}))
        .content.decode()
    )
    assert "Hérons et gardons" in page and "sans sa mise en page" in page


def test_the_words_of_a_document_are_found_by_those_who_read_it_alone(college: World, seat_of: Any) -> None:
    viewer = seat_of("pupil")
    put(viewer, "Journal.txt", b"Mon secret de castor")
    read_all()
    assert found(viewer, "castor")
    for key in ("teacher", "head", "cpe", "guardian"):
        assert found(seat_of(key), "castor") == [], key
        assert not Content.objects.visible_to(seat_of(key)).exists(), key


def test_a_former_version_s_words_are_not_found_any_more(college: World, seat_of: Any) -> None:
    viewer = seat_of("teacher")
    item = put(viewer, "Notes.txt", b"le castor")
    keeping.add_version(viewer, item, sent("Notes.txt", b"la loutre"))
    read_all()
    assert found(viewer, "loutre") and not found(viewer, "castor")


def test_a_damaged_office_file_says_nothing_and_stops_nothing(college: World, seat_of: Any) -> None:
    viewer = seat_of("teacher")
    item = put(viewer, "Abîmé.docx", office("word/document.xml", "<w:document", ("[Content_Types].xml", b"")))
    assert reading.read(item.file_id) and not reading.read(item.file_id)
    assert Content.objects.get(file=item.file_id).words == ""


def test_a_task_reads_what_is_put_and_the_night_what_was_held(college: World, seat_of: Any) -> None:
    viewer = seat_of("teacher")
    item = put(viewer, "Notes.txt", b"le castor")
    StoredFile.objects.update(state=StoredFile.State.HELD)
    assert not reading.read(item.file_id) and reading.read_missing() == 0
    StoredFile.objects.update(state=StoredFile.State.READY)
    assert reading.read_missing() == 1 and reading.read_missing() == 0


def test_an_image_asks_what_it_shows_and_its_description_is_read_in_its_place(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    item = put(seat_of("teacher"), "Serre.png", picture())
    client, address = client.sit(college.people["teacher"]), reverse("drive:item", kwargs={"pk": item.pk})
    assert "Que montre cette image" in client.get(address).content.decode()
    sent_back = client.post(
        reverse("drive:change", kwargs={"pk": item.pk}),
        {"nom": item.name, "montre": "Une serre et deux élèves"},
    )
    assert sent_back.status_code == 302
    page = client.get(address).content.decode()
    assert 'alt="Une serre et deux élèves"' in page and "Que montre cette image" not in page
    # Moved from a list, it keeps what it says.
    keeping.change(seat_of("teacher"), Item.objects.get(pk=item.pk), keeping.Change("Autre.png", None))
    assert Item.objects.get(pk=item.pk).description == "Une serre et deux élèves"


@pytest.mark.needs("pdftoppm")
def test_a_pdf_of_pictures_says_so_to_its_keeper_alone(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    item = class_item(college)
    scan = picture("PDF")
    (file,) = files.keep(seat_of("teacher"), college.school.pk, [sent("Plan.pdf", scan)], DOCUMENTS)
    keeping.replace(seat_of("teacher"), item, file)
    read_all()
    kept = Content.objects.get(file=file)
    assert (kept.pages, kept.words, kept.is_tagged) == (1, "", False)
    address, advice = reverse("drive:item", kwargs={"pk": item.pk}), "Aucun mot dans ce PDF"
    assert advice in client.sit(college.people["teacher"]).get(address).content.decode()
    assert advice not in client.sit(college.people["pupil"]).get(address).content.decode()


@pytest.mark.needs("pdftoppm")
def test_a_tagged_pdf_is_read_and_needs_no_advice(tmp_path: Path) -> None:
    path = tmp_path / "document"
    path.write_bytes(
        HTML(string="<html lang='fr'><title>T</title><h1>Les loutres</h1>").write_pdf(pdf_variant="pdf/ua-1")
    )
    content = documents.content_of(path, "application/pdf")
    assert (content.text, content.pages, content.is_tagged) == ("Les loutres", 1, True)


@pytest.mark.parametrize(
    ("kind", "parts", "text"),
    [
        (
            "odt",
            [
                (
                    "content.xml",
                    '<o:x xmlns:o="y"><o:h>Titre</o:h><o:p>a<o:tab/>b<o:span> c</o:span></o:p></o:x>',
                )
            ],
            "Titre\na b c",
        ),
        (
            "xlsx",
            [
                (
                    "xl/sharedStrings.xml",
                    "<sst><si><t>Nom</t></si><si><r><t>Pré</t></r><r><t>nom</t></r></si></sst>",
                )
            ],
            "Nom\nPrénom",
        ),
        (
            "pptx",
            [
                ("ppt/slides/slide10.xml", "<s><p><t>Fin</t></p></s>"),
                ("ppt/slides/slide2.xml", "<s><p><t>Début</t></p></s>"),
            ],
            "Début\nFin",
        ),
        ("docx", [("word/document.xml", '<!DOCTYPE x [<!ENTITY a "b">]><d><p><t>&a;</t></p></d>')], ""),
    ],
)
def test_each_office_kind_is_read_in_its_order(
    tmp_path: Path, kind: str, parts: list[tuple[str, str]], text: str
) -> None:
    path = tmp_path / "document"
    path.write_bytes(zipped(*((name, content.encode()) for name, content in parts)))
    mime = next(mime for mime, one in filekinds.KINDS.items() if one.endings[0] == f".{kind}")
    assert documents.content_of(path, mime).text == text
