"""Nothing leaks, nothing is written by whoever may not; and a planted leak, write or omission is caught."""

import logging
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from preau.directory.models import Group, School
from preau.directory.models.groups import GroupQuerySet
from preau.foundation.access import opens, signed_in
from preau.urls import urlpatterns
from tests.net import matrix
from tests.net.matrix_stage import CAST, OF_EACH_KIND, Stage
from tests.net.matrix_table import SIGNED_IN, Told
from tests.net.plan import PLAN

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Thousands of refusals, each with its warning, would drown the one line that says what is wrong."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def test_the_matrix_has_been_told_of_every_route() -> None:
    assert matrix.untold(matrix.all_routes()) == []


@pytest.mark.long
@pytest.mark.parametrize("role", CAST if PLAN.eyes else OF_EACH_KIND)
def test_nobody_reads_or_writes_what_is_not_theirs(stage: Stage, role: str, record_property: Any) -> None:
    found = matrix.Matrix(stage, role).run(matrix.all_routes())
    record_property("matrix", found.counted())
    assert found.complaints == []
    # Else a mark that nobody ever meets would protect nothing.
    assert {mark.name for mark in stage.marks if role in mark.must} <= found.read


# What is planted must be found.


@pytest.fixture
def found_with(stage: Stage, settings: Any) -> Any:
    """`found_with("guardian", view, "classe/")`: what the matrix says of one more route, open to all who have signed in."""

    def run(role: str, view: Any, address: str, opens_to: Any = SIGNED_IN) -> matrix.Findings:
        planted = path(address, view, name="planted")
        site: Any = ModuleType("planted")
        site.urlpatterns = [planted, *urlpatterns]
        settings.ROOT_URLCONF = site
        told = Told()
        told.opens["planted"] = opens_to
        return matrix.Matrix(stage, role, told).run(matrix.all_routes([planted]))

    return run


def test_a_model_that_forgets_its_schools_is_caught(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(GroupQuerySet, "visible_to", lambda self, viewer: self)
    routes = [route for route in matrix.all_routes() if route.name == "identity:class_accounts"]
    leaks = matrix.Matrix(stage, "cpe").run(routes).leaks
    assert "cpe GET identity:class_accounts (other school): shows « other school »" in leaks


def test_a_page_that_trusts_the_id_in_its_query_is_caught(found_with: Any) -> None:
    @opens(to=signed_in)
    @require_safe
    def trusting(request: HttpRequest) -> HttpResponse:
        chosen = Group.objects.filter(pk=request.GET.get("classe", 0)).first()
        return HttpResponse(chosen.name if chosen else "")

    leaks = found_with("guardian", trusting, "classe/").leaks
    assert sum("shows « other class »" in leak for leak in leaks) == 1
    assert sum("shows « other school »" in leak for leak in leaks) == 1
    assert sum("shows « class of last year »" in leak for leak in leaks) == 1


def test_a_form_that_trusts_the_id_in_its_body_is_caught(found_with: Any) -> None:
    @opens(to=signed_in)
    @require_POST
    def renaming(request: HttpRequest) -> HttpResponse:
        Group.objects.filter(pk=request.POST.get("groups", 0)).update(level="changed")
        return HttpResponse()

    writes = found_with("head", renaming, "renommer/").writes
    assert len(writes) == 1, "the head sees every class of the school, and none of the twin's"
    assert writes[0].endswith("touched what its sender does not see")


def test_a_refusal_that_writes_is_caught(found_with: Any) -> None:
    def counting(viewer: Any, group: Group) -> bool:
        School.objects.filter(pk=group.school_id).update(phone="lu")
        return False

    @opens(Group, to=counting)
    @require_POST
    def never(request: HttpRequest, group: Group) -> HttpResponse:
        raise AssertionError

    writes = found_with("teacher", never, "groupe/<int:pk>/", {}).writes
    assert "teacher POST planted (own): refused, yet wrote in ['directory_school']" in writes
    assert "teacher: refused requests have changed rows" in writes


def test_a_route_a_method_or_a_parameter_that_nobody_told_of_is_caught(found_with: Any) -> None:
    @opens(to=signed_in)
    @require_safe
    def asking(request: HttpRequest) -> HttpResponse:
        return HttpResponse(request.GET.get("dossier", ""))

    says = "planted: nobody told the matrix what « dossier » names"
    assert says in found_with("head", asking, "dossier/").unknown
    planted = path("dossier/", asking, name="planted")
    assert "planted: nobody told the matrix who opens it" in matrix.untold(matrix.all_routes([planted]))
    with pytest.raises(matrix.Untold, match="planted: nobody said which methods it takes"):
        matrix.all_routes([path("x/", opens(to=signed_in)(lambda request: HttpResponse()), name="planted")])


def test_a_post_without_a_body_in_the_table_is_caught() -> None:
    @opens(to=signed_in)
    @require_POST
    def sending(request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    found = matrix.untold(matrix.all_routes([*urlpatterns, path("x/", sending, name="planted")]))
    assert "planted: takes a POST, and has no valid body in BODIES" in found
