"""The home page, and that of the demonstration."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from preau.directory.viewer import Viewer
from preau.foundation import boards
from preau.foundation.access import anyone, opens
from preau.identity import reading
from preau.identity.seeds import PASSWORD
from preau.portal import demo, visitors

MOST_CARDS = 6
# In simple mode: what happens now, and what waits.
FEW_CARDS = 2


@opens(to=anyone)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The viewer's day from the cards of every domain; for a visitor, what Préau is."""
    if request.viewer is None:
        return render(request, "portal/welcome.html")
    most = FEW_CARDS if reading.is_simple(request.user) else MOST_CARDS
    cards = cards_of(request.viewer, most)
    context = {
        "viewer": request.viewer,
        "main": [card for card in cards if card[0].column == "main"],
        "aside": [card for card in cards if card[0].column == "aside"],
    }
    return render(request, "portal/home.html", context)


@opens(to=anyone)
@require_safe
def demonstration(request: HttpRequest) -> HttpResponse:
    """Whom a visitor may be, and what to try. Elsewhere this page does not exist."""
    if not settings.DEMO:
        raise Http404
    context = {
        "password": PASSWORD,
        "gatherings": visitors.GATHERINGS,
        "sizes": demo.sizes(),
        "address": request.build_absolute_uri("/"),
    }
    return render(request, "portal/demonstration.html", context)


def cards_of(viewer: Viewer, most: int = MOST_CARDS) -> list[tuple[boards.Card, Mapping[str, Any]]]:
    """The cards open to this seat that have something to say, `most` at most."""
    found: list[tuple[boards.Card, Mapping[str, Any]]] = []
    for card, seated in boards.offered(boards.cards, viewer):
        if len(found) < most and card.open_to(seated):
            content = card.content(seated)
            if content is not None:
                found.append((card, content))
    return found
