"""The port to a machine that translates: what it must do, and the one that this site was given (TRANSLATOR). None unless told.

Whoever asks gives lines without names nor ways to reach anybody: what is sent is said where it is asked (docs/decisions/0183).
"""

from collections.abc import Sequence
from functools import cache
from typing import Protocol
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.module_loading import import_string


class Unreachable(OSError):
    """It does not answer, or answers something else than as many lines: nothing is translated."""


class Translator(Protocol):
    """What translates from French. Named by TRANSLATOR, built without arguments, kept by nobody between two calls."""

    def translate(self, lines: Sequence[str], language: str) -> list[str]:
        """Each line in this language (BCP 47), in the same order. What stands between ⟦ and ⟧ stays as it is. Raises Unreachable."""
        ...


def is_offered() -> bool:
    """Has this site a translator?"""
    return bool(settings.TRANSLATOR)


def translator() -> Translator:
    """The one that TRANSLATOR names. Raises LookupError when none is."""
    if not settings.TRANSLATOR:
        raise LookupError("Nothing is translated: TRANSLATOR is empty.")
    built: Translator = _class_of(settings.TRANSLATOR)()
    return built


def host() -> str:
    """To whom lines go, as people read it."""
    return urlsplit(settings.TRANSLATOR_URL).hostname or ""


@cache
def _class_of(path: str) -> type[Translator]:
    found: type[Translator] = import_string(path)
    return found
