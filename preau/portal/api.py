"""The API for programs: what the houses publish on `boards.api`, each behind the door of its own scope (docs/decisions/0119)."""

from collections.abc import Callable
from functools import lru_cache, wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from ninja import NinjaAPI, Router, Schema
from ninja.errors import ValidationError

from preau.foundation import boards, webapi
from preau.foundation.access import View, anyone, opens
from preau.foundation.text import french
from preau.foundation.webapi import Problem
from preau.identity.doors import Refusal, door

PREFIX = "api/v1/"
# What each door may answer besides, in the words of the page.
REFUSALS = {
    401: "Aucun jeton, ou un jeton qui n’ouvre plus rien.",
    403: "Ce jeton n’a pas été créé pour cela, ou l’établissement ne le permet pas.",
    422: "Un paramètre est mal écrit.",
    429: "Trop de demandes\u202f: l’en-tête Retry-After dit combien de secondes attendre.",
}
PROBLEM_SHAPE = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "parametres": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}
WRONG = {
    "date": "Écrivez un jour comme 2026-11-24.",
    "int": "Écrivez un nombre entier.",
    "greater": "Ce nombre est trop petit.",
    "less": "Ce nombre est trop grand.",
}

me = Router(tags=["moi"])


class Etablissement(Schema):
    uai: str
    nom: str
    fuseau: str


class Moi(Schema):
    identifiant: str
    nom: str
    prenom: str
    profil: str
    profil_dit: str
    etablissements: list[Etablissement]


@me.get("", response=Moi, url_name="api_moi", operation_id="moi", summary="De qui est ce jeton")
def moi(request: Any) -> dict[str, Any]:
    """La personne, son profil et ses établissements : ceux où elle travaille ou apprend, ceux de ses enfants."""
    viewer = request.viewer
    schools = {place.school.pk: place.school for place in viewer.places}
    return {
        "identifiant": viewer.person.public_id,
        "nom": viewer.person.family_name,
        "prenom": viewer.person.given_name,
        "profil": viewer.profile.value,
        "profil_dit": viewer.label,
        "etablissements": [
            {"uai": school.uai, "nom": school.name, "fuseau": school.timezone} for school in schools.values()
        ],
    }


@lru_cache(maxsize=1)
def built() -> NinjaAPI:
    """The API of the houses that are there: asked by the addresses, once every manifest is read."""
    api = NinjaAPI(
        title="API de Préau",
        version="1",
        openapi_url=None,
        docs_url=None,
        urls_namespace="portal",
        description="Lire, depuis un programme, une partie de ce que l’on lit déjà dans Préau. Rien ne s’y écrit.",
    )
    for part in boards.api:
        api.add_router(f"/{part.key}", part.router)
    api.add_exception_handler(Problem, lambda request, problem: webapi.problem_response(problem))
    api.add_exception_handler(
        ValidationError, lambda request, error: webapi.problem_response(_badly_written(error))
    )
    return api


def _badly_written(error: Any) -> Problem:
    """Which parameter is wrong, and how to write it, in French: the library speaks English."""
    faults = {
        str(one["loc"][-1]): next(
            (sentence for start, sentence in WRONG.items() if one["type"].startswith(start)),
            "Cette valeur ne convient pas.",
        )
        for one in error.errors
    }
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, " ".join(faults.values()), faults)


def _refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    return webapi.problem_response(Problem(refusal.status, refusal.why))


def only_read(view: View) -> View:
    """GET and nothing else; any other method is refused in the words of the API."""
    request_method_list = ["GET"]

    @wraps(view)
    def read(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in request_method_list:
            response = webapi.problem_response(
                Problem(HTTPStatus.METHOD_NOT_ALLOWED, _("Cette API se lit seulement, par GET."))
            )
            response.headers["Allow"] = "GET"
            return response
        return view(request, *args, **kwargs)

    return read


def addresses() -> list[URLPattern]:
    """The addresses of the API, each behind its door; those of everybody, behind their own guard."""
    parts = {name: part for part in boards.api for name in (f"api_{part.key}", *part.also)}
    found = []
    for url in built().urls[0]:
        if isinstance(url, URLPattern) and url.name in parts:
            part = parts[url.name]
            guard: Callable[..., Any] = part.guard or door(part.door, refused=_refused)
            guarded = guard(only_read(url.callback))
            found.append(URLPattern(url.pattern, guarded, url.default_args, url.name))
    return found


@lru_cache(maxsize=1)
def description() -> dict[str, Any]:
    """The API as OpenAPI 3.1 says it, with what our doors add: the scope of each address and its refusals."""
    found: dict[str, Any] = dict(built().get_openapi_schema(path_prefix=PREFIX))
    for path, methods in found["paths"].items():
        part = _part_of(path)
        for operation in methods.values():
            operation["description"] = french(operation["description"])
            # An empty list: nothing is asked of whoever reads it.
            operation["security"] = [{"jeton": [part.door]}] if part.door else []
            for status, why in (REFUSALS if part.door else part.refusals).items():
                operation["responses"][str(status)] = {
                    "description": why,
                    "content": {webapi.PROBLEM: {"schema": {"$ref": "#/components/schemas/Probleme"}}},
                }
    parts = found["components"]
    parts["schemas"]["Probleme"] = PROBLEM_SHAPE
    parts["securitySchemes"] = {
        "jeton": {
            "type": "http",
            "scheme": "bearer",
            "description": "Un jeton créé dans «\u202fMes accès d’applications\u202f».",
        }
    }
    return found | {"servers": [{"url": settings.PUBLIC_URL}]}


def _part_of(path: str) -> boards.ApiPart:
    """The part whose address this is: the first word after ours."""
    key = path.split(PREFIX, 1)[-1].split("/", maxsplit=1)[0]
    return next(part for part in boards.api if part.key == key)


@opens(to=anyone)
@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The description, for machines."""
    response = JsonResponse(description(), json_dumps_params={"ensure_ascii": False})
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@opens(to=anyone)
@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    """The same, to read."""
    context = {"parts": read_aloud(), "refusals": REFUSALS, "origin": settings.PUBLIC_URL}
    return render(request, "portal/api.html", context)


def read_aloud() -> list[dict[str, Any]]:
    """Each address: what it gives, for which scope, its parameters, the fields of a line."""
    document = description()
    shapes = document["components"]["schemas"]
    found = []
    for path, methods in document["paths"].items():
        one = methods["get"]
        shape = one["responses"][200]["content"]["application/json"]["schema"]["$ref"].rsplit("/", 1)[-1]
        items = shapes[shape]["properties"].get("elements", {}).get("items", {}).get("$ref", shape)
        scope = boards.doors.named(_part_of(path).door)
        found.append(
            {
                "path": path,
                "summary": one["summary"],
                "text": one["description"],
                "scope": scope.label if scope else "",
                "parameters": [
                    (each["name"], each["schema"].get("description", "") or each.get("description", ""))
                    for each in one.get("parameters", ())
                ],
                "fields": ", ".join(shapes[items.rsplit("/", 1)[-1]]["properties"]),
                "is_list": items != shape,
            }
        )
    return found
