"""A service of SAML in the register: from its metadata, by hand, and everything that is not taken."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import QuerySet

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.signon.actions.parties import SameEntity, write_party
from preau.commons.signon.models import Address, Party, Service, SigningKey
from preau.commons.signon.saml import certificates
from preau.commons.signon.saml.names import DS, MD, SAMLP
from preau.commons.signon.tests.saying import (
    ACS,
    ENTITY,
    OTHER_ACS,
    SLO,
    SLO_SOAP,
    certificate,
    come,
    linked,
    private_pem,
    request_xml,
)
from preau.commons.signon.words import KeyUse, Protocol
from preau.directory.seeds.world import World

pytestmark = pytest.mark.django_db
CREATE = "/services-relies/registre/ajouter/"
TYPED = {
    "name": "Manuels",
    "text": "Lire en ligne.",
    "icon": "apps",
    "address": "https://manuels.example/",
    "protocol": "saml",
    "shape": "plain",
    "profiles": ["pupil", "staff"],
    "is_on": "on",
    "why_first_name": "Saluer.",
    "why_profile": "Distinguer.",
}
HAND = {"entity_id": ENTITY, "receives": f"{ACS}\n{OTHER_ACS}"}
BINDING = "urn:oasis:names:tc:SAML:2.0:bindings:"


def key(use: str = "signing", held: str = "", more: str = "") -> str:
    attribute = f' use="{use}"' if use else ""
    return (
        f'<md:KeyDescriptor{attribute}><ds:KeyInfo xmlns:ds="{DS}"><ds:X509Data><ds:X509Certificate>{held or certificate()}'
        f"</ds:X509Certificate></ds:X509Data></ds:KeyInfo>{more}</md:KeyDescriptor>"
    )


def receiving(url: str = ACS, index: str = "0", binding: str = "HTTP-POST", more: str = "") -> str:
    return (
        f'<md:AssertionConsumerService Binding="{BINDING}{binding}" Location="{url}" index="{index}" {more}/>'
    )


def leaving(url: str, binding: str, more: str = "") -> str:
    return f'<md:SingleLogoutService Binding="{BINDING}{binding}" Location="{url}" {more}/>'


def described(*inside: str, entity: str = ENTITY, role: str = "", more: str = "") -> str:
    held = "".join(inside) or receiving()
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<!-- Écrit par le service. -->\n<md:EntityDescriptor xmlns:md="{MD}" entityID="{entity}" {more}>'
        f'<md:SPSSODescriptor protocolSupportEnumeration="{SAMLP}" {role}>{held}</md:SPSSODescriptor></md:EntityDescriptor>'
    )


@pytest.fixture
def head(college: World, client: SchoolClient) -> SchoolClient:
    return client.sit(college.people["head"])


def the_party() -> Party:
    return Party.objects.get(service__name="Manuels")


def test_metadata_say_everything(college: World, head: SchoolClient) -> None:
    method = '<md:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes256-cbc"/>'
    text = described(
        key(),
        key(held=certificate("next")),
        key("encryption", certificate("hidden"), method),
        leaving(f"{SLO}/redirect", "HTTP-Redirect"),
        leaving(SLO, "HTTP-POST", f'ResponseLocation="{SLO}/fin"'),
        leaving(SLO_SOAP, "SOAP"),
        receiving(OTHER_ACS, "7"),
        receiving(ACS, "3", more='isDefault="true"'),
        receiving("https://manuels.example/art", "9", "HTTP-Artifact"),
        role='AuthnRequestsSigned="true"',
    )
    page = head.post(CREATE, TYPED | {"metadata": text}, follow=True).content.decode()
    party = the_party()
    assert (party.service.school, party.service.protocol) == (college.school, Protocol.SAML)
    assert (party.entity_id, party.must_sign, party.name_form) == (ENTITY, True, "persistent")
    assert party.receives == [{"url": ACS, "index": 3}, {"url": OTHER_ACS, "index": 7}]
    assert party.signing == [certificate(), certificate("next")]
    assert (party.encryption, party.hides, party.cipher) == (certificate("hidden"), True, "cbc")
    assert (party.logout, party.logout_binding, party.logout_answer, party.soap) == (
        SLO,
        "post",
        f"{SLO}/fin",
        SLO_SOAP,
    )
    assert not Address.objects.filter(service=party.service).exists()
    ours = SigningKey.objects.get(use=KeyUse.SAML)
    for word in (
        ENTITY,
        ACS,
        SLO_SOAP,
        "/saml/metadata",
        "/saml/sso",
        "/saml/slo",
        "Refusées si elles ne sont pas signées",
    ):
        assert word in page
    for held in (certificate(), certificate("next"), certificate("hidden"), ours.certificate):
        assert certificates.shown(held).fingerprint in page
    assert head.post(CREATE, TYPED | {"metadata": text}).status_code == 302
    assert Service.objects.filter(name="Manuels").count() == 1


def test_a_file_does_as_well_and_is_shown_again_when_it_is_wrong(head: SchoolClient) -> None:
    file = SimpleUploadedFile(
        "sp.xml", described().replace("urn:oasis:names:tc:SAML:2.0:protocol", "autre").encode()
    )
    page = head.post(CREATE, TYPED | {"metadata_file": file})
    assert page.status_code == 422 and "aucun service SAML 2.0" in page.content.decode()
    assert "protocolSupportEnumeration" in page.content.decode(), "as if it had been pasted"
    file = SimpleUploadedFile("sp.xml", described(receiving(), key("")).encode())
    assert head.post(CREATE, TYPED | {"metadata_file": file}).status_code == 302
    assert the_party().hides and the_party().signing == [certificate()], "a key for everything"


def test_by_hand(head: SchoolClient) -> None:
    typed = (
        TYPED
        | HAND
        | {
            "signing": certificates.pem(certificate()) + "\n" + certificates.pem(certificate("next")),
            "must_sign": "on",
            "encryption": certificate("hidden"),
            "hides": "on",
            "cipher": "gcm",
            "logout": SLO,
            "logout_binding": "post",
            "soap": SLO_SOAP,
            "name_form": "transient",
            "begins_here": "on",
        }
    )
    assert head.post(CREATE, typed).status_code == 302
    party = the_party()
    assert party.receives == [{"url": ACS, "index": 0}, {"url": OTHER_ACS, "index": 1}]
    assert (party.signing, party.encryption) == ([certificate(), certificate("next")], certificate("hidden"))
    assert (party.name_form, party.begins_here, party.logout_binding) == ("transient", True, "post")


def test_changing_says_what_changed_and_keeps_the_numbers(head: SchoolClient) -> None:
    head.post(
        CREATE,
        TYPED
        | {
            "metadata": described(
                receiving(ACS, "3"), leaving(SLO, "HTTP-Redirect", f'ResponseLocation="{SLO}/fin"')
            )
        },
    )
    party = the_party()
    there = f"/services-relies/registre/{party.service.public_id}/modifier/"
    page = head.get(there).content.decode()
    assert ENTITY in page and ACS in page and "EntityDescriptor" not in page
    hand = {"entity_id": ENTITY, "receives": ACS, "logout": SLO}
    assert "Rien n’a changé" in head.post(there, TYPED | hand, follow=True).content.decode()
    head.post(there, TYPED | hand | {"receives": f"{OTHER_ACS}\n{ACS}"})
    party.refresh_from_db()
    assert party.receives == [{"url": OTHER_ACS, "index": 0}, {"url": ACS, "index": 3}]
    assert party.logout_answer == f"{SLO}/fin"
    line = Line.objects.get(verb="signon.service_changed")
    assert line.details["changed"] == "party" and "manuels.example" not in repr(line.details)
    # It speaks otherwise: its name here is free.
    head.post(there, TYPED | {"protocol": "cas", "places": "https://manuels.example/"})
    assert not Party.objects.filter(entity_id=ENTITY).exists()
    head.post(there, TYPED | hand)
    assert the_party().entity_id == ENTITY and not Address.objects.filter(service=party.service).exists()


def short_certificate() -> str:
    return certificates.self_signed(
        rsa.generate_private_key(65_537, 1_024), "court", NOW, NOW.replace(year=2030)
    )


def curve_certificate() -> str:
    return certificates.self_signed(
        ec.generate_private_key(ec.SECP256R1()), "courbe", NOW, NOW.replace(year=2030)
    )


BOMB = '<!DOCTYPE a [<!ENTITY a "a"><!ENTITY b "&a;&a;&a;">]>'
FILES = {
    "text": ("bonjour", "ne lit pas ce texte"),
    "cut": (described()[:-20], "ne lit pas ce texte"),
    "DTD": (BOMB + described().split("?>")[1], "ne lit pas ce texte"),
    "file": (
        '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>' + described(entity="&b;").split("?>")[1],
        "ne lit pas ce texte",
    ),
    "identity provider": (described().replace("SPSSO", "IDPSSO"), "aucun service SAML 2.0"),
    "two": (
        f'<md:EntitiesDescriptor xmlns:md="{MD}">{described().split("-->")[1]}{described(entity="https://b.example/").split("-->")[1]}</md:EntitiesDescriptor>',
        "plusieurs services",
    ),
    "over": (described(more='validUntil="2026-11-01T00:00:00Z"'), "plus valables"),
    "no name": (described(entity=""), "le nom du service"),
    "a name with spaces": (described(entity="mon service"), "le nom du service"),
    "no address": (described(receiving(binding="HTTP-Artifact")), "adresses de réception"),
    "eleven addresses": (
        described(*(receiving(f"{ACS}/{n}", str(n)) for n in range(11))),
        "adresses de réception",
    ),
    "one number twice": (described(receiving(), receiving(OTHER_ACS)), "adresses de réception"),
    "without TLS": (described(receiving("http://manuels.example/acs")), "ne convient pas"),
    "a script": (described(receiving("javascript:alert(1)")), "ne convient pas"),
    "our network": (described(receiving(), leaving("https://10.0.0.7/slo", "SOAP")), "ne convient pas"),
    "answers in our network": (
        described(receiving(), leaving(SLO, "HTTP-POST", 'ResponseLocation="https://localhost/"')),
        "ne convient pas",
    ),
    "a strange certificate": (described(receiving(), key(held="AAAA")), "illisible"),
    "signs without a certificate": (
        described(receiving(), role='AuthnRequestsSigned="1"'),
        "aucun certificat de signature",
    ),
    "six certificates": (
        described(receiving(), *(key(held=certificate(f"k{n}")) for n in range(6))),
        "plus de cinq",
    ),
    "too long": ("<a>" + " " * 300_000 + "</a>", "plus"),
}


@pytest.mark.parametrize("what", list(FILES))
def test_wrong_metadata_are_said_and_nothing_is_kept(head: SchoolClient, what: str) -> None:
    text, sentence = FILES[what]
    answer = head.post(CREATE, TYPED | HAND | {"metadata": text})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert sentence in page and "root:" not in page
    assert ENTITY in page, "nothing typed is lost"
    assert (
        not Service.objects.filter(name="Manuels").exists()
        and not Party.objects.filter(entity_id=ENTITY).exists()
    )


def test_certificates_that_we_cannot_use_are_said(head: SchoolClient) -> None:
    for held, sentence in ((short_certificate(), "moins de 2 048"), (curve_certificate(), "type RSA")):
        answer = head.post(CREATE, TYPED | {"metadata": described(receiving(), key(held=held))})
        assert answer.status_code == 422 and sentence in answer.content.decode().replace(
            "\u202f", " "
        ).replace("\xa0", " ")
        answer = head.post(CREATE, TYPED | HAND | {"signing": certificates.pem(held)})
        assert answer.status_code == 422 and sentence in answer.content.decode().replace(
            "\u202f", " "
        ).replace("\xa0", " ")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"entity_id": ""}, "obligatoire"),
        ({"receives": ""}, "obligatoire"),
        ({"entity_id": "mon service"}, "sans espace ni accent"),
        ({"receives": "https://*.example/"}, "ne convient pas"),
        ({"receives": "http://manuels.example/acs"}, "ne convient pas"),
        ({"receives": f"{ACS}#x"}, "ne convient pas"),
        ({"logout": "https://127.0.0.1/slo"}, "ne convient pas"),
        ({"soap": "http://manuels.example/soap"}, "ne convient pas"),
        ({"signing": "bonjour"}, "pas un certificat"),
        ({"signing": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"}, "pas un certificat"),
        ({"signing": private_pem()}, "pas un certificat"),
        ({"must_sign": "on"}, "il faut un certificat de signature"),
        ({"hides": "on"}, "il faut le certificat de chiffrement"),
        (
            {"encryption": certificates.pem(certificate()) + certificates.pem(certificate("next"))},
            "Un seul certificat",
        ),
        ({"name_form": "autre"}, "autre"),
    ],
)
def test_a_mistake_is_said(head: SchoolClient, wrong: dict[str, Any], said: str) -> None:
    answer = head.post(CREATE, TYPED | HAND | wrong)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Service.objects.filter(name="Manuels").exists()


def test_two_services_never_share_a_name(planted: dict[str, World], head: SchoolClient) -> None:
    """Not even of two schools: which one a request is of would be a guess."""
    linked(planted["twin"], "Chez les voisins")
    for more in (HAND, {"metadata": described()}):
        answer = head.post(CREATE, TYPED | more)
        assert answer.status_code == 422 and "déjà ce nom SAML" in answer.content.decode()
        assert "voisins" not in answer.content.decode()
    assert not Service.objects.filter(name="Manuels").exists()


def test_of_two_that_take_a_name_at_the_same_moment_the_second_is_told(
    college: World, twin: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    linked(twin, "Chez les voisins")
    service = Service.objects.create(school=college.school, name="Manuels", changed_at=NOW)
    monkeypatch.setattr(QuerySet, "exists", lambda _: False)
    with pytest.raises(SameEntity):
        write_party(service, {"entity_id": ENTITY})


def test_certificates_that_are_over_are_shown_as_such(college: World, head: SchoolClient) -> None:
    old = certificates.self_signed(
        rsa.generate_private_key(65_537, 2_048), "vieux", NOW.replace(year=2020), NOW.replace(year=2021)
    )
    party = linked(college, signing=[old])
    page = head.get(f"/services-relies/registre/{party.service.public_id}/").content.decode()
    assert "Expiré" in page and "24 novembre 2021" in page


def test_families_read_the_same_words(college: World, client: SchoolClient) -> None:
    party = linked(college)
    page = client.sit(college.people["guardian"]).get("/services-relies/").content.decode()
    assert "Ce que Préau transmet à Manuels" in page and "SAML" not in page
    assert come(client, request_xml()).status_code == 200 and party.service.name in page
