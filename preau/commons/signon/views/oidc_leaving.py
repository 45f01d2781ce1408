"""Leaving Préau after a service (OpenID Connect RP-Initiated Logout 1.0): a page asks, since a link ends nothing here."""

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from preau.commons.signon.actions import tickets
from preau.commons.signon.queries import clients, keys
from preau.commons.signon.views.asked import LONGEST_STATE, WORD, once
from preau.commons.signon.views.oidc import as_get
from preau.foundation.access import anyone, opens
from preau.identity.actions import signing


@opens(to=anyone)
@csrf_exempt
@require_http_methods(["GET", "POST"])
def logout(request: HttpRequest) -> HttpResponse:
    """The page that asks. A POST comes from the service's site: it is asked again as a GET."""
    return as_get(request) if request.method == "POST" else _page(request)


@opens(to=anyone)
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """The answer of the page: the session ends, and the services opened from it are told."""
    if request.viewer:
        signing.sign_out(request, request.viewer)
        request.viewer = None
    return _page(request)


def _page(request: HttpRequest) -> HttpResponse:
    here = f"{reverse('signon:oidc_leave')}?{request.GET.urlencode()}"
    return render(request, "signon/leaving.html", {"back": _back(request.GET), "here": here})


def _back(typed: QueryDict) -> str:
    """Where to go afterwards: an address that this very service gave for it, exactly; else nowhere.

    Who asks is read in what we signed for it, however old; its number alone is enough when nothing signed is shown.
    """
    address, client_id = once(typed, "post_logout_redirect_uri"), once(typed, "client_id")
    hint = once(typed, "id_token_hint")
    if hint:
        signed = keys.read_signed(hint) or {}
        audience = signed.get("aud")
        if not isinstance(audience, str) or client_id not in {"", audience}:
            return ""
        client_id = audience
    client = clients.client_of(client_id) if address else None
    if client is None or address not in client.after_logout:
        return ""
    state = once(typed, "state")
    is_word = state and len(state) <= LONGEST_STATE and WORD.fullmatch(state)
    return tickets.with_parameters(address, state=state) if is_word else address
