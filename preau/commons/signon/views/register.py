"""Pages: one's own services, and the register of a school or of the platform."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from preau.commons.signon import boards, rules
from preau.commons.signon.actions import asserting
from preau.commons.signon.actions.parties import SameEntity
from preau.commons.signon.actions.register import SameName, save, settle
from preau.commons.signon.forms import OpeningForm, ServiceForm
from preau.commons.signon.models import Service
from preau.commons.signon.queries import clients
from preau.commons.signon.queries.parties import certificates_told, our_certificates, party_told
from preau.commons.signon.queries.register import (
    counts_of,
    opened_in,
    opening_of,
    rows_of,
    services_of,
    state_of,
    tiles_of,
    told_of,
)
from preau.directory.queries.settings import levels_of
from preau.foundation.access import confirmed, opens
from preau.foundation.pages import render_form, status_of
from preau.foundation.paging import page_for

A_PAGE = 20


@opens(to=rules.has_services)
@require_safe
def services(request: HttpRequest) -> HttpResponse:
    """The services that one may open from here, and what leaves for each."""
    page = page_for(request, tiles_of(request.viewer), A_PAGE)
    keeps = rules.reads_register(request.viewer)
    context = {"page_obj": page, "keeps": keeps, "opener_of": boards.opener_of, "openers": boards.openers}
    return render(request, "signon/services.html", context)


@opens(to=rules.reads_register)
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """Every service that the school has or is offered; for operators, those of the platform."""
    page = page_for(request, services_of(request.viewer), A_PAGE)
    context = {
        "page_obj": page,
        "rows": rows_of(page, request.viewer.today),
        "may_add": rules.adds_services(request.viewer),
    }
    return render(request, "signon/register.html", context)


@opens(to=rules.adds_services)
@confirmed()
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """One service more."""
    return _write(request, None)


@opens(Service, to=rules.changes, by="public_id")
@confirmed()
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, service: Service) -> HttpResponse:
    """What a service is, where it lives, what it asks."""
    return _write(request, service)


def _write(request: HttpRequest, service: Service | None) -> HttpResponse:
    form = ServiceForm(service, request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            written, changed = save(request.viewer, form.said(), service)
        except SameName:
            form.add_error("name", _("Un autre service porte déjà ce nom."))
        except SameEntity:
            name = "metadata" if form.cleaned_data["metadata"] else "entity_id"
            form.add_error(name, _("Un autre service relié à Préau porte déjà ce nom SAML."))
        else:
            sentence = (
                _("Le service est enregistré.") if changed or service is None else _("Rien n’a changé.")
            )
            messages.success(request, sentence)
            return redirect("signon:service", public_id=written.public_id)
    return render_form(request, "signon/write.html", {"form": form, "service": service})


@opens(Service, to=rules.reads_register, by="public_id")
@require_http_methods(["GET", "POST"])
def service(request: HttpRequest, service: Service) -> HttpResponse:
    """A service: what leaves and why, how often it is opened, and, for a school, whether it is open there."""
    viewer = request.viewer
    opening = opening_of(viewer, service)
    form = _opening_form(request, service, opening) if rules.opens_here(viewer, service) else None
    if form and form.is_valid():
        changed = settle(viewer, service, form.settled())
        messages.success(request, _("C’est enregistré.") if changed else _("Rien n’a changé."))
        return redirect("signon:service", public_id=service.public_id)
    word, tone, icon = state_of(service, opening, viewer.today)
    context = {
        "service": service,
        "client": clients.client_told(viewer, service),
        "issuer": settings.PUBLIC_URL,
        **_of_saml(viewer, service),
        "opening": opening,
        "state": {"label": word, "tone": tone, "icon": icon},
        "leaves": told_of(service, opening.leaves if opening else service.asks),
        "waits": told_of(service, opening.waits_for)[1:] if opening and opening.is_on else [],
        "counts": counts_of(viewer, service),
        "schools": None if viewer.school_id else opened_in(viewer, service),
        "form": form,
        "may_change": rules.changes(viewer, service),
        "pages": boards.pages_for(viewer, service),
    }
    status = status_of(form)
    return render(request, "signon/service.html", context, status=status)


def _of_saml(viewer: Any, service: Service) -> dict[str, Any]:
    """What the page says of a service of SAML, and what its provider is given."""
    party = party_told(viewer, service)
    if party is None:
        return {"party": None}
    return {
        "party": party,
        "signing": certificates_told(party.signing),
        "encryption": certificates_told([party.encryption] if party.hides else []),
        "ours": our_certificates() if rules.changes(viewer, service) else [],
        "entity": asserting.our_name(),
    }


def _opening_form(request: HttpRequest, service: Service, opening: Any) -> OpeningForm:
    levels = levels_of(request.viewer)
    return OpeningForm(request.viewer, service, opening, levels, request.POST or None)
