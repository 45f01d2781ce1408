"""What a teacher reads once the roll is validated: families are said to be told only where one is."""

from typing import Any

import pytest
from django.urls import reverse

from conftest import SchoolClient
from preau.directory.models import Guardianship
from preau.directory.seeds.world import World
from preau.domains.attendance.models import Arrangement
from preau.domains.attendance.queries.registers import register_of
from preau.domains.attendance.tests.test_arrangements import exempt
from preau.domains.attendance.tests.test_known import announce
from preau.domains.timetable.models import Lesson

TOLD = "Les familles des élèves absents sont prévenues."
SOME = "Les familles sont prévenues, sauf pour une absence annoncée ou une dispense."
NONE = "Aucune famille n’est à prévenir."


@pytest.fixture(autouse=True)
def nothing_arranged(college: World) -> None:
    Arrangement.objects.all().delete()


def message_of(client: SchoolClient, college: World, lesson: Lesson, *absent: int) -> str:
    """The message of a roll in which these pupils are absent."""
    sent = {f"status-{row.pupil_id}": "present" for row in register_of(lesson)}
    sent |= {f"seen-{row.pupil_id}": "present" for row in register_of(lesson)}
    sent |= {f"status-{pupil}": "absent" for pupil in absent}
    address = reverse("attendance:roll", kwargs={"pk": lesson.pk})
    return client.sit(college.people["teacher"]).post(address, sent, follow=True).content.decode()


def test_a_family_that_is_told_is_said_to_be(college: World, client: SchoolClient, lesson: Lesson) -> None:
    page = message_of(client, college, lesson, college.people["pupil"].pk)
    assert f"L’appel est enregistré. {TOLD}" in page


@pytest.mark.parametrize("known", ["exempt", "announced", "nobody to tell"])
def test_nobody_is_said_to_be_told_of_an_absence_that_is_known(
    college: World, client: SchoolClient, lesson: Lesson, seat_of: Any, known: str
) -> None:
    pupil = college.people["pupil"]
    if known == "exempt":
        exempt(seat_of("cpe"), pupil, lesson.subject)
    elif known == "announced":
        announce(seat_of("guardian"), college)
    else:
        Guardianship.objects.filter(pupil=pupil).update(may_not_be_informed=True)
    page = message_of(client, college, lesson, pupil.pk)
    assert f"L’appel est enregistré. {NONE}" in page
    assert "prévenues" not in page


def test_of_two_absents_one_of_whom_is_announced_the_teacher_reads_both(
    college: World, client: SchoolClient, lesson: Lesson, seat_of: Any
) -> None:
    pupil = college.people["pupil"].pk
    announce(seat_of("guardian"), college)
    informed = Guardianship.objects.informed(lesson.day).values_list("pupil_id", flat=True)
    other = next(
        row.pupil_id for row in register_of(lesson) if row.pupil_id != pupil and row.pupil_id in informed
    )
    assert SOME in message_of(client, college, lesson, pupil, other)


def test_nobody_missing_is_said_so(college: World, client: SchoolClient, lesson: Lesson) -> None:
    assert "Personne ne manque." in message_of(client, college, lesson)


def test_the_second_time_only_what_is_new_is_said(
    college: World, client: SchoolClient, lesson: Lesson, settings: Any
) -> None:
    settings.ABSENCE_LETTERS_WAIT = 10
    pupil = college.people["pupil"].pk
    assert "Le courriel part dans 10" in message_of(client, college, lesson, pupil)
    address = reverse("attendance:roll", kwargs={"pk": lesson.pk})
    sent = {f"status-{row.pupil_id}": row.status for row in register_of(lesson)}
    sent |= {f"seen-{row.pupil_id}": row.seen for row in register_of(lesson)}
    page = client.post(address, sent, follow=True).content.decode()
    assert "L’appel est enregistré." in page and "Le courriel part" not in page and TOLD not in page
    sent |= {f"status-{pupil}": "late"}
    page = client.post(address, sent, follow=True).content.decode()
    assert "La famille à qui l’absence avait été dite en apprend la correction" in page
