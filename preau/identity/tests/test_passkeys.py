"""Passkeys: made, used instead of a password and after it, confirmed with, taken away; and all that is refused."""

import json
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from webauthn.helpers import bytes_to_base64url

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.directory.models import Holding, Person
from preau.directory.seeds.world import World
from preau.foundation import kept, stamp
from preau.identity import devices, passkeys, sessions, waiting
from preau.identity.actions import accounts
from preau.identity.actions.passkeys import MOST, ask_for_proof, prove_by_passkey
from preau.identity.actions.second import lift_second_proof
from preau.identity.models import Account, AccountSession, Passkey, ProofDemand, RecoveryCode, SecondProof
from preau.identity.passkeys import NotProved, TooLate
from preau.identity.seeds import CAST, PASSWORD
from preau.identity.tests.authenticator import HOST, ORIGIN, PRESENT, Device, changed
from preau.identity.tests.test_keys import family_alone
from preau.identity.tests.test_second_proof import RIGHT, digits, fields_of, install, is_open, key_on, said_by

pytestmark = pytest.mark.django_db
SIGN_IN, ASK, STEP, CONFIRM = "/connexion/", "/connexion/cle/", "/connexion/verification/", "/confirmer/"
PAGE, ADD, OPTIONS = (
    "/profil/double-verification/",
    "/profil/cles/ajouter/",
    "/profil/cles/ajouter/demande/",
)
ME = {"moi": "oui"}
WRONG, LATE = "Cette clé d’accès ne convient pas", "La demande a attendu trop longtemps"
OWN_NAME = "Mon téléphone"


@pytest.fixture
def teacher(college: World) -> Person:
    return college.people["teacher"]


def make(browser: Any, device: Device, name: str = OWN_NAME, **more: Any) -> Any:
    options = browser.post(OPTIONS).json()
    return browser.post(ADD, {"name": name, "credential": device.make(options, **more)})


def prove(browser: Any, device: Device, where: str = SIGN_IN, asks: Any = None, **more: Any) -> Any:
    """As the script of our pages does: what to sign, then the form."""
    options = browser.post(ASK, asks or {}).json()
    return browser.post(where, {"credential": device.prove(options, **more)})


@pytest.fixture
def device(teacher: Person) -> Device:
    """The teacher's telephone, which keeps a passkey."""
    found = Device()
    assert make(SchoolClient().sit(teacher), found).status_code == 200
    return found


def notices(person: Person, kind: str) -> int:
    return Item.objects.filter(person=person, kind=f"identity.{kind}").count()


def noted(person: Person, verb: str) -> int:
    return Line.objects.filter(verb=f"identity.{verb}", subject=person).count()


def codes_on(response: Any) -> list[str]:
    return re.findall(r"<li>((?:\w{4}-){2}\w{4})</li>", response.content.decode())


# Making one


def test_the_first_key_is_a_second_proof(client: SchoolClient, teacher: Person) -> None:
    elsewhere = Client()
    elsewhere.post(SIGN_IN, RIGHT)
    client.sit(teacher)
    page = client.get(ADD)
    assert (
        'name="credential"' in page.content.decode()
        and f'data-passkey-origin="{ORIGIN}"' in page.content.decode()
    )
    options = client.post(OPTIONS).json()
    assert options["rp"] == {"name": "Préau", "id": HOST}
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    assert options["attestation"] == "none" and options["user"]["name"] == CAST["teacher"]
    device = Device()
    done = client.post(ADD, {"name": OWN_NAME, "credential": device.make(options)})
    assert len(set(codes_on(done))) == 10 and OWN_NAME in said_by(done)
    key = Passkey.objects.get()
    assert (key.account.person, key.name, key.used_at) == (teacher, OWN_NAME, None)
    assert (key.transports, key.sign_count, key.may_sync, key.is_synced) == (
        ["hybrid", "internal"],
        1,
        False,
        False,
    )
    assert is_open(client) and not is_open(elsewhere), "what the password alone had opened is closed"
    assert noted(teacher, "passkey_added") == 1 and notices(teacher, "passkey_added") == 1
    assert waiting.is_asked_of(teacher.account)
    assert OWN_NAME not in json.dumps(list(Line.objects.values_list("details", flat=True)))


def test_another_key_gives_no_codes_and_closes_nothing(
    client: SchoolClient, device: Device, teacher: Person
) -> None:
    elsewhere = Client()
    prove(elsewhere, device)
    client.sit(teacher)
    options = client.post(OPTIONS).json()
    assert [excludecredential["id"] for excludecredential in options["excludeCredentials"]] == [
        bytes_to_base64url(device.number)
    ]
    assert options["user"]["id"] == device.handle, "an account has one number, whatever its keys"
    papers = set(RecoveryCode.objects.values_list("digest", flat=True))
    other = Device(flags=0x1D, count=None)
    done = client.post(ADD, {"name": "Portable", "credential": other.make(options)})
    assert done.url == PAGE and is_open(elsewhere)
    assert set(RecoveryCode.objects.values_list("digest", flat=True)) == papers
    key = Passkey.objects.get(name="Portable")
    assert (key.may_sync, key.is_synced, key.sign_count) == (True, True, 0)
    page = said_by(client.get(PAGE))
    assert OWN_NAME in page and "Portable" in page


def test_ten_are_enough(client: SchoolClient, teacher: Person, device: Device) -> None:
    client.sit(teacher)
    for number in range(MOST - 1):
        Passkey.objects.create(
            account=teacher.account,
            name="x",
            credential_id=f"k{number}",
            handle="x",
            public_key="x",
            made_at=NOW,
        )
    assert ADD not in client.get(PAGE).content.decode()
    full = make(client, Device())
    assert full.status_code == 422 and "dix clés" in said_by(full)
    assert Passkey.objects.count() == MOST


@pytest.mark.parametrize(
    "sent",
    [
        "x",
        "[]",
        "{}",
        '{"id": "x"}',
        "[" * 900,
        "é\x00",
        "x" * 20_001,
        json.dumps({"id": 3, "rawId": 4, "response": 5}),
    ],
)
def test_what_makes_no_sense_makes_no_key(client: SchoolClient, teacher: Person, sent: str) -> None:
    client.sit(teacher).post(OPTIONS)
    answer = client.post(ADD, {"name": OWN_NAME, "credential": sent})
    assert answer.status_code == 422 and not Passkey.objects.exists()
    assert OWN_NAME in answer.content.decode(), "what was typed is still there"


MISTAKES = {
    "another site": ({"host": "ailleurs.example"}, {}),
    "another origin": ({}, {"origin": "https://localhost:8000"}),
    "another port": ({}, {"origin": "http://localhost:9000"}),
    "inside another site": ({}, {"crossOrigin": True}),
    "another gesture": ({}, {"type": "webauthn.autre"}),
    "another challenge": ({}, {"challenge": bytes_to_base64url(b"x" * 32)}),
    "nobody there": ({"flags": 0}, {}),
    "neither finger nor PIN": ({"flags": PRESENT}, {}),
    "copied though it cannot be": ({"flags": 0x15}, {}),
}


@pytest.mark.parametrize(("facts", "more"), MISTAKES.values(), ids=MISTAKES)
def test_a_key_of_another_site_or_without_its_person_is_not_kept(
    client: SchoolClient, teacher: Person, facts: Any, more: Any
) -> None:
    answer = make(client.sit(teacher), Device(**facts), **more)
    assert answer.status_code == 422 and "n’a pas pu être ajoutée" in said_by(answer)
    assert not Passkey.objects.exists() and not RecoveryCode.objects.exists()


def test_a_number_too_long_is_not_kept(client: SchoolClient, teacher: Person) -> None:
    assert make(client.sit(teacher), Device(number=b"x" * 1024)).status_code == 422
    assert not Passkey.objects.exists()


def test_a_key_has_one_account(client: SchoolClient, device: Device, college: World) -> None:
    """Whoever has seen the number of a key does not take it over."""
    thief = Device(number=device.number)
    assert make(client.sit(college.people["head"]), thief).status_code == 422
    assert Passkey.objects.get().account.person == college.people["teacher"]


def test_a_request_serves_once_and_five_minutes(client: SchoolClient, teacher: Person, clock: Any) -> None:
    client.sit(teacher)
    sent = {"name": OWN_NAME, "credential": Device().make(client.post(OPTIONS).json())}
    clock.shift(timedelta(minutes=5))
    late = client.post(ADD, sent)
    assert late.status_code == 422 and LATE in said_by(late)
    sent = {"name": OWN_NAME, "credential": Device().make(client.post(OPTIONS).json())}
    assert client.post(ADD, sent).status_code == 200
    again = client.post(ADD, sent)
    assert again.status_code == 422 and LATE in said_by(again)
    assert Passkey.objects.count() == 1


def test_a_request_serves_once_in_two_browsers_at_the_same_moment() -> None:
    session: dict[str, Any] = {}
    passkeys.ask(session, passkeys.PROOF, 7)
    same = dict(session)
    assert passkeys.take(session, passkeys.PROOF, 7).challenge
    with pytest.raises(TooLate):
        passkeys.take(same, passkeys.PROOF, 7)


def test_a_name_is_asked_and_a_browser_without_scripts_is_told(client: SchoolClient, teacher: Person) -> None:
    client.sit(teacher)
    nameless = client.post(ADD, {"name": " ", "credential": ""})
    assert nameless.status_code == 422 and "Donnez un nom" in said_by(nameless)
    nothing = client.post(ADD, {"name": OWN_NAME})
    assert nothing.status_code == 422 and "Aucune clé d’accès n’a été faite" in said_by(nothing)


def test_adding_one_asks_who_is_there(client: SchoolClient, teacher: Person, clock: Any) -> None:
    client.sit(teacher)
    clock.shift(timedelta(minutes=11))
    assert client.get(ADD).url.startswith(CONFIRM)
    mark = {
        stamp.FIELD: stamp.seal(
            teacher.account.pk, f"staff-{Holding.objects.filter(person=teacher)[0].school_id}"
        )
    }
    sent = client.post(
        ADD, mark | {"name": OWN_NAME, "credential": Device().make(client.post(OPTIONS).json())}
    )
    assert sent.url.startswith(CONFIRM)
    assert not Passkey.objects.exists() and kept.KEY not in client.session


def test_a_child_is_not_offered_any(client: SchoolClient, college: World) -> None:
    client.sit(college.people["pupil"])
    assert client.get(ADD).status_code == client.post(OPTIONS).status_code == 403


def test_keys_serve_at_one_address(settings: Any) -> None:
    for address, found in {
        "https://ENT.example.org": ("ent.example.org", "https://ent.example.org"),
        "https://ent.example.org:443": ("ent.example.org", "https://ent.example.org"),
        "https://ent.example.org:8443": ("ent.example.org", "https://ent.example.org:8443"),
        "http://localhost:80": ("localhost", "http://localhost"),
    }.items():
        settings.PUBLIC_URL = address
        assert passkeys.site() == found


# Signing in with it alone


def test_a_key_opens_without_a_password(client: SchoolClient, device: Device, teacher: Person) -> None:
    assert "Se connecter avec une clé d’accès" in client.get(SIGN_IN).content.decode()
    options = client.post(ASK).json()
    assert (options["rpId"], options["userVerification"]) == (HOST, "required")
    assert options["allowCredentials"] == [], "nobody is named before they have come in"
    sent = {"credential": device.prove(options), "suite": "/emploi-du-temps/"}
    done = client.post(SIGN_IN, sent)
    assert done.url == "/emploi-du-temps/" and is_open(client)
    assert client.session[sessions.PROVED] is True
    assert noted(teacher, "signed_in") == 1
    assert AccountSession.objects.filter(account__person=teacher, pk=client.session.session_key).exists()
    assert f"{devices.COOKIE}" in "".join(done.cookies)
    key = Passkey.objects.get()
    assert key.used_at == NOW and key.sign_count == 2
    client.post("/deconnexion/")
    assert LATE in said_by(client.post(SIGN_IN, sent)), "what was signed served once"
    assert client.post(SIGN_IN, sent | {"suite": "https://ailleurs.example/"}).status_code == 422
    assert prove(client, device).url == "/"


def test_an_address_elsewhere_is_not_followed(client: SchoolClient, device: Device) -> None:
    options = client.post(ASK).json()
    sent = {"credential": device.prove(options), "suite": "https://ailleurs.example/"}
    assert client.post(SIGN_IN, sent).url == "/"


def test_nothing_typed_is_looked_at_beside_a_key(client: SchoolClient, device: Device) -> None:
    """The same questions to the database, whatever login stands in the form: nobody learns whose it is."""
    asked = set()
    for login in (CAST["teacher"], CAST["head"], "personne"):
        browser = Client()
        options = browser.post(ASK, {"login": login}).json()
        assert options["allowCredentials"] == []
        with CaptureQueriesContext(connection) as queries:
            sent = changed(device.prove(options), signature="AAAA")
            assert browser.post(SIGN_IN, {"credential": sent, "login": login}).status_code == 422
        asked.add(len(queries))
    assert len(asked) == 1


@pytest.mark.parametrize(("facts", "more"), MISTAKES.values(), ids=MISTAKES)
def test_what_is_signed_for_another_site_or_by_nobody_opens_nothing(
    client: SchoolClient, device: Device, facts: Any, more: Any
) -> None:
    for name, value in facts.items():
        setattr(device, name, value)
    refused = prove(client, device, **more)
    assert refused.status_code == 422 and WRONG in said_by(refused)
    assert "facultatif" not in said_by(refused), "the form of the password asks for both, as before"
    assert not is_open(client) and Passkey.objects.get().used_at is None


@pytest.mark.parametrize("sent", ["x", "[]", "null", "{}", "[" * 900, "x" * 20_001, "é\x00"])
def test_what_makes_no_sense_opens_nothing(client: SchoolClient, device: Device, sent: str) -> None:
    client.post(ASK)
    refused = client.post(SIGN_IN, {"credential": sent})
    assert refused.status_code == 422 and not is_open(client)


def test_a_body_too_large_is_refused_before_anything(client: SchoolClient, device: Device) -> None:
    assert client.post(SIGN_IN, {"credential": "x" * 3_000_000}).status_code == 400


def test_unknown_stolen_and_closed_are_answered_alike(
    client: SchoolClient, device: Device, teacher: Person
) -> None:
    stranger = Device(handle=device.handle)
    thief = Device(number=device.number, handle=device.handle, count=40)
    unsigned, unnamed, misnamed = ({"signature": "AAAA"}, {"userHandle": None}, {"userHandle": "AAAA"})
    answers = [said_by(prove(client, one)) for one in (stranger, thief)]
    for change in (unsigned, unnamed, misnamed):
        options = client.post(ASK).json()
        answers.append(
            said_by(client.post(SIGN_IN, {"credential": changed(device.prove(options), **change)}))
        )
    Account.objects.filter(person=teacher).update(is_active=False)
    answers.append(said_by(prove(client, device)))
    assert all(WRONG in one for one in answers)
    assert not is_open(client) and not noted(teacher, "passkey_copied"), "no key, no suspicion"


def test_a_counter_that_goes_back_is_a_copy(client: SchoolClient, device: Device, teacher: Person) -> None:
    copy = Device(device.key, device.number, device.handle, count=0)
    device.count = 7
    assert prove(client, device).url == "/"
    client.post("/deconnexion/")
    for _ in range(2):
        refused = prove(client, copy)
        assert refused.status_code == 422 and WRONG in said_by(refused)
    assert noted(teacher, "passkey_copied") == 2 and notices(teacher, "passkey_copied") == 1
    assert Passkey.objects.get().sign_count == 8
    assert prove(client, device).url == "/"


def test_a_key_that_counts_nothing_serves_again(client: SchoolClient, teacher: Person) -> None:
    synced = Device(count=None, flags=0x1D)
    make(SchoolClient().sit(teacher), synced)
    for _ in range(2):
        assert prove(client, synced).url == "/"
        client.post("/deconnexion/")


def test_tries_are_counted(client: SchoolClient, device: Device) -> None:
    thief = Device(number=device.number, handle=device.handle)
    answers = [prove(client, thief).status_code for _ in range(devices.LIMIT + 1)]
    assert answers == [422] * devices.LIMIT + [429]
    assert prove(client, device).status_code == 429
    assert prove(Client(REMOTE_ADDR="203.0.113.9"), device).status_code == 302, (
        "nobody is shut out of elsewhere"
    )


def test_a_person_without_a_role_does_not_come_in(
    client: SchoolClient, device: Device, teacher: Person
) -> None:
    Holding.objects.filter(person=teacher).delete()
    refused = prove(client, device)
    assert refused.status_code == 422 and "rattaché à un établissement" in said_by(refused)
    assert not is_open(client)


def test_a_password_that_the_school_took_back_closes_keys_too(
    client: SchoolClient, device: Device, teacher: Person, seat_of: Any
) -> None:
    assert accounts.give_code(seat_of("head"), teacher, seen=0)
    refused = prove(client, device)
    assert refused.status_code == 422 and "a été annulé" in said_by(refused)
    assert not is_open(client)


def test_a_key_whose_row_has_just_gone_opens_nothing(device: Device) -> None:
    session: dict[str, Any] = {}
    options = ask_for_proof(session, None)
    key = Passkey.objects.get()
    Passkey.objects.all().delete()
    with pytest.raises(NotProved):
        prove_by_passkey(session, device.prove(options), key)


def test_what_was_being_sent_waits(client: SchoolClient, device: Device, teacher: Person) -> None:
    seat = f"staff-{Holding.objects.filter(person=teacher)[0].school_id}"
    client.post("/profil/affichage/", {"text": "grand", stamp.FIELD: stamp.seal(teacher.account.pk, seat)})
    assert kept.KEY in client.session
    assert prove(client, device).url == "/reprendre/"


def test_whoever_was_waiting_for_digits_waits_no_more(client: SchoolClient, device: Device) -> None:
    client.post(SIGN_IN, RIGHT)
    assert waiting.KEY in client.session
    assert prove(client, device).url == "/"
    assert waiting.KEY not in client.session


# After the password


def test_after_the_password_the_key_or_a_code_on_paper(
    client: SchoolClient, device: Device, teacher: Person
) -> None:
    assert client.post(SIGN_IN, RIGHT | {"suite": "/profil/"}).url == STEP
    page = said_by(client.get(STEP))
    assert "Continuer avec ma clé d’accès" in page and "six chiffres" not in page
    nothing = client.post(STEP, {"recovery": ""})
    assert nothing.status_code == 422 and "Utilisez votre clé d’accès" in said_by(nothing)
    options = client.post(ASK, ME).json()
    assert [allowcredential["id"] for allowcredential in options["allowCredentials"]] == [
        bytes_to_base64url(device.number)
    ]
    device.handle = ""
    done = client.post(STEP, {"credential": device.prove(options)})
    assert done.url == "/profil/" and client.session[sessions.PROVED] is True
    assert noted(teacher, "signed_in") == 1


def test_codes_on_paper_open_without_the_key(client: SchoolClient, teacher: Person) -> None:
    papers = codes_on(make(SchoolClient().sit(teacher), Device()))
    client.post(SIGN_IN, RIGHT)
    assert client.post(STEP, {"recovery": "XXXX-XXXX-XXXX"}).status_code == 422
    assert client.post(STEP, {"recovery": papers[0]}).url == "/"
    assert notices(teacher, "recovery_used") == 1


def test_the_key_of_somebody_else_is_no_second_proof(
    client: SchoolClient, device: Device, college: World
) -> None:
    theirs = Device()
    make(SchoolClient().sit(college.people["head"]), theirs)
    client.post(SIGN_IN, RIGHT)
    refused = prove(client, theirs, STEP, ME)
    assert refused.status_code == 422 and WRONG in said_by(refused) and not is_open(client)
    # Nor does what was signed for the sign-in page serve here, and the other way round.
    assert LATE in said_by(prove(client, device, STEP))
    assert LATE in said_by(prove(client, device, SIGN_IN, ME))
    assert not is_open(client)


def test_with_both_one_chooses(client: SchoolClient, device: Device, seat_of: Any, clock: Any) -> None:
    secret, _ = install(seat_of("teacher"))
    clock.shift(timedelta(minutes=1))
    client.post(SIGN_IN, RIGHT)
    page = said_by(client.get(STEP))
    assert "Continuer avec ma clé d’accès" in page and "Les six chiffres" in page
    assert client.post(STEP, {"code": digits(secret)}).url == "/"
    client.post("/deconnexion/")
    client.post(SIGN_IN, RIGHT)
    assert prove(client, device, STEP, ME).url == "/"


def test_a_browser_is_trusted_until_the_keys_change(
    client: SchoolClient, device: Device, teacher: Person
) -> None:
    client.post(SIGN_IN, RIGHT)
    options = client.post(ASK, ME).json()
    client.post(STEP, {"credential": device.prove(options), "trusted": "on"})
    client.post("/deconnexion/")
    assert client.post(SIGN_IN, RIGHT).url == "/"
    client.post("/deconnexion/")
    make(SchoolClient().sit(teacher), Device())
    assert client.post(SIGN_IN, RIGHT).url == STEP


def test_a_card_or_a_letter_alone_opens_nothing(
    client: SchoolClient, device: Device, teacher: Person, seat_of: Any
) -> None:
    issued = accounts.give_code(seat_of("head"), teacher, seen=0)
    assert issued
    sent = {"login": CAST["teacher"], "code": issued[1]} | dict.fromkeys(
        ("new_password", "again"), "trois chevaux bleus"
    )
    assert client.post("/activation/", sent).url == STEP
    assert prove(client, device, STEP, ME).url == "/"


def test_whoever_waits_while_the_office_takes_it_away_begins_again(
    client: SchoolClient, device: Device, teacher: Person, seat_of: Any
) -> None:
    client.post(SIGN_IN, RIGHT)
    lift_second_proof(seat_of("head"), teacher)
    assert client.get(STEP).url == SIGN_IN
    assert client.post(SIGN_IN, RIGHT).url == "/"


def test_an_application_beside_a_key_gives_other_codes(
    client: SchoolClient, device: Device, teacher: Person
) -> None:
    client.sit(teacher)
    page = client.get("/profil/double-verification/mettre-en-place/").content.decode()
    sent = fields_of(page) | {"code": digits(key_on(page))}
    done = client.post("/profil/double-verification/mettre-en-place/", sent)
    assert len(codes_on(done)) == 10 and "Les codes d’avant ne marchent plus" in said_by(done)
    assert RecoveryCode.objects.count() == 10 and Passkey.objects.exists()


# Confirming


def test_a_key_confirms_who_is_there(
    client: SchoolClient, device: Device, teacher: Person, clock: Any
) -> None:
    prove(client, device)
    clock.shift(timedelta(minutes=11))
    asked = client.get(ADD)
    page = said_by(client.get(asked.url))
    assert "Confirmer avec ma clé d’accès" in page and "six chiffres" not in page
    assert client.post(CONFIRM, {"former": PASSWORD, "recovery": ""}).status_code == 422
    assert client.post(CONFIRM, {"former": PASSWORD, "recovery": "XXXX-XXXX-XXXX"}).status_code == 422
    wrong = prove(client, Device(handle=device.handle), CONFIRM, ME)
    assert wrong.status_code == 422 and WRONG in said_by(wrong)
    assert LATE in said_by(client.post(CONFIRM, {"credential": "{}"}))
    assert client.get(ADD).url.startswith(CONFIRM)
    assert prove(client, device, CONFIRM, ME).status_code == 302
    assert client.get(ADD).status_code == 200
    assert noted(teacher, "confirmed") == 1


def test_the_key_of_somebody_else_confirms_nothing(
    client: SchoolClient, device: Device, college: World, clock: Any
) -> None:
    client.sit(college.people["head"])
    clock.shift(timedelta(minutes=11))
    refused = prove(client, device, CONFIRM, ME)
    assert refused.status_code == 422 and client.get(ADD).url.startswith(CONFIRM)


# Naming it, taking it away


def address_of(key: Passkey, end: str = "") -> str:
    return f"/profil/cles/{key.public_id}/{end}"


def test_a_key_has_the_name_that_its_person_gives(
    client: SchoolClient, device: Device, teacher: Person
) -> None:
    key = Passkey.objects.get()
    client.sit(teacher)
    assert OWN_NAME in client.get(address_of(key)).content.decode()
    assert client.post(address_of(key), {"name": ""}).status_code == 422
    for _ in range(2):
        assert client.post(address_of(key), {"name": "Clé bleue"}).url == PAGE
    assert Passkey.objects.get().name == "Clé bleue" and noted(teacher, "passkey_renamed") == 1


def test_a_key_is_its_person_s_alone(client: SchoolClient, device: Device, college: World) -> None:
    key = Passkey.objects.get()
    client.sit(college.people["head"])
    for address in (address_of(key), address_of(key, "retirer/")):
        assert client.post(address, {"name": "x"}).status_code == 404
    assert Passkey.objects.get().name == OWN_NAME


def test_the_last_one_taken_away_leaves_the_password(
    client: SchoolClient, device: Device, teacher: Person
) -> None:
    client.sit(teacher)
    make(client, Device(), "Portable")
    first, second = Passkey.objects.all()
    assert client.post(address_of(first, "retirer/")).url == PAGE
    assert notices(teacher, "passkey_removed") == 1 and not notices(teacher, "second_proof_off")
    assert RecoveryCode.objects.exists()
    assert "votre seule double vérification" in said_by(client.get(address_of(second)))
    assert client.post(address_of(second, "retirer/")).url == PAGE
    assert notices(teacher, "second_proof_off") == 1 and not RecoveryCode.objects.exists()
    assert noted(teacher, "passkey_removed") == 2
    assert client.post(address_of(second, "retirer/")).url == PAGE, "a second click is told that it was done"
    assert Client().post(SIGN_IN, RIGHT).url == "/"
    assert prove(Client(), device).status_code == 422


def test_taking_one_away_asks_who_is_there(
    client: SchoolClient, device: Device, teacher: Person, clock: Any
) -> None:
    client.sit(teacher)
    clock.shift(timedelta(minutes=11))
    assert client.post(address_of(Passkey.objects.get(), "retirer/")).url.startswith(CONFIRM)
    assert Passkey.objects.exists()


def test_without_the_application_the_keys_stay(
    client: SchoolClient, device: Device, teacher: Person, seat_of: Any
) -> None:
    install(seat_of("teacher"))
    client.sit(teacher)
    assert client.post(PAGE, {"geste": "retirer"}).url == PAGE
    assert notices(teacher, "application_off") == 1 and not notices(teacher, "second_proof_off")
    assert (
        RecoveryCode.objects.count() == 10 and Passkey.objects.exists() and not SecondProof.objects.exists()
    )
    assert "vos clés d’accès suffisent" in said_by(client.get(PAGE))
    assert client.post(PAGE, {"geste": "retirer"}).url == PAGE
    assert Passkey.objects.exists() and notices(teacher, "application_off") == 1


def test_new_codes_for_whoever_has_keys_alone(client: SchoolClient, device: Device, teacher: Person) -> None:
    client.sit(teacher)
    last = RecoveryCode.objects.order_by("pk").last()
    assert last
    done = client.post(PAGE, {"geste": "codes", "vu": str(last.pk)})
    assert len(codes_on(done)) == 10


def test_the_office_takes_everything_away(
    client: SchoolClient, device: Device, college: World, teacher: Person
) -> None:
    client.sit(college.people["head"])
    lift = f"/comptes/personnes/{teacher.public_id}/double-verification/retirer/"
    assert lift in client.get(f"/comptes/personnes/{teacher.public_id}/").content.decode()
    assert client.post(lift).status_code == 302
    assert not Passkey.objects.exists() and not RecoveryCode.objects.exists()
    assert notices(teacher, "second_proof_lifted") == 1
    assert prove(Client(), device).status_code == 422


def test_a_closed_account_keeps_no_key(device: Device, teacher: Person) -> None:
    accounts.close_account(teacher.pk)
    assert not Passkey.objects.exists()


# Demanded


def test_a_key_is_what_is_demanded(client: SchoolClient, college: World, teacher: Person) -> None:
    ProofDemand.objects.create(
        school=college.school, who="staff", since=date(2026, 1, 5), said_at=timezone.now()
    )
    Account.objects.filter(person=teacher).update(proves_from=NOW.date())
    client.post(SIGN_IN, RIGHT)
    assert client.get("/profil/").url == "/profil/double-verification/mettre-en-place/"
    assert ADD in client.get("/profil/double-verification/mettre-en-place/").content.decode()
    device = Device()
    done = make(client, device)
    assert 'href="/"' in done.content.decode() and len(codes_on(done)) == 10
    assert Account.objects.get(person=teacher).proves_from is None and is_open(client)
    client.post(address_of(Passkey.objects.get(), "retirer/"))
    assert Account.objects.get(person=teacher).proves_from == date(2026, 1, 5), (
        "taken away, and asked at once"
    )


def test_a_session_of_the_family_alone_takes_none_away(college: World, client: SchoolClient) -> None:
    assert make(SchoolClient().sit(college.people["guardian"]), Device()).status_code == 200
    family_alone(client, college)
    assert client.post(address_of(Passkey.objects.get(), "retirer/")).status_code == 302
    assert Passkey.objects.count() == 1
