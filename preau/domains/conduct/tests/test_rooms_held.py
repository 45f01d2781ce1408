"""A room where a detention is held is not free for others, who are told what it is and nothing more."""

from datetime import timedelta

import pytest

from conftest import NOW
from preau.directory.models import Room
from preau.directory.seeds.world import World
from preau.domains.conduct.models import Slot
from preau.domains.timetable.queries.bookings import found_at, things_of

pytestmark = pytest.mark.django_db


def test_a_room_of_detention_is_held(college: World) -> None:
    room = Room.objects.create(school=college.school, name="Salle prise")
    starts, ends = NOW + timedelta(hours=8), NOW + timedelta(hours=9)
    Slot.objects.create(
        school=college.school,
        day=starts.date(),
        starts=starts,
        ends=ends,
        room=room,
        places=5,
        opened_by=college.people["cpe"],
    )
    things = things_of(college.school.pk)
    (held,) = [one for one in found_at(college.year, starts, ends, things).taken if one.thing.room == room.pk]
    assert held.by == "une retenue"
    later = found_at(college.year, ends, ends + timedelta(hours=1), things)
    assert room.pk not in {one.thing.room for one in later.taken}
