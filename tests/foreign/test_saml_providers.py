"""A provider of identities that others wrote (pysaml2, which signs and encrypts by xmlsec1), against our real server."""

import functools
import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from conftest import NOW
from preau.commons.federation.actions import saml
from preau.commons.federation.models import Link, Provider, SamlAnswer
from preau.commons.federation.words import Protocol
from preau.directory.seeds.world import World
from preau.foundation.assertions import signatures
from preau.foundation.tests.saml_provider import key_of
from preau.identity.models import AccountSession
from tests.foreign.test_cas_clients import Browser, foreign

saml2, requests = foreign("saml2"), foreign("requests")
entity, server, config = foreign("saml2.entity"), foreign("saml2.server"), foreign("saml2.config")
names = foreign("saml2.saml")
DESK = "https://guichet.test"
SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2001/04/xmlenc#sha256"
CBC, GCM = "http://www.w3.org/2001/04/xmlenc#aes256-cbc", "http://www.w3.org/2009/xmlenc11#aes256-gcm"


@pytest.fixture
def preau(planted: dict[str, World], live_server: Any, settings: Any) -> str:
    settings.SIGNON_LOOPBACK = True
    settings.PUBLIC_URL = live_server.url
    address: str = live_server.url
    return address


@pytest.fixture
def held(planted: dict[str, World], preau: str) -> Provider:
    """A provider of which nothing is known yet, but our own description."""
    return Provider.objects.create(name="Guichet", protocol=Protocol.SAML, is_on=True, changed_at=NOW)


@pytest.fixture
def desk(planted: dict[str, World], held: Provider, preau: str, tmp_path: Path) -> Any:
    """It reads what we publish; then what it publishes is pasted here."""
    pair = key_of("guichet")
    for name, text in (("key", pair.private), ("cert", pair.certificate)):
        (tmp_path / name).write_text(text)
    ours = requests.get(f"{preau}/connexion/par/{held.public_id}/saml/metadata").text
    configuration = config.IdPConfig().load(
        {
            "entityid": f"{DESK}/metadata",
            "key_file": str(tmp_path / "key"),
            "cert_file": str(tmp_path / "cert"),
            "encryption_keypairs": [],
            "metadata": {"inline": [ours]},
            "xmlsec_binary": "/usr/bin/xmlsec1",
            "signing_algorithm": SHA256[0],
            "digest_algorithm": SHA256[1],
            "service": {
                "idp": {
                    "endpoints": {
                        "single_sign_on_service": [(f"{DESK}/sso", saml2.BINDING_HTTP_REDIRECT)],
                        "single_logout_service": [(f"{DESK}/slo", saml2.BINDING_HTTP_REDIRECT)],
                    },
                    "want_authn_requests_signed": True,
                    "policy": {"default": {"lifetime": {"minutes": 5}, "attribute_restrictions": None}},
                }
            },
        }
    )
    found = server.Server(config=configuration)
    theirs = str(foreign("saml2.metadata").entity_descriptor(configuration))
    described = saml.read_description(theirs.encode(), "", timezone.now())
    held.saml = {"described": described.as_json(), "read_at": NOW.isoformat()}
    held.save()
    Link.objects.create(
        provider=held, subject="abc-123", person=planted["college"].people["teacher"], made_at=NOW
    )
    return found


@pytest.fixture
def browser(preau: str) -> Iterator[Browser]:
    found = Browser(preau)
    yield found
    found.session.close()


def named() -> Any:
    return names.NameID(format=names.NAMEID_FORMAT_PERSISTENT, text="abc-123")


def asked(browser: Browser, preau: str, held: Provider, desk: Any) -> tuple[Any, str]:
    """What our site asks, as pysaml2 checks it (signature included); and the word that goes with it."""
    answer = browser.session.get(f"{preau}/connexion/par/{held.public_id}/", allow_redirects=False)
    parameters = {
        name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()
    }
    request = desk.parse_authn_request(
        parameters["SAMLRequest"],
        saml2.BINDING_HTTP_REDIRECT,
        relay_state=parameters["RelayState"],
        sigalg=parameters["SigAlg"],
        signature=parameters["Signature"],
    )
    return request.message, parameters["RelayState"]


def come(browser: Browser, preau: str, held: Provider, desk: Any, **how: Any) -> Any:
    """The whole way, and the page where the browser ends."""
    question, relay = asked(browser, preau, held, desk)
    there = desk.response_args(question)
    answer = desk.create_authn_response(
        {"FrEduVecteur": ["4|Roux|Zoé|700123|0790031E"], "mail": ["zoe@exemple.fr"]},
        userid="zoe",
        name_id=named(),
        authn={"class_ref": names.AUTHN_PASSWORD_PROTECTED, "authn_auth": DESK},
        sign_alg=SHA256[0],
        digest_alg=SHA256[1],
        **{name: there[name] for name in ("in_response_to", "destination", "sp_entity_id")},
        **how,
    )
    form = "".join(
        desk.apply_binding(saml2.BINDING_HTTP_POST, str(answer), there["destination"], relay, response=True)[
            "data"
        ]
    )
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form))
    assert set(fields) == {"SAMLResponse", "RelayState"}
    brought = requests.post(
        there["destination"],
        {name: html.unescape(value) for name, value in fields.items()},
        allow_redirects=False,
    )
    if brought.status_code != 303:
        return brought
    return browser.session.get(f"{preau}{brought.headers['Location']}", allow_redirects=False)


def sessions() -> int:
    return AccountSession.objects.count()


@pytest.mark.parametrize("whole", [False, True])
def test_a_teacher_comes_by_pysaml2(
    preau: str, browser: Browser, held: Provider, desk: Any, whole: bool
) -> None:
    page = come(browser, preau, held, desk, sign_assertion=True, sign_response=whole)
    assert page.status_code == 302, page.text[-1500:]
    assert sessions() == 1
    assert browser.session.get(f"{preau}/profil/").status_code == 200


def test_what_pysaml2_does_not_sign_opens_nothing(
    preau: str, browser: Browser, held: Provider, desk: Any
) -> None:
    page = come(browser, preau, held, desk, sign_assertion=False, sign_response=False)
    assert page.status_code == 400
    assert not sessions()


@pytest.mark.parametrize("algorithm", [CBC, GCM])
@pytest.mark.parametrize("is_alone", [True, False])
def test_what_pysaml2_encrypts_is_opened(
    preau: str,
    browser: Browser,
    held: Provider,
    desk: Any,
    monkeypatch: pytest.MonkeyPatch,
    algorithm: str,
    is_alone: bool,
) -> None:
    """pysaml2 still encrypts by triple DES unless it is told otherwise: we open AES alone."""
    refused = come(
        browser, preau, held, desk, sign_assertion=True, sign_response=True, encrypt_assertion=True
    )
    assert refused.status_code == 400
    part = functools.partial(entity.pre_encryption_part, msg_enc=algorithm)
    monkeypatch.setattr(entity, "pre_encryption_part", part)
    security = type(desk.sec)
    closing = functools.partialmethod(security.encrypt_assertion, key_type="aes-256")
    monkeypatch.setattr(security, "encrypt_assertion", closing)
    SamlAnswer.objects.all().delete()
    held.saml["encrypted"] = True
    held.save()
    page = come(
        browser,
        preau,
        held,
        desk,
        sign_assertion=True,
        sign_response=True,
        encrypt_assertion=True,
        encrypt_assertion_self_contained=is_alone,
    )
    assert page.status_code == 302, page.text[-1500:]
    assert sessions() == 1


def test_pysaml2_ends_our_session(preau: str, browser: Browser, held: Provider, desk: Any) -> None:
    come(browser, preau, held, desk, sign_assertion=True)
    here = f"{preau}/connexion/par/{held.public_id}/saml/slo"
    _, message = desk.create_logout_request(here, f"{DESK}/metadata", name_id=named())
    sent = desk.apply_binding(
        saml2.BINDING_HTTP_REDIRECT, str(message), here, "r", sign=True, sigalg=SHA256[0]
    )
    address = dict(sent["headers"])["Location"]
    answer = requests.get(address, allow_redirects=False)
    assert answer.status_code == 303, answer.text[-1500:]
    assert not sessions()
    parameters = {
        name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()
    }
    read = desk.parse_logout_request_response(parameters["SAMLResponse"], saml2.BINDING_HTTP_REDIRECT)
    assert read.response.status.status_code.value == "urn:oasis:names:tc:SAML:2.0:status:Success"
    assert read.in_response_to == message.id


def test_signing_out_here_is_understood_by_pysaml2(
    preau: str, browser: Browser, held: Provider, desk: Any
) -> None:
    come(browser, preau, held, desk, sign_assertion=True)
    page = browser.post("/deconnexion/", browser.session.get(f"{preau}/profil/"))
    address = html.unescape(re.search(rf'href="({DESK}/slo\?[^"]+)"', page.text)[1])
    parameters = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    read = desk.parse_logout_request(
        parameters["SAMLRequest"],
        saml2.BINDING_HTTP_REDIRECT,
        sigalg=parameters["SigAlg"],
        signature=parameters["Signature"],
    )
    assert read.message.name_id.text == "abc-123"
    assert not sessions()


def test_what_we_publish_is_sound(preau: str, held: Provider, desk: Any) -> None:
    """pysaml2's own reading of it: keys of both uses, where to answer."""
    ours = f"{preau}/connexion/par/{held.public_id}/saml/metadata"
    assert desk.metadata.certs(ours, "spsso", "signing")
    assert desk.metadata.certs(ours, "spsso", "encryption")
    assert desk.metadata.assertion_consumer_service(ours)[0]["location"].endswith("/saml/acs")
    assert signatures.mark_of(desk.metadata.certs(ours, "spsso", "signing")[0][1])
