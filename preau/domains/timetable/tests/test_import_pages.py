"""A timetable brought by a page: read by a task, shown before anything is written, decided once."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from conftest import SchoolClient
from preau.commons.journal.models import Line
from preau.commons.works.models import Work
from preau.directory.models import Group, Room, Subject
from preau.directory.seeds.world import World
from preau.domains.timetable.imports.importer import TIMETABLES
from preau.domains.timetable.models import Lesson, TimetableImport, WeeklyPattern
from preau.foundation import uploads, works
from preau.foundation.importers import stages
from preau.foundation.tests.importing import apply, read

HEAD = "Jour;Début;Fin;Matière;Classe;Enseignant;Salle\n"
ROWS = "samedi;8h;9h;Théâtre;6e A;Mme Moreau;T12\nsamedi;9h;10h;Théâtre;6e A;Mme Absente;\n"
PAGE = "timetable:imports"


@pytest.fixture(autouse=True)
def room(settings: Any, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path


def send(client: SchoolClient, text: str = HEAD + ROWS, name: str = "emploi.csv") -> Any:
    return client.post(reverse(PAGE), {"files": SimpleUploadedFile(name, text.encode()), "scope": ""})


def brought(college: World) -> TimetableImport:
    return TimetableImport.objects.get(school=college.school)


def mine() -> Any:
    return WeeklyPattern.objects.filter(source="csv")


def test_a_secretary_brings_a_timetable_reads_what_changes_and_applies(
    college: World, client: SchoolClient
) -> None:
    client.sit(college.people["secretary"])
    assert send(client).status_code == 302
    one = brought(college)
    address = reverse("timetable:import", kwargs={"pk": one.pk})
    assert "En train d’être lu" in client.get(address).content.decode()
    assert read(TIMETABLES, one.pk) == "preview"
    page = client.get(address).content.decode()
    for text in (
        "1 cours arrive",
        "Théâtre",
        "T12",
        "Mme Moreau",
        "Mme Absente",
        "Enseignant inconnu",
        "Appliquer",
    ):
        assert text in page, text
    assert not mine().exists()
    client.post(reverse("timetable:apply_import", kwargs={"pk": one.pk}))
    assert apply(TIMETABLES, one.pk) == "done"
    pattern = mine().get()
    assert pattern.lessons.exists()
    one.refresh_from_db()
    assert (one.folder, one.preview, uploads.folders(TIMETABLES.folder())) == ("", {}, [])
    page = client.get(address).content.decode()
    assert "Mme Absente" not in page
    assert "1 cours mis de côté" in page.replace("\u202f", " ")
    line = Line.objects.get(verb="timetable.import_applied")
    assert (line.actor_id, line.details["created"]) == (college.people["secretary"].pk, 1)
    assert set(Work.objects.values_list("state", flat=True)) == {"done"}
    # The task of a worker that died comes again: nothing twice.
    lessons = Lesson.objects.count()
    assert apply(TIMETABLES, one.pk) == "done"
    assert (mine().count(), Lesson.objects.count()) == (1, lessons)


def test_a_file_that_cannot_be_read_is_refused_and_erased(college: World, client: SchoolClient) -> None:
    client.sit(college.people["head"])
    send(client, "<ExportEmploiDuTemps><Cours>", "edt.xml")
    one = brought(college)
    assert read(TIMETABLES, one.pk) == "refused"
    page = client.get(reverse("timetable:import", kwargs={"pk": one.pk})).content.decode()
    assert "Le fichier s’arrête au milieu" in page
    assert "001_edt.xml" in page
    assert uploads.folders(TIMETABLES.folder()) == []


def test_a_school_deals_with_one_at_a_time(college: World, client: SchoolClient) -> None:
    client.sit(college.people["secretary"])
    send(client)
    again = send(client)
    assert again.url == reverse("timetable:import", kwargs={"pk": brought(college).pk})
    assert len(uploads.folders(TIMETABLES.folder())) == 1
    assert "déjà en cours" in client.get(reverse(PAGE)).content.decode()


def test_what_changed_since_the_preview_is_shown_again(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    client.sit(college.people["secretary"])
    send(client)
    one = brought(college)
    read(TIMETABLES, one.pk)
    stages.agree(TIMETABLES, seat_of("secretary"), one)
    Group.objects.filter(year=college.year, name="6e A").update(name="6e Autre")
    rooms = Room.objects.count(), Subject.objects.count()
    assert apply(TIMETABLES, one.pk) == "preview"
    assert not mine().exists()
    assert (Room.objects.count(), Subject.objects.count()) == rooms
    assert brought(college).report["created"] == 0


def test_a_dropped_one_changes_nothing_and_a_second_click_is_told(
    college: World, client: SchoolClient
) -> None:
    client.sit(college.people["secretary"])
    send(client)
    one = brought(college)
    read(TIMETABLES, one.pk)
    drop = reverse("timetable:drop_import", kwargs={"pk": one.pk})
    assert "est abandonné" in client.post(drop, follow=True).content.decode()
    assert "a avancé entre-temps" in client.post(drop, follow=True).content.decode()
    address = reverse("timetable:apply_import", kwargs={"pk": one.pk})
    assert "a avancé entre-temps" in client.post(address, follow=True).content.decode()
    assert apply(TIMETABLES, one.pk) == "dropped"
    assert (mine().count(), uploads.folders(TIMETABLES.folder())) == (0, [])


def test_a_work_that_is_stopped_gives_the_import_up(
    college: World, client: SchoolClient, seat_of: Any
) -> None:
    client.sit(college.people["secretary"])
    send(client)
    one = brought(college)
    with pytest.raises(works.CannotStop):
        stages.stop_work(seat_of("teacher"), TIMETABLES.work_of(one.pk, one.state))
    stages.stop_work(seat_of("secretary"), "something.else-3")
    stages.stop_work(seat_of("secretary"), TIMETABLES.work_of(one.pk, one.state))
    assert read(TIMETABLES, one.pk) == "dropped"
    with pytest.raises(works.CannotStop):
        stages.stop_work(seat_of("secretary"), f"timetable.received-{one.pk}")


def test_wrong_kinds_of_files_are_said_and_nothing_is_kept(college: World, client: SchoolClient) -> None:
    client.sit(college.people["secretary"])
    response = send(client, "MZ", "virus.exe")
    assert response.status_code == 422
    assert "n’est pas un fichier" in response.content.decode()
    assert client.post(reverse(PAGE), {}).status_code == 422
    assert uploads.folders(TIMETABLES.folder()) == []
    assert not TimetableImport.objects.filter(school=college.school).exists()


def test_nobody_else_brings_a_timetable_nor_reads_one(
    college: World, twin: World, client: SchoolClient
) -> None:
    client.sit(college.people["secretary"])
    send(client)
    one = brought(college)
    for key in ("teacher", "cpe", "guardian", "pupil"):
        client.sit(college.people[key])
        assert client.get(reverse(PAGE)).status_code == 403
        assert client.get(reverse("timetable:import", kwargs={"pk": one.pk})).status_code == 404
    client.sit(twin.people["head"])
    assert client.get(reverse("timetable:import", kwargs={"pk": one.pk})).status_code == 404


def test_a_report_is_downloaded_without_anybody_s_name(college: World, client: SchoolClient) -> None:
    client.sit(college.people["secretary"])
    send(client)
    one = brought(college)
    read(TIMETABLES, one.pk)
    report = json.loads(client.get(reverse("timetable:import_json", kwargs={"pk": one.pk})).content)
    assert (report["read"], report["created"], report["aside"]) == (2, 1, 1)
    csv = b"".join(
        client.get(reverse("timetable:import_csv", kwargs={"pk": one.pk})).streaming_content
    ).decode()
    assert "001_emploi.csv;3;Théâtre;Enseignant inconnu" in csv
    for text in (json.dumps(report, ensure_ascii=False), csv):
        assert "Absente" not in text
    assert Line.objects.filter(verb="timetable.import_exported").count() == 2
    part = reverse("timetable:import_part", kwargs={"pk": one.pk, "part": "arrivent"})
    assert "Théâtre" in client.get(part).content.decode()
    assert client.get(part.replace("arrivent", "inconnu")).status_code == 404


def test_what_nobody_decides_on_goes_after_a_week(college: World, client: SchoolClient) -> None:
    client.sit(college.people["secretary"])
    send(client)
    one = brought(college)
    read(TIMETABLES, one.pk)
    assert stages.expire(TIMETABLES, timezone.now() + timedelta(days=6))["dropped"] == 0
    assert stages.expire(TIMETABLES, timezone.now() + timedelta(days=8))["dropped"] == 1
    assert (brought(college).state, uploads.folders(TIMETABLES.folder())) == ("dropped", [])
    send(client)
    lost = TimetableImport.objects.get(state="received")
    assert stages.expire(TIMETABLES, timezone.now() + timedelta(days=2))["silent"] == 1
    lost.refresh_from_db()
    assert lost.state == "refused"
    assert "n’a pas abouti" in lost.report["errors"][0]["reason"]


def test_files_that_vanished_are_said(college: World, client: SchoolClient) -> None:
    client.sit(college.people["secretary"])
    send(client)
    one = brought(college)
    uploads.remove(TIMETABLES.folder(), one.folder)
    assert read(TIMETABLES, one.pk) == "refused"
    assert "ne sont plus là" in brought(college).report["errors"][0]["reason"]


UNKNOWN = "Quand;Plage;Quoi;Pour qui;Remarque\nsamedi;8h-9h;Mathématiques;6e A;rien\n"


def test_columns_that_nobody_knows_are_said_once_and_remembered(
    college: World, twin: World, client: SchoolClient
) -> None:
    client.sit(college.people["secretary"])
    send(client, UNKNOWN)
    one = brought(college)
    assert read(TIMETABLES, one.pk) == "matching"
    page = client.get(reverse("timetable:import", kwargs={"pk": one.pk})).content.decode()
    assert "Aucun titre de colonne ne dit le jour" in page
    columns = reverse("timetable:import_columns", kwargs={"pk": one.pk})
    assert "samedi" in client.get(columns).content.decode()
    held = {"colonne-0": "day", "colonne-1": "hours", "colonne-2": "subject", "colonne-3": "class"}
    assert client.post(columns, held | {"colonne-3": "", "colonne-4": "day"}).status_code == 422
    client.post(columns, held)
    assert read(TIMETABLES, one.pk) == "preview"
    assert brought(college).report["created"] == 1
    assert "timetable.columns_named" in set(Line.objects.values_list("verb", flat=True))
    client.post(reverse("timetable:drop_import", kwargs={"pk": one.pk}))
    # The next one asks nothing; another school is asked.
    send(client, UNKNOWN)
    again = TimetableImport.objects.get(school=college.school, state="received")
    assert read(TIMETABLES, again.pk) == "preview"
    client.sit(twin.people["head"])
    send(client, UNKNOWN)
    assert read(TIMETABLES, TimetableImport.objects.get(school=twin.school).pk) == "matching"


def test_a_column_taken_for_another_is_put_right(college: World, client: SchoolClient) -> None:
    client.sit(college.people["secretary"])
    send(client, "Jour;Horaire;Cours;Discipline;Classe\nsamedi;8h-9h;Sport du samedi;Mathématiques;6e A\n")
    one = brought(college)
    read(TIMETABLES, one.pk)
    assert brought(college).report["subjects_created"] == ["Sport du samedi"]
    held = {
        "colonne-0": "day",
        "colonne-1": "hours",
        "colonne-2": "",
        "colonne-3": "subject",
        "colonne-4": "class",
    }
    client.post(reverse("timetable:import_columns", kwargs={"pk": one.pk}), held)
    read(TIMETABLES, one.pk)
    assert brought(college).report["subjects_created"] == []
