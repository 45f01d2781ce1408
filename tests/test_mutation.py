"""A rule that no test holds is found by `make mutate`: otherwise its silence would mean nothing."""

import os
import subprocess
import sys
from pathlib import Path

from conftest import PATIENCE
from tests.mutation.mutants import mutants_of

ROOT = Path(__file__).parents[1]
WEAK = '''
LIMIT = 10


def may_enter(age: int, invited: bool) -> bool:
    """Held by its test."""
    return age >= LIMIT and invited


def may_stay(age: int) -> bool:
    """Called, and never doubted."""
    return age > 3
'''
TESTS = """
import pytest
from house import rules


@pytest.mark.parametrize(("age", "invited", "may"), [(10, True, True), (9, True, False), (10, False, False)])
def test_who_enters(age, invited, may):
    assert rules.may_enter(age, invited) is may


def test_who_stays():
    assert rules.may_stay(5) and {shown}
"""


def mutate(folder: Path, shown: str) -> subprocess.CompletedProcess[str]:
    house = folder / "house"
    house.mkdir()
    (house / "__init__.py").touch()
    (house / "rules.py").write_text(WEAK)
    (house / "test_rules.py").write_text(TESTS.replace("{shown}", shown))
    command = [sys.executable, "-m", "tests.mutation.run", "--rules", "house/rules.py", "--tests", "house"]
    return subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{folder}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=3 * PATIENCE,
    )


def test_a_weak_rule_is_told_with_its_file_its_line_and_the_change(tmp_path: Path) -> None:
    result = mutate(tmp_path, "True")
    assert result.returncode == 1, result.stderr
    assert "house/rules.py:12: return age > 3\n    age > 3 → True (1 tests pass)" in result.stdout
    assert "age > 3 → age >= 3" in result.stdout
    # The other rule is held: nothing is said of it.
    assert "LIMIT" not in result.stdout and "may_enter" not in result.stdout


def test_rules_that_are_held_pass(tmp_path: Path) -> None:
    result = mutate(tmp_path, "rules.may_stay(4) and not rules.may_stay(3)")
    assert result.returncode == 0, result.stdout + result.stderr
    assert " killed, 0 survived" in result.stdout


def test_a_test_that_fails_already_is_no_proof(tmp_path: Path) -> None:
    result = mutate(tmp_path, "rules.may_stay(0)")
    assert result.returncode == 1
    assert "fails already, hence proves nothing: house/test_rules.py::test_who_stays" in result.stdout


def test_a_test_that_fails_the_second_time_is_no_proof(tmp_path: Path) -> None:
    """Were every mutant killed by such tests, all would look well."""
    result = mutate(tmp_path, "not __import__('pathlib').Path('seen').exists() and open('seen', 'w')")
    assert result.returncode == 1
    assert "killed as it is, hence nothing is proved: house/rules.py: may_stay" in result.stdout


def test_what_may_be_wrong_in_a_rule() -> None:
    source = "def rule(viewer) -> bool:\n    return viewer.holds(HEAD, NURSE) and not viewer.age < 3\n"
    assert {mutant.change for mutant in mutants_of("rules.py", source)} >= {
        "viewer.holds(HEAD, NURSE) and (not viewer.age < 3) → False",
        "viewer.holds(HEAD, NURSE) and (not viewer.age < 3) → viewer.holds(HEAD, NURSE) or not viewer.age < 3",
        "without viewer.holds(HEAD, NURSE)",
        "without NURSE",
        "not viewer.age < 3 → viewer.age < 3",
        "viewer.age < 3 → viewer.age <= 3",
        "viewer.age < 3 → viewer.age >= 3",
        "3 → 4",
    }
