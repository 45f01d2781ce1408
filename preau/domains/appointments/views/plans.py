"""The plan of an evening, before anybody is told of it: what it is worth, who misses what and why; its sheets."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from preau.domains.appointments import exports, rules
from preau.domains.appointments.actions import planning
from preau.domains.appointments.models import Evening
from preau.domains.appointments.queries import pages, plans
from preau.domains.appointments.queries.rooms import shared_at
from preau.domains.appointments.queries.slots import board_of
from preau.domains.appointments.views.families import printed
from preau.foundation import journal
from preau.foundation.access import confirmed, opens
from preau.foundation.pages import tell_outcome
from preau.foundation.paging import page_for

A_PAGE = 40


@opens(Evening, to=rules.organises_it)
@require_safe
def plan(request: HttpRequest, evening: Evening) -> HttpResponse:
    """What the plan gives, and what it does not."""
    evening = pages.whole(request.viewer, evening)
    board, wishes = board_of(evening), plans.wishes_of(evening)
    missed = plans.missed_in(board, wishes)
    page = page_for(request, missed, A_PAGE)
    context = {
        "evening": evening,
        "numbers": plans.slots_of(wishes, board),
        "facts": evening.plan_facts,
        "page_obj": page,
        "missed": len(missed),
        "shared": shared_at(evening, board.hosts.values()),
        "is_computing": planning.is_computing(evening, timezone.now()),
        "may_compute": evening.state == Evening.State.WISHES and evening.begins > timezone.now(),
    }
    return render(request, "appointments/plan.html", context)


@opens(Evening, to=rules.organises_it)
@require_POST
def compute(request: HttpRequest, evening: Evening) -> HttpResponseRedirect:
    """Have the plan computed."""
    try:
        done = planning.ask(request.viewer, evening)
    except planning.NotNow:
        messages.error(
            request,
            _("Le planning ne se calcule que tant que les souhaits sont ouverts, et avant la rencontre."),
        )
    else:
        tell_outcome(
            request,
            done,
            _("Le calcul est lancé : une demi-minute au plus. Rechargez la page pour le voir."),
            _("Un calcul est déjà en cours."),
        )
    return redirect("appointments:plan", pk=evening.pk)


@opens(Evening, to=rules.organises_it)
@require_POST
def publish(request: HttpRequest, evening: Evening) -> HttpResponseRedirect:
    """Everybody hears of their own meetings."""
    try:
        done = planning.publish(request.viewer, evening)
    except planning.NotNow:
        messages.error(request, _("Calculez d’abord le planning : il se publie avant la rencontre."))
    except planning.Stale:
        messages.error(
            request, _("Des familles ont changé leurs souhaits depuis le calcul : recalculez le planning.")
        )
        return redirect("appointments:plan", pk=evening.pk)
    else:
        tell_outcome(
            request,
            done,
            _("Le planning est publié. Chacun est prévenu de ses rendez-vous aux heures permises."),
        )
    return redirect("appointments:evening", pk=evening.pk)


@opens(Evening, to=rules.organises_it)
@confirmed(reading=True)
@require_safe
def host_sheets(request: HttpRequest, evening: Evening) -> HttpResponse:
    """One sheet for each who receives."""
    evening = pages.whole(request.viewer, evening)
    journal.record(request.viewer, "appointments.sheets_printed", evening)
    sheets = pages.sheets_of_hosts(request.viewer, evening)
    return printed(
        exports.hosts_page(evening, sheets, with_phones=True), f"feuilles-professeurs-{evening.pk}"
    )


@opens(Evening, to=rules.organises_it)
@confirmed(reading=True)
@require_safe
def family_sheets(request: HttpRequest, evening: Evening) -> HttpResponse:
    """One sheet for each family, for those without a device too."""
    evening = pages.whole(request.viewer, evening)
    journal.record(request.viewer, "appointments.sheets_printed", evening)
    sheets = pages.gathered_by_family(evening, board_of(evening))
    return printed(exports.families_page(evening, sheets), f"feuilles-familles-{evening.pk}")
