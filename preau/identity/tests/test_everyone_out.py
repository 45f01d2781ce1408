"""A head signs a school out: at once, themselves excepted, and nobody of the school beside."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from conftest import SchoolClient
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Device, Item
from preau.directory.models import Holding, Person
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.identity import tasks
from preau.identity.actions import accounts
from preau.identity.models import Account, AccountSession, PictureCard
from preau.identity.queries import Audience, activation_for
from preau.identity.seeds import CAST, PASSWORD

ADDRESS = "/comptes/deconnecter/"
EVERYONE = [one.value for one in Audience]
SENT = {"who": EVERYONE, "what": "appareils"}
pytestmark = pytest.mark.django_db


def browser_of(person: Person) -> SchoolClient:
    return SchoolClient().sit(person)


def is_in(client: Client) -> bool:
    return bool(client.get("/profil/").status_code == 200)


@pytest.fixture
def browsers(college: World) -> dict[str, SchoolClient]:
    return {key: browser_of(college.people[key]) for key in ("teacher", "pupil", "guardian", "cpe")}


@pytest.fixture
def head(college: World) -> SchoolClient:
    return browser_of(college.people["head"])


def test_one_person_is_out_everywhere_and_is_told(
    college: World, browsers: dict[str, SchoolClient], head: SchoolClient
) -> None:
    pupil = college.people["pupil"]
    out = f"/comptes/personnes/{pupil.public_id}/deconnecter/"
    assert out in head.get(f"/comptes/personnes/{pupil.public_id}/").content.decode()
    sentence = "Aucun appareil de Nina Abadie n’est plus connecté"
    assert sentence in head.post(out, follow=True).content.decode()
    assert [key for key, client in browsers.items() if is_in(client)] == ["teacher", "guardian", "cpe"]
    assert check_password(PASSWORD, Account.objects.get(person=pupil).password)
    assert Item.objects.filter(kind="identity.person_out", person=pupil).count() == 1
    assert Line.objects.get(verb="identity.person_out").subject_id == pupil.pk
    # Nothing more to do: the same answer, and nothing is told or noted again.
    assert sentence in head.post(out, follow=True).content.decode()
    assert Item.objects.filter(kind="identity.person_out").count() == 1
    assert Line.objects.filter(verb="identity.person_out").count() == 1


def test_a_teacher_signs_out_their_pupils_alone(
    college: World, twin: World, browsers: dict[str, SchoolClient]
) -> None:
    for refused in (college.people["guardian"], college.people["cpe"], twin.people["pupil"]):
        answer = browsers["teacher"].post(f"/comptes/personnes/{refused.public_id}/deconnecter/")
        assert answer.status_code in {403, 404}
    assert is_in(browsers["guardian"]) and is_in(browsers["cpe"])
    browsers["teacher"].post(f"/comptes/personnes/{college.people['pupil'].public_id}/deconnecter/")
    assert not is_in(browsers["pupil"])


def test_everyone_of_the_school_is_out_at_once_and_nobody_else(
    twin: World, browsers: dict[str, SchoolClient], head: SchoolClient
) -> None:
    beside = browser_of(twin.people["teacher"])
    response = head.post(ADDRESS, SENT, follow=True)
    assert "4 appareils sont déconnectés." in response.content.decode()
    assert [key for key, client in browsers.items() if is_in(client)] == []
    assert is_in(head)
    assert is_in(beside)
    assert all(check_password(PASSWORD, account(key).password) for key in browsers)


def account(key: str) -> Account:
    return Account.objects.get(login=CAST[key])


def test_only_those_who_were_chosen(browsers: dict[str, SchoolClient], head: SchoolClient) -> None:
    head.post(ADDRESS, SENT | {"who": ["eleves"]})
    assert [key for key, client in browsers.items() if not is_in(client)] == ["pupil"]


def test_passwords_go_too_when_the_head_says_so_and_a_letter_is_all_that_opens(
    college: World, browsers: dict[str, SchoolClient], head: SchoolClient, seat_of: Any
) -> None:
    link = accounts.issue_link(account("guardian").pk)
    assert link is not None
    response = head.post(ADDRESS, SENT | {"what": "mots-de-passe"}, follow=True)
    assert "mots de passe sont annulés" in response.content.decode()
    assert not any(account(key).has_usable_password() for key in browsers)
    assert account("head").has_usable_password()
    assert Account.objects.activated().filter(person__holdings__school=college.school).count() == 1
    # A mailbox gives no way in any more: whoever reads it may be why.
    assert accounts.issue_link(account("guardian").pk) is None
    assert activation_for(account("guardian").login, link[1]) is None, "the one that had left either"
    issued = accounts.prepare_letters(seat_of("head"), [college.people["guardian"]], seen=0)
    assert len(issued) == 1


def test_a_card_with_pictures_goes_with_the_password(
    college: World, head: SchoolClient, seat_of: Any
) -> None:
    pupil = account("pupil")
    Account.objects.filter(pk=pupil.pk).update(password="!")
    PictureCard.objects.create(account=pupil, digest="x", pictures="x", issued_at=timezone.now())
    device = browser_of(college.people["pupil"])
    head.post(ADDRESS, SENT)
    assert not is_in(device)
    assert PictureCard.objects.filter(account=pupil).exists()
    head.post(ADDRESS, SENT | {"what": "mots-de-passe"})
    assert not PictureCard.objects.filter(account=pupil).exists()


def test_whom_the_school_could_not_let_in_again_keeps_their_password(
    college: World, twin: World, head: SchoolClient
) -> None:
    """A head of two schools: neither gives them a way in."""
    cpe = college.people["cpe"]
    Holding.objects.create(person=cpe, role=Role.HEAD, school=twin.school)
    device = browser_of(cpe)
    device.may_see_twin = True
    response = head.post(ADDRESS, SENT | {"what": "mots-de-passe"}, follow=True)
    assert not is_in(device)
    assert account("cpe").has_usable_password()
    assert "1 personne garde son mot de passe" in response.content.decode()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"who": []}, "Cochez au moins une ligne."),
        ({"who": ["tous"]}, "Ce choix n’est plus proposé"),
        ({"what": ""}, "Choisissez l’un ou l’autre."),
    ],
)
def test_a_mistake_signs_nobody_out(
    browsers: dict[str, SchoolClient], head: SchoolClient, sent: dict[str, Any], said: str
) -> None:
    response = head.post(ADDRESS, SENT | sent)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert all(map(is_in, browsers.values()))
    assert not Line.objects.filter(verb="identity.everyone_out").exists()


@pytest.mark.parametrize("key", ["cpe", "secretary", "teacher", "pupil", "guardian"])
def test_nobody_but_a_head(college: World, key: str) -> None:
    client = browser_of(college.people[key])
    assert client.get(ADDRESS).status_code == 403
    assert client.post(ADDRESS, SENT).status_code == 403


def test_it_is_written_down_and_the_other_heads_are_told(
    college: World, twin: World, browsers: dict[str, SchoolClient], head: SchoolClient
) -> None:
    colleague = Person.objects.create(given_name="Léa", family_name="Roux")
    Holding.objects.create(person=colleague, role=Role.HEAD, school=college.school)
    head.post(ADDRESS, SENT | {"who": ["eleves", "personnels"]})
    head.post(ADDRESS, SENT | {"who": ["eleves", "personnels"]})
    [line] = Line.objects.filter(verb="identity.everyone_out")
    assert line.actor_id == college.people["head"].pk
    assert line.school_id == college.school.pk
    assert line.details == {"audiences": "eleves personnels", "browsers": 3, "passwords": 0, "keys": 1}
    recipients = Item.objects.filter(kind="identity.everyone_out").values_list("person", flat=True)
    assert list(recipients) == [colleague.pk]


def run_what_waits() -> None:
    for waiting in DBTaskResult.objects.filter(task_path="preau.identity.tasks.follow_everyone_out"):
        tasks.follow_everyone_out.func(*waiting.args_kwargs["args"])


def test_what_the_sessions_had_opened_is_left_and_people_are_told_once(
    college: World, twin: World, browsers: dict[str, SchoolClient], head: SchoolClient
) -> None:
    for person in (college.people["guardian"], twin.people["teacher"]):
        Device.objects.create(
            person=person,
            endpoint=f"https://push.example/{person.pk}",
            p256dh="x",
            auth="x",
            label="Firefox",
            added_at=timezone.now(),
            opened_in="ancien",
        )
    head.post(ADDRESS, SENT | {"what": "mots-de-passe", "who": ["responsables"]})
    run_what_waits()
    run_what_waits()
    assert list(Device.objects.values_list("person", flat=True)) == [twin.people["teacher"].pk]
    notices = Item.objects.filter(kind="identity.password_voided")
    assert notices.filter(person=college.people["guardian"]).count() == 1
    assert not notices.filter(person__in=[college.people["pupil"].pk, twin.people["guardian"].pk]).exists()


def test_as_many_questions_for_a_class_as_for_a_school(college: World, head: SchoolClient) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as done:
            head.post(ADDRESS, SENT | {"what": "mots-de-passe"})
        return len(done)

    few = asked()
    everyone = Account.objects.filter(person__holdings__school=college.school).exclude(pk=account("head").pk)
    for one in everyone:
        one.set_password("vélo rouge sous la pluie")
        one.save(update_fields=["password"])
        key = SessionStore()
        key.create()
        now = timezone.now()
        AccountSession.objects.create(
            session_id=key.session_key, account=one, device="x", opened_at=now, seen_at=now
        )
    assert asked() <= few + 5


def test_a_session_that_was_over_is_not_counted(college: World, head: SchoolClient) -> None:
    browser_of(college.people["teacher"])
    Session.objects.filter(accountsession__account=account("teacher")).update(
        expire_date=timezone.now() - timedelta(days=1)
    )
    response = head.post(ADDRESS, SENT, follow=True)
    assert "Aucun appareil n’était connecté." in response.content.decode()
    assert not AccountSession.objects.filter(account=account("teacher")).exists()
