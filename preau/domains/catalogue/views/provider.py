"""What other sites and programs read of the catalogue without a key: OAI-PMH, oEmbed, and the cards that they frame."""

from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from preau.domains.catalogue import rules
from preau.domains.catalogue.exports import cards, oai
from preau.domains.catalogue.exports.records import permalink
from preau.domains.catalogue.queries import pages
from preau.foundation import throttle
from preau.foundation.access import View, anyone, opens
from preau.foundation.http import client_address

XML = "text/xml; charset=utf-8"
BUSY, NOT_THERE, NOT_IMPLEMENTED, BADLY_ASKED = 503, 404, 501, 400
AN_HOUR = "public, max-age=3600"
LARGEST_FORM = 20_000


def not_too_often(view: View) -> View:
    """Whoever asks without end waits: 503 and Retry-After, which every harvester knows."""

    @wraps(view)
    def asked(request: HttpRequest, **kwargs: Any) -> Any:
        who = ("catalogue.open", client_address(request))
        if throttle.hit(*who, window=rules.AN_HOUR) > rules.MOST_ASKED:
            return HttpResponse(status=BUSY, headers={"Retry-After": str(throttle.ends_in(*who))})
        return view(request, **kwargs)

    return asked


@csrf_exempt
@opens(to=anyone)
@require_http_methods(["GET", "HEAD", "POST"])
@not_too_often
def harvested(request: HttpRequest) -> HttpResponse:
    """The six verbs of OAI-PMH. By POST as by GET it only reads: there is nothing to protect from another site."""
    given = request.POST if request.method == "POST" else request.GET
    pairs = [(name, value) for name, values in given.lists() for value in values]
    response = HttpResponse(oai.answer(pairs), content_type=XML)
    response.headers["Cache-Control"] = "no-cache"
    return response


@opens(to=anyone)
@require_safe
@not_too_often
def oembed(request: HttpRequest) -> HttpResponse:
    """What a site puts in its own page when somebody pastes there the address of a resource."""
    how = request.GET.get("format", "json")
    if how not in {"json", "xml"}:
        return HttpResponse(status=NOT_IMPLEMENTED)
    sizes = [
        _size(request.GET.get(name, ""), most)
        for name, most in (("maxwidth", cards.WIDEST), ("maxheight", cards.HIGHEST))
    ]
    if 0 in sizes:
        return HttpResponse(status=BADLY_ASKED)
    found = cards.resource_at(request.GET.get("url", ""))
    if found is None:
        return HttpResponse(status=NOT_THERE)
    payload = cards.oembed(found, *sizes)
    if how == "xml":
        response = HttpResponse(cards.as_xml(payload), content_type=XML)
    else:
        response = JsonResponse(payload, json_dumps_params={"ensure_ascii": False})
    response.headers["Cache-Control"] = AN_HOUR
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _size(text: str, most: int) -> int:
    """A number of pixels; `most` where none is said; 0 for what is none."""
    if not text:
        return most
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < len("1000000") else 0


@xframe_options_exempt
@opens(to=anyone)
@require_safe
def card(request: HttpRequest, collection: str, slug: str) -> HttpResponse:
    """A resource in a few lines, for the page of another site: no cookie, no script, nothing but a link."""
    found = pages.resource_at(collection, slug)
    if found is None:
        raise Http404
    context = {"resource": found, "permalink": permalink(found), "style": cards.STYLE}
    response = render(request, "catalogue/card.html", context)
    response.headers["Content-Security-Policy"] = cards.POLICY
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = AN_HOUR
    return response
