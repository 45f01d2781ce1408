"""The register: who keeps it, what a school agrees to, what people read of it."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.signon import rules
from preau.commons.signon.models import Address, Alias, Opening, Service, Usage
from preau.commons.signon.queries import register
from preau.directory.models import Holding, Person, Territory
from preau.directory.seeds.world import World
from preau.directory.viewer import viewer_for
from preau.directory.words import Profile, Role
from preau.identity.models import Account

pytestmark = pytest.mark.django_db
CREATE = "/services-relies/registre/ajouter/"
TYPED = {
    "name": "Atelier",
    "text": "Écrire à plusieurs.",
    "icon": "notebook",
    "address": "https://atelier.example/ent/",
    "places": "https://atelier.example/ent/\nhttps://atelier.example:8443/",
    "profiles": ["pupil", "staff"],
    "protocol": "cas",
    "shape": "plain",
    "is_on": "on",
    "why_first_name": "Signer.",
}


@pytest.fixture
def operator(db: None) -> Person:
    person = Person.objects.create(family_name="Roussel", given_name="Inès")
    Holding.objects.create(person=person, role=Role.OPERATOR)
    Account.objects.create(person=person, login="ines.roussel", password="!")
    return person


@pytest.fixture
def head(college: World, client: SchoolClient) -> SchoolClient:
    return client.sit(college.people["head"])


def page_of(service: Service) -> str:
    return reverse("signon:service", kwargs={"public_id": service.public_id})


def moodle() -> Service:
    return Service.objects.get(name="Moodle")


# Writing


def test_a_school_links_a_service_of_its_own(college: World, head: SchoolClient) -> None:
    response = head.post(CREATE, TYPED)
    service = Service.objects.get(name="Atelier")
    assert response["Location"] == page_of(service)
    assert service.school == college.school
    assert service.released == {"first_name": {"why": "Signer.", "since": NOW.date().isoformat()}}
    assert [(address.origin, address.path) for address in service.addresses.all()] == [
        ("https://atelier.example", "/ent/"),
        ("https://atelier.example:8443", "/"),
    ]
    opening = Opening.objects.get(service=service)
    assert (opening.is_on, opening.agreed, opening.profiles) == (True, ["first_name"], ["pupil", "staff"])
    assert Line.objects.filter(verb="signon.service_created", school=college.school).count() == 1


def test_a_second_click_makes_nothing_more_and_a_namesake_is_refused(head: SchoolClient) -> None:
    for _ in range(2):
        assert head.post(CREATE, TYPED).status_code == 302
    assert Service.objects.filter(name="Atelier").count() == 1
    answer = head.post(CREATE, TYPED | {"text": "Autre chose."})
    assert answer.status_code == 422
    assert "porte déjà ce nom" in answer.content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"places": "https://*.example/"}, "ne convient pas"),
        ({"places": "http://atelier.example/"}, "ne convient pas"),
        ({"places": "\n".join(f"https://a{n}.example/" for n in range(11))}, "Dix adresses au plus"),
        ({"address": "https://autre.example/"}, "doit être sous l’une des adresses"),
        ({"opens_on": "2026-12-02", "closes_on": "2026-12-01"}, "vient avant le premier"),
        ({"profiles": []}, "obligatoire"),
        ({"name": "x" * 61}, "60"),
    ],
)
def test_a_mistake_is_said(head: SchoolClient, wrong: dict[str, Any], said: str) -> None:
    answer = head.post(CREATE, TYPED | wrong)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Service.objects.filter(name="Atelier").exists()


def test_what_already_left_keeps_the_day_since_when(head: SchoolClient, clock: Any) -> None:
    head.post(CREATE, TYPED)
    service = Service.objects.get(name="Atelier")
    clock.shift(timedelta(days=1))
    head.force_login(head_account(service))
    head.post(
        f"{page_of(service)}modifier/", TYPED | {"why_email": "Écrire.", "places": "https://atelier.example/"}
    )
    service.refresh_from_db()
    assert service.released["first_name"]["since"] == "2026-11-24"
    assert service.released["email"]["since"] == "2026-11-25"
    assert [address.origin for address in service.addresses.all()] == ["https://atelier.example"]
    line = Line.objects.get(verb="signon.service_changed")
    assert line.details["changed"] == "released,addresses"
    assert "Écrire" not in repr(line.details)
    assert Opening.objects.get(service=service).agreed == ["first_name"], "nothing more leaves by itself"


def head_account(service: Service) -> Account:
    held = Holding.objects.filter(school=service.school, role=Role.HEAD)
    return Account.objects.get(person__in=held.values("person"))


def test_nothing_changed_is_said_and_leaves_no_line(head: SchoolClient) -> None:
    head.post(CREATE, TYPED)
    service = Service.objects.get(name="Atelier")
    page = head.post(f"{page_of(service)}modifier/", TYPED, follow=True)
    assert "Rien n’a changé" in page.content.decode()
    assert not Line.objects.filter(verb="signon.service_changed").exists()


def test_the_operator_of_the_platform_offers_a_service(
    operator: Person, college: World, client: SchoolClient
) -> None:
    client.sit(operator)
    assert client.post(CREATE, TYPED).status_code == 302
    service = Service.objects.get(name="Atelier")
    assert service.school is None
    assert not Opening.objects.filter(service=service).exists(), "a school says itself whether it opens it"
    page = client.get(page_of(service)).content.decode()
    assert "Établissements qui l’ont ouvert" in page
    assert "Dans l’établissement" not in page


def test_the_operator_of_a_territory_reads_and_changes_nothing(
    operator: Person, client: SchoolClient
) -> None:
    place = Territory.objects.create(kind=Territory.Kind.ACADEMIE, code="14", name="Rennes")
    Holding.objects.filter(person=operator).update(territory=place)
    client.sit(operator)
    assert client.get("/services-relies/registre/").status_code == 200
    assert client.get(page_of(moodle())).status_code == 200
    for address in (CREATE, f"{page_of(moodle())}modifier/"):
        assert client.get(address).status_code == 403


# In a school


def test_a_head_closes_and_opens_a_service_of_the_platform(college: World, head: SchoolClient) -> None:
    service = moodle()
    opening = Opening.objects.get(service=service, school=college.school)
    data = {"agreed": ["profile"], "profiles": ["pupil"], "levels": ["6e"]}
    head.post(page_of(service), data)
    opening.refresh_from_db()
    assert (opening.is_on, opening.leaves, opening.levels) == (False, ["profile"], ["6e"])
    assert len(opening.waits_for) == 4
    head.post(page_of(service), data | {"open": "on"})
    opening.refresh_from_db()
    assert (opening.is_on, opening.since) == (True, NOW.date())
    verbs = Line.objects.filter(verb__startswith="signon.").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["signon.service_closed", "signon.service_opened"]
    assert "Demande plus" in head.get("/services-relies/registre/").content.decode()
    assert "demande plus qu’avant" in head.get(page_of(service)).content.decode()
    journal = head.get(reverse("journal:changes"))
    assert "Service relié fermé dans l’établissement" in journal.content.decode()


def test_one_school_says_nothing_for_another(college: World, twin: World, head: SchoolClient) -> None:
    head.post(page_of(moodle()), {"profiles": ["pupil"]})
    assert Opening.objects.get(service=moodle(), school=twin.school).is_on
    theirs = Service.objects.get(school=twin.school)
    for address in (page_of(theirs), f"{page_of(theirs)}modifier/"):
        assert head.get(address).status_code == 404
        assert head.post(address, TYPED).status_code == 404


def test_a_head_does_not_change_a_service_of_the_platform(head: SchoolClient) -> None:
    assert head.get(f"{page_of(moodle())}modifier/").status_code == 403
    assert "Changer ce service" not in head.get(page_of(moodle())).content.decode()


def test_counts_of_few_are_not_told(college: World, seat_of: Any) -> None:
    Usage.objects.all().delete()
    for profile, count in (("pupil", 40), ("guardian", 9), ("staff", 10)):
        Usage.objects.create(
            service=moodle(), school=college.school, day=NOW.date(), profile=profile, count=count
        )
    counts = dict(register.counts_of(seat_of("head"), moodle()).rows)
    assert counts == {"Élèves": "40", "Familles": "moins de 10", "Personnels": "10"}
    assert set(dict(register.counts_of(seat_of("teacher"), moodle()).rows).values()) == {"0"}


def test_an_operator_reads_the_sum_of_all_schools(college: World, twin: World, operator: Person) -> None:
    Usage.objects.all().delete()
    for world in (college, twin):
        Usage.objects.create(service=moodle(), school=world.school, day=NOW.date(), profile="pupil", count=9)
    viewer = viewer_for(operator, 0, NOW)
    assert viewer and not Usage.objects.visible_to(viewer).exists()
    assert dict(register.counts_of(viewer, moodle()).rows)["Élèves"] == "18"


# Read by people


def test_people_read_what_leaves_and_why(college: World, client: SchoolClient) -> None:
    page = client.sit(college.people["pupil"]).get("/services-relies/").content.decode()
    assert "Moodle" in page and "Carnet de lecture" in page
    assert "Inscrire l’élève aux cours de sa classe." in page
    assert "Adresse électronique" not in page
    page = client.sit(college.people["guardian"]).get("/services-relies/").content.decode()
    assert "Moodle" in page and "Carnet de lecture" not in page
    assert "Tenir le registre" not in page


def test_a_school_without_services_says_so(college: World, client: SchoolClient) -> None:
    Opening.objects.all().delete()
    page = client.sit(college.people["pupil"]).get("/services-relies/").content.decode()
    assert "Aucun service relié" in page


def test_my_data_tells_which_services_were_opened(college: World, client: SchoolClient) -> None:
    page = client.sit(college.people["pupil"]).get("/mes-donnees/signon-alias/")
    assert page.status_code == 200
    assert "Moodle" in page.content.decode()


# Who


def test_who_keeps_the_register(holder: Any, seat_of: Any) -> None:
    assert {role for role in Role if rules.reads_register(holder(role))} == {Role.HEAD, Role.OPERATOR}
    assert {role for role in Role if rules.adds_services(holder(role))} == {Role.HEAD, Role.OPERATOR}
    assert {role for role in Role if rules.operates(holder(role))} == {Role.OPERATOR}
    without = {Role.AGENT, Role.OPERATOR}
    assert {role for role in Role if not rules.has_services(holder(role))} == without
    assert rules.has_services(seat_of("guardian"))


def test_who_changes_and_who_opens(college: World, twin: World, holder: Any) -> None:
    own, theirs = Service.objects.get(school=college.school), Service.objects.get(school=twin.school)
    assert {role for role in Role if rules.changes(holder(role), own)} == {Role.HEAD}
    assert {role for role in Role if rules.changes(holder(role), moodle())} == {Role.OPERATOR}
    assert not any(rules.changes(holder(role), theirs) for role in Role)
    assert {role for role in Role if rules.opens_here(holder(role), own)} == {Role.HEAD}
    assert {role for role in Role if rules.opens_here(holder(role), moodle())} == {Role.HEAD}
    assert not any(rules.opens_here(holder(role), theirs) for role in Role)


def test_who_sees_a_service(college: World, twin: World, seat_of: Any, operator: Person) -> None:
    own = Service.objects.get(school=college.school)
    for key in ("head", "teacher", "pupil", "guardian"):
        assert own in Service.objects.visible_to(seat_of(key))
        assert own not in Service.objects.visible_to(seat_of(key, world=twin))
    Opening.objects.filter(service=own).update(is_on=False)
    assert {
        key
        for key in ("head", "teacher", "pupil", "guardian")
        if own in Service.objects.visible_to(seat_of(key))
    } == {"head"}
    viewer = viewer_for(operator, 0, NOW)
    assert viewer and viewer.profile == Profile.OPERATOR
    assert [service.name for service in Service.objects.visible_to(viewer)] == [
        "Calcul mental",
        "Manuels numériques",
        "Moodle",
        "Nuage",
    ]
    assert not Opening.objects.visible_to(viewer).exists()


def test_nobody_sees_the_names_of_others(college: World, seat_of: Any) -> None:
    assert Alias.objects.exists()
    for key in ("head", "teacher", "guardian"):
        assert not Alias.objects.visible_to(seat_of(key)).exists()
    assert Alias.objects.visible_to(seat_of("pupil")).count() == 1


def test_addresses_are_seen_with_their_service(twin: World, seat_of: Any) -> None:
    origins = set(Address.objects.visible_to(seat_of("guardian")).values_list("origin", flat=True))
    assert origins == {"https://moodle.academie.example", "https://lecture.example"}


def test_a_date_that_is_over_is_said(college: World, seat_of: Any) -> None:
    service, today = moodle(), date(2026, 11, 24)
    opening = Opening.objects.get(service=service, school=college.school)
    assert register.state_of(service, opening, today)[0] == "Ouvert"
    assert register.state_of(service, None, today)[0] == "Proposé"
    service.closes_on = today
    assert register.state_of(service, opening, today)[0] == "Ouvert"
    assert register.state_of(service, opening, today + timedelta(days=1))[0] == "Terminé"
    service.opens_on = today + timedelta(days=1)
    assert register.state_of(service, opening, today)[0] == "Pas encore ouvert"
    service.is_on = False
    assert register.state_of(service, opening, today)[0] == "Arrêté"
