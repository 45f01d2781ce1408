"""Whom a family calls: the number of the school of each child it follows, and no other."""

from typing import Any

from conftest import NOW
from preau.directory.models import Enrolment, School
from preau.directory.queries.lines import school_lines
from preau.directory.seeds.world import World


def test_a_family_reads_the_number_of_its_own_schools_alone(
    college: World, twin: World, seat_of: Any
) -> None:
    School.objects.filter(pk=college.school.pk).update(phone="01 02 03 04 05")
    School.objects.filter(pk=twin.school.pk).update(phone="09 99 99 99 99")
    (line,) = school_lines(seat_of("guardian"))
    assert (line.name, line.phone) == (college.school.name, "01 02 03 04 05")
    assert college.people["pupil"].given_name in line.children
    assert all(name for name in line.head_teachers)


def test_a_class_that_was_left_leads_to_nobody(college: World, seat_of: Any) -> None:
    viewer = seat_of("guardian")
    Enrolment.objects.filter(pupil=college.people["pupil"]).update(ends=NOW.date())
    assert school_lines(viewer) == []
