"""Who sees each row and who may open each route, by plain calls: no request is sent.

`@opens` itself is asked, around a view that does nothing, so that it picks the seat here as it does for a page. Rows are
loaded once for all the objects that a seat may see, and not one by one.
"""

from collections.abc import Callable, Iterable
from itertools import product
from typing import Any
from unittest import mock

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.urls import ResolverMatch, get_resolver
from django.utils import timezone

from conftest import NOW
from preau.directory.viewer import Viewer, viewer_for
from preau.foundation import access
from preau.foundation.readonly import SAFE
from tests.building import routes
from tests.net.matrix import Route, is_hidden, may_open, route_of, scopes_of
from tests.net.matrix_stage import CAST, VISITORS, Stage, places_of
from tests.net.matrix_table import NAMES_TWO, REST_OF_ADDRESS, Told

View = Callable[..., Any]
KINDS = {"GET": SAFE, "POST": {"POST"}}
OPENED = HttpResponse()


class Rows:
    """The objects of the stage that each seat sees."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._seen: dict[Any, dict[Any, Model]] = {}
        self._opened: dict[Any, Model | None] = {}

    def seen(self, model: type[Any], viewer: Viewer) -> dict[Any, Model]:
        """By key: one query a model and seat."""
        seat = model, viewer.person.pk, viewer.key, viewer.service
        if seat not in self._seen:
            planted = [place for places in self.stage.objects[model].values() for place in places]
            keys = [place.pk for place in planted if not place._state.adding]
            rows = model.objects.visible_to(viewer).filter(pk__in=keys)
            self._seen[seat] = {row.pk: row for row in rows}
        return self._seen[seat]

    def opened(self, load: View) -> View:
        """`load`, which is that of `@opens`, with the rows that are here already."""

        def find(model: type[Any], viewer: Viewer, by: str, value: Any) -> Model | None:
            if not hasattr(model.objects, "opened_by"):
                return next(
                    (row for row in self.seen(model, viewer).values() if getattr(row, by) == value), None
                )
            asked = model, viewer.person.pk, viewer.key, viewer.service, by, value
            if asked not in self._opened:
                self._opened[asked] = load(model, viewer, by, value)
            return self._opened[asked]

        return find


class Rules:
    """Every role in front of every model and every route; `complaints` says where the tables declare something else."""

    def __init__(self, stage: Stage, tables: Told | None = None) -> None:
        self.stage, self.tables, self.rows = stage, tables or Told(), Rows(stage)
        self.calls = 0
        self.complaints: list[str] = []
        self.viewers = {role: self._viewer(role) for role in CAST}
        self.requests = {method: RequestFactory().generic(method, "/") for method in ("GET", "POST")}

    def _viewer(self, role: str) -> Viewer | None:
        person = self.stage.people.get(role)
        return viewer_for(person, person.account.pk, NOW) if person else None

    # Models

    def ask_models(self, models: Iterable[type[Model]]) -> None:
        for model in models:
            for role, viewer in self.viewers.items():
                if viewer is not None:
                    self._ask_model(model, role, viewer)

    def _ask_model(self, model: type[Model], role: str, viewer: Viewer) -> None:
        seen = {key for seat in viewer.every_seat() for key in self.rows.seen(model, seat)}
        for scope, places in self.stage.objects[model].items():
            declared = self.tables.sees_object(model, scope, role)
            for place in places:
                self.calls += 1
                if (place.pk in seen) != declared:
                    found, expected = ("seen", "hidden") if place.pk in seen else ("hidden", "seen")
                    self.complaints.append(
                        f"{role} {model._meta.label} ({scope}): {found}, {expected} expected"
                    )

    # Routes

    def ask_routes(self, found: Iterable[tuple[str, View]]) -> None:
        with mock.patch.object(access, "_open", self.rows.opened(access._open)):
            for name, view in found:
                if name in self.tables.opens:
                    self._ask_route(route_of(name, view), view)
                else:
                    self.complaints.append(f"{name}: nobody told the matrix who opens it")
        timezone.deactivate()

    def _ask_route(self, route: Route, view: Any) -> None:
        opened = access.opens(route.model, to=view.opening, by=route.by)(_nothing)
        # To read and to send: another profile of theirs will do for the first alone.
        methods = [method for method, those in KINDS.items() if route.methods & those]
        for method, scope, role in product(methods, scopes_of(self.stage, route), CAST):
            expected = self._expected(route, scope, role, method)
            for place in places_of(self.stage, route.model, scope) if route.model and scope else [None]:
                self.calls += 1
                found = self._answer(opened, route, place, role, method)
                further = (found, expected) == ("open", "refused") and _refuses_further(route)
                if found != expected and not further:
                    where = f"{role} {method} {route.name} ({scope or 'no object'})"
                    self.complaints.append(f"{where}: {found}, {expected} expected")

    def _expected(self, route: Route, scope: str | None, role: str, method: str) -> str:
        if may_open(self.tables, route, scope, role, method):
            return "open"
        if role in VISITORS:
            return "sign-in"
        return "hidden" if is_hidden(self.tables, route, scope, role) else "refused"

    def _answer(self, opened: View, route: Route, place: Model | None, role: str, method: str) -> str:
        request: Any = self.requests[method]
        request.viewer = self.viewers[role]
        if request.viewer is not None:
            request.viewer.enter()
        request.resolver_match = ResolverMatch(opened, (), {}, namespaces=[route.house])
        mine = {route.by: getattr(place, route.by)} if place is not None else {}
        try:
            return "open" if opened(request, **mine) is OPENED else "sign-in"
        except Http404:
            return "hidden"
        except PermissionDenied:
            return "refused"


def _refuses_further(route: Route) -> bool:
    """Does the view itself look for what else its address names? Requests alone say whether it refuses (`Matrix`)."""
    return route.name in NAMES_TWO or (route.model is not None and route.name in REST_OF_ADDRESS)


def _nothing(*_: Any, **__: Any) -> HttpResponse:
    return OPENED


def views_of(house: str) -> list[tuple[str, View]]:
    """The routes of a house, with their views."""
    return [route for route in routes(get_resolver().url_patterns) if route[0].partition(":")[0] == house]


def models_of(house: str, tables: Told) -> list[type[Model]]:
    """The models of a house of which somebody has said who sees them."""
    return [model for model in tables.sees if model._meta.app_label == house]
