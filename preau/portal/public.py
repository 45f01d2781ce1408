"""The pages that a visitor may read without an account: help, legal pages, state of the service; and what robots read."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from preau.commons.privacy.queries import houses as houses_queries
from preau.commons.privacy.queries.register import activities
from preau.foundation import boards
from preau.foundation.access import anyone, opens
from preau.portal import condition, guides
from preau.portal.evidence import evidence, state_of

# What the law asks of whoever runs the site (law 2004-575, article 1-1), by setting.
OPERATOR = {
    "OPERATOR_NAME": _("Éditeur"),
    "OPERATOR_ADDRESS": _("Adresse"),
    "OPERATOR_DIRECTOR": _("Directeur de la publication"),
    "OPERATOR_HOST": _("Hébergeur"),
    "OPERATOR_CONTACT": _("Contact"),
}


@opens(to=anyone, before_proof=True)
@require_safe
def help_pages(request: HttpRequest) -> HttpResponse:
    """Every guide, or those that hold the words typed."""
    asked = request.GET.get("q", "").strip()[:100]
    return render(
        request,
        "portal/help.html",
        {
            "asked": asked,
            "guides": guides.by_audience(guides.matching(asked, guides.first_for(request.viewer))),
        },
    )


@opens(to=anyone, before_proof=True)
@require_safe
def guide(request: HttpRequest, key: str) -> HttpResponse:
    """One guide, to read or to print."""
    found = guides.guides().get(key)
    if found is None:
        raise Http404
    return render(request, "portal/guide.html", {"guide": found})


@opens(to=anyone, before_proof=True)
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The statement that the law asks for: state, what was measured, whom to write to, who helps when nobody answers."""
    found = evidence()
    context = {"found": found, "state": state_of(found), "contact": settings.OPERATOR["OPERATOR_CONTACT"]}
    return render(request, "portal/accessibility.html", context)


@opens(to=anyone, before_proof=True)
@require_safe
def legal(request: HttpRequest) -> HttpResponse:
    """Who publishes and hosts. What is not said yet shows on a demonstration only; `check --deploy` asks for it."""
    missing = _("à renseigner par l’exploitant") if settings.DEBUG or settings.DEMO else ""
    facts = [(label, settings.OPERATOR[name] or missing) for name, label in OPERATOR.items()]
    return render(request, "portal/legal.html", {"facts": [fact for fact in facts if fact[1]]})


@opens(to=anyone, before_proof=True)
@require_safe
def privacy(request: HttpRequest, key: str = "") -> HttpResponse:
    """What is held about people and the rights that they have; the register of processing, one house a page."""
    houses = houses_queries.houses()
    house = houses.get(key or next(iter(houses)))
    if house is None:
        raise Http404
    tabs: list[Any] = [
        (each.label, reverse("portal:privacy_house", args=[each.key]), each is house)
        for each in houses.values()
    ]
    context = {"house": house, "tabs": tabs, "contact": settings.OPERATOR["OPERATOR_PRIVACY"]}
    return render(request, "portal/privacy.html", context)


@opens(to=anyone)
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """The activities of the register of processing, for anybody: why, of which right, for how long."""
    return render(request, "portal/register.html", {"activities": activities()})


@opens(to=anyone, before_proof=True)
@require_safe
def state(request: HttpRequest) -> HttpResponse:
    """Is it me, or is it Préau?"""
    facts = condition.facts()
    return render(request, "portal/state.html", {"facts": facts, "well": all(fact.is_well for fact in facts)})


# As many as one sitemap may hold (sitemaps.org).
MOST_ADDRESSES = 50_000


def _alone() -> list[str]:
    """The pages that a search engine may know, those of many things apart."""
    pages = [
        reverse(route.url_name)
        for route in boards.public_routes
        if route.in_sitemap and route.addresses is None
    ]
    return pages + [reverse("portal:guide", args=[key]) for key in guides.guides()]


def _of_many() -> list[str]:
    """The pages of many things: one address each."""
    listed = [route.addresses for route in boards.public_routes if route.in_sitemap and route.addresses]
    return [address for addresses in listed for address in addresses()]


def _folders() -> list[str]:
    """Where robots may read all that is below."""
    listed = [route.addresses for route in boards.public_routes if route.addresses and route.and_below]
    return [address for addresses in listed for address in addresses()]


@opens(to=anyone, before_proof=True)
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    known = [*_alone(), *_of_many()][:MOST_ADDRESSES]
    addresses = [f"{settings.PUBLIC_URL}{address}" for address in known]
    return render(request, "portal/sitemap.xml", {"addresses": addresses}, content_type="application/xml")


@opens(to=anyone, before_proof=True)
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Public pages, and nothing else."""
    allowed = [f"Allow: {address}$" for address in _alone()] + [f"Allow: {address}" for address in _folders()]
    lines = ["User-agent: *", *allowed, f"Allow: {settings.STATIC_URL}", "Disallow: /"]
    lines += ["", f"Sitemap: {settings.PUBLIC_URL}{reverse('portal:sitemap')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
