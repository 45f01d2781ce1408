"""Marks given elsewhere, brought by the head: their columns named, what would be written shown, then all of it or nothing."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from conftest import SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import ColumnWord
from preau.directory.seeds.world import World
from preau.domains.gradebook.imports.importer import MARKS_FILES
from preau.domains.gradebook.models import Assessment, Mark, MarksImport, PeriodSeal
from preau.domains.gradebook.tests.read_scene import charges_of, pupils_of
from preau.domains.gradebook.tests.scene import class_of, period_of
from preau.foundation import uploads
from preau.foundation.tests import importing

BRING = "/notes/reprises/"


@pytest.fixture
def head(college: World, client: SchoolClient) -> SchoolClient:
    Assessment.objects.all().delete()
    return client.sit(college.people["head"])


def table(college: World, *marks: str, headings: str = "Élève;Classe;Matière;Date;Note") -> bytes:
    subject, group = charges_of(college)[0].subject.name, class_of(college).name
    lines = [
        f"{pupil.family_name} {pupil.given_name};{group};{subject};12/10/2026;{mark}"
        for pupil, mark in zip(pupils_of(college), marks, strict=False)
    ]
    return "\n".join([headings, *lines, "Personne Inconnue;;Alchimie;12/10/2026;12"]).encode()


def send(client: SchoolClient, content: bytes) -> MarksImport:
    answer = client.post(BRING, {"files": [SimpleUploadedFile("notes.csv", content)]})
    assert answer.status_code == 302, answer.content.decode()
    found: MarksImport = MarksImport.objects.latest("pk")
    return found


def page(client: SchoolClient, row: MarksImport, name: str = "import", **more: Any) -> str:
    answer = client.get(reverse(f"gradebook:{name}", kwargs={"pk": row.pk, **more}))
    assert answer.status_code == 200
    return answer.content.decode()


def post(client: SchoolClient, row: MarksImport, name: str, **data: str) -> Any:
    return client.post(reverse(f"gradebook:{name}", kwargs={"pk": row.pk}), data)


def test_marks_are_shown_then_written_and_the_files_go(college: World, head: SchoolClient) -> None:
    row = send(head, table(college, "12", "Abs", "15,5"))
    assert importing.read(MARKS_FILES, row.pk) == "preview" and not Mark.objects.exists()
    shown = page(head, row)
    assert (
        "3 notes reprises" in shown
        and "1 ligne mise de côté" in shown
        and class_of(college).name[-1] in shown
    )
    assert "Personne Inconnue" in page(head, row, "import_part", part="mis-de-cote")
    assert "Devoir du 12" in page(head, row, "import_part", part="devoirs")
    post(head, row, "apply_import")
    assert importing.apply(MARKS_FILES, row.pk) == "done"
    assert Mark.objects.count() == 3 and Assessment.objects.get().teacher == charges_of(college)[0].teacher
    row.refresh_from_db()
    assert row.preview == {} and row.folder == "" and uploads.folders(MARKS_FILES.folder()) == []
    assert "Inconnue" not in str(row.report) and Mark.objects.first().changed_by == college.people["head"]  # type: ignore[union-attr]
    verbs = set(Line.objects.filter(verb__startswith="gradebook.").values_list("verb", flat=True))
    assert {"gradebook.import_brought", "gradebook.import_agreed", "gradebook.past_written"} <= verbs
    again = send(head, table(college, "12", "Abs", "15,5"))
    importing.read(MARKS_FILES, again.pk)
    assert "3 notes déjà là" in page(head, again)


def test_columns_that_nothing_says_are_named_once(college: World, head: SchoolClient) -> None:
    headings = "Qui;Groupe;Quoi;Quand;Combien"
    row = send(head, table(college, "12", headings=headings))
    assert importing.read(MARKS_FILES, row.pk) == "matching" and "Combien" in page(
        head, row, "import_columns"
    )
    held = {f"colonne-{place}": key for place, key in enumerate(("pupil", "group", "subject", "day", "mark"))}
    assert post(head, row, "import_columns", **held | {"colonne-4": ""}).status_code == 422
    post(head, row, "import_columns", **held)
    assert (
        importing.read(MARKS_FILES, row.pk) == "preview"
        and ColumnWord.objects.filter(table="gradebook.marks").count() == 5
    )
    post(head, row, "drop_import")
    again = send(head, table(college, "13", headings=headings))
    assert importing.read(MARKS_FILES, again.pk) == "preview"


def test_what_has_changed_since_it_was_shown_is_shown_again(college: World, head: SchoolClient) -> None:
    row = send(head, table(college, "12"))
    importing.read(MARKS_FILES, row.pk)
    post(head, row, "apply_import")
    period = period_of(college, Assessment(day="2026-10-12").day)  # type: ignore[misc]
    PeriodSeal.objects.create(school=college.school, period=period, by=college.people["head"])
    assert importing.apply(MARKS_FILES, row.pk) == "preview"
    assert not Mark.objects.exists() and "arrêtée" in page(head, row)


def test_a_file_that_is_no_table_is_refused_in_words(college: World, head: SchoolClient) -> None:
    row = send(head, b"\n\n")
    assert importing.read(MARKS_FILES, row.pk) == "refused" and "Aucune note n’a changé" in page(head, row)
    answer = head.post(BRING, {"files": [SimpleUploadedFile("notes.pdf", b"%PDF")]})
    assert answer.status_code == 422 and MarksImport.objects.count() == 1


def test_the_head_alone_takes_marks_in(college: World, twin: World, head: SchoolClient, seat_of: Any) -> None:
    row = send(head, table(college, "12"))
    for key in ("secretary", "cpe", "teacher", "pupil", "guardian"):
        assert head.sit(college.people[key]).get(BRING).status_code == 403, key
        assert post(head, row, "apply_import").status_code == 404, key
    assert head.sit(twin.people["head"]).get(f"{BRING}{row.pk}/").status_code == 404
    assert [bool(MarksImport.objects.visible_to(seat_of(key))) for key in ("head", "secretary")] == [
        True,
        False,
    ]
