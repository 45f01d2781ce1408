"""The timetable as it is read: whose, over which days, and as a table."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import Enrolment, Group, Person, Room
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.timetable.models import Lesson
from preau.domains.timetable.queries import layouts, whose
from preau.domains.timetable.queries.layouts import View
from preau.domains.timetable.queries.lessons import own_rows

TODAY = NOW.date()
WEEK = "timetable:week"


def read(client: SchoolClient, **asked: Any) -> str:
    return client.get(reverse(WEEK), asked).content.decode()


def rows_in(page: str) -> int:
    return page.count('class="lesson"')


def test_staff_read_the_week_of_a_teacher_and_of_a_room(college: World, client: SchoolClient) -> None:
    client.sit(college.people["cpe"])
    monday = TODAY - timedelta(days=1)
    days = (monday, monday + timedelta(days=6))
    teacher = college.people["teacher_1"]
    taught = Lesson.objects.filter(teachers=teacher, day__range=days)
    assert rows_in(read(client, par="prof", prof=teacher.public_id)) == taught.count() > 0
    room = Room.objects.filter(school=college.school, lessons__day__range=days).distinct()[0]
    held = Lesson.objects.filter(room=room, day__range=days)
    assert rows_in(read(client, par="salle", salle=room.pk)) == held.count() > 0


def test_a_pupils_week_is_read_with_a_trace(college: World, client: SchoolClient) -> None:
    pupil = college.people["pupil"]
    group = Enrolment.objects.get(pupil=pupil, group__kind="class").group
    client.sit(college.people["cpe"])
    page = read(client, par="classe", classe=group.pk, eleve=pupil.public_id)
    assert pupil.list_name in page
    assert Line.objects.get(verb="timetable.pupil_read").subject_id == pupil.pk
    read(client, par="classe", classe=group.pk)
    assert Line.objects.filter(verb="timetable.pupil_read").count() == 1


@pytest.mark.parametrize("key", ["guardian", "pupil"])
def test_a_family_asks_for_a_teacher_or_another_class_and_reads_its_own(
    college: World, client: SchoolClient, key: str
) -> None:
    client.sit(college.people[key])
    own = read(client)
    teacher = college.people["teacher_1"]
    other = Group.objects.exclude(enrolments__pupil=college.people["pupil"]).filter(year=college.year)[0]
    for asked in (
        {"par": "prof", "prof": teacher.public_id},
        {"par": "classe", "classe": other.pk},
        {"par": "salle"},
        {"eleve": Person.objects.filter(enrolments__group=other)[0].public_id},
    ):
        page = read(client, **asked)
        assert rows_in(page) == rows_in(own)
        assert other.name.replace("e ", "<sup>e</sup> ") not in page
        assert "<select" not in page


def test_what_a_cook_reads_of_a_class_names_no_pupil(
    college: World, client: SchoolClient, holder: Any
) -> None:
    viewer = holder(Role.OTHER)
    pupil = college.people["pupil"]
    group = Enrolment.objects.get(pupil=pupil, group__kind="class").group
    found = whose.whose(viewer, {"par": "classe", "classe": str(group.pk), "eleve": pupil.public_id})
    assert found.chosen is not None and found.chosen.pk == group.pk
    assert (found.pupils, found.pupil) == ((), None)


@pytest.mark.parametrize("view", list(View))
def test_before_and_after_meet(view: View) -> None:
    """One step on and one back is where one was, and no day lies between two pages."""
    here = layouts.span_of(view, TODAY)
    after = layouts.span_of(view, here.after)
    assert layouts.span_of(view, after.before).first == here.first
    if view != View.MONTH:
        assert after.first == here.last + timedelta(days=1)
    assert here.first <= TODAY <= here.last


def test_the_table_of_a_week_holds_each_lesson_once_on_its_day_at_its_hour(
    college: World, seat_of: Any
) -> None:
    viewer = seat_of("pupil")
    span = layouts.span_of(View.WEEK, TODAY)
    days = layouts.days_of(own_rows(viewer, span.first, span.last), span, TODAY)
    grid = layouts.grid_of(days)
    seen = [row for line in grid for cell in line.cells for row in cell.rows]
    assert sorted(row.pk for row in seen) == sorted(row.pk for day in days for row in day.rows)
    for line in grid:
        for cell in line.cells:
            assert all(row.day == cell.day for row in cell.rows)
            assert not cell.rows or cell.rows[0].begins == line.begins
    # As many squares as the table has: those that go on below count for their rows.
    assert sum(cell.span for line in grid for cell in line.cells) == len(grid) * len(days)


def test_two_lessons_at_once_share_a_square_and_a_long_one_covers_its_rows(
    college: World, seat_of: Any
) -> None:
    viewer = seat_of("pupil")
    lessons = list(Lesson.objects.of_pupils([viewer.person.pk]).filter(day=TODAY).order_by("starts"))
    Lesson.objects.filter(pk=lessons[0].pk).update(ends=lessons[2].starts)
    span = layouts.span_of(View.DAY, TODAY)
    grid = layouts.grid_of(layouts.days_of(own_rows(viewer, TODAY, TODAY), span, TODAY))
    (first,) = grid[0].cells
    assert ([row.pk for row in first.rows], first.span) == ([lessons[0].pk, lessons[1].pk], 2)
    assert grid[1].cells == ()


def test_a_month_says_how_many_lessons_and_until_when(college: World, client: SchoolClient) -> None:
    client.sit(college.people["pupil"])
    page = read(client, vue="mois", jour=TODAY.isoformat())
    count = Lesson.objects.of_pupils([college.people["pupil"].pk]).filter(day=TODAY).count()
    assert f"mardi 24 novembre, {count} cours, 8" in page


def test_a_subject_always_looks_the_same(college: World, seat_of: Any) -> None:
    rows = own_rows(seat_of("pupil"), TODAY - timedelta(days=7), TODAY)
    looks = {(row.subject, row.look) for row in rows}
    assert len(looks) == len({subject for subject, _look in looks})
    assert all(look.key and look.icon for _subject, look in looks)


def test_the_day_of_a_teacher_shows_the_roll_to_call(college: World, client: SchoolClient) -> None:
    lesson = Lesson.objects.filter(school=college.school, starts__lte=NOW, ends__gt=NOW)[0]
    lesson.teachers.set([college.people["teacher"]])
    client.sit(college.people["teacher"])
    assert reverse("attendance:roll", kwargs={"pk": lesson.pk}) in read(client, vue="jour")
