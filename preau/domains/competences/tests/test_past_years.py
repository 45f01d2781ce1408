"""Levels of a year that is over: read by those who read them when it ended, and written by nobody."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW as TODAY_AT
from conftest import SchoolClient
from preau.directory.models import Assignment, Enrolment, Group, Period, Person
from preau.directory.seeds.world import World
from preau.directory.viewer import Viewer
from preau.domains.competences.models import Level, Sheet, SheetColumn
from preau.domains.competences.queries import reading
from preau.domains.competences.rules import access
from preau.domains.competences.tests.scene import LONG_AGO, class_of, competences_of, published
from preau.domains.gradebook.tests.read_scene import last_year, pupils_of
from tests.pages import counted

NOW, THEN = "Relevé de maintenant", "Relevé d’alors"


@pytest.fixture
def group(college: World, seat_of: Any) -> Group:
    """A class of last year with a level each of two pupils, and a level of this year."""
    Sheet.objects.all().delete()
    made = last_year(college)
    give_then(college, made, THEN)
    published(college, seat_of("teacher"), college.people["pupil"], "2", title=NOW)
    return made


def give_then(world: World, group: Group, title: str, **values: Any) -> Sheet:
    charge = Assignment.objects.select_related("subject").get(group=group, kind=Assignment.Kind.TEACHES)
    period = Period.objects.get(year=group.year_id)
    moments = {"published_at": LONG_AGO, "guardians_at": LONG_AGO} | values
    sheet: Sheet = Sheet.objects.create(
        school=world.school,
        teacher=charge.teacher,
        subject=charge.subject,
        group=group,
        period=period,
        title=world.named(title),
        day=period.ends - timedelta(days=20),
        **moments,
    )
    column = SheetColumn.objects.create(sheet=sheet, competence=competences_of(world)[1])
    Level.objects.bulk_create(
        Level(column=column, pupil=pupil, value=4, changed_by=charge.teacher)
        for pupil in pupils_of(world)[:2]
    )
    return sheet


def titles(viewer: Viewer, pupil: Person, year: int | None = None) -> set[str]:
    school = reading.school_of(viewer, pupil)
    assert school
    page = reading.page_of(viewer, pupil, school, "annee", str(year) if year else None)
    return {line.title for one in page.known for line in one.lines}


def test_a_family_reads_the_year_before_by_a_choice_on_the_page(
    client: SchoolClient, college: World, group: Group
) -> None:
    pupil = college.people["pupil"]
    address = reverse("competences:pupil", kwargs={"public_id": pupil.public_id})
    for person in (pupil, college.people["guardian"]):
        now = client.sit(person).get(address).content.decode()
        assert NOW in now and THEN not in now and f"?annee={group.year_id}" in now
        answer, asked = counted(client, f"{address}?annee={group.year_id}")
        then = answer.content.decode()
        assert THEN in then and NOW not in then and "Année 2025-2026, terminée" in then and asked <= 14


def test_what_was_not_published_then_is_read_by_no_family(college: World, group: Group, seat_of: Any) -> None:
    give_then(college, group, "Brouillon", published_at=None, guardians_at=None)
    for key in ("pupil", "guardian"):
        assert titles(seat_of(key), college.people["pupil"], group.year_id) == {THEN}


def test_whoever_had_the_class_until_the_end_reads_its_grid_and_writes_nothing(
    client: SchoolClient, college: World, group: Group, seat_of: Any
) -> None:
    teacher, sheet = seat_of("teacher"), Sheet.objects.get(group=group)
    assert access.reads_class(teacher, group) and not access.assesses_in(teacher, group)
    assert not access.writes(teacher, sheet)
    client.sit(college.people["teacher"])
    index = client.get(f"{reverse('competences:index')}?annee={group.year_id}").content.decode()
    address = reverse("competences:group", kwargs={"pk": group.pk})
    assert address in index and "terminée" in index
    page = client.get(address).content.decode()
    assert THEN in page and 'class="l4"' in page and "terminée" in page
    assert reverse("competences:create", kwargs={"pk": group.pk}) not in page
    assert client.get(reverse("competences:create", kwargs={"pk": group.pk})).status_code == 403
    cell = reverse("competences:cell", kwargs={"pk": sheet.columns.get().pk})
    sent = {"eleve": college.people["pupil"].public_id, "niveau": "1", "version": "1"}
    assert client.post(cell, sent).status_code == 403
    assert set(Level.objects.filter(column__sheet=sheet).values_list("value", flat=True)) == {4}


def test_whoever_left_the_class_before_the_end_reads_nothing_of_it(
    college: World, group: Group, seat_of: Any
) -> None:
    left = Period.objects.get(year=group.year_id).ends - timedelta(days=60)
    Assignment.objects.filter(group=group).update(ends=left)
    Assignment.objects.filter(group=class_of(college)).delete()
    teacher, pupil = seat_of("teacher"), college.people["pupil"]
    assert not access.reads_class(teacher, group) and not access.reads_levels_of(teacher, pupil)
    assert not Level.objects.visible_to(teacher).filter(pupil=pupil).exists()
    assert not Sheet.objects.visible_to(teacher).filter(group=group).exists()


def test_whoever_had_the_pupil_then_reads_that_year_and_not_this_one(
    client: SchoolClient, college: World, group: Group, seat_of: Any
) -> None:
    Assignment.objects.filter(group=class_of(college)).delete()
    teacher, pupil = seat_of("teacher"), college.people["pupil"]
    assert access.reads_levels_of(teacher, pupil)
    assert titles(teacher, pupil) == titles(teacher, pupil, college.year.pk) == {THEN}
    seen = Level.objects.visible_to(teacher).filter(pupil=pupil)
    assert set(seen.values_list("column__sheet__title", flat=True)) == {THEN}
    Enrolment.objects.filter(group=group, pupil=pupil).update(ends=group.year.starts + timedelta(days=9))
    assert not access.reads_levels_of(seat_of("teacher"), pupil)


def test_whoever_has_the_pupil_this_year_has_no_page_of_the_year_before(
    college: World, group: Group, seat_of: Any
) -> None:
    Assignment.objects.filter(group=group).update(teacher=college.people["teacher_1"])
    teacher, pupil = seat_of("teacher"), college.people["pupil"]
    assert titles(teacher, pupil, group.year_id) == {NOW}
    assert not access.reads_class(teacher, group)


def test_it_opens_on_the_last_period_that_holds_a_level(college: World, seat_of: Any) -> None:
    Sheet.objects.all().delete()
    pupil = college.people["pupil"]
    first, second = Period.objects.filter(year=college.year).order_by("starts")[:2]
    later = TODAY_AT + timedelta(days=(second.starts - TODAY_AT.date()).days + 3)

    def opened(asked: str | None = None) -> Period | None:
        return reading.page_of(seat_of("guardian", at=later), pupil, college.school.pk, asked).period

    assert opened() == second
    published(college, seat_of("teacher"), pupil, "2")
    assert opened() == first
    assert opened(str(second.pk)) == second and opened("annee") is None
