"""SAML answers: an honest one is read, and each known attack is refused for its own reason."""

import base64
import hashlib
import zlib
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, quote_plus, urlsplit

import pytest
import xmlsec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from preau.foundation.assertions import asking, leaving, metadata, responses
from preau.foundation.assertions.asking import Question
from preau.foundation.assertions.leaving import Between
from preau.foundation.assertions.metadata import Us
from preau.foundation.assertions.reading import inflated
from preau.foundation.assertions.responses import Expected
from preau.foundation.assertions.signatures import certificate, signed_query
from preau.foundation.assertions.words import (
    DS,
    MD,
    POST,
    REDIRECT,
    SAML,
    SAMLP,
    STATUS,
    AssertionRefused,
    Reason,
)
from preau.foundation.tests import saml_attacks
from preau.foundation.tests.saml_provider import (
    ACS,
    NOW,
    PERSISTENT,
    THEM,
    US,
    Answer,
    Signing,
    at,
    described,
    encrypt,
    honest,
    key_of,
    sent,
    sign,
)

EXPECTED = Expected(US, ACS, THEM, [key_of("guichet").certificate], "_question", [key_of("us")])
ATTACKS = saml_attacks.attacks(Answer(), key_of("us"), key_of("guichet"))


def read(root: Any, **other: Any) -> responses.Coming:
    return responses.read_response(sent(root), replace(EXPECTED, **other), NOW)


def refusal(root: Any, **other: Any) -> Reason:
    with pytest.raises(AssertionRefused) as refused:
        read(root, **other)
    return refused.value.reason


def test_an_honest_answer_is_read() -> None:
    came = read(honest())
    assert (came.subject, came.session, came.number) == ("abc-123", "_session", "_assertion")
    assert came.facts == {"FrEduVecteur": ["4|Roux|Zoé|700123|0790031E"]}
    assert came.name_format == PERSISTENT
    assert came.signed_in_at == NOW - timedelta(minutes=1)
    assert came.ends_at == NOW + timedelta(minutes=6)


@pytest.mark.parametrize("name", sorted(ATTACKS))
def test_an_attack_is_refused_for_its_own_reason(name: str) -> None:
    field, why = ATTACKS[name]
    with pytest.raises(AssertionRefused) as refused:
        responses.read_response(field, EXPECTED, NOW)
    assert refused.value.reason == why
    assert saml_attacks.EVIL not in str(refused.value)


@pytest.mark.parametrize("name", sorted(saml_attacks.WRAPPINGS))
def test_a_wrapping_deceives_whoever_checks_here_and_reads_there(name: str) -> None:
    """The eight are real: their signature holds, and the document shows somebody else."""
    root = etree.fromstring(base64.b64decode(ATTACKS[name][0]))
    info = next(root.iter(f"{{{DS}}}SignedInfo"))
    covered = root.xpath("//*[@ID=$name]", name=info.find(f"{{{DS}}}Reference").get("URI")[1:])[0]
    info_as_signed = etree.tostring(info, method="c14n", exclusive=True)
    key = certificate(key_of("guichet").certificate).public_key()
    signature = base64.b64decode(info.getnext().text)
    key.verify(signature, info_as_signed, padding.PKCS1v15(), hashes.SHA256())
    digest = next(root.iter(f"{{{DS}}}DigestValue")).text
    for own in covered.findall(f"{{{DS}}}Signature"):
        covered.remove(own)
    as_signed = etree.tostring(covered, method="c14n", exclusive=True)
    assert base64.b64encode(hashlib.sha256(as_signed).digest()).decode() == digest
    root = etree.fromstring(base64.b64decode(ATTACKS[name][0]))
    subjects = {one.text for one in root.iter(f"{{{SAML}}}NameID")}
    assert subjects == {"abc-123", saml_attacks.EVIL}


def test_one_of_several_assertions_is_not_the_only_defence_against_wrappings() -> None:
    """Where the count says nothing, the signature must still cover what is read: names and places are checked apart."""
    for build in (saml_attacks.xsw5, saml_attacks.xsw8):
        root = build(Answer(), key_of("guichet"))
        for other in list(root.iter(f"{{{SAML}}}Assertion"))[1:]:
            other.tag = f"{{{SAML}}}Other"
        if build is saml_attacks.xsw5:
            root.remove(root[-1])
        assert refusal(root) == Reason.ODD_SIGNATURE


@pytest.mark.parametrize(
    "method",
    [
        xmlsec.constants.TransformRsaSha256,
        xmlsec.constants.TransformRsaSha384,
        xmlsec.constants.TransformRsaSha512,
    ],
)
def test_strong_signatures_are_read(method: Any) -> None:
    answer = Answer()
    assert (
        read(answer.around(sign(answer.assertion(), Signing(key_of("guichet"), method)))).subject == "abc-123"
    )


def test_any_key_that_the_provider_publishes_signs() -> None:
    """While it changes its key, both are published."""
    both = [key_of("another").certificate, key_of("guichet").certificate]
    assert read(honest(), certificates=both).subject == "abc-123"
    assert refusal(honest(), certificates=both[:1]) == Reason.WRONG_SIGNATURE
    assert refusal(honest(), certificates=[]) == Reason.WRONG_SIGNATURE


def test_a_whole_that_is_signed_is_enough_only_where_it_is_said_so() -> None:
    root = saml_attacks.only_outside(Answer(), key_of("guichet"))
    assert refusal(root) == Reason.UNSIGNED
    assert read(root, signed_assertion=False).subject == "abc-123"
    wrong = saml_attacks.only_outside(Answer(destination=None), key_of("guichet"))
    assert refusal(wrong, signed_assertion=False) == Reason.WRONG_DESTINATION
    assert refusal(honest(Answer()).getroottree().getroot(), encrypted=True) == Reason.NOT_ENCRYPTED


@pytest.mark.parametrize("is_whole", [True, False])
@pytest.mark.parametrize("is_inside", [True, False])
@pytest.mark.parametrize(
    ("data", "size"),
    [
        (xmlsec.constants.TransformAes256Gcm, 256),
        (xmlsec.constants.TransformAes128Gcm, 128),
        (xmlsec.constants.TransformAes256Cbc, 256),
        (xmlsec.constants.TransformAes128Cbc, 128),
    ],
)
def test_what_was_encrypted_for_us_is_opened(data: Any, size: int, is_inside: bool, is_whole: bool) -> None:
    answer, key = Answer(), key_of("guichet")
    inside = sign(answer.assertion(), Signing(key)) if is_inside else answer.assertion()
    root = answer.around(encrypt(inside, key_of("us").certificate, data, size=size))
    root = sign(root, Signing(key)) if is_whole else root
    is_cbc = data in {xmlsec.constants.TransformAes256Cbc, xmlsec.constants.TransformAes128Cbc}
    if not is_whole and is_cbc:
        assert refusal(root, signed_assertion=False) == Reason.WEAK_ALGORITHM
    elif not is_whole and not is_inside:
        assert refusal(root, signed_assertion=False) == Reason.UNSIGNED
    else:
        assert read(root, signed_assertion=False, encrypted=True).subject == "abc-123"
        # Opened by a former key of ours too, and by no other.
        both = [key_of("another"), key_of("us")]
        assert read(root, signed_assertion=False, keys=both).subject == "abc-123"
        assert refusal(root, signed_assertion=False, keys=[key_of("another")]) == Reason.CANNOT_OPEN


def test_an_answer_to_no_question_is_read_only_where_none_was_asked() -> None:
    alone = Answer(request="", confirmed_request="")
    root = honest(alone)
    for data in root.iter(f"{{{SAML}}}SubjectConfirmationData"):
        assert data.get("InResponseTo") == ""
    assert refusal(root) == Reason.WRONG_REQUEST
    assert read(root, request="").subject == "abc-123"
    assert refusal(honest(), request="") == Reason.WRONG_REQUEST


def test_clocks_may_differ_by_a_minute() -> None:
    assert read(honest(Answer(ends=timedelta(seconds=-59)))).subject == "abc-123"
    assert refusal(honest(Answer(ends=timedelta(seconds=-60)))) == Reason.TOO_LATE
    assert read(honest(Answer(starts=timedelta(seconds=60)))).subject == "abc-123"
    assert refusal(honest(Answer(starts=timedelta(seconds=61)))) == Reason.TOO_EARLY


def test_whoever_must_sign_in_again_has_just_done_so() -> None:
    assert read(honest(), asked_at=NOW - timedelta(minutes=2)).subject == "abc-123"
    late = honest(Answer(signed_in=timedelta(hours=-3)))
    assert read(late).subject == "abc-123"
    assert refusal(late, asked_at=NOW - timedelta(minutes=2)) == Reason.TOO_LATE


def test_the_way_of_signing_in_is_the_one_that_was_asked_for() -> None:
    strong = "https://refeds.org/profile/mfa"
    assert read(honest(Answer(context=strong)), contexts=[strong]).context == strong
    assert refusal(honest(), contexts=[strong]) == Reason.WRONG_CONTEXT


def test_why_the_provider_says_no_is_kept() -> None:
    field, _ = ATTACKS["refused there"]
    with pytest.raises(AssertionRefused) as refused:
        responses.read_response(field, EXPECTED, NOW)
    assert refused.value.status == "AuthnFailed"


def test_values_of_every_kind() -> None:
    """A value that is a name of a person gives that name; one of another kind is left aside; none is cut."""
    answer = Answer(facts={"a": ["1", "2"], "empty": []})
    assertion = answer.assertion()
    statement = assertion.find(f"{{{SAML}}}AttributeStatement")
    statement.append(
        etree.fromstring(f"""<saml:Attribute xmlns:saml="{SAML}" Name="targeted"><saml:AttributeValue>
        <saml:NameID>opaque</saml:NameID></saml:AttributeValue>
        <saml:AttributeValue><x/>nothing</saml:AttributeValue></saml:Attribute>""")
    )
    came = read(answer.around(sign(assertion, Signing(key_of("guichet")))))
    assert came.facts == {"a": ["1", "2"], "targeted": ["opaque"]}


@pytest.mark.parametrize(
    ("tag", "change"),
    [
        ("Conditions", lambda one: one.append(etree.Element(f"{{{SAML}}}Unheard"))),
        ("Conditions", lambda one: one.remove(one[0])),
        (
            "SubjectConfirmation",
            lambda one: one.set("Method", "urn:oasis:names:tc:SAML:2.0:cm:holder-of-key"),
        ),
        ("SubjectConfirmationData", lambda one: one.attrib.pop("NotOnOrAfter")),
        ("AuthnStatement", lambda one: one.getparent().remove(one)),
        ("Subject", lambda one: one.getparent().remove(one)),
        ("Assertion", lambda one: one.append(etree.Element("more"))),
        ("Assertion", lambda one: one.set("Version", "1.1")),
        ("Assertion", lambda one: one.set("IssueInstant", "hier")),
        ("Assertion", lambda one: one.set("IssueInstant", "2026-99-24T09:30:00Z")),
        ("Assertion", lambda one: one.set("ID", "9")),
        ("Audience", lambda one: etree.SubElement(one, "x")),
    ],
)
def test_what_the_provider_signed_must_be_whole(tag: str, change: Any) -> None:
    """Signed in order, and yet not what the standard asks for."""
    answer = Answer()
    assertion = answer.assertion()
    change(next(assertion.iter(f"{{{SAML}}}{tag}")))
    root = answer.around(sign(assertion, Signing(key_of("guichet"))))
    assert refusal(root) in {Reason.ODD_SHAPE, Reason.WRONG_AUDIENCE}


def test_a_second_audience_does_not_replace_ours() -> None:
    answer = Answer()
    assertion = answer.assertion()
    conditions = assertion.find(f"{{{SAML}}}Conditions")
    conditions.append(
        etree.fromstring(
            f'<saml:AudienceRestriction xmlns:saml="{SAML}"><saml:Audience>x</saml:Audience></saml:AudienceRestriction>'
        )
    )
    assert refusal(answer.around(sign(assertion, Signing(key_of("guichet"))))) == Reason.WRONG_AUDIENCE


HONEST = etree.tostring(honest())


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(HONEST) - 1), st.binary(max_size=6), st.integers(0, 40))
def test_whatever_comes_either_reads_the_same_person_or_is_refused(at: int, put: bytes, cut: int) -> None:
    """Bytes changed anywhere: never another person, never an error of ours."""
    raw = HONEST[:at] + put + HONEST[at + cut :]
    try:
        came = responses.read_response(base64.b64encode(raw).decode(), EXPECTED, NOW)
    except AssertionRefused:
        return
    assert (came.subject, came.facts) == ("abc-123", {"FrEduVecteur": ["4|Roux|Zoé|700123|0790031E"]})


# What is published.


def test_a_description_is_read_and_kept() -> None:
    found = metadata.read_metadata(described(until='validUntil="2026-12-01T00:00:00Z"'), NOW)
    assert (found.entity_id, found.name) == (THEM, "Guichet")
    assert found.sign_on == {REDIRECT: "https://guichet.test/sso", POST: "https://guichet.test/post"}
    assert found.logout_answer == {REDIRECT: "https://guichet.test/slo2"}
    assert [certificate.strip() for certificate in found.certificates] == [
        key_of("guichet").certificate.strip()
    ]
    assert metadata.Provider.from_json(found.as_json()) == found


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (described(until='validUntil="2026-11-24T09:30:00Z"'), Reason.TOO_LATE),
        (described(keys=""), Reason.NO_KEY),
        (described(keys='<md:KeyDescriptor use="encryption"/>'), Reason.NO_KEY),
        (described(sso="http://guichet.test/sso"), Reason.NO_ADDRESS),
        (described(sso="javascript:alert(1)"), Reason.NO_ADDRESS),
        (described(sso="https://moi@guichet.test/"), Reason.NO_ADDRESS),
        (described(sso="https://guichet.test:x/"), Reason.NO_ADDRESS),
        (described(entity=" "), Reason.NO_PROVIDER),
        (described().replace(b"IDPSSODescriptor", b"SPSSODescriptor"), Reason.NO_PROVIDER),
        (b"<a/>", Reason.NO_PROVIDER),
        (b"<!DOCTYPE a><a/>", Reason.FORBIDDEN_XML),
        (b"", Reason.NOT_XML),
    ],
)
def test_a_description_that_says_too_little_is_refused(raw: bytes, why: Reason) -> None:
    with pytest.raises(AssertionRefused) as refused:
        metadata.read_metadata(raw, NOW)
    assert refused.value.reason == why


def test_one_provider_among_many() -> None:
    inner = described(), described(entity="https://autre.test").replace(b'ID="_m"', b'ID="_n"')
    raw = b'<md:EntitiesDescriptor xmlns:md="%s">%s</md:EntitiesDescriptor>' % (MD.encode(), b"".join(inner))
    assert metadata.read_metadata(raw, NOW, entity_id=THEM).entity_id == THEM
    for wanted, why in (("", Reason.SEVERAL), ("https://personne.test", Reason.NO_PROVIDER)):
        with pytest.raises(AssertionRefused) as refused:
            metadata.read_metadata(raw, NOW, entity_id=wanted)
        assert refused.value.reason == why


def test_a_description_signed_by_the_one_that_was_given() -> None:
    raw = described()
    root = etree.fromstring(raw)
    signed = sign(root, Signing(key_of("federation")))
    root.insert(0, root.find(f"{{{DS}}}Signature"))
    pinned = key_of("federation").certificate
    assert metadata.read_metadata(etree.tostring(signed), NOW, pinned=pinned).entity_id == THEM
    for raw_, key, why in (
        (raw, pinned, Reason.ODD_SHAPE),
        (etree.tostring(signed), key_of("another").certificate, Reason.WRONG_SIGNATURE),
        (
            etree.tostring(signed).replace(b"https://guichet.test/sso", b"https://mechant.test/sso"),
            pinned,
            Reason.WRONG_SIGNATURE,
        ),
    ):
        with pytest.raises(AssertionRefused) as refused:
            metadata.read_metadata(raw_, NOW, pinned=key)
        assert refused.value.reason == why


def test_what_we_publish_holds_every_key_and_no_secret() -> None:
    us = Us(
        US,
        ACS,
        "https://preau.test/slo",
        [key_of("us").certificate, key_of("another").certificate],
        "Préau",
        "https://preau.test",
        ["FrEduVecteur"],
    )
    raw = metadata.our_metadata(us, NOW + timedelta(days=7))
    root = etree.fromstring(raw)
    assert b"PRIVATE" not in raw
    assert root.get("entityID") == US
    role = root.find(f"{{{MD}}}SPSSODescriptor")
    assert role.get("AuthnRequestsSigned") == role.get("WantAssertionsSigned") == "true"
    assert [one.get("use") for one in role.findall(f"{{{MD}}}KeyDescriptor")] == [
        "signing",
        "signing",
        "encryption",
        "encryption",
    ]
    assert role.find(f"{{{MD}}}AssertionConsumerService").get("Location") == ACS


# What we ask, and how sessions end.


def asked(**more: Any) -> tuple[str, dict[str, list[str]], Any]:
    address = asking.make_request(
        US, ACS, "https://guichet.test/sso?a=1", key_of("us"), NOW, Question("_q", "mot", **more)
    )
    query = parse_qs(urlsplit(address).query)
    return address, query, etree.fromstring(inflated(base64.b64decode(query["SAMLRequest"][0])))


def test_what_we_ask() -> None:
    address, query, root = asked(again=True, contexts=["urn:x"], name_format=PERSISTENT)
    assert address.startswith("https://guichet.test/sso?a=1&SAMLRequest=")
    assert (root.get("ID"), root.get("ForceAuthn"), root.get("AssertionConsumerServiceURL")) == (
        "_q",
        "true",
        ACS,
    )
    assert root.find(f".//{{{SAML}}}AuthnContextClassRef").text == "urn:x"
    assert root.find(f"{{{SAMLP}}}NameIDPolicy").get("Format") == PERSISTENT
    assert query["RelayState"] == ["mot"]
    signed_query(urlsplit(address).query.removeprefix("a=1&"), "SAMLRequest", [key_of("us").certificate])
    assert asked()[2].get("ForceAuthn") is None


def between(issuer: str = THEM, key: str = "guichet", here: str = "https://preau.test/slo") -> Between:
    return Between(US, here, issuer, [key_of(key).certificate], [key_of("us")])


def ending(session: str = "_session", **more: Any) -> str:
    values = {"us": THEM, "address": "https://preau.test/slo", "key": key_of("guichet"), "now": NOW} | more
    number, address = leaving.make_end(
        values["us"],
        values["address"],
        ("abc-123", PERSISTENT, THEM),
        values["key"],
        values["now"],
        session=session,
        relay="r",
    )
    assert number
    return urlsplit(address).query


def test_the_provider_ends_a_session() -> None:
    found = leaving.read_end(between(), NOW, query=ending())
    assert (found.subject, found.sessions, found.relay) == ("abc-123", ("_session",), "r")
    assert leaving.read_end(between(), NOW, query=ending("")).sessions == ()


def test_the_provider_ends_a_session_by_a_form() -> None:
    root = etree.fromstring(
        f"""<samlp:LogoutRequest xmlns:samlp="{SAMLP}" xmlns:saml="{SAML}" ID="_l" Version="2.0" IssueInstant="{at(NOW)}"
        Destination="https://preau.test/slo"><saml:Issuer>{THEM}</saml:Issuer><saml:NameID>abc-123</saml:NameID></samlp:LogoutRequest>"""
    )
    with pytest.raises(AssertionRefused, match="unsigned"):
        leaving.read_end(between(), NOW, form=(sent(root), ""))
    signed = sign(root, Signing(key_of("guichet")))
    assert leaving.read_end(between(), NOW, form=(sent(signed), "")).subject == "abc-123"
    signed.find(f"{{{SAML}}}NameID").text = "autre"
    with pytest.raises(AssertionRefused, match="wrong_signature"):
        leaving.read_end(between(), NOW, form=(sent(signed), ""))


@pytest.mark.parametrize(
    ("query", "why"),
    [
        (ending(key=key_of("another")), Reason.WRONG_SIGNATURE),
        (ending(us="https://autre.test"), Reason.WRONG_ISSUER),
        (ending(address="https://autre.test/slo"), Reason.WRONG_DESTINATION),
        (ending(now=NOW - timedelta(hours=1)), Reason.TOO_LATE),
        (ending(now=NOW + timedelta(hours=1)), Reason.TOO_EARLY),
        (ending().replace("RelayState=r", "RelayState=s"), Reason.WRONG_SIGNATURE),
        (ending().replace("&RelayState=r", ""), Reason.WRONG_SIGNATURE),
        (ending().partition("&Signature=")[0], Reason.UNSIGNED),
        (ending() + "&SAMLRequest=x", Reason.ODD_SHAPE),
        (
            ending()
            .replace("rsa-sha256", "rsa-sha1")
            .replace(quote_plus("more#rsa"), quote_plus("dsig#rsa")),
            Reason.WEAK_ALGORITHM,
        ),
        ("SAMLResponse=x&Signature=y", Reason.ODD_SHAPE),
    ],
)
def test_an_end_that_the_provider_did_not_send_ends_nothing(query: str, why: Reason) -> None:
    with pytest.raises(AssertionRefused) as refused:
        leaving.read_end(between(), NOW, query=query)
    assert refused.value.reason == why


def test_a_bomb_in_an_address_is_not_unpacked() -> None:
    packing = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packing.compress(b" " * 50_000_000) + packing.flush()
    with pytest.raises(AssertionRefused, match="too_long"):
        inflated(packed)


def test_the_provider_says_that_it_ended_the_session() -> None:
    address = leaving.make_ended(THEM, "https://preau.test/slo", "_ours", key_of("guichet"), NOW, relay="r")
    found = leaving.read_ended(between(), NOW, query=urlsplit(address).query)
    assert (found.request, found.is_done, found.relay) == ("_ours", True, "r")
    assert STATUS in address or address.startswith("https://preau.test/slo?SAMLResponse=")


def test_a_certificate_of_an_unknown_kind_of_key_is_none() -> None:
    der = base64.b64decode("".join(key_of("guichet").certificate.splitlines()[1:-1]))
    odd = der.replace(bytes.fromhex("2a864886f70d010101"), bytes.fromhex("2a864886f70d01017f"))
    with pytest.raises(AssertionRefused) as refused:
        certificate(base64.b64encode(odd).decode())
    assert refused.value.reason == Reason.NO_KEY
