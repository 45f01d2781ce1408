"""Marks of a year that is over: read by those who read them when it ended, and written by nobody."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import SchoolClient
from preau.directory.models import Assignment, Enrolment, Group, Holding, Period, Person
from preau.directory.seeds.world import World
from preau.directory.viewer import Viewer
from preau.domains.gradebook.models import Assessment, GradeBook, Mark
from preau.domains.gradebook.queries import pupil_reading
from preau.domains.gradebook.queries.courses import own_courses
from preau.domains.gradebook.queries.periods import years_of
from preau.domains.gradebook.rules import access, reading
from preau.domains.gradebook.tests.read_scene import assessed, assessed_then, give, last_year, pupils_of
from preau.domains.gradebook.tests.scene import class_of
from tests.pages import counted

NOW, THEN = "Bilan de maintenant", "Bilan d’alors"


@pytest.fixture
def group(college: World) -> Group:
    """A class of last year with one mark, and one mark of this year."""
    Assessment.objects.all().delete()
    pupil = college.people["pupil"]
    made = last_year(college)
    give(assessed_then(college, made, THEN), *((one, 13) for one in pupils_of(college)[:2]))
    give(assessed(college, NOW), (pupil, 7))
    return made


def end_early(group: Group, *people: Person) -> None:
    """They had left the class before its year was over."""
    left = Period.objects.get(year=group.year_id).ends - timedelta(days=60)
    Assignment.objects.filter(group=group, teacher__in=people).update(ends=left)
    Enrolment.objects.filter(group=group, pupil__in=people).update(ends=left)


def titles(viewer: Viewer, pupil: Person, **asked: Any) -> set[str]:
    read = pupil_reading.marks_of(viewer, pupil, asked.get("period"), asked.get("year"))
    return {line.title.removesuffix(" (jumelle)") for line in read.lines} if read else set()


def page_of(client: SchoolClient, name: str, query: str = "", **more: Any) -> str:
    response = client.get(reverse(f"gradebook:{name}", kwargs=more) + query)
    assert response.status_code == 200, (name, response.status_code)
    return response.content.decode()


def test_a_family_reads_the_year_before_by_a_choice_on_the_page(
    client: SchoolClient, college: World, group: Group
) -> None:
    pupil = college.people["pupil"]
    for person in (pupil, college.people["guardian"]):
        client.sit(person)
        now = page_of(client, "pupil", public_id=pupil.public_id)
        assert NOW in now and THEN not in now and f"?annee={group.year_id}" in now
        then = page_of(client, "pupil", f"?annee={group.year_id}", public_id=pupil.public_id)
        assert THEN in then and NOW not in then and "Année 2025-2026, terminée" in then
        whole = page_of(client, "average", f"?periode=annee&annee={group.year_id}", public_id=pupil.public_id)
        assert "13" in whole and f"&amp;annee={group.year_id}" in whole
        one = page_of(client, "assessment", pk=Assessment.objects.get(title__startswith=THEN).pk)
        assert THEN in one


def test_there_is_no_choice_where_there_is_one_year(
    client: SchoolClient, college: World, group: Group
) -> None:
    Assessment.objects.filter(group=group).delete()
    pupil = college.people["pupil"]
    for person in (pupil, college.people["teacher"], college.people["head"]):
        client.sit(person)
        page = page_of(client, "own") if person == pupil else page_of(client, "index")
        assert "annee=" not in page.replace("periode=annee", "") and "Années" not in page


def test_another_family_reads_nothing_of_it(college: World, group: Group, seat_of: Any) -> None:
    other = next(one for one in pupils_of(college) if one != college.people["pupil"])
    for key in ("pupil", "guardian"):
        viewer = seat_of(key)
        assert not reading.reads_marks_of(viewer, other)
        seen = Mark.objects.visible_to(viewer).filter(assessment__group=group)
        assert set(seen.values_list("pupil_id", flat=True)) == {college.people["pupil"].pk}


def test_what_was_not_published_then_is_read_by_no_family(college: World, group: Group, seat_of: Any) -> None:
    pupil = college.people["pupil"]
    give(assessed_then(college, group, "Brouillon", published_at=None), (pupil, 3))
    for key in ("pupil", "guardian", "head"):
        assert titles(seat_of(key), pupil, year=str(group.year_id)) == {THEN}


def test_a_child_who_came_from_another_school_has_no_year_of_it_here(
    college: World, twin: World, group: Group, seat_of: Any
) -> None:
    pupil = college.people["pupil"]
    elsewhere = last_year(twin)
    Enrolment.objects.create(
        school=twin.school,
        group=elsewhere,
        pupil=pupil,
        starts=elsewhere.year.starts,
        ends=elsewhere.year.ends,
    )
    give(assessed_then(twin, elsewhere, "Ailleurs"), (pupil, 5))
    for key in ("pupil", "guardian"):
        years = {one.year_id for one in pupil_reading.periods_read(seat_of(key), pupil)}
        assert years == {college.year.pk, group.year_id}, key


def test_whoever_taught_until_the_end_reads_the_grid_and_writes_nothing(
    client: SchoolClient, college: World, group: Group, seat_of: Any
) -> None:
    teacher = seat_of("teacher")
    one = Assessment.objects.get(group=group)
    assert [choice.is_now for choice in years_of(teacher)] == [True, False]
    assert [course.group_id for course in own_courses(teacher, group.year_id)] == [group.pk]
    assert group.pk not in {course.group_id for course in own_courses(teacher)}
    assert not access.writes(teacher, Assessment.objects.opened_by(teacher, one.pk))
    client.sit(college.people["teacher"])
    index = page_of(client, "index", f"?annee={group.year_id}")
    assert reverse("gradebook:grid", kwargs={"pk": group.pk}) in index and "terminée" in index
    grid = page_of(client, "grid", pk=group.pk)
    assert THEN in grid and "13" in grid and "terminée" in grid and "data-grid" not in grid
    for name in ("create", "bring"):
        assert client.get(reverse(f"gradebook:{name}", kwargs={"pk": group.pk})).status_code == 404
    cell = reverse("gradebook:cell", kwargs={"pk": one.pk})
    sent = {"eleve": college.people["pupil"].public_id, "note": "20", "version": "1"}
    assert client.post(cell, sent).status_code == 403
    assert set(one.marks.values_list("value", flat=True)) == {13}


def test_whoever_left_the_class_before_the_end_reads_nothing_of_it(
    college: World, group: Group, seat_of: Any
) -> None:
    end_early(group, college.people["teacher"])
    teacher = seat_of("teacher")
    assert len(years_of(teacher)) == 1
    assert not GradeBook.objects.visible_to(teacher).filter(pk=group.pk).exists()
    assert not Assessment.objects.visible_to(teacher).filter(group=group).exists()
    assert not Mark.objects.visible_to(teacher).filter(assessment__group=group).exists()


def test_a_colleague_who_teaches_the_pupil_this_year_gains_nothing_of_the_last(
    client: SchoolClient, college: World, group: Group, seat_of: Any
) -> None:
    Assignment.objects.filter(group=group).update(teacher=college.people["teacher_1"])
    teacher, pupil = seat_of("teacher"), college.people["pupil"]
    assert reading.reads_marks_of(teacher, pupil) and titles(teacher, pupil, year=str(group.year_id)) == {NOW}
    assert not Mark.objects.visible_to(teacher).filter(assessment__group=group).exists()
    client.sit(college.people["teacher"])
    assert client.get(reverse("gradebook:grid", kwargs={"pk": group.pk})).status_code == 404


def test_whoever_led_the_class_then_reads_that_year_of_its_pupils_and_not_this_one(
    client: SchoolClient, college: World, group: Group, seat_of: Any
) -> None:
    """Nor the marks of this year in a group that other classes share with theirs of today."""
    pupil = college.people["pupil"]
    Assignment.objects.filter(group=class_of(college)).delete()
    Assignment.objects.filter(group=group, kind=Assignment.Kind.TEACHES).delete()
    shared = Group.objects.create(
        school=college.school, year=college.year, kind=Group.Kind.GROUP, name="Latin", level="4e"
    )
    led_now = Group.objects.create(
        school=college.school, year=college.year, kind=Group.Kind.CLASS, name="4e Z", level="4e"
    )
    shared.classes.add(led_now)
    Assignment.objects.create(
        school=college.school,
        group=led_now,
        teacher=college.people["teacher"],
        kind=Assignment.Kind.HEAD_TEACHER,
    )
    Assessment.objects.filter(title__startswith=NOW).update(group=shared)
    teacher = seat_of("teacher")
    assert set(Mark.objects.visible_to(teacher).values_list("assessment__group", flat=True)) == {group.pk}
    assert titles(teacher, pupil) == titles(teacher, pupil, year=str(college.year.pk)) == {THEN}
    client.sit(college.people["teacher"])
    page = page_of(client, "pupil", public_id=pupil.public_id)
    assert THEN in page and NOW not in page and "terminée" in page
    assert "13" in page_of(client, "class_averages", pk=group.pk)
    end_early(group, pupil)
    assert not reading.reads_marks_of(seat_of("teacher"), pupil)


def test_who_left_the_school_is_on_no_page_of_the_year_before(
    client: SchoolClient, college: World, group: Group
) -> None:
    gone = pupils_of(college)[1]
    Holding.objects.filter(person=gone).update(ends=college.year.starts)
    for key in ("teacher", "head"):
        client.sit(college.people[key])
        for name in ("grid", "class_averages"):
            page = page_of(client, name, pk=group.pk)
            assert gone.public_id not in page and college.people["pupil"].public_id in page, (key, name)


def test_the_head_reads_the_classes_of_each_year(client: SchoolClient, college: World, group: Group) -> None:
    client.sit(college.people["head"])
    assert reverse("gradebook:grid", kwargs={"pk": group.pk}) in page_of(
        client, "index", f"?annee={group.year_id}"
    )
    assert THEN in page_of(client, "grid", pk=group.pk)
    assert THEN in page_of(
        client, "pupil", f"?annee={group.year_id}", public_id=college.people["pupil"].public_id
    )


def test_a_year_before_asks_no_more_statements(client: SchoolClient, college: World, group: Group) -> None:
    pupil = college.people["pupil"]
    for key, name, more in (
        ("guardian", "pupil", {"public_id": pupil.public_id}),
        ("teacher", "grid", {"pk": group.pk}),
        ("teacher", "pupil", {"public_id": pupil.public_id}),
        ("head", "class_averages", {"pk": group.pk}),
    ):
        client.sit(college.people[key])
        address = reverse(f"gradebook:{name}", kwargs=more) + f"?annee={group.year_id}"
        assert counted(client, address)[1] <= 14, (key, name)
