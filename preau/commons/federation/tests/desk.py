"""A SAML provider that is settled here, and what its desk sends."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from lxml import etree

from preau.commons.federation.actions import saml
from preau.commons.federation.models import Provider
from preau.commons.federation.queries.saml import places
from preau.commons.federation.tests.coming import provider_of
from preau.commons.federation.words import Protocol
from preau.foundation.assertions import metadata
from preau.foundation.assertions.reading import decoded, inflated
from preau.foundation.assertions.words import POST, REDIRECT
from preau.foundation.tests.saml_provider import THEM, Answer, honest, key_of, sent

SSO, SLO = "https://guichet.test/sso", "https://guichet.test/slo"


def described(**more: Any) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "entity_id": THEM,
        "sign_on": {REDIRECT: SSO, POST: SSO},
        "certificates": (key_of("guichet").certificate,),
        "logout": {REDIRECT: SLO},
        "name": "Guichet",
    }
    return metadata.Provider(**(facts | more)).as_json()


def saml_provider(settled: dict[str, Any] | None = None, **facts: Any) -> Provider:
    """An open provider of SAML, and a key of ours."""
    saml.keep_saml_keys(timezone.now(), must=True)
    record = {"described": described(), "read_at": timezone.now().isoformat()} | (settled or {})
    return provider_of(**({"protocol": Protocol.SAML, "issuer": "", "client_id": "", "saml": record} | facts))


@dataclass(frozen=True)
class AuthnRequest:
    """What our site asked of the desk, as the browser carried it."""

    number: str
    relay: str
    root: Any


def asked(client: Client, provider: Provider, query: str = "") -> AuthnRequest:
    """The browser begins."""
    response = client.get(f"/connexion/par/{provider.public_id}/{query}")
    assert response.status_code == 302, response.content[:500]
    address = response.headers["Location"]
    assert address.startswith(SSO)
    parameters = parse_qs(urlsplit(address).query)
    root = etree.fromstring(inflated(decoded(parameters["SAMLRequest"][0])))
    return AuthnRequest(root.get("ID"), parameters["RelayState"][0], root)


def answer_to(provider: Provider, question: AuthnRequest, **more: Any) -> Answer:
    """An honest answer to it."""
    here = places(provider)
    return Answer(
        us=here.entity_id,
        acs=here.acs,
        recipient=here.acs,
        destination=here.acs,
        request=question.number,
        confirmed_request=question.number,
        now=timezone.now(),
    ).but(**more)


def bring(provider: Provider, field: str, relay: str) -> HttpResponse:
    """The form of the desk: another site's, so without any cookie of ours, and without our token."""
    elsewhere = Client(enforce_csrf_checks=True)
    return elsewhere.post(
        f"/connexion/par/{provider.public_id}/saml/acs", {"SAMLResponse": field, "RelayState": relay}
    )


def come(client: Client, provider: Provider, query: str = "", **more: Any) -> HttpResponse:
    """The whole way: ask, be answered, take."""
    question = asked(client, provider, query)
    brought = bring(provider, sent(honest(answer_to(provider, question, **more))), question.relay)
    assert brought.status_code == 303, brought.content.decode()[-1500:]
    return client.get(brought.headers["Location"])
