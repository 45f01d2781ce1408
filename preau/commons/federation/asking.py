"""What this site asks of a provider, over HTTP: one try, five seconds, a bounded answer, a public address in https."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings

from preau.commons.federation.words import Trouble
from preau.foundation import outward

LONGEST = 262_144
FINE, WRONG = 200, 400


class Failed(Exception):
    """A provider could not do its part: in which way, in a word of ours; `said`: what it said itself, shortened, for the log."""

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        super().__init__(trouble.value)
        self.trouble, self.said = trouble, detail[:200]


def is_place(address: Any) -> bool:
    """May it be asked at all? In https; on this machine in development, whatever it speaks."""
    try:
        parts = urlsplit(address)
        is_plain = bool(parts.hostname) and parts.port != 0 and parts.username is None and not parts.fragment
    except (ValueError, AttributeError, TypeError):
        return False
    return is_plain and (parts.scheme == "https" or (parts.scheme == "http" and settings.SIGNON_LOOPBACK))


def _ask(
    method: str, address: str, body: bytes | None, headers: Mapping[str, str], longest: int = LONGEST
) -> outward.Answer:
    if not is_place(address):
        raise Failed(Trouble.REFUSED)
    try:
        return outward.ask(method, address, body, {"Accept": "application/json", **headers}, longest=longest)
    except outward.ForbiddenAddress as failure:
        raise Failed(Trouble.REFUSED) from failure
    except TimeoutError as failure:
        raise Failed(Trouble.SLOW) from failure
    except outward.TooLong as failure:
        raise Failed(Trouble.GARBLED) from failure
    except OSError as failure:
        raise Failed(Trouble.AWAY) from failure


def read(address: str, headers: Mapping[str, str] | None = None, *, longest: int = LONGEST) -> bytes:
    """The words at an address. Raises Failed."""
    answer = _ask("GET", address, None, headers or {}, longest)
    if answer.status != FINE:
        raise Failed(Trouble.ERROR, str(answer.status))
    return answer.body


def read_json(address: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The object at an address, as it may be kept. Raises Failed."""
    body = read(address, headers)
    if b"\\u0000" in body:
        # PostgreSQL keeps no JSON with a NUL in it.
        raise Failed(Trouble.GARBLED)
    return object_in(body)


def send_form(
    address: str, fields: Mapping[str, str], headers: Mapping[str, str]
) -> tuple[int, dict[str, Any]]:
    """Send a form; returns the status and the object of the answer, whatever they say. Raises Failed."""
    answer = _ask(
        "POST",
        address,
        urlencode(fields).encode(),
        {"Content-Type": "application/x-www-form-urlencoded", **headers},
    )
    if answer.status >= 500:
        raise Failed(Trouble.ERROR, str(answer.status))
    return answer.status, object_in(answer.body)


def object_in(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body.decode())
    except (ValueError, RecursionError) as failure:
        raise Failed(Trouble.GARBLED) from failure
    if not isinstance(found, dict):
        raise Failed(Trouble.GARBLED)
    return found
