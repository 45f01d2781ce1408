"""Who follows a pupil reads in their record the words that colleagues wrote to the family; never what was answered."""

from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from conftest import SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import Assignment
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.directory.words import Role
from preau.domains.liaison.models import Word
from preau.domains.liaison.queries import record
from preau.domains.liaison.tests.props import a_draft, a_word
from tests.statements import MOST_QUERIES, Statements

pytestmark = pytest.mark.django_db
ADDRESS = "/annuaire/personnes/%s/"


def titles(viewer: Any, college: World) -> set[str]:
    return {word.title for word in record.words_to_family(viewer, college.people["pupil"])}


@pytest.fixture(autouse=True)
def word(college: World) -> Word:
    """Sent by the secretary to the class of the pupil, shared with nobody."""
    Word.objects.all().delete()
    return a_word(college, "Cantine impayée", by="secretary")


def test_whoever_follows_the_pupil_reads_the_words_of_the_others(college: World, seat_of: Any) -> None:
    assert {key: titles(seat_of(key), college) for key in ("cpe", "head", "teacher", "secretary")} == {
        key: {"Cantine impayée"} for key in ("cpe", "head", "teacher", "secretary")
    }


def test_a_teacher_who_is_not_head_teacher_reads_theirs_alone(college: World, seat_of: Any) -> None:
    Assignment.objects.filter(kind=Assignment.Kind.HEAD_TEACHER, group=own_class(college)).delete()
    assert titles(seat_of("teacher"), college) == set()
    a_word(college, "Sortie au zoo", by="teacher")
    assert titles(seat_of("teacher"), college) == {"Sortie au zoo"}


@pytest.mark.parametrize("role", [Role.NURSE, Role.LIBRARIAN, Role.ASSISTANT, Role.SECRETARY])
def test_no_other_of_the_staff_reads_what_they_do_not_follow(role: Role, college: World, holder: Any) -> None:
    assert titles(holder(role), college) == set()


def test_a_draft_is_its_authors_alone(college: World, seat_of: Any) -> None:
    a_draft(college, "Pas parti", by="secretary")
    assert titles(seat_of("cpe"), college) == {"Cantine impayée"}


def test_the_words_of_the_twin_are_not_read(college: World, twin: World, seat_of: Any) -> None:
    a_word(twin, "Le mot du jumeau", by="secretary")
    assert titles(seat_of("cpe"), college) == {"Cantine impayée"}
    assert not record.words_to_family(seat_of("cpe"), twin.people["pupil"]).exists()


def test_the_record_leads_to_the_texts_and_to_nothing_of_the_answers(
    college: World, client: SchoolClient
) -> None:
    pupil = college.people["pupil"]
    client.sit(college.people["cpe"])
    address = f"{reverse('liaison:words')}?eleve={pupil.public_id}"
    assert address in client.get(ADDRESS % pupil.public_id).content.decode()
    with Statements(connection) as made:
        page = client.get(address).content.decode()
    assert made.count <= MOST_QUERIES
    assert "Cantine impayée" in page and "Le musée, jeudi." in page
    assert "Voir le suivi" not in page
    assert Line.objects.filter(verb="liaison.words_read", subject_id=pupil.pk).count() == 1
    assert "Voir le suivi" in client.sit(college.people["head"]).get(address).content.decode()


def test_the_words_of_another_school_are_not_found_by_their_address(
    college: World, twin: World, client: SchoolClient
) -> None:
    a_word(twin, "Le mot du jumeau", by="secretary")
    client.sit(college.people["cpe"])
    page = client.get(reverse("liaison:words"), {"eleve": twin.people["pupil"].public_id}).content.decode()
    assert "Mots à la famille" not in page


def test_the_family_and_the_pupil_read_theirs_in_the_notebook(college: World, seat_of: Any) -> None:
    assert {key: titles(seat_of(key), college) for key in ("guardian", "pupil")} == {
        "guardian": set(),
        "pupil": set(),
    }
