"""SAML: everything that gets nobody's name. Never a redirection elsewhere, never an assertion, never a 500."""

import base64
import zlib
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import time_machine
from django.core import signing as words
from django.test import Client as Browser
from lxml import etree

from conftest import NOW, SchoolClient
from preau.commons.signon import rules
from preau.commons.signon.models import Alias, Connection, Opening, Party, Service, Usage
from preau.commons.signon.saml import signing
from preau.commons.signon.saml.names import DS, SAMLP
from preau.commons.signon.tests.saying import (
    ACS,
    ENTITY,
    SLO,
    answer_in,
    certificate,
    come,
    fields_in,
    form,
    key_of,
    later,
    linked,
    logout_xml,
    no_assertion_in,
    one,
    packed,
    query,
    request_xml,
    status_in,
)
from preau.commons.signon.words import Protocol
from preau.directory.seeds.world import World

pytestmark = pytest.mark.django_db
BOMB = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))


@pytest.fixture
def party(college: World) -> Party:
    return linked(college)


def sent(browser: Any, path: str, typed: Any) -> Any:
    """As a service sends it: the query of an address, or the fields of a form; then where that leads, on our own pages."""
    response = browser.get(f"{path}?{typed}") if isinstance(typed, str) else browser.post(path, typed)
    while response.status_code == 302:
        assert response["Location"].startswith(("/saml/", "/services-relies/", "/connexion/")), response[
            "Location"
        ]
        response = browser.get(response["Location"])
    return response


def nobody_is_named(party: Party, response: Any) -> None:
    no_assertion_in(response)
    assert b"National_ENS" not in response.content
    assert not Usage.objects.filter(service=party.service_id).exists()
    assert not Alias.objects.filter(service=party.service_id).exists()


def wrapped(*, nested: str, issuer: str = ENTITY) -> bytes:
    """A request that was signed once, inside another that was not, with its signature where ours is looked for."""
    good = signing.sign(
        etree.fromstring(request_xml(ID="_good").encode()), signing.signer(*key_of("theirs")), 1
    )
    inner = etree.fromstring(good)
    signature = inner.find(f"{{{DS}}}Signature")
    outer = etree.fromstring(request_xml(ID="_good" if nested == "same" else "_evil", issuer=issuer).encode())
    outer.insert(1, signature)
    holder = signature if nested == "object" else outer
    etree.SubElement(holder, f"{{{DS}}}Object" if nested == "object" else f"{{{SAMLP}}}Extensions").append(
        inner
    )
    return etree.tostring(outer)


def signed(change: Any) -> dict[str, str]:
    """A request that is signed, then changed by `change`."""
    xml = request_xml(inside="<samlp:Scoping/>").encode()
    root = etree.fromstring(signing.sign(etree.fromstring(xml), signing.signer(*key_of("theirs")), 1))
    change(root)
    return form(etree.tostring(root))


def _other_algorithm(root: Any, name: str, value: str) -> None:
    root.find(f".//{{{DS}}}{name}").set("Algorithm", value)


def _two_signatures(root: Any) -> None:
    root.append(etree.fromstring(etree.tostring(root[1])))


def _moved(root: Any) -> None:
    root.append(root[1])


def _of_nothing(root: Any) -> None:
    root.find(f".//{{{DS}}}Reference").set("URI", "")


def _without_reference(root: Any) -> None:
    info = root.find(f".//{{{DS}}}SignedInfo")
    info.remove(info.find(f"{{{DS}}}Reference"))


def _with_xpath(root: Any) -> None:
    held = root.find(f".//{{{DS}}}Transforms")
    etree.SubElement(
        held, f"{{{DS}}}Transform", {"Algorithm": "http://www.w3.org/TR/1999/REC-xpath-19991116"}
    )


UNSIGNED = {
    "by nobody, in an address": lambda: query(request_xml()),
    "by nobody, in a form": lambda: form(request_xml()),
    "by another key, in an address": lambda: query(request_xml(), by="stranger"),
    "by another key, in a form": lambda: form(request_xml(), by="stranger"),
    "with SHA-1, in an address": lambda: query(request_xml(), by="theirs", algorithm=f"{DS}rsa-sha1"),
    "with SHA-1, in a form": lambda: signed(
        lambda root: _other_algorithm(root, "SignatureMethod", f"{DS}rsa-sha1")
    ),
    "digested by SHA-1": lambda: signed(lambda root: _other_algorithm(root, "DigestMethod", f"{DS}sha1")),
    "by a secret": lambda: signed(lambda root: _other_algorithm(root, "SignatureMethod", f"{DS}hmac-sha1")),
    "with another canonical form": lambda: signed(
        lambda root: _other_algorithm(
            root, "CanonicalizationMethod", "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
        )
    ),
    "without its algorithm": lambda: query(request_xml(), by="theirs").replace("SigAlg=", "Autre="),
    "with an empty signature": lambda: query(request_xml(), by="theirs").split("&Signature=")[0],
    "then another relay": lambda: query(request_xml(), by="theirs").replace(
        "RelayState=mot", "RelayState=autre"
    ),
    "then another request": lambda: query(request_xml(), by="theirs").replace(
        quote(packed(request_xml()), safe=""), quote(packed(request_xml(ForceAuthn="1")), safe="")
    ),
    "then changed": lambda: signed(lambda root: root.set("ForceAuthn", "true")),
    "twice": lambda: signed(_two_signatures),
    "at its end": lambda: signed(_moved),
    "of nothing": lambda: signed(_of_nothing),
    "without a reference": lambda: signed(_without_reference),
    "with an XPath": lambda: signed(_with_xpath),
    "wrapped in extensions": lambda: form(wrapped(nested="extensions")),
    "wrapped in the signature": lambda: form(wrapped(nested="object")),
    "wrapped under the same name": lambda: form(wrapped(nested="same")),
}


@pytest.mark.parametrize("how", list(UNSIGNED))
def test_whoever_is_not_known_by_a_signature_gets_nobody(
    teacher: SchoolClient, party: Party, how: str
) -> None:
    Party.objects.update(must_sign=True)
    for browser in (teacher, Browser()):
        response = sent(browser, "/saml/sso", UNSIGNED[how]())
        assert response.status_code == 400
        assert "ne répond pas à cette demande" in response.content.decode()
        nobody_is_named(party, response)
    assert status_in(come(teacher, request_xml(ID="_ok"), by="theirs")) == ("Success",)


def test_a_signature_is_checked_even_when_none_is_required(teacher: SchoolClient, party: Party) -> None:
    for how in set(UNSIGNED) - {
        "by nobody, in an address",
        "by nobody, in a form",
        "with an empty signature",
    }:
        response = sent(teacher, "/saml/sso", UNSIGNED[how]())
        assert response.status_code == 400, how
        nobody_is_named(party, response)
    Party.objects.update(signing=[])
    assert sent(teacher, "/saml/sso", query(request_xml(), by="theirs")).status_code == 400


TRICKS = [
    f"{ACS}/",
    f"{ACS}/x",
    f"{ACS}2",
    ACS[:-1],
    f"{ACS}?x=1",
    f"{ACS}#x",
    ACS.upper(),
    ACS.replace("https", "http"),
    ACS.replace("manuels.example", "manuels.example.autre.example"),
    ACS.replace("https://", "https://autre.example@"),
    ACS.replace(".example/", ".example:443/"),
    ACS.replace("/saml/acs", "//saml/acs"),
    f" {ACS}",
    "https://autre.example/",
    "javascript:alert(1)",
    "/saml/acs",
    "//manuels.example/saml/acs",
    SLO,
    "a" * 10_000,
]


@pytest.mark.parametrize("trick", TRICKS)
def test_nobody_is_sent_where_the_register_says_nothing(
    teacher: SchoolClient, party: Party, trick: str
) -> None:
    for browser in (teacher, Browser()):
        for more in ({}, {"IsPassive": "true"}, {"Version": "1.1"}):
            response = come(browser, request_xml(AssertionConsumerServiceURL=trick, **more))
            assert response.status_code == 400 and not response.has_header("Location")
            assert (
                "ne vous renvoie pas" in response.content.decode()
                and "data-goes-on" not in response.content.decode()
            )
            nobody_is_named(party, response)


@pytest.mark.parametrize(
    "facts",
    [
        {"AssertionConsumerServiceIndex": "1"},
        {"AssertionConsumerServiceURL": "", "AssertionConsumerServiceIndex": "9"},
        {"AssertionConsumerServiceURL": "", "AssertionConsumerServiceIndex": "-1"},
        {"AssertionConsumerServiceURL": "", "AssertionConsumerServiceIndex": "é"},
    ],
)
def test_an_address_by_its_number_is_of_the_register_too(
    teacher: SchoolClient, party: Party, facts: dict[str, str]
) -> None:
    assert come(teacher, request_xml(**facts)).status_code == 400


def _deflate_bomb() -> str:
    pump = zlib.compressobj(wbits=-15)
    raw = pump.compress(b"<a>" + b" " * 20_000_000 + b"</a>") + pump.flush()
    return urlencode({"SAMLRequest": base64.b64encode(raw).decode()})


def _dtd(entity: str, use: str) -> str:
    return f"<!DOCTYPE samlp:AuthnRequest [{entity}]>{request_xml(issuer=use)}"


MALFORMED = {
    "nothing": lambda: "SAMLRequest=",
    "no base64": lambda: "SAMLRequest=%C3%A9%00",
    "not deflated": lambda: urlencode({"SAMLRequest": base64.b64encode(request_xml().encode()).decode()}),
    "cut": lambda: urlencode({"SAMLRequest": packed(request_xml())[:80]}),
    "a deflate bomb": _deflate_bomb,
    "too long": lambda: urlencode({"SAMLRequest": "A" * 40_000}),
    "too long in a form": lambda: {"SAMLRequest": "A" * 120_000},
    "not XML": lambda: form("bonjour"),
    "cut XML": lambda: form(request_xml()[:-10]),
    "two roots": lambda: form(request_xml() + request_xml()),
    "another message": lambda: form(request_xml().replace("AuthnRequest", "ArtifactResolve")),
    "another namespace": lambda: form(request_xml().replace(SAMLP, "urn:oasis:names:tc:SAML:1.0:protocol")),
    "a DTD": lambda: form(_dtd("", ENTITY)),
    "an entity": lambda: form(_dtd(f'<!ENTITY a "{ENTITY}">', "&a;")),
    "a file of ours": lambda: form(_dtd('<!ENTITY a SYSTEM "file:///etc/passwd">', "&a;")),
    "a page of the network": lambda: form(_dtd('<!ENTITY % a SYSTEM "http://127.0.0.1/x"> %a;', ENTITY)),
    "an entity bomb": lambda: form(_dtd(f'<!ENTITY a0 "ha">{BOMB}', "&a8;")),
    "UTF-16": lambda: form(f'<?xml version="1.0" encoding="UTF-16"?>{request_xml()}'.encode("utf-16")),
    "UTF-7": lambda: form(f'<?xml version="1.0" encoding="UTF-7"?>{request_xml()}'),
    "a comment in the issuer": lambda: form(request_xml(issuer=f"{ENTITY}<!-- -->.autre.example")),
    "a comment elsewhere": lambda: form(request_xml(inside="<!-- -->")),
    "an instruction": lambda: form(request_xml(inside="<?php ?>")),
    "an element in the issuer": lambda: form(request_xml(issuer=f"<b>{ENTITY}</b>")),
    "no issuer": lambda: form(request_xml(issuer="")),
    "an issuer that is not first": lambda: form(
        request_xml().replace("<saml:Issuer>", "<samlp:Extensions/><saml:Issuer>")
    ),
    "an identifier twice": lambda: form(request_xml(inside='<samlp:Extensions ID="_r1"/>')),
    "no identifier": lambda: query(request_xml(ID="")),
    "a strange identifier": lambda: query(request_xml(ID="1 2")),
    "no time": lambda: query(request_xml(IssueInstant="")),
    "a strange time": lambda: query(request_xml(IssueInstant="2026-13-45T99:99:99Z")),
    "a local time": lambda: query(request_xml(IssueInstant="2026-11-24T10:30:00+01:00")),
    "a request twice": lambda: f"{query(request_xml())}&SAMLRequest=x",
    "a relay twice": lambda: f"{query(request_xml())}&RelayState=x",
    "a request twice in a form": lambda: {"SAMLRequest": [form(request_xml())["SAMLRequest"]] * 2},
    "another encoding": lambda: f"{query(request_xml())}&SAMLEncoding=autre",
    "a signature in an address": lambda: query(
        etree.tostring(etree.fromstring(base64.b64decode(form(request_xml(), by="theirs")["SAMLRequest"])))
    ),
    "for another site": lambda: query(request_xml(Destination="https://autre.example/saml/sso")),
    "for a page beside": lambda: query(request_xml(Destination="http://localhost:8000/saml/slo")),
    "for nobody, though signed": lambda: query(request_xml(Destination=""), by="theirs"),
    "of ten minutes ago": lambda: query(request_xml(IssueInstant=later(-11))),
    "of tomorrow": lambda: query(request_xml(IssueInstant=later(4))),
}


@pytest.mark.parametrize("what", list(MALFORMED))
def test_what_is_not_read_gets_nobody(teacher: SchoolClient, party: Party, what: str) -> None:
    for browser in (teacher, Browser()):
        response = sent(browser, "/saml/sso", MALFORMED[what]())
        assert response.status_code == 400, response.content.decode()[:300]
        assert "Rien n’a été transmis" in response.content.decode()
        nobody_is_named(party, response)


GARBAGE = [
    "é",
    "' OR 1=1 --",
    "a" * 1_000,
    f"{ENTITY}/",
    ENTITY.upper(),
    f"{ENTITY}.autre.example",
    "https://autre.example/",
]


@pytest.mark.parametrize("issuer", GARBAGE)
def test_an_unknown_service_gets_nobody(teacher: SchoolClient, party: Party, issuer: str) -> None:
    for typed in (query(request_xml(issuer=issuer)), form(request_xml(issuer=issuer), by="theirs")):
        response = sent(teacher, "/saml/sso", typed)
        assert response.status_code == 404 and "ne connaît pas ce service" in response.content.decode()
        nobody_is_named(party, response)


@pytest.mark.parametrize("facts", [{"is_on": False}, {"protocol": Protocol.CAS}])
def test_a_service_that_is_off_or_speaks_otherwise_gets_nobody(
    teacher: SchoolClient, party: Party, facts: dict[str, Any]
) -> None:
    kept = come(Browser())["Location"]
    Service.objects.filter(pk=party.service_id).update(**facts)
    for response in (come(teacher), teacher.get(kept)):
        assert response.status_code == 404
        nobody_is_named(party, response)


def test_other_protocols_do_not_hold_its_addresses(teacher: SchoolClient, party: Party) -> None:
    assert teacher.get("/cas/login", {"service": ACS}).status_code == 404


INVALID_NAME = ("Requester", "InvalidNameIDPolicy")


def named(form: str, more: str = "") -> dict[str, str]:
    return {"inside": f'<samlp:NameIDPolicy Format="urn:oasis:names:tc:SAML:{form}" {more}/>'}


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"Version": "1.1"}, ("VersionMismatch",)),
        ({"Version": ""}, ("VersionMismatch",)),
        (
            {"ProtocolBinding": "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Artifact"},
            ("Requester", "UnsupportedBinding"),
        ),
        (named("1.1:nameid-format:emailAddress"), INVALID_NAME),
        (named("2.0:nameid-format:encrypted"), INVALID_NAME),
        (named("2.0:nameid-format:transient"), INVALID_NAME),
        (named("2.0:nameid-format:persistent", 'SPNameQualifier="https://autre.example/"'), INVALID_NAME),
        (
            {"inside": "<saml:Subject><saml:NameID>p0</saml:NameID></saml:Subject>"},
            ("Requester", "RequestUnsupported"),
        ),
        ({"inside": "<samlp:RequestedAuthnContext/>"}, ("Responder", "NoAuthnContext")),
    ],
)
def test_a_mistake_is_told_to_the_service(
    teacher: SchoolClient, party: Party, facts: dict[str, str], status: tuple[str, ...]
) -> None:
    for browser in (teacher, Browser()):
        response = come(browser, request_xml(**facts))
        assert status_in(response) == status
        assert (fields_in(response)["action"], fields_in(response)["RelayState"]) == (ACS, "mot")
        assert answer_in(response).get("InResponseTo") == "_r1"
        nobody_is_named(party, response)


def test_a_relay_that_is_too_long_is_not_sent_back(teacher: SchoolClient, party: Party) -> None:
    for typed in (query(request_xml(), relay="é" * 600), form(request_xml(), relay="x" * 1_025)):
        response = sent(teacher, "/saml/sso", typed)
        assert status_in(response) == ("Requester",) and "RelayState" not in fields_in(response)
        nobody_is_named(party, response)


def test_a_request_is_answered_once(teacher: SchoolClient, party: Party) -> None:
    kept = sent(teacher, "/saml/sso", form(request_xml()))
    assert one(answer_in(kept), "//saml:NameID").text
    for typed in (
        query(request_xml()),
        query(request_xml(AssertionConsumerServiceURL="")),
        form(request_xml()),
    ):
        response = sent(teacher, "/saml/sso", typed)
        assert response.status_code == 400 and "déjà servi" in response.content.decode()
        assert 'href="https://manuels.example/"' in response.content.decode()
        no_assertion_in(response)
    assert Usage.objects.get(service=party.service).count == 1


def test_a_word_of_ours_ends_and_is_not_made_elsewhere(
    teacher: SchoolClient, party: Party, clock: time_machine.Traveller
) -> None:
    there = come(Browser())["Location"]
    word = there.split("mot=")[1]
    forged = words.dumps(
        {"n": party.pk, "t": "https://autre.example/", "r": "", "k": ""}, salt="autre", compress=True
    )
    for wrong in ("", "x", word[:-1], word[1:], forged, "a" * 5_000, "é:é:é"):
        for page in ("/saml/suite", "/saml/deconnexion", "/saml/confirmer/"):
            response = teacher.get(page, {"mot": wrong})
            assert response.status_code == 400, (page, wrong)
            nobody_is_named(party, response)
    assert teacher.get(f"/saml/deconnexion?mot={word}").status_code == 400
    Party.objects.update(receives=[{"url": f"{ACS}/autre", "index": 1}])
    assert "ne vous renvoie pas" in teacher.get(there).content.decode()
    Party.objects.update(receives=[{"url": ACS, "index": 1}])
    clock.shift(rules.WORD_LIFE * 1.01)
    assert "trop attendu" in teacher.get(there).content.decode()


def test_who_is_not_admitted_stays_here(college: World, pupil: SchoolClient, party: Party) -> None:
    Opening.objects.filter(service=party.service).update(profiles=["staff"])
    page = come(pupil)
    assert page.status_code == 403 and "ne vous est pas ouvert" in page.content.decode()
    confirming = come(Browser(), request_xml(ForceAuthn="1"))["Location"].replace("suite", "confirmer/")
    assert pupil.get(confirming).status_code == 403
    nobody_is_named(party, page)


def test_the_service_of_another_school_is_unknown_here(
    planted: dict[str, World], teacher: SchoolClient
) -> None:
    party = linked(planted["twin"])
    response = come(teacher)
    assert response.status_code == 404 and "ne connaît pas" in response.content.decode()
    nobody_is_named(party, response)


def test_wrong_signatures_are_counted(
    teacher: SchoolClient, party: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "WRONG_SIGNATURES", 2)
    for _ in range(2):
        assert come(teacher, by="stranger").status_code == 400
    response = come(teacher, by="theirs")
    assert response.status_code == 429 and response["Retry-After"] == "900"
    assert status_in(come(teacher)) == ("Success",), "what needs no signature is not held up"


# Leaving


@pytest.fixture
def there(teacher: SchoolClient, party: Party) -> tuple[str, str]:
    """A session of the teacher at the service: their name, and its index."""
    root = answer_in(come(teacher))
    return one(root, "//saml:NameID").text, one(root, "//saml:AuthnStatement").get("SessionIndex")


UNREAD = {
    "unsigned": lambda name: query(logout_xml(name)),
    "unsigned in a form": lambda name: form(logout_xml(name)),
    "by another key": lambda name: query(logout_xml(name), by="stranger"),
    "by another key in a form": lambda name: form(logout_xml(name), by="stranger"),
    "with SHA-1": lambda name: query(logout_xml(name), by="theirs", algorithm=f"{DS}rsa-sha1"),
    "for another site": lambda name: query(
        logout_xml(name, Destination="https://autre.example/"), by="theirs"
    ),
    "for nobody": lambda name: query(logout_xml(name, Destination=""), by="theirs"),
    "late": lambda name: query(logout_xml(name, IssueInstant=later(-11)), by="theirs"),
    "of tomorrow": lambda name: query(logout_xml(name, IssueInstant=later(11)), by="theirs"),
    "over": lambda name: query(logout_xml(name, NotOnOrAfter=later(-5)), by="theirs"),
    "of another version": lambda name: query(logout_xml(name, Version="1.1"), by="theirs"),
    "without a name": lambda name: query(logout_xml("", ID="_l9"), by="theirs"),
    "with a comment in the name": lambda name: query(logout_xml(f"{name}<!-- -->x"), by="theirs"),
    "another message": lambda name: query(request_xml(), by="theirs"),
    "a relay too long": lambda name: query(logout_xml(name), relay="x" * 1_025, by="theirs"),
    "garbage": lambda name: "SAMLRequest=%00",
    "garbage in a form": lambda name: {"SAMLRequest": "é"},
}


@pytest.mark.parametrize("how", list(UNREAD))
def test_a_strange_word_ends_no_session(
    teacher: SchoolClient, party: Party, there: tuple[str, str], how: str
) -> None:
    response = sent(teacher, "/saml/slo", UNREAD[how](there[0]))
    assert response.status_code == 400, response.content.decode()[:300]
    no_assertion_in(response)
    assert teacher.get("/services-relies/").status_code == 200 and Connection.objects.exists()


def status_left(response: Any) -> list[str]:
    fields = fields_in(response)
    assert fields["action"] == SLO
    root = etree.fromstring(base64.b64decode(fields["SAMLResponse"]))
    return [value.rsplit(":", 1)[1] for value in root.xpath("//*[local-name()='StatusCode']/@Value")]


def test_a_service_ends_no_session_of_another(
    planted: dict[str, World], college: World, teacher: SchoolClient, party: Party, there: tuple[str, str]
) -> None:
    """Whether another service says it, or this one of somebody else, or of another session of theirs."""
    Party.objects.update(logout_binding="post")
    theirs = Party.objects.create(
        service=Service.objects.create(
            school=college.school,
            name="Autre",
            text="Autre.",
            address="https://autre.example/",
            changed_at=NOW,
            protocol=Protocol.SAML,
        ),
        entity_id="https://autre.example/",
        receives=[{"url": "https://autre.example/acs", "index": 0}],
        signing=[certificate("stranger")],
        logout=SLO,
        logout_binding="post",
    )
    Opening.objects.create(service=theirs.service, school=college.school, is_on=True)
    pupil = SchoolClient().sit(college.people["pupil"])
    other = one(answer_in(come(pupil, request_xml(ID="_p"))), "//saml:NameID").text
    nobody = ["Requester", "UnknownPrincipal"]
    cases = [
        (query(logout_xml(there[0], issuer="https://autre.example/"), by="stranger"), nobody),
        (query(logout_xml(other, ID="_l2"), by="theirs"), nobody),
        (query(logout_xml("p0", ID="_l3"), by="theirs"), nobody),
        (query(logout_xml(there[0], ID="_l4", index="autre"), by="theirs"), ["Success", "PartialLogout"]),
    ]
    for typed, status in cases:
        first = teacher.get(f"/saml/slo?{typed}")
        for response in (teacher.get(first["Location"]), teacher.post(first["Location"])):
            assert status_left(response) == status
    assert teacher.get("/services-relies/").status_code == 200
    assert (
        sent(
            teacher, "/saml/slo", query(logout_xml(there[0], issuer="https://autre.example/"), by="theirs")
        ).status_code
        == 400
    )


def test_a_word_that_ends_a_session_serves_once(
    teacher: SchoolClient, party: Party, there: tuple[str, str]
) -> None:
    typed = query(logout_xml(there[0]), by="theirs")
    assert teacher.get(f"/saml/slo?{typed}").status_code == 302
    again = teacher.get(f"/saml/slo?{typed}")
    assert again.status_code == 400 and "déjà servi" in again.content.decode()


def test_a_get_ends_nothing_here(teacher: SchoolClient, party: Party, there: tuple[str, str]) -> None:
    page = sent(teacher, "/saml/slo", query(logout_xml(there[0]), by="theirs"))
    assert "Se déconnecter aussi de Préau" in page.content.decode()
    assert teacher.get("/services-relies/").status_code == 200


def test_nothing_asked_is_nothing_done(teacher: SchoolClient, party: Party) -> None:
    assert (
        teacher.get("/saml/sso")["Location"] == teacher.post("/saml/sso")["Location"] == "/services-relies/"
    )
    assert Browser().get("/saml/sso")["Location"] == "/connexion/"
    assert teacher.get("/saml/slo?SAMLResponse=x")["Location"] == "/saml/deconnexion"
    assert "Se déconnecter aussi" in teacher.get("/saml/deconnexion").content.decode()
    assert (
        teacher.get("/saml/ouvrir")["Location"]
        == teacher.get("/saml/confirmer/")["Location"]
        == "/services-relies/"
    )
