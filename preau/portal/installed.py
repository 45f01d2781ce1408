"""Préau as an application that one installs: its description, its service worker, and the page shown without a network.

The worker keeps static files, that page and those that stand in for others, nothing else: docs/decisions/0069 and 0086.
"""

import json
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from preau.foundation import boards
from preau.foundation.access import anyone, opens

GREEN, WHITE = "#14605c", "#ffffff"
# What the page without a network is made of.
FILES = (
    "preau/app.css",
    "preau/favicon.svg",
    "preau/islands/offline.js",
    "preau/fonts/atkinson-hyperlegible-next-latin-wght-normal.woff2",
)


@opens(to=anyone, before_proof=True)
@require_safe
def app_manifest(request: HttpRequest) -> HttpResponse:
    """What a system needs in order to install Préau: https://www.w3.org/TR/appmanifest/."""
    described = {
        "id": "/",
        "name": "Préau",
        "short_name": "Préau",
        "description": _("L’espace numérique de votre établissement"),
        "lang": "fr",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "theme_color": GREEN,
        "background_color": WHITE,
        "icons": [
            _picture("icon-192", 192),
            _picture("icon-512", 512),
            _picture("icon-maskable-512", 512) | {"purpose": "maskable"},
        ],
    }
    return JsonResponse(described, content_type="application/manifest+json")


def _picture(name: str, size: int) -> dict[str, str]:
    source = staticfiles_storage.url(f"preau/icons/{name}.png")
    return {"src": source, "sizes": f"{size}x{size}", "type": "image/png"}


@opens(to=anyone, before_proof=True)
@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker of the front end, told what to keep. Asked again at each visit: a new one must arrive at once."""
    built = finders.find("preau/sw.js") if settings.INSTALLABLE else None
    if built is None:
        raise Http404
    code = Path(built).read_text()
    pages = list(boards.offline_pages)
    files = dict.fromkeys([*FILES, *(name for page in pages for name in page.files)])
    configuration = {
        "files": [staticfiles_storage.url(name) for name in files],
        "icon": staticfiles_storage.url("preau/icons/icon-192.png"),
        "offline": reverse("portal:offline"),
        "pages": [[page.instead_of, reverse(page.url_name)] for page in pages],
        "feeds": [reverse(page.feed) for page in pages if page.feed],
        "place": staticfiles_storage.base_url,
    }
    configuration["name"] = f"preau-{_version(code, configuration)}"
    return HttpResponse(
        f"self.PREAU={json.dumps(configuration)};\n{code}",
        content_type="text/javascript; charset=utf-8",
        headers={"Cache-Control": "no-cache"},
    )


def _version(*parts: object) -> str:
    """Another name for another set of static files, so that what no page asks for any more leaves the device."""
    collected = getattr(staticfiles_storage, "manifest_hash", "")
    return sha256(repr((collected, *parts)).encode()).hexdigest()[:12]


@opens(to=anyone, before_proof=True)
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What still works without a network. It names nobody, whoever asks: the worker keeps it."""
    return render(request, "portal/offline.html")
