"""A record of the cast's pupil, and those who stand around it."""

from datetime import date
from typing import Any

import pytest

from conftest import NOW
from preau.directory.models import Holding, Person
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.attendance.models import Arrangement
from preau.domains.records.actions import writing
from preau.domains.records.actions.writing import RecordWords
from preau.domains.records.models import Kind, Record, Words
from preau.identity.models import Account

TODAY = NOW.date()
CANARY = "canarizephyr"
WORDS = Words(
    needs=f"Allergie {CANARY}",
    plan=f"Panier {CANARY}",
    plain="Tu préviens un adulte.",
    emergency=f"Stylo {CANARY} dans la cuisse",
)


@pytest.fixture(autouse=True)
def nothing_planted(db: None) -> None:
    """What the demonstration puts there is for pages to look at."""
    Record.objects.all().delete()
    Arrangement.objects.all().delete()


def staff(world: World, role: Role, given: str = "Ida", **more: Any) -> Person:
    person = Person.objects.create(family_name=f"Lagarde{given}", given_name=given)
    Holding.objects.create(person=person, role=role, school=world.school, starts=world.year.starts, **more)
    Account.objects.create(person=person, login=f"dossiers.{person.pk}")
    return person


@pytest.fixture
def nurse(college: World) -> Person:
    person = staff(college, Role.NURSE)
    college.people["nurse"] = person
    return person


def written(words: Words = WORDS, review: date = date(2027, 9, 1), *, shows: bool = False) -> RecordWords:
    return RecordWords(words, review, shows)


@pytest.fixture
def pai(college: World, nurse: Person, seat_of: Any) -> Record:
    return writing.open_record(seat_of("nurse"), college.people["pupil"], Kind.PAI, written(shows=True))


@pytest.fixture
def notes(college: World, nurse: Person, seat_of: Any) -> Record:
    return writing.open_record(seat_of("nurse"), college.people["pupil"], Kind.HEALTH, written())
