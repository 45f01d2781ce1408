"""`make test-deployed`: the wheel, installed where nothing of this folder is seen, starts and serves.

Its own files come from the wheel alone. The packages that it wants are those of this folder's environment, by a `.pth`: that they
install by digest, without this machine's, is tried by the image (`tests/deployed/image.py`).
"""

import signal
import site
import subprocess
import sys
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import PATIENCE
from deploy import elsewhere, example, sbom
from tests.deployed.proxy import free_port, wait_for
from tests.site_apart import KEY, ROOT, laid

RELEASE = ROOT / "build" / "release"
# Every module opened, and every file that one of them names beside itself there.
LOOK = """
import importlib, os, pathlib, pkgutil, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "preau.settings"
import django
django.setup()
import preau
here = pathlib.Path(preau.__file__).parent
for found in pkgutil.walk_packages([str(here)], "preau."):
    importlib.import_module(found.name)
for name, module in sorted(sys.modules.items()):
    if name.startswith("preau."):
        for word, value in vars(module).items():
            if isinstance(value, pathlib.Path) and value.is_relative_to(here.parent) and not value.exists():
                print(f"{name}.{word}: {value} is not there")
print(len([name for name in sys.modules if name.startswith("preau.")]), "modules")
"""


def listed(pattern: str) -> set[str]:
    words = ["git", "ls-files", "--cached", "--others", "--exclude-standard", pattern]
    output = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return {path for path in output.splitlines() if (ROOT / path).is_file()}


@pytest.fixture(scope="module")
def wheel() -> Path:
    words = [sys.executable, "bootstrap.py", "wheel"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (found,) = RELEASE.glob("preau-*.whl")
    return found


class Installed:
    """A Python of its own, outside of this folder, and a site beside it."""

    def __init__(self, folder: Path, wheel: Path, database: str) -> None:
        self.folder, self.bin = folder, folder / "venv" / "bin"
        (folder / "var").mkdir()
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        pip = [self.bin / "pip", "install", "--quiet", "--no-deps", "--no-index", wheel]
        subprocess.run(pip, cwd=folder, check=True)
        (packages,) = (folder / "venv" / "lib").glob("python*/site-packages")
        (packages / "packages.pth").write_text("\n".join(site.getsitepackages()))
        variables = {name: value for name, value in example.NEEDED.items() if not name.startswith("BACKUP_")}
        del variables["SECRET_KEY_FILE"], variables["FILES_ACCEL"], variables["LIVE"]
        here = {
            "SECRET_KEY": KEY,
            "DATABASE_URL": database,
            "VAR_DIR": str(folder / "var"),
            "LOG_LEVEL": "ERROR",
        }
        self.environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder), **variables, **here}

    def run(self, *words: str, **others: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [self.bin / words[0], *words[1:]],
            cwd=self.folder,
            env=self.environment | others,
            capture_output=True,
            text=True,
            check=False,
            timeout=3 * PATIENCE,
        )

    def said(self, *words: str) -> str:
        done = self.run(*words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture(scope="module")
def installed(
    wheel: Path, tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Installed]:
    folder = tmp_path_factory.mktemp("installed")
    with django_db_blocker.unblock():
        apart = laid(folder / "site")
    yield Installed(folder, wheel, apart.url)
    with django_db_blocker.unblock():
        apart.leave()


def test_the_wheel_holds_all_of_the_product_and_no_test(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    code = {path for path in listed("preau") if "tests" not in Path(path).parts}
    assert len(code) > 3000 and code - held == set()
    assert {name for name in held if name.startswith("preau/")} - code == {
        f"preau/wheel/{name}/{path.relative_to(folder)}"
        for name, folder in (("static", ROOT / "build/static"), ("guides", ROOT / "docs/guides"))
        for path in folder.rglob("*")
        if path.is_file()
    }
    share = {name.partition("/data/share/preau/")[2] for name in held if "/data/share/preau/" in name}
    assert share == {*listed("deploy"), "docs/operations.md", "requirements.txt", "requirements-extras.txt"}


def test_its_packages_are_locked(wheel: Path) -> None:
    for name, source in (("requirements.txt", "prod.txt"), ("requirements-extras.txt", "extras.txt")):
        assert (RELEASE / name).read_text() == (ROOT / "requirements" / source).read_text()
    metadata = zipfile.ZipFile(wheel).read(
        f"{wheel.name.removesuffix('-py3-none-any.whl')}.dist-info/METADATA"
    )
    assert b"\nRequires-Dist: django" in metadata and b"\nLicense-Expression: AGPL-3.0-or-later" in metadata


def test_it_says_what_it_lacks(installed: Installed) -> None:
    done = installed.run("preau", "check", VAR_DIR="")
    assert done.returncode == 4 and done.stderr == (
        "Préau does not start: VAR_DIR is not set: the folder where Préau writes (docs/operations.md).\n"
    )
    done = installed.run("preau", "start_house", "lockers", "--label=Casiers", "--one=casier", "--says=who")
    assert done.returncode == 1 and "from a wheel" in done.stderr


def test_it_says_its_number(installed: Installed) -> None:
    number = sbom.version(ROOT)
    assert installed.said("preau", "version") == installed.said("preau", "--version") == f"{number}\n"


def test_it_starts_and_serves(installed: Installed) -> None:
    assert "No migrations to apply" in installed.said("preau", "migrate")
    # What the document says to type, in its order: programmes and resources come from files of the wheel.
    installed.said("preau", "plant_catalogue")
    assert " static files copied" in installed.said("preau", "collectstatic", "--noinput")
    assert (
        "ERRORS" not in (output := installed.said("preau", "check", "--deploy")) and "WARNINGS" not in output
    )
    seen = installed.said("python", "-c", LOOK).splitlines()
    assert len(seen) == 1 and int(seen[0].split()[0]) > 1500, seen
    port = free_port()
    words = [word.replace("127.0.0.1:8000", f"127.0.0.1:{port}") for word in elsewhere.words_of_pages()]
    pages = subprocess.Popen(
        [installed.bin / "python", "-m", "gunicorn", *words], cwd=installed.folder, env=installed.environment
    )
    try:
        wait_for(port)
        assert '"database": true' in read(port, "/sante/pret/")
        page = read(port, "/connexion/")
        (style,) = {
            part.split('"')[0] for part in page.split('href="') if part.startswith("/static/preau/app.")
        }
        assert "--ds-" in read(port, style)
        assert "Familles et élèves" in read(port, "/aide/")
        assert read(port, "/aide/famille/").count("<h2") > 3
        assert "<h1" in read(port, "/ressources/")
    finally:
        pages.send_signal(signal.SIGTERM)
        pages.wait(PATIENCE)


def read(port: int, address: str) -> str:
    headers = {"Host": elsewhere.NAME, "X-Forwarded-Proto": "https"}
    asked = urllib.request.Request(f"http://127.0.0.1:{port}{address}", headers=headers)
    try:
        with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
            return str(answer.read().decode())
    except urllib.error.HTTPError as error:
        raise AssertionError(f"{address}: {error.code} {error.read()[:500]!r}") from error
