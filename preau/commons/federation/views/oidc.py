"""OpenID Connect: off to the provider, back from it, and the end of a session there."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from preau.commons.federation.actions import leaving, oidc
from preau.commons.federation.asking import Failed
from preau.commons.federation.models import Provider
from preau.commons.federation.views import arriving
from preau.commons.federation.words import Protocol, Trouble
from preau.foundation.access import anyone, opens

LONGEST = 20_000
# The person said no, or has no session there: nothing is wrong with the provider.
SAID_NO = frozenset(
    [
        "access_denied",
        "login_required",
        "interaction_required",
        "consent_required",
        "account_selection_required",
    ]
)


def start(request: HttpRequest, provider: Provider, after: str, again: int) -> HttpResponse:
    return HttpResponseRedirect(oidc.ask(request, provider, after, again=again))


arriving.STARTS[Protocol.OIDC] = start


@opens(to=anyone, before_proof=True)
@require_safe
def back(request: HttpRequest, public_id: str) -> HttpResponse:
    """The browser comes back from the provider. Whatever is wrong, a page says it, and nobody comes in."""
    provider = _of_oidc(public_id)
    parameters = {name: request.GET.get(name, "")[:LONGEST] for name in ("state", "code", "iss", "error")}
    after = oidc.going_to(request, parameters["state"])
    try:
        asked, arrival = oidc.come_back(request, provider, parameters)
    except oidc.Stale:
        return arriving.not_believed(request, provider, "stale", after)
    except oidc.Untrue:
        return arriving.not_believed(request, provider, "untrue", after)
    except (oidc.Turned, Failed) as failure:
        return _turned(request, provider, failure, after)
    if asked.account:
        return arriving.confirm_again(request, provider, arrival, asked.after)
    return arriving.welcome(request, provider, arrival, asked.after)


def _turned(request: HttpRequest, provider: Provider, failure: Exception, after: str) -> HttpResponse:
    if isinstance(failure, Failed):
        return arriving.out_of_order(request, provider, failure.trouble, after)
    if str(failure) in SAID_NO:
        return arriving.not_believed(request, provider, "declined", after)
    return arriving.out_of_order(request, provider, Trouble.ERROR, after)


@csrf_exempt
@opens(to=anyone)
@require_POST
def ended(request: HttpRequest, public_id: str) -> HttpResponse:
    """The provider says that a session is over there (Back-Channel Logout 1.0): those that it opened here end at once."""
    provider = _of_oidc(public_id)
    try:
        over = oidc.read_logout(provider, request.POST.get("logout_token", ""))
    except (oidc.Untrue, Failed):
        return _told({"error": "invalid_request"}, 400)
    leaving.end_sessions_of(provider, subject=over.subject, sessions=[over.session] if over.session else [])
    return _told({}, 200)


def _of_oidc(public_id: str) -> Provider:
    return arriving.provider_or_404(public_id, Protocol.OIDC)


def _told(payload: dict[str, str], status: int) -> JsonResponse:
    return JsonResponse(payload, status=status, headers={"Cache-Control": "no-store"})
