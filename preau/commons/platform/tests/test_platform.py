"""The platform as its operator sees it: counts, deliveries and settings of the schools they run, nobody's row."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.platform import actions, queries, tasks
from preau.commons.platform.models import Figures, OperatedDelivery, OperatedSchool, share
from preau.directory.models import (
    Delivery,
    DeliveryShare,
    Group,
    Guardianship,
    Holding,
    Person,
    School,
    Territory,
)
from preau.directory.seeds.world import World
from preau.directory.viewer import Viewer, viewer_for
from preau.directory.words import Role
from preau.identity.models import Account

pytestmark = pytest.mark.django_db
PAGE, BROUGHT = "/plateforme/", "/plateforme/livraisons/"


@pytest.fixture
def academy(college: World) -> Territory:
    """An académie, three steps above the school of the test; the twin lies elsewhere."""
    above = None
    for kind, code in [("academie", "14"), ("departement", "35"), ("commune", "35238")]:
        above = Territory.objects.create(kind=kind, code=code, name=code, parent=above)
    School.objects.filter(pk=college.school.pk).update(territory=above)
    return Territory.objects.get(kind="academie", code="14")


@pytest.fixture
def operator(academy: Territory) -> Person:
    """Somebody who runs the schools of the académie."""
    return hired(academy)


def hired(territory: Territory | None) -> Person:
    person = Person.objects.create(family_name="Roussel", given_name="Inès")
    Holding.objects.create(person=person, role=Role.OPERATOR, territory=territory)
    Account.objects.create_account(f"ines.{person.pk}", person)
    return Person.objects.get(pk=person.pk)


def viewer(person: Person) -> Viewer:
    found = viewer_for(person, person.account.pk, NOW)
    assert found is not None
    return found


def count(now: datetime = NOW) -> None:
    actions.count_schools(now, now.date())


def page(client: SchoolClient, person: Person, address: str = PAGE) -> str:
    client.sit(person)
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_an_operator_sees_the_schools_of_their_territory_alone(
    college: World, twin: World, operator: Person
) -> None:
    here = viewer(operator)
    assert [operated_school.pk for operated_school in OperatedSchool.objects.visible_to(here)] == [
        college.school.pk
    ]
    everywhere = viewer(hired(None))
    assert {college.school.pk, twin.school.pk} <= {
        operated_school.pk for operated_school in OperatedSchool.objects.visible_to(everywhere)
    }
    count()
    assert [figures.school_id for figures in Figures.objects.visible_to(here)] == [college.school.pk]
    assert Figures.objects.visible_to(everywhere).count() == School.objects.count()


def test_nobody_else_sees_the_platform(college: World, client: SchoolClient, seat_of: Any) -> None:
    count()
    for key in ("head", "secretary", "teacher", "guardian", "pupil"):
        for model in (OperatedSchool, OperatedDelivery, Figures):
            assert not model.objects.visible_to(seat_of(key)).exists(), (key, model)
        client.sit(college.people[key])
        assert client.get(PAGE).status_code == 403 and client.get(BROUGHT).status_code == 403


def test_an_operator_whose_time_is_over_sees_nothing(
    operator: Person, college: World, client: SchoolClient
) -> None:
    here = viewer(operator)
    Holding.objects.filter(person=operator).update(ends=NOW.date())
    assert not OperatedSchool.objects.visible_to(here).exists()
    client.sit(operator)
    assert client.get(PAGE).status_code != 200


def test_everybody_is_counted_once_a_night(college: World, twin: World) -> None:
    count()
    figures = Figures.objects.get(school=college.school)
    held = Holding.objects.active(NOW.date()).filter(school=college.school)
    pupils = held.filter(role=Role.PUPIL).values("person")
    assert figures.pupils == pupils.distinct().count() > 0
    assert figures.staff == held.exclude(role=Role.PUPIL).values("person").distinct().count() > 0
    links = Guardianship.objects.informed(NOW.date()).of_another().filter(pupil__in=pupils)
    assert figures.guardians == links.values("guardian").distinct().count() > 0
    here = Account.objects.activated().filter(person__holdings__in=held).distinct().count()
    theirs = Account.objects.activated().filter(person__in=links.values("guardian")).distinct().count()
    assert figures.opened == here + theirs
    # The token of the cast's teacher, and nobody else's; one that is over is not counted.
    assert figures.keys == 1
    first = Person.objects.create(family_name="Neuve", given_name="Ada")
    Holding.objects.create(person=first, role=Role.PUPIL, school=college.school)
    # Two functions in one school are one person.
    Holding.objects.create(person=college.people["teacher"], role=Role.DIGITAL_LEAD, school=college.school)
    count(NOW + timedelta(days=1))
    again = Figures.objects.get(school=college.school)
    assert (again.pupils, again.staff) == (figures.pupils + 1, figures.staff)
    assert again.counted_at == NOW + timedelta(days=1)


def test_the_count_takes_the_same_queries_for_one_school_and_for_thirty(college: World) -> None:
    with CaptureQueriesContext(connection) as few:
        count()
    for number in range(30):
        School.objects.create(uai=f"035{number:04}Z", name=f"École {number}", kind=School.Kind.ECOLE)
    with CaptureQueriesContext(connection) as many:
        counted = tasks.count_schools.call()
    assert len(many) == len(few) and counted == School.objects.count() > 30


def test_the_last_delivery_is_the_schools_own_or_its_share(college: World, twin: World) -> None:
    early, late = NOW - timedelta(days=9), NOW - timedelta(days=2)
    Delivery.objects.create(school=college.school, state=Delivery.State.DONE, settled_at=early)
    shared = Delivery.objects.create(state=Delivery.State.DONE, settled_at=late)
    DeliveryShare.objects.create(delivery=shared, school=college.school)
    refused = Delivery.objects.create(state=Delivery.State.REFUSED, settled_at=NOW)
    DeliveryShare.objects.create(delivery=refused, school=college.school)
    count()
    assert Figures.objects.get(school=college.school).delivered_at == late
    assert Figures.objects.get(school=twin.school).delivered_at is None


def test_schools_are_found_by_name_uai_nature_and_what_they_wait_for(
    college: World, operator: Person
) -> None:
    here = viewer(operator)
    Delivery.objects.create(
        school=college.school, state=Delivery.State.DONE, settled_at=NOW - timedelta(days=31)
    )
    count()

    def found(**words: str) -> bool:
        return queries.schools_of(here, **words).filter(pk=college.school.pk).exists()

    assert found(text=college.uai.lower()) and found(text=college.school.name.split()[-1].upper())
    assert not found(text="Introuvable")
    assert found(kind=college.kind) and not found(kind="ecole") and found(kind="n’importe")
    assert found(watched="silence") and not found(watched="attente") and not found(watched="annee")
    Delivery.objects.create(school=college.school, state=Delivery.State.BLOCKED)
    Delivery.objects.create(
        school=college.school, state=Delivery.State.DONE, settled_at=NOW - timedelta(days=29)
    )
    count()
    assert found(watched="attente") and not found(watched="silence")
    School.objects.filter(pk=college.school.pk).update(current_year=None)
    assert found(watched="annee")


def test_the_home_says_what_waits_in_the_schools_one_runs(
    college: World, operator: Person, client: SchoolClient, django_assert_num_queries: Any
) -> None:
    count()
    Delivery.objects.create(
        school=college.school, state=Delivery.State.DONE, settled_at=NOW - timedelta(days=29)
    )
    count()
    home = page(client, operator, "/")
    assert "Vos établissements" in home and "Aucun n’attend de décision" in home
    Delivery.objects.create(school=college.school, state=Delivery.State.BLOCKED)
    home = page(client, operator, "/")
    assert "/plateforme/?voir=attente" in home and "voir=annee" not in home
    # The twin lies in another territory.
    seat = viewer(operator)
    with django_assert_num_queries(1):
        assert queries.to_watch(seat) == {"all": 1, "attente": 1, "silence": 0, "annee": 0}


def test_the_list_says_counts_and_never_a_pupil(
    college: World, operator: Person, client: SchoolClient
) -> None:
    Figures.objects.all().delete()
    assert "seront comptés cette nuit" in page(client, operator)
    count()
    html = page(client, operator)
    figures = Figures.objects.get(school=college.school)
    for text in (college.school.name, college.uai, str(figures.pupils), "Comptes ouverts", "Jamais"):
        assert text in html, text
    one = page(client, operator, f"/plateforme/etablissements/{college.school.public_id}/")
    assert "Qui appeler" in one and college.people["head"].family_name in one
    pupil = college.people["pupil"]
    for text in (pupil.family_name, college.people["guardian"].given_name + " "):
        assert text not in html and text not in one, text


def test_operators_read_which_version_runs_and_visitors_do_not(
    college: World, operator: Person, client: SchoolClient, settings: Any
) -> None:
    settings.VERSION = "9.87.6"
    for address in ("/", "/etat/", "/sante/", "/sante/pret/", "/sante/travaux/", "/connexion/", "/metrics"):
        answer = client.get(address)
        assert b"9.87.6" not in answer.content + repr(answer.headers).encode(), address
    assert "Préau 9.87.6" in page(client, operator)


def test_thirty_schools_cost_the_queries_of_one(
    academy: Territory, operator: Person, client: SchoolClient
) -> None:
    client.sit(operator)
    count()
    with CaptureQueriesContext(connection) as few:
        client.get(PAGE)
    for number in range(30):
        School.objects.create(
            uai=f"035{number:04}Z", name=f"École {number}", kind=School.Kind.ECOLE, territory=academy
        )
    count()
    with CaptureQueriesContext(connection) as many:
        response = client.get(PAGE)
    assert len(many) == len(few) <= 12 and len(response.content) < 60_000
    found = client.get(f"{PAGE}?tri=-eleves&voir=silence&nature=ecole&nom=cole").content.decode()
    assert "École 29" in found and "30 établissements" in found
    assert "Aucun établissement ne correspond" in client.get(f"{PAGE}?nom=introuvable").content.decode()


def test_another_territory_is_not_there(twin: World, operator: Person, client: SchoolClient) -> None:
    client.sit(operator)
    assert client.get(f"/plateforme/etablissements/{twin.school.public_id}/").status_code == 404
    count()
    assert "Aucun établissement ne correspond" in client.get(f"{PAGE}?nom={twin.uai}").content.decode()


def test_the_list_is_taken_away_and_it_is_written_down(
    college: World, operator: Person, client: SchoolClient
) -> None:
    count()
    client.sit(operator)
    response = client.post(f"{PAGE}exporter/", {"nature": college.kind})
    lines = b"".join(response.streaming_content).decode().splitlines()
    assert len(lines) == 2 and lines[1].startswith(f"{college.uai};{college.school.name};")
    assert Line.objects.latest("pk").verb == "platform.schools_exported"


def test_a_delivery_for_many_schools_says_what_happened(
    client: SchoolClient, college: World, twin: World
) -> None:
    everywhere = hired(None)
    assert "Aucune livraison" in page(client, everywhere, BROUGHT)
    blocked = {"uai": college.uai, "name": college.school_name, "ending": 40, "present": 90}
    held = Delivery.objects.create(
        state=Delivery.State.BLOCKED,
        report={"counts": {"departures": 40}, "quarantined_count": 3, "blocked": [blocked]},
    )
    error = {"file": "002_Eleve.xml", "line": 12, "reason": "Le fichier est coupé."}
    cut = Delivery.objects.create(
        state=Delivery.State.REFUSED, report={"errors": [error]}, settled_at=timezone.now(), source="siecle"
    )
    Delivery.objects.create(school=college.school, state=Delivery.State.DONE)
    html = page(client, everywhere, BROUGHT)
    assert "40 départs" in html and "SIECLE" in html and html.count(BROUGHT) >= 2
    one = page(client, everywhere, f"{BROUGHT}{held.pk}/")
    assert "40 départs sur 90 personnes" in one and "3 lignes mises de côté" in one and college.uai in one
    other = page(client, everywhere, f"{BROUGHT}{cut.pk}/")
    assert "002_Eleve.xml, ligne 12" in other and "Le fichier est coupé." in other


def test_a_delivery_that_was_killed_is_said_interrupted_a_day_later(client: SchoolClient) -> None:
    everywhere = hired(None)
    killed = Delivery.objects.create(state=Delivery.State.APPLYING)
    assert "Application en cours" in page(client, everywhere, f"{BROUGHT}{killed.pk}/")
    Delivery.objects.filter(pk=killed.pk).update(brought_at=timezone.now() - timedelta(days=1, minutes=1))
    html = page(client, everywhere, f"{BROUGHT}{killed.pk}/")
    assert "Interrompue" in html and "Apportez les mêmes fichiers de nouveau" in html
    assert "Application en cours" not in page(client, everywhere, BROUGHT)


def test_whoever_runs_a_territory_sees_no_delivery_for_many(operator: Person, client: SchoolClient) -> None:
    """It may hold schools of other territories."""
    held = Delivery.objects.create(state=Delivery.State.DONE)
    client.sit(operator)
    assert client.get(f"{BROUGHT}{held.pk}/").status_code == 404
    assert "Aucune livraison" in client.get(BROUGHT).content.decode()


def test_thirty_deliveries_cost_the_queries_of_one(client: SchoolClient) -> None:
    everywhere = hired(None)
    client.sit(everywhere)
    Delivery.objects.create(state=Delivery.State.DONE)
    with CaptureQueriesContext(connection) as few:
        client.get(BROUGHT)
    for _ in range(30):
        Delivery.objects.create(state=Delivery.State.DONE, report={"counts": {"arrivals": 3}})
    with CaptureQueriesContext(connection) as many:
        client.get(BROUGHT)
    assert len(many) == len(few)


def test_the_page_of_a_school_shows_its_settings_and_its_share(
    college: World, operator: Person, client: SchoolClient
) -> None:
    School.objects.filter(pk=college.school.pk).update(services={"attendance": {"off": True}})
    shared = Delivery.objects.create(state=Delivery.State.DONE, report={"counts": {"arrivals": 900}})
    DeliveryShare.objects.create(delivery=shared, school=college.school, counts={"arrivals": 4})
    html = page(client, operator, f"/plateforme/etablissements/{college.school.public_id}/")
    read = re.sub("<[^>]+>", " ", html)
    assert "4 arrivées" in read and "900" not in read and "Absences et vie scolaire" in read
    classes = Group.objects.filter(school=college.school, year=college.year, kind=Group.Kind.CLASS).count()
    assert f"<dt>Classes</dt><dd>{classes}</dd>" in html


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 0, "0 %"),
        (0, 10, "0 %"),
        (1, 900, "moins de 1 %"),
        (9, 10, "90 %"),
        (999, 1000, "99 %"),
        (10, 10, "100 %"),
    ],
)
def test_a_few_of_many_are_not_none_and_nearly_all_is_not_all(part: int, whole: int, said: str) -> None:
    assert (
        share(part, whole).replace("\N{NARROW NO-BREAK SPACE}", " ").replace("\N{NO-BREAK SPACE}", " ")
        == said
    )
