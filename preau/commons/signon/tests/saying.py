"""What a browser and a service say to the SAML identity provider, in few words."""

import base64
import html
import re
import zlib
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from lxml import etree

from conftest import NOW
from preau.commons.signon.models import Opening, Party, Service
from preau.commons.signon.saml import certificates, signing
from preau.commons.signon.saml.names import DS, RSA, SAML, SAMLP, XENC
from preau.commons.signon.words import Protocol
from preau.directory.seeds.world import World

ENTITY = "https://manuels.example/saml"
ACS = "https://manuels.example/saml/acs"
OTHER_ACS = "https://manuels.example/saml/autre"
SLO = "https://manuels.example/saml/slo"
SLO_SOAP = "https://manuels.example/saml/soap"
NS = {"saml": SAML, "samlp": SAMLP, "ds": DS, "xenc": XENC}


@cache
def key_of(name: str) -> tuple[rsa.RSAPrivateKey, str]:
    """A key of a service, and its certificate: made once for all tests."""
    key = rsa.generate_private_key(65_537, 2_048)
    return key, certificates.self_signed(
        key, name, datetime(2026, 1, 1, tzinfo=UTC), datetime(2030, 1, 1, tzinfo=UTC)
    )


def certificate(name: str = "theirs") -> str:
    return key_of(name)[1]


def private_pem(name: str = "theirs") -> str:
    return key_of(name)[0].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def linked(world: World, name: str = "Manuels", **facts: Any) -> Party:
    """A service of the school that speaks SAML, and receives all that may leave."""
    keys = ("first_name", "last_name", "email", "profile", "school", "classes", "level")
    service = Service.objects.create(
        school=world.school,
        name=world.named(name),
        text="Essayer.",
        address="https://manuels.example/",
        changed_at=NOW,
        protocol=Protocol.SAML,
        released={key: {"why": "Essayer.", "since": "2026-09-01"} for key in keys},
    )
    Opening.objects.create(service=service, school=world.school, is_on=True, agreed=service.asks)
    held = {
        "entity_id": ENTITY,
        "receives": [{"url": ACS, "index": 1}, {"url": OTHER_ACS, "index": 2}],
        "signing": [certificate()],
        "logout": SLO,
    }
    return Party.objects.create(service=service, **held | facts)


def at(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def request_xml(here: str = "", *, inside: str = "", issuer: str = ENTITY, **facts: str) -> str:
    """An AuthnRequest; an empty attribute is left out."""
    attributes = {
        "ID": "_r1",
        "Version": "2.0",
        "IssueInstant": at(NOW),
        "Destination": f"{here or settings.PUBLIC_URL}/saml/sso",
        "AssertionConsumerServiceURL": ACS,
    } | facts
    held = " ".join(f'{name}="{value}"' for name, value in attributes.items() if value)
    return f'<samlp:AuthnRequest xmlns:samlp="{SAMLP}" xmlns:saml="{SAML}" {held}><saml:Issuer>{issuer}</saml:Issuer>{inside}</samlp:AuthnRequest>'


def logout_xml(name: str, *, here: str = "", index: str = "", issuer: str = ENTITY, **facts: str) -> str:
    attributes = {
        "ID": "_l1",
        "Version": "2.0",
        "IssueInstant": at(NOW),
        "Destination": f"{here or settings.PUBLIC_URL}/saml/slo",
    } | facts
    held = " ".join(f'{key}="{value}"' for key, value in attributes.items() if value)
    session = f"<samlp:SessionIndex>{index}</samlp:SessionIndex>" if index else ""
    return (
        f'<samlp:LogoutRequest xmlns:samlp="{SAMLP}" xmlns:saml="{SAML}" {held}><saml:Issuer>{issuer}</saml:Issuer>'
        f"<saml:NameID>{name}</saml:NameID>{session}</samlp:LogoutRequest>"
    )


def packed(xml: str | bytes) -> str:
    """As the Redirect binding carries it."""
    pump = zlib.compressobj(wbits=-15)
    return base64.b64encode(
        pump.compress(xml.encode() if isinstance(xml, str) else xml) + pump.flush()
    ).decode()


def query(xml: str | bytes, *, relay: str = "mot", by: str = "", algorithm: str = f"{RSA}sha256") -> str:
    """The query of a Redirect; `by`: the name of the key that signs it."""
    parameters = {"SAMLRequest": packed(xml)} | ({"RelayState": relay} if relay else {})
    if not by:
        return urlencode(parameters)
    text = urlencode(parameters | {"SigAlg": algorithm})
    digest = SHA1() if algorithm.endswith("sha1") else SHA256()
    signature = key_of(by)[0].sign(text.encode(), padding.PKCS1v15(), digest)
    return f"{text}&Signature={quote(base64.b64encode(signature).decode(), safe='')}"


def form(xml: str | bytes, *, relay: str = "mot", by: str = "") -> dict[str, str]:
    """The fields of a POST; `by`: the name of the key that signs the document."""
    raw = xml.encode() if isinstance(xml, str) else xml
    if by:
        raw = signing.sign(etree.fromstring(raw), signing.signer(*key_of(by)), 1)
    return {"SAMLRequest": base64.b64encode(raw).decode()} | ({"RelayState": relay} if relay else {})


def come(browser: Any, xml: str | None = None, *, path: str = "/saml/sso", **more: str) -> Any:
    return browser.get(f"{path}?{query(xml or request_xml(), **more)}")


def fields_in(response: Any) -> dict[str, str]:
    """What the page of an answer posts, and where: « action »."""
    page = (
        response.content.decode()
        if hasattr(response, "content") and isinstance(response.content, bytes)
        else response.text
    )
    action = re.search(r'action="([^"]+)" data-goes-on', page)
    assert action, page[:500]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page[action.start() :])
    return {name: html.unescape(value) for name, value in found} | {"action": html.unescape(action[1])}


def answer_in(response: Any) -> Any:
    """The root of the Response of a page."""
    assert response.status_code == 200, response.content.decode()[:300]
    return etree.fromstring(base64.b64decode(fields_in(response)["SAMLResponse"]))


def one(root: Any, path: str) -> Any:
    found = root.xpath(path, namespaces=NS)
    assert len(found) == 1, (path, etree.tostring(root))
    return found[0]


def status_in(response: Any) -> tuple[str, ...]:
    """The two words of a status, without their prefix."""
    return tuple(
        value.rsplit(":", 1)[1]
        for value in answer_in(response).xpath("//samlp:StatusCode/@Value", namespaces=NS)
    )


def no_assertion_in(response: Any) -> None:
    """Nobody was named, whatever was answered."""
    page = response.content.decode()
    for value in re.findall(r'name="SAMLResponse" value="([^"]+)"', page):
        root = etree.fromstring(base64.b64decode(html.unescape(value)))
        assert not root.xpath("//saml:Assertion|//saml:EncryptedAssertion", namespaces=NS)


def later(minutes: int) -> str:
    return at(NOW + timedelta(minutes=minutes))
