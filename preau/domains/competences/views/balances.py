"""The balance of a cycle: what levels come to, what the council settles, giving it to families."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from preau.directory.models import Group, Period
from preau.domains.competences.actions import balances
from preau.domains.competences.forms import SHORT, BalanceForm
from preau.domains.competences.models import COMPONENTS
from preau.domains.competences.queries import classes
from preau.domains.competences.rules import access, cycles
from preau.domains.competences.rules.synthesis import LAST_SESSION_WITH_POINTS, brevet_points
from preau.domains.gradebook.queries.periods import chosen_period, periods_of
from preau.foundation import journal
from preau.foundation.access import opens
from preau.foundation.pages import render_form, tell_outcome


def _place(request: HttpRequest, group: Group) -> tuple[Period, int]:
    """The period of today and the cycle of the class; 404 for a group, and after the collège."""
    period, cycle = (
        chosen_period(periods_of(request.viewer), None, request.viewer.today),
        cycles.cycle_of(group),
    )
    if period is None or cycle not in {2, 3, 4} or group.kind != Group.Kind.CLASS:
        raise Http404
    return period, cycle


@opens(Group, to=access.reads_class)
@require_http_methods(["GET", "POST"])
def balance(request: HttpRequest, group: Group) -> HttpResponse:
    """A class by the components of the socle: proposed from levels, settled by the council."""
    viewer = request.viewer
    period, cycle = _place(request, group)
    page = classes.balance_of(viewer, group, period, cycle)
    settles = access.settles_balance(viewer, group)
    form = BalanceForm(page, request.POST if request.method == "POST" and settles else None)
    if form.is_valid():
        changed = balances.settle_balances(viewer, group, cycle, form.levels())
        sentence = ngettext("%(num)s niveau arrêté.", "%(num)s niveaux arrêtés.", changed) % {"num": changed}
        tell_outcome(request, changed, sentence, _("Rien n’a changé."))
        return redirect("competences:balance", pk=group.pk)
    if request.method == "GET":
        journal.record(viewer, "competences.class_read", group)
    session = group.year.ends.year
    context = {
        "group": group,
        "page": page,
        "form": form,
        "settles": settles,
        "components": list(COMPONENTS.items()),
        "short": SHORT,
        "ends": cycles.ends_cycle(group),
        "session": session,
        "points": {
            row.pupil.pk: brevet_points([row.settled.get(code) for code in COMPONENTS], session)
            for row in page.rows
        },
        "has_points": cycle == 4 and session <= LAST_SESSION_WITH_POINTS,
    }
    return render_form(request, "competences/balance.html", context)


@opens(Group, to=access.settles_balance)
@require_POST
def give(request: HttpRequest, group: Group) -> HttpResponse:
    """Let pupils and families read the balance of a class, or no more."""
    viewer = request.viewer
    period, cycle = _place(request, group)
    pupils = [row.pupil.pk for row in classes.balance_of(viewer, group, period, cycle).rows]
    at = None if request.POST.get("remise") == "non" else timezone.now()
    changed = balances.give_balances(viewer, group, cycle, pupils, at)
    sentence = _("Les familles lisent ce bilan.") if at else _("Les familles ne lisent plus ce bilan.")
    tell_outcome(request, changed, sentence)
    if not changed and at:
        messages.info(request, _("Il faut d’abord arrêter des niveaux."))
    return redirect("competences:balance", pk=group.pk)
