"""What stops somebody: very many codes, a giver who has gone, a browser that signs itself out."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from structlog.testing import capture_logs

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.directory.models import Holding, Person
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.identity import devices, rules
from preau.identity.actions import accounts, telling
from preau.identity.models import Account, AccountSession, Activation
from preau.identity.passwords import faults_of
from preau.identity.standing import standings_of


def colleague(college: World, role: Role = Role.TEACHER) -> Person:
    person = Person.objects.create(family_name="Autre", given_name="Personne")
    Holding.objects.create(person=person, role=role, school=college.school)
    return person


def test_a_code_that_opens_a_function_needs_a_giver_who_still_may(college: World, seat_of: Any) -> None:
    person = colleague(college)
    standing = standings_of([person.pk], NOW.date())[person.pk]
    rank = rules.rank_of(standing)
    assert rules.may_still_open(rank, standing, [seat_of("cpe"), seat_of("head")])
    assert not rules.may_still_open(rank, standing, [seat_of("cpe")])
    assert not rules.may_still_open(rank, standing, [])


def test_a_pupils_code_outlives_the_departure_of_its_giver(college: World) -> None:
    pupil = college.people["pupil"]
    standing = standings_of([pupil.pk], NOW.date())[pupil.pk]
    assert rules.may_still_open(rules.RANKS[Role.PUPIL], standing, [])


def test_whoever_gives_very_many_codes_is_stopped_and_the_head_is_told_once(
    college: World, client: SchoolClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "CODES_OF_A_TEACHER", 1)
    Person.objects.filter(pk=college.people["head"].pk).update(email="direction@example.org")
    client.sit(college.people["teacher"])
    pupil = college.people["pupil"]
    address = reverse("identity:give_code", kwargs={"public_id": pupil.public_id})
    assert client.post(address, {"vu": "0"}).status_code == 200
    last = Activation.objects.get(account__person=pupil).pk
    for _ in range(3):
        assert client.post(address, {"vu": str(last)}).status_code == 302
    assert Activation.objects.filter(account__person=pupil).count() == 1
    assert Line.objects.filter(verb="identity.codes_stopped").count() == 1
    notices = Item.objects.filter(kind="identity.codes_stopped", person=college.people["head"])
    assert notices.get().facts["giver"] == college.people["teacher"].full_name


def test_whoever_gives_codes_from_no_school_has_no_head_to_tell(holder: Any) -> None:
    telling.tell_codes_stopped(holder(Role.OPERATOR))
    assert not Item.objects.filter(kind="identity.codes_stopped").exists()


def test_families_and_pupils_look_at_no_account_but_their_own(college: World, seat_of: Any) -> None:
    for key in ("guardian", "pupil"):
        viewer, account = seat_of(key), college.people[key].account
        assert list(Account.objects.visible_to(viewer)) == [account]
        own = account.activations.create(
            kind=Activation.Kind.RESET_BY_STAFF, digest=key, issued_at=NOW, expires_at=NOW
        )
        college.people["teacher"].account.activations.create(
            kind=Activation.Kind.RESET_BY_STAFF, digest=f"{key}-2", issued_at=NOW, expires_at=NOW
        )
        assert list(Activation.objects.visible_to(viewer)) == [own]


def test_signing_ones_own_browser_out_from_the_list_leads_to_the_sign_in_page(
    college: World, client: SchoolClient
) -> None:
    client.get("/connexion/")
    teacher = college.people["teacher"]
    login = Account.objects.get(person=teacher).login
    client.post("/connexion/", {"login": login, "password": "sous le préau"})
    own = AccountSession.objects.get(account__person=teacher)
    answer = client.post(reverse("identity:end_session", kwargs={"public_id": own.public_id}))
    assert answer["Location"] == reverse("identity:sign_in")
    assert not AccountSession.objects.filter(account__person=teacher).exists()


def test_whoever_is_signed_in_is_led_on_from_the_sign_in_page(college: World, client: SchoolClient) -> None:
    client.sit(college.people["teacher"])
    assert client.get("/connexion/?suite=/emploi-du-temps/")["Location"] == "/emploi-du-temps/"


@pytest.mark.parametrize(
    ("address", "near", "wide"),
    [
        ("192.0.2.7", "192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4%eth0", "2001:db8:1:2::/64", "2001:db8:1::/56"),
        ("unknown", "unknown", "unknown"),
    ],
)
def test_a_household_is_one_network(address: str, near: str, wide: str) -> None:
    assert devices.network_of(address) == near
    assert devices.network_of(address, devices.WIDE) == wide


def test_closing_the_account_of_somebody_without_one_does_nothing(college: World) -> None:
    before = Account.objects.count()
    assert accounts.close_account(colleague(college).pk) == 0
    assert Account.objects.count() == before


def test_a_password_on_the_list_of_the_world_is_refused() -> None:
    assert list(faults_of("q1w2e3r4t5y6", shortest=12, own_words=()))


def test_many_logins_tried_from_one_address_take_turns_and_known_browsers_do_not(
    college: World, clock: Any, settings: Any
) -> None:
    known, stranger = Client(), Client()
    login = college.people["teacher"].account.login
    right = {"login": login, "password": "sous le préau"}
    assert known.post("/connexion/", right).status_code == 302
    known.post("/deconnexion/")
    first = devices.SLOWED[-1][0]
    with capture_logs() as logs:
        statuses = [
            stranger.post("/connexion/", {"login": f"eleve.{number}", "password": "azerty"}).status_code
            for number in range(first + 2)
        ]
    assert statuses == [422] * (first + 1) + [429]
    assert [line["count"] for line in logs if line["event"] == "sign_in_spraying"] == [first]
    slowed = stranger.post("/connexion/", {"login": "eleve.x", "password": "azerty"})
    assert slowed.headers["Retry-After"] == "2" and "quelques secondes" in slowed.content.decode()
    assert known.post("/connexion/", right).status_code == 302
    clock.shift(3)
    assert stranger.post("/connexion/", right).status_code == 302


def test_the_browser_drops_what_it_kept_of_pages_at_sign_out(
    college: World, client: SchoolClient, settings: Any
) -> None:
    client.sit(college.people["teacher"])
    settings.HTTPS = True
    assert client.post("/deconnexion/").headers["Clear-Site-Data"] == '"cache"'
