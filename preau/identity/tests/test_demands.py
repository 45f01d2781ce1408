"""A second proof demanded of the staff from a day: who, when, what opens, who has more time."""

import re
from base64 import b32decode
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse
from django.utils import timezone

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.directory.models import Holding, Person, Territory
from preau.directory.seeds.world import World
from preau.directory.words import SETTINGS, Role
from preau.foundation import stamp
from preau.identity import demands, queries, tasks, totp
from preau.identity.actions.demands import work_out
from preau.identity.models import Account, ProofDemand, RecoveryCode, SecondProof
from preau.identity.seeds import CAST, PASSWORD
from tests.building import routes

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
SINCE = TODAY + timedelta(days=21)
RULE, READY = "/comptes/double-verification/demander/", "/comptes/double-verification/"
SET_UP = "/profil/double-verification/mettre-en-place/"
STAFF = {"who": "staff", "since": SINCE.isoformat()}


@pytest.fixture
def head(college: World, client: SchoolClient) -> SchoolClient:
    return client.sit(college.people["head"])


def account(college: World, key: str) -> Account:
    return Account.objects.get(person=college.people[key])


def proves(college: World, key: str) -> None:
    now = timezone.now()
    SecondProof.objects.create(
        account=account(college, key), secret="x", last_step=0, installed_at=now, used_at=now
    )


def demand(college: World, since: date, who: str = "staff", *, everywhere: bool = False) -> ProofDemand:
    school = None if everywhere else college.school
    return ProofDemand.objects.create(school=school, who=who, since=since, said_at=timezone.now())


def notices_of(college: World, key: str, kind: str = "proof_asked") -> list[Item]:
    return list(Item.objects.filter(person=college.people[key], kind=f"identity.{kind}"))


def words(response: Any) -> str:
    return response.content.decode().replace("\u202f", " ")


def install(browser: Client) -> Any:
    """The first digits of the key that the page shows."""
    page = browser.get(SET_UP).content.decode()
    key = re.search(r'authenticator-key">([^<]+)<', page)[1].replace(" ", "")
    sealed = re.search(r'name="sealed" value="([^"]+)"', page)[1]
    code = totp.code_at(b32decode(key), totp.step_of(timezone.now()))
    return browser.post(SET_UP, {"code": code, "sealed": sealed})


def enter(key: str) -> Client:
    browser = SchoolClient()
    browser.post("/connexion/", {"login": CAST[key], "password": PASSWORD})
    return browser


# Who is concerned, from which day


def test_a_head_demands_it_of_all_the_staff(head: SchoolClient, college: World) -> None:
    proves(college, "cpe")
    assert head.post(RULE, STAFF).status_code == 302
    assert {key: account(college, key).proves_from for key in ("head", "teacher", "secretary", "cpe")} == {
        "head": SINCE,
        "teacher": SINCE,
        "secretary": SINCE,
        "cpe": None,
    }
    assert [account(college, key).proves_from for key in ("pupil", "guardian")] == [None, None]
    (line,) = Line.objects.filter(verb="identity.proof_demanded")
    assert line.details == {"who": "staff", "since": SINCE.isoformat()}
    (item,) = notices_of(college, "teacher")
    assert item.facts["day"] == "mardi 15 décembre 2026"
    assert notices_of(college, "cpe") == notices_of(college, "guardian") == []


def test_nobody_of_the_school_beside_is_concerned(head: SchoolClient, twin: World) -> None:
    head.post(RULE, STAFF)
    assert not Account.objects.filter(
        person__in=[person.pk for person in twin.people.values()], proves_from__isnull=False
    )


def test_of_those_with_powers_only(head: SchoolClient, college: World) -> None:
    until = (TODAY + timedelta(days=30)).isoformat()
    Holding.objects.filter(person=college.people["cpe"]).update(scope={SETTINGS: {"until": until, "by": 0}})
    head.post(RULE, STAFF | {"who": "powers"})
    concerned = {key for key in ("head", "secretary", "cpe", "teacher") if account(college, key).proves_from}
    assert concerned == {"head", "secretary", "cpe"}


def test_the_day_is_moved_then_taken_back(head: SchoolClient, college: World) -> None:
    head.post(RULE, STAFF)
    later = SINCE + timedelta(days=10)
    head.post(RULE, STAFF | {"since": later.isoformat()})
    assert account(college, "teacher").proves_from == later
    assert len(notices_of(college, "teacher")) == 2
    head.post(RULE, {"who": "personne"})
    assert account(college, "teacher").proves_from is None
    assert not ProofDemand.objects.exists()
    # Said again, it is nothing new.
    head.post(RULE, {"who": "personne"})
    assert Line.objects.filter(verb="identity.proof_demanded").count() == 3


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"who": ""}, "Choisissez une ligne."),
        ({"since": ""}, "Donnez un jour."),
        (
            {"since": (TODAY + timedelta(days=6)).isoformat()},
            "Choisissez un jour à partir du mardi 1er décembre 2026.",
        ),
    ],
)
def test_a_mistake_demands_nothing(head: SchoolClient, sent: dict[str, str], said: str) -> None:
    response = head.post(RULE, STAFF | sent)
    assert response.status_code == 422
    assert said in words(response)
    assert not ProofDemand.objects.exists()


def test_a_day_that_is_over_may_stay(head: SchoolClient, college: World) -> None:
    since = TODAY - timedelta(days=30)
    demand(college, since, "powers")
    assert head.post(RULE, {"who": "staff", "since": since.isoformat()}).status_code == 302
    # Those whom it reaches only now have a week.
    assert account(college, "teacher").proves_from == TODAY + demands.ENTRY


@pytest.mark.parametrize("key", ["secretary", "cpe", "teacher", "pupil", "guardian"])
def test_nobody_but_whoever_settles_the_school(college: World, client: SchoolClient, key: str) -> None:
    assert client.sit(college.people[key]).post(RULE, STAFF).status_code == 403
    assert not ProofDemand.objects.exists()


def test_it_is_confirmed_first(head: SchoolClient, clock: Any) -> None:
    clock.shift(timedelta(minutes=10))
    assert head.post(RULE, STAFF).url.startswith("/confirmer/")
    assert not ProofDemand.objects.exists()


# Before the day


def test_the_home_and_the_profile_say_it(college: World, client: SchoolClient) -> None:
    demand(college, SINCE)
    teacher = enter("teacher")
    sentence = "à mettre en place avant le mardi 15 décembre 2026"
    assert sentence in words(teacher.get("/"))
    assert teacher.post("/profil/double-verification/plus-tard/").url == "/"
    assert sentence not in words(teacher.get("/"))
    assert sentence in words(teacher.get("/profil/"))
    # It comes back at the next sign-in.
    assert sentence in words(enter("teacher").get("/"))
    assert sentence not in words(enter("guardian").get("/"))


def test_a_week_before_they_are_told_once_more(college: World, clock: Any) -> None:
    demand(college, SINCE)
    assert tasks.work_out_demands.call() > 0
    assert len(notices_of(college, "teacher")) == 1
    assert notices_of(college, "teacher", "proof_soon") == []
    clock.move_to(NOW + timedelta(days=14))
    assert [tasks.work_out_demands.call() for _ in range(2)] == [0, 0]
    assert len(notices_of(college, "teacher", "proof_soon")) == 1
    assert len(notices_of(college, "teacher")) == 1


# From the day


@pytest.fixture
def late(college: World) -> Client:
    """A teacher who has known for weeks, on the day."""
    demand(college, TODAY)
    Account.objects.filter(person=college.people["teacher"]).update(proves_from=TODAY)
    return enter("teacher")


def test_nothing_opens_but_setting_it_up(late: Client) -> None:
    for address in [
        "/",
        "/emploi-du-temps/",
        "/profil/",
        "/recherche/",
        "/cas/login",
        "/profil/mot-de-passe/",
    ]:
        response = late.get(address)
        assert (address, response.status_code, response.url) == (address, 302, SET_UP)
    assert late.post("/profil/double-verification/plus-tard/").url == SET_UP
    page = words(late.get(SET_UP))
    assert "La double vérification est demandée depuis le mardi 24 novembre 2026." in page
    assert "Me déconnecter" in page
    for address in ["/aide/", "/accessibilite/", "/mentions-legales/", "/etat/"]:
        assert late.get(address).status_code == 200
    assert late.post("/deconnexion/").url == "/connexion/"


def test_what_opens_is_what_proves_what_explains_and_what_leaves() -> None:
    flagged = {
        name for name, view in routes(get_resolver().url_patterns) if getattr(view, "before_proof", False)
    }
    assert {name for name in flagged if name.startswith("identity:")} == {
        "identity:install_second_proof",
        "identity:second_proof",
        "identity:sign_out",
        "identity:second_step",
        "identity:add_passkey",
        "identity:passkey_options",
        "identity:passkey_challenge",
        "identity:confirm",
        "identity:confirm_otherwise",
    }
    assert {name.partition(":")[0] for name in flagged} == {
        "identity",
        "federation",
        "portal",
        "foundation",
        "directory",
    }
    assert len(flagged) == 30


def test_once_in_place_everything_opens(late: Client, college: World) -> None:
    done = install(late)
    assert "Vos codes de secours" in words(done)
    assert account(college, "teacher").proves_from is None
    assert RecoveryCode.objects.filter(account=account(college, "teacher")).count() == 10
    assert late.get("/").status_code == 200


def test_what_was_being_sent_waits(college: World, client: SchoolClient) -> None:
    """The day comes at midnight, in the middle of a form."""
    client.sit(college.people["teacher"])
    demand(college, TODAY)
    Account.objects.filter(person=college.people["teacher"]).update(proves_from=TODAY)
    made = stamp.seal(account(college, "teacher").pk, f"staff-{college.school.pk}")
    assert client.post("/profil/affichage/", {"text": "115", stamp.FIELD: made}).url == SET_UP
    assert "/reprendre/" in install(client).content.decode()
    assert 'value="115"' in client.get("/reprendre/").content.decode()


def test_whoever_takes_it_away_sets_it_up_again(college: World, client: SchoolClient) -> None:
    demand(college, TODAY - timedelta(days=5))
    proves(college, "teacher")
    client.sit(college.people["teacher"])
    client.post("/profil/double-verification/", {"geste": "retirer"})
    assert client.get("/").url == SET_UP


def test_whoever_has_lost_everything_has_a_week(college: World, client: SchoolClient) -> None:
    demand(college, TODAY - timedelta(days=5))
    proves(college, "teacher")
    client.sit(college.people["secretary"])
    public_id = college.people["teacher"].public_id
    client.post(f"/comptes/personnes/{public_id}/double-verification/retirer/")
    assert account(college, "teacher").proves_from == TODAY + demands.ENTRY
    assert enter("teacher").get("/").status_code == 200


def test_whoever_comes_late_has_a_week_and_no_more(college: World, clock: Any) -> None:
    demand(college, TODAY - timedelta(days=5))
    assert enter("teacher").get("/").status_code == 200
    clock.move_to(NOW + timedelta(days=6))
    assert enter("teacher").get("/").status_code == 200
    clock.move_to(NOW + timedelta(days=7))
    assert enter("teacher").get("/").url == SET_UP


def test_whoever_works_no_more_is_left_in_peace(college: World) -> None:
    demand(college, TODAY)
    teacher = college.people["teacher"]
    Account.objects.filter(person=teacher).update(proves_from=TODAY)
    Holding.objects.filter(person=teacher).exclude(role=Role.PUPIL).update(ends=TODAY)
    tasks.work_out_demands.call()
    assert account(college, "teacher").proves_from is None


# A delay


def delay(college: World) -> str:
    return f"/comptes/personnes/{college.people['teacher'].public_id}/double-verification/delai/"


def test_the_office_gives_a_delay(late: Client, college: World, client: SchoolClient, clock: Any) -> None:
    client.sit(college.people["secretary"])
    assert "Donner un délai" in words(
        client.get(f"/comptes/personnes/{college.people['teacher'].public_id}/")
    )
    until = TODAY + timedelta(days=10)
    client.post(delay(college), {"until": until.isoformat()})
    assert account(college, "teacher").proves_from == until
    (line,) = Line.objects.filter(verb="identity.proof_delayed")
    assert (line.subject_id, line.details) == (college.people["teacher"].pk, {"until": until.isoformat()})
    assert len(notices_of(college, "teacher")) == 1
    assert late.get("/").status_code == 200
    assert "Délai accordé" in words(client.get(f"{READY}?etat=delai"))
    clock.move_to(NOW + timedelta(days=10))
    assert enter("teacher").get("/").url == SET_UP


@pytest.mark.parametrize("until", [TODAY, TODAY + timedelta(days=61)])
def test_a_delay_is_short(late: Client, college: World, client: SchoolClient, until: date) -> None:
    client.sit(college.people["secretary"])
    assert client.post(delay(college), {"until": until.isoformat()}).status_code == 422
    assert account(college, "teacher").proves_from == TODAY


def test_delays_do_not_pile_up(late: Client, college: World, client: SchoolClient, clock: Any) -> None:
    client.sit(college.people["secretary"])
    longest = TODAY + timedelta(days=60)
    assert client.post(delay(college), {"until": longest.isoformat()}).status_code == 302
    more = client.post(delay(college), {"until": (longest + timedelta(days=1)).isoformat()})
    assert more.status_code == 422 and "c’est le plus long" in words(more)
    assert account(college, "teacher").proves_from == longest
    clock.move_to(NOW + timedelta(days=30))
    client.sit(college.people["secretary"])
    too_long, enough = longest + timedelta(days=31), longest + timedelta(days=30)
    assert client.post(delay(college), {"until": too_long.isoformat()}).status_code == 422
    assert client.post(delay(college), {"until": enough.isoformat()}).status_code == 302
    assert account(college, "teacher").proves_from == enough


def test_a_delay_gives_time_and_takes_none(college: World, client: SchoolClient) -> None:
    demand(college, SINCE)
    Account.objects.filter(person=college.people["teacher"]).update(proves_from=SINCE)
    client.sit(college.people["secretary"])
    sooner = client.post(delay(college), {"until": (SINCE - timedelta(days=1)).isoformat()})
    assert "Choisissez un jour après le mardi 15 décembre 2026, jusqu’au samedi 13 février 2027." in words(
        sooner
    )
    later = SINCE + timedelta(days=9)
    for _ in range(2):
        assert client.post(delay(college), {"until": later.isoformat()}).status_code == 302
    assert account(college, "teacher").proves_from == later
    assert Line.objects.filter(verb="identity.proof_delayed").count() == 1


@pytest.mark.parametrize("key", ["teacher_1", "cpe", "guardian"])
def test_a_delay_is_given_by_the_office_alone(college: World, client: SchoolClient, key: str) -> None:
    demand(college, SINCE)
    assert client.sit(college.people[key]).post(delay(college), {"until": "2026-12-20"}).status_code in {
        403,
        404,
    }


def test_where_nothing_is_demanded_there_is_no_delay(college: World, client: SchoolClient) -> None:
    client.sit(college.people["secretary"])
    assert "Aucun délai à donner" in words(client.get(delay(college)))
    client.post(delay(college), {"until": "2026-12-20"})
    assert account(college, "teacher").delayed_until is None


def test_a_lone_head_is_given_time_at_the_console(college: World, capsys: Any) -> None:
    demand(college, TODAY)
    Account.objects.filter(person=college.people["head"]).update(proves_from=TODAY)
    call_command("head_code", college.school.uai, "--again", "--delay-second-proof", "14")
    assert work_out(account(college, "head").pk) == TODAY + timedelta(days=14)
    assert Line.objects.filter(verb="identity.proof_delayed").count() == 1
    with pytest.raises(CommandError, match="60 days"):
        call_command("head_code", college.school.uai, "--delay-second-proof", "90")


# The list, and the platform


def test_the_head_reads_who_is_ready(head: SchoolClient, college: World) -> None:
    proves(college, "cpe")
    assert "1 personne sur" in words(head.get(RULE))
    name = college.people["cpe"].list_name
    everyone, ready, waiting = (
        words(head.get(f"{READY}{query}")) for query in ("", "?etat=en-place", "?etat=pas-encore")
    )
    assert name in everyone
    assert name in ready
    assert name not in waiting
    assert college.people["teacher"].list_name in waiting
    assert college.people["pupil"].list_name not in everyone


def test_the_list_is_of_those_whom_it_concerns(head: SchoolClient, college: World) -> None:
    demand(college, SINCE, "powers")
    page = words(head.get(READY))
    assert college.people["secretary"].list_name in page
    assert college.people["teacher"].list_name not in page


@pytest.fixture
def operator(college: World) -> SchoolClient:
    person = Person.objects.create(family_name="Exploitant", given_name="Ève")
    Holding.objects.create(person=person, role=Role.OPERATOR)
    Account.objects.create_account("eve.exploitant", person, PASSWORD)
    return SchoolClient().sit(person)


def test_an_operator_demands_it_everywhere(operator: SchoolClient, college: World, twin: World) -> None:
    address = reverse("identity:platform_proof")
    operator.may_see_twin = True
    assert address in operator.get("/plateforme/").content.decode()
    assert operator.post(address, STAFF | {"who": "powers"}).status_code == 302
    tasks.work_out_demands.call()
    twins = Account.objects.get(person=twin.people["head"])
    assert (account(college, "head").proves_from, twins.proves_from) == (SINCE, SINCE)
    assert account(college, "teacher").proves_from is None
    assert Account.objects.get(login="eve.exploitant").proves_from == SINCE
    assert "L’exploitant de Préau la demande" in words(SchoolClient().sit(college.people["head"]).get(RULE))


def test_the_first_day_asked_is_the_one_that_counts(college: World) -> None:
    demand(college, SINCE, everywhere=True)
    demand(college, SINCE + timedelta(days=30))
    assert work_out(account(college, "teacher").pk) == SINCE


def test_an_operator_of_a_territory_demands_nothing(operator: SchoolClient, college: World) -> None:
    Holding.objects.filter(role=Role.OPERATOR).update(territory=college.school.territory or _territory())
    assert operator.post(reverse("identity:platform_proof"), STAFF).status_code == 403
    assert reverse("identity:platform_proof") not in operator.get("/plateforme/").content.decode()


def _territory() -> Any:
    return Territory.objects.create(kind=Territory.Kind.COMMUNE, code="35001", name="Ici")


def test_a_page_asks_no_more_than_before(college: World, client: SchoolClient) -> None:
    """What is demanded comes with the account of the session."""
    client.sit(college.people["teacher"])
    before = asked(client)
    demand(college, SINCE)
    Account.objects.filter(person=college.people["teacher"]).update(proves_from=SINCE)
    assert asked(client) == before


def asked(client: SchoolClient) -> int:
    client.get("/")
    with CaptureQueriesContext(connection) as found:
        client.get("/")
    return len(found)


def test_a_demand_of_a_school_is_not_of_the_one_beside(college: World, twin: World) -> None:
    asked = demand(college, TODAY)
    here, beside = (Holding.objects.get(person=world.people["head"]) for world in (college, twin))
    assert demands.concerns(asked, here, TODAY)
    assert not demands.concerns(asked, beside, TODAY)


def test_what_the_journal_says_of_demands_and_delays() -> None:
    asked = queries.said_of_demand({"who": "staff", "since": "2027-01-05"})
    assert asked == "Tous les personnels, à partir du mardi 5 janvier 2027"
    assert queries.said_of_demand({"who": ""}) == "plus demandée"
    assert queries.said_of_delay({"until": "2027-01-05"}) == "jusqu’au mardi 5 janvier 2027"
    assert queries.said_of_delay({}) == ""
