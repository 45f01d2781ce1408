"""Results in OneRoster 1.1: what pupils read, every reference found, no code taken for a number."""

import csv
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.management import call_command

from conftest import NOW
from preau.directory.seeds.world import World
from preau.domains.gradebook.models import Assessment, GradingPolicy
from preau.domains.gradebook.tests.read_scene import assessed, give, pupils_of

Rows = list[dict[str, str]]


def export(out: Path, *uais: str, more: tuple[str, ...] = ("--results",)) -> dict[str, Rows]:
    call_command(
        "export_oneroster", *(word for uai in uais for word in ("--school", uai)), "--out", str(out), *more
    )
    (archive,) = out.iterdir()
    with ZipFile(archive) as files:
        return {
            name.removesuffix(".csv"): list(csv.DictReader(StringIO(files.read(name).decode(), newline="")))
            for name in files.namelist()
        }


@pytest.fixture
def one(college: World) -> Assessment:
    """An assessment in which each has something else."""
    Assessment.objects.all().delete()
    made = assessed(college, "Bilan", scale=10)
    give(made, *zip(pupils_of(college)[:6], ["8.5", "ABS", "DISP", "NN", "NR", 0], strict=True))
    return made


def test_marks_are_results_and_codes_are_none(college: World, tmp_path: Path, one: Assessment) -> None:
    files = export(tmp_path, college.uai)
    assert [(row["score"], row["scoreStatus"]) for row in files["results"]] == [
        ("8.50", "fully graded"),
        ("0", "not submitted"),
        ("0.00", "fully graded"),
    ]
    assert files["results"][0]["studentSourcedId"] == college.people["pupil"].public_id
    (item,) = files["lineItems"]
    assert (item["title"], item["resultValueMax"], item["dueDate"]) == ("Bilan", "10.00", f"{one.day}")
    manifest = {row["propertyName"]: row["value"] for row in files["manifest"]}
    assert {manifest[f"file.{name}"] for name in ("categories", "lineItems", "results")} == {"bulk"}
    assert manifest["file.resources"] == "absent" and manifest["oneroster.version"] == "1.1"


def test_work_not_returned_counts_as_the_school_says(college: World, tmp_path: Path, one: Assessment) -> None:
    GradingPolicy.objects.create(school=college.school, not_returned="ignored")
    assert {row["scoreStatus"] for row in export(tmp_path, college.uai)["results"]} == {"fully graded"}


def test_each_reference_is_found_and_each_row_is_whole(
    college: World, tmp_path: Path, one: Assessment
) -> None:
    files = export(tmp_path, college.uai)
    ids = {name: {row["sourcedId"] for row in rows} for name, rows in files.items() if name != "manifest"}
    for row in files["lineItems"]:
        assert row["classSourcedId"] in ids["classes"] and row["categorySourcedId"] in ids["categories"]
        assert row["gradingPeriodSourcedId"] in ids["academicSessions"]
    for row in files["results"]:
        assert row["lineItemSourcedId"] in ids["lineItems"] and row["studentSourcedId"] in ids["users"]
    for name in ("categories", "lineItems", "results"):
        for row in files[name]:
            assert row["status"] == row["dateLastModified"] == "" and None not in row, name


def test_what_pupils_do_not_read_does_not_leave(
    college: World, twin: World, tmp_path: Path, one: Assessment
) -> None:
    pupil = college.people["pupil"]
    gone = assessed(college, "Supprimée", deleted_at=NOW)
    for other in (
        gone,
        assessed(college, "Brouillon", published_at=None),
        assessed(twin, "Ailleurs"),
        assessed(
            college, "Demain", published_at=NOW + timedelta(days=1), guardians_at=NOW + timedelta(days=1)
        ),
    ):
        give(other, (twin.people["pupil"] if other.school_id == twin.school.pk else pupil, 11))
    files = export(tmp_path, college.uai)
    assert [row["title"] for row in files["lineItems"]] == ["Bilan"]
    assert len(files["results"]) == 3


def test_without_being_asked_there_are_none(
    college: World, tmp_path: Path, one: Assessment, seat_of: Any
) -> None:
    files = export(tmp_path, college.uai, more=())
    assert "results" not in files and {row["type"] for row in files["academicSessions"]} == {"schoolYear"}
