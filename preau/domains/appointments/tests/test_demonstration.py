"""What the demonstration shows of the service: each of its pages in use, one story with the cast."""

from typing import Any

import pytest

from conftest import NOW
from preau.directory.seeds.world import World
from preau.domains.appointments.models import (
    Evening,
    Host,
    Meeting,
    MeetingColleague,
    MeetingNote,
    Party,
    Wish,
)
from preau.domains.appointments.queries import pages, sides
from preau.domains.appointments.queries.slots import in_half

pytestmark = pytest.mark.django_db


def test_the_demonstration_shows_each_page_of_the_service_in_use(college: World, seat_of: Any) -> None:
    evenings = Evening.objects.filter(school=college.school)
    states = {one.state for one in evenings}
    assert {"booking", "wishes", "settled"} <= states
    coming = evenings.get(state="booking")
    assert coming.day > NOW.date()
    # The CPE receives, for the first half; somebody meets them.
    host = Host.objects.get(evening=coming, role="school_life")
    assert host.away
    assert Meeting.objects.filter(evening=coming, host=host.person).exists()
    # The mother comes early and does not cross the father, who reads nothing of it.
    party = Party.objects.get(evening=coming, apart=True)
    assert party.person == college.people["guardian"]
    assert [row.party for row in sides.rows_apart(coming, list(sides.asked_at(coming)))] == [party]
    held = Meeting.objects.filter(evening=coming, guardian=party.person)
    assert held
    assert all(one.starts and in_half(coming, 0, coming.slot_at(one.starts)) for one in held)
    father = pages.family_evening(seat_of("other_guardian"), coming)
    assert not father.own_half
    # A teacher noted something for themselves, and asks to see somebody; a colleague and a room go with an appointment.
    note = MeetingNote.objects.filter(author=college.people["teacher"]).order_by("pk")[0]
    assert note.meeting.starts
    assert note.meeting.starts < NOW
    assert Wish.objects.filter(host__evening=coming, by_host=True).count() == 1
    joined = MeetingColleague.objects.get(meeting__school=college.school)
    assert joined.meeting.room is not None
    assert joined.meeting.place == joined.meeting.room.place
    assert joined.meeting.taken.filter(person=joined.person).exists()
    # Families have said whom they want to meet, and no plan is there yet.
    wishing = evenings.get(state="wishes")
    assert Wish.objects.filter(party__evening=wishing).count() > 10
    assert not Meeting.objects.filter(evening=wishing).exists()
