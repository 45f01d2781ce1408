"""OpenID Connect, in a browser: coming to a service with one's account (code flow, PKCE)."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from preau.commons.signon import rules
from preau.commons.signon.actions import granting, tickets
from preau.commons.signon.forms import PasswordForm
from preau.commons.signon.queries import access
from preau.commons.signon.views.asked import AuthorizationQuery, Misdirected, Unknown, Wrong, read_wanted
from preau.commons.signon.views.cas import away, just_signed_in, sign_in_first, unknown
from preau.commons.signon.views.confirming import is_theirs, page
from preau.foundation import proof
from preau.foundation.access import anyone, opens
from preau.identity import sessions


@opens(to=anyone)
@csrf_exempt
@require_http_methods(["GET", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """Come with one's account: signed in, straight back to the service; else by the sign-in page.

    A POST comes from the service's site, hence without our cookies: it is asked again as a GET, and writes nothing.
    """
    if request.method == "POST":
        return as_get(request)
    if "client_id" not in request.GET:
        return redirect("signon:services" if request.viewer else "identity:sign_in")
    try:
        wanted = read_wanted(request.GET)
    except (Unknown, Misdirected, Wrong) as mistake:
        return said_of(request, mistake)
    if request.viewer is None:
        return _told(wanted, error="login_required") if wanted.silent else sign_in_first(request)
    return _signed_in(request, wanted)


def as_get(request: HttpRequest) -> HttpResponse:
    response = HttpResponseRedirect(f"{request.path}?{request.POST.urlencode()}")
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def said_of(request: HttpRequest, mistake: Exception) -> HttpResponse:
    """A mistake: to the service when its address is known, else to the person, who stays here."""
    if isinstance(mistake, Wrong):
        parameters = {"error": mistake.code} | ({"error_description": mistake.said} if mistake.said else {})
        return away(_address(mistake.back, parameters))
    if isinstance(mistake, Misdirected):
        return render(request, "signon/misdirected.html", status=HTTPStatus.BAD_REQUEST)
    return unknown(request)


def _address(back: Any, parameters: dict[str, str]) -> str:
    """The address of return with the answer, the service's own word, and who answers (RFC 9207)."""
    state = {"state": back.state} if back.state else {}
    return tickets.with_parameters(back.address, **parameters, **state, iss=settings.PUBLIC_URL)


def _told(wanted: AuthorizationQuery, **parameters: str) -> HttpResponse:
    return away(_address(wanted.back, parameters))


def _signed_in(request: HttpRequest, wanted: AuthorizationQuery) -> HttpResponse:
    openings = access.openings_of(request.viewer, wanted.asked.client.service_id)
    if not openings:
        return _told(wanted, error="access_denied") if wanted.silent else _refused(request, wanted)
    if _is_to_prove(request, wanted):
        if wanted.silent:
            return _told(wanted, error="login_required")
        return away(f"{reverse('signon:oidc_confirm')}?{request.GET.urlencode()}")
    return enter(request, wanted, openings, signed_in_at=since(request), linger="connexion" in request.GET)


def since(request: HttpRequest) -> datetime:
    """When they came in, or proved since that it is they."""
    opened, proved = request.session.get(sessions.OPENED, 0), request.session.get(proof.KEY, 0)
    return datetime.fromtimestamp(max(opened, proved), UTC)


def _is_to_prove(request: HttpRequest, wanted: AuthorizationQuery) -> bool:
    """Must somebody who is signed in give their password again? Not when it has just been given, on the way here."""
    age = (timezone.now() - since(request)).total_seconds()
    is_old = wanted.max_age is not None and age > wanted.max_age
    if not (wanted.again or is_old):
        return False
    return not ("connexion" in request.GET and just_signed_in(request))


@sensitive_variables("code", "address")
def enter(
    request: HttpRequest,
    wanted: AuthorizationQuery,
    openings: Any,
    *,
    signed_in_at: datetime,
    linger: bool,
    is_new: bool = False,
) -> HttpResponse:
    """Make the code and go. `linger`: by a page of ours (see the CAS view); `is_new`: the password alone, just now."""
    is_strong = bool(request.session.get(sessions.PROVED)) and not is_new
    session = granting.Session(request.session.session_key or "", signed_in_at, is_strong)
    code = granting.give_code(request.viewer, openings, wanted.asked, session)
    address = _address(wanted.back, {"code": code})
    if not linger:
        return away(address)
    response = render(request, "signon/going.html", {"address": address, "service": openings[0].service})
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _refused(request: HttpRequest, wanted: AuthorizationQuery) -> HttpResponse:
    """Said only of the services of one's own school."""
    if not access.is_in_force(request.viewer, wanted.asked.client.service_id):
        return unknown(request)
    waits = access.waits_for(request.viewer, wanted.asked.client.service_id)
    return render(request, "signon/refused.html", {"waits": waits}, status=HTTPStatus.FORBIDDEN)


@opens(to=rules.has_services)
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """One's password again, then to the service; the address of the page says what it asked."""
    if "client_id" not in request.GET:
        return redirect("signon:services")
    try:
        wanted = read_wanted(request.GET)
    except (Unknown, Misdirected, Wrong) as mistake:
        return said_of(request, mistake)
    openings = access.openings_of(request.viewer, wanted.asked.client.service_id)
    if not openings:
        return _refused(request, wanted)
    form = PasswordForm(request.POST or None)
    if form.is_valid() and is_theirs(request, form):
        return enter(request, wanted, openings, signed_in_at=timezone.now(), linger=True, is_new=True)
    return page(request, form, openings, reverse("signon:oidc_authorize"), request.GET.dict())
