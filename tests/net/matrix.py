"""The isolation matrix: every route, by every method it takes, as every role, on every kind of object.

An answer may not hold a mark that its reader may not read. A refused request may not write: each write is seen at the
database, and the rows of every table are compared before and after. A request that is answered, but names an object
that its sender does not see, may not touch that object. See docs/net-matrix.md.
"""

import inspect
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
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
from tests.net.matrix_stage import DEPARTED, OWN, SCOPES, TOKEN, VISITORS, Mark, Stage, place_of, places_of
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
from tests.net.rows import NOT_DOMAIN, digests

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

    def address(self, found: Model | None) -> str:
        rest = REST_OF_ADDRESS.get(self.name, {})
        mine = {self.by: getattr(found, self.by)} if found is not None else {}
        return reverse(self.name, kwargs=rest | mine)


def all_routes(patterns: Iterable[Any] | None = None) -> list[Route]:
    found = patterns if patterns is not None else get_resolver().url_patterns
    return [route_of(name, view) for name, view in routes(found)]


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


def untold(found: Iterable[Route], told: Told | None = None) -> list[str]:
    """The routes and models that the tables of the matrix do not know, and what they know too much."""
    told, found = told or Told(), list(found)
    known = {route.name for route in found}
    complaints = [
        f"{route.name}: nobody told the matrix who opens it"
        for route in found
        if route.name not in told.opens
    ]
    complaints += [f"{name}: no such route any more" for name in sorted({*told.opens, *BODIES} - known)]
    for route in found:
        if route.model is not None and route.model not in told.sees:
            complaints.append(f"{route.name}: nobody told the matrix who sees {route.model._meta.label}")
        if "POST" in route.methods and route.name not in BODIES:
            complaints.append(f"{route.name}: takes a POST, and has no valid body in BODIES")
    return complaints


# What happened


@dataclass
class Findings:
    """What the matrix did and found: `complaints` by kind; empty means nothing is wrong."""

    role: str = ""
    routes: set[str] = field(default_factory=set)
    requests: int = 0
    refused: int = 0
    substituted: int = 0
    leaks: list[str] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)

    @property
    def complaints(self) -> list[str]:
        return [*self.leaks, *self.writes, *self.answers, *sorted(self.unknown)]

    def counted(self) -> dict[str, Any]:
        return {
            "role": self.role, "routes": len(self.routes), "requests": self.requests, "refused": self.refused,
            "substituted": self.substituted, "leaks": len(self.leaks), "writes": len(self.writes),
            "answers": len(self.answers),
        }  # fmt: skip


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


# What it does


class Matrix:
    """One role, in front of every route."""

    def __init__(self, stage: Stage, role: str, told: Told | None = None) -> None:
        self.stage, self.role, self.told = stage, role, told or Told()
        self.is_visitor = role in VISITORS
        self.findings = Findings(role)
        self.client = Client(raise_request_exception=False)
        if role != "visitor":
            self.client.force_login(stage.people[role].account)
        self.marks: dict[str, list[Mark]] = {}
        for mark in stage.marks:
            if not TOKEN.fullmatch(mark.token):
                raise Untold(f"« {mark.name} »: its token is not one that the matrix reads for")
            self.marks.setdefault(mark.token, []).append(mark)

    def run(self, found: Iterable[Route]) -> Findings:
        before = digests()
        with papers_as_text():
            for route in found:
                self.findings.routes.add(route.name)
                self._route(route)
        if digests() != before:
            self.findings.writes.append(f"{self.role}: refused requests have changed rows")
        return self.findings

    def _route(self, route: Route) -> None:
        for scope in self._scopes(route):
            targets = places_of(self.stage, route.model, scope) if route.model and scope else [None]
            for further in targets[1:]:
                self._send(route, scope, min(route.methods), route.address(further))
            address = route.address(targets[0])
            for method in METHODS:
                declared = method in route.methods
                if not declared and scope not in {None, OWN}:
                    continue
                with questions() as asked:
                    self._send(route, scope, method, address)
                if declared and method in {"GET", "POST"} and scope in {None, OWN}:
                    self._substitute(route, scope, method, address, asked)

    def _scopes(self, route: Route) -> list[str | None]:
        """Where the stage has objects of this model: a class has no school of its own, a leaver no term."""
        if route.model is None:
            return [None]
        return [scope for scope in SCOPES if scope in self.stage.objects[route.model]]

    def _substitute(
        self, route: Route, scope: str | None, method: str, address: str, asked: set[str]
    ) -> None:
        """Each object that the view asks to be named is named, one after the other, by the ids of everybody else."""
        for name in sorted(asked):
            bare, _, number = name.rpartition("-")
            # « statut-12 » names by its number; « matiere-0 » is the first of several lines, and names by its value.
            by_number = number.isdigit() and bare in NUMBERED
            named = NUMBERED[bare] if by_number else self.told.names.get(name)
            if named is None:
                # How a formatted text was written goes with each of them, whatever it is called.
                if name not in PLAIN and not name.endswith("-forme"):
                    self.findings.unknown.add(f"{route.name}: nobody told the matrix what « {name} » names")
                for value in PLAIN.get(name, ()):
                    self._send(route, scope, method, address, {name: value})
                continue
            for other in [one for one in SCOPES[1:] if one in self.stage.objects[named.model]]:
                sent = {f"{bare}-{named.value(self.stage, other)}" if by_number else name:
                        "absent" if by_number else named.value(self.stage, other)}  # fmt: skip
                self.findings.substituted += 1
                self._send(route, scope, method, address, sent, (named, other))
            if by_number:
                asked -= {one for one in asked if one.startswith(f"{bare}-")}

    def _send(
        self, route: Route, scope: str | None, method: str, address: str, sent: dict[str, Any] | None = None,
        naming: tuple[Named, str] | None = None,
    ) -> None:  # fmt: skip
        """One request, judged, and undone unless it was refused."""
        what = f"{self.role} {method} {route.name} ({scope or 'no object'}){f' {sent}' if sent else ''}"
        self.findings.requests += 1
        cookies, writes = deepcopy(self.client.cookies), Writes()
        stranger = self._stranger(route, naming)
        after = None
        with transaction.atomic():
            with connection.execute_wrapper(writes):
                response = self._answer(route, method, address, sent or {})
            text = text_of(response)
            refused = response.status_code in {403, 404, 405} or self._sends_to_sign_in(response)
            self.findings.refused += refused
            if not refused:
                if stranger is not None and writes.seen:
                    after = fingerprint(stranger, writes.seen)
                transaction.set_rollback(True)
        self.client.cookies = cookies
        self._judge_answer(route, scope, method, response, what)
        self._judge_text(text, what)
        if refused and writes.seen:
            self.findings.writes.append(f"{what}: refused, yet wrote in {sorted(set(writes.seen))}")
        # The request is undone by now: what is there is what was there before it.
        if stranger is not None and after is not None and after != fingerprint(stranger, writes.seen):
            self.findings.writes.append(f"{what}: touched what its sender does not see")

    def _answer(self, route: Route, method: str, address: str, sent: dict[str, Any]) -> HttpResponse:
        if method == "GET":
            return self.client.get(address, sent)
        if method == "POST":
            body = BODIES[route.name].data(self.stage) if route.name in BODIES else {}
            return self.client.post(address, body | sent)
        return getattr(self.client, method.lower())(address)

    def _stranger(self, route: Route, naming: tuple[Named, str] | None) -> Model | None:
        """The object that a substituted id names, when the sender does not see it."""
        if naming is None:
            return None
        named, scope = naming
        if scope == DEPARTED and route.name in ASKS_THE_JOURNAL:
            return None
        found = place_of(self.stage, named.model, scope)
        there = found.pk is not None and not found._state.adding
        return found if there and not self.told.sees_object(named.model, scope, self.role) else None

    def _sends_to_sign_in(self, response: HttpResponse) -> bool:
        return response.status_code == 302 and response["Location"].startswith("/connexion/?suite=")

    def _may_open(self, route: Route, scope: str | None, method: str) -> bool:
        """A page without an object is also read by whoever may in another profile of theirs (docs/decisions/0008)."""
        reads_as_parent = self.role == "teacher_parent" and route.model is None and method in {"GET", "HEAD"}
        roles = [self.role, "guardian"] if reads_as_parent else [self.role]
        return any(self.told.may_open(route.name, scope, role) for role in roles)

    def _judge_answer(
        self, route: Route, scope: str | None, method: str, response: HttpResponse, what: str
    ) -> None:
        status = response.status_code
        # No session is a key, whoever's it is.
        if status >= 500 or (route.by_key and status != 401):
            self.findings.answers.append(f"{what}: {status}, nobody had thought of it")
        elif route.name in NOT_HERE or route.is_public or route.by_key:
            return
        elif self.is_visitor:
            if not self._sends_to_sign_in(response):
                self.findings.answers.append(f"{what}: {status} where a visitor is asked to sign in")
        elif self._may_open(route, scope, method):
            wrong = status in {403, 404} if method in route.methods else status != 405
            if wrong:
                self.findings.answers.append(f"{what}: {status} where the role may")
        else:
            hidden = route.model and scope and not self.told.sees_object(route.model, scope, self.role)
            # An address may name more than its object, which is not there.
            ruled = 404 if hidden or (route.model and route.name in REST_OF_ADDRESS) else 403
            told = {403, 404} if method in route.methods else {403, 404, 405}
            either = route.name in NAMES_TWO and not hidden and status in told
            if status != ruled and not either:
                self.findings.answers.append(f"{what}: {status} where the rule says {ruled}")

    def _judge_text(self, text: str, what: str) -> None:
        for token in set(TOKEN.findall(text)) & self.marks.keys():
            for mark in self.marks[token]:
                self.findings.read.add(mark.name)
                if self.role not in mark.readers:
                    self.findings.leaks.append(f"{what}: shows « {mark.name} »")
