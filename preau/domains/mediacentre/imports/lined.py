"""JSON whose objects know the line on which they begin, so that a report can say where."""

from bisect import bisect_right
from json import JSONDecodeError, JSONDecoder
from json.decoder import JSONObject  # type: ignore[attr-defined]
from json.scanner import py_make_scanner  # type: ignore[attr-defined]
from typing import Any

from django.utils.translation import gettext as _

from preau.foundation.reading import Unreadable


class Lined(dict[str, Any]):
    """An object; `line` is where it opens."""

    line = 1


class _Decoder(JSONDecoder):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.ends = [place for place, sign in enumerate(text) if sign == "\n"]
        self.parse_object = self._object
        self.scan_once = py_make_scanner(self)

    def _object(self, where: tuple[str, int], *rest: Any) -> tuple[Lined, int]:
        value, end = JSONObject(where, *rest)
        found = Lined(value)
        found.line = bisect_right(self.ends, where[1] - 1) + 1
        return found, end


def loads(content: bytes, name: str) -> Any:
    """What a file in JSON says. Raises Unreadable."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable(name, None, _("Le fichier n’est pas écrit en UTF-8.")) from None
    try:
        return _Decoder(text).decode(text)
    except JSONDecodeError as error:
        raise Unreadable(
            name, error.lineno, _("Ce n’est pas du JSON bien formé, ou le fichier s’arrête au milieu.")
        ) from None
    except (RecursionError, ValueError):
        raise Unreadable(
            name,
            None,
            _("Le fichier ne se lit pas : il est imbriqué trop profondément, ou un nombre est démesuré."),
        ) from None
