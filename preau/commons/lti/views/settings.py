"""Pages of the record of a service that speaks LTI: what it is, and what the school lets it do."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from preau.commons.lti import rules
from preau.commons.lti.actions.settings import agree, save_tool
from preau.commons.lti.forms import AgreementForm, ToolForm
from preau.commons.lti.queries import tools
from preau.commons.lti.queries.messages import address
from preau.commons.signon.models import Service
from preau.commons.signon.queries import register
from preau.commons.signon.words import Protocol
from preau.foundation.access import confirmed, opens
from preau.foundation.pages import render_form, status_of


@opens(Service, to=rules.sets_tool, by="public_id")
@confirmed()
@require_http_methods(["GET", "POST"])
def tool(request: HttpRequest, service: Service) -> HttpResponse:
    """Where a service begins and ends, its keys, what it does by itself; and what to give to its maker."""
    if service.protocol != Protocol.LTI:
        return _elsewhere(request, service)
    known = tools.tool_for(service)
    form = ToolForm(known, request.POST or None)
    if form.is_valid():
        changed = save_tool(request.viewer, service, form.said())
        messages.success(request, _("C’est enregistré.") if changed else _("Rien n’a changé."))
        return redirect("lti:tool", public_id=service.public_id)
    context = {
        "form": form,
        "service": service,
        "tool": known,
        "deployment": _deployment(request, service),
        "told": own_addresses() if known else [],
    }
    return render_form(request, "lti/tool.html", context)


def _elsewhere(request: HttpRequest, service: Service) -> HttpResponse:
    messages.info(request, _("Ce service ne se connecte pas par LTI."))
    return redirect("signon:service", public_id=service.public_id)


def own_addresses() -> list[tuple[str, str, str]]:
    """What the maker of a service asks: in words, in those of the standard, and the value."""
    return [
        (_("Adresse de Préau"), "issuer, platform id", settings.PUBLIC_URL),
        (_("Adresse d’autorisation"), "OIDC authentication URL", address("lti:authorize")),
        (_("Adresse des jetons"), "access token URL", address("lti:token")),
        (_("Adresse des clés"), "JWKS URL", address("signon:oidc_keys")),
    ]


def _deployment(request: HttpRequest, service: Service) -> str:
    opening = register.opening_of(request.viewer, service)
    return tools.deployment_of(opening) if opening else ""


@opens(Service, to=rules.agrees_here, by="public_id")
@require_http_methods(["GET", "POST"])
def agreement(request: HttpRequest, service: Service) -> HttpResponse:
    """What the school lets the service do by itself."""
    if service.protocol != Protocol.LTI:
        return _elsewhere(request, service)
    known, opening = tools.tool_for(service), register.opening_of(request.viewer, service)
    if known is None or opening is None or not known.wants:
        context = {"service": service, "form": None, "waits": known is None or opening is None}
        return render(request, "lti/agreement.html", context)
    typed = request.POST if request.method == "POST" else None
    form = AgreementForm(known, tools.allowed_in(opening, known), typed)
    if form.is_valid():
        changed = agree(request.viewer, opening, known, form.cleaned_data["allowed"])
        messages.success(request, _("C’est enregistré.") if changed else _("Rien n’a changé."))
        return redirect("lti:agreement", public_id=service.public_id)
    context = {"service": service, "form": form, "deployment": tools.deployment_of(opening)}
    return render(request, "lti/agreement.html", context, status=status_of(form))
