"""The lesson of now and the absence of the cast's pupil, for the tests of school life."""

from typing import Any

import pytest

from conftest import NOW
from preau.directory.seeds.world import World
from preau.domains.attendance.actions import rolls
from preau.domains.attendance.models import Entry
from preau.domains.attendance.tests.test_attendance import absent
from preau.domains.timetable.models import Lesson


@pytest.fixture
def lesson(college: World) -> Lesson:
    """The lesson that Claire Moreau gives now to the class of the cast's pupil, without a call."""
    found = Lesson.objects.of_pupils([college.people["pupil"].pk]).get(starts__lte=NOW, ends__gt=NOW)
    found.teachers.set([college.people["teacher"]])
    return found


@pytest.fixture
def absence(lesson: Lesson, college: World, seat_of: Any) -> Entry:
    """The cast's pupil is missing there; nobody has said why."""
    pupil = college.people["pupil"]
    rolls.validate_roll(seat_of("teacher"), lesson, absent(lesson, pupil))
    return Entry.objects.get(lesson=lesson, pupil=pupil)
