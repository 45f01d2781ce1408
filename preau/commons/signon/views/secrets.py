"""The page that gives a service its secret, and shows it once."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from preau.commons.signon import rules
from preau.commons.signon.actions.clients import mark_of, renew_secret
from preau.commons.signon.models import Service
from preau.commons.signon.queries.clients import client_told
from preau.foundation.access import confirmed, opens


@opens(Service, to=rules.changes, by="public_id")
@confirmed()
@require_http_methods(["GET", "POST"])
@sensitive_variables("secret")
def secret(request: HttpRequest, service: Service) -> HttpResponse:
    """A page asks, since the former secret ends at once; its form gives another."""
    client = client_told(request.viewer, service)
    if client is None or client.is_public:
        messages.info(request, _("Ce service se connecte sans secret."))
        return redirect("signon:service", public_id=service.public_id)
    if request.method == "GET":
        context = {"service": service, "client": client, "seen": mark_of(client)}
        return render(request, "signon/secret.html", context)
    given = renew_secret(request.viewer, service, seen=request.POST.get("vu", ""))
    if given is None:
        messages.info(request, _("Un secret vient d’être donné : il ne se montre qu’une fois."))
        return redirect("signon:service", public_id=service.public_id)
    return render(
        request, "signon/secret_given.html", {"service": service, "client": client, "secret": given}
    )
