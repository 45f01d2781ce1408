"""The pages that a visitor may read without an account: help, legal pages, state of the service; and what robots read."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from preau.foundation import boards
from preau.foundation.access import anyone, opens
from preau.portal import condition, guides, register
from preau.portal.evidence import evidence, state_of

# What the law asks of whoever runs the site (law 2004-575, article 1-1), by setting.
OPERATOR = {
    "OPERATOR_NAME": _("Éditeur"),
    "OPERATOR_ADDRESS": _("Adresse"),
    "OPERATOR_DIRECTOR": _("Directeur de la publication"),
    "OPERATOR_HOST": _("Hébergeur"),
    "OPERATOR_CONTACT": _("Contact"),
}


@opens(to=anyone)
@require_safe
def help_pages(request: HttpRequest) -> HttpResponse:
    """Every guide, or those that hold the words typed."""
    asked = request.GET.get("q", "").strip()[:100]
    return render(request, "portal/help.html", {"asked": asked, "guides": guides.matching(asked)})


@opens(to=anyone)
@require_safe
def guide(request: HttpRequest, key: str) -> HttpResponse:
    """One guide, to read or to print."""
    found = guides.guides().get(key)
    if found is None:
        raise Http404
    return render(request, "portal/guide.html", {"guide": found})


@opens(to=anyone)
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The statement that the law asks for: state, what was measured, whom to write to, who helps when nobody answers."""
    found = evidence()
    context = {"found": found, "state": state_of(found), "contact": settings.OPERATOR["OPERATOR_CONTACT"]}
    return render(request, "portal/accessibility.html", context)


@opens(to=anyone)
@require_safe
def legal(request: HttpRequest) -> HttpResponse:
    """Who publishes and hosts. What is not said yet shows on a demonstration only; `check --deploy` asks for it."""
    missing = _("à renseigner par l’exploitant") if settings.DEBUG or settings.DEMO else ""
    facts = [(label, settings.OPERATOR[name] or missing) for name, label in OPERATOR.items()]
    return render(request, "portal/legal.html", {"facts": [fact for fact in facts if fact[1]]})


@opens(to=anyone)
@require_safe
def privacy(request: HttpRequest, key: str = "") -> HttpResponse:
    """What is held about people and the rights that they have; the register of processing, one house a page."""
    houses = register.register()
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
def state(request: HttpRequest) -> HttpResponse:
    """Is it me, or is it Préau?"""
    facts = condition.facts()
    return render(request, "portal/state.html", {"facts": facts, "well": all(fact.is_well for fact in facts)})


def _for_robots() -> list[str]:
    """The addresses that a search engine may know."""
    pages = [reverse(route.url_name) for route in boards.public_routes if route.in_sitemap]
    return pages + [reverse("portal:guide", args=[key]) for key in guides.guides()]


@opens(to=anyone)
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    addresses = [f"{settings.PUBLIC_URL}{address}" for address in _for_robots()]
    return render(request, "portal/sitemap.xml", {"addresses": addresses}, content_type="application/xml")


@opens(to=anyone)
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Public pages, and nothing else."""
    allowed = [f"Allow: {address}$" for address in _for_robots()]
    lines = ["User-agent: *", *allowed, f"Allow: {settings.STATIC_URL}", "Disallow: /"]
    lines += ["", f"Sitemap: {settings.PUBLIC_URL}{reverse('portal:sitemap')}", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")
