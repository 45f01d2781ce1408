"""The import contracts of pyproject.toml, asked of a small building with one planted mistake each."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import PATIENCE

ROOT = Path(__file__).parent.parent
HOUSES = ("foundation", "directory", "identity", "commons", "commons/journal", "domains", "portal")
DOMAINS = ("domains/attendance", "domains/homework", "domains/timetable")
ROOMS = ("models", "rules", "queries", "actions", "forms", "views")


@pytest.fixture
def building(tmp_path: Path) -> Path:
    """Floors, three domains and their rooms, all empty."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    package = tmp_path / "preau"
    for house in ("", *HOUSES, *DOMAINS):
        (package / house).mkdir(parents=True, exist_ok=True)
        (package / house / "__init__.py").touch()
    for domain in DOMAINS:
        for room in ROOMS:
            (package / domain / f"{room}.py").touch()
    for module in ("settings.py", "foundation/boards.py", "directory/models.py"):
        (package / module).touch()
    return tmp_path


def lint(building: Path) -> tuple[int, str]:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(
        command, cwd=building, capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    return done.returncode, " ".join(done.stdout.split())


def test_a_sound_building_is_accepted(building: Path) -> None:
    (building / "preau/domains/attendance/views.py").write_text(
        "from preau.domains.attendance import actions\n"
    )
    (building / "preau/domains/attendance/models.py").write_text(
        "from preau.domains.timetable import models\n"
    )
    code, output = lint(building)
    assert code == 0, output


@pytest.mark.parametrize(
    ("module", "line", "contract", "culprit"),
    [
        (
            "foundation/boards.py",
            "import preau.directory.models",
            "Floors",
            "foundation.boards -> preau.directory",
        ),
        (
            "domains/attendance/rules.py",
            "from preau.domains.homework import models",
            "Storeys",
            "attendance.rules",
        ),
        (
            "domains/timetable/models.py",
            "from preau.domains.attendance import models",
            "Storeys",
            "timetable.models",
        ),
        (
            "domains/attendance/models.py",
            "from preau.domains.attendance import views",
            "Rooms",
            "attendance.models",
        ),
        (
            "domains/attendance/queries.py",
            "from preau.domains.timetable import forms",
            "Doors",
            "timetable.forms",
        ),
        (
            "directory/models.py",
            "def late():\n    import preau.identity",
            "Floors",
            "directory.models -> preau.identity",
        ),
    ],
    ids=["upward", "neighbour", "lower storey", "room", "door", "inside a function"],
)
def test_a_planted_import_is_refused(
    building: Path, module: str, line: str, contract: str, culprit: str
) -> None:
    (building / "preau" / module).write_text(f"{line}\n")
    code, output = lint(building)
    assert code == 1
    assert f"{contract}:" in output.split("Broken contracts")[1]
    assert culprit in output


def test_a_cycle_is_refused(building: Path) -> None:
    house = building / "preau" / "foundation"
    (house / "boards.py").write_text("from preau.foundation import registry\n")
    (house / "registry.py").write_text("from preau.foundation import boards\n")
    code, output = lint(building)
    assert code == 1
    assert "No cycles" in output.split("Broken contracts")[1]
