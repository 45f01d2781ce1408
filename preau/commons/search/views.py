"""The search page, and the panel that opens under the box of the header."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from preau.commons.search import queries, rules
from preau.foundation import throttle
from preau.foundation.access import opens, signed_in
from preau.foundation.lookup import LONGEST

# Where the answer goes as one types: under the box of the header, or into the page.
PANEL, RESULTS = "recherche-apercu", "resultats"
TOO_OFTEN = 429


# Looked for in a POST: a name must stay out of addresses, which browsers and logs keep. It writes nothing, so that a
# profile changed in another tab is no reason to refuse it.
@opens(to=signed_in, stamped=False)
@sensitive_post_parameters("texte")
@require_http_methods(["GET", "HEAD", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """Everything that the viewer may see under these words."""
    in_panel = request.htmx.target == PANEL
    typed = request.POST.get("texte", "")[:LONGEST]
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
    part = request.htmx.target in {PANEL, RESULTS}
    response = render(request, "search/panel.html" if part else "search/search.html", context, status=status)
    if status == TOO_OFTEN:
        response["Retry-After"] = str(int(rules.WINDOW.total_seconds()))
    return response
