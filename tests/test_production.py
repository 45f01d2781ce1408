"""What the settings of production say, read by a Django of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conftest import PATIENCE

ROOT = Path(__file__).parent.parent
ASK = """
import json, django
django.setup()
from django.conf import settings
from django.core.management import call_command
from django.test import Client
call_command("collectstatic", interactive=False, verbosity=0)
# As the first `migrate` does, when there is no table yet.
call_command("check", databases=["default"])
page = Client().get("/mot-de-passe-oublie/", secure=True, headers={"host": "ent.example.org"})
plain = Client().get("/mot-de-passe-oublie/", headers={"host": "ent.example.org"})
health = Client().get("/sante/", headers={"host": "ent.example.org"})
print(json.dumps({
    "cookies": {name: [morsel["secure"], morsel["httponly"]] for name, morsel in page.cookies.items()},
    "session": settings.SESSION_COOKIE_NAME, "hsts": page.headers.get("Strict-Transport-Security", ""),
    "redirect": [plain.status_code, plain.headers.get("Location", "")], "health": health.status_code,
    "demo": [
        Client().get(address, secure=True, headers={"host": "ent.example.org"}).status_code
        for address in ("/demonstration/", "/demonstration/courriers/")
    ],
    "installed": [
        Client().get(address, secure=True, headers={"host": "ent.example.org"}).status_code
        for address in ("/sw.js", "/app.webmanifest", "/hors-ligne/")
    ],
    "debug": settings.DEBUG,
}))
"""


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("production")
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    asked = {
        "DJANGO_SETTINGS_MODULE": "preau.settings",
        "SECRET_KEY": "abcdefgh" * 8,
        "ALLOWED_HOSTS": "ent.example.org",
        "VAR_DIR": str(folder),
        "LOG_LEVEL": "CRITICAL",
    }
    done = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=ROOT,
        env=kept | asked,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_cookies_are_bound_to_the_host_and_closed_to_scripts(production: Any) -> None:
    assert production["session"] == "__Host-session"
    assert production["cookies"] == {"__Host-csrf": [True, True]}


def test_everything_is_https_but_health(production: Any) -> None:
    assert production["redirect"] == [301, "https://ent.example.org/mot-de-passe-oublie/"]
    assert "max-age=31536000; includeSubDomains; preload" in production["hsts"]
    assert production["health"] == 200


def test_nothing_of_the_demonstration_shows(production: Any) -> None:
    assert production["demo"] == [404, 404]
    assert production["debug"] is False


def test_the_shell_is_installed_from_hashed_files(production: Any) -> None:
    assert production["installed"] == [200, 200, 200]


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("DEMO", "1", "preau.E001"),
        ("SIGNON_LOOPBACK", "1", "preau.E003"),
        ("LEAKED_PASSWORDS", "nulle-part.txt", "preau.E004"),
        ("SOURCE_URL", "", "preau.W004"),
        ("OPERATOR_NAME", "", "OPERATOR_NAME"),
        ("ALLOWED_HOSTS", "", "preau.E005"),
        ("ALLOWED_HOSTS", "*", "preau.E005"),
        ("PUBLIC_URL", "http://ent.example.org", "preau.E006"),
        ("PUBLIC_URL", "https://ailleurs.example.org", "preau.E007"),
        ("DELIVERIES_DIR", "nulle/part", "preau.E008"),
        ("SMS_GATEWAY", "preau.nowhere.Gateway", "preau.E009"),
        (
            "MEETING_SERVER",
            "preau.domains.spaces.providers.bigbluebutton.BigBlueButton",
            "BBB_URL, BBB_SECRET",
        ),
        ("TRANSLATOR", "preau.foundation.translators.libretranslate.LibreTranslate", "TRANSLATOR_URL"),
        ("BACKUP_DIR", "sauvegardes", "preau.E010"),
        ("BACKUP_DIR", "", "preau.I004"),
        ("BACKUP_RECIPIENTS", "age1vvvx2wd4f706a2fdtlfldtxe9eqpl3765ukvak7yqg7z5g4fke3sxh963w", "preau.E012"),
    ],
)
def test_a_deployment_mistake_is_said(tmp_path: Path, name: str, value: str, says: str) -> None:
    asked = {
        "SECRET_KEY": "b9" * 40,
        "ALLOWED_HOSTS": "ent.example.org",
        "VAR_DIR": str(tmp_path),
        name: value,
        **({"BACKUP_DIR": str(tmp_path)} if name == "BACKUP_RECIPIENTS" else {}),
        "DJANGO_SETTINGS_MODULE": "preau.settings",
        "PATH": os.environ["PATH"],
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy"],
        cwd=ROOT,
        env=asked,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert says in done.stderr + done.stdout
