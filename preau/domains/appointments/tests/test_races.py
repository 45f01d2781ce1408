"""Fifty people on one slot at the same moment: one has it, the others are offered the next two."""

from functools import partial
from typing import Any

import pytest

from conftest import NOW
from preau.directory.models import Guardianship, Person
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.directory.viewer import viewer_for
from preau.domains.appointments.actions import taking
from preau.domains.appointments.actions.taking import NotFree, Wanted
from preau.domains.appointments.models import Meeting, Taken
from preau.domains.appointments.tests.props import a_meeting, an_evening
from preau.identity.models import Account
from tests.test_races import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.engine]
FIFTY = 50


@pytest.fixture
def college(planted: dict[str, World]) -> World:
    return planted["college"]


def _parents(college: World, count: int) -> list[tuple[Any, int]]:
    """As many guardians of the class as asked, each with a child there."""
    pupils = list(
        Person.objects.filter(enrolments__group=own_class(college))
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    found = []
    for number in range(count):
        parent = Person.objects.create(family_name=f"Course {number}", given_name="Ada")
        pupil = pupils[number % len(pupils)]
        Guardianship.objects.create(
            pupil_id=pupil, guardian=parent, authority="legal", kinship="mother", starts=college.year.starts
        )
        account = Account.objects.create(person=parent, login=f"course.{number}", password="!")
        found.append((viewer_for(parent, account.pk, NOW), pupil))
    return found


def test_of_fifty_who_take_one_slot_at_once_exactly_one_has_it(college: World) -> None:
    evening = an_evening(college)
    teacher = college.people["teacher"].pk
    works = [
        partial(taking.book, viewer, evening, Wanted(teacher, viewer.person.pk, pupil, 4))
        for viewer, pupil in _parents(college, FIFTY)
    ]
    given = together(*works)
    refused = [one for one in given if isinstance(one, NotFree)]
    assert given.count(True) == 1, given
    assert len(refused) == FIFTY - 1, given
    assert {no.offered for no in refused} == {(5, 6)}
    assert Meeting.objects.live().filter(evening=evening).count() == 1
    assert Taken.objects.filter(person=teacher, at=evening.moment(4)).count() == 1


def test_a_booking_a_placing_and_a_move_at_once_leave_one_of_them(college: World) -> None:
    """Three ways to the same slot: the one rule lets one through."""
    evening = an_evening(college)
    teacher = college.people["teacher"].pk
    (mother, child), (other, pupil) = _parents(college, 2)
    head = viewer_for(college.people["head"], college.people["head"].account.pk, NOW)
    moved = a_meeting(college, evening, 1)
    given = together(
        partial(taking.book, mother, evening, Wanted(teacher, mother.person.pk, child, 4)),
        partial(taking.place, head, evening, Wanted(teacher, other.person.pk, pupil, 4)),
        partial(taking.move, head, moved, 4),
    )
    held = Meeting.objects.live().filter(evening=evening, starts=evening.moment(4))
    assert held.count() == 1, given
    assert (
        Taken.objects.filter(person=teacher, meeting__evening=evening).count()
        == 2 * Meeting.objects.live().filter(evening=evening).count()
    )
