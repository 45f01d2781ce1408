"""What `deploy/` holds is of this version: every variable, every command, every file that the document names."""

import configparser
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from django.core.management import get_commands

from deploy import elsewhere, example, sbom
from preau.foundation import timers

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
    assert set(example.variables()) <= set(example.meanings()), "each variable is told in docs/operations.md"


def test_the_environment_reads_the_same_in_a_shell_and_in_systemd() -> None:
    lines = [
        line for line in (DEPLOY / "preau.env.example").read_text().splitlines() if line and line[0] != "#"
    ]
    expected = {}
    for line in lines:
        found = re.fullmatch(r"([A-Z_]+)='([^'\\]*)'", line)
        assert found, line
        expected[found[1]] = found[2]
    result = subprocess.run(
        ["sh", "-c", f"set -a; . {DEPLOY / 'preau.env.example'}; env -0"],
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    read = dict(one.split("=", 1) for one in result.stdout.split("\0") if one)
    assert {name: read[name] for name in expected} == expected


@pytest.mark.parametrize("path", SERVICES, ids=lambda path: path.name)
def test_a_unit_runs_what_exists_and_may_write_its_own_folders_only(path: Path) -> None:
    known = get_commands()
    for words in commands(path):
        assert words[0].startswith("/srv/preau/.venv/bin/")
        if words[0].endswith("/python"):
            assert words[1:3] == ["-m", "preau"] and words[3] in known
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
    (block,) = [block for block in ROOTS if "certbot certonly --webroot" in block]
    folder = re.search(r"-w (\S+)", block)
    assert folder
    # What Debian's nginx serves as it is installed.
    assert folder[1] == "/var/www/html"
    assert f"root {folder[1]};" in (DEPLOY / "nginx.conf").read_text()
    assert block.index("certbot") < block.index("nginx.conf")
    # `http2 on` is of nginx 1.25.1: Debian 12 has 1.22.
    assert "http2 on;" in (DEPLOY / "nginx.conf").read_text() and "Debian 12" not in OPERATIONS


def test_what_a_procedure_types_is_installed() -> None:
    packages = " ".join(re.findall(r"apt-get install --yes (.*)", OPERATIONS))
    typed = "\n".join(block for _mark, block in BLOCKS)
    for program in ("age", "rsync", "certbot", "git", "nginx", "rclone"):
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
    components = {
        (one["name"], one["version"]): one.get("scope") for one in json.loads(sbom.written())["components"]
    }
    always = sbom.locked_in(ROOT / "requirements" / "prod.txt").items()
    every = sbom.locked_in(ROOT / "requirements" / "extras.txt").items()
    assert len(always) > 60 and always < every <= components.keys()
    assert {one for one, scope in components.items() if scope == "optional"} == set(every) - set(always)


def first_size(
    schools: float, *, sqlite: bool = False, workers: int = 1, processes: int
) -> tuple[float, ...]:
    """The sizing of docs/operations.md: people, pages a second, cores, gigabytes."""
    people, pages = schools * 1540, schools * 4 * 6000 / 600 / 43
    connections = 0 if sqlite else 2 * processes + workers
    megabytes = 210 * processes + 400 * workers + 200 + 0.04 * people / 10 + 30 * connections
    return people, pages, pages * 0.015 / 0.5, (megabytes + (500 if sqlite else 1000)) / 1000


def test_the_sizing_is_what_its_arithmetic_gives() -> None:
    text = OPERATIONS.split("\n### Cores and memory\n")[1].split("\n### ")[0]
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| ")][1:]
    known = {"one class, SQLite": 100 / 1540, "one collège": 1, "60 schools": 60}
    known |= {rows[3][0]: 100, rows[4][0]: 4000}
    assert len(rows) == len(known) == 5
    for name, people, pages, cores, processes, workers, memory, _machine, stands in rows:
        figures = [
            float(re.sub(r" each$| GB|(?<=\d) (?=\d)", "", cell.replace(" each", "")))
            for cell in (people, pages, cores, memory)
        ]
        size = first_size(
            known[name],
            sqlite="SQLite" in name,
            workers=int(workers.split()[0]),
            processes=int(processes.split()[0]),
        )
        for figure, true in zip(figures, size, strict=True):
            assert figure == pytest.approx(true, rel=0.08), (name, figure, true)
        assert "measured" in stands or "extrapolated" in stands or "line above" in stands, name


WHEN = {"erasures": "hourly", "look": "hourly", "backup": "*-*-* 00:30:00", "verify": "Sun *-*-* 06:00:00"}


def test_in_containers_each_timer_does_what_its_unit_does_when_it_does() -> None:
    assert {f"preau-{timer.name}.timer" for timer in timers.TIMERS} == {path.name for path in TIMERS}
    days = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
    for timer in timers.TIMERS:
        unit = DEPLOY / "systemd" / f"preau-{timer.name}.service"
        assert [" ".join(words[3:]) for words in commands(unit)] == list(timer.commands)
        day = "" if timer.weekday is None else f"{days[timer.weekday]} "
        when = "hourly" if timer.hour is None else f"{day}*-*-* {timer.hour:02}:{timer.minute:02}:00"
        assert Unit(unit.with_suffix(".timer"))["Timer"]["OnCalendar"] == when == WHEN[timer.name]


DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
STAGES = dict(re.findall(r"^FROM \S+ AS (\w+)\n(.*?)(?=^FROM |\Z)", DOCKERFILE, re.MULTILINE | re.DOTALL))
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
OURS = {
    name: service
    for name, service in COMPOSE["services"].items()
    if service["image"] == "preau:${PREAU_VERSION:-latest}"
}


def without_places(words: list[str]) -> list[str]:
    """The words of a server, but where it listens."""
    return [word for before, word in zip(["", *words], words, strict=False) if "--bind" not in (before, word)]


def test_containers_run_what_units_run() -> None:
    known, units = get_commands(), {}
    for path in SERVICES:
        for words in commands(path):
            units[path.stem.removeprefix("preau-")] = words
    assert set(OURS) == {"setup", "pages", "worker", "live", "timers"}
    assert without_places(OURS["pages"]["command"]) == ["gunicorn", *without_places(units["pages"][1:])]
    for name in ("worker", "live"):
        assert without_places(OURS[name]["command"]) == ["preau", *without_places(units[name][3:])]
    assert OURS["timers"]["command"][1] in known
    for words in OURS["setup"]["command"][2].split(" && "):
        program, command, *_options = words.split()
        assert program == "preau" and command in known
    (command_line,) = re.findall(r"^CMD (.*)$", STAGES["preau"], re.MULTILINE)
    assert without_places(json.loads(command_line)) == without_places(OURS["pages"]["command"])


def test_containers_write_in_the_places_of_the_units_alone() -> None:
    common = {"/etc/preau", "/srv/preau/var", "/run/preau", "/var/run/postgresql"}
    for name, service in OURS.items():
        inside = {volume.split(":")[1] for volume in service["volumes"]}
        also = {"worker": {"/srv/preau-deliveries"}, "timers": {"/srv/preau-backups"}}.get(name, set())
        assert inside == common | also, name
        assert "/etc/preau:/etc/preau:ro" in service["volumes"]
        assert service["read_only"] and service["cap_drop"] == ["ALL"] and service["tmpfs"] == ["/tmp"]
        assert service["security_opt"] == ["no-new-privileges:true"] and "privileged" not in service
        assert not service.get("ports")
    assert COMPOSE["services"]["database"]["network_mode"] == "none"
    named = {volume.split(":")[0] for one in COMPOSE["services"].values() for volume in one["volumes"]}
    assert {name for name in named if name[0] not in "./"} == set(COMPOSE["volumes"])
    assert [name for name, one in COMPOSE["services"].items() if one.get("ports")] == ["proxy"]
    for path in (name for name in named if name[0] == "."):
        assert (DEPLOY / path).exists()


def test_the_environment_of_containers_is_that_of_the_installation() -> None:
    """The same file, /etc/preau.env: what it names is where compose.yaml puts it."""
    for service in OURS.values():
        assert service["env_file"] == "/etc/preau.env" and "environment" not in service
    inside = {volume.split(":")[1] for one in OURS.values() for volume in one["volumes"]}
    needed = example.NEEDED
    assert str(Path(needed["SECRET_KEY_FILE"]).parent) in inside
    assert {needed["VAR_DIR"], needed["BACKUP_DIR"], needed["DATABASE_URL"].partition("host=")[2]} <= inside
    # What the probe of the image asks.
    assert "127.0.0.1" in needed["ALLOWED_HOSTS"].split(",")
    lines = re.findall(r"^ENV (.*(?:\\\n.*)*)", STAGES["preau"], re.MULTILINE)
    variables = {name for text in lines for name in re.findall(r"([A-Z_]+)=", text)}
    assert variables - {"PATH"} <= set(example.variables())
    assert set(re.findall(r"\$\{(\w+)", (DEPLOY / "compose.yaml").read_text())) == {
        "PREAU_VERSION",
        "SITE_NAME",
    }


def test_the_image_takes_what_exists_and_is_nobodys_root() -> None:
    for words in re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE):
        assert all((ROOT / path).exists() for path in words.split()), words
    assert re.findall(r"^USER (.*)$", STAGES["preau"], re.MULTILINE) == ["10001:10001"]
    assert "/sante/pret/" in STAGES["preau"].partition("HEALTHCHECK")[2]
    assert not re.search(r"nodejs|npm|pip", STAGES["preau"].partition("RUN")[2])
    users = (DEPLOY / "sysusers.d" / "preau.conf").read_text()
    for stage in ("preau", "proxy"):
        for name in set(re.findall(r"groupadd --gid \d+ (\S+)", STAGES[stage])):
            assert re.search(rf"^[ug] {name} ", users, re.MULTILINE), name


def test_the_proxy_of_containers_is_that_of_the_installation() -> None:
    """Its file is nginx.conf, with the sockets where the pages and the live process listen."""
    text = (DEPLOY / "nginx.conf").read_text()
    replaced = dict(re.findall(r"s,([\d.:]+),unix:(\S+?),", STAGES["proxy"]))
    for former, name in (("127.0.0.1:8000", "pages"), ("127.0.0.1:8001", "live")):
        assert f"server {former};" in text
        assert f"unix:{replaced[former]}" in OURS[name]["command"]
    proxy = COMPOSE["services"]["proxy"]
    inside = {volume.split(":")[1] for volume in proxy["volumes"]}
    for path in re.findall(r"(?:root|alias|ssl_certificate|ssl_certificate_key) (/[^;]+);", text):
        assert path == "/srv/preau/deploy" or any(path.startswith(place) for place in inside), path
    assert (
        "var:/srv/preau/var:ro" in proxy["volumes"] and f"s/{elsewhere.NAME}/$SITE_NAME/g" in STAGES["proxy"]
    )


def test_the_code_reads_nothing_that_a_wheel_lacks() -> None:
    """What lies outside of preau/ is named in the settings, where a wheel has places of its own for it."""
    named = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "preau").rglob("*.py")
        if "tests" not in path.parts and "BASE_DIR" in path.read_text()
    }
    assert named == {
        "preau/settings.py",
        # Refuses to start where there is no folder of the code.
        "preau/foundation/management/commands/start_house.py",
        # Where programs of its own are started.
        "preau/portal/management/commands/demo.py",
    }
