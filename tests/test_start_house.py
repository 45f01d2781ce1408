"""`manage.py start_house`: a new domain whose files and lines elsewhere hold together."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import PATIENCE
from preau.foundation.management.commands.start_house import SKELETON, NotPossible, build, wire, words_of

ROOT = Path(__file__).parent.parent
UMBRELLAS = words_of("umbrellas", "Parapluies", "parapluie", "who has which umbrella")
# Named here, so that a change of one takes these tests (tests/touched.py).
SKELETON_FILES = {
    "__init__.py.txt",
    "actions.py.txt",
    "apps.py.txt",
    "forms.py.txt",
    "manifest.py.txt",
    "models.py.txt",
    "queries.py.txt",
    "rules.py.txt",
    "seeds.py.txt",
    "urls.py.txt",
    "views.py.txt",
    "HOUSE.html.txt",
    "add.html.txt",
    "props.py.txt",
    "routes.py.txt",
    "test_HOUSE.py.txt",
}
WIRED = ("README.md", "pyproject.toml", "preau/settings.py", "preau/urls.py")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """What the command writes to, outside of the new folder."""
    for name in WIRED:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_every_file_is_filled(root: Path) -> None:
    made = build(root, UMBRELLAS)
    rooms = {path.relative_to(root / "preau/domains/umbrellas").as_posix() for path in made}
    assert {
        "models.py",
        "rules.py",
        "views.py",
        "templates/umbrellas/umbrellas.html",
        "tests/routes.py",
    } <= rooms
    for path in made:
        text = path.read_text()
        assert not re.search("|".join(UMBRELLAS), text), path
        if path.suffix == ".py":
            ast.parse(text)


def test_the_files_of_the_skeleton_are_named_here() -> None:
    assert {path.name for path in SKELETON.rglob("*.txt")} == SKELETON_FILES


def test_it_has_its_lines_elsewhere(root: Path) -> None:
    wire(root, UMBRELLAS)
    for name, line in {
        "README.md": "│   ├── umbrellas/           who has which umbrella\n",
        "pyproject.toml": "| (umbrellas)",
        "preau/settings.py": '    "preau.domains.umbrellas",\n',
        "preau/urls.py": '    path("", include("preau.domains.umbrellas.urls")),\n',
    }.items():
        assert (root / name).read_text().count(line) == 1, name


def test_a_house_whose_storey_is_known_keeps_it(root: Path) -> None:
    before = (root / "pyproject.toml").read_text()
    assert "(webtv)" in before
    wire(root, words_of("webtv", "Web-télé", "émission", "what the school broadcasts"))
    assert (root / "pyproject.toml").read_text() == before


@pytest.mark.parametrize("name", ["Umbrellas", "my umbrellas", "l", "../umbrellas"])
def test_a_name_that_is_no_plural_noun_is_refused(root: Path, name: str) -> None:
    with pytest.raises(NotPossible, match="small letters"):
        build(root, words_of(name, "Parapluies", "parapluie", ""))


def test_a_house_that_is_there_is_left_alone(root: Path) -> None:
    build(root, UMBRELLAS)
    (root / "preau/domains/umbrellas/rules.py").write_text("mine")
    with pytest.raises(NotPossible, match="is there"):
        build(root, UMBRELLAS)
    assert (root / "preau/domains/umbrellas/rules.py").read_text() == "mine"


@pytest.mark.long
def test_the_building_stands_with_it(tmp_path: Path) -> None:
    """In a copy: the command, then Django's checks, the migrations and the import contracts."""
    for name in ("README.md", "pyproject.toml", "manage.py", "conftest.py"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "preau", tmp_path / "preau", ignore=shutil.ignore_patterns("__pycache__"))
    started = [
        "start_house",
        "umbrellas",
        "--label",
        "Parapluies",
        "--one",
        "parapluie",
        "--says",
        "who has which umbrella",
    ]
    for command in (
        [sys.executable, "manage.py", *started],
        [sys.executable, "manage.py", "check"],
        [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
    ):
        done = subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=PATIENCE
        )
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    assert (tmp_path / "preau/domains/umbrellas/migrations/0001_umbrellas.py").exists()
