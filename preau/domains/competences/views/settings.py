"""The words of levels and the rules of the school."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from preau.domains.competences.actions.settings import save_policy
from preau.domains.competences.forms import PolicyForm
from preau.domains.competences.models import policy_of
from preau.domains.competences.rules import access
from preau.foundation.access import opens
from preau.foundation.pages import render_form, tell_outcome


@opens(to=access.settles_rules)
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """The four words, the colours, what a history comes to, what a mark proposes."""
    policy = policy_of(request.viewer.school_id or 0)
    form = PolicyForm(policy, request.POST if request.method == "POST" else None)
    if form.is_valid():
        changed = save_policy(request.viewer, form.typed())
        tell_outcome(request, changed, _("Les mots et les règles sont enregistrés."), _("Rien n’a changé."))
        return redirect("competences:settings")
    return render_form(request, "competences/settings.html", {"form": form, "policy": policy})
