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
        # Where deliveries are left, for the worker alone.
        *(["/srv/preau-deliveries"] if path.name == "preau-worker.service" else []),
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


OPERATIONS = (ROOT / "docs" / "operations.md").read_text()
BLOCKS = re.findall(r"^ *```sh( root)?\n(.*?)^ *```$", OPERATIONS, re.MULTILINE | re.DOTALL)
ROOTS = [block for mark, block in BLOCKS if mark]


def test_who_serves_reads_the_files_of_people_and_no_secret() -> None:
    users = (DEPLOY / "sysusers.d" / "preau.conf").read_text()
    assert re.findall(r"^m (\S+) (\S+)$", users, re.MULTILINE) == [("www-data", "preau-files")]
    folders = re.findall(
        r"^[dZ] (\S+) (\S+) (\S+) (\S+) -$", (DEPLOY / "tmpfiles.d" / "preau.conf").read_text(), re.MULTILINE
    )
    assert {path for path, _mode, _owner, group in folders if group == "preau-files"} == {
        "/srv/preau/var/media/fichiers"
    }
    for path, mode, _owner, _group in folders:
        if path in ("/srv/preau/var", "/srv/preau/var/media"):
            # Gone through, by name; neither listed nor read.
            assert mode == "0711"
    assert "\numask 0027\n" in (DEPLOY / "bin" / "preau").read_text()
    text = "\n".join(ROOTS)
    for path in ("/etc/preau/secret_key", "/etc/preau.env"):
        assert re.search(rf"install -m 400 -o preau -g preau \S+ {path}$", text, re.MULTILINE), path
    assert not re.search(r"install .*-m 6[4-7]0|chgrp preau", text)


def test_root_runs_nothing_that_the_service_may_write() -> None:
    text = "\n".join(ROOTS)
    assert not re.search(r"chown -R preau\b(?!-)", text)
    assert not re.search(r"runuser -u preau (?!-build)", text)
    assert "install -m 755 /srv/preau/deploy/bin/preau /usr/local/bin/preau" in text
    folders = (DEPLOY / "tmpfiles.d" / "preau.conf").read_text()
    mine = set(re.findall(r"^d (/srv/preau(?:/\S*)?) \S+ preau ", folders, re.MULTILINE))
    assert all(path.startswith("/srv/preau/var") for path in mine)


def test_nothing_is_started_before_a_restore() -> None:
    install = OPERATIONS.split("\n## Install")[1].split("\n## ")[0]
    restore = OPERATIONS.split("\n## Restore")[1].split("\n## ")[0]
    back = OPERATIONS.split("\n## Roll back")[1].split("\n## ")[0]
    before = install.split("\n6. ")[0]
    assert "steps 1 to 5 of the installation" in restore and "enable" not in before
    assert restore.index("systemctl stop") < restore.index("preau restore")
    assert "enable" not in restore
    assert back.index("systemctl stop") < back.index("preau restore") and "--replace" in back
    assert "restart preau-worker preau-live" in back


def test_the_certificate_can_be_had_before_the_file_is_taken_up() -> None:
    (block,) = [block for block in ROOTS if "certbot certonly" in block]
    folder = re.search(r"-w (\S+)", block)
    assert folder
    # What Debian's nginx serves as it is installed.
    assert folder[1] == "/var/www/html"
    assert f"root {folder[1]};" in (DEPLOY / "nginx.conf").read_text()
    assert block.index("certbot") < block.index("nginx.conf")
    # `http2 on` is of nginx 1.25.1: Debian 12 has 1.22.
    assert "http2 on;" in (DEPLOY / "nginx.conf").read_text() and "Debian 12" not in OPERATIONS


def test_what_a_procedure_types_is_installed() -> None:
    (packages,) = re.findall(r"apt-get install --yes (.*)", OPERATIONS)
    typed = "\n".join(block for _mark, block in BLOCKS)
    for program in ("age", "rsync", "certbot", "git", "nginx"):
        if re.search(rf"^ *{program} ", typed, re.MULTILINE):
            assert any(name.split("-")[0] == program for name in packages.split()), program


def test_a_copy_elsewhere_forgets_what_is_past_its_term() -> None:
    (line,) = re.findall(r"rsync --.*", "\n".join(block for _mark, block in BLOCKS))
    assert "--delete" in line


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
