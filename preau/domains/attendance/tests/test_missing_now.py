"""Who of a class is missing now, on its page."""

from typing import Any

from conftest import SchoolClient
from preau.directory.seeds.world import World
from preau.domains.attendance.models import Entry, RollCall, Status
from preau.domains.attendance.queries.record import missing_now
from preau.domains.timetable.models import Lesson


def test_the_page_of_a_class_says_who_is_missing_to_school_life_alone(
    college: World, client: SchoolClient, absence: Entry, lesson: Lesson, seat_of: Any, twin: World
) -> None:
    group = college.people["pupil"].enrolments.get(group__kind="class").group
    shown = missing_now(seat_of("cpe"), group)
    assert shown is not None
    (one,) = shown["missing"]
    assert (one.public_id, one.said) == (college.people["pupil"].public_id, "Absent")
    assert missing_now(seat_of("cpe", world=twin), group) is None
    address = f"/annuaire/classes/{group.pk}/"
    for key, reads in {
        "head": True,
        "cpe": True,
        "secretary": False,
        "teacher": False,
        "guardian": False,
    }.items():
        client.sit(college.people[key])
        assert ("Qui manque en ce moment" in client.get(address).content.decode()) == reads, key


def test_a_roll_that_is_not_called_is_said(
    college: World, client: SchoolClient, lesson: Lesson, seat_of: Any
) -> None:
    group = college.people["pupil"].enrolments.get(group__kind="class").group
    RollCall.objects.filter(lesson=lesson).delete()
    Entry.objects.filter(lesson=lesson).update(status=Status.PRESENT)
    assert missing_now(seat_of("cpe"), group) == {"missing": [], "to_call": 1}
    client.sit(college.people["cpe"])
    said = client.get(f"/annuaire/classes/{group.pk}/").content.decode()
    assert "Appel pas encore fait" in said and "Personne ne manque" not in said
