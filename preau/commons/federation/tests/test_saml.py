"""SAML: people come by a provider that signs, and by no other way."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils import timezone
from lxml import etree

from conftest import SchoolClient
from preau.commons.federation import tasks
from preau.commons.federation.actions import saml
from preau.commons.federation.checks import no_provider_stands_in
from preau.commons.federation.models import Coming, Link, Provider, SamlAnswer, SamlKey
from preau.commons.federation.queries.saml import key_pairs, places
from preau.commons.federation.saml_standin import SamlStandIn
from preau.commons.federation.tests.desk import (
    SLO,
    SSO,
    answer_to,
    asked,
    bring,
    come,
    described,
    saml_provider,
)
from preau.commons.federation.words import Audience
from preau.directory.models import ExternalId, Person
from preau.directory.seeds.world import World
from preau.foundation import outward
from preau.foundation.assertions import leaving, signatures
from preau.foundation.assertions.words import DS, MD, REDIRECT, SAML, STATUS, TRANSIENT
from preau.foundation.tests import saml_attacks
from preau.foundation.tests.saml_provider import THEM, Answer, Signing, encrypt, honest, key_of, sent, sign
from preau.foundation.tests.saml_provider import described as page_of
from preau.identity.models import AccountSession


@pytest.fixture
def provider(college: World) -> Provider:
    found = saml_provider(audience=Audience.EVERYBODY)
    link(found, college.people["teacher"])
    return found


def link(provider: Provider, person: Person, subject: str = "abc-123") -> Link:
    return Link.objects.create(provider=provider, subject=subject, person=person, made_at=timezone.now())


def sessions() -> int:
    return AccountSession.objects.count()


def test_a_teacher_comes_in(client: SchoolClient, college: World, provider: Provider) -> None:
    page = come(client, provider, "?suite=/profil/")
    assert (page.status_code, page.headers["Location"]) == (302, "/profil/")
    assert AccountSession.objects.get().account.person == college.people["teacher"]
    assert college.people["teacher"].family_name in client.get("/profil/").content.decode()
    coming = Coming.objects.get()
    assert (coming.subject, coming.sid) == ("abc-123", "_session")
    # Nothing of who came is left between the two.
    assert SamlAnswer.objects.get().sealed == ""


def test_families_come_by_the_numbers_of_the_school(client: SchoolClient, college: World) -> None:
    """The vector of EduConnect and of desks: the first time makes the link."""
    provider = saml_provider(name="EduConnect", audience=Audience.FAMILIES, rules={"FrEduVecteur": "vector"})
    pupil = college.people["pupil"]
    ExternalId.objects.create(
        source="siecle", authority=f"uai:{college.school.uai}", kind="person", value="701294", person=pupil
    )
    page = come(client, provider, facts={"FrEduVecteur": [f"4|||701294|{college.school.uai}"]})
    assert page.status_code == 302
    assert Link.objects.get().person == pupil


def test_whoever_is_not_known_links_their_account(client: SchoolClient, college: World) -> None:
    page = come(client, saml_provider())
    assert page.headers["Location"] == "/connexion/relier/"
    assert not sessions()


def test_what_we_ask_of_it(client: SchoolClient, college: World) -> None:
    contexts = ["https://refeds.org/profile/mfa"]
    provider = saml_provider({"again": True, "contexts": contexts})
    root = asked(client, provider).root
    assert root.get("ForceAuthn") == "true"
    assert root.find(f".//{{{SAML}}}AuthnContextClassRef").text == contexts[0]
    here = places(provider)
    assert root.find(f"{{{SAML}}}Issuer").text == here.entity_id
    assert root.get("AssertionConsumerServiceURL") == here.acs


def test_where_people_sign_in_each_time_a_session_that_was_open_there_lets_nobody_in(
    client: SchoolClient, provider: Provider
) -> None:
    provider.saml["again"] = True
    provider.save()
    page = come(client, provider, signed_in=timedelta(minutes=-30))
    assert page.status_code == 400
    assert "a trop attendu" in page.content.decode()
    assert not sessions()
    assert come(client, provider, signed_in=timedelta(), number="_b").status_code == 302


def test_the_form_that_brings_an_answer_opens_nothing_and_leaves_no_cookie(
    client: SchoolClient, provider: Provider
) -> None:
    """It comes without the cookies of the browser: one that it left would take the place of the session that is open."""
    question = asked(client, provider)
    brought = bring(provider, sent(honest(answer_to(provider, question))), question.relay)
    assert brought.status_code == 303
    assert not brought.cookies
    assert not sessions()
    refused = bring(provider, "x", question.relay)
    assert refused.status_code == 400
    assert not refused.cookies


def test_another_browser_does_not_take_what_was_brought(client: SchoolClient, provider: Provider) -> None:
    """Whoever makes somebody else arrive under their own name reads what they then write."""
    question = asked(client, provider)
    brought = bring(provider, sent(honest(answer_to(provider, question))), question.relay)
    other = SchoolClient()
    page = other.get(brought.headers["Location"])
    assert page.status_code == 200
    assert "Continuer" in page.content.decode()
    again = other.get(brought.headers["Location"] + "&encore=1")
    assert again.status_code == 400
    assert "a commencé dans un autre navigateur" in again.content.decode()
    assert not sessions()
    # It still waits for the one that had asked; once.
    assert client.get(brought.headers["Location"]).status_code == 302
    assert sessions() == 1
    client.post("/deconnexion/")
    assert client.get(brought.headers["Location"] + "&encore=1").status_code == 400
    assert not sessions()


def test_what_was_brought_waits_two_minutes(client: SchoolClient, provider: Provider, clock: Any) -> None:
    question = asked(client, provider)
    brought = bring(provider, sent(honest(answer_to(provider, question))), question.relay)
    clock.shift(timedelta(minutes=2))
    assert client.get(brought.headers["Location"]).status_code == 400
    assert not sessions()


def test_an_answer_serves_once(client: SchoolClient, provider: Provider) -> None:
    question = asked(client, provider)
    field = sent(honest(answer_to(provider, question)))
    assert bring(provider, field, question.relay).status_code == 303
    again = bring(provider, field, question.relay)
    assert again.status_code == 400
    assert "a déjà servi" in again.content.decode()
    # Nor does an assertion under another question, nor a question under another assertion.
    other = asked(client, provider)
    assert bring(provider, sent(honest(answer_to(provider, other))), other.relay).status_code == 400
    second = sent(honest(answer_to(provider, question, number="_second")))
    assert bring(provider, second, question.relay).status_code == 400


def test_an_answer_to_another_question_of_ours_is_refused(client: SchoolClient, provider: Provider) -> None:
    first, second = asked(client, provider), asked(client, provider)
    assert bring(provider, sent(honest(answer_to(provider, first))), second.relay).status_code == 400
    assert not SamlAnswer.objects.exists()


def test_what_was_meant_for_another_provider_is_refused(client: SchoolClient, provider: Provider) -> None:
    """Two providers whose keys are the same (one host, two establishments): each has its own address and name of ours."""
    other = saml_provider(name="Un autre")
    question = asked(client, provider)
    assert bring(other, sent(honest(answer_to(provider, question))), question.relay).status_code == 400
    assert not SamlAnswer.objects.exists()


def test_the_address_where_they_go_is_never_that_of_the_form(
    client: SchoolClient, provider: Provider
) -> None:
    """RelayState is a word that we had drawn; an address in its place leads nowhere."""
    question = asked(client, provider, "?suite=https://mechant.test/")
    assert "mechant" not in question.relay
    field = sent(honest(answer_to(provider, question)))
    assert bring(provider, field, "https://mechant.test/").status_code == 400
    brought = bring(provider, field, question.relay)
    assert client.get(brought.headers["Location"]).headers["Location"] == "/"


ATTACKS = sorted(saml_attacks.attacks(Answer(), key_of("us"), key_of("guichet")))


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_gets_a_page_and_no_session(client: SchoolClient, provider: Provider, name: str) -> None:
    """Each attack of the foundation's own tests, made for this very question, through the form."""
    question = asked(client, provider)
    us = key_pairs(timezone.now())[0]
    field, why = saml_attacks.attacks(answer_to(provider, question), us, key_of("guichet"))[name]
    page = bring(provider, field, question.relay)
    text = page.content.decode()
    assert page.status_code == (403 if why == "said_no" else 400)
    assert "Vous n’êtes pas connecté" in text
    assert saml_attacks.EVIL not in text
    assert not SamlAnswer.objects.exists()
    assert (
        client.get(f"/connexion/par/{provider.public_id}/saml/arrivee?mot={question.relay}").status_code
        == 400
    )
    assert not sessions()


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("AuthnFailed", "n’a pas pu vérifier qui vous êtes"),
        ("RequestDenied", "refuse de répondre à Préau"),
        ("NoAuthnContext", "de la façon que Préau demande"),
        ("Unheard", "a répondu par une erreur"),
    ],
)
def test_why_the_provider_says_no(client: SchoolClient, provider: Provider, code: str, sentence: str) -> None:
    question = asked(client, provider)
    status = f'<samlp:StatusCode Value="{STATUS}Responder"><samlp:StatusCode Value="{STATUS}{code}"/></samlp:StatusCode>'
    page = bring(provider, sent(honest(answer_to(provider, question, status=status))), question.relay)
    assert page.status_code == 403
    assert sentence in page.content.decode()


def test_whoever_comes_from_the_portal_of_the_provider_is_sent_to_ask(
    client: SchoolClient, provider: Provider
) -> None:
    """What nobody asked for opens nothing, however well it is signed: this browser asks, and is answered at once."""
    question = asked(client, provider)
    alone = honest(answer_to(provider, question, request="", confirmed_request=""))
    page = bring(provider, sent(alone), "https://guichet.test/portail")
    assert (page.status_code, page.headers["Location"]) == (303, f"/connexion/par/{provider.public_id}/")
    assert not SamlAnswer.objects.exists()
    # One that is not signed by the provider is not even sent on.
    forged = honest(answer_to(provider, question, request="", confirmed_request=""), key=key_of("another"))
    assert bring(provider, sent(forged), "").status_code == 400


def test_an_encrypted_answer(client: SchoolClient, provider: Provider) -> None:
    provider.saml["encrypted"] = True
    provider.save()
    question = asked(client, provider)
    answer, us = answer_to(provider, question), key_pairs(timezone.now())[0]
    inside = sign(answer.assertion(), Signing(key_of("guichet")))
    plain = bring(provider, sent(honest(answer)), question.relay)
    assert plain.status_code == 400
    closed = answer.around(encrypt(inside, us.certificate))
    brought = bring(provider, sent(closed), question.relay)
    assert client.get(brought.headers["Location"]).status_code == 302
    assert sessions() == 1


def test_people_named_by_an_attribute(client: SchoolClient, college: World, provider: Provider) -> None:
    """EduConnect: NameID changes at each visit, an attribute names the person."""
    passing = {"name_format": TRANSIENT, "subject": "_passe"}
    question = asked(client, provider)
    refused = bring(provider, sent(honest(answer_to(provider, question, **passing))), question.relay)
    assert refused.status_code == 400
    provider.saml["subject"] = "FrEduCtId"
    provider.save()
    assert come(client, provider, **passing, facts={"FrEduCtId": ["abc-123"]}).status_code == 302
    assert sessions() == 1
    # Without it, NameID does not take its place.
    other = SchoolClient()
    question = asked(other, provider)
    nameless = answer_to(provider, question, number="_n", subject="abc-123", facts={})
    assert bring(provider, sent(honest(nameless)), question.relay).status_code == 400


def test_a_second_proof_given_there_is_believed_where_it_was_said_so(
    client: SchoolClient, provider: Provider
) -> None:
    strong = "https://refeds.org/profile/mfa"
    come(client, provider, context=strong)
    assert not client.session["proved_twice"]
    provider.strong = [strong]
    provider.save()
    other = SchoolClient()
    come(other, provider, context=strong, number="_b")
    assert other.session["proved_twice"]


def test_a_description_that_is_over_or_missing_sends_nobody_away(
    client: SchoolClient, college: World
) -> None:
    yesterday = timezone.now() - timedelta(days=1)
    for settled in ({"described": described(valid_until=yesterday)}, {"described": {}}):
        provider = saml_provider(settled, name=str(len(settled["described"])))
        page = client.get(f"/connexion/par/{provider.public_id}/")
        assert page.status_code == 503
        assert "Me connecter avec un mot de passe" in page.content.decode()
        assert bring(provider, "x", "y").status_code == 503


def test_the_desk_of_a_demonstration_is_of_no_use_elsewhere(
    client: SchoolClient, college: World, settings: Any
) -> None:
    settings.DEMO = settings.DEBUG = settings.SIGNON_LOOPBACK = False
    provider = saml_provider({"described": described(sign_on={REDIRECT: "http://localhost:8002/sso"})})
    assert client.get(f"/connexion/par/{provider.public_id}/").status_code == 503
    errors = no_provider_stands_in(databases=["default"])
    assert [stand.msg for stand in errors] == [f"The provider {provider.public_id} is a stand-in."]
    with pytest.raises(ImproperlyConfigured):
        SamlStandIn([])


def test_a_closed_provider_answers_nothing_but_our_description(client: SchoolClient, college: World) -> None:
    provider = saml_provider(is_on=False)
    assert bring(provider, "x", "y").status_code == 404
    assert client.get(f"/connexion/par/{provider.public_id}/").status_code == 404
    assert client.get(f"/connexion/par/{provider.public_id}/saml/slo").status_code == 404
    page = client.get(f"/connexion/par/{provider.public_id}/saml/metadata")
    assert page.status_code == 200
    assert page.headers["Content-Type"] == "application/samlmetadata+xml"
    root = etree.fromstring(page.content)
    here = places(provider)
    assert root.get("entityID") == here.entity_id
    assert root.find(f".//{{{MD}}}AssertionConsumerService").get("Location") == here.acs


# Keys


def test_the_first_key_is_made_for_whoever_reads_us(client: SchoolClient, college: World) -> None:
    provider = saml_provider()
    SamlKey.objects.all().delete()
    page = client.get(f"/connexion/par/{provider.public_id}/saml/metadata")
    assert page.status_code == 200
    assert SamlKey.objects.count() == 1
    assert b"PRIVATE" not in page.content


def certificates(client: Client, provider: Provider) -> list[str]:
    page = client.get(f"/connexion/par/{provider.public_id}/saml/metadata")
    found = etree.fromstring(page.content).findall(f".//{{{MD}}}KeyDescriptor[@use='signing']")
    return ["".join(one.find(f".//{{{DS}}}X509Certificate").text.split()) for one in found]


def test_a_new_key_is_published_before_it_signs_and_the_former_opens_after(
    client: SchoolClient, college: World, clock: Any
) -> None:
    provider = saml_provider()
    first = certificates(client, provider)
    saml.roll_saml_keys(timezone.now())
    both = certificates(client, provider)
    assert both[0] == first[0]
    assert len(both) == 2
    clock.shift(timedelta(days=31))
    assert certificates(client, provider) == [both[1], both[0]]
    saml.keep_saml_keys(timezone.now())
    assert len(certificates(client, provider)) == 2
    clock.shift(timedelta(days=30))
    saml.keep_saml_keys(timezone.now())
    assert certificates(client, provider) == [both[1]]


def test_a_key_that_was_seen_is_withdrawn_at_once(client: SchoolClient, college: World) -> None:
    provider = saml_provider()
    first = certificates(client, provider)
    saml.roll_saml_keys(timezone.now(), at_once=True)
    after = certificates(client, provider)
    assert len(after) == 1
    assert after != first


def test_a_key_that_secret_key_does_not_open_any_more_is_replaced(
    client: SchoolClient, college: World, settings: Any
) -> None:
    provider = saml_provider()
    first = certificates(client, provider)
    settings.SECRET_KEY = "une autre, plus longue que cinquante caractères, tirée au hasard"
    assert tasks.keep_saml.func() == 1
    assert certificates(client, provider) != first


# What the provider publishes


def publish(monkeypatch: pytest.MonkeyPatch, *keys: str, **more: str) -> list[str]:
    """The provider's own page holds these keys; returns where it was asked."""
    asked_at: list[str] = []
    one = "<md:KeyDescriptor><ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>"
    held = "".join(one.format("".join(key_of(key).certificate.splitlines()[1:-1])) for key in keys)

    def ask(method: str, address: str, *_: Any, **__: Any) -> outward.Answer:
        asked_at.append(address)
        return outward.Answer(200, "application/samlmetadata+xml", page_of(keys=held, **more))

    monkeypatch.setattr(outward, "ask", ask)
    return asked_at


PAGE = "https://guichet.test/metadata"


def test_a_new_key_is_learnt_when_somebody_comes_by_it(
    client: SchoolClient, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.saml["address"] = PAGE
    provider.save()
    asked_at = publish(monkeypatch, "guichet", "another")
    question = asked(client, provider)
    field = sent(honest(answer_to(provider, question), key=key_of("another")))
    assert bring(provider, field, question.relay).status_code == 303
    assert asked_at == [PAGE]
    # Whoever sends rubbish does not make us ask again and again.
    for _ in range(3):
        assert bring(provider, sent(honest(key=key_of("nobody"))), "x").status_code == 400
    assert asked_at == [PAGE]


def test_descriptions_are_read_every_night(
    college: World, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.saml["address"] = PAGE
    provider.save()
    publish(monkeypatch, "another")
    assert tasks.refresh_saml.func() == 1
    assert tasks.refresh_saml.func() == 0
    provider.refresh_from_db()
    assert provider.saml["described"]["certificates"] == [key_of("another").certificate]


def test_a_description_of_somebody_else_is_not_taken(
    college: World, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.saml["address"] = PAGE
    provider.save()
    publish(monkeypatch, "another", entity="https://mechant.test")
    assert tasks.refresh_saml.func() == 0
    provider.refresh_from_db()
    assert provider.saml["described"] == json.loads(json.dumps(described()))
    assert provider.trouble == "garbled"


def test_what_one_provider_writes_does_not_keep_the_others_from_being_read(
    college: World, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    provider.saml["address"] = PAGE
    provider.save()
    odd = saml_provider({"address": "https://autre.test/metadata"}, name="Autre")
    publish(monkeypatch, "guichet", "another")
    read = saml.refresh

    def stumble(provider: Provider) -> bool:
        if provider == odd:
            raise TypeError
        return read(provider)

    monkeypatch.setattr(saml, "refresh", stumble)
    for order in (provider, odd):
        Provider.objects.filter(pk=order.pk).update(order=9)
        tasks.refresh_saml.func()
    provider.refresh_from_db()
    odd.refresh_from_db()
    assert len(provider.saml["described"]["certificates"]) == 2
    assert (provider.trouble, odd.trouble) == ("", "garbled")


def test_a_description_is_never_asked_of_our_own_network(
    college: World, provider: Provider, settings: Any
) -> None:
    settings.SIGNON_LOOPBACK = False
    for address in (
        "https://127.0.0.1/m",
        "http://guichet.test/m",
        "https://169.254.169.254/m",
    ):
        provider.saml["address"] = address
        provider.save()
        assert tasks.refresh_saml.func() == 0
        provider.refresh_from_db()
        assert provider.trouble == "refused", address


# The end of a session


def ending(provider: Provider, **more: Any) -> str:
    """The address by which the desk says that it ends a session."""
    options: dict[str, Any] = {"key": key_of("guichet"), "session": "_session", "subject": "abc-123"} | more
    here = places(provider).logout
    _, address = leaving.make_end(
        THEM,
        here,
        (options["subject"], "", ""),
        options["key"],
        timezone.now(),
        session=options["session"],
        relay="r",
    )
    return (
        address.partition("http://localhost:8000")[2]
        or urlsplit(address).path + "?" + urlsplit(address).query
    )


@pytest.mark.parametrize("session", ["_session", ""])
def test_the_provider_ends_our_session(client: SchoolClient, provider: Provider, session: str) -> None:
    come(client, provider)
    assert client.get("/profil/").status_code == 200
    page = Client().get(ending(provider, session=session))
    assert page.status_code == 303
    assert page.headers["Location"].startswith(f"{SLO}?SAMLResponse=")
    assert parse_qs(urlsplit(page.headers["Location"]).query)["RelayState"] == ["r"]
    assert not sessions()
    assert client.get("/profil/").status_code == 302


@pytest.mark.parametrize(
    "wrong",
    [{"key": key_of("another")}, {"session": "_autre"}, {"subject": "autre"}],
    ids=["key", "session", "subject"],
)
def test_an_end_that_is_not_of_this_session_ends_nothing(
    client: SchoolClient, provider: Provider, wrong: dict[str, Any]
) -> None:
    come(client, provider)
    Client().get(ending(provider, **wrong))
    assert sessions() == 1


def test_an_end_that_is_not_signed_is_refused(client: SchoolClient, provider: Provider) -> None:
    come(client, provider)
    page = Client().get(ending(provider).partition("&Signature=")[0])
    assert page.status_code == 400
    assert sessions() == 1


def test_an_end_by_a_form(client: SchoolClient, provider: Provider) -> None:
    come(client, provider)
    here = places(provider).logout
    root = etree.fromstring(
        f"""<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="{SAML}" ID="_l" Version="2.0"
        IssueInstant="2026-11-24T09:30:00Z" Destination="{here}"><saml:Issuer>{THEM}</saml:Issuer>
        <saml:NameID>abc-123</saml:NameID></samlp:LogoutRequest>"""
    )
    address = f"/connexion/par/{provider.public_id}/saml/slo"
    assert Client().post(address, {"SAMLRequest": sent(root)}).status_code == 400
    assert sessions() == 1
    signed = sign(root, Signing(key_of("guichet")))
    assert Client(enforce_csrf_checks=True).post(address, {"SAMLRequest": sent(signed)}).status_code == 303
    assert not sessions()


def test_where_an_attribute_names_people_an_end_without_a_session_says_that_it_is_not_done(
    client: SchoolClient, provider: Provider
) -> None:
    provider.saml["subject"] = "FrEduCtId"
    provider.save()
    come(client, provider, facts={"FrEduCtId": ["abc-123"]})
    page = Client().get(ending(provider, session=""))
    answer = leaving.read_ended(
        leaving.Between(THEM, SLO, places(provider).entity_id, [key_pairs(timezone.now())[0].certificate]),
        timezone.now(),
        query=urlsplit(page.headers["Location"]).query,
    )
    assert not answer.is_done
    assert sessions() == 1
    Client().get(ending(provider))
    assert not sessions()


def test_signing_out_here_offers_to_sign_out_there(client: SchoolClient, provider: Provider) -> None:
    come(client, provider)
    page = client.post("/deconnexion/", follow=True)
    assert not sessions()
    address = next(one for one in page.content.decode().split('"') if one.startswith(SLO)).replace(
        "&amp;", "&"
    )
    there = leaving.Between(THEM, SLO, places(provider).entity_id, [key_pairs(timezone.now())[0].certificate])
    asked_of_it = leaving.read_end(there, timezone.now(), query=urlsplit(address).query)
    assert (asked_of_it.subject, asked_of_it.sessions) == ("abc-123", ("_session",))
    # It answers, and the sign-in page says so.
    back = leaving.make_ended(
        THEM, places(provider).logout, asked_of_it.number, key_of("guichet"), timezone.now()
    )
    page = client.get(f"{urlsplit(back).path}?{urlsplit(back).query}", follow=True)
    assert "Vous êtes aussi déconnecté de Guichet" in page.content.decode()


def test_a_provider_without_logout_offers_none(client: SchoolClient, provider: Provider) -> None:
    provider.saml["described"]["logout"] = {}
    provider.save()
    come(client, provider)
    assert SLO not in client.post("/deconnexion/", follow=True).content.decode()
    page = Client().get(ending(provider))
    assert (page.status_code, page.headers["Location"]) == (303, "/connexion/")
    assert not sessions()


def test_passing_answers_are_forgotten(client: SchoolClient, provider: Provider, clock: Any) -> None:
    come(client, provider)
    tasks.keep_saml.func()
    assert SamlAnswer.objects.count() == 1
    clock.shift(timedelta(minutes=7))
    tasks.keep_saml.func()
    assert not SamlAnswer.objects.exists()


# Settling


@pytest.fixture
def head(client: SchoolClient, college: World) -> SchoolClient:
    return client.sit(college.people["head"])


@pytest.fixture
def own(college: World) -> Provider:
    return saml_provider({"described": {}, "read_at": ""}, school=college.school, is_on=False)


def typed(**more: str) -> dict[str, str]:
    return {
        "address": "",
        "text": page_of().decode(),
        "pinned": "",
        "subject": "",
        "signed": "on",
        "contexts": "",
    } | more


def test_a_head_pastes_the_description(head: SchoolClient, own: Provider) -> None:
    address = f"/connexions/{own.public_id}/saml/"
    page = head.get(address)
    assert places(own).acs in page.content.decode()
    assert head.post(address, typed()).headers["Location"] == f"/connexions/{own.public_id}/"
    own.refresh_from_db()
    assert own.saml["described"]["sign_on"][REDIRECT] == SSO
    page = head.get(address).content.decode()
    assert "Guichet" in page
    assert signatures.mark_of(key_of("guichet").certificate)[0] in page
    # The same again changes nothing.
    assert "Rien n’a changé" in head.post(address, typed(text=""), follow=True).content.decode()


def test_a_head_gives_the_address(head: SchoolClient, own: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    asked_at = publish(monkeypatch, "guichet")
    address = f"/connexions/{own.public_id}/saml/"
    assert head.post(address, typed(text="", address=PAGE)).status_code == 302
    assert asked_at == [PAGE]
    own.refresh_from_db()
    assert own.saml["address"] == PAGE


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"text": ""}, "Donnez l’adresse de sa fiche, ou collez-la."),
        ({"text": "bonjour"}, "Ce n’est pas une fiche SAML"),
        ({"text": "<!DOCTYPE a><a/>"}, "une déclaration que Préau ne lit pas"),
        ({"text": "<a/>"}, "ne décrit pas un fournisseur"),
        ({"address": PAGE}, "pas les deux"),
        ({"address": "http://guichet.test/m", "text": ""}, "Une adresse complète, en https"),
        ({"address": "https://127.0.0.1/m", "text": ""}, "Cette adresse ne donne pas sa fiche."),
        ({"pinned": "zzz"}, "Ce n’est pas un certificat"),
        ({"pinned": key_of("another").certificate}, "n’est pas signée par le certificat"),
    ],
)
def test_what_was_typed_wrong_is_said_and_kept(
    head: SchoolClient, own: Provider, settings: Any, more: dict[str, str], sentence: str
) -> None:
    settings.SIGNON_LOOPBACK = False
    page = head.post(f"/connexions/{own.public_id}/saml/", typed(**more, subject="FrEduCtId"))
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert 'value="FrEduCtId"' in page.content.decode()
    own.refresh_from_db()
    assert own.saml["described"] == {}


def test_a_provider_whose_people_are_linked_does_not_become_another(
    head: SchoolClient, college: World, own: Provider
) -> None:
    address = f"/connexions/{own.public_id}/saml/"
    head.post(address, typed())
    link(own, college.people["teacher"])
    for more in ({"text": page_of(entity="https://autre.test").decode()}, {"text": "", "subject": "mail"}):
        page = head.post(address, typed(**more))
        assert page.status_code == 422
        assert "Des comptes sont déjà reliés" in page.content.decode()
    assert head.post(address, typed(text="", encrypted="on")).status_code == 302


def test_who_settles_it(client: SchoolClient, college: World, twin: World, own: Provider) -> None:
    address = f"/connexions/{own.public_id}/saml/"
    for person, status in (("teacher", 404), ("guardian", 404), ("pupil", 404)):
        assert client.sit(college.people[person]).get(address).status_code == status, person
    assert client.sit(twin.people["head"]).get(address).status_code == 404
