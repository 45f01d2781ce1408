"""The search page, and the panel that opens under the box of the header."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from preau.commons.search import queries, rules
from preau.foundation import sealed, throttle
from preau.foundation.access import opens, signed_in
from preau.foundation.lookup import LONGEST

# Where the answer goes as one types: under the box of the header, or into the page.
PANEL, RESULTS = "recherche-apercu", "resultats"
TOO_OFTEN = 429
# The name of the sealed words in an address.
SEALED = "recherche"


# Looked for in a POST: a name must stay out of addresses, which browsers and logs keep. The page of results has an address of its
# own, so that one comes Back to it: the words are sealed there, for one account and some hours (decision 60). It writes nothing, so
# that a profile changed in another tab is no reason to refuse it.
@opens(to=signed_in, stamped=False)
@sensitive_post_parameters("texte")
@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """Everything that the viewer may see under these words."""
    in_panel, part = request.htmx.target == PANEL, request.htmx.target in {PANEL, RESULTS}
    typed = request.POST.get("texte", "")[:LONGEST]
    if typed and not part:
        return _lead_to(request, typed)
    typed = typed or _sealed_in(request)
    status = 200
    if typed and throttle.hit("search", str(request.viewer.account_id), window=rules.WINDOW) > rules.MOST:
        typed, status = "", TOO_OFTEN
    results = queries.results_for(request.viewer, typed, queries.FEW if in_panel else queries.MANY)
    context = {
        "results": results,
        "typed": typed,
        "too_often": status == TOO_OFTEN,
        "minutes": int(rules.WINDOW.total_seconds() // 60),
        "kinds": [source.name for source, _seated in queries.sources_for(request.viewer)],
    }
    response = render(request, "search/panel.html" if part else "search/search.html", context, status=status)
    if status == TOO_OFTEN:
        response["Retry-After"] = str(int(rules.WINDOW.total_seconds()))
    return response


def _purpose(request: HttpRequest) -> str:
    return f"search.{request.viewer.account_id}"


def _lead_to(request: HttpRequest, typed: str) -> HttpResponse:
    words = sealed.seal(_purpose(request), typed.encode())
    return HttpResponseRedirect(f"{reverse('search:search')}?{urlencode({SEALED: words})}")


def _sealed_in(request: HttpRequest) -> str:
    """The words that the address holds; none when they were sealed for somebody else, or yesterday."""
    words = sealed.unseal(_purpose(request), request.GET.get(SEALED, ""), within=rules.KEPT)
    return words.decode()[:LONGEST] if words else ""
