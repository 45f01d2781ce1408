"""Between servers: tokens, and what every service of LTI asks alike. Answers are JSON, and kept by nobody."""

import json
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from preau.commons.lti import rules
from preau.commons.lti.actions import passes
from preau.commons.lti.models import Context
from preau.commons.lti.queries import items, keys, messages, tools
from preau.commons.lti.views.authorize import once
from preau.commons.lti.words import ALLOWED, JWT_BEARER
from preau.foundation import throttle
from preau.foundation.access import anyone, opens
from preau.foundation.http import client_address
from preau.identity.devices import network_of

BEARER, LONGEST_BODY = "bearer ", 65_536
A_PAGE, MOST = 50, 200


class RequestRefused(Exception):
    """`code` is the protocol's."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


def json_refusals(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What is refused is said as JSON, and nothing is kept by caches."""

    @wraps(view)
    def answered(request: HttpRequest, **more: Any) -> HttpResponse:
        try:
            response = view(request, **more)
        except RequestRefused as refusal:
            response = JsonResponse({"error": refusal.code}, status=refusal.status)
            if refusal.status == HTTPStatus.UNAUTHORIZED:
                response.headers["WWW-Authenticate"] = 'Bearer realm="Preau", error="invalid_token"'
            if refusal.status == HTTPStatus.TOO_MANY_REQUESTS:
                response.headers["Retry-After"] = str(int(rules.WRONG_WINDOW.total_seconds()))
        response.headers["Cache-Control"] = "no-store"
        return response

    return answered


@opens(to=anyone)
@csrf_exempt
@require_POST
@sensitive_post_parameters("client_assertion")
@json_refusals
def token(request: HttpRequest) -> HttpResponse:
    """A token for a service that signs that it is it (RFC 7523). Only failures count, by the address that asks."""
    typed = request.POST
    if once(typed, "grant_type") != "client_credentials":
        raise RequestRefused(HTTPStatus.BAD_REQUEST, "unsupported_grant_type")
    word = once(typed, "client_assertion")
    if once(typed, "client_assertion_type") != JWT_BEARER or not word:
        raise RequestRefused(HTTPStatus.BAD_REQUEST, "invalid_request")
    door = (keys.signer_in(word)[:100], network_of(client_address(request)))
    if throttle.tries("lti_word", *door) >= rules.WRONG_WORDS:
        raise RequestRefused(HTTPStatus.TOO_MANY_REQUESTS, "invalid_client")
    try:
        given = passes.give_pass(word, once(typed, "scope").split()[:20], messages.address("lti:token"))
    except passes.Refusal as refusal:
        if refusal.code == "invalid_client":
            throttle.hit("lti_word", *door, window=rules.WRONG_WINDOW)
        raise RequestRefused(HTTPStatus.BAD_REQUEST, refusal.code) from refusal
    return JsonResponse(
        {
            "access_token": given.value,
            "token_type": "Bearer",
            "expires_in": int(rules.PASS_LIFE.total_seconds()),
            "scope": " ".join(given.scopes),
        }
    )


def context_of(request: HttpRequest, number: str, key: str, *scopes: str) -> Context:
    """The class that this service may ask about: by its token, where it is open, for what this very school agreed to.

    `key` is one of ALLOWED, one of whose `scopes` the token must hold. Raises RequestRefused.
    """
    header = request.headers.get("Authorization", "")
    shown = header[len(BEARER) :].strip() if header[: len(BEARER)].lower() == BEARER else ""
    known = passes.read_pass(shown) if shown else None
    if known is None:
        raise RequestRefused(HTTPStatus.UNAUTHORIZED, "invalid_token")
    if not set(scopes or ALLOWED[key].scopes) & set(known.scopes):
        raise RequestRefused(HTTPStatus.FORBIDDEN, "insufficient_scope")
    rows = Context.objects.select_related("opening__service__tool", "opening__school", "group")
    rows = rows.filter(number=number, opening__service=known.service_id)
    found = rows.first() if items.is_clean(number) else None
    if found is None or not tools.is_open(found.opening, tools.today_in(found.opening.school)):
        raise RequestRefused(HTTPStatus.NOT_FOUND, "not_found")
    if key not in tools.allowed_in(found.opening, found.opening.service.tool):
        raise RequestRefused(HTTPStatus.FORBIDDEN, "insufficient_scope")
    return found


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The object that was sent. Raises RequestRefused."""
    try:
        length = int(request.headers.get("Content-Length") or 0)
    except ValueError:
        length = LONGEST_BODY + 1
    if length > LONGEST_BODY:
        raise RequestRefused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large")
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as failure:
        raise RequestRefused(HTTPStatus.BAD_REQUEST, "invalid_request") from failure
    if not isinstance(body, dict):
        raise RequestRefused(HTTPStatus.BAD_REQUEST, "invalid_request")
    return body


def page(request: HttpRequest, rows: list[Any], kind: str, wrap: Callable[[list[Any]], Any]) -> HttpResponse:
    """A part of a list, and where the next one is (RFC 8288)."""
    size = min(max(_number(request, "limit", A_PAGE), 1), MOST)
    number = max(_number(request, "page", 1), 1)
    first = (number - 1) * size
    response = JsonResponse(wrap(rows[first : first + size]), safe=False, content_type=kind)
    if len(rows) > first + size:
        query = {name: request.GET[name] for name in request.GET if name not in {"limit", "page"}}
        query |= {"limit": str(size), "page": str(number + 1)}
        here = (
            f"{messages.address(f'lti:{request.resolver_match.url_name}', **request.resolver_match.kwargs)}"
        )
        response.headers["Link"] = f'<{here}?{urlencode(query)}>; rel="next"'
    return response


def _number(request: HttpRequest, name: str, fallback: int) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else fallback
