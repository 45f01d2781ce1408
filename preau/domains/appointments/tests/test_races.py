"""At the same moment: fifty people on one slot, two invitations of one colleague, two meetings in one room. One has it."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from conftest import NOW
from preau.directory.models import Guardianship, Person, Room
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.directory.viewer import viewer_for
from preau.domains.appointments.actions import joining, rooms, taking
from preau.domains.appointments.actions.taking import NotFree, Wanted
from preau.domains.appointments.models import Meeting, Taken
from preau.domains.appointments.tests.props import a_meeting, an_appointment, an_evening
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


def _two_meetings(college: World) -> list[Meeting]:
    """The CPE and the head, each with a guardian of their own, at the same hour."""
    starts = (NOW + timedelta(days=3)).replace(hour=18, minute=0, second=0, microsecond=0)
    made = []
    for host, guardian in (("cpe", "guardian"), ("head", "other_guardian")):
        meeting = an_appointment(
            college, host, state="booked", starts=starts, ends=starts + timedelta(minutes=20), reason=host
        )
        meeting.guardian = college.people[guardian]
        taking.hold_again(meeting)
        made.append(meeting)
    return made


def _seat(college: World, key: str) -> Any:
    person = college.people[key]
    return viewer_for(person, Account.objects.get(person=person).pk, NOW)


def test_a_colleague_is_invited_to_one_of_two_meetings_of_one_hour(college: World) -> None:
    one, other = _two_meetings(college)
    teacher = college.people["teacher"]
    given = together(
        partial(joining.invite, _seat(college, "cpe"), one, teacher.pk),
        partial(joining.invite, _seat(college, "head"), other, teacher.pk),
    )
    assert given.count(True) == 1, given
    assert sum(isinstance(one, NotFree) for one in given) == 1, given
    assert Taken.objects.filter(person=teacher, meeting__in=[one, other]).count() == 4


def test_a_room_is_held_for_one_of_two_meetings_of_one_hour(college: World) -> None:
    one, other = _two_meetings(college)
    room = Room.objects.filter(school=college.school).order_by("name")[0]
    given = together(
        partial(rooms.book_room, _seat(college, "cpe"), one, room.pk),
        partial(rooms.book_room, _seat(college, "head"), other, room.pk),
    )
    assert given.count(True) == 1, given
    assert sum(isinstance(one, rooms.RoomTaken) for one in given) == 1, given
    assert Meeting.objects.filter(room=room).count() == 1
