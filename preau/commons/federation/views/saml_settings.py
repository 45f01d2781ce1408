"""How a provider speaks SAML: what it publishes, what it must be given, what is asked of its answers."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from preau.commons.federation import rules
from preau.commons.federation.actions import saml
from preau.commons.federation.actions.settling import Followed
from preau.commons.federation.forms_saml import SamlForm
from preau.commons.federation.models import Provider
from preau.commons.federation.queries.saml import places, shown
from preau.commons.federation.words import Protocol
from preau.foundation.access import confirmed, opens
from preau.foundation.pages import render_form


@opens(Provider, to=rules.changes, by="public_id")
@confirmed()
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest, provider: Provider) -> HttpResponse:
    """Give it our description, and take its own."""
    if provider.protocol != Protocol.SAML:
        # What it speaks is said on the page before.
        return redirect("federation:change", public_id=provider.public_id)
    form = SamlForm(provider, request.POST or None)
    if form.is_valid():
        try:
            changed = saml.settle(request.viewer, provider, form.facts())
        except Followed:
            form.add_error(
                None,
                _("Des comptes sont déjà reliés par ce fournisseur. Pour un autre, ajoutez-en un de plus."),
            )
        else:
            messages.success(request, _("C’est enregistré.") if changed else _("Rien n’a changé."))
            return redirect("federation:provider", public_id=provider.public_id)
    context = {
        "form": form,
        "provider": provider,
        "places": places(provider),
        "shown": shown(provider),
    }
    return render_form(request, "federation/saml.html", context)
