"""The exports of SIECLE and STSWEB into the directory."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from preau.directory.models import Enrolment, Group, Guardianship, Person, School
from preau.directory.tests.test_import_aaf import adds_up, reasons, rows

pytestmark = pytest.mark.django_db
SAMPLES = settings.BASE_DIR.parent / "shared" / "data" / "formats" / "siecle"


@pytest.fixture
def bring(tmp_path: Path) -> Any:
    """Import files or folders and give the whole report; `code` is the exit code expected."""

    def run(*paths: Path, options: tuple[str, ...] = (), code: int = 0, command: str = "import_siecle") -> dict[str, Any]:
        report = tmp_path / "report.json"
        report.unlink(missing_ok=True)
        arguments = [*map(str, paths), "--json", str(report), *options]
        if code:
            with pytest.raises(CommandError) as error:
                call_command(command, *arguments)
            assert error.value.returncode == code
        else:
            call_command(command, *arguments)
        told: dict[str, Any] = json.loads(report.read_text())
        return told

    return run


@pytest.fixture
def samples() -> Path:
    if not SAMPLES.is_dir():
        pytest.skip("the samples of SIECLE are not on this machine (shared/data/formats/siecle)")
    return SAMPLES


def test_a_collège_comes_out_of_its_exports(bring: Any, samples: Path) -> None:
    report = bring(samples / "college-2009-complet")
    print(report["read"], {r: sum(n["reason"] == r for n in report["warnings"]) for r in reasons(report)}, report["quarantined"][:5])
    assert adds_up(report)
    assert report["read"]["Eleve"] == 533
    school = School.objects.get(uai="0999999X")
    assert Enrolment.objects.filter(school=school, group__kind="class").values("pupil").distinct().count() == 401
    groups = Group.objects.filter(school=school)
    assert (groups.filter(kind="class").count(), groups.filter(kind="group").count()) == (17, 25)
    assert Guardianship.objects.filter(source="siecle").count() == 1017
    print(School.objects.values(), list(Group.objects.values_list("name","level"))[:5])
    before = rows()
    again = bring(samples / "college-2009-complet")
    assert rows() == before and adds_up(again)
    assert again["unchanged"] == sum(again["read"].values())
    assert 0


@pytest.mark.parametrize("part", ["lycee-v4-structures", "college-v4-structures", "exports"])
def test_p(bring: Any, samples: Path, part: str) -> None:
    report = bring(samples / part)
    assert adds_up(report)
    before = rows()
    bring(samples / part)
    assert rows() == before
    print(School.objects.values("uai","name","kind"), Group.objects.filter(school__uai='0999999X',kind='group').count(),list(Group.objects.filter(kind='class',school__uai="0999999X").values_list("name","level")))
    assert 0
