"""The day of a class on one page, and what its family reads of it: an école in which a teacher has the class all day."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import School
from preau.directory.seeds.world import World
from preau.domains.homework.actions import records
from preau.domains.homework.models import Homework, LessonRecord
from preau.domains.homework.queries.day import blocks_of, next_days
from preau.domains.homework.tests.scene import given, lesson_now, typed
from preau.domains.timetable.models import Lesson

DAY, SHEET = reverse("homework:day"), reverse("homework:sheet")
TODAY = NOW.date()


@pytest.fixture
def ecole(college: World) -> list[Lesson]:
    """The cast's teacher has the class of the cast's pupil all day, today and the days after; nothing is written yet."""
    School.objects.filter(pk=college.school.pk).update(kind=School.Kind.ECOLE)
    own = Lesson.objects.of_pupils([college.people["pupil"].pk]).filter(day__gte=TODAY)
    LessonRecord.objects.filter(lesson__in=own).delete()
    Lesson.teachers.through.objects.filter(person=college.people["teacher"]).delete()
    for lesson in own.filter(day__lte=TODAY + timedelta(days=7)):
        lesson.teachers.set([college.people["teacher"]])
    return list(own.filter(day=TODAY).order_by("starts"))


def day_typed(lessons: list[Lesson], **more: str) -> dict[str, str]:
    return (
        {f"fait-{lesson.pk}": "" for lesson in lessons}
        | {f"vu-{lesson.pk}": "0" for lesson in lessons}
        | more
    )


def test_a_saturday_opens_on_the_last_day_that_was_taught(
    ecole: list[Lesson], college: World, client: SchoolClient, clock: Any
) -> None:
    clock.move_to(NOW + timedelta(days=4))
    client.sit(college.people["teacher"])
    last = (
        Lesson.objects.filter(teachers=college.people["teacher"], day__lt=TODAY + timedelta(days=4))
        .latest("day")
        .day
    )
    page = client.get(DAY).content.decode()
    assert f'action="?jour={last}"' in page
    # Asked for, the Saturday itself is shown, empty.
    asked = client.get(DAY, {"jour": TODAY + timedelta(days=4)}).content.decode()
    assert "<textarea" not in asked


def test_a_day_is_written_and_its_homework_given_in_one_gesture(
    ecole: list[Lesson], college: World, client: SchoolClient, seat_of: Any
) -> None:
    client.sit(college.people["teacher"])
    page = client.get(DAY).content.decode()
    assert "La journée de la classe" in page
    assert all(f'name="fait-{lesson.pk}"' in page for lesson in ecole)
    first, second = ecole[:2]
    due = next_days(seat_of("teacher"), TODAY)[0]
    data = day_typed(
        ecole,
        **{
            f"fait-{first.pk}": "Nous avons lu l’album.",
            "travail-0": "Relire la page 12",
            "matiere-0": str(second.pk),
            "pour-0": due.isoformat(),
            "geste": "publier",
            "sent_as": "0" * 32,
        },
    )
    content = client.post(DAY, data, follow=True).content.decode()
    assert "La journée est publiée." in content
    assert "1 travail donné." in content.replace("\u202f", " ")
    # What nobody spoke of has no record; homework makes the one of its block.
    assert set(LessonRecord.objects.filter(day=TODAY, lesson__in=ecole).values_list("lesson", flat=True)) == {
        first.pk,
        second.pk,
    }
    work = Homework.objects.get(title="Relire la page 12")
    assert (work.due_day, work.record.lesson_id, work.for_some) == (due, second.pk, False)
    assert Line.objects.filter(verb="homework.given", target_id=work.pk).exists()
    # The same sending again gives nothing twice; the same words in another form are another homework.
    client.post(DAY, data)
    assert Homework.objects.filter(title="Relire la page 12").count() == 1
    client.post(DAY, data | {"sent_as": "1" * 32})
    assert Homework.objects.filter(title="Relire la page 12").count() == 2


def test_a_draft_of_a_day_shows_nothing_to_families(
    ecole: list[Lesson], college: World, client: SchoolClient, seat_of: Any
) -> None:
    client.sit(college.people["teacher"])
    client.post(DAY, day_typed(ecole, **{f"fait-{ecole[0].pk}": "Secret", "geste": "brouillon"}))
    record = LessonRecord.objects.get(lesson=ecole[0])
    assert record.is_draft
    assert record not in LessonRecord.objects.visible_to(seat_of("guardian"))
    assert "Brouillon" in client.get(DAY).content.decode()


def test_an_empty_day_keeps_nothing(ecole: list[Lesson], college: World, client: SchoolClient) -> None:
    client.sit(college.people["teacher"])
    assert "la journée est vide" in client.post(DAY, day_typed(ecole), follow=True).content.decode()
    assert not LessonRecord.objects.filter(lesson__in=ecole).exists()


def test_two_people_at_once_lose_nothing(
    ecole: list[Lesson], college: World, client: SchoolClient, seat_of: Any
) -> None:
    records.write_record(seat_of("teacher"), ecole[0], typed("Écrit par une remplaçante."), 0)
    client.sit(college.people["teacher"])
    data = day_typed(ecole, **{f"fait-{ecole[0].pk}": "Mon texte.", f"fait-{ecole[1].pk}": "La suite."})
    response = client.post(DAY, data)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Écrit par une remplaçante." in page
    assert "Mon texte." in page
    # All of it, or nothing.
    assert not LessonRecord.objects.filter(lesson=ecole[1]).exists()


def test_the_lessons_of_a_colleague_are_not_written(
    ecole: list[Lesson], college: World, client: SchoolClient
) -> None:
    colleague = college.people["head"]
    ecole[0].teachers.set([colleague])
    client.sit(college.people["teacher"])
    assert f"fait-{ecole[0].pk}" not in client.get(DAY).content.decode()
    client.post(
        DAY, day_typed(ecole, **{f"fait-{ecole[0].pk}": "À sa place.", f"fait-{ecole[1].pk}": "À moi."})
    )
    assert not LessonRecord.objects.filter(lesson=ecole[0]).exists()
    wrong = day_typed(ecole[1:], **{"travail-0": "Pour lui", "matiere-0": str(ecole[0].pk)})
    assert client.post(DAY, wrong).status_code == 422


def test_other_people_have_no_day_to_write(ecole: list[Lesson], college: World, client: SchoolClient) -> None:
    for key in ("guardian", "pupil", "secretary", "head"):
        client.sit(college.people[key])
        assert client.get(DAY).status_code == 403, key


def test_a_day_costs_the_same_with_more_blocks(ecole: list[Lesson], seat_of: Any) -> None:
    assert [block.pk for block in blocks_of(seat_of("teacher"), TODAY)] == [lesson.pk for lesson in ecole]


def test_a_family_reads_today_first_whatever_the_school_and_prints_what_comes(
    ecole: list[Lesson], college: World, client: SchoolClient, seat_of: Any
) -> None:
    teacher = seat_of("teacher")
    given(teacher, ecole[0], title="Lire pour ce jour", due_day=TODAY)
    given(teacher, ecole[0], title="Pour demain, lire", due_day=TODAY + timedelta(days=1))
    for key in ("guardian", "pupil"):
        client.sit(college.people[key])
        page = client.get(reverse("homework:to_do")).content.decode()
        assert page.index("Lire pour ce jour") < page.index("Pour demain, lire"), key
    sheet = client.get(SHEET).content.decode()
    assert "Pour demain, lire" in sheet
    assert "Signature" in sheet
    assert "Lire pour ce jour" not in sheet


def test_a_sheet_holds_nobody_else_s_work(
    ecole: list[Lesson], college: World, twin: World, client: SchoolClient, seat_of: Any
) -> None:
    given(seat_of("teacher"), ecole[0], title="Dictée de la classe", due_day=TODAY + timedelta(days=1))
    theirs = lesson_now(twin)
    given(seat_of("teacher", world=twin), theirs, title="Voisin", due_day=TODAY + timedelta(days=1))
    client.sit(college.people["pupil"])
    assert "Voisin" not in client.get(SHEET).content.decode()
    client.sit(twin.people["pupil"])
    assert "Dictée de la classe" not in client.get(SHEET).content.decode()
    client.sit(college.people["teacher"])
    assert client.get(SHEET).status_code == 403
