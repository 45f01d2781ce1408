"""`make test-deployed`: the files of `deploy/` taken up by the programs that read them: nginx in front of gunicorn, systemd, the shell."""

import http.client
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from conftest import PATIENCE
from deploy import elsewhere
from tests.site_apart import ROOT, SiteApart, laid
from tests.test_check_site import certificate

NAME = elsewhere.NAME
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise AssertionError(f"nothing listens on {port}")


class Deployed:
    """gunicorn as preau-pages.service starts it, nginx by nginx.conf; only places and ports are others."""

    def __init__(self, folder: Path, site: SiteApart) -> None:
        self.folder, self.site = folder, site
        self.pages_port, self.plain, self.port = free_port(), free_port(), free_port()
        self.logs = folder / "logs"
        self.logs.mkdir()
        self.configuration = folder / "nginx.conf"
        pem = certificate(folder, datetime(2040, 1, 1, tzinfo=UTC))
        ports = {"pages": self.pages_port, "plain": self.plain, "port": self.port}
        self.configuration.write_text(elsewhere.nginx(folder, pem, site.folder / "var", **ports))

    def start(self) -> None:
        self.start_pages()
        command = [NGINX, "-c", str(self.configuration), "-e", str(self.logs / "start.log")]
        result = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stderr
        self.nginx = subprocess.Popen([*command, "-g", "daemon off;"])
        wait_for(self.port)

    def start_pages(self) -> None:
        words = [
            word.replace("127.0.0.1:8000", f"127.0.0.1:{self.pages_port}")
            for word in elsewhere.words_of_pages()
        ]
        given = self.site.surroundings(
            ALLOWED_HOSTS=NAME,
            PUBLIC_URL=f"https://{NAME}",
            TRUSTED_PROXY="1",
            FILES_ACCEL="/fichiers-internes/",
        )
        with (self.folder / "pages.log").open("ab") as log:
            self.pages = subprocess.Popen(
                [str(Path(sys.executable).parent / "gunicorn"), *words],
                cwd=ROOT,
                env=given,
                stdout=log,
                stderr=log,
            )
        wait_for(self.pages_port)

    def stop_pages(self) -> None:
        self.pages.send_signal(signal.SIGTERM)
        self.pages.wait(60)

    def stop(self) -> None:
        self.stop_pages()
        self.nginx.send_signal(signal.SIGQUIT)
        self.nginx.wait(60)

    def ask(self, method: str, address: str, *, host: str = NAME, **others: Any) -> tuple[int, Any, str]:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        with (
            socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as plain,
            context.wrap_socket(plain, server_hostname=host) as sealed,
        ):
            asked = http.client.HTTPSConnection(host)
            asked.sock = sealed
            asked.request(method, address, **others)
            answer = asked.getresponse()
            return answer.status, answer.headers, answer.read().decode()


@pytest.fixture(scope="module")
def deployed(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Deployed]:
    folder = tmp_path_factory.mktemp("deployed")
    folder.chmod(0o755)
    with django_db_blocker.unblock():
        site = laid(folder / "site")
    found = Deployed(folder, site)
    found.start()
    yield found
    found.stop()
    with django_db_blocker.unblock():
        site.leave()


def test_pages_are_served_over_https_and_plain_http_leads_there(deployed: Deployed) -> None:
    status, headers, page = deployed.ask("GET", "/connexion/")
    assert status == 200 and "Préau" in page and headers["Strict-Transport-Security"]
    with socket.create_connection(("127.0.0.1", deployed.plain), timeout=PATIENCE) as plain:
        asked = http.client.HTTPConnection(NAME)
        asked.sock = plain
        asked.request("GET", "/connexion/")
        answer = asked.getresponse()
        assert answer.status == 301 and answer.headers["Location"] == f"https://{NAME}/connexion/"


def test_another_name_gets_no_answer(deployed: Deployed) -> None:
    with pytest.raises((ssl.SSLError, http.client.RemoteDisconnected, ConnectionResetError)):
        deployed.ask("GET", "/", host="other.example.org")


def test_what_preau_takes_goes_through_and_what_is_over_is_said_in_french(deployed: Deployed) -> None:
    # A photo of 3 MB, which nginx alone would refuse: it is Préau that answers.
    status, _headers, page = deployed.ask("POST", "/mon-compte/photo/", body=b"x" * 3_000_000)
    assert status != 413 and "nginx" not in page
    status, _headers, page = deployed.ask("POST", "/", headers={"Content-Length": str(400_000_000)})
    assert status == 413 and "C’est trop lourd" in page and "nginx" not in page
    status, _headers, page = deployed.ask("POST", "/connexion/", headers={"Content-Length": "5000000"})
    assert status == 413 and "C’est trop lourd" in page


def test_files_are_reached_by_their_pages_alone(deployed: Deployed) -> None:
    kept = deployed.site.media / "fichiers" / "ab" / "abc"
    kept.parent.mkdir(parents=True)
    kept.write_text("of somebody")
    status, _headers, page = deployed.ask("GET", "/fichiers-internes/ab/abc")
    assert status == 404 and "of somebody" not in page
    assert deployed.ask("GET", "/erreurs/502.html")[0] == 404


def test_slow_clients_hold_nothing(deployed: Deployed) -> None:
    idle = [socket.create_connection(("127.0.0.1", deployed.port)) for _ in range(200)]
    try:
        assert deployed.ask("GET", "/sante/")[0] == 200
    finally:
        for one in idle:
            one.close()


def test_a_reload_refuses_no_request(deployed: Deployed) -> None:
    """What ExecReload does."""
    deployed.pages.send_signal(signal.SIGHUP)
    until = time.monotonic() + 12
    while time.monotonic() < until:
        assert deployed.ask("GET", "/sante/")[0] == 200


def test_pages_that_are_away_are_said_in_french_and_no_log_holds_a_code(deployed: Deployed) -> None:
    assert deployed.ask("GET", "/activation/?code=SECRETCODE")[0] == 200
    deployed.stop_pages()
    try:
        status, headers, page = deployed.ask("GET", "/activation/?code=SECRETCODE")
    finally:
        deployed.start_pages()
    assert status == 502 and "Préau revient dans un instant" in page and headers["Retry-After"] == "30"
    written = "".join(path.read_text() for path in deployed.logs.iterdir())
    assert "/activation/ 502" in written and "SECRETCODE" not in written
    assert "SECRETCODE" not in (deployed.folder / "pages.log").read_text()


@pytest.mark.parametrize(
    "path", sorted((ROOT / "deploy/systemd").glob("*.service")), ids=lambda path: path.name
)
def test_a_unit_is_little_exposed(path: Path) -> None:
    result = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--threshold=30", "--no-pager", str(path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout[-300:]


def test_units_and_timers_say_nothing_wrong(tmp_path: Path) -> None:
    """Known words, dates that come; programs are put where this machine has some."""
    for path in (ROOT / "deploy/systemd").iterdir():
        text = path.read_text().replace("/srv/preau/.venv/bin/python", "/usr/bin/env")
        (tmp_path / path.name).write_text(text.replace("/srv/preau/.venv/bin/gunicorn", "/usr/bin/env"))
    result = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *map(str, sorted(tmp_path.iterdir()))],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    ours = [line for line in result.stderr.splitlines() if "preau-" in line and "Failed to" not in line]
    assert ours == []
