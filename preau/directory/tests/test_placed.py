"""A child who is placed: that an institution answers for them is read on their page by those who follow families, and is neither
searched nor said by lists that go around."""

from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.search import queries as search
from preau.directory.actions.guests import Invitation, invite
from preau.directory.models import Group, Guardianship, Person
from preau.directory.seeds.world import World
from preau.directory.words import LISTS, Authority, Kinship, Role
from preau.identity.models import Account

pytestmark = pytest.mark.django_db
NAME, PHONE, FOSTER = "Aide sociale à l’enfance", "02 99 00 00 07", "Odile Accueillante"


@pytest.fixture
def service(college: World) -> Person:
    """Child welfare answers for the pupil and for another; a foster carer is called too."""
    pupil = college.people["pupil"]
    made = Person.objects.create(
        family_name=NAME, is_institution=True, phone=PHONE, email="ase@departement.example"
    )
    other = Person.objects.filter(enrolments__group__year=college.year).exclude(pk=pupil.pk).order_by("pk")[0]
    for child in (pupil, other):
        Guardianship.objects.create(
            pupil=child,
            guardian=made,
            authority=Authority.LEGAL,
            kinship=Kinship.CHILD_WELFARE,
            contact_priority=1,
        )
    given, family = FOSTER.split()
    carer = Person.objects.create(given_name=given, family_name=family, phone="06 00 00 00 02")
    Guardianship.objects.create(
        pupil=pupil, guardian=carer, authority=Authority.IN_CHARGE, kinship=Kinship.FOSTER, contact_priority=2
    )
    return made


@pytest.fixture
def own_class(college: World) -> Group:
    return Group.objects.get(year=college.year, enrolments__pupil=college.people["pupil"])


def placed_in(page: str) -> list[str]:
    words = ("aide sociale", "famille d’accueil", "ase@")
    return [word for word in words if word in page.lower()]


@pytest.mark.parametrize("typed", ["aide sociale", "enfance", "AIDE SOCIALE A L'ENFANCE"])
def test_nobody_finds_children_by_the_institution_that_answers_for_them(
    college: World, service: Person, seat_of: Any, typed: str
) -> None:
    for key in ("head", "cpe", "secretary", "teacher", "guardian", "pupil"):
        hits = [hit for kind in search.results_for(seat_of(key), typed, 100).found for hit in kind.hits]
        assert not [hit for hit in hits if service.public_id in hit.url or "ABADIE" in hit.label], key
        assert not [hit for hit in hits if college.people["pupil"].family_name in hit.detail], key
    # People are still found.
    assert search.results_for(seat_of("cpe"), "accueillante", 5).found


def test_the_page_of_an_institution_does_not_list_the_children(
    college: World, client: SchoolClient, service: Person
) -> None:
    pupil = college.people["pupil"]
    address = reverse("directory:person", kwargs={"public_id": service.public_id})
    page = client.sit(college.people["head"]).get(address)
    assert page.status_code == 200
    assert pupil.list_name not in page.content.decode()
    # Whoever keeps families still reads who answers for this one.
    own = client.get(reverse("directory:family", kwargs={"public_id": pupil.public_id})).content.decode()
    assert "Aide sociale" in own or "AIDE SOCIALE" in own


def test_the_lists_of_an_agent_do_not_say_that_a_child_is_placed(
    college: World, client: SchoolClient, service: Person, own_class: Group, seat_of: Any
) -> None:
    sent = Invitation(
        Role.AGENT,
        "mme",
        "Nadège",
        "Prigent",
        "nadege.prigent@mairie.example",
        "périscolaire",
        "Cantine",
        NOW.date().replace(month=12),
        (LISTS,),
    )
    agent = invite(seat_of("head"), sent).holding.person
    Account.objects.get_or_create(person=agent, defaults={"login": "nadege.prigent"})
    page = client.sit(agent).get(reverse("directory:lists"), {"classe": own_class.pk}).content.decode()
    assert college.people["pupil"].list_name in page
    assert placed_in(page) == []
    # Whom to call is not lost.
    assert f'href="tel:{PHONE.replace(" ", "")}"' in page
    assert FOSTER in page


def test_a_list_to_print_or_to_take_away_does_not_either(
    college: World, client: SchoolClient, service: Person, own_class: Group
) -> None:
    client.sit(college.people["cpe"])
    address = reverse("directory:group_list", kwargs={"pk": own_class.pk})
    page = client.get(address, {"colonnes": "responsables"}).content.decode()
    sent = {"colonnes": "responsables", "forme": "csv"}
    taken = client.post(reverse("directory:export_list", kwargs={"pk": own_class.pk}), sent)
    for text in (page, b"".join(taken.streaming_content).decode()):
        assert f"Responsable de l’élève (autre) {PHONE}" in text.replace("\u202f", " ").replace("\u00a0", " ")
        assert f"{FOSTER} (autre)" in text
        assert placed_in(text) == []


def test_what_a_list_calls_each_tie() -> None:
    neutral = {one for one in Kinship if one.on_lists == Kinship.OTHER.label}
    assert neutral == {
        Kinship.OTHER,
        Kinship.FOSTER,
        Kinship.GUARDIAN,
        Kinship.CHILD_WELFARE,
        Kinship.EDUCATOR,
    }
    assert Kinship.MOTHER.on_lists == "Mère"
