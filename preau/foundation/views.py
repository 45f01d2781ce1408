"""Health, errors and the living style guide."""

import sys
from dataclasses import asdict
from typing import Any

import psycopg
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_http_methods, require_safe

from preau.foundation import away, kept, metrics, upkeep
from preau.foundation.access import ServiceClosed, anyone, opens
from preau.foundation.models import WorkerBeat
from preau.foundation.styleguide import SECTIONS, examples_of

# Away, starting, full, or too busy to answer: what the next try may well find mended. The driver's own too: Django lets
# them through when it closes a cursor of the server (the choices of a form) on a connection that has died.
DATABASE_IS_AWAY = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)


@opens(to=anyone, before_proof=True)
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """Is this process answering? It asks nothing of the database: a slow database must not kill the pages."""
    return JsonResponse({"alive": True})


@opens(to=anyone, before_proof=True)
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """May traffic come here? Database reachable and migrated; says whether a worker has lately shown signs of life."""
    state = {"database": False, "migrated": False, "worker": False}
    if away.is_away():
        return JsonResponse(state, status=503)
    try:
        executor = MigrationExecutor(connection)
        state["database"] = True
        state["migrated"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
        state["worker"] = WorkerBeat.objects.filter(at__gt=timezone.now() - upkeep.WORKER_SILENCE).exists()
    except Exception as error:  # noqa: BLE001 - whatever is wrong, the answer is « not ready »
        away.note(error)
        return JsonResponse(state, status=503)
    # A missing worker delays letters; it must not close the pages: `at_work` alerts.
    return JsonResponse(state, status=200 if state["migrated"] else 503)


@opens(to=anyone, before_proof=True)
@require_safe
def at_work(request: HttpRequest) -> HttpResponse:
    """Should somebody come? 503 when no worker is alive, tasks failed in a day, letters wait too long or the disk is nearly full."""
    try:
        work = None if away.is_away() else upkeep.work_now()
    except Exception as error:  # noqa: BLE001 - whatever is wrong, the answer is « come »
        away.note(error)
        work = None
    if work is None:
        return JsonResponse({"database": False}, status=503)
    return JsonResponse(asdict(work), status=200 if work.is_well else 503)


@opens(to=anyone, before_proof=True)
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """Figures of the site for Prometheus, and nobody's name: to whoever shows the token of the site."""
    shown = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not constant_time_compare(shown, f"Bearer {settings.METRICS_TOKEN}"):
        raise Http404
    return HttpResponse(metrics.written(), content_type=metrics.FORM)


@opens(to=anyone)
@require_http_methods(["GET", "HEAD", "POST"])
def styleguide(request: HttpRequest, key: str = "actions") -> HttpResponse:
    """Every component in every state, with its code; one section a page. A sample form may be sent: nothing reads it."""
    section = SECTIONS.get(key)
    if section is None:
        raise Http404
    addresses = {known: reverse("foundation:styleguide_section", args=[known]) for known in SECTIONS}
    tabs = [(other.label, addresses[other.key], other is section) for other in SECTIONS.values()]
    context = {"section": section, "tabs": tabs, "examples": examples_of(section, request)}
    return render(request, "ui/styleguide.html", context)


def _error(status: int) -> Any:
    def view(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
        return render(request, f"{status}.html", status=status)

    return view


forbidden = _error(403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What does not exist, or what the school has switched off: the second is said, so that nobody looks for it."""
    closed = isinstance(exception, ServiceClosed)
    return render(request, "404.html", {"closed": closed}, status=404)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """A wrong Host is refused before anything is known of the request: the page stands alone."""
    return render(None, "400.html", status=400)  # type: ignore[arg-type]


def server_error(request: HttpRequest) -> HttpResponse:
    """Something is broken: the page must not need anything that may be broken too.

    Django calls this while it handles the exception. A database that is away is no fault of the page: 503, and when to try
    again, whatever asked for it (a session, a middleware, a view).
    """
    if not isinstance(sys.exception(), DATABASE_IS_AWAY):
        return render(None, "500.html", status=500)  # type: ignore[arg-type]
    away.note(sys.exception())
    return away.not_now()


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is no longer good. What bears our stamp is put aside, to be offered again to the same account: a stamp is of an
    account, and nobody else can make one."""
    is_kept = kept.put_aside(request)
    if getattr(request, "viewer", None):
        where = resolve_url(settings.RESUME_URL) if is_kept else ""
    else:
        where = resolve_url(settings.LOGIN_URL)
    context = {"is_kept": is_kept, "where": where, "signed_in": bool(getattr(request, "viewer", None))}
    return render(request, "csrf_failure.html", context, status=403)
