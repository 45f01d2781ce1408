"""The periods of the year, which the head seals and opens again."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.directory.models import Period
from preau.domains.gradebook.actions import sealing
from preau.domains.gradebook.forms.periods import ReopenForm
from preau.domains.gradebook.models import PeriodSeal, Reopening
from preau.domains.gradebook.queries.periods import period_rows
from preau.domains.gradebook.rules import access
from preau.foundation.access import opens
from preau.foundation.gone import removes

TYPED_WRONG = 422


@opens(to=access.seals_periods)
@require_safe
def periods(request: HttpRequest) -> HttpResponse:
    """What each period holds, and whether it still changes."""
    context = {"rows": period_rows(request.viewer), "today": request.viewer.today}
    return render(request, "gradebook/periods.html", context)


def _gesture(request: HttpRequest, act: Any, row: Any, sentence: str) -> HttpResponseRedirect:
    try:
        act(request.viewer, row)
    except sealing.AlreadyDone:
        messages.info(request, _("C’était déjà fait."))
    else:
        messages.success(request, sentence)
    return redirect("gradebook:periods")


@opens(Period, to=access.seals_periods)
@require_POST
def seal(request: HttpRequest, period: Period) -> HttpResponseRedirect:
    sentence = _("La période est arrêtée : ses notes ne changent plus.")
    return _gesture(request, sealing.seal_period, period, sentence)


@removes
@opens(PeriodSeal, to=access.seals_periods)
@require_POST
def lift(request: HttpRequest, known: PeriodSeal) -> HttpResponseRedirect:
    sentence = _("La période est de nouveau ouverte à tous les enseignants.")
    return _gesture(request, sealing.lift_seal, known, sentence)


@opens(PeriodSeal, to=access.seals_periods)
@require_http_methods(["GET", "POST"])
def reopen(request: HttpRequest, known: PeriodSeal) -> HttpResponse:
    """Open it to one teacher, until a day."""
    form = ReopenForm(request.viewer, known.period, request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            sealing.reopen_period(request.viewer, known, data["teacher"], data["why"], data["until"])
        except sealing.AlreadyDone:
            messages.info(request, _("Cette période n’est plus arrêtée."))
        else:
            messages.success(request, _("La période est rouverte pour cet enseignant."))
        return redirect("gradebook:periods")
    context = {"form": form, "period": known.period}
    return render(request, "gradebook/reopen.html", context, status=TYPED_WRONG if form.errors else 200)


@removes
@opens(Reopening, to=access.seals_periods)
@require_POST
def close_reopening(request: HttpRequest, reopening: Reopening) -> HttpResponseRedirect:
    return _gesture(request, sealing.close_reopening, reopening, _("La période lui est de nouveau fermée."))
