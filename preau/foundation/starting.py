"""What pages and worker will not start with: settings that would serve people badly, each said in one sentence."""

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from preau.foundation.environment import refuse

MAKE_ONE = 'Make one: python3 -c "import secrets; print(secrets.token_urlsafe(64))".'
LOCAL = {"localhost", "127.0.0.1", "[::1]", "::1", "testserver"}


def check(*, pages: bool) -> None:
    """Stop the process that is starting when something of `faults` stands."""
    if found := list(faults(pages=pages)):
        refuse(*found)


def faults(*, pages: bool, conf: Any = settings) -> Iterator[str]:
    if not _has_key(conf):
        yield f"SECRET_KEY is not set: 50 random characters or more, always the same. {MAKE_ONE}"
    elif not (conf.DEMO or conf.DEBUG or _is_of_this_machine(conf)) and _is_weak(str(conf.SECRET_KEY)):
        yield f"SECRET_KEY is weak: 50 random characters or more. {MAKE_ONE}"
    if "*" in conf.ALLOWED_HOSTS and not (conf.DEMO or conf.DEBUG):
        yield "ALLOWED_HOSTS is *: letters would lead to whatever host a request names; write the names of this site."
    is_sqlite = conf.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
    if is_sqlite and not (conf.DEMO or conf.DEBUG or _is_told("DATABASE_URL")):
        yield "DATABASE_URL is not set: postgresql://user:password@host/name, or sqlite:///path to serve one school from a file."
    if not is_sqlite and not _is_of_this_machine(conf):
        yield from _dangerous(conf)
    if not _is_writable(conf.VAR_DIR):
        yield f"VAR_DIR cannot be written ({conf.VAR_DIR})."
    if pages and not _is_collected(conf):
        yield f"static files are not collected in VAR_DIR ({conf.STATIC_ROOT}): run manage.py collectstatic --noinput."


def _has_key(conf: Any) -> bool:
    try:
        return bool(conf.SECRET_KEY)
    except ImproperlyConfigured:
        return False


def _is_weak(key: str) -> bool:
    """Short, or made of few letters: guessed, or copied from an example."""
    return len(key) < 32 or len(set(key)) < 5 or key.startswith("django-insecure-")


def _dangerous(conf: Any) -> Iterator[str]:
    """On the database of a site that others reach."""
    if conf.DEBUG:
        yield "DEBUG is on, on PostgreSQL: it shows the code and its values to anyone."
    if conf.DEMO:
        yield "DEMO is on, on PostgreSQL: it shows accounts and letters to anyone."
    if not conf.HTTPS:
        yield "HTTPS is off, on PostgreSQL: passwords and sessions would travel in clear."


def _is_of_this_machine(conf: Any) -> bool:
    """Nobody else can ask for it: every name that it answers to is that of this machine."""
    return set(conf.ALLOWED_HOSTS) <= LOCAL


def _is_told(name: str) -> bool:
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def _is_writable(folder: Path) -> bool:
    try:
        with TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def _is_collected(conf: Any) -> bool:
    hashed = conf.STORAGES["staticfiles"]["BACKEND"].startswith("whitenoise.")
    return not hashed or (Path(conf.STATIC_ROOT) / "staticfiles.json").is_file()
