"""Writing levels: cells, conflicts, observations, seals; who reads them and who does not."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import Assignment, Guardianship
from preau.directory.seeds.world import World
from preau.domains.competences.actions import levels, sheets, telling
from preau.domains.competences.models import Level, SelfLevel, Sheet
from preau.domains.competences.rules.typing import NotALevel, Typed, typed_level
from preau.domains.competences.tests.scene import (
    class_of,
    column_of,
    competences_of,
    give,
    period_of,
    published,
    sheet,
)
from preau.domains.gradebook.actions.marks import Elsewhere
from preau.domains.gradebook.actions.sealing import AlreadyDone, PeriodSealed
from preau.domains.gradebook.models import Assessment, Mark, PeriodSeal
from preau.domains.gradebook.tests.scene import assessment, classmate_of, marked

pytestmark = pytest.mark.django_db


def test_what_may_be_typed() -> None:
    meaning_by_text = {"1": "1", " 4 ": "4", "a": "ABS", "DISP": "DISP", "n": "NE", "": ""}
    assert {typed: typed_level(typed).said for typed in meaning_by_text} == meaning_by_text
    for wrong in ("0", "5", "2,5", "x", "12"):
        with pytest.raises(NotALevel):
            typed_level(wrong)


def test_a_level_is_written_once_and_leaves_its_trace(college: World, seat_of: Any) -> None:
    teacher, pupil = seat_of("teacher"), college.people["pupil"]
    one = sheet(college, teacher)
    cell = levels.Cell(column_of(one).pk, pupil.pk, Typed(value=3), 0)
    first = levels.set_levels(teacher, one, [cell])[cell.key]
    assert first and (first.value, first.version) == (3, 1)
    assert levels.set_levels(teacher, one, [cell])[cell.key] == first
    assert Level.objects.filter(column__sheet=one).count() == 1
    assert Line.objects.filter(verb="competences.level_prepared", target_id=first.pk).count() == 1


def test_two_teachers_on_one_cell_the_second_reads_both(college: World, seat_of: Any) -> None:
    teacher, pupil = seat_of("teacher"), college.people["pupil"]
    one = sheet(college, teacher)
    give(teacher, one, pupil, "2")
    cell = levels.Cell(column_of(one).pk, pupil.pk, Typed(value=4), 0)
    with pytest.raises(levels.LevelConflict) as refused:
        levels.set_levels(teacher, one, [cell])
    assert refused.value.levels[cell.key].value == 2
    assert Level.objects.get(column=column_of(one), pupil=pupil).value == 2


def test_a_pupil_of_another_class_gets_no_level(college: World, seat_of: Any) -> None:
    teacher = seat_of("teacher")
    one = sheet(college, teacher)
    stranger = college.people["teacher"]
    with pytest.raises(Elsewhere):
        give(teacher, one, stranger, "2")


def test_nothing_is_written_in_a_sealed_period(college: World, seat_of: Any) -> None:
    teacher, pupil = seat_of("teacher"), college.people["pupil"]
    one = sheet(college, teacher)
    PeriodSeal.objects.create(school=college.school, period=period_of(college), by=college.people["head"])
    with pytest.raises(PeriodSealed):
        give(teacher, one, pupil, "2")
    seen = levels.Seen(pupil, competences_of(college)[0], Typed(value=2))
    with pytest.raises(PeriodSealed):
        levels.observe(teacher, class_of(college), period_of(college), seen)


def test_two_teachers_observe_one_competence_the_same_minute_and_both_are_kept(
    college: World, seat_of: Any
) -> None:
    pupil, competence = college.people["pupil"], competences_of(college)[0]
    place = (class_of(college), period_of(college))

    def seen(level: int, note: str = "") -> levels.Seen:
        return levels.Seen(pupil, competence, Typed(value=level), note)

    first = levels.observe(seat_of("teacher"), *place, seen(2, "Hésite encore"))
    second = levels.observe(seat_of("teacher_1"), *place, seen(4))
    assert first.column.sheet_id != second.column.sheet_id
    assert sorted(Level.objects.filter(pk__in=[first.pk, second.pk]).values_list("value", flat=True)) == [
        2,
        4,
    ]
    again = levels.observe(seat_of("teacher"), *place, seen(3))
    assert (again.pk, again.value, again.note) == (first.pk, 3, "Hésite encore")


def test_beside_an_assessment_levels_are_read_with_its_marks(college: World, seat_of: Any) -> None:
    teacher, pupil = seat_of("teacher"), college.people["pupil"]
    test = assessment(college, teacher)
    one = sheets.create_sheet(teacher, test.group, sheets.beside(test), competences_of(college, 1))
    give(teacher, one, pupil, "3")
    mine = Level.objects.filter(column__sheet=one)
    assert not mine.visible_to(seat_of("pupil")).exists()
    Assessment.objects.filter(pk=test.pk).update(published_at=NOW, guardians_at=NOW + timedelta(hours=2))
    assert mine.visible_to(seat_of("pupil")).exists() and not mine.visible_to(seat_of("guardian")).exists()
    Assessment.objects.filter(pk=test.pk).update(guardians_at=NOW)
    assert mine.visible_to(seat_of("guardian")).exists()
    Assessment.objects.filter(pk=test.pk).update(deleted_at=NOW)
    assert not mine.visible_to(seat_of("pupil")).exists()
    with pytest.raises(AlreadyDone):
        give(teacher, one, pupil, "4")


def test_marks_propose_levels_and_only_fill_empty_cells(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    teacher, pupil, other = seat_of("teacher"), college.people["pupil"], classmate_of(college)
    test = assessment(college, teacher)
    Mark.objects.filter(assessment=test).delete()
    marked(teacher, test, pupil, "17")
    marked(teacher, test, other, "8")
    one = sheets.create_sheet(teacher, test.group, sheets.beside(test), competences_of(college, 2))
    give(teacher, one, other, "4")
    client.sit(college.people["teacher"])
    address = reverse("competences:propose", kwargs={"pk": one.pk})
    payload = {"from_2": "5", "from_3": "10", "from_4": "16"}
    assert client.post(address, payload | {"from_3": "3"}).status_code == 422
    assert not Level.objects.filter(column__sheet=one, pupil=pupil).exists()
    assert client.post(address, payload | {"ecrire": "1"}).status_code == 302
    rows = Level.objects.filter(column__sheet=one).order_by("pupil_id", "column__rank")
    assert [row.value for row in rows if row.pupil_id == pupil.pk] == [4, 4]
    assert [row.value for row in rows if row.pupil_id == other.pk] == [4, 2]


# Isolation


def test_an_unpublished_level_is_its_writers_and_the_heads(college: World, twin: World, seat_of: Any) -> None:
    teacher, pupil = seat_of("teacher"), college.people["pupil"]
    one = sheet(college, teacher)
    give(teacher, one, pupil, "1")
    mine = Level.objects.filter(column__sheet=one)
    readers = {
        key
        for key in ("teacher", "teacher_1", "head", "cpe", "pupil", "guardian", "secretary")
        if mine.visible_to(seat_of(key)).exists()
    }
    assert readers == {"teacher", "head"}
    assert not mine.visible_to(seat_of("head", world=twin)).exists()


def test_a_published_level_is_read_by_the_team_the_pupil_and_the_family(college: World, seat_of: Any) -> None:
    teacher, pupil = seat_of("teacher"), college.people["pupil"]
    one = published(college, teacher, pupil, "3")
    mine = Level.objects.filter(column__sheet=one)
    readers = {
        key
        for key in ("teacher", "head", "cpe", "pupil", "guardian", "secretary")
        if mine.visible_to(seat_of(key)).exists()
    }
    assert readers == {"teacher", "head", "cpe", "pupil", "guardian"}


def test_another_classs_teacher_and_a_former_guardian_read_nothing(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    teacher, pupil = seat_of("teacher"), college.people["pupil"]
    one = published(college, teacher, pupil, "3")
    mine = Level.objects.filter(column__sheet=one)
    Assignment.objects.filter(teacher=college.people["teacher_1"]).update(ends=NOW.date())
    assert not mine.visible_to(seat_of("teacher_1")).exists()
    Guardianship.objects.filter(pupil=pupil, guardian=college.people["guardian"]).update(ends=NOW.date())
    client.sit(college.people["guardian"])
    address = reverse("competences:pupil", kwargs={"public_id": pupil.public_id})
    assert client.get(address).status_code in {302, 404}


def test_what_a_pupil_says_is_read_by_who_asked_and_counts_for_nothing(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    teacher, pupil = seat_of("teacher"), college.people["pupil"]
    one = sheet(college, teacher, asks_pupils=True, count=1)
    client.sit(pupil)
    address = reverse("competences:answer", kwargs={"pk": one.pk})
    assert client.post(address, {f"moi-{column_of(one).pk}": "4"}).status_code == 302
    self_levels = SelfLevel.objects.filter(column__sheet=one)
    readers = {
        key
        for key in ("teacher", "teacher_1", "head", "cpe", "pupil", "guardian")
        if self_levels.visible_to(seat_of(key)).exists()
    }
    assert readers == {"teacher", "pupil"}
    assert not Level.objects.filter(column__sheet=one).exists()
    Level.objects.all().delete()
    page = client.get(reverse("competences:own")).content.decode()
    assert column_of(one).competence.name not in page


def test_a_draft_goes_and_what_is_read_stays(college: World, seat_of: Any) -> None:
    teacher, pupil = seat_of("teacher"), college.people["pupil"]
    read = published(college, teacher, pupil, "3")
    with pytest.raises(sheets.StillRead):
        sheets.delete_sheet(teacher, read)
    assert sheets.publish_sheet(teacher, read, None)
    sheets.delete_sheet(teacher, read)
    assert not Sheet.objects.filter(pk=read.pk).exists()
    with pytest.raises(AlreadyDone):
        sheets.delete_sheet(teacher, read)


def test_families_are_told_once(college: World, seat_of: Any) -> None:
    published(college, seat_of("teacher"), college.people["pupil"], "3")
    telling.tell_published(NOW)
    assert telling.tell_published(NOW) == 0
