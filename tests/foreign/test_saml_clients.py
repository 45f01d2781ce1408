"""Services that others wrote (pysaml2, python3-saml), against our real server: from our metadata alone, as services do."""

import base64
import html
import re
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

import pytest
from lxml import etree

from conftest import NOW
from preau.commons.signon import tasks
from preau.commons.signon.models import Alias, Connection, Opening, Party, Service
from preau.commons.signon.saml import certificates
from preau.commons.signon.saml.names import DS
from preau.commons.signon.tests.saying import certificate, fields_in, private_pem
from preau.directory.seeds.world import World
from preau.identity.seeds import CAST, PASSWORD
from tests.foreign.test_cas_clients import Browser, foreign

auth = foreign("onelogin.saml2.auth")
requests = foreign("requests")
# pysaml2 signs and reads XML by a program of its own.
with_pysaml2 = pytest.mark.skipif(not shutil.which("xmlsec1"), reason="pysaml2 needs the program xmlsec1")
REGISTER = "/services-relies/registre/ajouter/"


class Elsewhere(BaseHTTPRequestHandler):
    """The service's server: what our server tells it, as (verb, path with its query, body)."""

    told: list[tuple[str, str, str]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.told.append(("POST", self.path, body))
        self.send_response(200)
        self.end_headers()

    def do_GET(self) -> None:
        self.told.append(("GET", self.path, ""))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nobody reads it."""


@pytest.fixture
def preau(planted: dict[str, World], live_server: Any, settings: Any) -> str:
    settings.SIGNON_LOOPBACK = True
    settings.PUBLIC_URL = live_server.url
    address: str = live_server.url
    return address


@pytest.fixture
def elsewhere() -> Iterator[str]:
    Elsewhere.told.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


opened: list[Browser] = []


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """What browsers held open is closed with the test, and not noticed by the next one."""
    yield
    for one in opened:
        one.session.close()
    opened.clear()


def visiting(preau: str) -> Browser:
    opened.append(Browser(preau))
    return opened[-1]


def signed_in(preau: str, who: str) -> Browser:
    found = visiting(preau)
    page = found.session.get(f"{preau}/connexion/")
    found.post("/connexion/", page, login=CAST[who], password=PASSWORD)
    return found


@pytest.fixture
def browser(preau: str) -> Browser:
    return signed_in(preau, "pupil")


def link(preau: str, world: World, elsewhere: str, metadata: str, **more: str) -> Party:
    """The head pastes the metadata of the service into the register, and that is all."""
    head = signed_in(preau, "head")
    page = head.session.get(f"{preau}{REGISTER}")
    typed = {
        "name": "Ailleurs",
        "text": "Essayer.",
        "icon": "apps",
        "address": f"{elsewhere}/",
        "protocol": "saml",
        "shape": "plain",
        "profiles": "pupil",
        "is_on": "on",
        "why_first_name": "Essayer.",
        "why_profile": "Essayer.",
        "why_email": "Essayer.",
        "metadata": metadata,
    }
    page = head.post(REGISTER, page, **typed | more)
    assert "/registre/" in page.url and "Métadonnées de Préau" in page.text, page.text[:2_000]
    service = Service.objects.get(name="Ailleurs", school=world.school)
    Opening.objects.filter(service=service).update(agreed=["first_name", "profile"])
    return Party.objects.get(service=service)


# python3-saml


class OneLogin:
    """A site written with python3-saml, as strict as it can be."""

    def __init__(self, elsewhere: str, *, hides: bool = False, signs: bool = True) -> None:
        self.elsewhere = elsewhere
        self.settings: dict[str, Any] = {
            "strict": True,
            "sp": {
                "entityId": f"{elsewhere}/metadata",
                "assertionConsumerService": {"url": f"{elsewhere}/acs"},
                "singleLogoutService": {"url": f"{elsewhere}/sls"},
                "x509cert": certificates.pem(certificate("onelogin")),
                "privateKey": private_pem("onelogin"),
                "NameIDFormat": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
            },
            "security": {
                "authnRequestsSigned": signs,
                "logoutRequestSigned": signs,
                "logoutResponseSigned": signs,
                "wantMessagesSigned": True,
                "wantAssertionsSigned": True,
                "wantAssertionsEncrypted": hides,
                "wantNameId": True,
                "requestedAuthnContext": True,
                "failOnAuthnContextMismatch": True,
                "rejectDeprecatedAlgorithm": True,
                "signatureAlgorithm": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
                "digestAlgorithm": "http://www.w3.org/2001/04/xmlenc#sha256",
            },
        }

    def metadata(self) -> str:
        settings = foreign("onelogin.saml2.settings").OneLogin_Saml2_Settings(
            self.settings, sp_validation_only=True
        )
        document = settings.get_sp_metadata()
        assert not settings.validate_metadata(document)
        return document.decode() if isinstance(document, bytes) else document

    def learn(self, preau: str) -> None:
        """Our metadata, as its own parser reads them."""
        parser = foreign("onelogin.saml2.idp_metadata_parser").OneLogin_Saml2_IdPMetadataParser
        description = parser.parse(requests.get(f"{preau}/saml/metadata").content)
        self.settings["idp"] = description["idp"]

    def auth(self, path: str = "/", query: str = "", form: dict[str, str] | None = None) -> Any:
        parts = urlsplit(self.elsewhere)
        return auth.OneLogin_Saml2_Auth(
            {
                "https": "off",
                "http_host": parts.netloc,
                "script_name": path,
                "get_data": {name: values[0] for name, values in parse_qs(query).items()},
                "post_data": form or {},
                "query_string": query,
                "validate_signature_from_qs": True,
            },
            self.settings,
        )


def taken_by(site: OneLogin, response: Any, request_id: str | None) -> Any:
    """What the site makes of the form that the browser would post."""
    fields = fields_in(response)
    assert fields.pop("action") == f"{site.elsewhere}/acs"
    came = site.auth("/acs", form=fields)
    came.process_response(request_id)
    assert not came.get_errors(), (came.get_errors(), came.get_last_error_reason())
    assert came.is_authenticated()
    return came


@pytest.mark.parametrize("hides", [False, True])
@pytest.mark.parametrize("signs", [False, True])
def test_python3_saml_learns_who_comes(
    planted: dict[str, World], preau: str, elsewhere: str, browser: Browser, hides: bool, signs: bool
) -> None:
    site = OneLogin(elsewhere, hides=hides, signs=signs)
    party = link(preau, planted["college"], elsewhere, site.metadata())
    assert (party.must_sign, party.hides) == (signs, hides)
    site.learn(preau)
    asked = site.auth()
    address = asked.login(return_to=f"{elsewhere}/cours?n=1&é=2")
    response = browser.session.get(address)
    assert fields_in(response)["RelayState"] == f"{elsewhere}/cours?n=1&é=2"
    came = taken_by(site, response, asked.get_last_request_id())
    pupil = planted["college"].people["pupil"]
    assert came.get_nameid() == Alias.objects.get(service=party.service, person=pupil).value
    assert came.get_friendlyname_attributes()["givenName"] == [pupil.given_name]
    assert came.get_attributes()["ENTPersonProfils"] == ["National_ELV"]
    assert "urn:oid:0.9.2342.19200300.100.1.3" not in came.get_attributes(), "not agreed to"
    assert came.get_session_index() and came.get_session_expiration()

    # What was for one request is for no other, and nothing of it may change.
    fields = {name: value for name, value in fields_in(response).items() if name != "action"}
    other = site.auth("/acs", form=fields)
    other.process_response("_another")
    assert not other.is_authenticated()
    raw = base64.b64decode(fields["SAMLResponse"]).replace(b"2026", b"2027", 1)
    changed = site.auth("/acs", form=fields | {"SAMLResponse": base64.b64encode(raw).decode()})
    changed.process_response(asked.get_last_request_id())
    assert not changed.is_authenticated()


def test_python3_saml_is_told_what_is_wrong(
    planted: dict[str, World], preau: str, elsewhere: str, browser: Browser
) -> None:
    site = OneLogin(elsewhere)
    link(preau, planted["college"], elsewhere, site.metadata())
    site.learn(preau)
    visitor = visiting(preau)
    asked = site.auth()
    fields = fields_in(visitor.session.get(asked.login(is_passive=True)))
    came = site.auth("/acs", form={name: value for name, value in fields.items() if name != "action"})
    came.process_response(asked.get_last_request_id())
    assert not came.is_authenticated() and "NoPassive" in came.get_last_error_reason()

    # Asked again, the person types their password, then goes on.
    asked = site.auth()
    page = browser.session.get(asked.login(force_authn=True))
    if "/saml/confirmer/" in page.url:
        page = browser.post(page.url.removeprefix(preau), page, password=PASSWORD)
    taken_by(site, page, asked.get_last_request_id())


def test_a_visitor_comes_by_the_sign_in_page(planted: dict[str, World], preau: str, elsewhere: str) -> None:
    site = OneLogin(elsewhere)
    link(preau, planted["college"], elsewhere, site.metadata())
    site.learn(preau)
    asked = site.auth()
    taken_by(site, visiting(preau).open(asked.login()), asked.get_last_request_id())


def test_python3_saml_takes_an_answer_that_it_did_not_ask_for(
    planted: dict[str, World], preau: str, elsewhere: str, browser: Browser
) -> None:
    site = OneLogin(elsewhere)
    party = link(preau, planted["college"], elsewhere, site.metadata(), begins_here="on")
    site.learn(preau)
    page = browser.session.get(f"{preau}/services-relies/").text
    there = html.unescape(re.search(r'href="(/saml/ouvrir[^"]+)"', page)[1])
    assert there.endswith(party.service.public_id)
    taken_by(site, browser.session.get(f"{preau}{there}"), None)


def onward(page: Any) -> str:
    """Where a page of ours goes on by itself."""
    return html.unescape(re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', page.text)[1])


def test_python3_saml_leaves_from_either_side(
    planted: dict[str, World], preau: str, elsewhere: str, browser: Browser
) -> None:
    site = OneLogin(elsewhere)
    party = link(preau, planted["college"], elsewhere, site.metadata())
    site.learn(preau)

    # From there: a page of ours asks, then the site reads our answer.
    asked = site.auth()
    came = taken_by(site, browser.session.get(asked.login()), asked.get_last_request_id())
    leaving = site.auth()
    address = leaving.logout(
        name_id=came.get_nameid(),
        session_index=came.get_session_index(),
        name_id_format=came.get_nameid_format(),
    )
    page = browser.session.get(address)
    assert "Se déconnecter aussi de Préau" in page.text
    back = onward(browser.post(page.url.removeprefix(preau), page))
    assert back.startswith(f"{elsewhere}/sls?")
    answered = site.auth("/sls", query=urlsplit(back).query)
    ended: list[bool] = []
    answered.process_slo(
        request_id=leaving.get_last_request_id(), delete_session_cb=lambda: ended.append(True)
    )
    assert not answered.get_errors(), answered.get_last_error_reason()
    assert ended and "/connexion/" in browser.session.get(f"{preau}/services-relies/").url

    # From here: our server tells it, and it reads whose session is over.
    again = signed_in(preau, "pupil")
    asked = site.auth()
    came = taken_by(site, again.session.get(asked.login()), asked.get_last_request_id())
    again.post("/deconnexion/", again.session.get(f"{preau}/services-relies/"))
    assert tasks.end_connection.func(Connection.objects.get(service=party.service).pk) is True
    verb, path, _body = Elsewhere.told[-1]
    assert verb == "GET" and path.startswith("/sls?")
    logout = site.auth("/sls", query=urlsplit(path).query)
    logout.process_slo(keep_local_session=True)
    assert not logout.get_errors(), logout.get_last_error_reason()
    request = foreign("onelogin.saml2.logout_request").OneLogin_Saml2_Logout_Request
    assert request.get_nameid(logout.get_last_request_xml()) == came.get_nameid()
    assert request.get_session_indexes(logout.get_last_request_xml()) == [came.get_session_index()]


# pysaml2


class Pysaml2:
    """A site written with pysaml2."""

    def __init__(self, preau: str, elsewhere: str, folder: Any, *, hides: bool = False) -> None:
        saml2 = foreign("saml2")
        config = foreign("saml2.config").SPConfig()
        self.elsewhere, self.binding = elsewhere, saml2
        (folder / "key.pem").write_text(private_pem("pysaml2"))
        (folder / "certificate.pem").write_text(certificates.pem(certificate("pysaml2")))
        metadata_path = folder / "preau.xml"
        metadata_path.write_bytes(requests.get(f"{preau}/saml/metadata").content)
        pair = {"key_file": str(folder / "key.pem"), "cert_file": str(folder / "certificate.pem")}
        config.load(
            {
                "entityid": f"{elsewhere}/metadata",
                **pair,
                "xmlsec_binary": shutil.which("xmlsec1"),
                "allow_unknown_attributes": True,
                "encryption_keypairs": [pair] if hides else [],
                "metadata": {"local": [str(metadata_path)]},
                "service": {
                    "sp": {
                        "signing_algorithm": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
                        "digest_algorithm": "http://www.w3.org/2001/04/xmlenc#sha256",
                        "endpoints": {
                            "assertion_consumer_service": [(f"{elsewhere}/acs", saml2.BINDING_HTTP_POST)],
                            "single_logout_service": [
                                (f"{elsewhere}/slo", saml2.BINDING_HTTP_POST),
                                (f"{elsewhere}/soap", saml2.BINDING_SOAP),
                            ],
                        },
                        "name_id_format": "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
                        "name_id_format_allow_create": True,
                        "allow_unsolicited": False,
                        "authn_requests_signed": True,
                        "logout_requests_signed": True,
                        "want_assertions_signed": True,
                        "want_response_signed": True,
                    }
                },
            }
        )
        self.client = foreign("saml2.client").Saml2Client(config=config)
        self.idp = f"{preau}/saml/metadata"

    def metadata(self) -> str:
        return str(foreign("saml2.metadata").entity_descriptor(self.client.config))

    def ask(self, binding: str) -> tuple[str, Any]:
        number, message = self.client.prepare_for_authenticate(
            entityid=self.idp,
            relay_state="cours",
            binding=binding,
            sign=True,
            sigalg="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            digest_alg="http://www.w3.org/2001/04/xmlenc#sha256",
        )
        return number, message

    def take(self, response: Any, number: str) -> Any:
        fields = fields_in(response)
        assert (fields["action"], fields["RelayState"]) == (f"{self.elsewhere}/acs", "cours")
        return self.client.parse_authn_request_response(
            fields["SAMLResponse"], self.binding.BINDING_HTTP_POST, outstanding={number: "/"}
        )


def by_form(browser: Browser, message: Any) -> Any:
    """Post what pysaml2 puts in a page; then our own pages."""
    page = str(message["data"])
    fields = {
        name: html.unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    }
    address = re.search(r'action="([^"]+)"', page)[1]
    return browser.session.post(address, fields, headers={"Origin": "https://ailleurs.example"})


def by_redirect(browser: Browser, message: Any) -> Any:
    return browser.session.get(dict(message["headers"])["Location"])


@with_pysaml2
@pytest.mark.parametrize("hides", [False, True])
@pytest.mark.parametrize("way", ["redirect", "post"])
def test_pysaml2_learns_who_comes(
    planted: dict[str, World],
    preau: str,
    elsewhere: str,
    browser: Browser,
    tmp_path: Any,
    way: str,
    hides: bool,
) -> None:
    site = Pysaml2(preau, elsewhere, tmp_path, hides=hides)
    party = link(preau, planted["college"], elsewhere, site.metadata())
    assert party.must_sign and party.hides == hides
    binding = site.binding.BINDING_HTTP_REDIRECT if way == "redirect" else site.binding.BINDING_HTTP_POST
    number, message = site.ask(binding)
    response = by_redirect(browser, message) if way == "redirect" else by_form(browser, message)
    came = site.take(response, number)
    pupil = planted["college"].people["pupil"]
    info = came.session_info()
    assert info["name_id"].text == Alias.objects.get(service=party.service, person=pupil).value
    assert info["ava"]["givenName"] == [pupil.given_name] and info["ava"]["ENTPersonProfils"] == [
        "National_ELV"
    ]
    assert info["authn_info"][0][0].endswith("PasswordProtectedTransport")
    assert info["session_index"]


@with_pysaml2
def test_pysaml2_leaves_from_either_side(
    planted: dict[str, World], preau: str, elsewhere: str, browser: Browser, tmp_path: Any
) -> None:
    site = Pysaml2(preau, elsewhere, tmp_path)
    party = link(preau, planted["college"], elsewhere, site.metadata())
    assert (party.logout, party.logout_binding, party.soap) == (
        f"{elsewhere}/slo",
        "post",
        f"{elsewhere}/soap",
    )
    number, message = site.ask(site.binding.BINDING_HTTP_REDIRECT)
    info = site.take(by_redirect(browser, message), number).session_info()

    # From there, by a form.
    sent = site.client.do_logout(
        info["name_id"],
        [site.idp],
        "fin",
        None,
        sign=True,
        expected_binding=site.binding.BINDING_HTTP_POST,
        sign_alg="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        digest_alg="http://www.w3.org/2001/04/xmlenc#sha256",
    )
    page = by_form(browser, sent[site.idp][1])
    assert "Se déconnecter aussi de Préau" in page.text
    fields = fields_in(browser.post(page.url.removeprefix(preau), page))
    assert fields["action"] == f"{elsewhere}/slo"
    answer = site.client.parse_logout_request_response(fields["SAMLResponse"], site.binding.BINDING_HTTP_POST)
    assert answer.status_ok() and "/connexion/" in browser.session.get(f"{preau}/services-relies/").url

    # From here, by SOAP.
    again = signed_in(preau, "pupil")
    number, message = site.ask(site.binding.BINDING_HTTP_REDIRECT)
    info = site.take(by_redirect(again, message), number).session_info()
    again.post("/deconnexion/", again.session.get(f"{preau}/services-relies/"))
    assert tasks.end_connection.func(Connection.objects.get(service=party.service).pk) is True
    verb, path, body = Elsewhere.told[-1]
    assert (verb, path) == ("POST", "/soap")
    # It takes the message out of its envelope with ElementTree, which forgets prefixes that it was not told of.
    ET.register_namespace("ds", DS)
    read = site.client.parse_logout_request(body, site.binding.BINDING_SOAP)
    assert read.message.name_id.text == info["name_id"].text
    assert [one.text for one in read.message.session_index] == [info["session_index"]]


def test_what_we_say_of_ourselves_is_sound(planted: dict[str, World], preau: str) -> None:
    """python3-saml checks the signature of our metadata with the certificate that they bring."""
    document = requests.get(f"{preau}/saml/metadata").content
    utils = foreign("onelogin.saml2.utils").OneLogin_Saml2_Utils
    found = etree.fromstring(document).find(".//{*}KeyDescriptor//{*}X509Certificate")
    assert utils.validate_metadata_sign(document, certificates.pem(found.text))
    assert NOW
