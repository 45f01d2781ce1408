"""One request to a source, within its limits; why it could not be read, in sentences for whoever runs the platform."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from xml.etree.ElementTree import Element  # nosec B405 - the type; parsed by defusedxml

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from django.conf import settings
from django.utils.translation import gettext as _

from preau.domains.catalogue.actions.harvesting import HarvestedRecord
from preau.domains.catalogue.imports.harvest.mapping import LONGEST_RECORD, Mapper, SourceRecord, Unfit
from preau.foundation import outward_reading as outward
from preau.foundation.outward import ForbiddenAddress, TooLong

# An answer, in bytes and seconds; a whole reading, in bytes, pages and records.
PAGE = outward.Limits(longest=20_000_000, seconds=60)
TRIAL = outward.Limits(longest=20_000_000, seconds=20)
MOST_BYTES, MOST_PAGES, MOST_RECORDS = 1_000_000_000, 5_000, 200_000
# Between two requests to the same site.
PAUSE = 0.5
LATER = {
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}
LONGEST_WAIT = 3_600


class BadSource(Exception):
    """What a source said cannot be read: this reading ends, everything stays."""


class Later(Exception):
    """The source does not answer now: the same page is asked again, after `wait` seconds."""

    def __init__(self, why: str, wait: int = 0) -> None:
        super().__init__(why)
        self.wait = wait


class Unchanged(Exception):
    """Nothing is new since the last reading."""


@dataclass
class Step:
    """What one page brought: records, what could not be taken, where to go on (None: nowhere), what to remember for next time."""

    found: list[HarvestedRecord] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)
    onward: dict[str, Any] | None = None
    marks: dict[str, Any] = field(default_factory=dict)
    size: int = 0
    is_whole: bool = False


def fetch(
    address: str,
    headers: Mapping[str, str] | None = None,
    *,
    limits: outward.Limits = PAGE,
    statuses: Sequence[int] = (),
) -> outward.RemoteResponse:
    """What is at this address. Raises BadSource or Later; Unchanged for 304. `statuses`: others than 200 that are answers too."""
    request_headers = {"User-Agent": f"Preau/1 (+{settings.PUBLIC_URL})"} | dict(headers or {})
    try:
        answer = outward.read(address, limits, request_headers)
    except ForbiddenAddress as failure:
        raise BadSource(
            _(
                "Cette adresse, ou celle où elle renvoie, n’est pas lue : Préau ne lit que des adresses publiques, en https."
            )
        ) from failure
    except TooLong as failure:
        raise BadSource(_("La réponse est trop longue : la source ne s’arrête pas.")) from failure
    except TimeoutError as failure:
        raise Later(_("La source répond trop lentement.")) from failure
    except OSError as failure:
        raise Later(_("La source ne répond pas.")) from failure
    if answer.status == HTTPStatus.NOT_MODIFIED:
        raise Unchanged
    if answer.status in LATER:
        raise Later(
            _("La source demande d’attendre (réponse %(status)s).") % {"status": answer.status}, _wait(answer)
        )
    if answer.status != HTTPStatus.OK and answer.status not in statuses:
        raise BadSource(_("La source répond une erreur (%(status)s).") % {"status": answer.status})
    return answer


def _wait(answer: outward.RemoteResponse) -> int:
    delay = answer.headers.get("retry-after", "")
    return min(int(delay), LONGEST_WAIT) if delay.isascii() and delay.isdigit() and len(delay) < 7 else 0


def conditions(marks: Mapping[str, Any]) -> dict[str, str]:
    """Ask only for what has changed."""
    headers = {"If-None-Match": marks.get("etag", ""), "If-Modified-Since": marks.get("modified", "")}
    return {name: value for name, value in headers.items() if value}


def marks_of(answer: outward.RemoteResponse) -> dict[str, str]:
    marks = {"etag": answer.headers.get("etag", ""), "modified": answer.headers.get("last-modified", "")}
    return {name: value[:200] for name, value in marks.items() if value and value.isprintable()}


def tree(body: bytes) -> Element:
    """The root of an XML without DTD. Raises BadSource."""
    start = body[:1_000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html")):
        raise BadSource(_("La source a répondu une page web au lieu de ses notices."))
    try:
        return fromstring(body, forbid_dtd=True)
    except ParseError as failure:
        line = getattr(failure, "position", (0, 0))[0]
        raise BadSource(
            _("La réponse n’est pas du XML lisible (ligne %(line)s).") % {"line": line}
        ) from failure
    except DefusedXmlException as failure:
        raise BadSource(_("La réponse contient une DTD : elle n’est pas lue.")) from failure
    except (LookupError, ValueError) as failure:
        raise BadSource(_("La réponse est écrite dans un codage inconnu.")) from failure


def weight_of(element: Element) -> int:
    """How many signs a record holds."""
    return sum(len(text) for text in element.itertext())


def local(element: Element) -> str:
    """Its name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def words_of(element: Element, *path: str) -> list[str]:
    """The texts at the end of this path, whatever the namespaces."""
    if not path:
        text = "".join(element.itertext()).strip()
        return [text] if text else []
    return [words for child in element if local(child) == path[0] for words in words_of(child, *path[1:])]


def word_of(element: Element, *path: str) -> str:
    return next(iter(words_of(element, *path)), "")


def taken(step: Step, mapper: Mapper, record: SourceRecord, weight: int = 0) -> None:
    """Put a record in the page, or say why not."""
    if weight > LONGEST_RECORD:
        step.problems.append((record.where, _("La notice est trop longue.")))
        return
    try:
        step.found.append(mapper.found(record))
    except Unfit as failure:
        step.problems.append((record.where, str(failure)))


def breathe() -> None:
    time.sleep(PAUSE)
