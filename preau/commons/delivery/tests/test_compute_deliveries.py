"""`manage.py compute_deliveries`: the example of its page, and files that say wrong things."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from preau.commons.delivery import imports
from preau.commons.delivery.management.commands.compute_deliveries import Command
from preau.foundation.jsonfiles import Malformed

EXAMPLE: dict[str, Any] = {
    "timezone": "Europe/Paris",
    "opens": "07:00",
    "closes": "20:00",
    "days": [1, 2, 3, 4, 5],
    "closed": [["2026-12-25", "2026-12-25"]],
    "people": {"m": {"quiet": [["18:00", "08:30"]], "days": [1, 2, 3, 4, 5, 6]}, "t": {}},
    "items": [
        {"id": "i1", "to": "m", "kind": "ordinary", "ready": "2026-11-27T17:59:59+01:00"},
        {"id": "i2", "to": "m", "kind": "ordinary", "ready": "2026-11-27T18:00:00+01:00"},
        {"id": "i3", "to": "t", "kind": "ordinary", "ready": "2026-11-27T20:00:00+01:00"},
        {"id": "i4", "to": "t", "kind": "urgent", "ready": "2026-11-29T03:00:00+01:00"},
    ],
}
ANSWER = {
    "items": {
        "i1": "2026-11-27T17:59:59+01:00",
        "i2": "2026-11-30T08:30:00+01:00",
        "i3": "2026-11-30T07:00:00+01:00",
        "i4": "2026-11-29T03:00:00+01:00",
    }
}


def changed(**keys: Any) -> dict[str, Any]:
    return EXAMPLE | keys


def test_each_file_has_its_line_in_their_order(tmp_path: Path) -> None:
    first, second = tmp_path / "b.json", tmp_path / "a.json"
    first.write_text(json.dumps(EXAMPLE))
    second.write_text(json.dumps(changed(items=[])))
    out = StringIO()
    call_command(Command(), str(first), str(second), stdout=out)
    assert [json.loads(line) for line in out.getvalue().splitlines()] == [ANSWER, {"items": {}}]


def test_a_malformed_file_ends_with_two_and_one_sentence(tmp_path: Path) -> None:
    file, err = tmp_path / "bad.json", StringIO()
    file.write_text(json.dumps(changed(opens="7h")))
    with pytest.raises(SystemExit) as ended:
        call_command(Command(), str(file), stdout=StringIO(), stderr=err)
    assert ended.value.code == 2 and err.getvalue().count("\n") == 1 and "bad.json, opens" in err.getvalue()


ITEM = EXAMPLE["items"][0]


@pytest.mark.parametrize(
    ("keys", "path"),
    [
        ({"timezone": "Europe/Rennes"}, "timezone"),
        ({"timezone": "../etc"}, "timezone"),
        ({"opens": "25:00"}, "opens"),
        ({"opens": 7}, "opens"),
        ({"closes": "07:00"}, "closes"),
        ({"days": [0]}, "days[0]"),
        ({"days": [True]}, "days[0]"),
        ({"days": "lundi"}, "days"),
        ({"closed": [["2026-12-25"]]}, "closed[0]"),
        ({"closed": [["2026-12-26", "2026-12-25"]]}, "closed[0]"),
        ({"closed": [["2026-02-30", "2026-03-25"]]}, "closed[0][0]"),
        ({"people": []}, "people"),
        ({"people": {"m": {"quiet": [["18:00", "8:30"]]}, "t": {}}}, "people.m.quiet[0][1]"),
        ({"people": {"m": {"days": None}, "t": {}}}, "people.m.days"),
        ({"people": {"t": {}}}, "items[0].to"),
        ({"items": [ITEM | {"kind": "important"}]}, "items[0].kind"),
        ({"items": [ITEM | {"ready": "2026-11-27T18:00:00"}]}, "items[0].ready"),
        ({"items": [ITEM | {"ready": "demain"}]}, "items[0].ready"),
        ({"items": [ITEM, ITEM]}, "items[1].id"),
    ],
)
def test_what_is_wrong_is_said_with_its_path(keys: dict[str, Any], path: str) -> None:
    with pytest.raises(Malformed) as refused:
        imports.read(json.dumps(changed(**keys)).encode())
    assert refused.value.path == path and refused.value.sentence.endswith(".")


@pytest.mark.parametrize("key", list(EXAMPLE))
def test_a_key_that_is_missing_is_named(key: str) -> None:
    with pytest.raises(Malformed) as refused:
        imports.read(json.dumps({name: value for name, value in EXAMPLE.items() if name != key}).encode())
    assert refused.value.path == key


def test_nothing_leaves_within_sixty_days_is_null() -> None:
    never = changed(closed=[["2026-01-01", "2027-12-31"]])
    found = imports.written(imports.read(json.dumps(never).encode()))["items"]
    assert [found[key] for key in ("i2", "i3")] == [None, None] and found["i4"] is not None
