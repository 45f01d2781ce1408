"""Pages of the agenda, its subscription, and the feed itself."""

from collections.abc import Sequence
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from preau.commons.agenda import actions, exports, queries, rules
from preau.commons.agenda.queries import View
from preau.directory.models import Person
from preau.directory.queries.apart import children_of
from preau.directory.viewer import Viewer
from preau.foundation import boards, dates, throttle
from preau.foundation.access import anyone, opens

TOO_OFTEN = 429


@opens(to=rules.has_agenda)
@require_safe
def agenda(request: HttpRequest) -> HttpResponse:
    """The viewer's agenda by day, week, month, or as a list."""
    viewer = request.viewer
    asked = request.GET.get("vue", "")
    view = View(asked) if asked in set(View) else View.WEEK
    day = dates.parse(request.GET.get("jour"), viewer.day_looked_at)
    children = children_of(viewer) if len(viewer.seat.pupils) > 1 else []
    child = next((one for one in children if one.public_id == request.GET.get("enfant")), None)
    layout = queries.layout_of(viewer.for_child(child.pk) if child else viewer, view, day)
    kept = f"&enfant={child.public_id}" if child else ""
    context = {
        "layout": layout,
        "landings": _landings(layout, view, viewer.today),
        "today": viewer.today,
        "views": _views(view, day, kept),
        "children": _children(children, child, f"?vue={view}&jour={day}"),
        "kept": kept,
        "pages": queries.pages_for(viewer),
        "tabs": _tabs(viewer, view, day, kept),
    }
    return render(request, "agenda/agenda.html", context)


def _landings(layout: queries.Layout, view: View, today: date) -> list[date]:
    """Where the keyboard goes at once; a month has no day that is a place of its own."""
    days = [] if view == View.MONTH else layout.days
    return dates.landings([(one.day, bool(one.entries)) for one in days], today)


def _children(children: Sequence[Person], child: Person | None, here: str) -> list[tuple[str, str, bool]]:
    """Each child of a family, and all of them; none where there is one."""
    if not children:
        return []
    ones = [(one.given_name, f"{here}&enfant={one.public_id}", one == child) for one in children]
    return [(_("Tous"), here, child is None), *ones]


def _views(current: View, day: date, kept: str) -> list[tuple[str, str, bool]]:
    names = {View.DAY: _("Jour"), View.WEEK: _("Semaine"), View.MONTH: _("Mois"), View.LIST: _("Liste")}
    return [(name, f"?vue={view}&jour={day}{kept}", view == current) for view, name in names.items()]


def _tabs(viewer: Viewer, view: View, day: date, kept: str) -> list[tuple[str, str, bool]]:
    """The page whose entry of the menu stands for the agenda's too, on the same days, and the agenda; none without it."""
    others = [
        (
            viewer.name_of(entry.url_name, entry.label),
            f"{reverse(entry.url_name)}?vue={view}&jour={day}{kept}",
            False,
        )
        for entry, seated in boards.offered(boards.menu, viewer)
        if entry.instead_of == "agenda:agenda" and entry.open_to(seated)
    ]
    return [*others, (_("Agenda"), f"?vue={view}&jour={day}{kept}", True)] if others else []


@opens(to=rules.has_agenda)
@require_safe
def subscription(request: HttpRequest) -> HttpResponse:
    """Whether a calendar may read the agenda."""
    return render(
        request, "agenda/subscription.html", {"feed": queries.feed_of(request.viewer), "address": ""}
    )


@opens(to=rules.has_agenda)
@require_POST
def subscribe(request: HttpRequest) -> HttpResponse:
    """Make an address, shown in this answer and never again."""
    try:
        key = actions.open_feed(request.viewer, seen=_number(request.POST.get("vu", "")))
    except actions.AlreadyChanged:
        messages.info(
            request, _("L’adresse vient d’être changée. Si vous ne l’avez pas notée, demandez-en une autre.")
        )
        return redirect("agenda:subscription")
    context = {"feed": queries.feed_of(request.viewer), "address": exports.address_of(key)}
    return render(request, "agenda/subscription.html", context)


def _number(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0


@opens(to=rules.has_agenda)
@require_POST
def unsubscribe(request: HttpRequest) -> HttpResponseRedirect:
    if actions.close_feed(request.viewer):
        messages.success(
            request,
            _("C’est arrêté : les calendriers qui lisaient l’adresse ne reçoivent plus rien."),
        )
    return redirect("agenda:subscription")


@opens(to=anyone)
@sensitive_variables("key")
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """The agenda for a calendar. Its key is its only right: it ends with the person's, the same day."""
    key = request.GET.get("cle", "")
    found = queries.feed_under(key) if key else None
    viewer = queries.reader_of(found) if found else None
    if found is None or viewer is None:
        raise Http404
    if throttle.hit("feed", str(found.pk), window=rules.WINDOW) > rules.MOST_READINGS:
        seconds = int(rules.WINDOW.total_seconds())
        return HttpResponse(
            status=TOO_OFTEN, headers={"Retry-After": str(seconds)}, content_type="text/plain"
        )
    entries = queries.entries_for_feed(viewer)
    tag = exports.tag_of(entries)
    response = get_conditional_response(request, etag=tag) or HttpResponse(
        exports.calendar_of(entries, opened_at=found.opened_at, now=timezone.now()),
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'inline; filename="agenda.ics"'},
    )
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, max-age=900"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
