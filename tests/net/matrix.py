"""The isolation matrix: every route, by every method it takes, as every role, on every kind of object.

An answer may not hold a mark that its reader may not read. A refused request may not write: each write is seen at the
database, and the rows of every table are compared before and after. A request that is answered, but names an object
that its sender does not see, may not touch that object. See docs/net-matrix.md.
"""

import inspect
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any, Protocol
from unittest import mock

from django.db import connection, transaction
from django.db.models import Model
from django.http import HttpResponse, QueryDict
from django.test import Client
from django.urls import get_resolver, reverse

from preau.foundation import pdf
from preau.foundation.access import anyone, by_key
from preau.foundation.readonly import WRITE
from tests.building import routes
from tests.net.matrix_bodies import BODIES
from tests.net.matrix_stage import DEPARTED, SCOPES, TOKEN, VISITORS, Mark, Stage, place_of, places_of
from tests.net.matrix_table import (
    ASKS_THE_JOURNAL,
    NAMES_TWO,
    NOT_HERE,
    NUMBERED,
    PLAIN,
    REST_OF_ADDRESS,
    Named,
    Told,
)
from tests.net.rows import NOT_DOMAIN, digests, remembering

# The methods that views take, and one that none takes, so that a refusal of the method is seen to hold too.
METHODS = ("GET", "HEAD", "POST", "DELETE")


class Untold(AssertionError):
    """Somebody made a route, a model or a parameter, and did not tell the matrix about it."""


@dataclass(frozen=True)
class Route:
    """A route as its view declares it. `methods` are those it takes; `model` is what `@opens` loads, found `by`."""

    name: str
    methods: frozenset[str]
    model: type[Model] | None
    by: str
    is_public: bool
    by_key: bool = False

    @property
    def house(self) -> str:
        return self.name.partition(":")[0]

    def address(self, found: Model | None) -> str:
        rest = REST_OF_ADDRESS.get(self.name, {})
        mine = {self.by: getattr(found, self.by)} if found is not None else {}
        return reverse(self.name, kwargs=rest | mine)


def all_routes(patterns: Iterable[Any] | None = None) -> list[Route]:
    found = patterns if patterns is not None else get_resolver().url_patterns
    return [route_of(name, view) for name, view in routes(found)]


def houses() -> list[str]:
    """The houses that have a page: the namespaces of the routes."""
    return sorted({name.partition(":")[0] for name, _ in routes(get_resolver().url_patterns)})


def routes_of(house: str) -> list[Route]:
    return [route for route in all_routes() if route.house == house]


def route_of(name: str, view: Callable[..., Any]) -> Route:
    opened: Any = view
    return Route(
        name,
        methods_of(name, view),
        opened.model,
        opened.by,
        opened.opening is anyone,
        opened.opening is by_key,
    )


def methods_of(name: str, view: Any) -> frozenset[str]:
    """The methods that a view takes, as `require_http_methods` and its like remember them."""
    while view is not None:
        listed = inspect.getclosurevars(view).nonlocals.get("request_method_list")
        if listed is not None:
            return frozenset(listed)
        view = getattr(view, "__wrapped__", None)
    raise Untold(f"{name}: nobody said which methods it takes (require_safe, require_POST…)")


def untold(found: Iterable[Route], tables: Told | None = None) -> list[str]:
    """The routes and models that the tables of the matrix do not know, and what they know too much."""
    tables, found = tables or Told(), list(found)
    known = {route.name for route in found}
    complaints = [
        f"{route.name}: nobody told the matrix who opens it"
        for route in found
        if route.name not in tables.opens
    ]
    complaints += [f"{name}: no such route any more" for name in sorted({*tables.opens, *BODIES} - known)]
    for route in found:
        if route.model is not None and route.model not in tables.sees:
            complaints.append(f"{route.name}: nobody told the matrix who sees {route.model._meta.label}")
        if "POST" in route.methods and route.name not in BODIES:
            complaints.append(f"{route.name}: takes a POST, and has no valid body in BODIES")
    return complaints


def unmet(stage: Stage, role: str, met: dict[str, set[str]]) -> list[str]:
    """The marks that a role had to meet and has not, once every house was walked through; a mark that nobody meets protects nothing."""
    if not met.keys() >= set(houses()):
        return []
    must = {mark.name for mark in stage.marks if role in mark.must}
    return sorted(must - set().union(*met.values()))


# What happened


@dataclass
class Findings:
    """What was done and found: `complaints` by kind; empty means nothing is wrong. `read`: the marks that each role met."""

    routes: set[str] = field(default_factory=set)
    requests: int = 0
    refused: int = 0
    substituted: int = 0
    leaks: list[str] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)
    read: set[tuple[str, str]] = field(default_factory=set)

    @property
    def complaints(self) -> list[str]:
        return [*self.leaks, *self.writes, *self.answers, *sorted(self.unknown)]

    def met_by(self, role: str) -> set[str]:
        return {mark for who, mark in self.read if who == role}

    def counted(self) -> dict[str, Any]:
        return {
            "routes": len(self.routes),
            "requests": self.requests,
            "refused": self.refused,
            "substituted": self.substituted,
            "leaks": len(self.leaks),
            "writes": len(self.writes),
            "answers": len(self.answers),
        }


class Writes:
    """Sees each statement that changes a row of the domain."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        written = WRITE.match(sql)
        if written and written[1].lower() not in NOT_DOMAIN:
            self.seen.append(written[1].lower())
        return execute(sql, params, many, context)


@contextmanager
def questions() -> Iterator[set[str]]:
    """The names that views and forms ask of a query or a body, whatever they are: nobody has to list them."""
    asked: set[str] = set()

    def remembering(method: Any) -> Any:
        def wrapped(self: Any, key: str, *args: Any, **kwargs: Any) -> Any:
            asked.add(str(key))
            return method(self, key, *args, **kwargs)

        return wrapped

    with ExitStack() as stack:
        for name in ("__getitem__", "get", "getlist", "__contains__"):
            stack.enter_context(
                mock.patch.object(QueryDict, name, remembering(getattr(QueryDict, name)), create=True)
            )
        yield asked


def fingerprint(found: Model, tables: Collection[str]) -> list[Any]:
    """An object, and every row that points at it, in these tables: what a stranger's form could change."""
    model = type(found)
    mark: list[Any] = list(model._base_manager.filter(pk=found.pk).values_list())
    for relation in model._meta.related_objects:
        if relation.related_model._meta.db_table not in tables:
            continue
        rows = relation.related_model._base_manager.filter(**{relation.field.name: found.pk})
        mark.append((relation.name, *rows.order_by("pk").values_list()))
    for many in model._meta.many_to_many:
        if getattr(model, many.name).through._meta.db_table not in tables:
            continue
        through = getattr(model, many.name).through._base_manager
        mark.append(
            (many.name, *through.filter(**{many.m2m_field_name(): found.pk}).order_by("pk").values_list())
        )
    return mark


def close_files(response: HttpResponse) -> None:
    """The files behind an answer, and no more: `close()` would end the connection of the test."""
    for close in response._resource_closers:
        close()


def text_of(response: HttpResponse) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    close_files(response)
    headers = " ".join(f"{name}: {value}" for name, value in response.items())
    return f"{headers}\n{body.decode(errors='replace')}".casefold()


@contextmanager
def papers_as_text() -> Iterator[None]:
    """Every paper as what it is drawn from."""
    with mock.patch.object(pdf, "made", lambda page, style: page.encode()):
        yield


# What it asks


@dataclass(frozen=True)
class Request:
    """What one role sends to one route. `place`: the number of the object among those of its scope.

    `sent`: what is put in the query or the body; `naming`: the object that it names, and of which scope it is.
    `watched`: is each parameter that the view asks for to be looked at, and replaced?
    """

    role: str
    route: Route
    scope: str | None
    method: str
    place: int = 0
    sent: tuple[tuple[str, Any], ...] = ()
    naming: tuple[Named, str] | None = None
    watched: bool = False

    def __str__(self) -> str:
        sent = f" {dict(self.sent)}" if self.sent else ""
        return f"{self.role} {self.method} {self.route.name} ({self.scope or 'no object'}){sent}"


class Plan(Protocol):
    """Which requests are sent (`tests/net/matrix_plans.py`); `Matrix` sends and judges them."""

    def roles(self) -> list[str]:
        """Whoever sends any of them."""

    def requests(self, route: Route) -> Iterable[Request]:
        """Those of a route."""

    def substitutions(self, request: Request, asked: Collection[str]) -> Iterable[Request]:
        """Those that follow a watched request, by the names that its view asked for."""


def scopes_of(stage: Stage, route: Route) -> list[str | None]:
    """Where the stage has objects of this model: a class has no school of its own, a leaver no term."""
    if route.model is None:
        return [None]
    return [scope for scope in SCOPES if scope in stage.objects[route.model]]


def may_open(tables: Told, route: Route, scope: str | None, role: str, method: str) -> bool:
    """A page without an object is also read by whoever may in another profile of theirs (docs/decisions/0008)."""
    reads_as_parent = role == "teacher_parent" and route.model is None and method in {"GET", "HEAD"}
    roles = [role, "guardian"] if reads_as_parent else [role]
    return any(tables.may_open(route.name, scope, role) for role in roles)


def is_hidden(tables: Told, route: Route, scope: str | None, role: str) -> bool:
    """Is the object of this address one that the role does not see?"""
    return bool(route.model and scope and not tables.sees_object(route.model, scope, role))


def parameter(tables: Told, name: str) -> tuple[Named | None, str]:
    """What a parameter names, and the word before its number when it is the number that names (« statut-12 »)."""
    bare, _, number = name.rpartition("-")
    # « matiere-0 » is the first of several lines, and names by its value.
    if number.isdigit() and bare in NUMBERED:
        return NUMBERED[bare], bare
    return tables.names.get(name), ""


# What it does


def _values(cookies: SimpleCookie) -> dict[str, str]:
    return {name: morsel.value for name, morsel in cookies.items()}


class Matrix:
    """Sends the requests of a plan, each judged, and undone unless it was refused."""

    def __init__(self, stage: Stage, plan: Plan, tables: Told | None = None) -> None:
        self.stage, self.plan, self.tables = stage, plan, tables or Told()
        self.findings = Findings()
        self.clients = {role: self._signed_in(role) for role in plan.roles()}
        self.cookies = {role: _values(client.cookies) for role, client in self.clients.items()}
        self.marks: dict[str, list[Mark]] = {}
        for mark in stage.marks:
            if not TOKEN.fullmatch(mark.token):
                raise Untold(f"« {mark.name} »: its token is not one that the matrix reads for")
            self.marks.setdefault(mark.token, []).append(mark)

    def _signed_in(self, role: str) -> Client:
        client = Client(raise_request_exception=False)
        if role != "visitor":
            client.force_login(self.stage.people[role].account)
        return client

    def run(self, found: Iterable[Route]) -> Findings:
        with papers_as_text(), remembering():
            before = digests()
            for route in found:
                self.findings.routes.add(route.name)
                for request in self.plan.requests(route):
                    self._follow(request)
            changed = [name for name, digest in digests().items() if digest != before[name]]
        if changed:
            self.findings.writes.append(f"refused requests have changed rows of {changed}")
        return self.findings

    def _follow(self, request: Request) -> None:
        """A request, and those in which what its view asks for is replaced."""
        with questions() as asked:
            self._send(request)
        if not request.watched:
            return
        for name in asked:
            # How a formatted text was written goes with each of them, whatever it is called.
            is_known = parameter(self.tables, name)[0] or name in PLAIN or name.endswith("-forme")
            if not is_known:
                self.findings.unknown.add(
                    f"{request.route.name}: nobody told the matrix what « {name} » names"
                )
        for further in self.plan.substitutions(request, asked):
            self.findings.substituted += further.naming is not None
            self._send(further)

    def _send(self, request: Request) -> None:
        self.findings.requests += 1
        client, writes = self.clients[request.role], Writes()
        stranger = self._stranger(request)
        after = None
        with transaction.atomic():
            with connection.execute_wrapper(writes):
                response = self._answer(client, request)
            text = text_of(response)
            refused = response.status_code in {403, 404, 405} or self._sends_to_sign_in(response)
            self.findings.refused += refused
            if not refused:
                if stranger is not None and writes.seen:
                    after = fingerprint(stranger, writes.seen)
                transaction.set_rollback(True)
        client.cookies = SimpleCookie(self.cookies[request.role])
        self._judge_answer(request, response)
        self._judge_text(request, text)
        if refused and writes.seen:
            self.findings.writes.append(f"{request}: refused, yet wrote in {sorted(set(writes.seen))}")
        # The request is undone by now: what is there is what was there before it.
        if stranger is not None and after is not None and after != fingerprint(stranger, writes.seen):
            self.findings.writes.append(f"{request}: touched what its sender does not see")

    def _answer(self, client: Client, request: Request) -> HttpResponse:
        route = request.route
        found = (
            places_of(self.stage, route.model, request.scope)[request.place]
            if route.model and request.scope
            else None
        )
        address, sent = route.address(found), dict(request.sent)
        if request.method == "GET":
            return client.get(address, sent)
        if request.method == "POST":
            body = BODIES[route.name].data(self.stage) if route.name in BODIES else {}
            return client.post(address, body | sent)
        return getattr(client, request.method.lower())(address)

    def _stranger(self, request: Request) -> Model | None:
        """The object that a substituted id names, when the sender does not see it."""
        if request.naming is None:
            return None
        named, scope = request.naming
        if scope == DEPARTED and request.route.name in ASKS_THE_JOURNAL:
            return None
        found = place_of(self.stage, named.model, scope)
        there = found.pk is not None and not found._state.adding
        return found if there and not self.tables.sees_object(named.model, scope, request.role) else None

    def _sends_to_sign_in(self, response: HttpResponse) -> bool:
        return response.status_code == 302 and response["Location"].startswith("/connexion/?suite=")

    def _judge_answer(self, request: Request, response: HttpResponse) -> None:
        route, status = request.route, response.status_code
        declared = request.method in route.methods
        # No session is a key, whoever's it is.
        if status >= 500 or (route.by_key and status != 401):
            self._wrong(request, f"{status}, nobody had thought of it")
        elif route.name in NOT_HERE or route.is_public or route.by_key:
            return
        elif request.role in VISITORS:
            if not self._sends_to_sign_in(response):
                self._wrong(request, f"{status} where a visitor is asked to sign in")
        elif may_open(self.tables, route, request.scope, request.role, request.method):
            if status in {403, 404} if declared else status != 405:
                self._wrong(request, f"{status} where the role may")
        else:
            hidden = is_hidden(self.tables, route, request.scope, request.role)
            # An address may name more than its object, which is not there.
            ruled = 404 if hidden or (route.model and route.name in REST_OF_ADDRESS) else 403
            either = {403, 404} if declared else {403, 404, 405}
            if status != ruled and not (route.name in NAMES_TWO and not hidden and status in either):
                self._wrong(request, f"{status} where the rule says {ruled}")

    def _wrong(self, request: Request, answer: str) -> None:
        self.findings.answers.append(f"{request}: {answer}")

    def _judge_text(self, request: Request, text: str) -> None:
        for token in set(TOKEN.findall(text)) & self.marks.keys():
            for mark in self.marks[token]:
                self.findings.read.add((request.role, mark.name))
                shown = self.tables.shows.get(request.route.name, {}).get(mark.name, set())
                if request.role not in mark.readers | shown:
                    self.findings.leaks.append(f"{request}: shows « {mark.name} »")
