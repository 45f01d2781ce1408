"""The reasons of a school: reading them, adding, changing, retiring."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from preau.domains.attendance import rules
from preau.domains.attendance.actions import reasons as reasons_actions
from preau.domains.attendance.forms.reasons import ReasonForm
from preau.domains.attendance.models import Reason
from preau.domains.attendance.queries.reasons import reasons_of
from preau.foundation.access import opens
from preau.foundation.pages import NOTHING_CHANGED, render_form, tell_outcome


@opens(to=rules.settles_reasons)
@require_http_methods(["GET", "POST"])
def reasons(request: HttpRequest) -> HttpResponse:
    """Every reason of the school with its switches, and a form for one more."""
    form = ReasonForm(request.viewer, None, request.POST or None)
    if form.is_valid():
        tell_outcome(
            request,
            reasons_actions.create_reason(request.viewer, **form.cleaned_data),
            _("Le motif est ajouté."),
            _("Ce motif existe déjà."),
        )
        return redirect("attendance:reasons")
    rows = reasons_of(request.viewer)
    return render_form(request, "attendance/reasons.html", {"form": form, "rows": rows})


@opens(Reason, to=rules.settles_reasons)
@require_http_methods(["GET", "POST"])
def reason(request: HttpRequest, reason: Reason) -> HttpResponse:
    """One reason and its switches; a common one is changed for this school alone."""
    form = ReasonForm(request.viewer, reason, request.POST or None)
    if form.is_valid():
        tell_outcome(
            request,
            reasons_actions.change_reason(request.viewer, reason, **form.cleaned_data),
            _("C’est enregistré. Ce qui était déjà noté ne change pas."),
            NOTHING_CHANGED,
        )
        return redirect("attendance:reasons")
    return render_form(request, "attendance/reason.html", {"form": form, "reason": reason})


@opens(Reason, to=rules.settles_reasons)
@require_POST
def retire_reason(request: HttpRequest, reason: Reason) -> HttpResponse:
    """Choose a reason no more, or choose it again: nothing that it explains is lost."""
    back = request.POST.get("geste") == "remettre"
    if not reasons_actions.retire_reason(request.viewer, reason, retired=not back):
        messages.info(request, _("C’était déjà fait."))
    elif back:
        messages.success(request, _("Ce motif est de nouveau proposé."))
    else:
        messages.success(request, _("Ce motif n’est plus proposé. Les absences qu’il explique le gardent."))
    return redirect("attendance:reasons")
