"""OneRoster deliveries: both versions, folder or zip, everything or changes."""

import json
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from preau.directory import exports
from preau.directory.models import Assignment, Delivery, Enrolment, ExternalId, Guardianship
from preau.directory.seeds import Academy, Degree, demo_academy, scale_academy
from preau.directory.seeds.oneroster import write_changes, write_oneroster
from preau.directory.tests.test_import_aaf import adds_up, rows
from preau.directory.words import Authority

pytestmark = pytest.mark.django_db
SAMPLES = (
    settings.BASE_DIR.parent
    / "shared"
    / "data"
    / "formats"
    / "standards"
    / "oneroster"
    / "OneRosterv1p1BaseCSV"
)


@pytest.fixture
def bring(tmp_path: Path) -> Any:
    """Import a folder or a zip and give its whole report; `code` is the exit code expected."""

    def run(path: Path, *arguments: str, code: int = 0) -> dict[str, Any]:
        report = tmp_path / "report.json"
        report.unlink(missing_ok=True)
        call = ["import_oneroster", str(path), "--json", str(report), *arguments]
        if code:
            with pytest.raises(CommandError) as error:
                call_command(*call)
            assert error.value.returncode == code
        else:
            call_command(*call)
        told: dict[str, Any] = json.loads(report.read_text())
        assert code or adds_up(told)
        return told

    return run


def test_the_sample_of_the_standard_adds_up_and_a_second_run_writes_no_row(bring: Any) -> None:
    if not SAMPLES.is_dir():
        pytest.skip("the sample of OneRoster is not on this machine (shared/data/formats/standards)")
    first = bring(SAMPLES)
    assert first["read"] == {"Eleve": 2, "EtabEducNat": 2}
    # Its schools have no UAI: they are set aside, and their pupils are kept without them.
    assert (first["created"], len(first["quarantined"])) == (2, 2)
    before = rows()
    second = bring(SAMPLES)
    assert (second["created"], second["changed"], second["ended"]) == (0, 0, 0)
    assert rows() == before


# Deliveries of our own generator


@pytest.fixture
def academy() -> Academy:
    return demo_academy(date(2026, 11, 20))


def open_classes(kind: str = "class") -> dict[str, set[str]]:
    """The classes of each pupil, by their key."""
    found: dict[str, set[str]] = {}
    rows = Enrolment.objects.filter(ends=None, source="oneroster", group__kind=kind)
    for key, name in rows.values_list("pupil__external_ids__value", "group__name"):
        found.setdefault(key, set()).add(name)
    return found


@pytest.mark.parametrize(("version", "zipped"), [("1.1", False), ("1.2", True)])
def test_an_academy_of_our_own_adds_up_and_a_second_run_writes_no_row(
    bring: Any, academy: Academy, tmp_path: Path, version: str, *, zipped: bool
) -> None:
    counts = write_oneroster(tmp_path / "d", academy, version=version, zipped=zipped)
    bring(tmp_path / "d", "--dry-run")
    assert not Delivery.objects.exists() and not ExternalId.objects.filter(source="oneroster").exists()
    first = bring(tmp_path / "d")
    # With 1.2, a teacher who is a parent is told as both.
    both = version == "1.2"
    assert sum(first["read"].values()) == counts["users"] + counts["orgs"] + counts["courses"] + both
    # One of these schools is here already, from another source.
    assert (first["created"] + first["changed"], first["quarantined"]) == (sum(first["read"].values()), [])
    before = rows()
    second = bring(tmp_path / "d")
    assert (second["created"], second["changed"], second["ended"]) == (0, 0, 0)
    assert rows() == before


def test_the_same_classes_and_families_as_the_plan(bring: Any, academy: Academy, tmp_path: Path) -> None:
    write_oneroster(tmp_path / "d", academy)
    bring(tmp_path / "d")
    classes, groups = open_classes(), open_classes("group")
    for school in academy.schools(Degree.SECOND):
        for pupil in school.pupils:
            assert classes[pupil.key] == {pupil.division.label}
            assert groups[pupil.key] >= set(pupil.groups)
            links = Guardianship.objects.filter(pupil__external_ids__value=pupil.key, ends=None)
            told = {link.guardian.key for link in pupil.kin.links} - {pupil.key}
            assert set(links.values_list("guardian__external_ids__value", flat=True)) == told
    assert {row.authority for row in Guardianship.objects.filter(source="oneroster")} == {Authority.CONTACT}
    heads = Assignment.objects.filter(source="oneroster", kind=Assignment.Kind.HEAD_TEACHER, ends=None)
    planned = sum(
        len(person.head_teacher_of) for school in academy.schools(Degree.SECOND) for person in school.staff
    )
    assert heads.count() == planned


def grown() -> Academy:
    """Two schools that are not here yet, and may be changed."""
    academy = scale_academy(2, 900, 7, today=date(2026, 11, 20))
    schools = list(academy.grow())
    return Academy(academy.code, academy.name, lambda: schools)


def shaken(academy: Academy) -> Academy:
    """The same académie some days later: each thing that may change has changed for somebody."""
    chance = Random(5)
    for school in academy.schools(Degree.SECOND):
        for pupil in chance.sample(school.pupils, 6):
            level = pupil.division.levels
            pupil.division = chance.choice([row for row in school.classes if row.levels == level])
        for pupil in chance.sample(school.pupils, 5):
            pupil.given += " Marie"
        for link in chance.sample([row for pupil in school.pupils for row in pupil.kin.links], 5):
            link.guardian.mail = "changed@example.org"
        for kin in chance.sample([pupil.kin for pupil in school.pupils if len(pupil.kin.links) > 1], 3):
            kin.links.pop()
        leaving = chance.sample(school.pupils, 4)
        school.pupils[:] = [pupil for pupil in school.pupils if pupil not in leaving]
        school.staff[:] = school.staff[:-1]
    return academy


def without_some(academy: Academy) -> Academy:
    """Before three more came to each school."""
    for school in academy.schools(Degree.SECOND):
        del school.pupils[:3]
    return academy


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_a_delta_leads_where_the_complete_delivery_would(bring: Any, tmp_path: Path, version: str) -> None:
    write_oneroster(tmp_path / "before", without_some(grown()), version=version)
    write_oneroster(tmp_path / "after", shaken(grown()), version=version)
    counts = write_changes(tmp_path / "before", tmp_path / "after", tmp_path / "delta", version)
    assert counts.keys() >= {"users", "enrollments", "demographics"}
    bring(tmp_path / "before")
    first = bring(tmp_path / "delta")
    assert first["applied"] and first["created"] and first["changed"] and first["ended"]
    told, before = list(exports.lines()), rows()
    again = bring(tmp_path / "delta")
    assert (rows(), again["created"], again["changed"]) == (before, 0, 0)
    whole = bring(tmp_path / "after")
    assert (whole["created"], whole["changed"], whole["ended"]) == (0, 0, 0)
    assert list(exports.lines()) == told
