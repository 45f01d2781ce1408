"""Which requests the matrix sends: all of them for one role, or a few of each route for roles that take turns."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from zlib import crc32

from tests.net.matrix import Request, Route, is_hidden, may_open, parameter, scopes_of
from tests.net.matrix_stage import (
    CAST,
    NOBODY,
    OTHER_CLASS,
    OTHER_SCHOOL,
    OWN,
    SCOPES,
    VISITORS,
    Stage,
    places_of,
)
from tests.net.matrix_table import PLAIN, Named, Told

# The methods that views take, and one that none takes, so that a refusal of the method is seen to hold too.
METHODS = ("GET", "HEAD", "POST", "DELETE")


def naming(stage: Stage, request: Request, name: str, named: Named, word: str, scope: str) -> Request:
    """The same request, in which a parameter names the object of a scope: by its value, or by the number after `word`."""
    value = named.value(stage, scope)
    sent: tuple[str, Any] = (f"{word}-{value}", "absent") if word else (name, value)
    return replace(request, sent=(sent,), naming=(named, scope), watched=False)


@dataclass
class Whole:
    """Everything that one role may try: every method, on every object, with the ids of every other scope."""

    stage: Stage
    role: str
    tables: Told = field(default_factory=Told)

    def roles(self) -> list[str]:
        return [self.role]

    def requests(self, route: Route) -> Iterator[Request]:
        for scope in scopes_of(self.stage, route):
            if route.model and scope:
                for place in range(1, len(places_of(self.stage, route.model, scope))):
                    yield Request(self.role, route, scope, min(route.methods), place)
            for method in METHODS:
                declared, near = method in route.methods, scope in {None, OWN}
                if declared or near:
                    watched = declared and near and method in {"GET", "POST"}
                    yield Request(self.role, route, scope, method, watched=watched)

    def substitutions(self, request: Request, asked: Collection[str]) -> Iterator[Request]:
        words = set[str]()
        for name in sorted(asked):
            named, word = parameter(self.tables, name)
            if named is None:
                for value in PLAIN.get(name, ()):
                    yield replace(request, sent=((name, value),), watched=False)
            elif word not in words:
                words |= {word} - {""}
                for scope in SCOPES[1:]:
                    if scope in self.stage.objects[named.model]:
                        yield naming(self.stage, request, name, named, word, scope)


@dataclass
class Few:
    """A few requests of each route, in which every role has its turn: their number grows with the routes alone.

    Somebody who may, by each method, with one foreign id in each parameter; somebody refused in each way; an object of
    another scope; a method that the route does not take.
    """

    stage: Stage
    tables: Told = field(default_factory=Told)

    def roles(self) -> list[str]:
        return CAST

    def requests(self, route: Route) -> Iterator[Request]:
        # By its name: a route more does not change what is asked of the others.
        turn = crc32(route.name.encode())
        methods = [method for method in METHODS if method in route.methods] or [min(route.methods)]
        # What is refused must write nothing: where it can write is where it is tried.
        last = methods[-1]
        yield from self._of_whoever_may(route, turn, methods)
        for role, scope in self._refused(route, turn):
            yield Request(role, route, scope, last)
        far = [
            (role, scope)
            for scope in scopes_of(self.stage, route)
            for role in CAST
            if scope not in {None, OWN} and role not in VISITORS
        ]
        if far:
            role, scope = _one_of(far, turn)
            yield Request(role, route, scope, methods[0])

    def _of_whoever_may(self, route: Route, turn: int, methods: Sequence[str]) -> Iterator[Request]:
        """By each method that the route takes, and by one that it does not; whoever, where nobody of the cast may."""
        scopes = scopes_of(self.stage, route)
        near = [None] if route.model is None else [OWN] if OWN in scopes else scopes[:1]
        pairs = self._whoever(route, near, methods[0]) or self._whoever(route, scopes, methods[0])
        role, scope = _one_of(pairs or [(role, near[0]) for role in CAST], turn)
        for method in methods:
            yield Request(role, route, scope, method, watched=method in {"GET", "POST"})
        others = [method for method in METHODS if method not in route.methods]
        if others:
            yield Request(role, route, scope, _one_of(others, turn))

    def _whoever(
        self, route: Route, scopes: Sequence[str | None], method: str
    ) -> list[tuple[str, str | None]]:
        return [
            (role, scope)
            for scope in scopes
            for role in CAST
            if may_open(self.tables, route, scope, role, method)
        ]

    def _refused(self, route: Route, turn: int) -> Iterator[tuple[str, str | None]]:
        """One for each way to be refused: a visitor, whoever does not see the object, whoever sees it and may not."""
        scopes = scopes_of(self.stage, route)
        yield _one_of(sorted(VISITORS), turn), _one_of(scopes, turn)
        pairs = [
            (role, scope)
            for scope in scopes
            for role in CAST
            if role not in VISITORS
            and not any(may_open(self.tables, route, scope, role, method) for method in route.methods)
        ]
        hidden = [pair for pair in pairs if is_hidden(self.tables, route, pair[1], pair[0])]
        seen = [pair for pair in pairs if pair not in hidden]
        # A number that no row has is hidden from everybody: what is somebody's says more.
        for group in ([pair for pair in hidden if pair[1] != NOBODY], seen):
            if group:
                yield _one_of(group, turn)

    def substitutions(self, request: Request, asked: Collection[str]) -> Iterator[Request]:
        """One foreign id for each name: of the other school or of the other class, in turn; rather one that the role does not see."""
        words = set[str]()
        for name in sorted(asked):
            named, word = parameter(self.tables, name)
            if named is None or word in words:
                continue
            words |= {word} - {""}
            far = [one for one in (OTHER_CLASS, OTHER_SCHOOL) if one in self.stage.objects[named.model]]
            hidden = [one for one in far if not self.tables.sees_object(named.model, one, request.role)]
            if far:
                turn = crc32(f"{request.route.name} {request.method} {name}".encode())
                yield naming(self.stage, request, name, named, word, _one_of(hidden or far, turn))


def _one_of(found: Sequence[Any], turn: int) -> Any:
    return found[turn % len(found)]
