"""`make release`: a number is given once, to a tree that passed, with what it asks of an operator; or nothing has changed."""

import hashlib
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from deploy import sbom
from deploy.release import NEXT, Refused, Release, main

ROOT = Path(__file__).parent.parent
DAY = date(2026, 12, 1)
UPGRADES = (
    "# Versions\n\n## To make a release\n\n1. As said.\n\n## Next version\n\n`NEW_SETTING`, off without it.\n"
)
CHANGES = "# Ce qui change\n\n## Prochaine version\n\n### Pour tous\n\n- Un préau plus grand.\n\n## 0.0.9 (1er mai 2026)\n\n- Avant.\n"


def git(root: Path, *words: str) -> str:
    return subprocess.run(
        ["git", *words], cwd=root, capture_output=True, text=True, check=True
    ).stdout.strip()


def passed(root: Path) -> None:
    (root / "build").mkdir(exist_ok=True)
    (root / "build" / "passed").write_text(git(root, "rev-parse", "HEAD^{tree}") + "\n")


@pytest.fixture
def code(tmp_path: Path) -> Path:
    """A folder of code whose last commit passed."""
    root = tmp_path / "code"
    for path, text in {
        "pyproject.toml": '[project]\nname = "preau"\nversion = "0.1.0.dev0"\n',
        "CHANGELOG.md": CHANGES,
        "docs/upgrades.md": UPGRADES,
        "requirements/prod.txt": "django==5.2.8 \\\n    --hash=sha256:00\n",
        "requirements/extras.txt": "django==5.2.8 \\\n    --hash=sha256:00\n",
        "package-lock.json": '{"packages": {"": {}}}',
        "deploy/sbom.json": "{}",
        ".gitignore": "/build/\n",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    git(root, "init", "--quiet", "--initial-branch=main")
    for name, value in (
        ("user.name", "Odile"),
        ("user.email", "odile@example.org"),
        ("tag.gpgSign", "false"),
        ("commit.gpgSign", "false"),
    ):
        git(root, "config", name, value)
    git(root, "add", ".")
    git(root, "commit", "--quiet", "--message", "all")
    passed(root)
    return root


def built(root: Path) -> None:
    """What bootstrap.py leaves; its real wheel is tried by tests/deployed/wheel.py."""
    folder = root / "build" / "release"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"preau-{sbom.version(root)}-py3-none-any.whl").write_text("a wheel")
    (folder / "requirements.txt").write_text("django==5.2.8\n")


def release(root: Path, number: str = "0.1.0", building: Callable[[Path], None] = built) -> None:
    Release(root, number, DAY, building).make()


def test_a_number_is_given_everywhere_at_once(code: Path) -> None:
    release(code)
    assert git(code, "status", "--porcelain") == ""
    assert git(code, "log", "--format=%s").splitlines()[:2] == [
        "release: Begin the next number",
        "release: Give 0.1.0 its number",
    ]
    assert git(code, "rev-parse", "0.1.0^{commit}") == git(code, "rev-parse", "HEAD^")
    assert 'version = "0.1.0"' in git(code, "show", "0.1.0:pyproject.toml")
    assert '"version": "0.1.0"' in git(code, "show", "0.1.0:deploy/sbom.json")
    changes = git(code, "show", "0.1.0:CHANGELOG.md")
    assert "## 0.1.0 (1er décembre 2026)\n\n### Pour tous" in changes and "Prochaine" not in changes
    assert "## 0.1.0 (2026-12-01)\n\n`NEW_SETTING`" in git(code, "show", "0.1.0:docs/upgrades.md")
    notes = git(code, "tag", "--list", "--format=%(contents)", "0.1.0")
    assert notes.startswith("Préau 0.1.0\n\n# For who runs it\n\n`NEW_SETTING`")
    assert "- Un préau plus grand." in notes and "Avant." not in notes


def test_what_is_handed_over_is_whole_and_has_its_digests(code: Path) -> None:
    release(code)
    folder = code / "build" / "release"
    digests = dict(line.split("  ")[::-1] for line in (folder / "SHA256SUMS").read_text().splitlines())
    assert set(digests) == {
        "preau-0.1.0-py3-none-any.whl",
        "requirements.txt",
        "preau-0.1.0.cdx.json",
        "NOTES.md",
    }
    assert set(digests) == {path.name for path in folder.iterdir()} - {"SHA256SUMS"}
    for name, digest in digests.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=folder, check=True)


def test_the_code_after_it_is_no_release_and_waits_for_what_comes(code: Path) -> None:
    release(code)
    assert sbom.version(code) == "0.2.0.dev0"
    assert (
        (code / "CHANGELOG.md")
        .read_text()
        .startswith("# Ce qui change\n\n## Prochaine version\n\n## 0.1.0 (1er décembre 2026)\n")
    )
    passed(code)
    with pytest.raises(Refused, match="says nothing under"):
        release(code, "0.2.0")


@pytest.mark.parametrize("number", ["0.2", "v0.2.0", "0.2.0.dev0", "0.2.0; true", ""])
def test_what_is_no_number_is_refused(code: Path, number: str) -> None:
    with pytest.raises(Refused, match="is not a number"):
        release(code, number)


@pytest.mark.parametrize("former", ["0.1.0", "0.1.1", "0.10.0", "1.0.0"])
def test_a_number_comes_after_those_that_were_given(code: Path, former: str) -> None:
    git(code, "tag", former)
    with pytest.raises(Refused, match="does not come after"):
        release(code)


def test_a_tree_that_did_not_pass_is_refused(code: Path) -> None:
    (code / "build" / "passed").unlink()
    with pytest.raises(Refused, match="make landing"):
        release(code)


def test_what_is_not_committed_is_refused(code: Path) -> None:
    (code / "new.py").touch()
    with pytest.raises(Refused, match="not committed"):
        release(code)


@pytest.mark.parametrize("path", ["docs/upgrades.md", "CHANGELOG.md"])
def test_a_version_of_which_nothing_is_said_is_refused(code: Path, path: str) -> None:
    text = (code / path).read_text()
    name = "## Next version\n" if path.startswith("docs") else "## Prochaine version\n"
    (code / path).write_text(text.split(name)[0] + name + "\n### Pour tous\n")
    git(code, "commit", "--all", "--quiet", "--message", "empty")
    passed(code)
    with pytest.raises(Refused, match=path):
        release(code)


def test_a_build_that_fails_leaves_the_folder_as_it_was(code: Path) -> None:
    before = git(code, "rev-parse", "HEAD")

    def broken(root: Path) -> None:
        raise subprocess.CalledProcessError(1, "uv")

    def another(root: Path) -> None:
        (root / "build" / "release").mkdir(parents=True)
        (root / "build" / "release" / "preau-9.9.9-py3-none-any.whl").touch()

    for building, error in ((broken, subprocess.CalledProcessError), (another, Refused)):
        with pytest.raises(error):
            release(code, building=building)
        assert git(code, "rev-parse", "HEAD") == before and git(code, "status", "--porcelain") == ""
        assert git(code, "tag", "--list") == "" and sbom.version(code) == "0.1.0.dev0"


def test_a_missing_number_is_asked_for(capsys: Any) -> None:
    assert main([]) == 2 and "VERSION=0.2.0" in capsys.readouterr().err


def test_this_code_may_be_released() -> None:
    """Its documents and its number have the form that a release reads."""
    number = sbom.version(ROOT)
    assert re.fullmatch(r"\d+\.\d+\.\d+(\.dev0)?", number)
    for path, name in NEXT.items():
        # At the commit of a tag, the part that waited has its number.
        heading = f"## {name}\n" if number.endswith(".dev0") else f"## {number} ("
        assert (ROOT / path).read_text().count(f"\n{heading}") == 1, path


def test_the_command_line_says_the_number_and_not_the_frameworks() -> None:
    for word in ("version", "--version"):
        done = subprocess.run(
            [sys.executable, "-m", "preau", word], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert done.stdout == f"{sbom.version(ROOT)}\n"
