"""The CAS server (protocol 3.0.3): coming with one's account, and what services ask about who came.

Tickets are in the address, as the protocol wants: used once, within a minute, and never in a log. A page of ours never
redirects to an address that no register holds.
"""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods

from preau.commons.signon import answers, rules
from preau.commons.signon.actions import tickets
from preau.commons.signon.actions.tickets import Invalid, Validated
from preau.commons.signon.models import Ticket
from preau.commons.signon.queries import access
from preau.foundation import proof
from preau.foundation.access import anyone, ask_to_sign_in, opens
from preau.identity.actions import signing

Kind = Ticket.Kind
SAID = {
    "INVALID_REQUEST": "A parameter is missing.",
    "INVALID_TICKET": "The ticket is not known here, or not any more.",
    "INVALID_TICKET_SPEC": "The ticket is not of the kind that was asked for.",
    "INVALID_SERVICE": "The ticket was made for another service.",
    "INVALID_PROXY_CALLBACK": "The callback address is not that of the service, or does not answer.",
    "UNAUTHORIZED_SERVICE": "The service is not open to this person.",
    "UNAUTHORIZED_SERVICE_PROXY": "The service may not act for others.",
}


def one(request: HttpRequest, name: str) -> str:
    """A parameter given once; given twice, it could be read otherwise elsewhere: it is as if it were not there."""
    values = request.GET.getlist(name)
    return values[0] if len(values) == 1 else ""


def is_set(request: HttpRequest, name: str) -> bool:
    return one(request, name).lower() in {"true", "1", "yes"}


# In a browser


@opens(to=anyone)
@require_GET
def login(request: HttpRequest) -> HttpResponse:
    """Come with one's account: signed in, straight to the service; else by the sign-in page."""
    if "service" not in request.GET:
        return redirect("signon:services" if request.viewer else "identity:sign_in")
    wanted = one(request, "service")
    place = access.place_of(wanted)
    if place is None or (request.viewer is None and not access.is_known(place)):
        return unknown(request)
    gateway = is_set(request, "gateway") and not is_set(request, "renew")
    if request.viewer is None:
        return away(wanted) if gateway else sign_in_first(request)
    openings = access.openings_to(request.viewer, place)
    if openings:
        return _signed_in(request, wanted, openings)
    return away(wanted) if gateway and access.is_known(place) else refused(request, place)


def _signed_in(request: HttpRequest, wanted: str, openings: Any) -> HttpResponse:
    """Straight there; a service may want the password again, unless it has just been given."""
    is_new = just_signed_in(request)
    if is_set(request, "renew") and not is_new:
        return redirect(f"{reverse('signon:confirm')}?{urlencode({'service': wanted})}")
    return enter(request, wanted, openings, is_new=is_new, linger="connexion" in request.GET)


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """The address to come back to says that a form was sent just before: see `enter`."""
    query = request.GET.copy()
    query["connexion"] = "1"
    request.META["QUERY_STRING"] = query.urlencode()
    return ask_to_sign_in(request, keep=False)


def just_signed_in(request: HttpRequest) -> bool:
    """Whoever came by a session that was open elsewhere has proved nothing."""
    return proof.is_fresh(request.session, timezone.now(), within=rules.JUST_NOW)


@sensitive_variables("address")
def enter(request: HttpRequest, wanted: str, openings: Any, *, is_new: bool, linger: bool) -> HttpResponse:
    """Make the ticket and go. `linger`: by a page of ours, which goes on by itself.

    After a form, browsers hold redirections to `form-action` (CSP), which stays « self »: a page in between is a navigation of its own.
    """
    session = request.session.session_key or ""
    value = tickets.issue(request.viewer, openings, wanted, session=session, is_new=is_new)
    address = tickets.with_parameters(wanted, ticket=value)
    if not linger:
        return away(address)
    response = render(request, "signon/going.html", {"address": address, "service": openings[0].service})
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def away(address: str) -> HttpResponseRedirect:
    """To a service of the register: the only redirections out of this site."""
    response = HttpResponseRedirect(address)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def unknown(request: HttpRequest) -> HttpResponse:
    return render(request, "signon/unknown.html", status=HTTPStatus.NOT_FOUND)


def refused(request: HttpRequest, place: Any) -> HttpResponse:
    """Said only of the services of one's own school: of others', nobody learns that they exist."""
    if not access.known_here(request.viewer, place):
        return unknown(request)
    waits = access.waits_at(request.viewer, place)
    return render(request, "signon/refused.html", {"waits": waits}, status=HTTPStatus.FORBIDDEN)


@opens(to=anyone)
@require_http_methods(["GET", "POST"])
def logout(request: HttpRequest) -> HttpResponse:
    """Leave Préau after a service: a page asks, since a GET ends nothing here; its form does."""
    wanted = one(request, "service") or one(request, "url")
    place = access.place_of(wanted) if wanted else None
    back = wanted if place and access.is_known(place) else ""
    if request.method == "POST" and request.viewer:
        signing.sign_out(request, request.viewer)
        request.viewer = None
    return render(request, "signon/leaving.html", {"back": back, "here": request.get_full_path()})


# Between servers


def _validate(request: HttpRequest, kinds: list[str]) -> Validated:
    ticket, service = one(request, "ticket"), one(request, "service")
    return tickets.consume(ticket, service, kinds=kinds, renew=is_set(request, "renew"))


@opens(to=anyone)
@require_GET
def validate(request: HttpRequest) -> HttpResponse:
    """CAS 1: « yes » and the name, or « no »."""
    try:
        body = f"yes\n{_validate(request, [Kind.SERVICE]).user}\n"
    except Invalid:
        body = "no\n\n"
    return HttpResponse(body, content_type="text/plain; charset=utf-8")


@opens(to=anyone)
@require_GET
def service_validate(request: HttpRequest) -> HttpResponse:
    """CAS 2: who came; attributes only for the services of ENT, which read them here."""
    return _told(request, [Kind.SERVICE], with_facts=False)


@opens(to=anyone)
@require_GET
def proxy_validate(request: HttpRequest) -> HttpResponse:
    return _told(request, [Kind.SERVICE, Kind.PROXY], with_facts=False)


@opens(to=anyone)
@require_GET
def p3_service_validate(request: HttpRequest) -> HttpResponse:
    """CAS 3: who came, and what the school lets out."""
    return _told(request, [Kind.SERVICE], with_facts=True)


@opens(to=anyone)
@require_GET
def p3_proxy_validate(request: HttpRequest) -> HttpResponse:
    return _told(request, [Kind.SERVICE, Kind.PROXY], with_facts=True)


def _told(request: HttpRequest, kinds: list[str], *, with_facts: bool) -> HttpResponse:
    in_json = one(request, "format").upper() == "JSON"
    try:
        found = _validate(request, kinds)
        callback = one(request, "pgtUrl")
        granted = tickets.grant(found, callback) if callback else ""
    except Invalid as refusal:
        write: Any = answers.refusal_json if in_json else answers.refusal
        return answer(write(refusal.code, SAID[refusal.code]))
    shape = found.service.shape
    facts = found.facts if with_facts or shape == answers.Shape.ENT else None
    write = answers.success_json if in_json else answers.success
    return answer(
        write(found.user, facts, shape, is_new=found.ticket.is_new, granted=granted, chain=found.chain)
    )


@opens(to=anyone)
@require_GET
def proxy(request: HttpRequest) -> HttpResponse:
    """A service that was given the right asks for a ticket of another, in the person's name."""
    in_json = one(request, "format").upper() == "JSON"
    try:
        value = tickets.issue_for_proxy(one(request, "pgt"), one(request, "targetService"))
    except Invalid as refusal:
        write = answers.not_proxied_json if in_json else answers.not_proxied
        return answer(write(refusal.code, SAID[refusal.code]))
    return answer(answers.proxied_json(value) if in_json else answers.proxied(value))


def answer(body: str | dict[str, Any]) -> HttpResponse:
    """Status 200 whatever is said: the protocol speaks in the body."""
    if isinstance(body, dict):
        return JsonResponse(body)
    return HttpResponse(body, content_type="application/xml; charset=utf-8")
