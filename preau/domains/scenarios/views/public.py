"""What anyone reads, with or without an account; nothing of who reads is kept."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from preau.domains.catalogue.models.resources import deed_at, licence_said
from preau.domains.catalogue.queries.links import uses_for
from preau.domains.scenarios import rules
from preau.domains.scenarios.models import Scenario
from preau.domains.scenarios.queries import opinions, public, space
from preau.foundation.access import anyone, opens
from preau.foundation.downloads import as_file
from preau.foundation.paging import page_of

PAGE = 20


@opens(to=anyone)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The published scenarios, found by a few words, a level, a subject."""
    asked = public.ScenarioFilter.read(request.GET)
    page = page_of(public.public_rows(asked), request.GET.get("page"), PAGE)
    context = {"asked": asked, "page": page, "places": space.places()}
    return render(request, "scenarios/home.html", context)


def _found(code: str) -> Scenario:
    found = public.public_at(code)
    if found is None:
        raise Http404
    return found


def _read(found: Scenario) -> dict[str, Any]:
    version = found.shown
    content = version.content
    return {
        "scenario": found,
        "version": version,
        "content": content,
        "permalink": public.permalink(found),
        "licence": licence_said(version.licence),
        "deed": deed_at(version.licence),
        "resources": space.resources_of(content),
        "origins": list(_origins(found.origin)),
    }


def _origins(origin: dict[str, Any]) -> Any:
    """What it was adapted from, then what that was adapted from: each keeps its attribution."""
    while origin:
        attribution = origin | {"licence": licence_said(origin["licence"], origin.get("licence_version", ""))}
        yield attribution
        origin = origin.get("from") or {}


@opens(to=anyone)
@require_safe
def scenario(request: HttpRequest, code: str) -> HttpResponse:
    """A published scenario, signed as its authors chose."""
    found = _found(code)
    address = found.address
    context = _read(found) | {
        "adaptations": public.adaptations_of_scenario(found),
        "uses": uses_for(request.viewer, address, found.shown.title),
        "summary": opinions.summary_of(found),
        "address": address,
        "may_adapt": bool(rules.licences_after(found.shown.licence)),
    }
    return render(request, "scenarios/scenario.html", context)


@opens(to=anyone)
@require_safe
def paper(request: HttpRequest, code: str) -> HttpResponse:
    """The scenario alone in one file, to print or to keep."""
    found = _found(code)
    return as_file(render(request, "scenarios/paper.html", _read(found)), f"scenario-{found.code}.html")
