"""What the houses say to programs (`boards.api`): how a page of things is cut, what a period is, how a refusal is said.

Fields and parameters are words of the API, in French and without accents: they are read by those who write programs for
schools here, and never change within a version.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from http import HTTPStatus
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Query, Schema
from pydantic import BeforeValidator

PER_PAGE, LAST_PAGE = 100, 1000
A_WEEK, LONGEST = timedelta(days=6), timedelta(days=62)
PROBLEM = "application/problem+json"


def _as_written(value: Any) -> Any:
    """A day as ISO 8601 writes it: a bare number, which pydantic would read as seconds since 1970, is none."""
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise ValueError("AAAA-MM-JJ")
    return value


Day = Annotated[date, BeforeValidator(_as_written)]
Number = Annotated[int, Query(ge=1, le=LAST_PAGE, description="Le rang de la page, à partir de 1.")]
FirstDay = Annotated[
    Day | None,
    Query(description="Premier jour (AAAA-MM-JJ). Sans lui\u202f: aujourd’hui, dans l’établissement."),
]
LastDay = Annotated[
    Day | None,
    Query(
        description="Dernier jour, compris (AAAA-MM-JJ)\u202f; deux mois au plus après le premier. Sans lui\u202f: une semaine."
    ),
]


class Page(Schema):
    """What every list says of itself. Each house adds `elements`."""

    total: int
    page: int
    pages: int


@dataclass
class Problem(Exception):
    """A refusal (RFC 9457). `faults`: by parameter, a sentence."""

    status: HTTPStatus
    detail: str
    faults: dict[str, str] = field(default_factory=dict)


TITLES = {
    HTTPStatus.UNAUTHORIZED: "Accès refusé",
    HTTPStatus.FORBIDDEN: "Cet accès n’ouvre pas cela",
    HTTPStatus.NOT_FOUND: "Introuvable",
    HTTPStatus.METHOD_NOT_ALLOWED: "Méthode refusée",
    HTTPStatus.GONE: "Retirée",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Demande mal écrite",
    HTTPStatus.SERVICE_UNAVAILABLE: "Pas encore prêt",
    HTTPStatus.TOO_MANY_REQUESTS: "Trop de demandes",
}


def problem_response(problem: Problem) -> HttpResponse:
    """The answer to a program."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": TITLES.get(problem.status, problem.status.phrase),
        "status": int(problem.status),
        "detail": problem.detail,
    }
    if problem.faults:
        body["parametres"] = problem.faults
    response = JsonResponse(body, status=problem.status, json_dumps_params={"ensure_ascii": False})
    response.headers["Content-Type"] = PROBLEM
    return response


def period(du: date | None, au: date | None, today: date) -> tuple[date, date]:
    """The days that were asked for, both included: a week from today when nothing is said. Raises Problem."""
    try:
        first = du or today
        last = au or first + A_WEEK
        wide = last - first
    except OverflowError:
        raise _wrong("du", _("Ce jour est trop loin.")) from None
    if wide < timedelta(0):
        raise _wrong("au", _("Ce jour vient avant le premier."))
    if wide > LONGEST:
        raise _wrong("au", _("Deux mois au plus : demandez la suite ensuite."))
    return first, last


def _wrong(name: str, why: str) -> Problem:
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, why, {name: why})


def cut(rows: Sequence[Any], page: int, total: int | None = None) -> tuple[Sequence[Any], dict[str, int]]:
    """The rows of a page, and what the page says of itself; of a QuerySet, `total` is counted by who asks."""
    number = len(rows) if total is None else total
    first = (page - 1) * PER_PAGE
    pages = max(1, -(-number // PER_PAGE))
    return rows[first : first + PER_PAGE], {"total": number, "page": page, "pages": pages}


def moment(value: Any, zone: str) -> str:
    """A day, or a moment with its offset on that wall clock: ISO 8601."""
    return str(
        value.astimezone(ZoneInfo(zone)).isoformat()
        if zone and hasattr(value, "astimezone")
        else value.isoformat()
    )
