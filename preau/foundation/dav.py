"""WebDAV (RFC 4918) as far as a reader needs it: what is asked, and how it is answered. It knows nothing of what is shown.

What would change something where nothing may be written is refused in the words of the protocol, so that a client says « lecture seule »
instead of trying again; what a writer needs beside is in `davwriting`.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import http_date
from lxml import etree  # type: ignore[import-untyped]

from preau.foundation.access import View
from preau.foundation.assertions.reading import parsed
from preau.foundation.assertions.words import AssertionRefused as Malformed
from preau.foundation.assertions.words import Reason

DAV = "DAV:"
CALDAV = "urn:ietf:params:xml:ns:caldav"
CALENDAR_SERVER = "http://calendarserver.org/ns/"
APPLE = "http://apple.com/ns/ical/"
# Some clients know « DAV: » by the letter D alone.
LETTERS = {"D": DAV, "C": CALDAV, "CS": CALENDAR_SERVER, "I": APPLE}
XML = "application/xml; charset=utf-8"

LONGEST_BODY = 256 * 1024  # a thousand addresses of a calendar are 120 kB
MULTI_STATUS = 207
# Methods that change something, in the protocols that clients speak here: all of them are refused.
WRITING = frozenset(
    "PUT POST PATCH DELETE MKCOL MKCALENDAR PROPPATCH COPY MOVE LOCK UNLOCK ACL BIND UNBIND REBIND ORDERPATCH".split()
)
# What « everything » means: the properties of RFC 4918. The others are given to whoever names them.
PLAIN = frozenset(
    f"{{{DAV}}}{name}"
    for name in (
        "creationdate",
        "displayname",
        "getcontentlength",
        "getcontenttype",
        "getetag",
        "getlastmodified",
        "resourcetype",
    )
)
ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# A text, elements, or the whole element as somebody wrote it.
Content = str | Sequence[Any] | Any
Property = Callable[[], Content]
# What each method answers, in the order in which they are told.
Answers = Mapping[str, Callable[[], HttpResponseBase]]


class DavError(Exception):
    """Why nothing else is answered: a status, and the condition that the standard names for it (« {DAV:}… »), or words for people."""

    def __init__(self, status: HTTPStatus, condition: str = "", *inside: Any, words: str = "") -> None:
        super().__init__(condition)
        self.status, self.condition, self.inside, self.words = status, condition, inside, words


@dataclass(frozen=True)
class Resource:
    """Something that has an address, and what is known of it: a text, or elements; worked out only when it is asked for. `noted`: the
    names of what programs wrote of it."""

    href: str
    properties: Mapping[str, Property]
    noted: frozenset[str] = frozenset()


@dataclass(frozen=True)
class PropertyRequest:
    """The properties that a client wants: those it names, every plain one, or their names alone."""

    named: tuple[str, ...] | None = None
    names_alone: bool = False

    def of(self, resource: Resource) -> tuple[list[Any], list[Any]]:
        """Elements of what was found, and of what was not."""
        properties, plain = resource.properties, PLAIN | resource.noted
        if self.named is None:
            known = [name for name in properties if self.names_alone or name in plain]
            if self.names_alone:
                return [element(name) for name in known], []
            return [_property(name, properties[name]()) for name in known], []
        found = [_property(name, properties[name]()) for name in self.named if name in properties]
        return found, [element(name) for name in self.named if name not in properties]


def _property(name: str, content: Any) -> Any:
    return content if etree.iselement(content) and content.tag == name else element(name, content)


# Elements


def dav(name: str) -> str:
    return f"{{{DAV}}}{name}"


def caldav(name: str) -> str:
    return f"{{{CALDAV}}}{name}"


def element(tag: str, *inside: Content | Any, **attributes: str) -> Any:
    """An element with texts and elements in it; what XML cannot hold is left out of texts."""
    made = etree.Element(tag, attributes, nsmap=LETTERS)
    for one in inside:
        if isinstance(one, str):
            made.text = ILLEGAL.sub("", one)
        elif isinstance(one, (list, tuple)):
            made.extend(one)
        else:
            made.append(one)
    return made


def href(address: str) -> Any:
    return element(dav("href"), address)


def written(root: Any) -> bytes:
    raw: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8")
    return raw


# What is asked


def body_of(request: HttpRequest) -> Any | None:
    """The root of what was sent; None when nothing was. Raises DavError: too long, or not XML that a client writes."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isascii() or not length.isdigit() or int(length[:12]) > LONGEST_BODY:
        raise DavError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    raw = request.body
    if not raw.strip():
        return None
    try:
        return parsed(raw, LONGEST_BODY)
    except Malformed as failure:
        too_long = failure.reason == Reason.TOO_LONG
        raise DavError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE if too_long else HTTPStatus.BAD_REQUEST
        ) from failure


def propfind_of(request: HttpRequest) -> PropertyRequest:
    """What a PROPFIND wants; nothing said means every plain property."""
    root = body_of(request)
    if root is None:
        return PropertyRequest()
    if root.tag != dav("propfind"):
        raise DavError(HTTPStatus.BAD_REQUEST)
    return properties_in(root)


def properties_in(root: Any) -> PropertyRequest:
    """The properties named in `prop`. Raises DavError when it says neither which, nor all, nor their names."""
    if root.find(dav("propname")) is not None:
        return PropertyRequest(names_alone=True)
    named = root.find(dav("prop"))
    if named is not None:
        return PropertyRequest(tuple(dict.fromkeys(child.tag for child in named)))
    if root.find(dav("allprop")) is None:
        raise DavError(HTTPStatus.BAD_REQUEST)
    return PropertyRequest()


def depth_of(request: HttpRequest) -> int:
    """0 or 1. A whole tree is not walked for one request, and without a word the standard means a whole tree."""
    depth = request.headers.get("Depth", "infinity").strip().lower()
    if depth == "infinity":
        raise DavError(HTTPStatus.FORBIDDEN, dav("propfind-finite-depth"))
    if depth not in {"0", "1"}:
        raise DavError(HTTPStatus.BAD_REQUEST)
    return int(depth)


def steps_of(path: str) -> tuple[str, ...]:
    """The names of a path, composed as ours are: some systems ask for an « e » and its accent apart."""
    return tuple(unicodedata.normalize("NFC", step) for step in path.split("/") if step)


def steps_below(address: str, base: str) -> tuple[str, ...] | None:
    """The names that an address has below ours; None when it is somewhere else."""
    try:
        path = unquote(urlsplit(address).path)
    except ValueError:
        return None
    base = unquote(base)
    return steps_of(path.removeprefix(base)) if path.startswith(base) else None


def address(base: str, *steps: str, folder: bool) -> str:
    """The address of what these names lead to, from `base`, which ends with a slash."""
    below = "/".join(quote(step, safe="") for step in steps)
    return f"{base}{below}/" if folder and steps else f"{base}{below}"


# What is answered


def speaks(*methods: str, classes: str) -> Callable[[Callable[..., Answers]], View]:
    """A view that gives, for one address, what each method answers there. `classes`: what the header DAV says.

    What it takes is said here once; what would change something where nothing may be written is refused in the same words by all of them.
    """
    request_method_list = list(methods)  # as Django's decorators call it: what the tests ask of every route

    def decorate(view: Callable[..., Answers]) -> View:
        @wraps(view)
        def spoken(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            response = _spoken(request, lambda: view(request, *args, **kwargs), request_method_list)
            response.headers["DAV"] = classes
            # Without it, Windows takes the address for that of a web site.
            response.headers["MS-Author-Via"] = "DAV"
            return response

        return spoken

    return decorate


def _spoken(request: HttpRequest, view: Callable[[], Answers], methods: Sequence[str]) -> HttpResponseBase:
    allowed = {"Allow": ", ".join(["OPTIONS", *methods])}
    try:
        if request.method in WRITING and request.method not in methods:
            raise read_only(request)
        answers = view()
        allowed = {"Allow": ", ".join(["OPTIONS", *answers])}
        if request.method in WRITING and not WRITING & set(answers):
            raise read_only(request)
        return _answer(request, answers, allowed)
    except Http404:
        # A page of the site is of no use to a program.
        return refusal(DavError(HTTPStatus.NOT_FOUND))
    except DavError as refused:
        response = refusal(refused)
        if refused.status == HTTPStatus.METHOD_NOT_ALLOWED:
            response.headers["Allow"] = allowed["Allow"]
        return response


def _answer(request: HttpRequest, answers: Answers, allowed: Mapping[str, str]) -> HttpResponseBase:
    method = request.method or ""
    if method == "OPTIONS":
        return HttpResponse(status=HTTPStatus.OK, headers=allowed)
    if method not in answers:
        raise DavError(HTTPStatus.METHOD_NOT_ALLOWED)
    return answers[method]()


def read_only(request: HttpRequest) -> DavError:
    """RFC 3744, 7.1.1: which right is missing, and of what."""
    missing = element(dav("privilege"), element(dav("write")))
    here = element(dav("resource"), href(quote(request.path)), missing)
    return DavError(HTTPStatus.FORBIDDEN, dav("need-privileges"), here)


def refusal(refused: DavError) -> HttpResponse:
    """An error in the words of the protocol: never empty, so that no page of ours takes its place."""
    if refused.words:
        return HttpResponse(refused.words, status=refused.status, content_type="text/plain; charset=utf-8")
    conditions = [element(refused.condition, *refused.inside)] if refused.condition else []
    root = element(dav("error"), *conditions)
    return HttpResponse(written(root), status=refused.status, content_type=XML)


def multistatus(
    resources: Iterable[Resource], asked: PropertyRequest, missing: Iterable[str] = ()
) -> HttpResponse:
    """What is known of each, and the addresses at which nothing is."""
    root = element(dav("multistatus"))
    for resource in resources:
        found, unknown = asked.of(resource)
        root.append(element(dav("response"), href(resource.href), *_states(found, unknown)))
    for gone in missing:
        root.append(element(dav("response"), href(gone), status_line(HTTPStatus.NOT_FOUND)))
    return HttpResponse(written(root), status=MULTI_STATUS, content_type=XML)


def _states(found: list[Any], unknown: list[Any]) -> list[Any]:
    # A response says at least one of the two, be it empty.
    states = [(HTTPStatus.OK, found)] if found or not unknown else []
    states += [(HTTPStatus.NOT_FOUND, unknown)] if unknown else []
    return [
        element(dav("propstat"), element(dav("prop"), *properties), status_line(status))
        for status, properties in states
    ]


def status_line(status: HTTPStatus) -> Any:
    return element(dav("status"), f"HTTP/1.1 {status.value} {status.phrase}")


def rights(*more: str) -> Content:
    """What one may do here: read it, and what is said."""
    names = ("read", "read-current-user-privilege-set", *more)
    return [element(dav("privilege"), element(dav(name))) for name in names]


def tag_of(digest: str) -> str:
    """The tag of a file: other bytes, another tag."""
    return f'"{digest[:32]}"'


def changed_on(moment: datetime) -> str:
    """« Tue, 24 Nov 2026 09:30:00 GMT »."""
    return http_date(moment.timestamp())


def made_on(moment: datetime) -> str:
    """« 2026-11-24T09:30:00Z »."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
