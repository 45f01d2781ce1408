"""Providers, and browsers that come by them."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import reverse
from django.utils.module_loading import import_string

from conftest import NOW, PATIENCE, SchoolClient
from preau.commons.federation.actions import oidc
from preau.commons.federation.models import Provider
from preau.commons.federation.standin import Relying, StandIn
from preau.commons.federation.words import Audience
from preau.foundation.sealed import seal

SECRET = "un secret: entre/nous"


def provider_of(**facts: Any) -> Provider:
    """A provider of the platform that is open, of OpenID Connect."""
    defaults = {
        "name": "Guichet",
        "audience": Audience.EVERYBODY,
        "is_on": True,
        "issuer": "https://guichet.example",
        "client_id": "preau",
        "changed_at": NOW,
        "secret": seal("federation.secret", SECRET.encode()),
    }
    return Provider.objects.create(**(defaults | facts))


def rely_on(standin: StandIn, provider: Provider) -> None:
    ended = f"{settings.PUBLIC_URL}{reverse('federation:ended', args=[provider.public_id])}"
    signed_out = f"{settings.PUBLIC_URL}{reverse('identity:sign_in')}"
    standin.rely(Relying(provider.client_id, SECRET, [oidc.address_back(provider)], [signed_out], ended))


def request_of() -> HttpRequest:
    """A request of a browser that nobody knows."""
    request = RequestFactory().get("/")
    request.session = import_string(f"{settings.SESSION_ENGINE}.SessionStore")()
    request.user = AnonymousUser()
    request.viewer = None
    return request


def asked(browser: SchoolClient, provider: Provider, suite: str = "", **more: str) -> str:
    """The address of the provider where a browser is sent."""
    parameters = {"suite": suite} if suite else {}
    response = browser.get(reverse("federation:start", args=[provider.public_id]), parameters | more)
    assert response.status_code == 302, response.content.decode()[:300]
    return response["Location"]


def chosen(address: str, subject: str = "jeanne") -> str:
    """The address by which the provider sends the browser back, once somebody was chosen there."""
    answer = requests.post(address, data={"qui": subject}, allow_redirects=False, timeout=PATIENCE)
    assert answer.status_code == 303, answer.text[:300]
    return answer.headers["Location"]


def back(browser: SchoolClient, address: str, **changed: str | None) -> HttpResponse:
    """The browser comes back by this address, some of its words changed."""
    parts = urlsplit(address)
    parameters = {name: values[0] for name, values in parse_qs(parts.query).items()} | changed
    return browser.get(parts.path, {name: value for name, value in parameters.items() if value is not None})


def come(
    browser: SchoolClient, provider: Provider, subject: str = "jeanne", suite: str = "", **more: str
) -> HttpResponse:
    return back(browser, chosen(asked(browser, provider, suite, **more), subject))


def is_in(browser: SchoolClient) -> bool:
    return "_auth_user_id" in browser.session
