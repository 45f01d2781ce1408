"""The home page, the guide of the first visits, and the page of the demonstration."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from preau.directory.counting import numbers
from preau.directory.viewer import Viewer
from preau.foundation import boards
from preau.foundation.access import anyone, opens, signed_in
from preau.foundation.awaited import awaited_of
from preau.identity import queries, reading
from preau.identity.actions import profile
from preau.identity.seeds import PASSWORD
from preau.portal import awaited, demo, first_steps, visitors

MOST_CARDS = 8
# In simple mode: what happens now, and what waits.
FEW_CARDS = 2


@opens(to=anyone)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The viewer's day from the cards of every domain; for a visitor, what Préau is."""
    if request.viewer is None:
        return render(request, "portal/welcome.html", {"links": list(boards.front_links)})
    most = FEW_CARDS if reading.is_simple(request.user) else MOST_CARDS
    drawn = list(drawn_by(request.viewer, cards_of(request.viewer, most)))
    main, aside, below = (
        [(template, content) for place, template, content in drawn if place == column]
        for column in ("main", "aside", "below")
    )
    later = request.session.get(queries.PROOF_LATER)
    context = {
        "viewer": request.viewer,
        "proof_day": None if later else queries.proof_asked_from(request.user, request.viewer.today),
        "main": main,
        "aside": aside,
        "below": below,
    }
    return render(request, "portal/home.html", context)


@opens(to=awaited.is_asked)
@require_safe
def to_answer(request: HttpRequest) -> HttpResponse:
    """All that the school awaits of a family, a pupil or a member of the staff, whatever service asks it."""
    return render(request, "portal/to_answer.html", {"awaited": awaited_of(request.viewer)})


@opens(to=signed_in)
@require_safe
def first_visit(request: HttpRequest) -> HttpResponse:
    """All that this seat can do here, to read or to print."""
    context = {
        "viewer": request.viewer,
        "steps": first_steps.steps_of(request.viewer),
        "put_away": first_steps.is_put_away(request.viewer),
        "long_guide": first_steps.long_guide_of(request.viewer),
    }
    return render(request, "portal/first_visit.html", context)


@opens(to=signed_in)
@require_POST
def settle_guide(request: HttpRequest) -> HttpResponseRedirect:
    """Put the guide away, or back on the home: on every device, for this profile."""
    if request.POST.get("montrer"):
        profile.take_guide_back(request.viewer)
        messages.success(request, _("Le guide est de nouveau sur votre accueil."))
    else:
        profile.put_guide_away(request.viewer)
        messages.success(request, _("Le guide est rangé. Il reste dans « Premiers pas », sous votre nom."))
    return redirect("portal:home")


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
    """The cards open to this seat that have something to say, `most` at most: what they count in one query, then one each."""
    open_ones = [
        (card, seated) for card, seated in boards.offered(boards.cards, viewer) if card.open_to(seated)
    ]
    counted = iter(numbers(viewer, *(counter for card, _seated in open_ones for counter in card.counters)))
    found: list[tuple[boards.Card, Mapping[str, Any]]] = []
    for card, seated in open_ones:
        known = [next(counted) for _one in card.counters]
        content = card.content(seated, *known) if len(found) < most else None
        if content is not None:
            found.append((card, content))
    return found


def drawn_by(
    viewer: Viewer, cards: Iterable[tuple[boards.Card, Mapping[str, Any]]]
) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    """Each column, a template of it and what it shows: what a card draws beside comes first there.

    The day of whoever gives lessons fills its column, as tall as the day lasts: what would stand under it goes below the other one.
    """
    cards = list(cards)
    has_day = viewer.is_staff and any(card.beside for card, _content in cards)
    for card, content in cards:
        if card.beside:
            yield ("aside" if card.column == "main" else "main"), card.beside, content
    for card, content in cards:
        yield "below" if has_day and card.column == "aside" else card.column, card.template, content
