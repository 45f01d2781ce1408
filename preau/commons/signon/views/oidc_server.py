"""OpenID Connect, between servers: what we are, our keys, tokens, and who came. Answers are JSON, and kept by nobody."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote_plus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from preau.commons.signon import rules
from preau.commons.signon.actions import tokens
from preau.commons.signon.actions.keys import keep_keys
from preau.commons.signon.models import Client
from preau.commons.signon.queries import clients
from preau.commons.signon.queries.claims import claims_of, scopes_offered
from preau.commons.signon.queries.keys import published
from preau.commons.signon.views.asked import once
from preau.commons.signon.words import ATTRIBUTES
from preau.foundation import basic, throttle
from preau.foundation.access import anyone, opens
from preau.foundation.http import client_address
from preau.identity.devices import network_of

SECRETS = ("client_secret", "code", "code_verifier", "refresh_token")
A_WHILE = "public, max-age=3600"
BASIC, BEARER = "basic ", "bearer "


class ProtocolError(Exception):
    """`code` is the protocol's."""

    def __init__(self, code: str, description: str, status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(code)
        self.code, self.said, self.status = code, description, status


def from_anywhere(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """An application in a browser may read the answer too. No cookie counts here: only what is shown."""

    @wraps(view)
    def answered(request: HttpRequest, **more: Any) -> HttpResponse:
        response = (
            HttpResponse(status=HTTPStatus.NO_CONTENT)
            if request.method == "OPTIONS"
            else view(request, **more)
        )
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Allow-Headers"] = "authorization, content-type"
        return response

    return answered


@opens(to=anyone)
@require_http_methods(["GET", "OPTIONS"])
@from_anywhere
def configuration(request: HttpRequest) -> HttpResponse:
    """OpenID Connect Discovery 1.0."""
    here = settings.PUBLIC_URL
    response = JsonResponse(
        {
            "issuer": here,
            "authorization_endpoint": f"{here}{reverse('signon:oidc_authorize')}",
            "token_endpoint": f"{here}{reverse('signon:oidc_token')}",
            "userinfo_endpoint": f"{here}{reverse('signon:oidc_userinfo')}",
            "jwks_uri": f"{here}{reverse('signon:oidc_keys')}",
            "end_session_endpoint": f"{here}{reverse('signon:oidc_logout')}",
            "scopes_supported": scopes_offered(),
            "claims_supported": ["sub", *(attribute.claim for attribute in ATTRIBUTES.values())],
            "acr_values_supported": [tokens.WITH_PASSWORD, tokens.WITH_TWO_PROOFS],
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "none"],
            "code_challenge_methods_supported": ["S256"],
            "prompt_values_supported": ["none", "login"],
            "ui_locales_supported": ["fr"],
            "claims_parameter_supported": False,
            "request_parameter_supported": False,
            "request_uri_parameter_supported": False,
            "authorization_response_iss_parameter_supported": True,
            "backchannel_logout_supported": True,
            "backchannel_logout_session_supported": True,
        }
    )
    response.headers["Cache-Control"] = A_WHILE
    return response


@opens(to=anyone)
@require_http_methods(["GET", "OPTIONS"])
@from_anywhere
def keys(request: HttpRequest) -> HttpResponse:
    """Our public keys. The first one is made here, if nothing was signed yet."""
    known = published()
    if not known:
        keep_keys(timezone.now())
        known = published()
    response = JsonResponse({"keys": known})
    response.headers["Cache-Control"] = A_WHILE
    return response


@opens(to=anyone)
@csrf_exempt
@require_http_methods(["POST", "OPTIONS"])
@sensitive_post_parameters(*SECRETS)
@from_anywhere
def token(request: HttpRequest) -> HttpResponse:
    """Tokens for a code, or for a token of renewal."""
    try:
        return unkept(_given(request))
    except ProtocolError as refusal:
        response = JsonResponse(
            {"error": refusal.code, "error_description": refusal.said}, status=refusal.status
        )
        if refusal.status == HTTPStatus.UNAUTHORIZED:
            response.headers["WWW-Authenticate"] = 'Basic realm="Preau", charset="UTF-8"'
        if refusal.status == HTTPStatus.TOO_MANY_REQUESTS:
            response.headers["Retry-After"] = str(int(rules.WRONG_WINDOW.total_seconds()))
        return unkept(response)


def unkept(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Pragma"] = "no-cache"
    return response


def _given(request: HttpRequest) -> HttpResponse:
    typed = request.POST
    twice = next((name for name in typed if len(typed.getlist(name)) > 1), "")
    if twice:
        raise ProtocolError("invalid_request", "A parameter is given twice.")
    client = _client(request)
    kind = once(typed, "grant_type")
    if kind == "authorization_code":
        given = tokens.redeem(
            client, *(_needed(typed, name) for name in ("code", "redirect_uri", "code_verifier"))
        )
    elif kind == "refresh_token":
        given = tokens.refresh(client, _needed(typed, "refresh_token"))
    else:
        raise ProtocolError("unsupported_grant_type" if kind else "invalid_request", "grant_type")
    if given is None:
        raise ProtocolError("invalid_grant", "It is not known here, or not any more.")
    return JsonResponse(
        {
            "access_token": given.access,
            "token_type": "Bearer",
            "expires_in": int(rules.ACCESS_LIFE.total_seconds()),
            "refresh_token": given.refresh,
            "id_token": given.id_token,
            "scope": given.scope,
        }
    )


def _needed(typed: Any, name: str) -> str:
    value = once(typed, name)
    if not value:
        raise ProtocolError("invalid_request", f"{name} is missing.")
    return value


def _client(request: HttpRequest) -> Client:
    """Which service asks, and whether it is it: one way at a time, and a count of wrong secrets.

    Only failures count, by service and by the address that asks: whoever guesses elsewhere closes nothing to the service.
    """
    client_id, secret = _shown(request)
    door = (client_id[:100], network_of(client_address(request)))
    if throttle.tries("oidc_secret", *door) >= rules.WRONG_SECRETS:
        raise ProtocolError("invalid_client", "Too many wrong secrets.", HTTPStatus.TOO_MANY_REQUESTS)
    client = clients.client_of(client_id)
    is_it = client is not None and (not secret if client.is_public else clients.knows_secret(client, secret))
    if client is None or not is_it:
        throttle.hit("oidc_secret", *door, window=rules.WRONG_WINDOW)
        raise ProtocolError(
            "invalid_client", "The service is not known, or its secret is wrong.", HTTPStatus.UNAUTHORIZED
        )
    return client


def _shown(request: HttpRequest) -> tuple[str, str]:
    """The number and the secret, from the header or from the body; from both is a mistake, from the address is nothing."""
    header = request.headers.get("Authorization", "")
    number, secret = once(request.POST, "client_id"), once(request.POST, "client_secret")
    if not header:
        return number, secret
    read = _basic(header)
    if read is None:
        raise ProtocolError("invalid_client", "The header is not read.", HTTPStatus.UNAUTHORIZED)
    if secret or (number and number != read[0]):
        raise ProtocolError("invalid_request", "The service makes itself known in two ways.")
    return read


def _basic(header: str) -> tuple[str, str] | None:
    """Both halves are written as in a form there (RFC 6749, 2.3.1)."""
    read = basic.read(header)
    return (unquote_plus(read[0]), unquote_plus(read[1])) if read else None


@opens(to=anyone)
@csrf_exempt
@require_http_methods(["GET", "POST", "OPTIONS"])
@from_anywhere
def userinfo(request: HttpRequest) -> HttpResponse:
    """Who came, and what the school lets out, for whoever shows a token."""
    header = request.headers.get("Authorization", "")
    shown = header[len(BEARER) :].strip() if header[: len(BEARER)].lower() == BEARER else ""
    standing = tokens.read(shown) if shown else None
    if standing is None:
        # Nothing shown, no error said (RFC 6750, 3.1).
        error = ', error="invalid_token"' if shown else ""
        response = JsonResponse({"error": "invalid_token"}, status=HTTPStatus.UNAUTHORIZED)
        response.headers["WWW-Authenticate"] = f'Bearer realm="Preau"{error}'
        return unkept(response)
    claims = claims_of(standing.viewer, standing.openings, standing.grant.scopes)
    return unkept(JsonResponse({"sub": standing.user, **claims}))
