"""LTI, in a browser: the service sends somebody back, and receives the message by a form that goes on by itself."""

import re
from http import HTTPStatus

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from preau.commons.lti.actions import passing
from preau.commons.lti.models import Tool
from preau.commons.lti.queries import tools
from preau.commons.signon.queries import access
from preau.foundation.access import anyone, opens

WORD = re.compile(r"[\x20-\x7e]*")
LONGEST_STATE, LONGEST_NONCE = 2_000, 500


def once(typed: QueryDict, name: str) -> str:
    """A parameter given once; given twice, it is as if it were not there."""
    values = typed.getlist(name)
    return values[0] if len(values) == 1 else ""


@opens(to=anyone)
@csrf_exempt
@require_http_methods(["GET", "POST"])
def authorize(request: HttpRequest) -> HttpResponse:
    """The message, for whoever has just clicked here. Nothing goes to an address that the record does not hold.

    A POST comes from the service's site, hence without our cookies: it is asked again as a GET, and writes nothing.
    """
    if request.method == "POST":
        response = HttpResponseRedirect(f"{request.path}?{request.POST.urlencode()}")
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
    if "client_id" not in request.GET:
        return redirect("lti:activities" if request.viewer else "identity:sign_in")
    tool = tools.tool_of(once(request.GET, "client_id"))
    if tool is None:
        return render(request, "signon/unknown.html", status=HTTPStatus.NOT_FOUND)
    back = once(request.GET, "redirect_uri")
    if not back or back not in tool.redirects:
        return render(request, "signon/misdirected.html", status=HTTPStatus.BAD_REQUEST)
    mistake = mistake_in(request.GET)
    if mistake or request.viewer is None:
        return onward(request, tool, back, error=mistake or "login_required")
    return _message(request, tool, back)


def mistake_in(typed: QueryDict) -> str:
    """What of the question is not that of the standard; empty when all is."""
    state, nonce = once(typed, "state"), once(typed, "nonce")
    if once(typed, "response_type") != "id_token":
        return "unsupported_response_type"
    if "openid" not in once(typed, "scope").split():
        return "invalid_scope"
    words = WORD.fullmatch(state) and WORD.fullmatch(nonce) and nonce
    if not words or len(state) > LONGEST_STATE or len(nonce) > LONGEST_NONCE:
        return "invalid_request"
    sound = once(typed, "response_mode") == "form_post" and once(typed, "prompt") == "none"
    return "" if sound else "invalid_request"


@sensitive_variables("word")
def _message(request: HttpRequest, tool: Tool, back: str) -> HttpResponse:
    typed = request.GET
    hints = once(typed, "login_hint"), once(typed, "lti_message_hint")
    session = request.session.session_key or ""
    try:
        word = passing.enter(request.viewer.account_id, session, tool, *hints, once(typed, "nonce"))
    except passing.Stale:
        return render(request, "lti/stale.html", status=HTTPStatus.BAD_REQUEST)
    return onward(request, tool, back, id_token=word)


def onward(request: HttpRequest, tool: Tool, back: str, **fields: str) -> HttpResponse:
    """The form that carries an answer: on this page alone, forms may lead to the service too."""
    state = once(request.GET, "state")
    if WORD.fullmatch(state) and 0 < len(state) <= LONGEST_STATE:
        fields["state"] = state
    response = render(
        request, "lti/onward.html", {"address": back, "fields": fields, "service": tool.service}
    )
    response.headers["Referrer-Policy"] = "no-referrer"
    place = access.place_of(back)
    allowed = {"form-action": ["'self'", *([place.origin] if place else [])]}
    return csp_replace(allowed)(lambda _request: response)(request)  # type: ignore[return-value]
