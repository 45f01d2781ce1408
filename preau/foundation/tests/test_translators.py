"""The port to a machine that translates: one call to LibreTranslate, and everything that is not its answer."""

import json
from typing import Any

import pytest

from preau.foundation import outward, translators
from preau.foundation.translators import Unreachable
from preau.foundation.translators.libretranslate import LibreTranslate


@pytest.fixture
def server(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`server(status, body)`: what it answers; it keeps what it was asked."""
    settings.TRANSLATOR = "preau.foundation.translators.libretranslate.LibreTranslate"
    settings.TRANSLATOR_URL, settings.TRANSLATOR_KEY = "https://traduction.example", ""
    asked: list[tuple[Any, ...]] = []

    def answers(status: int, body: bytes | Exception) -> list[tuple[Any, ...]]:
        def ask(*given: Any, **_: Any) -> outward.Answer:
            asked.append(given)
            if isinstance(body, Exception):
                raise body
            return outward.Answer(status, "application/json", body)

        monkeypatch.setattr(outward, "ask", ask)
        return asked

    return answers


def test_all_lines_are_asked_at_once(server: Any, settings: Any) -> None:
    asked = server(200, json.dumps({"translatedText": ["bir", "iki"]}).encode())
    assert translators.host() == "traduction.example"
    assert translators.translator().translate(["un", "deux"], "tr") == ["bir", "iki"]
    method, address, body, _headers = asked[0]
    assert (method, address) == ("POST", "https://traduction.example/translate")
    assert json.loads(body) == {"q": ["un", "deux"], "source": "fr", "target": "tr", "format": "text"}
    settings.TRANSLATOR_KEY = "clé"
    LibreTranslate().translate(["un", "deux"], "tr")
    assert json.loads(asked[1][2])["api_key"] == "clé"


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b"{}"),
        (200, b"pas du JSON"),
        (200, b"[]"),
        (200, b'{"translatedText": "un"}'),
        (200, b'{"translatedText": [1]}'),
        (200, b'{"translatedText": ["un", "deux"]}'),
        (200, TimeoutError()),
    ],
)
def test_anything_else_is_no_answer(server: Any, status: int, body: Any) -> None:
    server(status, body)
    with pytest.raises(Unreachable):
        LibreTranslate().translate(["un"], "tr")
