"""The map of a site, and what its pages say of themselves in schema.org (JSON-LD): a learning resource is taken, other pages are not.

The robots of a site that asks to be left alone are: its robots.txt is read first.
"""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit
from urllib.robotparser import RobotFileParser

from django.utils.translation import gettext as _

from preau.domains.catalogue.imports.harvest import reading
from preau.domains.catalogue.imports.harvest.mapping import Mapper, SourceRecord
from preau.domains.catalogue.imports.harvest.reading import BadSource, Step, local, word_of
from preau.domains.catalogue.models import Source
from preau.foundation import outward_reading as outward
from preau.foundation.outward import TooLong

# Pages in one step: what is read again after the death of whoever was reading.
AT_ONCE, MOST_MAPS, MOST_ADDRESSES = 10, 50, 5_000
LONGEST_PAGE = 2_000_000
# All the pages of a step, or all the maps, take less than a reading is held for (`running.HELD`).
PAGE_SECONDS, MAPS_SECONDS = 15, 200
KINDS = {
    "LearningResource",
    "Course",
    "CreativeWork",
    "Article",
    "Quiz",
    "VideoObject",
    "Book",
    "WebPage",
    "SyllabusItem",
    "MediaObject",
    "HowTo",
    "ScholarlyArticle",
    "TechArticle",
    "AudioObject",
    "PresentationDigitalDocument",
    "DigitalDocument",
    "Game",
}
# Of these, only what says that it is for learning.
VAGUE = {
    "CreativeWork",
    "Article",
    "WebPage",
    "MediaObject",
    "VideoObject",
    "AudioObject",
    "Book",
    "HowTo",
    "TechArticle",
    "ScholarlyArticle",
    "DigitalDocument",
    "Game",
}
FOR_LEARNING = (
    "learningResourceType",
    "educationalLevel",
    "educationalAlignment",
    "educationalUse",
    "teaches",
)
ROBOT = "Preau"
GONE = (404, 410)


def step(source: Source, cursor: dict[str, Any], mapper: Mapper, *, limits: Any = reading.PAGE) -> Step:
    """First the map, then its pages, a few at a time."""
    if not cursor:
        return _mapped(source, limits)
    addresses, place = cursor["addresses"], cursor["place"]
    made = Step(is_whole=True, marks={})
    for address in addresses[place : place + AT_ONCE]:
        reading.breathe()
        _page(made, mapper, address, limits)
    if place + AT_ONCE < len(addresses):
        made.onward = {"addresses": addresses, "place": place + AT_ONCE}
    return made


def _mapped(source: Source, limits: Any) -> Step:
    """Every address of the map, and of the maps that it names, on this site alone."""
    robots = _robots(source.address, limits)
    host, waiting, seen = urlsplit(source.address).hostname, [source.address], 0
    addresses: dict[str, None] = {}
    size, ends = 0, time.monotonic() + MAPS_SECONDS
    while waiting and seen < MOST_MAPS and len(addresses) < MOST_ADDRESSES:
        if time.monotonic() > ends:
            raise BadSource(_("La source répond trop lentement."))
        answer = reading.fetch(waiting.pop(0), limits=limits)
        seen, size = seen + 1, size + len(answer.body)
        root = reading.tree(_unzipped(answer.body, limits.longest))
        if local(root) not in {"urlset", "sitemapindex"}:
            raise BadSource(_("Cette adresse n’est pas celle d’un plan de site (sitemap)."))
        listed = [word_of(one, "loc") for one in root if local(one) in {"url", "sitemap"}]
        # A map speaks of its own site; another one has its own.
        own = [one for one in listed if _host(one) == host]
        if local(root) == "sitemapindex":
            waiting += own
        else:
            addresses |= dict.fromkeys(one for one in own if robots.can_fetch(ROBOT, one))
    chosen = list(addresses)[:MOST_ADDRESSES]
    onward = {"addresses": chosen, "place": 0} if chosen else None
    return Step(size=size, onward=onward, is_whole=True)


def _host(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


def _unzipped(body: bytes, longest: int) -> bytes:
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        return outward.unzipped(body, longest)
    except TooLong as failure:
        raise BadSource(_("La réponse est trop longue : la source ne s’arrête pas.")) from failure
    except OSError as failure:
        raise BadSource(_("Le plan compressé ne se lit pas.")) from failure


def _robots(address: str, limits: Any) -> RobotFileParser:
    robots = RobotFileParser()
    answer = reading.fetch(urljoin(address, "/robots.txt"), limits=limits, statuses=(400, 401, 403, *GONE))
    lines = answer.body.decode("utf-8", "replace").splitlines() if answer.status < 400 else []
    robots.parse(lines)
    return robots


def _page(made: Step, mapper: Mapper, address: str, limits: Any) -> None:
    one = outward.Limits(min(LONGEST_PAGE, limits.longest), min(PAGE_SECONDS, limits.seconds), limits.steps)
    try:
        answer = reading.fetch(address, {"Accept": "text/html"}, limits=one, statuses=GONE)
    except BadSource as failure:
        made.problems.append((address, str(failure)))
        return
    made.size += len(answer.body)
    if answer.status in GONE:
        made.problems.append((address, _("Le plan nomme une page qui n’existe plus.")))
        return
    records = list(described(answer.body.decode(_charset(answer), "replace")))
    for record in records[:1]:
        reading.taken(made, mapper, record_of(record, answer.address), len(json.dumps(record)))


def _charset(answer: outward.RemoteResponse) -> str:
    named = answer.headers.get("content-type", "").lower().partition("charset=")[2].strip("\"'; ")
    try:
        "".encode(named or "utf-8")
    except LookupError:
        return "utf-8"
    return named or "utf-8"


class _Scripts(HTMLParser):
    """The blocks of JSON-LD of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script":
            kind = next((value or "" for name, value in attrs if name == "type"), "")
            self.inside = kind.strip().lower() == "application/ld+json"
            if self.inside:
                self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag == "script":
            self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.found[-1] += data


def described(page: str) -> Iterator[dict[str, Any]]:
    """What the page says of learning resources."""
    scripts = _Scripts()
    with suppress(AssertionError):
        # What the parser says of sections that no HTML has.
        scripts.feed(page)
    for block in scripts.found:
        try:
            payload = json.loads(block)
        except (ValueError, RecursionError):
            continue
        yield from (thing for thing in _things(payload) if _is_for_learning(thing))


def _things(payload: Any) -> Iterator[dict[str, Any]]:
    for one in payload if isinstance(payload, list) else [payload]:
        if isinstance(one, dict):
            yield one
            graph = one.get("@graph")
            yield from (each for each in graph if isinstance(each, dict)) if isinstance(graph, list) else ()


def _is_for_learning(one: dict[str, Any]) -> bool:
    kinds = {str(kind).rsplit("/", 1)[-1] for kind in _list(one.get("@type"))}
    if not kinds & KINDS:
        return False
    return bool(kinds & (KINDS - VAGUE)) or any(one.get(name) for name in FOR_LEARNING)


def record_of(thing: dict[str, Any], address: str) -> SourceRecord:
    """A LearningResource of schema.org; its own address first, else that of its page."""
    levels, about = _terms(thing.get("educationalLevel")), _terms(thing.get("about"))
    aligned = [
        path
        for one in _list(thing.get("educationalAlignment"))
        if isinstance(one, dict)
        for path in [_aligned(one)]
    ]
    words = [one.strip() for word in _words(thing.get("keywords")) for one in word.split(",")]
    there = _joined(address, next(iter(_words(thing.get("url"))), "") or address)
    # A page that speaks for another site leads to itself.
    there = there if _host(there) == _host(address) else address
    return SourceRecord(
        str(thing.get("@id") or there),
        address,
        next(iter(_words(thing.get("name")) or _words(thing.get("headline"))), ""),
        next(iter(_words(thing.get("description"))), ""),
        [there, address],
        _words(thing.get("author")) or _words(thing.get("creator")),
        words,
        [*levels, *about, *aligned],
        _words(thing.get("learningResourceType")),
        [
            word
            for one in _list(thing.get("audience"))
            if isinstance(one, dict)
            for word in _words(one.get("educationalRole"))
        ],
        _words(thing.get("license")),
        next(iter(_words(thing.get("inLanguage"))), ""),
        next(iter(_words(thing.get("datePublished"))), ""),
        next(iter(_words(thing.get("timeRequired"))), ""),
        hints=words,
    )


def _joined(address: str, there: str) -> str:
    try:
        return urljoin(address, there)
    except ValueError:
        return address


def _aligned(one: dict[str, Any]) -> list[str]:
    return [*_words(one.get("targetName")), *_words(one.get("targetUrl"))]


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _words(value: Any) -> list[str]:
    """What is said in words, or by the name or the address of a thing."""
    found = []
    for one in _list(value):
        if isinstance(one, dict):
            one = one.get("name") or one.get("@value") or one.get("url") or one.get("@id")
        if isinstance(one, str | int | float):
            found.append(str(one))
    return found


def _terms(value: Any) -> list[list[str]]:
    """Each as its name and its concept."""
    return [
        [str(one.get("name", "")), str(one.get("@id") or one.get("url") or "")]
        if isinstance(one, dict)
        else [str(one)]
        for one in _list(value)
    ]
