"""SAML: who comes, what leaves, and how it ends."""

import base64
import zlib
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import etree
from onelogin.saml2.utils import OneLogin_Saml2_Utils as Utils
from onelogin.saml2.xml_utils import OneLogin_Saml2_XML as Xml

from conftest import NOW, SchoolClient
from preau.commons.signon import tasks
from preau.commons.signon.actions.tickets import digest_of
from preau.commons.signon.models import Alias, Connection, Opening, Party, Service, SigningKey, Usage
from preau.commons.signon.queries import keys, parties
from preau.commons.signon.saml import certificates
from preau.commons.signon.saml.names import ONE_PROOF, PERSISTENT, TRANSIENT, TWO_PROOFS
from preau.commons.signon.tests.saying import (
    ACS,
    ENTITY,
    NS,
    OTHER_ACS,
    SLO,
    SLO_SOAP,
    answer_in,
    certificate,
    come,
    fields_in,
    form,
    linked,
    logout_xml,
    no_assertion_in,
    one,
    private_pem,
    query,
    request_xml,
    status_in,
)
from preau.commons.signon.words import KeyUse, NameForm
from preau.directory.seeds.world import World
from preau.foundation import proof
from preau.identity import sessions
from preau.identity.seeds import CAST, PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def party(college: World) -> Party:
    return linked(college)


def facts_of(root: Any) -> dict[str, list[str]]:
    return {
        one.get("Name"): [value.text for value in one]
        for one in root.xpath("//saml:Attribute", namespaces=NS)
    }


def ours() -> str:
    """Our certificate, as a service knows it: from the metadata."""
    root = etree.fromstring(Browser().get("/saml/metadata").content)
    found = root.xpath("//ds:KeyInfo/ds:X509Data/ds:X509Certificate", namespaces=NS)
    return certificates.pem(found[-1].text)


# Coming


def test_whoever_is_signed_in_gets_an_answer_to_post(teacher: SchoolClient, party: Party) -> None:
    response = come(teacher)
    fields = fields_in(response)
    assert (fields["action"], fields["RelayState"]) == (ACS, "mot")
    page = response.content.decode()
    assert (
        "Continuer" in page and "csrfmiddlewaretoken" not in page.split("data-goes-on")[1].split("</form>")[0]
    )
    assert "form-action 'self' https://manuels.example;" in response["Content-Security-Policy"] + ";"
    assert (response["Cache-Control"], response["Referrer-Policy"]) == ("no-store", "strict-origin")
    assert "manuels.example" not in teacher.get("/services-relies/")["Content-Security-Policy"]


def test_an_answer_says_who_came(college: World, teacher: SchoolClient, party: Party, settings: Any) -> None:
    root = answer_in(come(teacher))
    here = f"{settings.PUBLIC_URL}/saml/metadata"
    alias = Alias.objects.get(service=party.service, person=college.people["teacher"]).value
    assert (root.get("Destination"), root.get("InResponseTo")) == (ACS, "_r1")
    assert {node.text for node in root.xpath("//saml:Issuer", namespaces=NS)} == {here}
    name = one(root, "//saml:NameID")
    assert (name.text, name.get("Format"), name.get("SPNameQualifier")) == (alias, PERSISTENT, ENTITY)
    bearer = one(root, "//saml:SubjectConfirmationData")
    assert (bearer.get("Recipient"), bearer.get("InResponseTo")) == (ACS, "_r1")
    assert one(root, "//saml:Audience").text == ENTITY
    held = one(root, "//saml:Conditions")
    assert (held.get("NotBefore"), held.get("NotOnOrAfter")) == (
        "2026-11-24T09:29:00Z",
        "2026-11-24T09:35:00Z",
    )
    proved = one(root, "//saml:AuthnStatement")
    assert proved.get("SessionIndex") == Connection.objects.get().index
    assert proved.get("SessionNotOnOrAfter") > proved.get("AuthnInstant")
    assert one(root, "//saml:AuthnContextClassRef").text == ONE_PROOF
    person = college.people["teacher"]
    facts = facts_of(root)
    assert facts["ENTPersonProfils"] == ["National_ENS"] and facts["ENTStructureUAI"] == [college.school.uai]
    assert (facts["urn:oid:2.5.4.42"], facts["urn:oid:2.5.4.4"]) == (
        [person.given_name],
        [person.family_name],
    )
    assert not isinstance(Xml.validate_xml(root, "saml-schema-protocol-2.0.xsd"), str)
    assert Usage.objects.get(service=party.service).count == 1


def test_an_answer_and_its_assertion_are_signed(teacher: SchoolClient, party: Party) -> None:
    raw = base64.b64decode(fields_in(come(teacher))["SAMLResponse"])
    for path in ("/samlp:Response/ds:Signature", "/samlp:Response/saml:Assertion/ds:Signature"):
        assert Utils.validate_sign(raw, ours(), xpath=path)
    changed = raw.replace(b"National_ENS", b"National_DIR")
    assert not Utils.validate_sign(changed, ours(), xpath="/samlp:Response/ds:Signature")


@pytest.mark.parametrize("cipher", ["gcm", "cbc"])
def test_an_assertion_is_hidden_for_the_service_alone(
    college: World, teacher: SchoolClient, party: Party, cipher: str
) -> None:
    Party.objects.update(hides=True, encryption=certificate("hidden"), cipher=cipher)
    raw = base64.b64decode(fields_in(come(teacher))["SAMLResponse"])
    assert college.people["teacher"].family_name.encode() not in raw and b"National_ENS" not in raw
    assert Utils.validate_sign(raw, ours(), xpath="/samlp:Response/ds:Signature")
    hidden = one(etree.fromstring(raw), "//xenc:EncryptedData")
    opened = Utils.decrypt_element(hidden, private_pem("hidden"), inplace=False)
    assert facts_of(opened)["ENTPersonProfils"] == ["National_ENS"]


def test_only_what_is_agreed_leaves(college: World, pupil: SchoolClient, party: Party) -> None:
    facts = facts_of(answer_in(come(pupil)))
    assert facts["ENTEleveClasses"] and facts["ENTEleveNivFormation"]
    Opening.objects.filter(service=party.service).update(agreed=["first_name"])
    assert set(facts_of(answer_in(come(pupil, request_xml(ID="_r2"))))) == {"urn:oid:2.5.4.42"}
    Opening.objects.filter(service=party.service).update(agreed=[])
    assert not answer_in(come(pupil, request_xml(ID="_r3"))).xpath("//saml:AttributeStatement", namespaces=NS)


def test_a_transient_name_is_of_one_session(college: World, teacher: SchoolClient, party: Party) -> None:
    Party.objects.update(name_form=NameForm.TRANSIENT)
    names = [one(answer_in(come(teacher, request_xml(ID=f"_r{n}"))), "//saml:NameID") for n in range(2)]
    assert names[0].text == names[1].text and names[0].get("Format") == TRANSIENT
    assert names[0].text != Alias.objects.get(service=party.service).value
    other = SchoolClient().sit(college.people["teacher"])
    assert one(answer_in(come(other, request_xml(ID="_r9"))), "//saml:NameID").text != names[0].text


def test_a_visitor_signs_in_first(client: SchoolClient, college: World, party: Party) -> None:
    """Signed here, and sent on by a word of ours, since the request is of its own moment."""
    first = come(client)
    assert first.status_code == 302 and first["Location"].startswith("/saml/suite?mot=")
    second = client.get(first["Location"])
    suite = parse_qs(urlsplit(second["Location"]).query)["suite"][0]
    assert ENTITY not in unquote(suite) and "SAMLRequest" not in suite
    signed = client.post("/connexion/", {"login": CAST["pupil"], "password": PASSWORD, "suite": suite})
    assert one(answer_in(client.get(signed["Location"])), "//saml:NameID").text.startswith("p")


def test_a_post_goes_on_as_a_get(teacher: SchoolClient, party: Party) -> None:
    response = teacher.post("/saml/sso", form(request_xml(), by="theirs"))
    assert response.status_code == 302 and not Usage.objects.filter(service=party.service).exists()
    fields = fields_in(teacher.get(response["Location"]))
    assert (fields["action"], fields["RelayState"]) == (ACS, "mot")


@pytest.mark.parametrize(
    ("facts", "there"),
    [
        ({"AssertionConsumerServiceURL": OTHER_ACS}, OTHER_ACS),
        ({"AssertionConsumerServiceURL": "", "AssertionConsumerServiceIndex": "2"}, OTHER_ACS),
        ({"AssertionConsumerServiceURL": ""}, ACS),
    ],
)
def test_an_answer_goes_to_an_address_of_the_register(
    teacher: SchoolClient, party: Party, facts: dict[str, str], there: str
) -> None:
    response = come(teacher, request_xml(**facts))
    assert fields_in(response)["action"] == there and answer_in(response).get("Destination") == there


def test_a_relay_comes_back_letter_by_letter(teacher: SchoolClient, party: Party) -> None:
    for number, word in enumerate(["", "https://manuels.example/?a=1&b=é", '"><script>', "x" * 1_024]):
        response = teacher.get(f"/saml/sso?{query(request_xml(ID=f'_r{number}'), relay=word)}")
        assert fields_in(response).get("RelayState", "") == word


def test_signed_requests_are_read_in_both_ways(teacher: SchoolClient, party: Party) -> None:
    Party.objects.update(must_sign=True, signing=[certificate("former"), certificate()])
    for number, key in enumerate(["theirs", "former"]):
        assert (
            answer_in(come(teacher, request_xml(ID=f"_a{number}"), by=key)).get("InResponseTo")
            == f"_a{number}"
        )
        sent = teacher.post("/saml/sso", form(request_xml(ID=f"_b{number}"), by=key))
        assert answer_in(teacher.get(sent["Location"])).get("InResponseTo") == f"_b{number}"


def test_nothing_is_written_but_what_the_protocol_needs(teacher: SchoolClient, party: Party) -> None:
    come(teacher)
    with CaptureQueriesContext(
        connection,
    ) as first:
        come(teacher, request_xml(ID="_r2"))
    Service.objects.filter(pk=party.service_id).update(released={})
    with CaptureQueriesContext(connection) as second:
        come(teacher, request_xml(ID="_r3"))
    assert len(second) <= len(first) <= 40


# How somebody proved who they are


def proved_twice(browser: SchoolClient) -> None:
    session = browser.session
    session[sessions.PROVED] = True
    session.save()


def context(*wanted: str, comparison: str = "exact") -> str:
    inside = "".join(f"<saml:AuthnContextClassRef>{one}</saml:AuthnContextClassRef>" for one in wanted)
    return f'<samlp:RequestedAuthnContext Comparison="{comparison}">{inside}</samlp:RequestedAuthnContext>'


@pytest.mark.parametrize(
    ("wanted", "weak", "strong"),
    [
        ("", ONE_PROOF, TWO_PROOFS),
        (context(ONE_PROOF), ONE_PROOF, ONE_PROOF),
        (context(TWO_PROOFS), "", TWO_PROOFS),
        (context(TWO_PROOFS, ONE_PROOF), ONE_PROOF, TWO_PROOFS),
        (context("urn:autre"), "", ""),
        (context(ONE_PROOF, comparison="minimum"), ONE_PROOF, TWO_PROOFS),
        (context(TWO_PROOFS, comparison="minimum"), "", TWO_PROOFS),
        (context(ONE_PROOF, comparison="better"), "", TWO_PROOFS),
        (context(ONE_PROOF, comparison="maximum"), ONE_PROOF, ONE_PROOF),
        (context("urn:autre", comparison="minimum"), "", ""),
        (context(ONE_PROOF, comparison="autre"), "", ""),
    ],
)
def test_a_service_reads_and_may_require_two_proofs(
    teacher: SchoolClient, party: Party, wanted: str, weak: str, strong: str
) -> None:
    for context_class, number in ((weak, 1), (strong, 2)):
        if number == 2:
            proved_twice(teacher)
        response = come(teacher, request_xml(ID=f"_r{number}", inside=wanted))
        if context_class:
            assert one(answer_in(response), "//saml:AuthnContextClassRef").text == context_class
        else:
            assert status_in(response) == ("Responder", "NoAuthnContext")
            no_assertion_in(response)


def opened_before(browser: SchoolClient, seconds: int) -> None:
    session = browser.session
    session[sessions.OPENED] = session[proof.KEY] = session[sessions.OPENED] - seconds
    session.save()


def test_the_password_is_asked_again(teacher: SchoolClient, party: Party) -> None:
    opened_before(teacher, 3_600)
    proved_twice(teacher)
    there = come(teacher, request_xml(ForceAuthn="true"))["Location"]
    assert there.startswith("/saml/confirmer/?mot=")
    assert "demande votre mot de passe" in teacher.get(there).content.decode()
    wrong = teacher.post(there, {"password": "faux"})
    assert wrong.status_code == 422 and "ne convient pas" in wrong.content.decode()
    root = answer_in(teacher.post(there, {"password": PASSWORD}))
    assert one(root, "//saml:AuthnStatement").get("AuthnInstant") == "2026-11-24T09:30:00Z"
    assert one(root, "//saml:AuthnContextClassRef").text == ONE_PROOF, "the password alone"


def test_without_a_page_only_who_is_signed_in_comes(
    client: SchoolClient, college: World, party: Party
) -> None:
    response = come(client, request_xml(IsPassive="true"))
    assert status_in(response) == ("Responder", "NoPassive")
    client.sit(college.people["teacher"])
    assert status_in(come(client, request_xml(ID="_r2", IsPassive="true"))) == ("Success",)
    both = come(client, request_xml(ID="_r3", IsPassive="1", ForceAuthn="1"))
    assert status_in(both) == ("Responder", "NoPassive")
    Opening.objects.filter(service=party.service).update(profiles=["pupil"])
    assert status_in(come(client, request_xml(ID="_r4", IsPassive="true"))) == ("Responder", "RequestDenied")


# From « Applications »


def test_a_tile_leads_to_the_service_or_to_an_answer(teacher: SchoolClient, party: Party) -> None:
    assert 'href="https://manuels.example/"' in teacher.get("/services-relies/").content.decode()
    there = f"/saml/ouvrir?service={party.service.public_id}"
    assert teacher.get(there)["Location"] == "/services-relies/", "it has not said that it waits for that"
    Party.objects.update(begins_here=True)
    assert f'href="{there}"' in teacher.get("/services-relies/").content.decode()
    root = answer_in(teacher.get(there))
    assert (
        root.get("InResponseTo") is None
        and one(root, "//saml:SubjectConfirmationData").get("InResponseTo") is None
    )
    assert (root.get("Destination"), status_in(teacher.get(there))) == (ACS, ("Success",))


def test_a_tile_of_another_opens_nothing(
    planted: dict[str, World], teacher: SchoolClient, party: Party
) -> None:
    Party.objects.update(begins_here=True)
    Opening.objects.filter(service=party.service).update(profiles=["pupil"])
    refused = teacher.get(f"/saml/ouvrir?service={party.service.public_id}")
    assert refused.status_code == 403
    no_assertion_in(refused)
    Opening.objects.filter(service=party.service).update(is_on=False)
    for number in (party.service.public_id, "inconnu", "\0", "é" * 500):
        sent = teacher.get("/saml/ouvrir", {"service": number})
        assert (sent.status_code, sent["Location"]) == (302, "/services-relies/")


# Leaving


def name_in(response: Any) -> tuple[str, str]:
    root = answer_in(response)
    return one(root, "//saml:NameID").text, one(root, "//saml:AuthnStatement").get("SessionIndex")


def inflated(word: str) -> Any:
    return etree.fromstring(zlib.decompress(base64.b64decode(word), -15))


def left_in(response: Any) -> Any:
    """The answer that the page leads to, and where; checked with our certificate."""
    assert response.status_code == 200
    address = response.content.decode().split('content="0; url=')[1].split('"')[0].replace("&amp;", "&")
    raw, _, signature = urlsplit(address).query.partition("&Signature=")
    assert Utils.validate_binary_sign(raw, base64.b64decode(unquote(signature)), ours())
    words = parse_qs(urlsplit(address).query)
    assert words.get("RelayState") == ["mot"]
    root = inflated(words["SAMLResponse"][0])
    assert root.get("Destination") == address.split("?")[0] == SLO
    return root


def statuses(root: Any) -> list[str]:
    return [value.rsplit(":", 1)[1] for value in root.xpath("//samlp:StatusCode/@Value", namespaces=NS)]


def test_leaving_from_the_service_asks_then_answers(
    teacher: SchoolClient, party: Party, answered: list[Any]
) -> None:
    name, index = name_in(come(teacher))
    first = teacher.get(f"/saml/slo?{query(logout_xml(name, index=index), by='theirs')}")
    assert name not in unquote(first["Location"])
    page = teacher.get(first["Location"])
    assert "Se déconnecter aussi de Préau" in page.content.decode()
    root = left_in(teacher.post(first["Location"]))
    assert (root.get("InResponseTo"), statuses(root)) == ("_l1", ["Success"])
    assert teacher.get("/services-relies/").status_code == 302, "signed out"
    assert not Connection.objects.exists(), "it is not told of what it asked"


def test_staying_here_ends_the_session_there_alone(teacher: SchoolClient, party: Party) -> None:
    name, index = name_in(come(teacher))
    sent = teacher.post("/saml/slo", form(logout_xml(name, index=index), by="theirs"))
    root = left_in(teacher.post(sent["Location"], {"choix": "rester"}))
    assert statuses(root) == ["Success", "PartialLogout"]
    assert teacher.get("/services-relies/").status_code == 200 and not Connection.objects.exists()


def test_whoever_is_not_here_any_more_is_asked_nothing(teacher: SchoolClient, party: Party) -> None:
    name, index = name_in(come(teacher))
    teacher.post("/deconnexion/")
    first = teacher.get(f"/saml/slo?{query(logout_xml(name, index=index), by='theirs')}")
    assert statuses(left_in(teacher.get(first["Location"]))) == ["Success"]


def test_an_answer_may_go_by_post_elsewhere_or_nowhere(teacher: SchoolClient, party: Party) -> None:
    name, _index = name_in(come(teacher))
    Party.objects.update(logout_binding="post", logout_answer=f"{SLO}/fin")
    first = teacher.get(f"/saml/slo?{query(logout_xml(name), by='theirs')}")
    page = teacher.post(first["Location"])
    fields = fields_in(page)
    assert (fields["action"], fields["RelayState"]) == (f"{SLO}/fin", "mot")
    raw = base64.b64decode(fields["SAMLResponse"])
    assert Utils.validate_sign(raw, ours(), xpath="/samlp:LogoutResponse/ds:Signature")
    Party.objects.update(logout="", logout_answer="")
    again = teacher.get(f"/saml/slo?{query(logout_xml(name, ID='_l2'), by='theirs')}")
    assert "Vous êtes déconnecté" in teacher.get(again["Location"]).content.decode()


def test_signing_out_here_is_told_by_soap(teacher: SchoolClient, party: Party, answered: list[Any]) -> None:
    Party.objects.update(soap=SLO_SOAP)
    name, index = name_in(come(teacher))
    come(teacher, request_xml(ID="_r2"))
    teacher.post("/deconnexion/")
    assert tasks.end_connection.func(Connection.objects.get().pk) is True
    method, address, body = answered[0]
    assert (method, address) == ("POST", SLO_SOAP)
    message = one(etree.fromstring(body), "//samlp:LogoutRequest")
    assert (one(message, "saml:NameID").text, one(message, "samlp:SessionIndex").text) == (name, index)
    assert Utils.validate_sign(etree.tostring(message), ours(), xpath="/samlp:LogoutRequest/ds:Signature")
    assert not Connection.objects.exists()


@pytest.mark.parametrize("binding", ["redirect", "post"])
def test_signing_out_here_is_told_as_a_browser_would(
    teacher: SchoolClient, party: Party, answered: list[Any], binding: str
) -> None:
    Party.objects.update(logout_binding=binding, name_form=NameForm.TRANSIENT)
    name, index = name_in(come(teacher))
    teacher.post("/deconnexion/")
    assert tasks.end_connection.func(Connection.objects.get().pk) is True
    method, address, body = answered[0]
    if binding == "post":
        root = etree.fromstring(base64.b64decode(parse_qs(body.decode())["SAMLRequest"][0]))
        assert method == "POST" and address == SLO
    else:
        root = inflated(parse_qs(urlsplit(address).query)["SAMLRequest"][0])
        assert method == "GET" and "Signature=" in address
    assert (one(root, "//saml:NameID").text, one(root, "//samlp:SessionIndex").text) == (name, index)


def test_a_service_without_an_address_or_a_name_is_told_nothing(
    teacher: SchoolClient, party: Party, answered: list[Any]
) -> None:
    Party.objects.update(logout="")
    come(teacher)
    assert not Connection.objects.exists()
    Party.objects.update(logout=SLO)
    come(teacher, request_xml(ID="_r2"))
    Alias.objects.all().delete()
    assert tasks.end_connection.func(Connection.objects.get().pk) is False
    assert not answered and not Connection.objects.exists()


# Keys


def test_metadata_are_signed_sound_and_name_every_key(party: Party, settings: Any) -> None:
    response = Browser().get("/saml/metadata")
    assert response["Content-Type"] == "application/samlmetadata+xml"
    assert Utils.validate_metadata_sign(response.content, ours())
    root = Xml.validate_xml(response.content, "saml-schema-metadata-2.0.xsd")
    assert not isinstance(root, str), root
    assert root.get("entityID") == f"{settings.PUBLIC_URL}/saml/metadata"
    known = {one.get("Location") for one in root.iter() if one.get("Location")}
    assert known == {f"{settings.PUBLIC_URL}/saml/sso", f"{settings.PUBLIC_URL}/saml/slo"}
    row = SigningKey.objects.get()
    assert row.use == KeyUse.SAML and row.certificate in response.content.decode()
    assert Browser().get("/oidc/jwks").json()["keys"] and keys.published()[0]["kid"] != row.kid


def test_the_next_certificate_is_published_long_before_it_signs(
    teacher: SchoolClient, party: Party, clock: time_machine.Traveller
) -> None:
    assert tasks.keep_saml_keys.func() == 1
    first = SigningKey.objects.get()
    assert certificates.shown(first.certificate).until > NOW + timedelta(days=1_095 + 80)
    clock.shift(timedelta(days=1_095 - 91))
    assert tasks.keep_saml_keys.func() == 0
    clock.shift(timedelta(days=2))
    assert (tasks.keep_saml_keys.func(), tasks.keep_saml_keys.func()) == (1, 0)
    assert keys.saml_signer(timezone.now()).certificate == first.certificate
    assert Browser().get("/saml/metadata").content.count(b"<md:KeyDescriptor") == 2
    public_certificates = parties.our_certificates()
    assert [bool(certificate.since) for certificate in public_certificates] == [False, True]
    clock.shift(timedelta(days=90))
    assert keys.saml_signer(timezone.now()).certificate != first.certificate
    clock.shift(timedelta(days=8))
    tasks.keep_saml_keys.func()
    assert Browser().get("/saml/metadata").content.count(b"<md:KeyDescriptor") == 1


def test_no_key_is_made_before_a_service_is_linked(db: None) -> None:
    Party.objects.all().delete()
    assert tasks.keep_saml_keys.func() == 0 and not SigningKey.objects.exists()


def test_an_operator_prepares_or_replaces_the_certificate(
    teacher: SchoolClient, party: Party, capsys: Any
) -> None:
    former = ours()
    for _ in range(2):
        call_command("roll_signing_keys", saml=True)
        assert "signe à partir du 22/02/2027" in capsys.readouterr().out
    assert SigningKey.objects.filter(use=KeyUse.SAML).count() == 2
    raw = base64.b64decode(fields_in(come(teacher))["SAMLResponse"])
    assert Utils.validate_sign(raw, former, xpath="/samlp:Response/ds:Signature")
    call_command("roll_signing_keys", saml=True, withdraw=True)
    raw = base64.b64decode(fields_in(come(teacher, request_xml(ID="_r2")))["SAMLResponse"])
    assert not Utils.validate_sign(raw, former, xpath="/samlp:Response/ds:Signature")
    assert SigningKey.objects.filter(use=KeyUse.SAML).count() == 1


def test_the_private_key_stays_sealed(teacher: SchoolClient, party: Party, settings: Any) -> None:
    come(teacher)
    row = SigningKey.objects.get()
    assert '"d"' not in repr(SigningKey.objects.values().get()) and "PRIVATE" not in row.sealed
    settings.SECRET_KEY = "another secret, long enough for this test of the site"
    assert keys.saml_signer(timezone.now()) is None


def test_a_name_of_one_session_is_nothing_of_the_key(party: Party) -> None:
    party.name_form = NameForm.TRANSIENT
    assert parties.name_at(party, 1, digest_of("a")) == parties.name_at(party, 2, digest_of("a"))
    assert parties.name_at(party, 1, digest_of("a")) != parties.name_at(party, 1, digest_of("b"))
