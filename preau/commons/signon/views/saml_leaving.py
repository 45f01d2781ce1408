"""Leaving Préau after a service of SAML: a page asks, since a link ends nothing here; then the service is answered."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from preau.commons.signon.actions import asserting
from preau.commons.signon.actions.granting import sid_of
from preau.commons.signon.actions.tickets import digest_of
from preau.commons.signon.queries import parties
from preau.commons.signon.views.cas import away
from preau.commons.signon.views.saml import Mistake, post_page, said_of
from preau.commons.signon.views.saml_asked import Leaving, leaving_word, read_leaving, read_leaving_word
from preau.foundation.access import anyone, opens
from preau.identity.actions import signing

NOBODY = {"code": "Requester", "under": "UnknownPrincipal"}
ELSEWHERE = {"under": "PartialLogout"}


@opens(to=anyone)
@csrf_exempt
@require_http_methods(["GET", "POST"])
def logout(request: HttpRequest) -> HttpResponse:
    """A service asks to end a session. From its site come no cookies of ours: a page of ours goes on."""
    typed = request.POST if request.method == "POST" else request.GET
    if "SAMLRequest" not in typed:
        # The answer of a service to what our server told it, or nothing: there is no more to do.
        return redirect("signon:saml_leave")
    try:
        leaving = read_leaving(request, f"{settings.PUBLIC_URL}{reverse('signon:saml_logout')}")
    except Mistake as mistake:
        return said_of(request, mistake)
    return away(f"{reverse('signon:saml_leave')}?{urlencode({'mot': leaving_word(leaving)})}")


@opens(to=anyone)
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest) -> HttpResponse:
    """The page that asks, and its answer. Whoever is not signed in here, or is somebody else, is asked nothing."""
    if "mot" not in request.GET:
        return _without(request)
    try:
        leaving = read_leaving_word(request.GET["mot"])
    except Mistake as mistake:
        return said_of(request, mistake)
    index = sid_of(request.session.session_key or "", leaving.party.service_id)
    status = _without_a_question(request, leaving, index)
    if status is not None:
        return _answered(request, leaving, **status)
    if request.method == "GET":
        return render(request, "signon/saml_leaving.html", {"service": leaving.party.service})
    # It has ended its own session: it is not told of ours.
    asserting.drop_connection(request.viewer, leaving.party, index)
    if request.POST.get("choix") == "rester":
        return _answered(request, leaving, **ELSEWHERE)
    signing.sign_out(request, request.viewer)
    request.viewer = None
    return _answered(request, leaving)


def _without_a_question(request: HttpRequest, leaving: Leaving, index: str) -> dict[str, str] | None:
    """What is answered when nobody is here, or somebody else, or when it is another session of theirs; None for this one."""
    if request.viewer is None:
        return {}
    digest = digest_of(request.session.session_key or "")
    if not leaving.is_of(parties.name_at(leaving.party, request.viewer.person.pk, digest)):
        return NOBODY
    return None if leaving.is_here(index) else ELSEWHERE


def _without(request: HttpRequest) -> HttpResponse:
    """Nobody asks anything: the page that offers to leave."""
    if request.method == "POST" and request.viewer:
        signing.sign_out(request, request.viewer)
        request.viewer = None
    return render(request, "signon/leaving.html", {"back": "", "here": reverse("signon:saml_leave")})


def _answered(request: HttpRequest, leaving: Leaving, **status: str) -> HttpResponse:
    """Back to the service with what became of it, by a page of ours; on ours, when it says nowhere to answer."""
    sent = asserting.say_left(leaving.party, leaving.request, leaving.relay, **status)
    if sent is None:
        return _without_answer(request)
    if sent.fields is not None:
        return post_page(request, leaving.party, sent.address, dict(sent.fields), is_known=False, left=True)
    context = {"address": sent.address, "service": leaving.party.service, "left": True}
    response = render(request, "signon/going.html", context)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _without_answer(request: HttpRequest) -> HttpResponse:
    return render(request, "signon/leaving.html", {"back": "", "here": reverse("signon:saml_leave")})
