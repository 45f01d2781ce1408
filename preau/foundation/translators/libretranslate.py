"""A server of LibreTranslate (docs.libretranslate.com): its call `/translate`, all lines at once."""

import json
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from django.conf import settings

from preau.foundation import outward
from preau.foundation.translators import Unreachable

LONGEST = 500_000


class LibreTranslate:
    """The server at TRANSLATOR_URL, over HTTPS; TRANSLATOR_KEY where it asks for one."""

    def translate(self, lines: Sequence[str], language: str) -> list[str]:
        payload: dict[str, Any] = {"q": list(lines), "source": "fr", "target": language, "format": "text"}
        if settings.TRANSLATOR_KEY:
            payload["api_key"] = settings.TRANSLATOR_KEY
        translations = _lines_of(_asked(payload))
        if len(translations) != len(lines):
            raise Unreachable("the translator did not give as many lines")
        return translations


def _asked(payload: dict[str, Any]) -> bytes:
    headers = {"Content-Type": "application/json", "Accept": "application/json"}
    address = f"{settings.TRANSLATOR_URL}/translate"
    try:
        answer = outward.ask("POST", address, json.dumps(payload).encode(), headers, longest=LONGEST)
    except OSError as error:
        raise Unreachable(str(error)) from error
    if answer.status != HTTPStatus.OK:
        raise Unreachable(f"the translator answered {answer.status}")
    return answer.body


def _lines_of(body: bytes) -> list[str]:
    """The lines of an answer. Raises Unreachable for what is not one."""
    try:
        read = json.loads(body)
    except ValueError as error:
        raise Unreachable("the translator did not answer JSON") from error
    translations = read.get("translatedText") if isinstance(read, dict) else None
    if not isinstance(translations, list) or not all(isinstance(line, str) for line in translations):
        raise Unreachable("the translator did not answer lines")
    return translations
