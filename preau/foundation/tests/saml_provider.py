"""A provider of identities written for the tests: it answers as honest ones do, and then as each attacker would.

Signatures are made by xmlsec's templates and encryption by xmlsec too: none of it is the code that reads them.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import xmlsec
from lxml import etree

from preau.foundation.assertions.keys import KeyPair, make_key
from preau.foundation.assertions.words import DS, MD, POST, REDIRECT, SAML, SAMLP, SUCCESS, XENC

NOW = datetime.fromisoformat("2026-11-24T09:30:00+00:00")
SPACES = {"saml": SAML, "samlp": SAMLP, "ds": DS, "xenc": XENC}
US, ACS = "https://preau.test/federation/saml/abc/metadata", "https://preau.test/federation/saml/abc/acs"
THEM = "https://guichet.test/idp"
PERSISTENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent"
PASSWORD = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"


@cache
def key_of(name: str) -> KeyPair:
    """One pair a name: drawing a key takes a tenth of a second."""
    return make_key(name, NOW)


def at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


@dataclass(frozen=True)
class Answer:
    """What an answer says; every part may be made wrong."""

    subject: str = "abc-123"
    issuer: str = THEM
    outer_issuer: str = THEM
    us: str = US
    acs: str = ACS
    recipient: str = ACS
    request: str = "_question"
    confirmed_request: str = "_question"
    now: datetime = NOW
    starts: timedelta = timedelta(seconds=-5)
    ends: timedelta = timedelta(minutes=5)
    signed_in: timedelta = timedelta(minutes=-1)
    status: str = f'<samlp:StatusCode Value="{SUCCESS}"/>'
    facts: dict[str, Sequence[str]] = field(
        default_factory=lambda: {"FrEduVecteur": ["4|Roux|Zoé|700123|0790031E"]}
    )
    number: str = "_assertion"
    session: str = "_session"
    context: str = PASSWORD
    destination: str | None = ACS
    name_format: str = PERSISTENT

    def but(self, **more: Any) -> "Answer":
        return replace(self, **more)

    def assertion(self) -> Any:
        return etree.fromstring(
            f"""
<saml:Assertion xmlns:saml="{SAML}" xmlns:xs="http://www.w3.org/2001/XMLSchema"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" ID="{self.number}" Version="2.0" IssueInstant="{at(self.now)}">
  <saml:Issuer>{self.issuer}</saml:Issuer>
  <saml:Subject>
    <saml:NameID Format="{self.name_format}" NameQualifier="{self.issuer}">{self.subject}</saml:NameID>
    <saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">
      <saml:SubjectConfirmationData InResponseTo="{self.confirmed_request}" Recipient="{self.recipient}"
        NotOnOrAfter="{at(self.now + self.ends)}"/>
    </saml:SubjectConfirmation>
  </saml:Subject>
  <saml:Conditions NotBefore="{at(self.now + self.starts)}" NotOnOrAfter="{at(self.now + self.ends)}">
    <saml:AudienceRestriction><saml:Audience>{self.us}</saml:Audience></saml:AudienceRestriction>
  </saml:Conditions>
  <saml:AuthnStatement AuthnInstant="{at(self.now + self.signed_in)}" SessionIndex="{self.session}">
    <saml:AuthnContext><saml:AuthnContextClassRef>{self.context}</saml:AuthnContextClassRef></saml:AuthnContext>
  </saml:AuthnStatement>
  <saml:AttributeStatement>{"".join(map(self._fact, self.facts))}</saml:AttributeStatement>
</saml:Assertion>""".strip()
        )

    def _fact(self, name: str) -> str:
        values = "".join(
            f'<saml:AttributeValue xsi:type="xs:string">{value}</saml:AttributeValue>'
            for value in self.facts[name]
        )
        return f'<saml:Attribute Name="{name}">{values}</saml:Attribute>'

    def around(self, *children: Any, number: str = "_answer") -> Any:
        """The answer that holds these."""
        to = f'Destination="{self.destination}"' if self.destination else ""
        asked = f'InResponseTo="{self.request}"' if self.request else ""
        root = etree.fromstring(
            f"""
<samlp:Response xmlns:samlp="{SAMLP}" xmlns:saml="{SAML}" ID="{number}" Version="2.0"
  IssueInstant="{at(self.now)}" {to} {asked}>
  <saml:Issuer>{self.outer_issuer}</saml:Issuer><samlp:Status>{self.status}</samlp:Status>
</samlp:Response>""".strip()
        )
        root.extend(children)
        return root


@dataclass(frozen=True)
class Signing:
    """How an element is signed."""

    key: KeyPair
    method: Any = xmlsec.constants.TransformRsaSha256
    digest: Any = xmlsec.constants.TransformSha256
    transforms: Sequence[Any] = (xmlsec.constants.TransformEnveloped, xmlsec.constants.TransformExclC14N)
    secret: bytes = b""


def sign(element: Any, how: Signing) -> Any:
    """The same element, with its signature after its issuer."""
    signature = xmlsec.template.create(element, xmlsec.constants.TransformExclC14N, how.method, ns="ds")
    element.insert(1, signature)
    reference = xmlsec.template.add_reference(signature, how.digest, uri=f"#{element.get('ID')}")
    for transform in how.transforms:
        xmlsec.template.add_transform(reference, transform)
    xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(signature))
    xmlsec.tree.add_ids(element.getroottree().getroot(), ["ID"])
    context = xmlsec.SignatureContext()
    if how.secret:
        context.key = xmlsec.Key.from_binary_data(xmlsec.constants.KeyDataHmac, how.secret)
    else:
        context.key = xmlsec.Key.from_memory(how.key.private, xmlsec.constants.KeyDataFormatPem)
        context.key.load_cert_from_memory(how.key.certificate, xmlsec.constants.KeyDataFormatPem)
    context.sign(signature)
    return element


def encrypt(
    assertion: Any,
    certificate: str,
    data: Any = xmlsec.constants.TransformAes256Gcm,
    wrapping: Any = xmlsec.constants.TransformRsaOaep,
    size: int = 256,
) -> Any:
    """An EncryptedAssertion, opened by whoever has the key of this certificate."""
    closed = etree.Element(f"{{{SAML}}}EncryptedAssertion", nsmap={"saml": SAML})
    closed.append(assertion)
    manager = xmlsec.KeysManager()
    manager.add_key(xmlsec.Key.from_memory(certificate, xmlsec.constants.KeyDataFormatCertPem))
    template = xmlsec.template.encrypted_data_create(
        closed, data, type=xmlsec.constants.TypeEncElement, ns="xenc"
    )
    xmlsec.template.encrypted_data_ensure_cipher_value(template)
    info = xmlsec.template.encrypted_data_ensure_key_info(template, ns="ds")
    key = xmlsec.template.add_encrypted_key(info, wrapping)
    xmlsec.template.encrypted_data_ensure_cipher_value(key)
    context = xmlsec.EncryptionContext(manager)
    context.key = xmlsec.Key.generate(xmlsec.constants.KeyDataAes, size, xmlsec.constants.KeyDataTypeSession)
    context.encrypt_xml(template, assertion)
    return closed


def sent(element: Any) -> str:
    """As the form carries it."""
    return base64.b64encode(etree.tostring(element)).decode()


def honest(answer: Answer | None = None, *, key: KeyPair | None = None) -> Any:
    """An answer as most providers make it: the assertion is signed."""
    answer = answer or Answer()
    return answer.around(sign(answer.assertion(), Signing(key or key_of("guichet"))))


def described(**more: str) -> bytes:
    """What it publishes about itself."""
    certificate = "".join(key_of("guichet").certificate.splitlines()[1:-1])
    values = {
        "entity": THEM,
        "until": "",
        "keys": f"""<md:KeyDescriptor><ds:KeyInfo><ds:X509Data>
      <ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>""",
        "sso": "https://guichet.test/sso",
    } | more
    return f"""<md:EntityDescriptor xmlns:md="{MD}" xmlns:ds="{DS}" xmlns:mdui="urn:oasis:names:tc:SAML:metadata:ui"
      ID="_m" entityID="{values["entity"]}" {values["until"]}>
      <md:IDPSSODescriptor protocolSupportEnumeration="{SAMLP}">
      <md:Extensions><mdui:UIInfo><mdui:DisplayName xml:lang="en">Desk</mdui:DisplayName>
        <mdui:DisplayName xml:lang="fr">Guichet</mdui:DisplayName></mdui:UIInfo></md:Extensions>
      {values["keys"]}
      <md:SingleLogoutService Binding="{REDIRECT}" Location="https://guichet.test/slo" ResponseLocation="https://guichet.test/slo2"/>
      <md:SingleSignOnService Binding="{POST}" Location="https://guichet.test/post"/>
      <md:SingleSignOnService Binding="{REDIRECT}" Location="{values["sso"]}"/>
      </md:IDPSSODescriptor></md:EntityDescriptor>""".encode()
