"""`manage.py compute_averages`: one line a file, in their order; a malformed one ends it with 2."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from preau.domains.gradebook.management.commands.compute_averages import Command
from preau.domains.gradebook.tests.test_averages import ANSWER, EXAMPLE, changed


def run(*files: Path) -> tuple[str, str, int]:
    out, err = StringIO(), StringIO()
    code = 0
    try:
        call_command(Command(), *map(str, files), stdout=out, stderr=err)
    except SystemExit as end:
        code = int(end.code or 0)
    return out.getvalue(), err.getvalue(), code


@pytest.fixture
def book(tmp_path: Path) -> Any:
    def write(name: str, content: dict[str, Any]) -> Path:
        file = tmp_path / name
        file.write_text(json.dumps(content))
        return file

    return write


def test_each_file_has_its_line_in_their_order(book: Any) -> None:
    exact = book("b.json", {**EXAMPLE, "general_from": "exact"})
    out, err, code = run(exact, book("a.json", EXAMPLE))
    first, second = map(json.loads, out.splitlines())
    assert second == ANSWER and first["pupils"]["p"]["general"] == "13.1"
    assert err == "" and code == 0


def test_a_malformed_file_ends_with_two_and_one_sentence(book: Any) -> None:
    out, err, code = run(book("good.json", EXAMPLE), book("bad.json", changed("marks.0.value", "21")))
    assert json.loads(out) == ANSWER
    assert code == 2 and err.count("\n") == 1
    assert "bad.json, marks[0].value" in err and "« p »" in err.replace("\u202f", " ") and "a1" in err


def test_a_file_that_is_not_there_ends_with_two(tmp_path: Path) -> None:
    out, err, code = run(tmp_path / "none.json")
    assert (out, code) == ("", 2) and "ne peut pas être lu" in err
