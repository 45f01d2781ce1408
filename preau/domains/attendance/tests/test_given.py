"""Following the absences of the school, given by its head to somebody until a day."""

from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.directory.actions import powers
from preau.directory.models import Holding
from preau.directory.seeds.world import World
from preau.domains.attendance import rules
from preau.domains.attendance.models import ABSENCES, Entry, Explanation

pytestmark = pytest.mark.django_db


def give(college: World, seat_of: Any, key: str) -> None:
    holding = Holding.objects.get(person=college.people[key], school=college.school)
    powers.give(seat_of("head"), holding, ABSENCES, NOW.date())


def test_whoever_was_given_the_absences_follows_those_of_the_school(college: World, seat_of: Any) -> None:
    assert not rules.runs_school_life(seat_of("teacher"))
    give(college, seat_of, "teacher")
    teacher, cpe = seat_of("teacher"), seat_of("cpe")
    assert rules.runs_school_life(teacher)
    for model in (Entry, Explanation):
        assert set(model.objects.visible_to(teacher)) == set(model.objects.visible_to(cpe))
    assert not rules.runs_school_life(seat_of("teacher_1"))


def test_a_decision_made_with_it_is_made_for_the_head(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    give(college, seat_of, "teacher")
    client.sit(college.people["teacher"])
    assert client.get(reverse("attendance:board")).status_code == 200
    entry = Entry.objects.filter(school=college.school)[0]
    assert client.get(reverse("attendance:entry", kwargs={"pk": entry.pk})).status_code == 200
    line = Line.objects.get(verb="attendance.entry_read", actor=college.people["teacher"])
    assert line.details == {"for": college.people["head"].pk}
    client.sit(college.people["cpe"]).get(reverse("attendance:entry", kwargs={"pk": entry.pk}))
    assert Line.objects.get(verb="attendance.entry_read", actor=college.people["cpe"]).details == {}
