"""What this machine tells the settings, read with one sentence for each value that cannot be: the variable, and what it wants."""

import sys
from contextlib import suppress
from importlib.util import find_spec
from typing import Any, NoReturn

import environ  # type: ignore[import-untyped]
from environ.fileaware_mapping import FileAwareMapping  # type: ignore[import-untyped]

# gunicorn stops at this code instead of starting its workers again for ever (`Arbiter.APP_LOAD_ERROR`).
WILL_NOT_START = 4


def refuse(*sentences: str) -> NoReturn:
    """Stop here, with what is to be mended and nothing else: a trace would hide it."""
    for sentence in sentences:
        sys.stderr.write(f"Préau does not start: {sentence}\n")
    sys.exit(WILL_NOT_START)


class _Lines(FileAwareMapping):
    """A file written by an editor or by `echo` ends with a line break, which is no part of a secret."""

    def __getitem__(self, key: str) -> str:
        value: str = super().__getitem__(key)
        return value.rstrip("\r\n")


def is_installed(module: str) -> bool:
    with suppress(ModuleNotFoundError):
        return find_spec(module) is not None
    return False


class Environment(environ.FileAwareEnv):
    ENVIRON = _Lines()

    def get_value(self, var: str, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().get_value(var, *args, **kwargs)
        except OSError as error:
            refuse(f"{var}_FILE cannot be read ({error.strerror}).")
        except (ValueError, TypeError):
            refuse(
                f"{var} does not read: {self.ENVIRON[var][:60]!r} is not what it wants (docs/operations.md)."
            )

    def address(self, var: str, module: str) -> str:
        """A value that asks for packages which are not always there."""
        value: str = self.str(var, default="").strip()
        if value and not value.startswith(("https://", "http://")):
            refuse(f"{var} does not read: https://… (docs/operations.md).")
        if value and not is_installed(module):
            refuse(
                f"{var} is set, and its packages are not installed: requirements/extras.txt (docs/operations.md)."
            )
        return value

    def database(self, default: str) -> dict[str, Any]:
        """That of DATABASE_URL, which must say one when it is there."""
        if not self.str("DATABASE_URL", default=default).strip():
            refuse("DATABASE_URL is empty: postgresql://user:password@host/name, or leave it out.")
        try:
            found: dict[str, Any] = self.db("DATABASE_URL", default=default)
        except Exception:  # noqa: BLE001 - whatever the reader of addresses stumbles on, and it may quote a password
            refuse("DATABASE_URL does not read: postgresql://user:password@host/name.")
        if not found.get("ENGINE") or not found.get("NAME"):
            refuse("DATABASE_URL does not read: postgresql://user:password@host/name.")
        return found
