"""The second proof: put in place, asked after the password, lost, taken away."""

import re
from base64 import b32decode
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from structlog.testing import capture_logs

from conftest import SchoolClient
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.directory.models import Person
from preau.directory.seeds.world import World
from preau.foundation.sealed import unseal
from preau.identity import devices, sessions, totp
from preau.identity.actions import accounts, second
from preau.identity.actions.second import (
    PURPOSE,
    AlreadyThere,
    install_second_proof,
    prove,
    renew_recovery_codes,
)
from preau.identity.models import Account, AccountSession, Activation, RecoveryCode, SecondProof
from preau.identity.seeds import CAST, PASSWORD

CONFIRM = "/confirmer/"
PAGE, INSTALL, STEP, SIGN_IN = (
    "/profil/double-verification/",
    "/profil/double-verification/mettre-en-place/",
    "/connexion/verification/",
    "/connexion/",
)
RIGHT = {"login": CAST["teacher"], "password": PASSWORD}


def digits(secret: bytes) -> str:
    return totp.code_at(secret, totp.step_of(timezone.now()))


def install(viewer: Any) -> tuple[bytes, list[str]]:
    secret = totp.new_secret()
    codes = install_second_proof(viewer, secret, digits(secret), here="")
    assert codes
    return secret, codes


@pytest.fixture
def teacher(college: World) -> Person:
    return college.people["teacher"]


@pytest.fixture
def protected(seat_of: Any, clock: Any) -> tuple[bytes, list[str]]:
    """The teacher's account asks for a second proof, since a minute ago."""
    done = install(seat_of("teacher"))
    clock.shift(timedelta(minutes=1))
    return done


def said_by(response: Any) -> str:
    return " ".join(response.content.decode().split())


def is_open(client: Client) -> bool:
    return client.get("/profil/").status_code == 200


# Putting it in place


def fields_of(page: str) -> dict[str, str]:
    return dict(re.findall(r'name="(sealed|vu)" value="([^"]*)"', page))


def confirm_again(client: Client) -> None:
    assert client.post(CONFIRM, {"former": PASSWORD}).status_code == 302


def key_on(page: str) -> bytes:
    found = re.search(r'authenticator-key">([A-Z2-7 ]+)<', page)
    assert found
    return b32decode(found[1].replace(" ", ""))


def test_the_page_gives_a_key_and_keeps_nothing_before_the_digits_are_right(
    client: SchoolClient, teacher: Person
) -> None:
    client.sit(teacher)
    page = client.get(INSTALL).content.decode()
    secret = key_on(page)
    assert "<svg" in page and "otpauth://totp/" in page
    wrong = client.post(INSTALL, fields_of(page) | {"code": "000000"})
    assert wrong.status_code == 422
    assert key_on(wrong.content.decode()) == secret
    assert not SecondProof.objects.exists()
    sent = fields_of(wrong.content.decode()) | {"code": f" {digits(secret)[:3]} {digits(secret)[3:]} "}
    done = client.post(INSTALL, sent)
    codes = re.findall(r"<li>((?:\w{4}-){2}\w{4})</li>", done.content.decode())
    assert done.status_code == 200 and len(set(codes)) == 10
    proof = SecondProof.objects.get()
    assert proof.account.person == teacher
    assert secret.hex() not in proof.secret and unseal(PURPOSE, proof.secret) == secret
    assert not RecoveryCode.objects.filter(digest__in=codes).exists()
    assert Line.objects.filter(verb="identity.second_proof_installed", subject=teacher).count() == 1
    assert Item.objects.filter(person=teacher, kind="identity.second_proof_on").count() == 1
    again = client.post(INSTALL, sent)
    assert again.url == PAGE
    assert SecondProof.objects.get().pk == proof.pk
    assert "10 codes encore bons" in said_by(client.get(PAGE)).replace("\u202f", " ").replace("\xa0", " ")


def test_the_key_of_another_account_is_not_taken(
    client: SchoolClient, college: World, teacher: Person
) -> None:
    other = client.sit(college.people["head"]).get(INSTALL).content.decode()
    client.sit(teacher)
    sent = fields_of(other) | {"code": digits(key_on(other))}
    assert client.post(INSTALL, sent).status_code == 422
    assert not SecondProof.objects.exists()


def test_a_page_that_has_waited_too_long_gives_another_key(
    client: SchoolClient, teacher: Person, clock: Any
) -> None:
    client.sit(teacher)
    page = client.get(INSTALL).content.decode()
    clock.shift(timedelta(minutes=50))
    client.get("/profil/")
    clock.shift(timedelta(minutes=20))
    confirm_again(client)
    sent = fields_of(page) | {"code": digits(key_on(page))}
    late = client.post(INSTALL, sent)
    assert late.status_code == 422 and "visez le nouveau carré" in said_by(late)
    assert key_on(late.content.decode()) != key_on(page)
    assert not SecondProof.objects.exists()


def test_other_browsers_sign_in_again(client: SchoolClient, teacher: Person) -> None:
    elsewhere = Client()
    assert elsewhere.post(SIGN_IN, RIGHT).status_code == 302
    assert client.post(SIGN_IN, RIGHT).status_code == 302
    page = client.get(INSTALL).content.decode()
    client.post(INSTALL, fields_of(page) | {"code": digits(key_on(page))})
    assert is_open(client) and not is_open(elsewhere)


def test_a_child_is_not_offered_it(client: SchoolClient, college: World) -> None:
    client.sit(college.people["pupil"])
    assert client.get(PAGE).status_code == 403
    assert client.get(INSTALL).status_code == 403
    assert PAGE not in client.get("/profil/").content.decode()


# Signing in


def test_the_password_alone_opens_nothing(client: Client, protected: Any, teacher: Person) -> None:
    secret, _ = protected
    response = client.post(SIGN_IN, RIGHT | {"suite": "/emploi-du-temps/"})
    assert response.url == STEP
    assert not is_open(client) and not AccountSession.objects.filter(account__person=teacher).exists()
    page = client.get(STEP)
    assert page.status_code == 200 and "no-store" in page["Cache-Control"]
    assert client.post(STEP, {"code": "12345"}).status_code == 422
    assert client.post(STEP, {"code": "", "recovery": ""}).status_code == 422
    done = client.post(STEP, {"code": digits(secret)})
    assert (done.status_code, done.url) == (302, "/emploi-du-temps/")
    assert is_open(client) and client.session[sessions.PROVED] is True
    assert Line.objects.filter(verb="identity.signed_in", subject=teacher).count() == 1


def test_digits_serve_once(protected: Any) -> None:
    secret, _ = protected
    first, second = Client(), Client()
    for browser in (first, second):
        browser.post(SIGN_IN, RIGHT)
    code = digits(secret)
    assert first.post(STEP, {"code": code}).status_code == 302
    assert second.post(STEP, {"code": code}).status_code == 422
    assert not is_open(second)


def test_a_code_on_paper_serves_once_and_its_person_is_told(protected: Any, teacher: Person) -> None:
    _, codes = protected
    first, second = Client(), Client()
    for browser in (first, second):
        browser.post(SIGN_IN, RIGHT)
    typed = codes[3].lower().replace("-", " ")
    assert first.post(STEP, {"recovery": typed}).status_code == 302
    assert second.post(STEP, {"recovery": typed}).status_code == 422
    assert is_open(first) and not is_open(second)
    notice = Item.objects.get(person=teacher, kind="identity.recovery_used")
    assert notice.facts["left"] == "9"


def test_the_code_of_somebody_else_does_not_fit(protected: Any, seat_of: Any, client: Client) -> None:
    theirs, papers = install(seat_of("head"))
    client.post(SIGN_IN, RIGHT)
    assert client.post(STEP, {"code": digits(theirs)}).status_code == 422
    assert client.post(STEP, {"recovery": papers[0]}).status_code == 422
    assert not is_open(client)


def test_tries_are_counted(protected: Any, client: Client) -> None:
    secret, _ = protected
    client.post(SIGN_IN, RIGHT)
    answers = [client.post(STEP, {"code": "000000"}).status_code for _ in range(devices.LIMIT + 1)]
    assert answers == [422] * devices.LIMIT + [429]
    assert client.post(STEP, {"code": digits(secret)}).status_code == 429
    assert not is_open(client)


def test_whoever_guesses_from_many_places_is_stopped_and_the_person_is_told(
    protected: Any, teacher: Person
) -> None:
    secret, _ = protected
    answers = []
    for place in range(devices.LIMITS_OF_ONE_LOGIN["second"] + 1):
        browser = Client(REMOTE_ADDR=f"203.0.113.{place}")
        browser.post(SIGN_IN, RIGHT)
        answers.append(browser.post(STEP, {"code": "000000"}).status_code)
    assert answers == [422] * devices.LIMITS_OF_ONE_LOGIN["second"] + [429]
    assert Item.objects.filter(person=teacher, kind="identity.password_known").count() == 1
    known = Client()
    assert known.post(SIGN_IN, RIGHT).url == STEP
    assert known.post(STEP, {"code": digits(secret)}).status_code == 429


def test_a_slip_worries_nobody(protected: Any, teacher: Person, client: Client) -> None:
    client.post(SIGN_IN, RIGHT)
    for _ in range(4):
        client.post(STEP, {"code": "000000"})
    assert not Item.objects.filter(kind="identity.password_known").exists()


def test_waiting_has_an_end(protected: Any, client: Client, clock: Any) -> None:
    secret, _ = protected
    client.post(SIGN_IN, RIGHT)
    clock.shift(timedelta(minutes=11))
    assert client.get(STEP).url == SIGN_IN
    assert client.post(STEP, {"code": digits(secret)}).url == SIGN_IN
    assert not is_open(client)


def test_a_password_changed_meanwhile_puts_an_end_to_it(
    protected: Any, client: Client, teacher: Person
) -> None:
    secret, _ = protected
    client.post(SIGN_IN, RIGHT)
    teacher.account.set_password("trois chevaux bleus")
    teacher.account.save()
    assert client.post(STEP, {"code": digits(secret)}).url == SIGN_IN


def test_nobody_waits_without_a_password(client: Client, protected: Any) -> None:
    secret, _ = protected
    assert client.get(STEP).url == SIGN_IN
    assert client.post(STEP, {"code": digits(secret)}).url == SIGN_IN


def test_a_wrong_password_is_answered_as_everywhere(client: Client, protected: Any) -> None:
    """Nobody learns from outside whose account is protected."""
    wrong = client.post(SIGN_IN, RIGHT | {"password": "autre chose encore"})
    unprotected = Client().post(SIGN_IN, {"login": CAST["cpe"], "password": "autre chose encore"})
    assert wrong.status_code == unprotected.status_code == 422
    assert ("identifiant ou le mot de passe" in said_by(wrong)) and STEP not in said_by(wrong)


def test_a_letter_does_not_open_what_is_protected(
    client: Client, protected: Any, teacher: Person, seat_of: Any
) -> None:
    secret, _ = protected
    issued = accounts.give_code(seat_of("head"), teacher, seen=0)
    assert issued
    activation, code = issued
    sent = {
        "login": activation.account.login,
        "code": code,
        "new_password": "trois chevaux bleus",
        "again": "trois chevaux bleus",
    }
    assert client.post("/activation/", sent).url == STEP
    assert not is_open(client)
    assert Activation.objects.get(pk=activation.pk).used_at
    assert client.post(STEP, {"code": digits(secret)}).url == "/"
    assert is_open(client)


def test_whoever_was_signed_in_here_leaves(client: SchoolClient, protected: Any, college: World) -> None:
    client.post(SIGN_IN, {"login": CAST["cpe"], "password": PASSWORD})
    assert is_open(client)
    client.post(SIGN_IN, RIGHT)
    assert not is_open(client)
    assert client.get(STEP).status_code == 200


# A browser that is trusted


def test_a_browser_of_one_s_own_is_asked_once_a_month(protected: Any, clock: Any) -> None:
    secret, _ = protected
    own, other = Client(), Client()
    for browser, box in ((own, {"trusted": "on"}), (other, {})):
        browser.post(SIGN_IN, RIGHT)
        clock.shift(timedelta(seconds=30))
        assert browser.post(STEP, {"code": digits(secret), **box}).status_code == 302
        browser.post("/deconnexion/")
    assert own.post(SIGN_IN, RIGHT).url == "/"
    assert own.session[sessions.PROVED] is False, "trusted, not proved"
    assert other.post(SIGN_IN, RIGHT).url == STEP
    own.post("/deconnexion/")
    clock.shift(timedelta(days=31))
    assert own.post(SIGN_IN, RIGHT).url == STEP


def test_trust_is_of_one_account_one_password_one_application(
    protected: Any, seat_of: Any, clock: Any, teacher: Person
) -> None:
    secret, _ = protected
    browser = Client()
    browser.post(SIGN_IN, RIGHT)
    browser.post(STEP, {"code": digits(secret), "trusted": "on"})
    browser.post("/deconnexion/")
    install(seat_of("head"))
    assert browser.post(SIGN_IN, {"login": CAST["head"], "password": PASSWORD}).url == STEP
    account = Account.objects.get(person=teacher)
    account.set_password("trois chevaux bleus")
    account.save()
    changed = RIGHT | {"password": "trois chevaux bleus"}
    assert browser.post(SIGN_IN, changed).url == STEP
    browser.post(STEP, {"code": digits(secret), "trusted": "on"})
    clock.shift(timedelta(seconds=60))
    browser.post(STEP, {"code": digits(secret), "trusted": "on"})
    browser.post("/deconnexion/")
    assert browser.post(SIGN_IN, changed).url == "/"
    SecondProof.objects.filter(account=account).update(installed_at=timezone.now())
    browser.post("/deconnexion/")
    assert browser.post(SIGN_IN, changed).url == STEP


# Other codes, and taking it away


def test_new_codes_take_the_place_of_the_former_ones(
    client: SchoolClient, protected: Any, teacher: Person
) -> None:
    _, former = protected
    client.sit(teacher)
    page = client.get(PAGE).content.decode()
    sent = {"geste": "codes", **fields_of(page)}
    done = client.post(PAGE, sent)
    fresh = re.findall(r"<li>((?:\w{4}-){2}\w{4})</li>", done.content.decode())
    assert len(fresh) == 10 and not set(fresh) & set(former)
    assert client.post(PAGE, sent).url == PAGE
    account = teacher.account
    assert not prove(account, recovery=former[0])
    assert prove(account, recovery=fresh[0])


def test_a_browser_left_open_and_the_password_change_nothing_of_it(
    client: SchoolClient, protected: Any, teacher: Person, clock: Any
) -> None:
    client.sit(teacher)
    clock.shift(timedelta(minutes=11))
    known = set(RecoveryCode.objects.values_list("pk", flat=True))
    for sent in ({"geste": "retirer"}, {"geste": "codes"}):
        assert client.post(PAGE, sent).url.startswith(CONFIRM)
        # The password alone is not all that this account asks for.
        assert client.post(CONFIRM, {"former": PASSWORD, "code": "000000"}).status_code == 422
        assert client.post(PAGE, sent).url.startswith(CONFIRM)
    assert SecondProof.objects.exists()
    assert set(RecoveryCode.objects.values_list("pk", flat=True)) == known


def test_an_application_is_not_put_beside_keys_by_the_password_alone(
    client: SchoolClient, teacher: Person, clock: Any
) -> None:
    client.sit(teacher)
    page = client.get(INSTALL).content.decode()
    clock.shift(timedelta(minutes=11))
    assert client.get(INSTALL).url.startswith(CONFIRM)
    sent = fields_of(page) | {"code": digits(key_on(page))}
    assert client.post(INSTALL, sent).url.startswith(CONFIRM)
    assert not SecondProof.objects.exists()


def test_taking_it_away(client: SchoolClient, protected: Any, teacher: Person) -> None:
    client.sit(teacher)
    assert client.post(PAGE, {"geste": "retirer"}).url == PAGE
    assert not SecondProof.objects.exists() and not RecoveryCode.objects.exists()
    assert Item.objects.filter(person=teacher, kind="identity.second_proof_off").count() == 1
    assert client.post(PAGE, {"geste": "retirer"}).url == PAGE
    assert Item.objects.filter(person=teacher, kind="identity.second_proof_off").count() == 1
    assert Client().post(SIGN_IN, RIGHT).url == "/"


def test_no_new_codes_without_an_application(seat_of: Any) -> None:
    assert renew_recovery_codes(seat_of("teacher"), seen=0) is None


# Lost telephone, lost codes


def address_of(person: Person) -> str:
    return f"/comptes/personnes/{person.public_id}/double-verification/retirer/"


def test_the_office_lifts_it_and_its_person_is_told(
    client: SchoolClient, protected: Any, teacher: Person, college: World
) -> None:
    browser = Client()
    browser.post(SIGN_IN, RIGHT)
    browser.post(STEP, {"code": digits(protected[0])})
    assert is_open(browser)
    client.sit(college.people["head"])
    page = said_by(client.get(f"/comptes/personnes/{teacher.public_id}/"))
    assert address_of(teacher) in page
    assert client.post(address_of(teacher)).status_code == 302
    assert not SecondProof.objects.exists() and not RecoveryCode.objects.exists()
    assert not is_open(browser)
    assert Line.objects.filter(verb="identity.second_proof_lifted", subject=teacher).count() == 1
    assert Item.objects.filter(person=teacher, kind="identity.second_proof_lifted").count() == 1
    assert client.post(address_of(teacher)).status_code == 302
    assert Line.objects.filter(verb="identity.second_proof_lifted").count() == 1
    assert address_of(teacher) not in said_by(client.get(f"/comptes/personnes/{teacher.public_id}/"))


@pytest.mark.parametrize("who", ["teacher_1", "cpe", "guardian", "pupil"])
def test_nobody_else_lifts_it(
    client: SchoolClient, protected: Any, teacher: Person, college: World, who: str
) -> None:
    client.sit(college.people[who])
    assert client.post(address_of(teacher)).status_code in {403, 404}
    assert SecondProof.objects.exists()


def test_the_office_of_the_next_school_neither(
    client: SchoolClient, protected: Any, teacher: Person, twin: World
) -> None:
    client.sit(twin.people["head"])
    assert client.post(address_of(teacher)).status_code in {403, 404}
    assert SecondProof.objects.exists()


def test_a_lone_head_turns_to_the_operator(college: World, seat_of: Any) -> None:
    install(seat_of("head"))
    output = StringIO()
    call_command("head_code", college.school.uai, "--again", stdout=output)
    assert SecondProof.objects.exists()
    call_command("head_code", college.school.uai, "--again", "--lift-second-proof", stdout=output)
    assert not SecondProof.objects.exists() and not RecoveryCode.objects.exists()
    assert Line.objects.filter(verb="identity.second_proof_lifted").count() == 1


def test_it_goes_with_the_account(protected: Any, teacher: Person) -> None:
    accounts.close_account(teacher.pk)
    assert not SecondProof.objects.exists() and not RecoveryCode.objects.exists()


def test_an_application_is_put_in_place_once(protected: Any, seat_of: Any) -> None:
    with pytest.raises(AlreadyThere):
        install_second_proof(seat_of("teacher"), totp.new_secret(), "123456", here="")


def test_two_browsers_that_set_it_up_at_once_make_one(
    client: SchoolClient, teacher: Person, seat_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page was opened before the other browser had finished, and was sent just after."""
    client.sit(teacher)
    page = client.get(INSTALL).content.decode()
    secret, here = totp.new_secret(), str(client.session.session_key)
    assert install_second_proof(seat_of("teacher"), secret, digits(secret), here=here)
    monkeypatch.setattr("preau.identity.queries.application_of", lambda viewer: None)
    sent = {"sealed": fields_of(page)["sealed"], "code": digits(key_on(page))}
    assert client.post(INSTALL, sent).url == PAGE
    assert unseal(PURPOSE, SecondProof.objects.get(account=teacher.account).secret) == secret


def test_digits_prove_nothing_of_an_account_without_an_application(teacher: Person) -> None:
    assert not prove(teacher.account, code="123456")


def test_whoever_left_meanwhile_is_told_after_the_digits(
    protected: Any, client: Client, teacher: Person
) -> None:
    secret, _codes = protected
    client.post(SIGN_IN, RIGHT)
    teacher.holdings.all().delete()
    message = said_by(client.post(STEP, {"code": digits(secret)}))
    assert "n’est plus rattaché à un établissement" in message
    assert not is_open(client)


# When the key that seals everything is changed


def test_digits_are_taken_after_a_change_of_key_once_all_is_sealed_again(
    protected: Any, settings: Any, capsys: Any
) -> None:
    secret, _codes = protected
    former = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "b" * 60, [former]
    call_command("reseal", "--dry-run")
    line = "identity.second_proof: 0 under today's key, 1 only a former key opens, 0 that no key opens."
    assert line in capsys.readouterr().out
    call_command("reseal")
    settings.SECRET_KEY_FALLBACKS = []
    call_command("reseal")
    line = "identity.second_proof: 1 under today's key, 0 sealed again, 0 that no key opens."
    assert line in capsys.readouterr().out
    proof = SecondProof.objects.get()
    assert unseal(second.PURPOSE, proof.secret) == secret


def test_a_key_that_was_taken_away_too_early_is_told(protected: Any, settings: Any) -> None:
    settings.SECRET_KEY = "b" * 60
    with pytest.raises(CommandError, match="1 seals that no key opens"):
        call_command("reseal")
    with capture_logs() as lines:
        assert unseal(second.PURPOSE, SecondProof.objects.get().secret) is None
    assert [(line["event"], line["outcome"]) for line in lines] == [("seal_not_opened", "second_proof")]
