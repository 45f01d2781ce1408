"""Opening an account, choosing, changing and forgetting a password."""

import re
from datetime import timedelta
from difflib import unified_diff
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.http import HttpRequest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.module_loading import import_string
from django_tasks_db.models import DBTaskResult

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.notifications.tests.post import deliver
from preau.directory.models import Holding, Person
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.identity import devices
from preau.identity.actions import accounts, passwords
from preau.identity.models import Account, AccountSession, Activation
from preau.identity.passwords import faults_of
from preau.identity.seeds import PASSWORD

ACTIVATION = "/activation/"
FORGOTTEN = "/mot-de-passe-oublie/"
GOOD = "trois chevaux bleus"


@pytest.fixture
def letter(college: World, seat_of: Any) -> tuple[Activation, str]:
    """The letter of a father who has no account yet."""
    Account.objects.filter(person=college.people["other_guardian"]).delete()
    return accounts.prepare_letters(seat_of("secretary"), [college.people["other_guardian"]], seen=0)[0]


def activate(
    client: Client, login: str, code: str, password: str = GOOD, again: str = "", **more: Any
) -> Any:
    sent = {"login": login, "code": code, "new_password": password, "again": again or password}
    return client.post(ACTIVATION, sent | more)


def work() -> None:
    """What the worker would do with the tasks that wait."""
    for waiting in DBTaskResult.objects.filter(task_path__startswith="preau.identity").order_by(
        "enqueued_at"
    ):
        import_string(waiting.task_path).call(*waiting.args_kwargs["args"], **waiting.args_kwargs["kwargs"])
        waiting.delete()


def main_of(response: Any, *typed: str) -> str:
    """What the page says, without what was typed and what changes each time."""
    text = response.content.decode().split("<main")[1].split("</main")[0]
    for word in typed:
        text = text.replace(word, "…")
    return "\n".join(line for line in text.splitlines() if "csrf" not in line)


def reads(done: Any) -> list[str]:
    """The statements, without those of the counters: whether one tries for the first time is no secret."""
    kept = [q["sql"] for q in done if "ratewindow" not in q["sql"] and "SAVEPOINT" not in q["sql"]]
    return [" ".join(re.findall(r'^\w+|"\w+_\w+"', sql)[:2]) for sql in kept]


# Activation


def test_the_letter_opens_the_account(client: SchoolClient, letter: Any) -> None:
    activation, code = letter
    login = activation.account.login
    assert login == "marc.abadie"
    response = activate(client, login.upper(), code.lower().replace("-", " "))
    assert response.url == "/"
    page = client.get("/").content.decode()
    assert "Bienvenue Marc" in page and "marc.abadie" in page
    activation.refresh_from_db()
    assert activation.used_at
    assert Line.objects.filter(verb="identity.activated", subject=activation.account.person).count() == 1
    again = Client()
    assert again.post("/connexion/", {"login": login, "password": GOOD}).status_code == 302


def test_the_address_of_the_letter_fills_the_page_and_uses_nothing(client: SchoolClient, letter: Any) -> None:
    activation, code = letter
    page = client.get(ACTIVATION, {"identifiant": activation.account.login, "code": code})
    assert code in page.content.decode()
    assert page["Referrer-Policy"] == "strict-origin"
    assert "no-store" in page["Cache-Control"]
    activation.refresh_from_db()
    assert activation.used_at is None


def answers(client: Client, letter: Any, clock: Any) -> dict[str, tuple[int, str, list[str]]]:
    """What each mistake gets: status, text, number of statements."""
    activation, code = letter
    login = activation.account.login
    found = {}

    def note(name: str, typed: str, code: str) -> None:
        with CaptureQueriesContext(connection) as done:
            response = activate(Client(), typed, code)
        found[name] = (response.status_code, main_of(response, typed, code), reads(done))

    note("unknown login", "zoe.inconnue", code)
    note("wrong code", login, "AAAA-AAAA-AAAA")
    note("somebody else's", "claire.moreau", code)
    assert activate(Client(), login, code).status_code == 302
    note("used", login, code)
    Activation.objects.filter(pk=activation.pk).update(used_at=None, cancelled_at=activation.issued_at)
    note("cancelled", login, code)
    Activation.objects.filter(pk=activation.pk).update(cancelled_at=None)
    clock.shift(timedelta(days=61))
    note("expired", login, code)
    return found


def test_whatever_is_wrong_gets_one_answer(letter: Any, clock: Any, client: SchoolClient) -> None:
    found = answers(client, letter, clock)
    assert len({status for status, _, _ in found.values()}) == 1
    texts = {text for _, text, _ in found.values()}
    assert len(texts) == 1, "".join(
        unified_diff(*[text.splitlines(keepends=True) for text in sorted(texts)[:2]])
    )
    assert len({tuple(statements) for _, _, statements in found.values()}) == 1
    assert next(iter(found.values()))[0] == 422


def test_a_weak_password_is_only_judged_once_the_code_is_right(client: SchoolClient, letter: Any) -> None:
    activation, code = letter
    login = activation.account.login
    stranger = activate(client, login, "AAAA-AAAA-AAAA", "court").content.decode()
    assert "Trop court" not in stranger and "ne vont pas ensemble" in stranger
    own = activate(client, login, code, "court").content.decode()
    assert "Trop court\u202f: il faut au moins 12 caractères" in own
    activation.refresh_from_db()
    assert activation.used_at is None
    assert activate(client, login, code).status_code == 302


def test_two_different_passwords_are_told(client: SchoolClient, letter: Any) -> None:
    page = activate(client, letter[0].account.login, letter[1], GOOD, "trois chevaux verts").content.decode()
    assert "ne sont pas les mêmes" in page
    assert GOOD not in page


def test_too_many_codes_close_the_door_of_codes_alone(client: SchoolClient, letter: Any) -> None:
    activation, code = letter
    for _ in range(devices.LIMIT):
        activate(client, activation.account.login, "AAAA-AAAA-AAAA")
    refused = activate(client, activation.account.login, code)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "900")
    signed = client.post("/connexion/", {"login": "claire.moreau", "password": PASSWORD})
    assert signed.status_code == 302


def test_a_code_does_not_open_what_its_person_has_become(
    client: SchoolClient, college: World, letter: Any
) -> None:
    """A parent's letter, given by the secretary, read once the parent directs the school: she could not give it today."""
    activation, code = letter
    Holding.objects.create(person=activation.account.person, role=Role.HEAD, school=college.school)
    refused = activate(client, activation.account.login, code)
    assert refused.status_code == 422
    assert "ce code a déjà servi, ou il est périmé" in refused.content.decode()
    activation.account.refresh_from_db()
    assert not activation.account.has_usable_password()


def test_two_browsers_with_one_code_open_one_account(letter: Any) -> None:
    """Both have passed the page when the first is written: the second is told that the code is gone."""
    activation, _code = letter
    Activation.objects.filter(pk=activation.pk).update(used_at=NOW)
    with pytest.raises(passwords.CodeGone):
        passwords.activate(HttpRequest(), activation, GOOD)
    activation.account.refresh_from_db()
    assert not activation.account.has_usable_password()


def test_a_whole_school_activates_from_one_address(
    college: World, seat_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "LOGINS_FROM_ONE_ADDRESS", 2)
    pupils = Person.objects.filter(enrolments__group__year=college.year, account=None)
    for activation, code in accounts.prepare_letters(seat_of("secretary"), pupils, seen=0):
        assert activate(Client(), activation.account.login, code).status_code == 302


def test_a_person_without_a_role_keeps_their_code(client: SchoolClient, letter: Any) -> None:
    activation, code = letter
    person = activation.account.person
    person.wards.update(ends="2026-11-20")
    page = activate(client, activation.account.login, code).content.decode()
    assert "plus rattaché à un établissement" in page
    activation.refresh_from_db()
    assert activation.used_at is None
    assert "_auth_user_id" not in client.session


# What a password must be


@pytest.mark.parametrize(
    "password", [GOOD, "grenouille-78-tabouret", "ééééé àààà ôôôô", "x" * 3 + "yz1234 5!aé"]
)
def test_a_good_password_needs_no_special_sign(password: str) -> None:
    assert list(faults_of(password, shortest=12, own_words=["claire.moreau", "Claire Moreau"])) == []


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("court", "Trop court"),
        ("passwordpassword", "Trop courant"),
        ("AzertyUiop", "Trop courant"),
        ("MotDePasse2026", "Trop courant"),
        ("Mot de passe 2026", "Trop courant"),
        ("aaaaaaaaaaaaaa", "Trop courant"),
        ("abababababab", "Trop courant"),
        ("claire.moreau", "Trop proche"),
        ("Claire Moreau 12", "Trop proche"),
        ("moreauclaire", "Trop proche"),
    ],
)
def test_a_poor_password_is_told_why(password: str, says: str) -> None:
    own = ["claire.moreau", "Claire Moreau", "Moreau Claire"]
    assert says in " ".join(faults_of(password, shortest=10, own_words=own))


# Changing it


def change(client: Client, former: str, password: str) -> Any:
    return client.post(
        "/profil/mot-de-passe/", {"former": former, "new_password": password, "again": password}
    )


def test_a_changed_password_ends_the_other_sessions(college: World, client: SchoolClient) -> None:
    other = Client()
    for one in (client, other):
        one.post("/connexion/", {"login": "claire.moreau", "password": PASSWORD})
    response = change(client, PASSWORD, GOOD)
    assert response.status_code == 302
    assert "1 autre appareil a été déconnecté" in client.get(response.url).content.decode()
    assert other.get("/emploi-du-temps/").status_code == 302
    assert client.get("/emploi-du-temps/").status_code == 200
    assert AccountSession.objects.filter(account__login="claire.moreau").count() == 1
    assert Line.objects.filter(verb="identity.password_changed").count() == 1
    deliver()
    assert [letter.subject for letter in mail.outbox] == ["Votre mot de passe a changé"]


def test_the_former_password_is_asked_and_counted(college: World, client: SchoolClient) -> None:
    client.sit(college.people["teacher"])
    page = change(client, "faux", GOOD)
    assert page.status_code == 422
    assert "Ce n’est pas votre mot de passe actuel." in page.content.decode()
    for _ in range(devices.LIMIT):
        change(client, "faux", GOOD)
    assert change(client, PASSWORD, GOOD).status_code == 429


def test_a_pupil_may_choose_eight_characters(college: World, client: SchoolClient) -> None:
    client.sit(college.people["pupil"])
    assert "Au moins 8 caractères" in client.get("/profil/mot-de-passe/").content.decode()
    assert change(client, PASSWORD, "vélo-mer").status_code == 302
    client.sit(college.people["teacher"])
    assert change(client, PASSWORD, "vélo-mer").status_code == 422


# Forgetting it


def ask(login: str, client: Client | None = None) -> Any:
    return (client or Client()).post(FORGOTTEN, {"login": login})


def link_in(text: str) -> str:
    return next(word for word in text.split() if "/nouveau/" in word).removeprefix("http://localhost:8000")


def test_a_forgotten_password_is_chosen_again_from_a_mail(college: World, client: SchoolClient) -> None:
    ask("Claire.Moreau")
    work()
    (letter,) = mail.outbox
    assert letter.to == [college.people["teacher"].email]
    assert "claire" not in letter.subject.lower()
    path = link_in(letter.body)
    page = client.get(path)
    assert "claire.moreau" in page.content.decode()
    query = dict(pair.split("=") for pair in path.split("?")[1].split("&"))
    sent = {"login": query["identifiant"], "code": query["code"], "new_password": GOOD, "again": GOOD}
    assert client.post(path.split("?")[0], sent).status_code == 302
    assert "Votre nouveau mot de passe est enregistré" in client.get("/").content.decode()
    twice = Client().post(path.split("?")[0], sent)
    assert twice.status_code == 422 and "Ce lien ne marche plus" in twice.content.decode()


def test_a_link_lives_one_hour(college: World, client: SchoolClient, clock: Any) -> None:
    ask("claire.moreau")
    work()
    path = link_in(mail.outbox[0].body)
    query = dict(pair.split("=") for pair in path.split("?")[1].split("&"))
    clock.shift(timedelta(minutes=61))
    sent = {"login": query["identifiant"], "code": query["code"], "new_password": GOOD, "again": GOOD}
    assert client.post(path.split("?")[0], sent).status_code == 422


def test_a_known_and_an_unknown_login_cost_and_say_the_same(college: World) -> None:
    seen = []
    for login in ("claire.moreau", "zoe.inconnue", "eleve"):
        with CaptureQueriesContext(connection) as done:
            response = ask(login)
        seen.append((response.status_code, main_of(response, login), reads(done)))
    assert seen[0] == seen[1] == seen[2]
    arguments = [
        str(task.args_kwargs) for task in DBTaskResult.objects.filter(task_path__endswith="send_link")
    ]
    assert len(arguments) == 3 and "zoe" not in " ".join(arguments)


def test_two_parents_with_one_mailbox_each_get_their_own_login(college: World) -> None:
    for key in ("guardian", "other_guardian"):
        Person.objects.filter(pk=college.people[key].pk).update(email="abadie@famille.example")
    ask("papa")
    work()
    (letter,) = mail.outbox
    assert "«\u202fpapa\u202f»" in letter.body and "maman" not in letter.body


def test_a_stranger_cannot_spoil_a_letter_by_asking(client: SchoolClient, letter: Any) -> None:
    activation, code = letter
    ask(activation.account.login)
    work()
    assert "attend encore d’être ouvert" in mail.outbox[0].body
    assert activate(client, activation.account.login, code).status_code == 302


def test_a_second_click_sends_no_second_letter(college: World, clock: Any) -> None:
    """Its link would have put an end to the first one's."""
    ask("claire.moreau")
    ask("claire.moreau")
    work()
    assert len(mail.outbox) == 1
    clock.shift(timedelta(minutes=2))
    ask("claire.moreau")
    work()
    assert len(mail.outbox) == 2


def test_too_many_askings_close_the_door_of_forgotten_passwords_alone(
    college: World, client: SchoolClient
) -> None:
    for _ in range(devices.LIMIT):
        assert ask("claire.moreau", client).status_code == 200
    refused = ask("claire.moreau", client)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "900")
    signed = client.post("/connexion/", {"login": "claire.moreau", "password": PASSWORD})
    assert signed.status_code == 302


def test_a_mailbox_is_not_flooded(college: World, clock: Any) -> None:
    for number in range(9):
        clock.shift(timedelta(minutes=2))
        Client().post(FORGOTTEN, {"login": "claire.moreau"}, REMOTE_ADDR=f"192.0.2.{number}")
    work()
    assert len(mail.outbox) == 6


def test_without_a_mailbox_the_page_says_whom_to_ask(college: World) -> None:
    page = ask("eleve").content.decode()
    work()
    assert mail.outbox == []
    assert "demandez à un de vos professeurs" in page


def test_a_link_without_its_code_leads_to_a_new_one(client: SchoolClient) -> None:
    assert client.get("/mot-de-passe-oublie/nouveau/").url == FORGOTTEN


def test_erasing_takes_codes_and_sessions_away(college: World, letter: Any, client: SchoolClient) -> None:
    activation, code = letter
    activate(client, activation.account.login, code)
    accounts.close_account(activation.account.person_id)
    assert not Activation.objects.filter(account=activation.account).exists()
    assert not AccountSession.objects.filter(account=activation.account).exists()
    assert client.get("/absences/").status_code == 302
    assert Holding.objects.exists()


def test_a_letter_does_not_open_what_opens_elsewhere(
    client: Client, letter: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a school lets in by a provider alone: said once the code is right, and to nobody else."""
    activation, code = letter
    monkeypatch.setattr(
        "preau.identity.boards.refused_here", lambda request, account: "Passez par le guichet."
    )
    login = activation.account.login
    assert "Passez par le guichet." not in activate(client, login, "AAAA-BBBB-CCCC").content.decode()
    assert "Passez par le guichet." in activate(client, login, code).content.decode()
    activation.refresh_from_db()
    assert activation.used_at is None
