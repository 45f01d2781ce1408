"""A teacher comes to other sites with a passkey alone: each protocol is one function, which opens the site and says what it was told."""

import base64
import hashlib
import secrets
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from lxml import etree
from onelogin.saml2.utils import OneLogin_Saml2_Utils
from playwright.sync_api import Browser, Page, expect

from preau.commons.lti.models import Activity, Tool
from preau.commons.lti.tests import tool as lti
from preau.commons.signon.models import Address, Alias, Client, Party, Service
from preau.commons.signon.queries import clients
from preau.directory.seeds.world import World
from preau.identity.tests.authenticator import HOST
from tests.journeys.conftest import Visitor
from tests.journeys.test_passkeys import add_a_key, at_home, sign_out
from tests.journeys.test_signon import Elsewhere, elsewhere, request_to
from tests.journeys.test_signon import by_saml as saml_party

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
__all__ = ["elsewhere"]
SECRET = "vR7-k2_aQe9ZtY4uWm1xLs8dHc3bNf6g"
NAMES = {
    "ds": "http://www.w3.org/2000/09/xmldsig#",
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "samlp": "urn:oasis:names:tc:SAML:2.0:protocol",
}
# What a service is told: whom, under the name that it knows them by, and how surely (`acr`; None where the protocol says nothing).
Told = tuple[str, str | None]


@pytest.fixture
def owner(browser: Browser, live_server: Any, schools: dict[str, World], settings: Any) -> Iterator[Visitor]:
    """A teacher whose computer keeps a passkey, and who is signed out."""
    found = at_home(browser, live_server, settings)
    found.sign_in("teacher")
    add_a_key(found)
    sign_out(found)
    yield found
    found.page.context.close()


def go(visitor: Visitor, address: str, *, first: bool) -> Page:
    """The first time, the sign-in page comes in between."""
    page: Page = visitor.page
    page.goto(address)
    if first:
        page.get_by_role("button", name="Se connecter avec une clé d’accès").click()
    return page


def arrive(visitor: Visitor, address: str, *, first: bool) -> dict[str, str]:
    """Ask for the site; returns what it finds in its own address."""
    page = go(visitor, address, first=first)
    expect(page.get_by_role("heading", name="Bienvenue ailleurs")).to_be_visible()
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def by_cas(visitor: Visitor, site: str, *, first: bool) -> Told:
    """As Moodle does: a ticket, which its server has read by ours."""
    Service.objects.filter(address=f"{site}/").update(protocol="cas")
    Address.objects.get_or_create(service=Service.objects.get(address=f"{site}/"), origin=site, path="/")
    service = f"{site}/login/index.php?authCAS=CAS"
    came = arrive(visitor, f"{visitor.server}/cas/login?{urlencode({'service': service})}", first=first)
    from_server = {"service": service, "ticket": came["ticket"]}
    response = visitor.page.request.get(f"{visitor.server}/cas/serviceValidate?{urlencode(from_server)}")
    assert response.ok
    user = response.text().split("<cas:user>")[1].split("</cas:user>")[0]
    return user, None


def by_openid(visitor: Visitor, site: str, *, first: bool) -> Told:
    """A code, which the site's server changes for an ID token."""
    held = _client(site)
    verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(8)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "response_type": "code",
        "scope": "openid",
        "state": "x",
        "nonce": nonce,
        "client_id": held.client_id,
        "redirect_uri": held.redirects[0],
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    came = arrive(visitor, f"{visitor.server}/oidc/authorize?{urlencode(asked)}", first=first)
    assert came["iss"] == visitor.server
    given = visitor.page.request.post(
        f"{visitor.server}/oidc/token",
        form={
            "grant_type": "authorization_code",
            "code": came["code"],
            "redirect_uri": held.redirects[0],
            "code_verifier": verifier,
            "client_id": held.client_id,
            "client_secret": SECRET,
        },
    )
    assert given.ok, given.text()
    keys = KeySet.import_key_set(visitor.page.request.get(f"{visitor.server}/oidc/jwks").json())
    claims = jwt.decode(given.json()["id_token"], keys, algorithms=["RS256"]).claims
    assert (claims["nonce"], claims["aud"]) == (nonce, held.client_id)
    return claims["sub"], claims["acr"]


def _client(site: str) -> Client:
    service = Service.objects.get(address=f"{site}/")
    Service.objects.filter(pk=service.pk).update(protocol="oidc")
    service.addresses.all().delete()
    secret = {"secret": clients.secret_digest(SECRET), "secret_since": service.changed_at}
    return Client.objects.get_or_create(service=service, defaults={"redirects": [f"{site}/retour"]} | secret)[
        0
    ]


def by_saml(visitor: Visitor, site: str, *, first: bool) -> Told:
    """A signed answer, that the browser posts to the site: read from the assertion whose signature is ours."""
    found = Party.objects.filter(service__address=f"{site}/").first() or saml_party(site)
    Elsewhere.posted.clear()
    arrive(visitor, request_to(visitor.server, found, f"_{secrets.token_hex(8)}"), first=first)
    answer = base64.b64decode(parse_qs(Elsewhere.posted[0])["SAMLResponse"][0])
    document = etree.fromstring(answer)
    ours = document.find(".//ds:X509Certificate", NAMES)
    published = etree.fromstring(visitor.page.request.get(f"{visitor.server}/saml/metadata").body())
    assert ours is not None and ours.text in {
        one.text for one in published.iterfind(".//ds:X509Certificate", NAMES)
    }
    assert OneLogin_Saml2_Utils.validate_sign(
        answer,
        OneLogin_Saml2_Utils.format_cert(ours.text),
        xpath="/samlp:Response/saml:Assertion/ds:Signature",
    )
    return (
        str(document.findtext(".//saml:NameID", namespaces=NAMES)),
        document.findtext(".//saml:AuthnContextClassRef", namespaces=NAMES),
    )


def by_lti(visitor: Visitor, site: str, *, first: bool, world: World) -> Told:
    """From an activity of the class: the site sends the browser back to ours, which posts it a signed word."""
    opened = f"{site}/lti/ouvrir"
    activity = Activity.objects.filter(context__opening__service__address=f"{site}/").first()
    if activity is None:
        Service.objects.filter(address=f"{site}/").update(protocol="lti")
        service = Service.objects.get(address=f"{site}/")
        registration = {
            "login_url": f"{site}/lti/connexion",
            "target": opened,
            "redirects": [opened],
            "keys": lti.public(lti.KEY),
        }
        tool = Tool.objects.create(service=service, asks={}, **registration)
        activity = lti.given(world, tool)

    def back(query: str) -> str:
        came = {name: values[0] for name, values in parse_qs(query).items()}
        return f"{visitor.server}/lti/authorize?{urlencode(lti.asked(came, redirect_uri=opened))}"

    Elsewhere.sends_on["/lti/connexion"] = back
    Elsewhere.posted.clear()
    page = go(visitor, f"{visitor.server}/activites/{activity.public_id}/", first=first)
    page.get_by_role("button", name="Ouvrir").click()
    expect(page.get_by_role("heading", name="Bienvenue ailleurs")).to_be_visible()
    word = parse_qs(Elsewhere.posted[0])["id_token"][0]
    keys = KeySet.import_key_set(visitor.page.request.get(f"{visitor.server}/oidc/jwks").json())
    return jwt.decode(word, keys, algorithms=["RS256"]).claims["sub"], None


# A protocol is one line here, and one function above.
PROTOCOLS: dict[str, tuple[Callable[..., Told], str | None]] = {
    "CAS": (by_cas, None),
    "OpenID Connect": (by_openid, "urn:preau:acr:2"),
    "SAML": (by_saml, "https://refeds.org/profile/mfa"),
    "LTI": (by_lti, None),
}


@pytest.mark.parametrize(("protocol", "acr"), PROTOCOLS.values(), ids=PROTOCOLS)
def test_a_passkey_alone_opens_the_services(
    owner: Visitor,
    elsewhere: str,
    schools: dict[str, World],
    protocol: Callable[..., Told],
    acr: str | None,
) -> None:
    assert urlsplit(owner.server).hostname == HOST
    teacher = schools["college"].people["teacher"]
    named = {"world": schools["college"]} if protocol is by_lti else {}
    first = protocol(owner, elsewhere, first=True, **named)
    assert first == (Alias.objects.get(service__address=f"{elsewhere}/", person=teacher).value, acr)
    assert protocol(owner, elsewhere, first=False, **named) == first, "a second time, straight there"
