"""The known-bad page: the real site, and a page that holds every defect a checker must know. Only the net serves it."""

from collections.abc import Iterable
from pathlib import Path

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from preau import urls
from preau.directory.models import School
from preau.foundation.access import anyone, opens
from tests.statements import MOST_QUERIES

HERE = Path(__file__).parent
ADDRESS, BROKEN = "/page-fautive/", "/page-fautive/en-panne/"
STRANGER = "http://tiers.example"


@opens(to=anyone)
@require_safe
@csp_update({"img-src": [STRANGER]})
def bad(request: HttpRequest) -> HttpResponse:
    """Too many queries, too heavy, and all that is wrong in the page itself."""
    for _ in range(MOST_QUERIES + 1):
        School.objects.count()
    return HttpResponse((HERE / "known_bad.html").read_text().replace("LOURD", "lourd " * 11_000))


@opens(to=anyone)
@require_safe
def part(request: HttpRequest, kind: str) -> HttpResponse:
    """Its style and its script: the site's CSP refuses them inside the page."""
    types = {"css": "text/css", "js": "text/javascript"}
    return HttpResponse((HERE / f"known_bad.{kind}").read_text(), content_type=types[kind])


@opens(to=anyone)
@require_safe
def broken(request: HttpRequest) -> HttpResponse:
    return HttpResponse("En panne", status=500)


handler400, handler403, handler404, handler500 = (
    urls.handler400,
    urls.handler403,
    urls.handler404,
    urls.handler500,
)
urlpatterns = [
    path(ADDRESS[1:], bad, name="bad"),
    path("page-fautive/page.<str:kind>", part, name="part"),
    path(BROKEN[1:], broken, name="broken"),
    *urls.urlpatterns,
]

# For each checker, what it must say of these pages.
PLANTED = {
    "réponse": ["500"],
    "requêtes": ["requêtes"],
    "poids": ["octets"],
    "html": [
        "one h1",
        "id double twice",
        "no label for nom",
        "table without a caption",
        "inline code",
        "end-tag",
    ],
    "liens": ["/page-fautive/nulle-part/", "#absent", "/page-fautive/en-panne/"],
    "axe": ["image-alt", "color-contrast", "button-name", "html-has-lang", "label"],
    "axe incertain": ["color-contrast"],
    "clavier": ["faux", "tabindex positif", "jamais atteint", "apres"],
    "focus": ["eteint", "voile"],
    "cibles": ["petit"],
    "320 px": ["de large pour 320"],
    "200 %": ["de large pour 390"],
    "espacement": ["coupe"],
    "sombre": ["reste claire"],
    "console": ["erreur plantée"],
    "csp": ["script-src"],
    "tiers": [STRANGER],
}
PLANTED_FOR_ENGINES = {
    "alfa": ["sia-r2", "sia-r4", "sia-r69"],
    "ibm": ["img_alt_valid", "html_lang_exists", "text_contrast_sufficient"],
    "htmlcs": ["H37", "H57.2", "G18"],
    "qualweb": ["QW-ACT-R17", "QW-ACT-R37"],
    "vnu": ["Stray end tag", "Duplicate ID", "alt"],
}


def planted(ran: Iterable[str]) -> dict[str, list[str]]:
    """What must have been seen: by every checker of CI, and by the engines that ran."""
    return PLANTED | {name: words for name, words in PLANTED_FOR_ENGINES.items() if name in ran}
