"""Prepare this folder, with nothing but Python: packages, front end, and what the tests need.

    python3 bootstrap.py demo       what the site needs
    python3 bootstrap.py dev        the same, and the tools, and a browser for the tests
    python3 bootstrap.py audit      the same, and the engines of `make audit`
    python3 bootstrap.py foreign    the same, and what the clients of others need of Debian (`make foreign`)
    python3 bootstrap.py deployed   the same as dev, and nginx, promtool, buildah (`make test-deployed`)
    python3 bootstrap.py wheel      write build/release/: what installs on a server without this folder
    python3 bootstrap.py postgres   print a DATABASE_URL where the tests may create their databases

A second run does nothing when nothing changed: `.venv/` keeps a hash of what each step was made from.
Messages go to stderr, so that stdout holds the answer of `postgres` alone.
"""

from __future__ import annotations

import contextlib
import fcntl
import getpass
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
REQUIREMENTS = ROOT / "requirements"
RELEASE = ROOT / "build" / "release"
IN_CI = os.environ.get("CI", "").lower() in ("1", "true")
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 22
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# How packages are asked of pip, and what to look at when none comes.
PIP = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "-r"]
HINT = "Vérifiez l’accès au dépôt de paquets Python (réseau, réglages de pip), puis relancez."
# The same engine, that draws no window: the tests take it where it is (tests/conftest.py).
WINDOWLESS = "chromium-headless-shell"
# What the clients that others wrote need of Debian: pysaml2 signs by xmlsec1, mod_auth_cas lives in Apache.
FOREIGN = ("xmlsec1", "apache2", "libapache2-mod-auth-cas")
# What makes films, and what looks into a PDF: other programs, that a site may do without.
MEDIA = {"ffmpeg": "ffmpeg", "pdftoppm": "poppler-utils"}


# What reads the files of deploy/.
DEPLOYED = {
    "nginx": "nginx-light",
    "systemd-analyze": "systemd",
    "promtool": "prometheus",
    "age": "age",
    "rsync": "rsync",
    "rclone": "rclone",
    # An S3 on this machine, for the time of a test.
    "moto_server": "python3-moto python3-flask-cors",
    # Images without a daemon, from a Debian laid here; and what reads compose.yaml.
    "buildah": "buildah",
    "netavark": "netavark",
    "debootstrap": "debootstrap",
    "ip": "iproute2",
    "docker-compose": "docker-compose",
}


class Stop(Exception):
    """The preparation cannot go on; the message says what the person can do."""


def main(arguments: list[str]) -> None:
    commands = {
        "demo": demo,
        "dev": dev,
        "audit": audit,
        "foreign": foreign,
        "deployed": deployed,
        "wheel": wheel,
        "postgres": postgres,
    }
    if len(arguments) != 1 or arguments[0] not in commands:
        raise Stop("Usage : python3 bootstrap.py demo|dev|audit|foreign|deployed|wheel|postgres")
    check_python()
    with one_at_a_time():
        commands[arguments[0]]()


def demo() -> None:
    start = time.monotonic()
    python_packages("prod", or_else="dev")
    front_end()
    say(f"Prêt en {seconds(time.monotonic() - start)}.")


def dev() -> None:
    start = time.monotonic()
    python_packages("dev")
    front_end()
    browser()
    media_programs()
    if IN_CI:
        foreign_programs()
    say(f"Prêt en {seconds(time.monotonic() - start)}.")


def audit() -> None:
    dev()
    folder = ROOT / "tests" / "net" / "engines"
    installed = (
        "engines",
        fingerprint(*(folder / name for name in ("package.json", "package-lock.json", ".npmrc"))),
    )
    if is_fresh(*installed) and (folder / "node_modules").is_dir():
        return
    hint = "Vérifiez l’accès au dépôt de paquets npm (réseau, réglages de npm), puis relancez."
    with stamped(*installed):
        command = ["npm", "ci", "--ignore-scripts", "--prefix", folder]
        run("Moteurs de l’audit (npm)", command, hint, node_environment())


def foreign() -> None:
    dev()
    foreign_programs()


def deployed() -> None:
    """What reads the files of `deploy/`: without them there is nothing to try."""
    dev()
    lacking = [packages for program, packages in DEPLOYED.items() if not found_on_this_machine(program)]
    missing = " ".join(lacking).split()
    if missing and not can_apt():
        raise Stop(f"Il manque de quoi essayer deploy/ : apt install {' '.join(missing)}")
    if missing:
        apt("Serveur web, systemd, Prometheus et images (Debian)", *missing)


def wheel() -> None:
    """The wheel, with the front end in it, and the packages that it wants, by digest."""
    start = time.monotonic()
    make_venv()
    installer()
    front_end()
    shutil.rmtree(RELEASE, ignore_errors=True)
    command = [
        BIN / "uv",
        "build",
        "--wheel",
        "--python",
        PYTHON,
        "--out-dir",
        RELEASE,
        "--no-create-gitignore",
    ]
    command += ["--build-constraints", REQUIREMENTS / "build.txt", "--require-hashes", ROOT]
    run("Archive à installer (wheel)", command, HINT, uv_environment())
    shutil.copy(REQUIREMENTS / "prod.txt", RELEASE / "requirements.txt")
    shutil.copy(REQUIREMENTS / "extras.txt", RELEASE / "requirements-extras.txt")
    say(f"{RELEASE.relative_to(ROOT)} est prêt en {seconds(time.monotonic() - start)}.")


def found_on_this_machine(program: str) -> bool:
    return bool(shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin:/usr/lib/podman"))


def postgres() -> None:
    given = os.environ.get("DATABASE_URL", "")
    print(given if given.startswith("postgres") else local_postgres())


# Python


def check_python() -> None:
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:2]))
        raise Stop(
            f"Préau demande Python 3.11 ou plus récent ; celui-ci est {found}. Essayez : make PYTHON=python3.12 …"
        )


def python_packages(name: str, or_else: str | None = None) -> None:
    """Install `requirements/<name>.txt`, unless it is done, or `or_else`, which holds more, is."""
    make_venv()
    if not any(is_fresh(*packages(known)) for known in (name, or_else) if known):
        install_packages(name)


def packages(name: str) -> tuple[str, str]:
    """The stamp of a requirements file: its name and the hash of all that the installation depends on."""
    return f"python-{name}", fingerprint(REQUIREMENTS / f"{name}.txt", VENV / "pyvenv.cfg")


def make_venv() -> None:
    if PYTHON.exists():
        return
    try:
        import ensurepip  # noqa: F401 - Debian ships it apart
        import venv  # noqa: F401
    except ImportError:
        raise Stop("Il manque à Python de quoi créer un environnement : apt install python3-venv") from None
    run("Environnement Python (.venv)", [sys.executable, "-m", "venv", "--clear", VENV])


def install_packages(name: str) -> None:
    """With uv, several times quicker; with pip where uv cannot be had."""
    file = REQUIREMENTS / f"{name}.txt"
    try:
        installer()
        command = [BIN / "uv", "pip", "install", "--python", PYTHON, "--require-hashes", "-r", file]
        with stamped(*packages(name)):
            run(f"Paquets Python ({file.name})", command, HINT, uv_environment())
    except Stop as failure:
        say(f"{failure}\n\nuv n’a pas pu servir ; pip prend le relais, plus lentement.")
        with stamped(*packages(name)):
            run(f"Paquets Python ({file.name}), avec pip", [*PIP, file], HINT)


def installer() -> None:
    """uv, at its locked version."""
    if not is_fresh(*packages("uv")):
        with stamped(*packages("uv")):
            run("Installateur uv", [*PIP, REQUIREMENTS / "uv.txt"], HINT)


def uv_environment() -> dict[str, str]:
    """Hand pip's settings to uv, which does not read them: index, mirror of one's own, certificates."""
    listing = subprocess.run(
        [PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    # pip lists its environment first, and obeys it first.
    settings = dict(reversed(re.findall(r"(?m)^\S+?\.([\w-]+)='(.*)'$", listing.stdout)))
    names = {"index-url": "UV_DEFAULT_INDEX", "extra-index-url": "UV_INDEX", "cert": "SSL_CERT_FILE"}
    wanted = {uv: settings[pip].replace("\\n", " ").strip() for pip, uv in names.items() if pip in settings}
    return {"UV_PYTHON_DOWNLOADS": "never", "UV_LINK_MODE": "copy"} | wanted | os.environ


# Front end


def front_end() -> None:
    if not (ROOT / "package.json").exists():
        say("• Pas de package.json : l’interface n’est pas construite.")
        return
    locked = [ROOT / name for name in ("package.json", "package-lock.json", ".npmrc")]
    installed = "npm", fingerprint(*locked)
    built = "frontend", fingerprint(*locked, *files_in(ROOT / "frontend"))
    if is_fresh(*built) and (ROOT / "build" / "static").is_dir():
        return
    environment = node_environment()
    if not (is_fresh(*installed) and (ROOT / "node_modules").is_dir()):
        hint = "Vérifiez l’accès au dépôt de paquets npm (réseau, réglages de npm), puis relancez."
        with stamped(*installed):
            run("Paquets de l’interface (npm)", ["npm", "ci", "--ignore-scripts"], hint, environment)
    with stamped(*built):
        run("Construction de l’interface", ["npm", "run", "build"], environment=environment)


def node_environment() -> dict[str, str]:
    """The machine's Node.js where it is recent enough, else the one that PyPI carries, inside `.venv`."""
    if machine_node() >= OLDEST_NODE and shutil.which("npm"):
        return dict(os.environ)
    if not is_fresh(*packages("node")):
        install_packages("node")
    return os.environ | {"PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def machine_node() -> int:
    """The major version of the Node.js on this machine, 0 without one."""
    try:
        answer = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    return int(answer.strip().lstrip("v").split(".")[0])


# Browser


def browser() -> None:
    """A Chromium for the browser tests; only CI cannot do without."""
    if IN_CI and can_apt() and not shutil.which(WINDOWLESS):
        try:
            apt("Chromium sans fenêtre (Debian)", WINDOWLESS)
        except Stop:
            say("• Cette Debian n’a pas de Chromium sans fenêtre : les tests prendront l’autre, plus lent.")
    if has_browser():
        return
    if can_apt():
        apt("Navigateur Chromium (Debian)", "chromium", "fonts-liberation")
    elif IN_CI:
        raise Stop("Il faut Chromium aux tests ; donnez son chemin dans la variable CHROMIUM.")
    else:
        say(
            "• Pas de Chromium : les tests dans un navigateur seront passés. Installez-le, ou donnez CHROMIUM=chemin."
        )


def has_browser() -> bool:
    return any(shutil.which(name) for name in (os.environ.get("CHROMIUM"), *BROWSERS) if name)


def foreign_programs() -> None:
    """Tests that need one of them skip, saying so, where it cannot be installed."""
    if shutil.which("xmlsec1") and Path("/usr/lib/apache2/modules/mod_auth_cas.so").exists():
        return
    if can_apt():
        apt("Clients d’autres projets (Debian)", *FOREIGN)
    else:
        say(
            f"• Il manque de quoi essayer tous les clients d’autres projets : apt install {' '.join(FOREIGN)}"
        )


def media_programs() -> None:
    """Tests that need one of them skip, saying so, where it cannot be installed; Préau runs without them, and says what it cannot do."""
    missing = [package for program, package in MEDIA.items() if not shutil.which(program)]
    if not missing:
        return
    if can_apt():
        apt("Vidéos, sons et PDF (Debian)", *missing)
    else:
        say(
            f"• Les vidéos, les sons et l’aperçu des PDF ne seront pas essayés : apt install {' '.join(missing)}"
        )


# PostgreSQL

# Run with the packages of .venv: prints the URLs, among those given, where this role may create databases.
PROBE = """
import sys, psycopg
maintenance, wanted = sys.argv[1:3]
for server in sys.argv[3:]:
    try:
        with psycopg.connect(server.replace("/?", f"/{maintenance}?"), connect_timeout=3, autocommit=True) as db:
            role = "SELECT 1 FROM pg_roles WHERE rolname = current_user AND (rolcreatedb OR rolsuper)"
            if not db.execute(role).fetchone():
                continue
            if not db.execute("SELECT 1 FROM pg_database WHERE datname = %s", [wanted]).fetchone():
                db.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(wanted)))
    except psycopg.Error as error:
        print(server, error, file=sys.stderr)
    else:
        print(server.replace("/?", f"/{wanted}?"))
        break
"""


def local_postgres() -> str:
    if not PYTHON.exists():
        raise Stop("Préparez d’abord le dossier : python3 bootstrap.py dev")
    url = reachable_postgres()
    if not url and can_apt():
        start_debian_postgres()
        url = reachable_postgres()
    if not url:
        raise Stop(
            "Aucun PostgreSQL local où créer des bases. Lancez-en un et donnez à votre compte le droit d’en créer"
            f" (createuser --createdb {getpass.getuser()}), ou donnez DATABASE_URL=postgresql://…"
        )
    return url


def reachable_postgres() -> str:
    # One database a folder, so that the tests of two clones may run at the same time.
    name = f"preau_{hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]}"
    probe = [PYTHON, "-c", PROBE, "postgres", name, *postgres_servers()]
    return subprocess.run(probe, capture_output=True, text=True, check=False).stdout.strip()


def postgres_servers() -> list[str]:
    """Where a local server may listen: by socket first, then by address, on each known port."""
    user = quote(getpass.getuser())
    ports = list(dict.fromkeys([os.environ.get("PGPORT", "5432"), *(port for _, _, port, _ in clusters())]))
    hosts = [os.environ.get("PGHOST", ""), "/var/run/postgresql", "/tmp", "127.0.0.1"]
    return [f"postgresql://{user}@/?host={host}&port={port}" for port in ports for host in hosts if host]


def clusters() -> list[tuple[str, str, str, str]]:
    """Debian's clusters: version, name, port, state."""
    try:
        listing = subprocess.run(["pg_lsclusters", "-h"], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return []
    return [tuple(line.split()[:4]) for line in listing.splitlines()]


def start_debian_postgres() -> None:
    if not clusters():
        apt("PostgreSQL (Debian)", "postgresql")
    for version, name, port, state in clusters()[-1:]:
        if not state.startswith("online"):
            start = ["pg_ctlcluster", "--skip-systemctl-redirect", version, name, "start"]
            run("Démarrage de PostgreSQL", start)
        role = [
            "runuser",
            "-u",
            "postgres",
            "--",
            "createuser",
            "--superuser",
            "--port",
            port,
            getpass.getuser(),
        ]
        with contextlib.suppress(Stop):  # The role may be there already.
            run("Droit de créer des bases", role)


# Debian


def can_apt() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def apt(label: str, *names: str) -> None:
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    hint = f"À la main : apt-get install {' '.join(names)}"
    run("Liste des paquets Debian", ["apt-get", "update"], hint, quiet)
    run(label, ["apt-get", "install", "-y", "--no-install-recommends", *names], hint, quiet)


# What is already done


def is_fresh(name: str, mark: str) -> bool:
    file = VENV / f".preau-{name}"
    return file.exists() and file.read_text() == mark


@contextlib.contextmanager
def stamped(name: str, mark: str):
    """Do some work and remember it; work that fails half-way leaves no stamp, not even the former one."""
    file = VENV / f".preau-{name}"
    file.unlink(missing_ok=True)
    yield
    file.write_text(mark)


def fingerprint(*files: Path) -> str:
    """One hash for the names and contents of files; a missing one counts as missing."""
    total = hashlib.sha256()
    for file in files:
        content = file.read_bytes() if file.exists() else b"missing"
        total.update(f"{file.relative_to(ROOT)}\0{len(content)}\0".encode() + content)
    return total.hexdigest()


def files_in(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file())


# Running and telling


def run(label: str, command: list, hint: str = "", environment: dict[str, str] | None = None) -> None:
    """Run a command without its noise; on failure, stop with the end of what it said."""
    words = [str(word) for word in command]
    start = time.monotonic()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
        try:
            process = subprocess.Popen(
                words,
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        except OSError as error:
            raise Stop(f"{label} : {words[0]} ne se lance pas ({error.strerror}). {hint}") from None
        code = wait(process, label, start)
        if code:
            log.seek(0)
            tail = "".join(log.readlines()[-30:])
            raise Stop(f"{label} : échec ({words[0]}, code {code}).\n\n{tail}\n{hint}".rstrip())


def wait(process: subprocess.Popen, label: str, start: float) -> int:
    """Wait for a process, counting the seconds where somebody is watching."""
    live = sys.stderr.isatty()
    say(f"• {label}…", end="" if live else "\n")
    while process.poll() is None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=0.5)
        if live:
            say(f"\r• {label}… {seconds(time.monotonic() - start)} ", end="")
    took = seconds(time.monotonic() - start)
    if live:
        say("")
    elif not process.returncode:
        say(f"  fait en {took}")
    return process.returncode


def say(text: str, end: str = "\n") -> None:
    print(text, end=end, file=sys.stderr, flush=True)


def seconds(duration: float) -> str:
    return f"{duration:.1f} s".replace(".", ",")


@contextlib.contextmanager
def one_at_a_time():
    """Two preparations of one folder would undo each other: the second waits for the first."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("• Une autre préparation de ce dossier est en cours : j’attends qu’elle finisse.")
        fcntl.flock(folder, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(folder)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except Stop as reason:
        say(f"\n{reason}")
        sys.exit(1)
    except KeyboardInterrupt:
        say("\nInterrompu ; relancez quand vous voulez, rien n’est à refaire.")
        sys.exit(130)
