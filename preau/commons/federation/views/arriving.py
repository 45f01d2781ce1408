"""What both protocols share: the choice of a provider, where it starts, and what is answered to whoever has come.

A protocol adds itself to `STARTS`: `start(request, provider, after, again)` sends the browser to the provider, and raises Failed; `again` is
the number of the account whose person must prove anew that it is they, 0 for whoever comes in.
"""

from collections.abc import Callable
from http import HTTPStatus

import structlog
from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from preau.commons.federation.actions import arriving, leaving, settling
from preau.commons.federation.asking import Failed
from preau.commons.federation.models import Provider
from preau.commons.federation.queries import providers
from preau.commons.federation.rules import A_BROWSER_REMEMBERS
from preau.commons.federation.words import Arrival, Refusal, Trouble, Why
from preau.directory.viewer import Viewer
from preau.foundation import kept, proof
from preau.foundation.access import anyone, ask_to_confirm, opens
from preau.foundation.http import safe_next
from preau.foundation.paging import page_for

logger = structlog.get_logger(__name__)
Start = Callable[[HttpRequest, Provider, str, int], HttpResponse]
STARTS: dict[str, Start] = {}
COOKIE, SALT = "entree", "preau.federation.entrance"
A_PAGE = 20


@opens(to=anyone)
@require_safe
def others(request: HttpRequest) -> HttpResponse:
    """Every provider by which one may come in here."""
    page = page_for(request, providers.all_gates(timezone.now()), A_PAGE)
    context = {"page_obj": page, "suite": safe_next(request, "")}
    return render(request, "federation/others.html", context)


@opens(to=anyone, before_proof=True)
@require_safe
def start(request: HttpRequest, public_id: str) -> HttpResponse:
    """Off to a provider; or the page that says that it does not answer."""
    provider = provider_or_404(public_id)
    after = safe_next(request, "/")
    again = request.viewer.account_id if request.viewer and "encore" in request.GET else 0
    if request.viewer and not again:
        return redirect(after)
    try:
        return STARTS[provider.protocol](request, provider, after, again)
    except Failed as failure:
        return out_of_order(request, provider, failure.trouble, after)


def provider_or_404(public_id: str, protocol: str = "") -> Provider:
    """The open provider of this name; of this protocol, where it matters."""
    provider = providers.open_provider(public_id, timezone.now())
    if provider is None or (protocol and provider.protocol != protocol):
        raise Http404
    return provider


def welcome(request: HttpRequest, provider: Provider, arrival: Arrival, after: str = "/") -> HttpResponse:
    """Let in whoever a provider says has come, and go on to `after` (an address of ours); else the page that says why not."""
    return answer(request, provider, arriving.arrive(request, provider, arrival, after=after), after)


def confirm_again(request: HttpRequest, provider: Provider, arrival: Arrival, after: str) -> HttpResponse:
    """Whoever sits here went to prove anew who they are: on with what they were doing, or back to the page that asks."""
    if not request.viewer or not arriving.confirm_again(request, request.viewer, provider, arrival):
        sentence = _("%(name)s n’a pas confirmé que c’est vous. Réessayez, ou confirmez autrement.")
        messages.warning(request, sentence % {"name": provider.name})
    return redirect(after)


def answer(
    request: HttpRequest, provider: Provider, outcome: Viewer | Refusal, after: str = "/"
) -> HttpResponse:
    if isinstance(outcome, Viewer):
        response = redirect("identity:resume" if kept.KEY in request.session else after)
        return remember(response, provider)
    if outcome.why == Why.SECOND_PROOF:
        return remember(redirect("identity:second_step"), provider)
    if outcome.why == Why.UNKNOWN:
        request.session[arriving.AFTER] = after
        return redirect("federation:link")
    return refused(request, provider, outcome.why)


def refused(request: HttpRequest, provider: Provider, why: str, after: str = "/") -> HttpResponse:
    """The page that says why somebody is not let in, and what they can do."""
    context = {"provider": provider, "why": why, "suite": after}
    return render(request, "federation/refused.html", context, status=HTTPStatus.FORBIDDEN)


def out_of_order(
    request: HttpRequest, provider: Provider, trouble: Trouble, after: str = "/"
) -> HttpResponse:
    """The provider does not do its part: what happened, and how to come in all the same. Nothing that waits is lost."""
    settling.note_failure(provider, trouble)
    logger.warning("provider_failed", provider=provider.pk, trouble=trouble.value)
    context = {
        "provider": provider,
        "trouble": trouble.label,
        "suite": after,
        "something_kept": kept.KEY in request.session,
        "again": after and f"{reverse('federation:start', args=[provider.public_id])}",
    }
    return render(request, "federation/out_of_order.html", context, status=HTTPStatus.SERVICE_UNAVAILABLE)


def not_believed(request: HttpRequest, provider: Provider, why: str, after: str = "/") -> HttpResponse:
    """An answer that is too old, was used, or does not hold: nobody comes in, and one may begin again."""
    context = {"provider": provider, "why": why, "suite": after}
    return render(request, "federation/not_believed.html", context, status=HTTPStatus.BAD_REQUEST)


@opens(to=anyone)
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest) -> HttpResponse:
    """« Relier mon compte »: for whom nothing here recognises yet. Signed in by their own means, they say once that it is theirs."""
    pending = arriving.pending_of(request.session)
    if pending is None:
        messages.info(request, _("Rien n’attend d’être relié : recommencez depuis la page de connexion."))
        return redirect("/" if request.viewer else "identity:sign_in")
    if request.method == "POST" and request.viewer:
        if not proof.is_fresh(request.session, timezone.now()):
            return ask_to_confirm(request)
        return _link(request, pending.provider)
    context = {"provider": pending.provider, "person": request.viewer.person if request.viewer else None}
    return render(request, "federation/link.html", context)


def _link(request: HttpRequest, provider: Provider) -> HttpResponse:
    made = arriving.link_pending(request, request.viewer)
    if isinstance(made, Refusal):
        return refused(request, provider, made.why)
    sentence = _("C’est relié : la prochaine fois, %(name)s suffira.")
    messages.success(request, sentence % {"name": provider.name})
    return remember(redirect(request.session.pop(arriving.AFTER, "/")), provider)


@opens(to=anyone)
@require_safe
def goodbye(request: HttpRequest) -> HttpResponse:
    """Signed out of here; the session there is another one, which may be closed too."""
    left = request.session.get(leaving.GOODBYE)
    if request.viewer or not left:
        return redirect("/" if request.viewer else "identity:sign_in")
    return render(request, "federation/goodbye.html", {"left": left})


def remember(response: HttpResponseRedirect, provider: Provider) -> HttpResponseRedirect:
    """This browser shows this provider first, next time: what is kept names no person."""
    sealed = signing.dumps(provider.public_id, salt=SALT)
    response.set_cookie(
        f"{settings.PREFIX}{COOKIE}",
        sealed,
        max_age=A_BROWSER_REMEMBERS,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )
    return response


def chosen_before(request: HttpRequest) -> str:
    """The provider by which somebody came in this browser last."""
    sealed = request.COOKIES.get(f"{settings.PREFIX}{COOKIE}", "")
    try:
        return str(signing.loads(sealed, salt=SALT, max_age=A_BROWSER_REMEMBERS))
    except signing.BadSignature:
        return ""
