"""SAML 2.0: off to the provider, what its form brings, the browser that takes it, and the end of a session on either side."""

from datetime import timedelta
from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from preau.commons.federation.actions import saml
from preau.commons.federation.actions.oidc import Stale
from preau.commons.federation.asking import Failed
from preau.commons.federation.models import Provider
from preau.commons.federation.queries.saml import key_pairs, our_description, saml_provider
from preau.commons.federation.views import arriving
from preau.commons.federation.words import Protocol
from preau.foundation.access import anyone, opens
from preau.foundation.assertions.words import AssertionRefused, Reason

LONGEST_WORD = 200
# Our description is good for a week: a provider that reads it again never holds one that is over.
A_WEEK = timedelta(days=7)
# What a provider says by the codes of the standard. In the others it says that something went wrong, and to its own logs what.
SAID = {
    "AuthnFailed": gettext_lazy("%(name)s n’a pas pu vérifier qui vous êtes."),
    "NoPassive": gettext_lazy("%(name)s demande que vous vous y connectiez d’abord."),
    "RequestDenied": gettext_lazy("%(name)s refuse de répondre à Préau. Prévenez votre établissement."),
    "UnknownPrincipal": gettext_lazy("%(name)s ne vous connaît pas."),
    "NoAuthnContext": gettext_lazy(
        "%(name)s ne sait pas vous connecter de la façon que Préau demande. Prévenez votre établissement."
    ),
    "InvalidNameIDPolicy": gettext_lazy(
        "%(name)s ne sait pas donner à Préau le nom qu’il demande. Prévenez votre établissement."
    ),
    "RequestUnsupported": gettext_lazy("%(name)s ne comprend pas Préau. Prévenez votre établissement."),
    "VersionMismatch": gettext_lazy("%(name)s ne comprend pas Préau. Prévenez votre établissement."),
}
WENT_WRONG = gettext_lazy("%(name)s a répondu par une erreur. Réessayez dans quelques minutes.")
LATE = gettext_lazy(
    "La réponse de %(name)s a trop attendu, ou l’une des deux horloges n’est pas à l’heure. Recommencez."
)
USED = gettext_lazy("Cette réponse de %(name)s a déjà servi. Recommencez.")
NOT_SURE = gettext_lazy(
    "La réponse de %(name)s n’a pas pu être vérifiée. Par prudence, Préau n’ouvre rien. Recommencez ; si cela se répète, prévenez "
    "votre établissement."
)
ENDS_NOTHING = gettext_lazy(
    "La demande de déconnexion de %(name)s n’a pas pu être vérifiée. Pour vous déconnecter, passez par Préau."
)
REASONS = {Reason.TOO_LATE: LATE, Reason.TOO_EARLY: LATE, Reason.REPLAYED: USED}


class SeeOther(HttpResponseRedirect):
    """After a form: the next address is read, never sent again."""

    status_code = HTTPStatus.SEE_OTHER


def start(request: HttpRequest, provider: Provider, after: str, again: int) -> HttpResponse:
    return HttpResponseRedirect(saml.ask(request, provider, after, again=again))


arriving.STARTS[Protocol.SAML] = start


@opens(to=anyone)
@require_safe
def metadata(request: HttpRequest, public_id: str) -> HttpResponse:
    """What we are, for this provider. The first key is made here, if there is none."""
    provider, now = saml_provider(public_id), timezone.now()
    if provider is None:
        raise Http404
    if not key_pairs(now):
        saml.keep_saml_keys(now, must=True)
    description = our_description(provider, now + A_WEEK, now)
    return HttpResponse(description, content_type="application/samlmetadata+xml")


@opens(to=anyone, before_proof=True)
@csrf_exempt
@never_cache
@require_POST
@sensitive_post_parameters("SAMLResponse", "RelayState")
def acs(request: HttpRequest, public_id: str) -> HttpResponse:
    """A form of the provider's brings who has come. Nothing opens here: this request has none of the browser's cookies."""
    provider = _of_saml(public_id)
    relay = request.POST.get("RelayState", "")[:LONGEST_WORD]
    try:
        saml.receive(provider, request.POST.get("SAMLResponse", ""), relay)
    except saml.Unasked:
        # Whoever comes from the provider's own portal is sent to ask: it answers at once, and this browser has asked.
        return SeeOther(reverse("federation:start", args=[provider.public_id]))
    except AssertionRefused as refusal:
        return _alone(request, _refused(request, provider, refusal))
    except Failed as failure:
        return _alone(request, arriving.out_of_order(request, provider, failure.trouble))
    return SeeOther(_arrival_address(provider, relay))


def _alone(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The browser holds its cookies back here: a new one would take the place of the one that its other pages need."""
    request.META.pop("CSRF_COOKIE_NEEDS_UPDATE", None)
    return response


def _arrival_address(provider: Provider, relay: str, **more: str) -> str:
    return (
        f"{reverse('federation:saml_arrival', args=[provider.public_id])}?{urlencode({'mot': relay, **more})}"
    )


@opens(to=anyone, before_proof=True)
@never_cache
@require_GET
def arrival(request: HttpRequest, public_id: str) -> HttpResponse:
    """The browser takes what was brought, if it is the one that had asked."""
    provider = _of_saml(public_id)
    relay = request.GET.get("mot", "")[:LONGEST_WORD]
    if not saml.has_asked(request, relay) and "encore" not in request.GET:
        # A browser that holds its cookies back after a form of another site gives them on a link of ours.
        again = _arrival_address(provider, relay, encore="1")
        return render(request, "federation/saml_continue.html", {"provider": provider, "again": again})
    after = saml.going_to(request, relay)
    try:
        asked, found = saml.take(request, provider, relay)
    except Stale:
        return redirect("/") if request.viewer else arriving.not_believed(request, provider, "stale", after)
    except AssertionRefused as refusal:
        return _refused(request, provider, refusal)
    if asked.account:
        return arriving.confirm_again(request, provider, found, asked.after)
    return arriving.welcome(request, provider, found, asked.after)


@opens(to=anyone)
@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("SAMLRequest", "SAMLResponse")
def logout(request: HttpRequest, public_id: str) -> HttpResponse:
    """The provider ends sessions, or answers that it ended the one that we had asked to end. Signed, or nothing happens."""
    provider = _of_saml(public_id)
    parameters = request.GET if request.method == "GET" else request.POST
    field = "SAMLResponse" if "SAMLResponse" in parameters else "SAMLRequest"
    form = (parameters.get(field, ""), parameters.get("RelayState", ""))
    query = request.META.get("QUERY_STRING", "") if request.method == "GET" else ""
    try:
        if field == "SAMLResponse":
            return _said_goodbye(request, provider, saml.read_ended(provider, query=query, form=form).is_done)
        address = saml.end(provider, saml.read_end(provider, query=query, form=form))
    except AssertionRefused as refusal:
        return _refused(request, provider, refusal, leaving=True)
    except Failed as failure:
        return arriving.out_of_order(request, provider, failure.trouble)
    return SeeOther(address or reverse("identity:sign_in"))


def _said_goodbye(request: HttpRequest, provider: Provider, is_done: bool) -> HttpResponse:
    if is_done:
        messages.success(request, _("Vous êtes aussi déconnecté de %(name)s.") % {"name": provider.name})
    else:
        sentence = _(
            "Votre session chez %(name)s est peut-être encore ouverte. Sur un ordinateur partagé, fermez le navigateur."
        )
        messages.warning(request, sentence % {"name": provider.name})
    return SeeOther(reverse("identity:sign_in"))


def _of_saml(public_id: str) -> Provider:
    return arriving.provider_or_404(public_id, Protocol.SAML)


def _refused(
    request: HttpRequest, provider: Provider, refusal: AssertionRefused, *, leaving: bool = False
) -> HttpResponse:
    """Why nobody comes in, in a sentence; for whoever reads logs, in a word."""
    arriving.logger.warning(
        "saml_refused", provider=provider.pk, reason=refusal.reason.value, status=refusal.status
    )
    if leaving:
        context = {
            "provider": provider,
            "said": ENDS_NOTHING % {"name": provider.name},
            "leaving": True,
        }
        return render(request, "federation/saml_refused.html", context, status=HTTPStatus.BAD_REQUEST)
    is_their_word = refusal.reason == Reason.SAID_NO
    sentence = (
        SAID.get(refusal.status, WENT_WRONG) if is_their_word else REASONS.get(refusal.reason, NOT_SURE)
    )
    context = {"provider": provider, "said": sentence % {"name": provider.name}, "leaving": False}
    status = HTTPStatus.FORBIDDEN if is_their_word else HTTPStatus.BAD_REQUEST
    return render(request, "federation/saml_refused.html", context, status=status)
