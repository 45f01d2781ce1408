"""What `deploy/` holds is of this version: every variable, every command, every file that the document names."""

import configparser
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands

from deploy import example, sbom

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
SERVICES = sorted((DEPLOY / "systemd").glob("*.service"))
TIMERS = sorted((DEPLOY / "systemd").glob("*.timer"))


class Unit(configparser.ConfigParser):
    """A file of systemd: case counts, and only `=` separates."""

    optionxform = staticmethod(str)  # type: ignore[assignment]

    def __init__(self, path: Path) -> None:
        super().__init__(delimiters=("=",), strict=False, interpolation=None)
        self.read(path)


def commands(path: Path) -> Iterator[list[str]]:
    for line in path.read_text().splitlines():
        if line.startswith(("ExecStart=", "ExecStartPost=")):
            yield line.partition("=")[2].split()


def test_the_environment_is_that_of_the_settings() -> None:
    assert (DEPLOY / "preau.env.example").read_text() == example.written(), "run python deploy/example.py"
    assert set(example.variables()) <= set(example.told()), "each variable is told in docs/operations.md"


def test_the_environment_reads_the_same_in_a_shell_and_in_systemd() -> None:
    lines = [
        line for line in (DEPLOY / "preau.env.example").read_text().splitlines() if line and line[0] != "#"
    ]
    expected = {}
    for line in lines:
        found = re.fullmatch(r"([A-Z_]+)='([^'\\]*)'", line)
        assert found, line
        expected[found[1]] = found[2]
    told = subprocess.run(
        ["sh", "-c", f"set -a; . {DEPLOY / 'preau.env.example'}; env -0"],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    read = dict(one.split("=", 1) for one in told.stdout.split("\0") if one)
    assert {name: read[name] for name in expected} == expected


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_a_unit_runs_what_exists_and_may_write_its_own_folders_only(path: Path) -> None:
    known = get_commands()
    for words in commands(path):
        assert words[0].startswith("/srv/preau/.venv/bin/")
        if words[1] == "manage.py":
            assert words[2] in known
    service = Unit(path)["Service"]
    assert service["User"] == "preau" and service["ProtectSystem"] == "strict" and service["UMask"] == "0027"
    assert {one.lstrip("-") for one in service["ReadWritePaths"].split()} <= {
        "/srv/preau/var",
        "/srv/preau-backups",
    }
    if service.get("Type") != "oneshot":
        assert service["Restart"] == "always" and service["RestartPreventExitStatus"] == "4"


def test_each_timer_has_its_service_and_makes_up_for_a_lost_night() -> None:
    for path in TIMERS:
        assert path.with_suffix(".service") in SERVICES
        assert Unit(path)["Timer"]["Persistent"] == "yes"


def test_the_document_names_every_file_and_no_other() -> None:
    text = (ROOT / "docs" / "operations.md").read_text()
    named = set(re.findall(r"preau-[a-z]+\.(?:service|timer)", text))
    assert named == {path.name for path in (*SERVICES, *TIMERS)}
    for path in re.findall(r"\bdeploy/[\w./-]*[\w]", text):
        assert (ROOT / path).exists(), path


def test_no_log_of_the_proxy_holds_parameters() -> None:
    text = (DEPLOY / "nginx.conf").read_text()
    (form,) = re.findall(r"log_format preau '(.*)';", text)
    assert not re.search(r"\$(request|request_uri|args|query_string|http_referer)\b", form)
    assert re.findall(r"^error_log \S+ (\w+);", text, re.MULTILINE) == ["alert"]


def test_the_list_of_what_runs_is_that_of_the_locked_files() -> None:
    assert (DEPLOY / "sbom.json").read_text() == sbom.written(), "run python deploy/sbom.py"
    locked = re.findall(
        r"^([A-Za-z0-9._-]+)==", (ROOT / "requirements" / "prod.txt").read_text(), re.MULTILINE
    )
    told = {one["name"] for one in json.loads(sbom.written())["components"]}
    assert {name.lower() for name in locked} <= told
