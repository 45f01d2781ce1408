"""Past absences brought by school life: columns named, shown in words, written whole or not at all, told to nobody, read where absences are."""

import json
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.directory.models import Assignment, ColumnWord, Enrolment, Person
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.domains.attendance.actions import follow_ups
from preau.domains.attendance.actions import past as actions
from preau.domains.attendance.imports.importer import ABSENCES_FILES
from preau.domains.attendance.models import AbsencesImport, Alert, Notice, PastAbsence, Reason, RollCall
from preau.domains.attendance.queries import early, record, summaries
from preau.domains.attendance.queries.past import past_listed, rows_of_past
from preau.domains.timetable.models import Lesson
from preau.foundation import uploads
from preau.foundation.tests import importing

BRING = "/vie-scolaire/reprises/"
HEADINGS = "Nom;Prénom;Classe;Du;Heure;Au;Nature;Motif;Justifiée;Commentaire"


@pytest.fixture
def life(college: World, client: SchoolClient) -> SchoolClient:
    """School life of a school that has called no roll yet, and whose lessons before today nobody knows."""
    Alert.objects.all().delete()
    RollCall.objects.filter(school=college.school).delete()
    Lesson.objects.filter(school=college.school, day__lt=NOW.date()).update(state=Lesson.State.CANCELLED)
    return client.sit(college.people["cpe"])


def line(college: World, *cells: str, pupil: Person | None = None) -> str:
    who = pupil or college.people["pupil"]
    return ";".join([who.family_name.upper(), who.given_name, own_class(college).name, *cells])


def table(*lines: str, headings: str = HEADINGS) -> bytes:
    return "\n".join([headings, *lines, ""]).encode()


def usual(college: World) -> bytes:
    return table(
        line(college, "14/09/2026", "", "15/09/2026", "Absence", "Maladie", "oui", "Mot de la mère"),
        line(college, "21/09/2026", "08:00", "", "Absence", "", "non", ""),
        line(college, "22/09/2026", "08:10", "", "Retard", "Réveil", "", ""),
        "INCONNUE;Personne;;14/09/2026;;;;;;",
        line(college, "01/06/2027", "", "", "Absence", "", "", ""),
    )


def send(client: SchoolClient, content: bytes) -> AbsencesImport:
    answer = client.post(BRING, {"files": [SimpleUploadedFile("absences.csv", content)]})
    assert answer.status_code == 302, answer.content.decode()
    return AbsencesImport.objects.latest("pk")


def page(client: SchoolClient, row: AbsencesImport, name: str = "import", **more: Any) -> str:
    answer = client.get(reverse(f"attendance:{name}", kwargs={"pk": row.pk, **more}))
    assert answer.status_code == 200
    return answer.content.decode()


def post(client: SchoolClient, row: AbsencesImport, name: str, **data: str) -> Any:
    return client.post(reverse(f"attendance:{name}", kwargs={"pk": row.pk}), data)


def take_in(client: SchoolClient, content: bytes) -> AbsencesImport:
    row = send(client, content)
    assert importing.read(ABSENCES_FILES, row.pk) == "preview"
    post(client, row, "apply_import")
    assert importing.apply(ABSENCES_FILES, row.pk) == "done"
    row.refresh_from_db()
    return row


def test_absences_are_shown_then_written_and_the_files_go(college: World, life: SchoolClient) -> None:
    row = send(life, usual(college))
    assert importing.read(ABSENCES_FILES, row.pk) == "preview" and not PastAbsence.objects.exists()
    shown = page(life, row)
    for words in (
        "5 demi-journées d’absence",
        "dont 4 justifiées",
        "1 retard",
        "2 lignes mises de côté",
        "Commentaire",
    ):
        assert words in shown, words
    assert "toute la journée" in page(life, row, "import_part", part="absences")
    assert "INCONNUE Personne" in page(life, row, "import_part", part="mis-de-cote")
    post(life, row, "apply_import")
    assert importing.apply(ABSENCES_FILES, row.pk) == "done"
    row.refresh_from_db()
    assert row.preview == {} and row.folder == "" and uploads.folders(ABSENCES_FILES.folder()) == []
    assert "INCONNUE" not in json.dumps(row.report)
    assert (PastAbsence.objects.absences().count(), PastAbsence.objects.latenesses().count()) == (5, 1)
    assert set(PastAbsence.objects.values_list("brought_in", flat=True)) == {row.pk}
    verbs = set(Line.objects.filter(verb__startswith="attendance.").values_list("verb", flat=True))
    assert {"attendance.import_brought", "attendance.import_agreed", "attendance.past_written"} <= verbs
    assert "INCONNUE" not in str(list(Line.objects.values_list("details", flat=True)))
    assert "Mot de la mère" not in str(list(PastAbsence.objects.values_list("words", flat=True)))
    assert "5 demi-journées d’absence" in page(life, row)


def test_the_same_file_twice_writes_nothing(college: World, life: SchoolClient) -> None:
    take_in(life, usual(college))
    before = set(PastAbsence.objects.values_list("pk", flat=True))
    again = send(life, usual(college))
    importing.read(ABSENCES_FILES, again.pk)
    assert "6 déjà là" in page(life, again) and "Rien de nouveau" not in page(life, again)
    post(life, again, "apply_import")
    assert importing.apply(ABSENCES_FILES, again.pk) == "done"
    assert set(PastAbsence.objects.values_list("pk", flat=True)) == before


def test_nobody_is_told(college: World, life: SchoolClient) -> None:
    item_count, notices = Item.objects.count(), Notice.objects.count()
    days = [f"{day:02}/11/2026" for day in (2, 3, 5, 6, 9)]
    take_in(life, table(*(line(college, day, "", "", "Absence", "", "non", "") for day in days)))
    assert follow_ups.watch(college.school, NOW.date()) >= 1
    assert Alert.objects.filter(pupil=college.people["pupil"], half_days__gte=10).exists()
    assert (Item.objects.count(), Notice.objects.count(), mail.outbox) == (item_count, notices, [])


def test_columns_that_nothing_says_are_named_once(college: World, life: SchoolClient) -> None:
    headings = "Qui;Laquelle;Quand;Pourquoi"
    pupil = college.people["pupil"]
    content = table(
        f"{pupil.given_name} {pupil.family_name};{own_class(college).name};14/09/2026;Grippe",
        headings=headings,
    )
    row = send(life, content)
    assert importing.read(ABSENCES_FILES, row.pk) == "matching"
    assert "Pourquoi" in page(life, row, "import_columns")
    held = {f"colonne-{place}": key for place, key in enumerate(("pupil", "group", "first", "reason"))}
    assert post(life, row, "import_columns", **held | {"colonne-2": ""}).status_code == 422
    post(life, row, "import_columns", **held)
    assert importing.read(ABSENCES_FILES, row.pk) == "preview"
    assert ColumnWord.objects.filter(table="attendance.absences").count() == 4
    post(life, row, "drop_import")
    assert importing.read(ABSENCES_FILES, send(life, content).pk) == "preview"


def test_a_roll_called_since_it_was_shown_is_shown_again(college: World, life: SchoolClient) -> None:
    row = send(life, table(line(college, "19/11/2026", "", "", "Absence", "", "", "")))
    importing.read(ABSENCES_FILES, row.pk)
    post(life, row, "apply_import")
    lesson = Lesson.objects.of_pupils([college.people["pupil"].pk]).filter(day=date(2026, 11, 19))[0]
    RollCall.objects.create(
        school=college.school, lesson=lesson, called_by=college.people["teacher"], called_at=lesson.ends
    )
    assert importing.apply(ABSENCES_FILES, row.pk) == "preview"
    assert not PastAbsence.objects.exists() and "L’appel a été fait" in page(life, row)


def test_a_file_that_is_no_table_is_refused_in_words(college: World, life: SchoolClient) -> None:
    row = send(life, b"\n\n")
    assert importing.read(ABSENCES_FILES, row.pk) == "refused" and "Aucune absence n’a changé" in page(
        life, row
    )
    answer = life.post(BRING, {"files": [SimpleUploadedFile("absences.pdf", b"%PDF")]})
    assert answer.status_code == 422 and AbsencesImport.objects.count() == 1


def test_head_and_school_life_alone_take_absences_in(college: World, twin: World, life: SchoolClient) -> None:
    row = send(life, usual(college))
    for key in ("secretary", "teacher", "pupil", "guardian"):
        assert life.sit(college.people[key]).get(BRING).status_code == 403, key
        assert post(life, row, "apply_import").status_code == 404, key
    assert life.sit(college.people["head"]).get(BRING).status_code == 200
    assert life.sit(twin.people["head"]).get(f"{BRING}{row.pk}/").status_code == 404


# Where they are read


def test_the_record_the_family_and_school_life_read_them(
    college: World, life: SchoolClient, seat_of: Any
) -> None:
    """Of this month, in the squares and the recent lines; in the list of the family; in the spreadsheet of school life."""
    take_in(
        life,
        table(
            line(college, "19/11/2026", "14:00", "", "Absence", "Dentiste", "oui", ""),
            line(college, "20/11/2026", "", "", "Absence", "", "non", ""),
            line(college, "20/11/2026", "10:05", "", "Retard", "", "", ""),
        ),
    )
    for key in ("cpe", "guardian", "pupil", "head"):
        recent = record.recent(seat_of(key), college.people["pupil"])
        assert recent, key
        rows = [(row.title, row.detail, row.word) for row in recent["rows"] if not row.by_roll]
        assert ("Absence", "matin, après-midi · noté avec un autre logiciel", "Sans motif valable") in rows, (
            key
        )
        assert any(title == "Retard" for title, _detail, _word in rows), key
        assert not any(row.to_explain for row in recent["rows"] if not row.by_roll), key
        month = record.month_shown(seat_of(key), college.people["pupil"])
        assert month and month["late"] >= 1
    assert life.get(reverse("directory:person", args=[college.people["pupil"].public_id])).status_code == 200
    sheet = b"".join(life.get(reverse("attendance:export")).streaming_content).decode()  # type: ignore[attr-defined]
    assert "Dentiste" in sheet and "matin" in sheet
    late = b"".join(life.get(reverse("attendance:export"), {"etat": "retard"}).streaming_content).decode()  # type: ignore[attr-defined]
    assert "Dentiste" not in late and ";Retard;;" in late
    settled = b"".join(life.get(reverse("attendance:export"), {"etat": "reglee"}).streaming_content).decode()  # type: ignore[attr-defined]
    assert "Dentiste" not in settled and ";Retard;;" not in settled
    assert "4 notées avec l’ancien logiciel" in life.get(reverse("attendance:entries")).content.decode()
    for key in ("guardian", "pupil"):
        shown = life.sit(college.people[key]).get(reverse("attendance:absences")).content.decode()
        assert "Dentiste" in shown and "Notées avec l’ancien logiciel" in shown, key


def test_a_teacher_reads_them_in_the_record_of_their_own_class_alone(
    college: World, life: SchoolClient, seat_of: Any
) -> None:
    take_in(life, table(line(college, "20/11/2026", "", "", "Absence", "Fièvre", "oui", "")))
    pupil, teacher = college.people["pupil"], college.people["teacher"]
    Assignment.objects.filter(kind=Assignment.Kind.HEAD_TEACHER).delete()
    assert not PastAbsence.objects.visible_in_record(seat_of("teacher")).exists()
    Assignment.objects.create(
        school=college.school,
        teacher=teacher,
        group=own_class(college),
        kind=Assignment.Kind.HEAD_TEACHER,
        starts=college.year.starts,
    )
    recent = record.recent(seat_of("teacher"), pupil)
    assert recent and "Justifiée" in [row.word for row in recent["rows"]]
    assert not PastAbsence.objects.visible_to(seat_of("teacher")).exists()


def test_registers_and_early_facts_count_them(college: World, life: SchoolClient, seat_of: Any) -> None:
    first, last = date(2026, 9, 1), date(2026, 9, 30)
    pupil = college.people["pupil"].pk

    def of_pupil() -> Any:
        found = summaries.register_between(seat_of("cpe"), first, last, own_class(college))
        return next(one for one in found.lines if one.key == pupil), found

    before, _register = of_pupil()
    take_in(life, usual(college))
    after, register = of_pupil()
    assert (after.gross, after.unexcused, after.late) == (
        before.gross + 5,
        before.unexcused + 1,
        before.late + 1,
    )
    assert after.rate == "—", "no lesson of that month is known: it has no rate"
    assert "Maladie" in dict(register.reasons)
    facts = [one.pupil_id for one in early.lates(college.school, first, last)]
    assert facts.count(pupil) == before.late + 1


def test_what_was_wrong_is_taken_back_and_stays_so(college: World, life: SchoolClient, seat_of: Any) -> None:
    take_in(life, usual(college))
    one = PastAbsence.objects.latenesses().get()
    answer = life.post(reverse("attendance:withdraw_past", args=[one.pk]) + "?nom=abadie")
    assert answer.url == reverse("attendance:past") + "?nom=abadie"  # type: ignore[attr-defined]
    one.refresh_from_db()
    assert one.withdrawn_by == college.people["cpe"] and not actions.withdraw_past(seat_of("cpe"), one)
    assert not PastAbsence.objects.visible_to(seat_of("guardian")).latenesses().exists()
    assert "Retirée" in life.get(reverse("attendance:past")).content.decode()
    again = send(life, usual(college))
    importing.read(ABSENCES_FILES, again.pk)
    again.refresh_from_db()
    assert again.report["latenesses"] == 0 and again.report["unchanged"] == 6
    life.post(reverse("attendance:restore_past", args=[one.pk]))
    assert PastAbsence.objects.visible_to(seat_of("guardian")).latenesses().exists()
    assert not actions.restore_past(seat_of("cpe"), one)
    verbs = list(Line.objects.filter(verb__startswith="attendance.past_").values_list("verb", flat=True))
    assert "attendance.past_withdrawn" in verbs and "attendance.past_restored" in verbs
    life.sit(college.people["guardian"])
    assert life.post(reverse("attendance:withdraw_past", args=[one.pk])).status_code == 403


def test_a_confidential_reason_stays_one(college: World, life: SchoolClient, seat_of: Any) -> None:
    Reason.objects.create(school=college.school, label="Suivi psychologique", confidential=True)
    take_in(life, table(line(college, "14/09/2026", "8h", "", "Absence", "SUIVI PSYCHOLOGIQUE", "oui", "")))

    def said(key: str) -> list[str]:
        viewer = seat_of(key)
        return [row.reason for row in rows_of_past(viewer, past_listed(viewer, {})[0:5], {})]

    assert said("cpe") == ["Suivi psychologique"]
    assert said("guardian") == ["Motif confidentiel"]


def test_the_words_of_a_file_go_with_the_person(college: World, life: SchoolClient) -> None:
    take_in(life, table(line(college, "14/09/2026", "8h", "", "Absence", "Grand-mère malade", "oui", "")))
    assert actions.forget_past(college.people["pupil"].pk) == 1
    assert PastAbsence.objects.get().words == ""


def test_a_pupil_who_came_in_the_year_is_known_by_the_class(college: World, life: SchoolClient) -> None:
    """Their past was elsewhere in the same school: enrolments say the class, not since when the file speaks."""
    Enrolment.objects.filter(pupil=college.people["pupil"], group=own_class(college)).update(
        starts=date(2026, 11, 2)
    )
    take_in(life, table(line(college, "14/09/2026", "8h", "", "Absence", "", "", "")))
    paris = ZoneInfo("Europe/Paris")
    assert PastAbsence.objects.get().starts.astimezone(paris).hour == 8
