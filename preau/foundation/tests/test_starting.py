"""Pages and worker start with settings that serve people well, or say in one sentence what is to be mended."""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as here

from preau.foundation import starting
from preau.foundation.environment import WILL_NOT_START, Environment

POSTGRESQL = {"default": {"ENGINE": "django.db.backends.postgresql"}}
SQLITE = {"default": {"ENGINE": "django.db.backends.sqlite3"}}
PLAIN = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
HASHED = {"staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}}


@pytest.fixture
def site(tmp_path: Path) -> dict[str, Any]:
    """The settings of a site that is well kept."""
    return {
        "SECRET_KEY": "abcdefgh" * 8,
        "DATABASES": POSTGRESQL,
        "ALLOWED_HOSTS": ["ent.example.org"],
        "DEBUG": False,
        "DEMO": False,
        "HTTPS": True,
        "VAR_DIR": tmp_path,
        "STATIC_ROOT": tmp_path / "static",
        "STORAGES": PLAIN,
    }


def faults_of(site: dict[str, Any], *, pages: bool = False, **others: Any) -> list[str]:
    return list(starting.faults(pages=pages, conf=SimpleNamespace(**site | others)))


def test_a_site_that_is_well_kept_starts_and_the_tests_too(site: dict[str, Any]) -> None:
    assert faults_of(site, pages=True) == [] and list(starting.faults(pages=True)) == []


@pytest.mark.parametrize(("name", "value"), [("DEBUG", True), ("DEMO", True), ("HTTPS", False)])
def test_dangerous_settings_are_not_served_to_others_from_postgresql(
    site: dict[str, Any], name: str, value: bool
) -> None:
    (sentence,) = faults_of(site, **{name: value})
    assert sentence.startswith(f"{name} is o")
    # On one's own machine, whoever develops knows.
    assert faults_of(site, ALLOWED_HOSTS=["localhost", "[::1]"], **{name: value}) == []


def test_sqlite_serves_only_when_it_is_named(site: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL")
    (sentence,) = faults_of(site, DATABASES=SQLITE)
    assert sentence.startswith("DATABASE_URL is not set")
    assert faults_of(site, DATABASES=SQLITE, DEMO=True) == []
    monkeypatch.setenv("DATABASE_URL", "sqlite:////srv/preau.sqlite3")
    assert faults_of(site, DATABASES=SQLITE) == []


def test_a_weak_key_and_any_host_are_refused_with_the_way_to_mend_it(site: dict[str, Any]) -> None:
    for weak in ("short", "a" * 60, "django-insecure-kfx8%2jq0dhe!1ru_qnvpzm7t3c5w9y@4b6g"):
        (sentence,) = faults_of(site, SECRET_KEY=weak)
        assert sentence.startswith("SECRET_KEY is weak") and "secrets.token_urlsafe" in sentence
        assert faults_of(site, SECRET_KEY=weak, ALLOWED_HOSTS=["localhost"]) == []
    (sentence,) = faults_of(site, ALLOWED_HOSTS=["*"])
    assert sentence.startswith("ALLOWED_HOSTS is *")


def test_a_folder_that_cannot_be_written_and_files_that_were_not_collected(site: dict[str, Any]) -> None:
    (sentence,) = faults_of(site, VAR_DIR=site["VAR_DIR"] / "gone")
    assert sentence.startswith("VAR_DIR cannot be written")
    (sentence,) = faults_of(site, STORAGES=HASHED, pages=True)
    assert "collectstatic" in sentence and faults_of(site, STORAGES=HASHED) == []
    site["STATIC_ROOT"].mkdir()
    (site["STATIC_ROOT"] / "staticfiles.json").write_text("{}")
    assert faults_of(site, STORAGES=HASHED, pages=True) == []


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("FILES_GIGABYTES", "abc", lambda env: env.int("FILES_GIGABYTES", default=50)),
        ("DATABASE_URL", "", lambda env: env.database("sqlite:///a")),
        ("DATABASE_URL", "nonsense", lambda env: env.database("sqlite:///a")),
        ("SECRET_KEY_FILE", "/nowhere", lambda env: env.str("SECRET_KEY", default="")),
    ],
)
def test_a_value_that_does_not_read_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: Any, name: str, value: str, read: Any
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SystemExit):
        read(Environment())
    output = capsys.readouterr().err
    assert name in output and len(output.splitlines()) == 1


def test_a_secret_in_a_file_ends_before_its_line_break(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "key").write_text("a secret \n")
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "key"))
    assert Environment().str("SECRET_KEY", default="") == "a secret "


@pytest.mark.parametrize(
    "command",
    [["-c", "import preau.wsgi"], ["manage.py", "run_worker", "--batch"], ["manage.py", "run_live"]],
)
def test_whatever_serves_refuses_in_one_sentence(tmp_path: Path, command: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, *command],
        cwd=here.BASE_DIR,
        env={**os.environ, "VAR_DIR": str(tmp_path), "SECRET_KEY": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == WILL_NOT_START
    assert done.stderr.splitlines() == [
        f"Préau does not start: SECRET_KEY is not set: 50 random characters or more, always the same. {starting.MAKE_ONE}"
    ]
