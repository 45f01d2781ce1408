"""What the test client sees of the site: every route of the URL conf, every link, every form that asks a question."""

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from itertools import islice
from threading import get_ident
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import lxml.html
from django.conf import settings
from django.db import connection, transaction
from django.urls import NoReverseMatch, Resolver404, ResolverMatch, resolve, reverse

from conftest import SchoolClient
from preau import urls
from preau.foundation.access import anyone, by_key, signed_in
from tests.building import routes
from tests.declared import gathered
from tests.net.cast import Stage
from tests.net.forms import Form, forms_of
from tests.net.plan import Limits
from tests.pages import Page
from tests.statements import MOST_QUERIES, counts

# It shows every component in every state: nobody reads it between two lessons, and its forms lead nowhere.
GUIDE = "foundation:styleguide"
# Once in some minutes, on whichever page is then opened: that the session lives.
LIVES = re.compile(r'UPDATE "(django_session|identity_accountsession)" SET ("session_data"|"seen_at")')
# A shape is made of the names of all attributes, and of the values of those that change how an element looks or acts.
TELLING = {
    "class",
    "role",
    "type",
    "open",
    "hidden",
    "disabled",
    "aria-current",
    "aria-invalid",
    "aria-expanded",
}
PAGE = frozenset({200, 302})  # an absence already settled leads back to the list
SENT = frozenset({200, 302, 409, 422, 429})  # a form that a page offers is not refused
ASIDE = frozenset({200, 302, 404, 405})  # what is not a page: files, POST only, nothing put aside


class Asked:
    """The statements of this thread: in memory, the pages that a browser still asks for go through the same connection."""

    def __init__(self) -> None:
        self.thread, self.statements = get_ident(), list[str]()

    def __call__(self, execute: Any, sql: str, *args: Any) -> Any:
        if get_ident() == self.thread and counts(sql) and not LIVES.match(sql):
            self.statements.append(sql)
        return execute(sql, *args)


@dataclass
class Visit:
    """One address asked for by one person, and what came back."""

    member: str
    route: str
    address: str
    wanted: frozenset[int]
    status: int
    body: str = ""
    size: int = 0
    queries: int = 0
    statements: list[str] = field(default_factory=list, repr=False)
    is_page: bool = False
    # Where its links and forms lead, and what is answered there; None where the walk did not go.
    links: dict[str, int | None] = field(default_factory=dict)
    forms: list[Form] = field(default_factory=list)
    main: str = ""
    frame: str = ""
    # How it was answered, for what the browser cannot ask for again: the answer to a form.
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def shape(self) -> str:
        return self.main + self.frame


class Crawl:
    """The walk of one member of the cast: first what is declared, then what can be reached from the home."""

    def __init__(self, stage: Stage, key: str, limits: Limits) -> None:
        self.member, self.table = stage.cast[key], stage.table
        self.client, self.limits = SchoolClient(), limits
        self.viewer = self.member.viewer
        self.visits: dict[str, Visit] = {}
        self.objects: set[tuple[str, Any]] = set()
        self._asked: Counter[Any] = Counter()
        if self.member.person:
            self.client.sit(self.member.person)
            self.client.may_see_twin |= self.member.sees_schools

    def walk(self) -> list[Visit]:
        for address in self._declared():
            self.see(address)
        for page in gathered().pages:
            self.see_page(page)
        self._follow([reverse("portal:home"), *self.table.values()])
        for visit in list(self.visits.values()):
            if visit.status == 200 and not visit.route.startswith(GUIDE):
                self._send_forms(visit)
        return list(self.visits.values())

    def _send_forms(self, visit: Visit) -> None:
        """Each form as it is drawn, then emptied: once a kind. Nothing of it stays."""
        for form in visit.forms:
            for variant, values in {"tel quel": form.given, "vidé": form.other}.items():
                kind = "POST", variant, route_of(form.action), form.names
                if form.method == "POST" and not self._asked[kind]:
                    self._asked[kind] += 1
                    self.visits[f"{form.action} {variant}"] = self._send(form.action, values)

    def _send(self, address: str, values: Iterable[tuple[str, str]]) -> Visit:
        data: dict[str, list[str]] = {}
        for name, value in values:
            data.setdefault(name, []).append(value)
        cookies = self.client.cookies.copy()
        with transaction.atomic():
            response = self.client.post(address, data)
            transaction.set_rollback(True)
        self.client.cookies = cookies
        visit = self._read(address, SENT, response)
        visit.headers = dict(response.items())
        return visit

    def see(self, address: str) -> Visit:
        if address not in self.visits:
            self.visits[address] = self._look(address)
        return self.visits[address]

    def see_page(self, page: Page) -> Visit:
        """A page of the table, of which the table says too what must be answered."""
        visit = self.see(self.table[page.name])
        visit.wanted &= self._of_the_table(page)
        return visit

    def may_see_page(self, page: Page) -> bool:
        return 200 in self._wanted(self.table[page.name]) & self._of_the_table(page)

    def may_see(self, address: str) -> bool:
        return 200 in self._wanted(address)

    def foresee_links(self, visit: Visit) -> None:
        """Where the links of a page lead, by what is declared of each: none is followed."""
        for link in [link for link, status in visit.links.items() if status is None]:
            wanted = self._wanted(link)
            visit.links[link] = 200 if 200 in wanted else min(wanted)

    def _follow(self, first: list[str]) -> None:
        waiting, known = deque(first), set(first)
        while waiting:
            visit = self.see(waiting.popleft())
            for link in visit.links if visit.status == 200 else ():
                if link not in known and not link.startswith("#") and self._is_new(link):
                    known.add(link)
                    waiting.append(link)
        for visit in self.visits.values():
            visit.links |= {link: self.visits[link].status for link in visit.links if link in self.visits}

    def _is_new(self, link: str) -> bool:
        """Weeks, pages and objects differ by a value: a few of each kind are enough."""
        if link in self.visits:
            return True
        query = frozenset(name for name, _ in parse_qsl(urlsplit(link).query, keep_blank_values=True))
        kind = route_of(link), query
        self._asked[kind] += 1
        return self._asked[kind] <= (self.limits.questions if query else self.limits.objects)

    # What is declared

    def _declared(self) -> Iterator[str]:
        """Each route of the URL conf, with objects that this person sees and one that they do not."""
        for name, view in routes(urls.urlpatterns):
            yield from self.addresses_of(name, view)

    def addresses_of(self, name: str, view: Any) -> Iterator[str]:
        """Those of one route."""
        if view.model is None:
            yield from address_of(name, {})
            return
        for found in self._objects(view.model):
            value = getattr(found, view.by)
            self.objects.add((view.model._meta.label, value))
            yield from address_of(name, {view.by: value})

    def _objects(self, model: Any) -> Iterator[Any]:
        seats = list(self.viewer.every_seat()) if self.viewer else []
        seen = {
            found.pk: found
            for seat in seats
            for found in islice(model.objects.visible_to(seat).order_by("pk"), self.limits.objects)
        }
        yield from seen.values()
        visible = [pk for seat in seats for pk in model.objects.visible_to(seat).values_list("pk", flat=True)]
        yield from model.objects.exclude(pk__in=visible).order_by("pk")[:1]

    def _of_the_table(self, page: Page) -> frozenset[int]:
        """What `PAGES` says of this person, in its own school; of the others, that they do not get in."""
        view = resolve(self.table[page.name]).func
        if self.viewer is None:
            return frozenset({200}) if view.opening is anyone else frozenset({302})
        if view.opening is anyone or (view.opening is signed_in and view.model is None):
            return frozenset({200})
        at_home = self.member.at_home or view.model is None
        if self.member.like & page.open_to:
            if self.member.key == "teacher_parent" and view.model is not None:
                # A pupil of the school who is not their child is seen, and may be refused.
                return frozenset({200, page.otherwise, 404})
            found = PAGE if page.name in gathered().leads_back else frozenset({200})
            return found if at_home else frozenset({404})
        # Nobody is refused what is theirs: `visible_to` alone says whose it is.
        return frozenset({200, 404}) if view.opening is signed_in else frozenset({page.otherwise, 404})

    def _wanted(self, address: str) -> frozenset[int]:
        """What `@opens` says of this address for this person."""
        match = match_of(address)
        if match is None:
            return frozenset({404})
        view, opened = match.func, ASIDE if match.view_name in gathered().elsewhere else PAGE
        if match.view_name in gathered().tokens_alone or view.opening is by_key:
            return frozenset({401})
        if view.opening is anyone:
            return opened
        if self.viewer is None:
            return frozenset({302})
        if view.model is None:
            return opened if any(map(view.opening, self.viewer.every_seat())) else frozenset({403})
        allowed = list(self._rights(view, match.kwargs[view.by]))
        return opened if any(allowed) else frozenset({403 if allowed else 404})

    def _rights(self, view: Any, value: Any) -> Iterator[bool]:
        """For each seat that sees the object: may it open the page?"""
        for seat in self.viewer.every_seat():
            found = view.model.objects.visible_to(seat).filter(**{view.by: value}).first()
            if found is not None:
                yield view.opening(seat, found)

    # What is there

    def _look(self, address: str) -> Visit:
        with connection.execute_wrapper(asked := Asked()):
            response = self.client.get(address)
        visit = self._read(address, self._wanted(address), response)
        visit.queries = len(asked.statements)
        visit.statements = asked.statements if visit.queries > MOST_QUERIES else []
        return visit

    def _read(self, address: str, wanted: frozenset[int], response: Any) -> Visit:
        body = b"".join(response.streaming_content) if response.streaming else response.content
        visit = Visit(
            self.member.key, route_of(address), address, wanted, response.status_code, size=len(body)
        )
        # A page that is sent as a file is opened from a disk, without the site: the tests of its own service look at it.
        is_file = "attachment" in response.headers.get("Content-Disposition", "")
        if response.headers.get("Content-Type", "").startswith("text/html") and body and not is_file:
            visit.is_page, visit.body = True, body.decode()
            tree = lxml.html.document_fromstring(visit.body)
            visit.forms = list(forms_of(tree, address))
            asked = [
                question for form in visit.forms if form.method == "GET" for question in form.questions()
            ]
            visit.links = dict.fromkeys([*links_of(tree, address), *asked])
            named = {f"#{element.get('id')}" for element in tree.iterfind(".//*[@id]")} | {"#"}
            visit.links |= {
                link: 200 if link in named else 404 for link in visit.links if link.startswith("#")
            }
            visit.main, visit.frame = shapes_of(tree)
        return visit


def address_of(name: str, arguments: dict[str, Any]) -> Iterator[str]:
    """Nothing for a route that wants more than its object: links lead there."""
    try:
        yield reverse(name, kwargs=arguments)
    except NoReverseMatch:
        return


def route_of(address: str) -> str:
    match = match_of(address)
    return match.view_name if match else "(aucune)"


def match_of(address: str) -> ResolverMatch | None:
    """The route of an address; None where there is none."""
    return _match(settings.ROOT_URLCONF, urlsplit(address).path)


@lru_cache(maxsize=20_000)  # every page links to the same menu
def _match(urlconf: str, path: str) -> ResolverMatch | None:
    try:
        return resolve(path, urlconf)
    except Resolver404:
        return None


def links_of(tree: Any, address: str) -> Iterator[str]:
    """Where the links of a page lead on this site."""
    for link in tree.iterfind(".//a[@href]"):
        href = link.get("href")
        if href.startswith("#"):
            yield href
        elif not urlsplit(href).scheme and not href.startswith("//"):
            yield urljoin(address, href).split("#")[0]


def shapes_of(tree: Any) -> tuple[str, str]:
    """The shape of what is in `main`, and of what stands around it: two pages of one shape differ by their words alone."""
    main = tree.find(".//main")
    inside = "" if main is None else shape_of(main)
    if main is not None:
        main.getparent().remove(main)
    return short(inside), short(shape_of(tree))


def shape_of(element: Any) -> str:
    """The element, what tells how it looks or acts, and the different shapes of its children, each once."""
    if not isinstance(element.tag, str):
        return ""
    marks = " ".join(
        f"{name}={value}"
        if name in TELLING or (name.startswith("data-") and name not in {"data-url", "data-key"})
        else name
        for name, value in sorted(element.items())
    )
    parts = dict.fromkeys(shape_of(child) for child in element)
    # Of a list, which line is the current or the chosen one changes nothing.
    children = "".join(sorted(parts) if element.tag in {"ul", "ol", "tbody", "select"} else parts)
    return f"<{element.tag} {marks}>{children}</>"


def short(shape: str) -> str:
    return sha256(shape.encode()).hexdigest()[:16]
