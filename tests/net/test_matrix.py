"""Nobody forgot to tell the matrix of a route; and what is planted is caught by each layer that can see it."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from preau.directory.models import Group, School
from preau.directory.models.groups import GroupQuerySet
from preau.foundation.access import opens, signed_in
from preau.urls import urlpatterns
from tests.net import matrix, rules
from tests.net.matrix_plans import Few, Whole
from tests.net.matrix_stage import Stage
from tests.net.matrix_table import SIGNED_IN, Told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quiet")]


def test_the_matrix_has_been_told_of_every_route() -> None:
    assert matrix.untold(matrix.all_routes()) == []


# The layers, as functions of the routes and of the role that the third one follows.

Layer = Callable[[Stage, list[Any], Told, str], list[str]]


def calls(stage: Stage, patterns: list[Any], tables: Told, role: str) -> list[str]:
    asked = rules.Rules(stage, tables)
    asked.ask_models([Group])
    asked.ask_routes(matrix.routes(patterns))
    return asked.complaints


def few(stage: Stage, patterns: list[Any], tables: Told, role: str) -> list[str]:
    return matrix.Matrix(stage, Few(stage, tables), tables).run(matrix.all_routes(patterns)).complaints


def whole(stage: Stage, patterns: list[Any], tables: Told, role: str) -> list[str]:
    plan = Whole(stage, role, tables)
    return matrix.Matrix(stage, plan, tables).run(matrix.all_routes(patterns)).complaints


EVERY_LAYER = pytest.mark.parametrize("layer", [calls, few, whole])
LAYERS_OF_REQUESTS = pytest.mark.parametrize("layer", [few, whole])


@pytest.fixture
def found_with(stage: Stage, settings: Any) -> Any:
    """`found_with(few, "guardian", view, "classe/")`: what a layer says of one more route, open to all who have signed in."""

    def run(
        layer: Layer, role: str, view: Any, address: str, opens_to: Any = SIGNED_IN, name: str = "planted"
    ) -> list[str]:
        planted = path(address, view, name=name)
        site: Any = ModuleType("planted")
        site.urlpatterns = [planted, *urlpatterns]
        settings.ROOT_URLCONF = site
        tables = Told()
        tables.opens[name] = opens_to
        return layer(stage, [planted], tables, role)

    return run


@EVERY_LAYER
def test_a_model_that_forgets_its_schools_is_caught(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, layer: Layer
) -> None:
    monkeypatch.setattr(GroupQuerySet, "visible_to", lambda self, viewer: self)
    patterns = [urlpattern for urlpattern in urlpatterns if "identity" in str(urlpattern.urlconf_name)]
    patterns = [
        url_pattern for url_pattern in patterns[0].url_patterns if url_pattern.name == "class_accounts"
    ]
    named = [path("x/<int:pk>/", patterns[0].callback, name="identity:class_accounts")]
    found = layer(stage, named, Told(), "cpe")
    assert [one for one in found if "class_accounts (other school)" in one], found


@EVERY_LAYER
def test_an_opening_that_is_wider_than_declared_is_caught(found_with: Any, layer: Layer) -> None:
    view = opens(to=signed_in)(require_safe(lambda request: HttpResponse()))
    found = found_with(layer, "cpe", view, "large/", {"head"})
    assert [one for one in found if " planted (no object)" in one], found


@EVERY_LAYER
def test_an_opening_that_is_narrower_than_declared_is_caught(found_with: Any, layer: Layer) -> None:
    view = opens(to=lambda viewer: False)(require_safe(lambda request: HttpResponse()))
    found = found_with(layer, "cpe", view, "étroite/")
    assert [one for one in found if " planted (no object)" in one], found


# Whoever has their turn in the second layer, by the name of the route.
ANY_TURN = pytest.mark.parametrize("name", ["planted", "planted too", "planted as well"])


@ANY_TURN
@LAYERS_OF_REQUESTS
def test_a_page_that_trusts_the_id_in_its_query_is_caught(found_with: Any, layer: Layer, name: str) -> None:
    @opens(to=signed_in)
    @require_safe
    def trusting(request: HttpRequest) -> HttpResponse:
        chosen = Group.objects.filter(pk=request.GET.get("classe", 0)).first()
        return HttpResponse(chosen.name if chosen else "")

    found = found_with(layer, "guardian", trusting, "classe/", name=name)
    assert [one for one in found if f"GET {name}" in one and "'classe':" in one and "shows «" in one], found
    if layer is whole:
        for mark in ("other class", "other school", "class of last year"):
            assert sum(f"shows « {mark} »" in one for one in found) == 1


@ANY_TURN
@LAYERS_OF_REQUESTS
def test_a_form_that_trusts_the_id_in_its_body_is_caught(found_with: Any, layer: Layer, name: str) -> None:
    @opens(to=signed_in)
    @require_POST
    def renaming(request: HttpRequest) -> HttpResponse:
        Group.objects.filter(pk=request.POST.get("groups", 0)).update(level="changed")
        return HttpResponse()

    found = found_with(layer, "head", renaming, "renommer/", name=name)
    assert len(found) == 1, "the head sees every class of the school, and none of the twin's"
    assert found[0].endswith("touched what its sender does not see")


@LAYERS_OF_REQUESTS
def test_a_refusal_that_writes_is_caught(found_with: Any, layer: Layer) -> None:
    def counting(viewer: Any, group: Group) -> bool:
        School.objects.filter(pk=group.school_id).update(phone="lu")
        return False

    @opens(Group, to=counting)
    @require_POST
    def never(request: HttpRequest, group: Group) -> HttpResponse:
        raise AssertionError

    found = found_with(layer, "teacher", never, "groupe/<int:pk>/", {})
    assert [one for one in found if one.endswith("refused, yet wrote in ['directory_school']")], found
    assert [
        one for one in found if one.endswith("refused requests have changed rows of ['directory_school']")
    ]


@ANY_TURN
@LAYERS_OF_REQUESTS
def test_a_page_that_leaks_by_itself_is_caught(
    stage: Stage, found_with: Any, layer: Layer, name: str
) -> None:
    secret = stage.mark("words for nobody", set())
    view = opens(to=signed_in)(require_safe(lambda request: HttpResponse(secret)))
    found = found_with(layer, "cook", view, "fuite/", name=name)
    assert [one for one in found if f"GET {name} (no object): shows « words for nobody »" in one], found


@LAYERS_OF_REQUESTS
def test_a_template_that_names_what_is_not_there_is_caught(found_with: Any, layer: Layer) -> None:
    page = engines["pages"].from_string("{{ absent }}")
    view = opens(to=signed_in)(require_safe(lambda request: HttpResponse(page.render())))
    found = found_with(layer, "cook", view, "absent/")
    assert [one for one in found if one.endswith("GET planted (no object): 500, nobody had thought of it")]


@LAYERS_OF_REQUESTS
def test_a_parameter_that_nobody_told_of_is_caught(found_with: Any, layer: Layer) -> None:
    @opens(to=signed_in)
    @require_safe
    def asking(request: HttpRequest) -> HttpResponse:
        return HttpResponse(request.GET.get("bocal", ""))

    says = "planted: nobody told the matrix what « bocal » names"
    assert says in found_with(layer, "head", asking, "bocal/")


def test_a_route_or_a_method_that_nobody_told_of_is_caught(stage: Stage) -> None:
    view = opens(to=signed_in)(require_safe(lambda request: HttpResponse()))
    planted = path("dossier/", view, name="planted")
    says = "planted: nobody told the matrix who opens it"
    assert says in matrix.untold(matrix.all_routes([planted]))
    assert calls(stage, [planted], Told(), "head") == [says]
    with pytest.raises(matrix.Untold, match="planted: nobody said which methods it takes"):
        matrix.all_routes([path("x/", opens(to=signed_in)(lambda request: HttpResponse()), name="planted")])


def test_a_post_without_a_body_in_the_table_is_caught() -> None:
    @opens(to=signed_in)
    @require_POST
    def sending(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    found = matrix.untold(matrix.all_routes([*urlpatterns, path("x/", sending, name="planted")]))
    assert "planted: takes a POST, and has no valid body in BODIES" in found
