"""`make test-deployed`: the images of deploy/Dockerfile, built by buildah and started as deploy/compose.yaml starts them.

No registry of images is asked: what the file begins from is laid by debootstrap, the same release of Debian. Nothing here is a
daemon of containers either: what was built is entered by `chroot`, in namespaces of its own, without rights, on a root that cannot
be written. Root and half an hour are needed the first time.
"""

import json
import os
import re
import resource
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from conftest import PATIENCE
from deploy import elsewhere, example
from tests.site_apart import KEY, ROOT, laid
from tests.test_check_site import certificate

FOLDER = ROOT / "build" / "image"
BASE = "localhost/debian:trixie-slim"
SERVICES = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]
USER = "10001"
# Authorities of this machine's network, if it has some: packages are asked through it.
AUTHORITIES = Path("/usr/local/share/ca-certificates")
BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
# Asks an address of the proxy, or of a socket, from inside of its namespace.
ASK = """
import http.client, socket, ssl, sys
place, name, address = sys.argv[1:]
link = socket.socket(socket.AF_UNIX) if place.startswith("/") else socket.socket()
link.settimeout(20)
link.connect(place if place.startswith("/") else ("127.0.0.1", int(place)))
if place == "443":
    link = ssl._create_unverified_context().wrap_socket(link, server_hostname=name)
asked = http.client.HTTPConnection(name)
asked.sock = link
asked.request("GET", address)
answer = asked.getresponse()
print(answer.status, answer.read().decode())
"""


def buildah(*words: str | Path) -> str:
    """In a folder of its own, that a second run begins from."""
    places = ["--root", FOLDER / "layers", "--runroot", FOLDER / "run"]
    done = subprocess.run(
        ["buildah", *places, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{words}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
    return done.stdout.strip()


def lay_base() -> None:
    """Debian as debootstrap lays it, in the place of the image that the Dockerfile begins from."""
    if BASE in buildah("images", "--format", "{{.Name}}:{{.Tag}}").splitlines():
        return
    debian = FOLDER / "debian"
    if not (debian / "etc/debian_version").exists():
        subprocess.run(
            ["debootstrap", "--variant=minbase", "trixie", debian], check=True, capture_output=True
        )
    if AUTHORITIES.is_dir():
        shutil.copytree(AUTHORITIES, debian / AUTHORITIES.relative_to("/"), dirs_exist_ok=True)
    name = buildah("from", "scratch")
    buildah("add", "--quiet", name, debian, "/")
    for variable in ("PIP_CERT", "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"):
        buildah("config", "--env", f"{variable}={BUNDLE}", name)
    buildah("commit", "--quiet", "--format", "docker", name, BASE)
    buildah("rm", name)


def built(target: str) -> dict[str, Any]:
    """The image of a target, and what it says of itself."""
    bounds = [
        f"--ulimit={word}={resource.getrlimit(kind)[1]}:{resource.getrlimit(kind)[1]}"
        for word, kind in (("nproc", resource.RLIMIT_NPROC), ("nofile", resource.RLIMIT_NOFILE))
    ]
    words = [
        "--isolation=chroot",
        "--format=docker",
        "--layers",
        "--pull=never",
        f"--build-arg=DEBIAN={BASE}",
        *bounds,
    ]
    buildah("bud", *words, "--file", "deploy/Dockerfile", "--target", target, "--tag", f"preau-{target}", ".")
    description = json.loads(buildah("inspect", "--type", "image", f"preau-{target}"))
    return dict(description["Docker"]["config"])


class Container:
    """An image entered: mounts and a network of its own, a root that cannot be written, and the places of compose.yaml."""

    def __init__(self, target: str, places: dict[str, Path], beside: "Container | None" = None) -> None:
        self.config = built(target)
        self.service = SERVICES["proxy" if target == "proxy" else "pages"]
        self.name = buildah("from", "--pull=never", f"localhost/preau-{target}")
        self.root = Path(buildah("mount", self.name))
        fresh = self.service["tmpfs"]
        for place in (*fresh, *places, "/proc", "/dev"):
            (self.root / place[1:]).mkdir(parents=True, exist_ok=True)
        mounts = [
            f"mount --bind {self.root} {self.root}",
            f"mount -o remount,bind,ro {self.root}",
            *(f"mount -t tmpfs tmpfs {self.root}{place}" for place in fresh),
            *(
                f"mkdir -p {self.root}{place}; mount --bind {here} {self.root}{place}"
                for place, here in places.items()
            ),
            f"mount --rbind /proc {self.root}/proc",
            f"mount --rbind /dev {self.root}/dev",
        ]
        enter = ["unshare", "--mount", "--propagation=private"]
        if beside:
            enter = ["nsenter", f"--net=/proc/{beside.holder.pid}/ns/net", *enter]
        else:
            enter.append("--net")
            mounts.append("ip link set lo up")
        script = "; ".join([*mounts, "echo ready", "exec sleep infinity"])
        self.holder = subprocess.Popen([*enter, "sh", "-euc", script], stdout=subprocess.PIPE, text=True)
        assert self.holder.stdout
        with self.holder.stdout as output:
            assert output.readline() == "ready\n"

    def words(self, *words: str, **others: str) -> list[str]:
        """In it, as the user of the image, with the rights that compose.yaml leaves and no other."""
        variables = dict(one.split("=", 1) for one in self.config["Env"]) | others
        rights = ",".join(["-all", *(f"+{name.lower()}" for name in self.service.get("cap_add", []))])
        user = ["--reuid=10001", "--regid=10001", "--groups=10001,10002"] if self.config["User"] else []
        return [
            *("nsenter", f"--target={self.holder.pid}", "--mount", "--net", "chroot", str(self.root)),
            *("setpriv", "--no-new-privs", f"--bounding-set={rights}", "--inh-caps=-all", *user),
            *("env", "-i", *(f"{name}={value}" for name, value in variables.items())),
            *("sh", "-c", 'cd "$0" && exec "$@"', self.config.get("WorkingDir") or "/", *words),
        ]

    def run(self, *words: str, **others: str) -> "subprocess.CompletedProcess[str]":
        asked = self.words(*words, **others)
        return subprocess.run(asked, capture_output=True, text=True, check=False, timeout=3 * PATIENCE)

    def said(self, *words: str, **others: str) -> str:
        done = self.run(*words, **others)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    @contextmanager
    def started(self, *words: str, log: Path, **others: str) -> Iterator[None]:
        """It must still run when what is tried is done."""
        with (
            log.open("ab") as output,
            subprocess.Popen(self.words(*words, **others), stdout=output, stderr=output) as one,
        ):
            try:
                yield
                assert one.poll() is None, log.read_text()[-3000:]
            finally:
                one.terminate()

    def leave(self) -> None:
        self.holder.kill()
        self.holder.wait()
        buildah("rm", self.name)


def waited(container: Container, *asked: str) -> str:
    """What is answered, once something is."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        done = container.run("python3", "-c", ASK, *asked)
        if done.returncode == 0:
            return done.stdout
        time.sleep(0.5)
    raise AssertionError(f"nothing answers {asked}: {done.stderr[-500:]}")


@pytest.fixture(scope="module")
def places(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any
) -> Iterator[dict[str, Path]]:
    """The volumes of compose.yaml, and the base: a SQLite of the tests, in the place of the container of PostgreSQL."""
    if os.geteuid() != 0:
        pytest.fail("root is needed to build an image without a daemon")
    lay_base()
    folder = tmp_path_factory.mktemp("image")
    folder.chmod(0o755)
    with django_db_blocker.unblock():
        apart = laid(folder / "site")
    found = {
        name: folder / name for name in ("var", "preau", "backups", "sockets", "letsencrypt", "www", "bodies")
    }
    for path in found.values():
        path.mkdir()
    shutil.copy(apart.database, found["var"] / "preau.sqlite3")
    (found["preau"] / "secret_key").write_text(f"{KEY}\n")
    for name in ("var", "preau", "backups", "sockets"):
        for path in (found[name], *found[name].rglob("*")):
            os.chown(path, int(USER), int(USER))
    found["var"].chmod(0o711)
    live = found["letsencrypt"] / "live" / elsewhere.NAME
    live.mkdir(parents=True)
    pem = certificate(folder, datetime(2040, 1, 1, tzinfo=UTC))
    for name in ("fullchain.pem", "privkey.pem"):
        shutil.copy(pem, live / name)
    yield {
        "/etc/preau": found["preau"],
        "/srv/preau/var": found["var"],
        "/run/preau": found["sockets"],
        "/srv/preau-backups": found["backups"],
        "/etc/letsencrypt": found["letsencrypt"],
        "/var/www/html": found["www"],
        "/var/lib/nginx": found["bodies"],
    }
    with django_db_blocker.unblock():
        apart.leave()


@pytest.fixture(scope="module")
def preau(places: dict[str, Path]) -> Iterator[Container]:
    mine = {place: here for place, here in places.items() if "preau" in place}
    found = Container("preau", mine)
    yield found
    found.leave()


@pytest.fixture(scope="module")
def surroundings() -> dict[str, str]:
    """/etc/preau.env as it is shipped, but for the database and the keys of backups."""
    variables = {name: value for name, value in example.NEEDED.items() if not name.startswith("BACKUP_")}
    return {**variables, "DATABASE_URL": "sqlite:////srv/preau/var/preau.sqlite3", "LOG_LEVEL": "ERROR"}


def test_it_holds_what_runs_and_nothing_that_builds(preau: Container) -> None:
    assert preau.config["User"] == f"{USER}:{USER}"
    assert preau.config["Healthcheck"]["Test"][0] == "CMD"
    for name in ("node", "npm", "pip", "pip3", "uv", "gcc", "cc", "git", "curl"):
        assert preau.run("sh", "-c", f"command -v {name}").returncode, name
    for name in ("pg_dump", "pg_restore", "ffmpeg", "pdftoppm", "preau", "gunicorn"):
        preau.said("sh", "-c", f"command -v {name}")
    (client,) = re.findall(r"PostgreSQL\) (\d+)\.", preau.said("pg_dump", "--version"))
    assert SERVICES["database"]["image"] == f"postgres:{client}"


def test_its_root_cannot_be_written_and_nobody_is_root_there(preau: Container) -> None:
    assert preau.said("id", "-u", "-n").strip() == "preau"
    for place in ("/srv/preau/x", "/srv/preau/.venv/x", "/etc/x", "/usr/local/bin/x"):
        assert preau.run("touch", place).returncode
    preau.said("touch", "/srv/preau/var/x", "/tmp/x")


def test_it_starts_and_its_proxy_serves_it(
    preau: Container, places: dict[str, Path], surroundings: dict[str, str], tmp_path: Path
) -> None:
    words = SERVICES["setup"]["command"]
    assert "static files copied" in preau.said(*words, **surroundings)
    output = preau.said("preau", "check", "--deploy", **surroundings)
    assert "ERRORS" not in output and "WARNINGS" not in output and "preau.I002" not in output
    log = tmp_path / "log"
    with (
        preau.started(*SERVICES["pages"]["command"], log=log, **surroundings),
        preau.started(*SERVICES["live"]["command"], log=log, **surroundings),
        preau.started(*SERVICES["worker"]["command"], log=log, **surroundings),
        preau.started(*SERVICES["timers"]["command"], log=log, **surroundings),
    ):
        assert waited(preau, "/run/preau/pages.sock", "127.0.0.1", "/sante/pret/").startswith("200")
        preau.said(*preau.config["Healthcheck"]["Test"][1:])
        assert waited(preau, "/run/preau/live.sock", "127.0.0.1", "/sante/").startswith("200")
        kept = ("/etc/preau", "/srv/preau-backups")
        its = {place: here for place, here in places.items() if place not in kept}
        proxy = Container("proxy", its, beside=preau)
        try:
            with proxy.started(*proxy.config["Cmd"], log=log, SITE_NAME=elsewhere.NAME):
                page = waited(preau, "443", elsewhere.NAME, "/connexion/")
                assert page.startswith("200") and "Préau" in page
                (style,) = set(re.findall(r'href="(/static/preau/app\.[^"]+)"', page))
                assert waited(preau, "443", elsewhere.NAME, style).startswith("200")
                assert waited(preau, "443", elsewhere.NAME, "/aide/famille/").startswith("200")
                assert waited(preau, "80", elsewhere.NAME, "/connexion/").startswith("301")
        finally:
            proxy.leave()
        # The clock of the timers has begun: a night from now it makes a backup.
        assert (places["/srv/preau/var"] / "timers" / "backup").exists()
