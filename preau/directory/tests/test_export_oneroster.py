"""OneRoster: every file of the standard, every reference found, no guardian, no cell changed."""

import csv
from datetime import timedelta
from io import StringIO
from pathlib import Path
from zipfile import ZipFile

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from preau.directory.models import Enrolment, Group, Guardianship, Holding, Person, School, Subject
from preau.directory.seeds.world import World
from preau.directory.words import Role

pytestmark = pytest.mark.django_db
Rows = list[dict[str, str]]


def export(out: Path, *uais: str) -> dict[str, Rows]:
    call_command("export_oneroster", *(word for uai in uais for word in ("--school", uai)), "--out", str(out))
    (archive,) = out.iterdir()
    assert archive.suffix == ".zip" and archive.stat().st_mode & 0o077 == 0
    with ZipFile(archive) as files:
        assert all("/" not in name for name in files.namelist())
        return {
            name.removesuffix(".csv"): list(
                csv.DictReader(StringIO(files.read(name).decode("utf-8"), newline=""))
            )
            for name in files.namelist()
        }


@pytest.fixture
def files(college: World, twin: World, tmp_path: Path) -> dict[str, Rows]:
    return export(tmp_path / "out", college.uai, twin.uai)


def keys(rows: Rows) -> set[str]:
    found = {row["sourcedId"] for row in rows}
    assert len(found) == len(rows), "twice the same sourcedId"
    return found


def test_the_manifest_says_what_is_there(files: dict[str, Rows]) -> None:
    properties = {row["propertyName"]: row["value"] for row in files["manifest"]}
    assert (properties["manifest.version"], properties["oneroster.version"]) == ("1.0", "1.1")
    present = {name.removeprefix("file.") for name, value in properties.items() if value == "bulk"}
    assert present == set(files) - {"manifest"}
    assert {name for name, value in properties.items() if value == "absent"} == {
        f"file.{name}"
        for name in ("categories", "classResources", "courseResources", "lineItems", "resources", "results")
    }


def test_no_row_is_longer_than_its_heading_and_bulk_says_no_date(files: dict[str, Rows]) -> None:
    for name, rows in files.items():
        assert rows, name
        for row in rows:
            assert None not in row and None not in row.values(), name
            assert name == "manifest" or (row["status"], row["dateLastModified"]) == ("", "")


def test_every_reference_is_found(files: dict[str, Rows]) -> None:
    orgs, years, courses, classes, users = (
        keys(files[name]) for name in ("orgs", "academicSessions", "courses", "classes", "users")
    )
    for row in files["courses"]:
        assert row["orgSourcedId"] in orgs and row["schoolYearSourcedId"] in years
    for row in files["classes"]:
        assert (
            row["courseSourcedId"] in courses
            and row["schoolSourcedId"] in orgs
            and row["termSourcedIds"] in years
        )
    for row in files["users"]:
        assert set(row["orgSourcedIds"].split(",")) <= orgs
    keys(files["enrollments"])
    for row in files["enrollments"]:
        assert (
            row["classSourcedId"] in classes
            and row["userSourcedId"] in users
            and row["schoolSourcedId"] in orgs
        )
    assert keys(files["demographics"]) <= users


def test_counts_are_those_of_the_database(files: dict[str, Rows], college: World, twin: World) -> None:
    today = timezone.localdate()
    here = Holding.objects.active(today).filter(school__uai__in=[college.uai, twin.uai])
    pupils = set(here.filter(role=Role.PUPIL).values_list("person__public_id", flat=True))
    assert {row["sourcedId"] for row in files["users"] if row["role"] == "student"} == pupils
    teachers = set(here.filter(role=Role.TEACHER).values_list("person__public_id", flat=True))
    assert {row["sourcedId"] for row in files["users"] if row["role"] == "teacher"} == teachers
    classes = Group.objects.filter(school__uai__in=[college.uai, twin.uai])
    assert sum(row["classType"] == "homeroom" for row in files["classes"]) == classes.count()
    subjects = Subject.objects.filter(school=college.school).count()
    assert sum(row["classType"] == "scheduled" for row in files["classes"]) == classes.count() * subjects
    enrolled = Enrolment.objects.filter(group__in=classes).count()
    assert sum(row["role"] == "student" for row in files["enrollments"]) == enrolled * (subjects + 1)
    nina = college.people["pupil"]
    assert [row["birthDate"] for row in files["demographics"] if row["sourcedId"] == nina.public_id] == [
        nina.birth_date.isoformat()
    ]
    assert {row["sex"] for row in files["demographics"]} == {""}


def test_head_teachers_are_the_first_of_their_class(files: dict[str, Rows], college: World) -> None:
    teacher = college.people["teacher"].public_id
    mine = [row for row in files["enrollments"] if row["userSourcedId"] == teacher]
    homerooms = {row["sourcedId"] for row in files["classes"] if row["classType"] == "homeroom"}
    assert mine and all((row["primary"] == "true") == (row["classSourcedId"] in homerooms) for row in mine)


def test_neither_guardians_nor_leavers_nor_neighbours(college: World, twin: World, tmp_path: Path) -> None:
    college.people["pupil"].holdings.update(ends=timezone.localdate())
    files = export(tmp_path / "out", college.uai)
    text = str(files)
    members = Holding.objects.active(timezone.localdate()).filter(school=college.school).values("person_id")
    guardians = Guardianship.objects.exclude(guardian__in=members).values_list(
        "guardian__public_id", flat=True
    )
    assert guardians
    assert all(key not in text for key in guardians)
    assert college.people["pupil"].public_id not in text
    assert twin.mark not in text and twin.uai not in text


def test_what_begins_as_a_formula_comes_back_as_it_left(college: World, tmp_path: Path) -> None:
    Person.objects.filter(pk=college.people["pupil"].pk).update(
        public_id="-abcdefghijklmno", family_name="=1+1"
    )
    files = export(tmp_path / "out", college.uai)
    assert [row["familyName"] for row in files["users"] if row["sourcedId"] == "-abcdefghijklmno"] == ["=1+1"]
    assert any(row["userSourcedId"] == "-abcdefghijklmno" for row in files["enrollments"])


def test_two_exports_are_the_same(college: World, tmp_path: Path, clock: time_machine.Traveller) -> None:
    first = export(tmp_path / "a", college.uai)
    clock.shift(timedelta(hours=2))
    assert export(tmp_path / "b", college.uai) == first


def test_a_school_without_anybody_is_a_school(college: World, tmp_path: Path) -> None:
    School.objects.create(uai="0359904D", name="Collège neuf", kind=School.Kind.COLLEGE)
    files = export(tmp_path / "out", "0359904D")
    assert [row["identifier"] for row in files["orgs"]] == ["0359904D"]
    assert files["users"] == files["classes"] == files["enrollments"] == []


def test_pupils_cost_no_query(college: World, tmp_path: Path) -> None:
    def queries(name: str) -> int:
        with CaptureQueriesContext(connection) as done:
            export(tmp_path / name, college.uai)
        return len(done)

    few = queries("few")
    group = Group.objects.get(year=college.year, name="5e B")
    for number in range(30):
        pupil = Person.objects.create(family_name=f"N{number}", given_name="E")
        Holding.objects.create(person=pupil, role=Role.PUPIL, school=college.school)
        Enrolment.objects.create(school=college.school, group=group, pupil=pupil)
    assert queries("many") == few
