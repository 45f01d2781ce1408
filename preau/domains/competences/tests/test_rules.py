"""Who may do what with competences, on both sides of each limit; the cycle of a class."""

from datetime import timedelta
from typing import Any

import pytest

from conftest import NOW
from preau.directory.models import Assignment, Enrolment, Group, SchoolYear
from preau.directory.seeds.world import World
from preau.domains.competences.rules import access, cycles
from preau.domains.competences.rules.typing import typed_level
from preau.domains.competences.tests.scene import class_of, sheet
from preau.domains.gradebook.tests.scene import charge_of

pytestmark = pytest.mark.django_db
KEYS = ("teacher", "teacher_1", "head", "cpe", "secretary", "pupil", "guardian")


def those(seat_of: Any, rule: Any, *about: Any) -> set[str]:
    return {key for key in KEYS if rule(seat_of(key), *about)}


@pytest.fixture
def group(college: World) -> Group:
    """The class of the cast's pupil, which the cast's teacher has, and teacher_1 has not."""
    charge = charge_of(college)
    Assignment.objects.filter(group=charge.group, teacher=college.people["teacher_1"]).delete()
    return class_of(college)


def test_a_class_is_read_by_its_teachers_and_by_who_reads_every_class(group: Group, seat_of: Any) -> None:
    assert those(seat_of, access.reads_class, group) == {"teacher", "head", "cpe"}
    assert those(seat_of, access.reads_every_class) == {"head", "cpe"}
    assert those(seat_of, access.reads_latest) == {"teacher", "teacher_1", "pupil", "guardian"}


def test_one_assesses_in_a_class_that_is_theirs_this_year(college: World, group: Group, seat_of: Any) -> None:
    assert those(seat_of, access.assesses_in, group) == {"teacher"}
    year = college.year
    past = SchoolYear.objects.create(
        school=college.school,
        name="2025-2026",
        starts=year.starts - timedelta(days=365),
        ends=year.starts - timedelta(days=60),
    )
    group.year = past
    assert those(seat_of, access.assesses_in, group) == set()
    assert those(seat_of, access.settles_balance, group) == set()


def test_a_balance_is_settled_by_the_head_and_the_head_teacher_of_the_class(
    college: World, group: Group, seat_of: Any
) -> None:
    Assignment.objects.filter(group=group, kind=Assignment.Kind.HEAD_TEACHER).delete()
    assert those(seat_of, access.settles_balance, group) == {"head"}
    led = Assignment.objects.create(
        school=college.school,
        group=group,
        teacher=college.people["teacher"],
        kind=Assignment.Kind.HEAD_TEACHER,
        starts=college.year.starts,
    )
    assert those(seat_of, access.settles_balance, group) == {"head", "teacher"}
    other = Group.objects.filter(year=college.year, kind=Group.Kind.CLASS).exclude(pk=group.pk)[0]
    Assignment.objects.filter(group=other, kind=Assignment.Kind.HEAD_TEACHER).delete()
    assert those(seat_of, access.settles_balance, other) == {"head"}
    Assignment.objects.filter(pk=led.pk).update(ends=NOW.date())
    assert those(seat_of, access.settles_balance, group) == {"head"}
    group.kind = Group.Kind.GROUP
    assert those(seat_of, access.settles_balance, group) == set()


def test_a_pupil_answers_where_the_teacher_asks_the_group_in_which_they_are(
    college: World, group: Group, seat_of: Any
) -> None:
    asks = sheet(college, seat_of("teacher"), "Demande", asks_pupils=True)
    silent = sheet(college, seat_of("teacher"), "Rien")
    assert those(seat_of, access.answers, asks) == {"pupil"}
    assert those(seat_of, access.answers, silent) == set()
    Enrolment.objects.filter(pupil=college.people["pupil"], group=group).update(ends=NOW.date())
    assert those(seat_of, access.answers, asks) == set()


def test_levels_of_a_pupil_are_read_at_home_by_the_team_and_by_who_reads_every_class(
    college: World, group: Group, seat_of: Any
) -> None:
    pupil, adult = college.people["pupil"], college.people["teacher"]
    assert those(seat_of, access.reads_levels_of, pupil) == {"teacher", "head", "cpe", "pupil", "guardian"}
    assert those(seat_of, access.reads_history, pupil) == {"teacher", "head", "cpe"}
    assert those(seat_of, access.reads_levels_of, adult) == set()
    Enrolment.objects.filter(pupil=pupil).update(ends=NOW.date())
    assert "teacher" not in those(seat_of, access.reads_levels_of, pupil)
    assert {"head", "cpe"} <= those(seat_of, access.reads_levels_of, pupil)


@pytest.mark.parametrize(
    ("level", "cycle", "ends"),
    [
        ("GS", 1, False),
        ("CP", 2, False),
        ("CE2", 2, True),
        ("CM1", 3, False),
        ("6e", 3, True),
        ("5e", 4, False),
        ("Troisième", 4, True),
        ("2de", None, False),
        ("ULIS", None, False),
    ],
)
def test_the_cycle_of_a_class_is_that_of_its_level(level: str, cycle: int | None, ends: bool) -> None:
    one = Group(name="A", level=level)
    assert (cycles.cycle_of(one), cycles.ends_cycle(one)) == (cycle, ends)


def test_every_code_is_typed_short_or_whole() -> None:
    code_by_text = {"ABS": "ABS", "A": "ABS", "DISP": "DISP", "D": "DISP", "NE": "NE", "N": "NE"}
    assert {typed: typed_level(typed).code for typed in code_by_text} == code_by_text
