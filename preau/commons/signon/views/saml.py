"""The SAML identity provider, in a browser: coming to a service with one's account. An answer is a page that posts it."""

from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from preau.commons.signon import rules
from preau.commons.signon.actions import asserting, granting
from preau.commons.signon.forms import PasswordForm
from preau.commons.signon.models import Party, Service
from preau.commons.signon.queries import access, parties
from preau.commons.signon.views.cas import away, just_signed_in, sign_in_first, unknown
from preau.commons.signon.views.confirming import is_theirs, page
from preau.commons.signon.views.oidc import since
from preau.commons.signon.views.saml_asked import (
    Misdirected,
    RequestRefused,
    SamlRequest,
    Unknown,
    Wrong,
    read_wanted,
    read_word,
    word_of,
)
from preau.foundation.access import anyone, opens
from preau.identity import sessions

Mistake = (Unknown, Misdirected, RequestRefused, Wrong)


@opens(to=anyone)
@require_safe
def metadata(request: HttpRequest) -> HttpResponse:
    """What we are: addresses, and the certificates of the keys that sign."""
    response = HttpResponse(asserting.metadata(), content_type="application/samlmetadata+xml")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@opens(to=anyone)
@csrf_exempt
@require_http_methods(["GET", "POST"])
def sso(request: HttpRequest) -> HttpResponse:
    """A request of a service. A POST comes from its site, hence without our cookies: it goes on as a GET, and writes nothing."""
    typed = request.POST if request.method == "POST" else request.GET
    if "SAMLRequest" not in typed:
        return redirect("signon:services" if request.viewer else "identity:sign_in")
    try:
        wanted = read_wanted(request, f"{settings.PUBLIC_URL}{reverse('signon:saml_sso')}")
    except Mistake as mistake:
        return said_of(request, mistake)
    if request.method == "POST" or (request.viewer is None and not wanted.silent):
        return away(_page("signon:saml_next", wanted))
    return _go(request, wanted)


def _page(name: str, wanted: SamlRequest) -> str:
    return f"{reverse(name)}?{urlencode({'mot': word_of(wanted)})}"


@opens(to=anyone)
@require_GET
def go_on(request: HttpRequest) -> HttpResponse:
    """The same request, carried by a word of ours: after the sign-in page, or after a POST."""
    if "mot" not in request.GET:
        return unknown(request)
    try:
        return _go(request, read_word(request.GET["mot"]))
    except Mistake as mistake:
        return said_of(request, mistake)


def _go(request: HttpRequest, wanted: SamlRequest) -> HttpResponse:
    if request.viewer is None:
        return _told(request, wanted, "Responder", "NoPassive") if wanted.silent else sign_in_first(request)
    openings = access.openings_of(request.viewer, wanted.party.service_id)
    if not openings:
        return (
            _told(request, wanted, "Responder", "RequestDenied")
            if wanted.silent
            else _closed(request, wanted.party.service)
        )
    if wanted.again and not ("connexion" in request.GET and just_signed_in(request)):
        if wanted.silent:
            return _told(request, wanted, "Responder", "NoPassive")
        return away(_page("signon:saml_confirm", wanted))
    return _enter(request, wanted, openings, signed_in_at=since(request))


def _closed(request: HttpRequest, service: Service) -> HttpResponse:
    """Said only of the services of one's own school."""
    if not access.is_in_force(request.viewer, service.pk):
        return unknown(request)
    waits = access.waits_for(request.viewer, service.pk)
    return render(request, "signon/refused.html", {"waits": waits}, status=HTTPStatus.FORBIDDEN)


@sensitive_variables("said")
def _enter(
    request: HttpRequest, wanted: SamlRequest, openings: Any, *, signed_in_at: datetime, is_new: bool = False
) -> HttpResponse:
    """Say who came. `is_new`: the password alone, just now."""
    is_strong = bool(request.session.get(sessions.PROVED)) and not is_new
    context = wanted.context(is_strong=is_strong)
    if not context:
        return _told(request, wanted, "Responder", "NoAuthnContext")
    session = granting.Session(request.session.session_key or "", signed_in_at, is_strong)
    coming = asserting.Coming(wanted.party, wanted.to, wanted.request, context)
    try:
        response = asserting.say_who(request.viewer, openings, coming, session)
    except asserting.Replayed:
        return said_of(request, RequestRefused("again", wanted.party))
    return _posted(request, wanted, response, is_known=True)


def _told(request: HttpRequest, wanted: SamlRequest, code: str, under: str = "") -> HttpResponse:
    response = asserting.say_why(wanted.party, wanted.to, wanted.request, code, under)
    return _posted(request, wanted, response, is_known=False)


def _posted(request: HttpRequest, wanted: SamlRequest, response: str, *, is_known: bool) -> HttpResponse:
    fields = {"SAMLResponse": response} | ({"RelayState": wanted.relay} if wanted.relay else {})
    return post_page(request, wanted.party, wanted.to, fields, is_known=is_known)


def post_page(
    request: HttpRequest,
    party: Party,
    address: str,
    fields: dict[str, str],
    *,
    is_known: bool,
    left: bool = False,
) -> HttpResponse:
    """A page of ours whose form goes to the service, by itself where scripts run. On this page alone, forms may leave to it."""
    context = {
        "address": address,
        "fields": fields,
        "service": party.service,
        "is_known": is_known,
        "left": left,
    }
    parts = urlsplit(address)
    allowed = csp_update({"form-action": [f"{parts.scheme}://{parts.netloc}"]})
    response: HttpResponse = allowed(lambda request: render(request, "signon/saml_post.html", context))(
        request
    )
    response.headers["Cache-Control"] = "no-store"
    # Where it comes from, and nothing more: services check it.
    response.headers["Referrer-Policy"] = "strict-origin"
    return response


def said_of(request: HttpRequest, mistake: Exception) -> HttpResponse:
    """A mistake: to the service when its address is known and the rest is sound, else to the person, who stays here."""
    if isinstance(mistake, Wrong):
        return _told(request, mistake.wanted, mistake.code, mistake.under)
    if isinstance(mistake, Misdirected):
        return render(request, "signon/misdirected.html", status=HTTPStatus.BAD_REQUEST)
    if isinstance(mistake, RequestRefused):
        is_often = mistake.why == "often"
        status = HTTPStatus.TOO_MANY_REQUESTS if is_often else HTTPStatus.BAD_REQUEST
        context = {"why": mistake.why, "service": mistake.party.service if mistake.party else None}
        response = render(request, "signon/saml_refused.html", context, status=status)
        if is_often:
            response.headers["Retry-After"] = str(int(rules.WRONG_WINDOW.total_seconds()))
        return response
    return unknown(request)


@opens(to=rules.has_services)
@require_GET
def open_service(request: HttpRequest) -> HttpResponse:
    """From « Applications », to a service that waits for an answer without having asked."""
    number = request.GET.get("service", "")
    if not number:
        return redirect("signon:services")
    # PostgreSQL reads no text with a NUL.
    known = Service.objects.visible_to(request.viewer).filter(public_id=number.replace("\0", " "))
    service = known.first()
    if service is None:
        messages.info(request, _("Ce service n’est pas ouvert ici. Voici ceux qui le sont."))
        return redirect("signon:services")
    party = parties.party_told(request.viewer, service)
    if party is None or not party.begins_here or not party.receives:
        return redirect("signon:services")
    openings = access.openings_of(request.viewer, service.pk)
    if not openings:
        return _closed(request, service)
    return _enter(request, SamlRequest(party, party.addresses[0]), openings, signed_in_at=since(request))


@opens(to=rules.has_services)
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """One's password again, then to the service; the address of the page says what it asked."""
    if "mot" not in request.GET:
        return redirect("signon:services")
    try:
        wanted = read_word(request.GET["mot"])
    except Mistake as mistake:
        return said_of(request, mistake)
    openings = access.openings_of(request.viewer, wanted.party.service_id)
    if not openings:
        return _closed(request, wanted.party.service)
    form = PasswordForm(request.POST or None)
    if form.is_valid() and is_theirs(request, form):
        return _enter(request, wanted, openings, signed_in_at=timezone.now(), is_new=True)
    return page(request, form, openings, reverse("signon:saml_next"), {"mot": request.GET["mot"]})
