"""The words of the notebook, read by a program of a family: theirs alone, never marked as read nor signed."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conftest import NOW
from preau.directory.models import Guardianship
from preau.directory.seeds.world import World
from preau.domains.liaison.actions import answering
from preau.domains.liaison.models import Precision, Recipient
from preau.domains.liaison.tests.props import a_draft, a_word, copy_of, many_words
from preau.identity import keys
from preau.identity.actions.keys import make_key
from preau.identity.models import AccessKey

pytestmark = pytest.mark.django_db


def program_of(viewer: Any, *scopes: str) -> Any:
    """`ask(page)`: what a program of this person is told."""
    last = AccessKey.objects.filter(account_id=viewer.account_id).order_by("-pk").first()
    seen = last.pk if last else 0
    _key, drawn = make_key(viewer, "token", "Programme", scopes or ("api.carnet",), days=30, seen=seen)
    client = Client(headers={"Authorization": f"Bearer {keys.as_token(drawn)}"})
    return lambda page=1: client.get("/api/v1/carnet", {"page": page})


def titles(response: Any) -> list[str]:
    return [one["titre"] for one in response.json()["elements"]]


def test_a_family_reads_its_words_and_what_waits(college: World, twin: World, seat_of: Any) -> None:
    word = a_word(college, "Piscine", closes_at=NOW.replace(day=27), easy="Venir avec un maillot.")
    Precision.objects.create(word=word, text="Bonnet aussi.", by=word.author, at=NOW)
    a_draft(college, "Brouillon")
    a_word(twin, "Ailleurs")
    mother = seat_of("guardian")
    ask = program_of(mother)
    response = ask()
    first = next(one for one in response.json()["elements"] if one["titre"] == "Piscine")
    copy = copy_of(word, mother.person)
    assert first["eleve"] == college.people["pupil"].given_name
    assert (first["precisions"], first["texte_facile"]) == (["Bonnet aussi."], "Venir avec un maillot.")
    assert (first["a_repondre"], first["avant_le"][:10]) == (True, "2026-11-27")
    assert first["adresse"] == reverse("liaison:read", args=[copy.pk])
    assert not {"Brouillon", "Ailleurs"} & set(titles(response))
    assert Recipient.objects.get(pk=copy.pk).read_at is None
    answering.answer(mother, copy, answering.Said(is_yes=True))
    assert not next(one for one in ask().json()["elements"] if one["titre"] == "Piscine")["a_repondre"]


def test_whoever_follows_the_pupil_no_more_reads_nothing(college: World, seat_of: Any) -> None:
    a_word(college, "Piscine")
    father = seat_of("other_guardian")
    ask = program_of(father)
    assert "Piscine" in titles(ask())
    links = Guardianship.objects.filter(guardian=father.person, pupil=college.people["pupil"])
    links.update(may_not_be_informed=True)
    response = ask()
    assert response.status_code in {401, 403} or "Piscine" not in titles(response)


def test_it_is_for_families_and_needs_its_own_scope(college: World, seat_of: Any) -> None:
    assert program_of(seat_of("teacher"))().status_code == 403
    assert program_of(seat_of("guardian"), "api")().status_code == 403


def test_many_words_are_pages_and_cost_the_same(college: World, seat_of: Any) -> None:
    ask = program_of(seat_of("guardian"))
    ask()

    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            assert ask().status_code == 200
        return len(found)

    many_words(college, 3)
    few = cost()
    many_words(college, 110)
    assert cost() <= few
    assert ask().json()["pages"] == 2 and titles(ask(2))
