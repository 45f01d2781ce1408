"""What the register holds of a service that speaks OpenID Connect: its addresses, its secret, the keys that sign."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client as Browser
from django.utils import timezone

from conftest import SchoolClient
from preau.commons.journal.models import Line
from preau.commons.signon import tasks
from preau.commons.signon.models import Address, Client, Connection, Service, SigningKey
from preau.commons.signon.queries import clients, keys
from preau.commons.signon.tests.coming import BACK, claims_in, code_in, come, linked, redeem, tokens_of
from preau.commons.signon.words import Protocol
from preau.directory.seeds.world import World
from preau.foundation import outward

pytestmark = pytest.mark.django_db
CREATE = "/services-relies/registre/ajouter/"
TYPED = {
    "name": "Atelier",
    "text": "Écrire à plusieurs.",
    "icon": "notebook",
    "address": "https://atelier.example/ent/",
    "profiles": ["pupil", "staff"],
    "protocol": "oidc",
    "shape": "plain",
    "is_on": "on",
    "why_first_name": "Signer.",
    "redirects": f"{BACK}\nhttps://atelier.example/autre?x=1",
    "after_logout": "https://atelier.example/",
    "back_channel": "",
}


@pytest.fixture
def head(college: World, client: SchoolClient) -> SchoolClient:
    return client.sit(college.people["head"])


def test_a_school_links_a_service(college: World, head: SchoolClient) -> None:
    page = head.post(CREATE, TYPED, follow=True).content.decode()
    service = Service.objects.get(name="Atelier")
    assert (service.school, service.protocol) == (college.school, Protocol.OIDC)
    assert service.client.redirects == [BACK, "https://atelier.example/autre?x=1"]
    assert not Address.objects.filter(service=service).exists()
    assert service.client.client_id in page and "Pas encore donné" in page and BACK in page
    assert head.post(CREATE, TYPED).status_code == 302
    assert Service.objects.filter(name="Atelier").count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"redirects": ""}, "obligatoire"),
        ({"redirects": "https://*.example/"}, "ne convient pas"),
        ({"redirects": "http://atelier.example/"}, "ne convient pas"),
        ({"redirects": "https://atelier.example/#x"}, "ne convient pas"),
        ({"redirects": "fr.example.app:/retour"}, "ne convient pas"),
        ({"redirects": "https://127.0.0.1/"}, "ne convient pas"),
        ({"redirects": "\n".join(f"https://a{n}.example/" for n in range(11))}, "Dix adresses au plus"),
        ({"after_logout": "javascript:alert(1)"}, "ne convient pas"),
        ({"back_channel": "https://10.0.0.7/fin"}, "ne convient pas"),
        ({"back_channel": "http://atelier.example/fin"}, "ne convient pas"),
        ({"protocol": "cas"}, "obligatoire"),
        ({"protocol": "autre"}, "autre"),
    ],
)
def test_a_mistake_is_said(head: SchoolClient, wrong: dict[str, Any], said: str) -> None:
    answer = head.post(CREATE, TYPED | wrong)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Service.objects.filter(name="Atelier").exists()


def test_changing_says_what_changed_and_keeps_the_number(head: SchoolClient) -> None:
    head.post(CREATE, TYPED)
    service = Service.objects.get(name="Atelier")
    number = service.client.client_id
    there = f"/services-relies/registre/{service.public_id}/modifier/"
    assert "Rien n’a changé" in head.post(there, TYPED, follow=True).content.decode()
    head.post(there, TYPED | {"back_channel": "https://atelier.example/fin"})
    line = Line.objects.get(verb="signon.service_changed")
    assert line.details["changed"] == "client" and "atelier.example" not in repr(line.details)
    head.post(there, TYPED | {"protocol": "cas", "places": "https://atelier.example/"})
    assert [address.path for address in service.addresses.all()] == ["/"]
    assert clients.client_of(number) is None
    head.post(there, TYPED)
    assert not service.addresses.exists()
    assert clients.client_of(number) is not None


def test_a_secret_is_shown_once_and_the_former_ends(college: World, head: SchoolClient) -> None:
    head.post(CREATE, TYPED)
    service = Service.objects.get(name="Atelier")
    there = f"/services-relies/registre/{service.public_id}/secret/"
    assert "Donner un secret" in head.get(there).content.decode()
    page = head.post(there, {"vu": ""}).content.decode()
    first = page.split("(client_secret)</dt><dd>")[1].split("</dd>")[0]
    assert len(first) == 43 and first not in repr(list(Client.objects.values()))
    # A second click, and a page that waited.
    for _ in range(2):
        assert "Un secret vient d’être donné" in head.post(there, {"vu": ""}, follow=True).content.decode()
    page = head.get(there).content.decode()
    assert "L’ancien secret cesse de marcher aussitôt" in page
    seen = page.split('name="vu" value="')[1].split('"')[0]
    page = head.post(there, {"vu": seen}).content.decode()
    second = page.split("(client_secret)</dt><dd>")[1].split("</dd>")[0]
    assert Line.objects.filter(verb="signon.secret_renewed", school=college.school).count() == 2
    browser = SchoolClient().sit(college.people["pupil"])
    for secret, status in ((first, 401), (second, 200)):
        code = code_in(come(browser, service.client, scope="openid"))
        assert redeem(service.client, code, client_secret=secret).status_code == status


def test_a_public_client_has_no_secret_and_loses_its_own(college: World, head: SchoolClient) -> None:
    head.post(CREATE, TYPED)
    service = Service.objects.get(name="Atelier")
    there = f"/services-relies/registre/{service.public_id}"
    head.post(f"{there}/secret/", {"vu": ""})
    head.post(f"{there}/modifier/", TYPED | {"is_public": "on"})
    service.client.refresh_from_db()
    assert (service.client.secret, service.client.secret_since) == ("", None)
    assert "Aucun" in head.get(f"{there}/").content.decode()
    for answer in (head.get(f"{there}/secret/"), head.post(f"{there}/secret/", {"vu": ""})):
        assert answer["Location"] == f"{there}/"
    assert Line.objects.filter(verb="signon.secret_renewed").count() == 1


def test_a_service_of_cas_has_no_secret(college: World, head: SchoolClient) -> None:
    own = Service.objects.get(school=college.school)
    there = f"/services-relies/registre/{own.public_id}/secret/"
    assert "se connecte sans secret" in head.get(there, follow=True).content.decode()


def test_families_read_the_same_words(college: World, client: SchoolClient) -> None:
    linked(college)
    page = client.sit(college.people["guardian"]).get("/services-relies/").content.decode()
    assert "Ce que Préau transmet à Atelier" in page and "client_id" not in page


def test_a_service_that_leads_into_our_network_is_never_told(
    college: World, teacher: SchoolClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens_of(teacher, linked(college))
    monkeypatch.setattr(outward.socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", ("10.0.0.7", 443))])
    assert tasks.end_connection.func(Connection.objects.get().pk) is False
    assert not Connection.objects.exists()


# Keys


def test_keys_are_sealed_and_only_public_parts_are_told(college: World) -> None:
    public_keys = Browser().get("/oidc/jwks").json()["keys"]
    row = SigningKey.objects.get()
    assert [sorted(one) for one in public_keys] == [["alg", "e", "kid", "kty", "n", "use"]]
    private = keys.signing_key(timezone.now()).as_dict(private=True)
    assert private["d"] not in repr(SigningKey.objects.values().get())
    assert Browser().get("/oidc/jwks").json()["keys"] == public_keys and row.kid == public_keys[0]["kid"]
    assert Line.objects.filter(verb="signon.keys_rolled").count() == 1


def test_a_key_is_replaced_in_time_and_what_it_signed_still_proves(
    college: World, teacher: SchoolClient, clock: time_machine.Traveller
) -> None:
    client = linked(college)
    hint = tokens_of(teacher, client)["id_token"]
    kid = SigningKey.objects.get().kid
    assert tasks.keep_keys.func() == 0
    clock.shift(timedelta(days=89, minutes=1))
    assert (tasks.keep_keys.func(), tasks.keep_keys.func()) == (1, 0)
    assert keys.signing_key(timezone.now()).kid == kid, "published a day before it signs"
    assert len(keys.published()) == 2
    clock.shift(timedelta(days=1))
    assert keys.signing_key(timezone.now()).kid != kid
    tasks.keep_keys.func()
    assert keys.read_signed(hint)["aud"] == client.client_id
    clock.shift(timedelta(days=7))
    tasks.keep_keys.func()
    assert [one["kid"] for one in keys.published()] != [kid] and len(keys.published()) == 1
    assert keys.read_signed(hint) is None


def test_an_operator_replaces_a_key_at_once(college: World, teacher: SchoolClient, capsys: Any) -> None:
    client = linked(college)
    hint = tokens_of(teacher, client)["id_token"]
    call_command("roll_signing_keys")
    assert "encore publiées : 1" in capsys.readouterr().out
    assert claims_in(tokens_of(teacher, client)["id_token"])["sub"]
    assert keys.read_signed(hint)
    call_command("roll_signing_keys", withdraw=True)
    assert "encore publiées : 0" in capsys.readouterr().out
    assert keys.read_signed(hint) is None
    assert claims_in(tokens_of(teacher, client)["id_token"])["sub"]
    assert Line.objects.filter(verb="signon.keys_rolled").count() == 3


def test_a_key_that_does_not_open_any_more_is_replaced(college: World, settings: Any) -> None:
    tasks.keep_keys.func()
    settings.SECRET_KEY = "another secret, long enough for this test of the site"
    assert keys.signing_key(timezone.now()) is None
    assert tasks.keep_keys.func() == 1
    assert keys.signing_key(timezone.now()) is not None
