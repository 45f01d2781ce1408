"""Evenings among the events of the school, for those who see them."""

from datetime import timedelta
from typing import Any

import pytest

from conftest import NOW
from preau.directory.seeds.world import World
from preau.domains.appointments.models import Evening
from preau.domains.appointments.queries import days
from preau.domains.appointments.tests.props import an_evening

pytestmark = pytest.mark.django_db


def test_an_evening_to_come_stands_among_the_events_of_those_who_see_it(
    college: World, twin: World, seat_of: Any
) -> None:
    Evening.objects.all().delete()
    evening = an_evening(college)
    for title, fields in [
        ("Brouillon", {"state": Evening.State.DRAFT}),
        ("Annulée", {"state": Evening.State.CANCELLED}),
        ("Passée", {"day": (NOW - timedelta(days=1)).date()}),
    ]:
        an_evening(college, title, **fields)
    for key in ("head", "cpe", "teacher", "guardian", "other_guardian"):
        rows = days.announced(seat_of(key))
        assert [row.title for row in rows] == [evening.title], key
        assert str(evening.pk) in rows[0].url
    assert college.school.name in days.announced(seat_of("guardian"))[0].for_whom
    assert days.announced(seat_of("head"))[0].for_whom == evening.groups.get().name
    assert not days.announced(seat_of("pupil"))
    assert not days.announced(seat_of("head", world=twin))
    evening.hosts.filter(person=college.people["teacher"]).delete()
    assert not days.announced(seat_of("teacher"))
