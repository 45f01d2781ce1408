"""Schemathesis reads our description of the API, asks our real server whatever it allows and forbids, and judges each answer."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conftest import NOW
from preau.directory.seeds.world import World
from preau.directory.viewer import viewer_for
from preau.domains.catalogue import rules
from preau.domains.catalogue.queries import index
from preau.identity import keys
from preau.identity.actions.keys import make_key
from tests.foreign.test_cas_clients import foreign
from tests.net.plan import AUDIT

foreign("schemathesis")
# Of each operation: a sample in the suite, more in `make audit`.
MOST_EXAMPLES = "60" if AUDIT else "12"
PROGRAM = Path(sys.executable).with_name("schemathesis")


def run(folder: Path, address: str, *more: str) -> dict[str, Any]:
    """What it reports; its own words where it says no."""
    report = folder / "report.json"
    asked = [
        str(PROGRAM),
        "run",
        f"{address}/api/v1/openapi.json",
        "--max-examples",
        MOST_EXAMPLES,
        "--seed",
        "1",
        "--no-color",
        "--generation-database",
        "none",
        "--report",
        "json",
        "--report-json-path",
        str(report),
        *more,
    ]
    done = subprocess.run(asked, capture_output=True, text=True, check=False, cwd=folder, timeout=300)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    told: dict[str, Any] = json.loads(report.read_text())
    return told


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    assert PROGRAM.exists() or shutil.which("schemathesis")
    monkeypatch.setattr(rules, "MOST_ASKED", 100_000)


def test_what_is_open_to_all_answers_as_it_is_described(
    live_server: Any, planted: dict[str, World], tmp_path: Path
) -> None:
    index.engine(wait=True)
    told = run(tmp_path, live_server.url, "--include-path-regex", "ressources")
    assert told, "it reports what it asked"


def test_what_a_key_opens_does_too(live_server: Any, planted: dict[str, World], tmp_path: Path) -> None:
    person = planted["college"].people["guardian"]
    viewer = viewer_for(person, person.account.pk, NOW)
    assert viewer is not None
    scopes = ["api", "api.agenda", "api.devoirs", "api.notifications"]
    _key, drawn = make_key(viewer, "token", "Essais", scopes, days=30, seen=0)
    header = f"Authorization: Bearer {keys.as_token(drawn)}"
    # No schema says that a period ends after it begins, and lasts two months at most: such days are refused in words.
    but = ("--exclude-checks", "positive_data_acceptance")
    assert run(tmp_path, live_server.url, "--exclude-path-regex", "ressources", "--header", header, *but)
