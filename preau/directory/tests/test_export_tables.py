"""The directory for a spreadsheet: who takes it away, what it says, and how it is written."""

import csv
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from conftest import SchoolClient
from preau.commons.journal.models import Line
from preau.directory.exports.tables import TABLES
from preau.directory.models import (
    Enrolment,
    Group,
    Guardianship,
    Holding,
    Person,
    School,
    SchoolYear,
)
from preau.directory.seeds.world import World
from preau.directory.words import Authority, Kinship, Role
from preau.foundation import csvtext

pytestmark = pytest.mark.django_db
PAGE = "/annuaire/livraisons/"
# The cast's: another pupil of the same name is in another class.
NINA = ["Nina", "5e B"]
MAY_NOT = ["cpe", "teacher", "pupil", "guardian"]


def address(key: str) -> str:
    return reverse("directory:export", kwargs={"key": key})


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))


@pytest.fixture
def take(client: SchoolClient, college: World) -> Any:
    """`take(table)`: the rows that somebody of the school is given, the heading apart."""

    def ask(key: str, by: str = "secretary") -> list[list[str]]:
        client.sit(college.people[by])
        response = client.post(address(key))
        assert response.status_code == 200
        body = b"".join(response.streaming_content).decode()
        assert body.startswith("\ufeff")
        return rows_of(body)[1:]

    return ask


# Who


@pytest.mark.parametrize("key", sorted(TABLES))
@pytest.mark.parametrize("who", ["head", "secretary"])
def test_head_and_secretary_take_their_directory_away(
    client: SchoolClient, college: World, key: str, who: str
) -> None:
    client.sit(college.people[who])
    assert address(key) in client.get(PAGE).content.decode()
    response = client.post(address(key))
    assert response.status_code == 200
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="annuaire-{key}-2026-11-24.csv"'
    rows = len(rows_of(b"".join(response.streaming_content).decode())) - 1
    line = Line.objects.get(verb="directory.exported")
    assert (line.actor, line.school, line.details) == (
        college.people[who],
        college.school,
        {"table": key, "rows": rows},
    )
    assert rows > 0


@pytest.mark.parametrize("key", sorted(TABLES))
@pytest.mark.parametrize("who", MAY_NOT)
def test_nobody_else_does(client: SchoolClient, college: World, key: str, who: str) -> None:
    client.sit(college.people[who])
    assert client.post(address(key)).status_code == 403
    assert not Line.objects.filter(verb="directory.exported")


def test_a_visitor_signs_in_first(client: SchoolClient, college: World) -> None:
    assert client.post(address("eleves")).status_code == 302


def test_the_neighbours_head_takes_their_own(client: SchoolClient, college: World, twin: World) -> None:
    client.sit(twin.people["head"])
    body = b"".join(client.post(address("responsables")).streaming_content).decode()
    assert {row[0] for row in rows_of(body)[1:]} == {twin.uai}


def test_what_is_not_a_table_is_not_found(client: SchoolClient, college: World) -> None:
    client.sit(college.people["head"])
    assert client.post(address("notes")).status_code == 404
    assert client.get(address("eleves")).status_code == 405


# What


def test_pupils_with_their_class(take: Any, college: World) -> None:
    pupil = college.people["pupil"]
    group = Group.objects.create(
        school=college.school, year=college.year, kind=Group.Kind.GROUP, name="5 LAT"
    )
    Enrolment.objects.create(school=college.school, group=group, pupil=pupil)
    rows = take("eleves")
    held = Holding.objects.active(timezone.localdate()).filter(school=college.school, role=Role.PUPIL)
    assert len(rows) == held.count()
    assert [college.uai, "Abadie", "Nina", pupil.birth_date.isoformat(), "5e B", "5 LAT"] in rows


def test_guardians_with_their_level(take: Any, college: World) -> None:
    mother = college.people["guardian"]
    Guardianship.objects.filter(guardian=college.people["other_guardian"]).update(
        authority=Authority.CONTACT, may_not_be_informed=True
    )
    mine = [row for row in take("responsables") if row[2:4] == NINA]
    assert [row[3:9] for row in mine] == [
        ["5e B", "Abadie", "Julie", "Mère", "Responsable légal", "1"],
        ["5e B", "Abadie", "Marc", "Père", "Personne à contacter", "2"],
    ]
    assert mine[0][9] == mother.email
    assert [row[11] for row in mine] == ["", "oui"]


def test_a_guardianship_that_has_ended_is_not_told(take: Any, college: World) -> None:
    Guardianship.objects.filter(guardian=college.people["other_guardian"]).update(ends=timezone.localdate())
    assert [row[5] for row in take("responsables") if row[2:4] == NINA] == ["Julie"]


def test_staff_and_classes(take: Any, college: World) -> None:
    staff = take("personnels")
    assert [college.uai, "Moreau", "Claire", "Enseignante"] in [row[:4] for row in staff]
    assert {row[3] for row in staff}.isdisjoint({"Élève"})
    assert [row[:5] for row in take("classes")] == [
        [college.uai, "Classe", "5e B", "5e", "6"],
        [college.uai, "Classe", "6e A", "6e", "6"],
    ]
    assert "Claire Moreau" in take("classes")[0][5]


def test_a_pupil_who_left_is_in_no_table(take: Any, college: World) -> None:
    college.people["pupil"].holdings.update(ends=timezone.localdate())
    assert not [row for row in take("eleves") if (row[2], row[4]) == ("Nina", "5e B")]
    assert not [row for row in take("responsables") if row[2:4] == NINA]
    assert [row[4] for row in take("classes") if row[2] == "5e B"] == ["5"]


def test_formulas_are_text(take: Any, college: World) -> None:
    Person.objects.filter(pk=college.people["pupil"].pk).update(family_name="=HYPERLINK(1)", given_name="+33")
    Person.objects.filter(pk=college.people["guardian"].pk).update(phone="+33 6 00 00 00 01")
    cells = [cell for key in TABLES for row in take(key) for cell in row]
    assert not [cell for cell in cells if cell.startswith(csvtext.RISKY)]
    assert {"'=HYPERLINK(1)", "'+33", "'+33 6 00 00 00 01"} <= set(cells)


def test_a_school_without_anybody_has_headings_alone(client: SchoolClient, college: World) -> None:
    school = School.objects.create(uai="0359904D", name="Collège neuf", kind=School.Kind.COLLEGE)
    Holding.objects.create(person=college.people["head"], role=Role.HEAD, school=school)
    client.sit(college.people["head"], f"staff-{school.pk}")
    for key, table in TABLES.items():
        body = b"".join(client.post(address(key)).streaming_content).decode()
        heading, *rows = rows_of(body)
        assert heading == [str(title) for title in table.header]
        assert len(rows) == (1 if key == "personnels" else 0), key


@pytest.mark.parametrize("key", sorted(TABLES))
def test_thirty_more_people_cost_no_query(client: SchoolClient, college: World, key: str) -> None:
    client.sit(college.people["head"])

    def queries() -> int:
        with CaptureQueriesContext(connection) as done:
            list(client.post(address(key)).streaming_content)
        return len(done)

    few = queries()
    group = Group.objects.get(year=college.year, name="5e B")
    for number in range(30):
        pupil = Person.objects.create(family_name=f"N{number}", given_name="E")
        guardian = Person.objects.create(family_name=f"N{number}", given_name="P")
        Holding.objects.create(person=pupil, role=Role.PUPIL, school=college.school)
        Holding.objects.create(person=guardian, role=Role.TEACHER, school=college.school)
        Enrolment.objects.create(school=college.school, group=group, pupil=pupil)
        Guardianship.objects.create(
            pupil=pupil, guardian=guardian, authority=Authority.LEGAL, kinship=Kinship.MOTHER
        )
        Group.objects.create(
            school=college.school, year=college.year, kind=Group.Kind.GROUP, name=f"G{number}"
        )
    assert queries() == few


# By the operator


def test_the_operator_exports_several_schools(college: World, twin: World, tmp_path: Path) -> None:
    out = tmp_path / "out"
    call_command("export_directory", "--school", college.uai, twin.uai, "--out", str(out))
    assert {path.name for path in out.iterdir()} == {f"annuaire-{key}-2026-11-24.csv" for key in TABLES}
    pupils = rows_of((out / "annuaire-eleves-2026-11-24.csv").read_text(encoding="utf-8"))
    assert {row[0] for row in pupils[1:]} == {college.uai, twin.uai}
    assert all(path.stat().st_mode & 0o077 == 0 for path in out.iterdir())


# XLSX, and back


def books(folder: Path) -> dict[str, list[list[Any]]]:
    """The sheets that were written, by their table."""
    found = {}
    for path in sorted(folder.glob("*.xlsx")):
        sheet = load_workbook(path).active
        found[path.name.split("-")[1]] = [
            ["" if cell is None else cell for cell in row] for row in sheet.iter_rows(values_only=True)
        ]
    return found


def test_a_workbook_says_what_the_csv_says(college: World, tmp_path: Path) -> None:
    for kind in ("csv", "xlsx"):
        call_command("export_directory", "--school", college.uai, "--out", str(tmp_path), "--format", kind)
    sheets = books(tmp_path)
    assert set(sheets) == set(TABLES)
    for path in tmp_path.glob("*.csv"):
        rows = rows_of(path.read_text(encoding="utf-8"))
        written = [[csvtext.safe(cell) for cell in row] for row in sheets[path.name.split("-")[1]]]
        assert written == rows


def test_a_workbook_holds_no_formula(client: SchoolClient, college: World) -> None:
    Person.objects.filter(pk=college.people["pupil"].pk).update(family_name="=1+1")
    client.sit(college.people["secretary"])
    response = client.post(address("eleves"), {"forme": "xlsx"})
    assert response.status_code == 200 and response["Content-Type"].endswith("spreadsheetml.sheet")
    sheet = load_workbook(BytesIO(b"".join(response.streaming_content))).active
    cells = {cell.value: cell.data_type for row in sheet.iter_rows() for cell in row}
    assert cells["=1+1"] == "s"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_is_taken_out_comes_back_equal_in_an_empty_school(
    college: World, twin: World, tmp_path: Path, kind: str
) -> None:
    """Pupils with their classes, guardians with what they are to each child, staff with what they do."""
    out, back = tmp_path / "out", tmp_path / "back"
    # The cast's have accents, which no official address has.
    for person in Person.objects.exclude(email=""):
        Person.objects.filter(pk=person.pk).update(email=f"personne.{person.pk}@famille.example")
    call_command("export_directory", "--school", college.uai, "--out", str(out), "--format", kind)
    empty = School.objects.create(uai="0350999B", name="Collège vide", kind=School.Kind.COLLEGE)
    year = SchoolYear.objects.create(
        school=empty, name=college.year.name, starts=college.year.starts, ends=college.year.ends
    )
    School.objects.filter(pk=empty.pk).update(current_year=year)
    call_command("import_tables", str(out), "--school", empty.uai)
    call_command("export_directory", "--school", empty.uai, "--out", str(back))
    call_command("export_directory", "--school", college.uai, "--out", str(out))
    for key in ("eleves", "responsables", "personnels"):
        first, second = (
            [row[1:] for row in rows_of(next(folder.glob(f"*{key}*.csv")).read_text(encoding="utf-8"))]
            for folder in (out, back)
        )
        assert sorted(second) == sorted(first)
        assert len(first) > 1
    before = Person.objects.count()
    call_command("import_tables", str(out), "--school", empty.uai, "--complete")
    assert Person.objects.count() == before
