"""A small site of somebody else's, where people sign in with django-cas-ng: what our CAS server is held against.

python -m tests.foreign.cas_ng_site <port> <address of our site> <folder for its data>
"""

import sys
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

PORT, SERVER, FOLDER = sys.argv[1:4] if len(sys.argv) > 3 else ("0", "", "")
HERE = f"http://127.0.0.1:{PORT}"


class Silent(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        """A test looks at what this site shows, not at its log."""


class Threads(ThreadingMixIn, WSGIServer):
    """The CAS server calls back while this site waits for its answer."""

    daemon_threads = True


def home(request: HttpRequest) -> HttpResponse:
    """Who is signed in here, with what our server told."""
    attributes = request.session.get("attributes", {})
    return JsonResponse({"user": request.user.get_username(), "attributes": attributes})


def passed_on(request: HttpRequest) -> HttpResponse:
    """A ticket for another service, in the name of whoever is signed in here."""
    from django_cas_ng.models import ProxyGrantingTicket  # noqa: PLC0415 - after the settings

    return HttpResponse(ProxyGrantingTicket.retrieve_pt(request, request.GET["for"]))


def run() -> None:
    settings.configure(
        SECRET_KEY="somebody else's secret, " * 3,
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF="tests.foreign.cas_ng_urls",
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django_cas_ng",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
        AUTHENTICATION_BACKENDS=["django_cas_ng.backends.CASBackend"],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{FOLDER}/site.sqlite3"}},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        SESSION_COOKIE_NAME="elsewhere",
        CAS_SERVER_URL=f"{SERVER}/cas/",
        CAS_VERSION="3",
        CAS_LOGIN_MSG=None,
        CAS_PROXY_CALLBACK=f"{HERE}/callback",
    )
    django.setup()
    from django.core.management import call_command  # noqa: PLC0415 - after the settings
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    with make_server("127.0.0.1", int(PORT), get_wsgi_application(), Threads, Silent) as server:
        print("ready", flush=True)  # noqa: T201 - the test waits for it
        server.serve_forever()


if __name__ == "__main__":
    run()
