"""How the school writes its bulletins."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from preau.domains.report_cards.actions.settings import settle
from preau.domains.report_cards.forms.settings import CardPolicyForm
from preau.domains.report_cards.models import policy_of
from preau.domains.report_cards.rules import access
from preau.foundation.access import opens
from preau.foundation.pages import render_form, tell_outcome


@opens(to=access.settles)
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """The words that councils give, and the length of texts."""
    policy = policy_of(request.viewer.school_id or 0)
    form = CardPolicyForm(policy, request.POST if request.method == "POST" else None)
    if form.is_valid():
        changed = settle(request.viewer, form.cleaned_data)
        tell_outcome(
            request, changed, _("Les règles des bulletins sont enregistrées."), _("Rien n’a changé.")
        )
        return redirect("report_cards:settings")
    return render_form(request, "report_cards/settings.html", {"form": form})
