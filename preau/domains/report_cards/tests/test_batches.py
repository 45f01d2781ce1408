"""The papers of a class: each bulletin exactly once however often its making dies, one file to print, PDFs that anybody can read."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse
from pypdf import PdfReader

from conftest import NOW, SchoolClient
from preau.commons.files.models import StoredFile
from preau.directory.models import Group, Period
from preau.directory.seeds.world import World
from preau.domains.report_cards import tasks
from preau.domains.report_cards.actions import cards, councils
from preau.domains.report_cards.exports.cards import Pictures, card_pdf
from preau.domains.report_cards.exports.statements import class_pdf, statements_pdf
from preau.domains.report_cards.models import CardBatch, ReportCard
from preau.domains.report_cards.queries.cards import gathered, printed
from preau.domains.report_cards.queries.statements import statements_of
from preau.domains.report_cards.tests.scene import classmate_of, clean, passage_of, write
from preau.foundation import pdf

pytestmark = pytest.mark.django_db
Held = tuple[Group, Period]
KEYS = ("teacher", "teacher_1", "head", "cpe", "pupil", "guardian")
PICTURE = (
    "data:image/png;base64,"
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class Killed(BaseException):
    """The process dies there: nothing of the work runs after it, not even what tells of a failure."""


@pytest.fixture
def held(college: World, seat_of: Any) -> Held:
    ReportCard.objects.all().delete()
    CardBatch.objects.all().delete()
    group, period = clean(college)
    write(seat_of("teacher"), college, passage_of(college), college.people["pupil"], "De bons calculs.")
    councils.close(seat_of("head"), group, period)
    return group, period


@pytest.fixture
def drawn(monkeypatch: Any) -> list[str]:
    """Papers are said, not drawn: whose, in their order. Begun by a number, the process dies after so many."""
    family_names: list[str] = []

    def paper(content: Any, number: int, pictures: Any) -> bytes:
        if family_names and family_names[0].isdecimal() and len(family_names) > int(family_names[0]):
            raise Killed
        family_names.append(content["family_name"])
        return b"%PDF-1.7 paper"

    monkeypatch.setattr(pdf, "is_possible", lambda: True)
    monkeypatch.setattr(tasks, "card_pdf", paper)
    return family_names


def test_a_work_that_dies_halfway_makes_each_bulletin_exactly_once(
    held: Held, seat_of: Any, drawn: list[str]
) -> None:
    batch = cards.ask_cards(seat_of("head"), *held)
    total = len(gathered(seat_of("head"), *held, [held[1]]).room.seats)
    assert total > 3
    drawn.append("3")
    with pytest.raises(Killed):
        tasks.make_batch.func(batch.pk)
    batch.refresh_from_db()
    assert batch.state == CardBatch.State.MAKING and batch.made == 3
    assert ReportCard.objects.count() == 3
    # Begun again by another worker, which dies too, then by one that lives.
    drawn[0] = "4"
    with pytest.raises(Killed):
        tasks.make_batch.func(batch.pk)
    del drawn[0]
    tasks.make_batch.func(batch.pk)
    batch.refresh_from_db()
    assert batch.state == CardBatch.State.READY and batch.made == total
    rows = ReportCard.objects.values_list("pupil_id", "number")
    assert len(rows) == len({pupil for pupil, _number in rows}) == total
    assert {number for _pupil, number in rows} == {1}
    # What was kept was not drawn again.
    assert len(drawn) == total
    # Ended, it does nothing more.
    tasks.make_batch.func(batch.pk)
    assert ReportCard.objects.count() == total


def test_two_works_at_once_are_one(held: Held, seat_of: Any) -> None:
    head, teacher = seat_of("head"), seat_of("teacher")
    first = cards.ask_cards(head, *held)
    assert cards.ask_cards(teacher, *held).pk == first.pk
    # Another kind of paper waits for its turn.
    with pytest.raises(cards.AnotherGoesOn):
        cards.ask_cards(head, *held, CardBatch.Kind.MARKS)
    cards.end_batch(first.pk)
    assert cards.ask_cards(head, *held, CardBatch.Kind.MARKS).pk != first.pk


def test_what_is_printed_is_what_was_made(college: World, held: Held, seat_of: Any, drawn: list[str]) -> None:
    head = seat_of("head")
    with pytest.raises(cards.NothingToPrint):
        cards.ask_cards(head, *held, CardBatch.Kind.PRINT)
    tasks.make_batch.func(cards.ask_cards(head, *held).pk)
    first = printed(head, *held)
    assert len(first) == ReportCard.objects.count()
    pupil = college.people["pupil"]
    councils.reopen(head, *held)
    write(seat_of("teacher"), college, passage_of(college), pupil, "Corrigé depuis.", 1)
    # Not made anew: the paper says what families read.
    text = [one.content for one in printed(head, *held) if one.pupil_id == pupil.pk]
    assert "Corrigé depuis." not in str(text) and "De bons calculs." in str(text)


def test_the_file_of_a_class_is_for_whoever_asked(
    college: World, held: Held, seat_of: Any, twin: World
) -> None:
    head = seat_of("head")
    batch = cards.ask_cards(head, *held, CardBatch.Kind.MARKS)
    cards.end_batch(batch.pk, 2, ("releves", b"%PDF-1.7 marks"))
    batch.refresh_from_db()
    assert batch.file and batch.made == 2
    seen = {key for key in KEYS if batch.file in StoredFile.objects.visible_to(seat_of(key))}
    assert seen == {"head"}
    assert batch.file not in StoredFile.objects.visible_to(seat_of("head", world=twin))


def test_a_statement_is_of_one_pupil_and_says_what_they_may_read(
    college: World, held: Held, client: SchoolClient, seat_of: Any
) -> None:
    pupil, other, group = college.people["pupil"], classmate_of(college), held[0]
    found = list(statements_of(seat_of("head"), *held, [held[1]]))
    assert {one.pupil.pk for one in found} >= {pupil.pk, other.pk}
    (own,) = statements_of(seat_of("head"), *held, [held[1]], pupil.public_id)
    assert own.pupil.pk == pupil.pk and all(line.marks for line in own.subjects) and own.subjects
    assert own.day == NOW.date()
    page = reverse("report_cards:statement", kwargs={"pk": group.pk})
    client.sit(college.people["head"])
    text = client.get(page, {"eleve": pupil.public_id}).content.decode()
    assert own.subjects[0].name in text and own.general in text
    # Somebody of another class is nobody here: the page is that of the first.
    assert found[0].pupil.full_name in client.get(page, {"eleve": "personne"}).content.decode()
    for key in ("pupil", "guardian"):
        client.sit(college.people[key])
        assert client.get(page).status_code in {403, 404}, key


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def fonts_of(paper: PdfReader) -> list[Any]:
    """The descriptors of every font that a page of it asks for."""
    found = []
    for page in paper.pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            held = font.get_object()
            below = held["/DescendantFonts"][0].get_object() if "/DescendantFonts" in held else held
            found.append(below["/FontDescriptor"].get_object())
    return found


def roles_of(node: Any) -> Iterator[str]:
    """The role of each element of the structure of a paper."""
    held = node.get_object()
    if isinstance(held, list):
        for one in held:
            yield from roles_of(one)
    elif isinstance(held, dict):
        if "/S" in held:
            yield str(held["/S"])
        if "/K" in held:
            yield from roles_of(held["/K"])


@pytest.mark.skipif(not pdf.is_possible(), reason="this machine makes no PDF")
@pytest.mark.parametrize("which", ["card", "class", "statements"])
def test_a_paper_is_tagged_and_says_its_language_its_title_and_its_headers(
    college: World, held: Held, seat_of: Any, which: str
) -> None:
    head = seat_of("head")
    made = gathered(head, *held, [held[1]])
    contents = [made.content_of(seat) for seat in made.room.seats[:2]]
    pictures = Pictures(logo=PICTURE)
    if which == "card":
        content = card_pdf(contents[0] | {"logo": True}, 1, pictures)
    elif which == "class":
        rows = [ReportCard(content=one, number=1) for one in contents]
        content = class_pdf("5e B", rows, pictures)
    else:
        content = statements_pdf(college.school, "Relevés", list(statements_of(head, *held, [held[1]])))
    paper = read(content)
    root: Any = paper.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == "fr"
    assert paper.metadata and paper.metadata.title
    roles = set(roles_of(root["/StructTreeRoot"]))
    assert {"/Table", "/TH", "/TD", "/H1"} <= roles
    assert ("/Figure" in roles) == (which == "card")
    fonts = fonts_of(paper)
    assert fonts and all({"/FontFile", "/FontFile2", "/FontFile3"} & set(one) for one in fonts)
    assert len(paper.pages) >= (2 if which == "class" else 1)
