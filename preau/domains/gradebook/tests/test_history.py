"""What a mark was before it changed: kept once it is published, read by whoever reads the mark; and the page of a pupil in an assessment."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import Assignment, Enrolment, Person
from preau.directory.seeds.world import World
from preau.domains.gradebook.actions import erasing, marks
from preau.domains.gradebook.models import Assessment, Mark, MarkChange
from preau.domains.gradebook.queries import history
from preau.domains.gradebook.rules.marking import TypedMark
from preau.domains.gradebook.tests.scene import HOUR, assessment, class_of, classmate_of, marked
from tests.pages import faults

DAYS = timedelta(days=1)


@pytest.fixture
def one(college: World, seat_of: Any) -> Assessment:
    Assessment.objects.all().delete()
    Assignment.objects.filter(group=class_of(college), kind=Assignment.Kind.HEAD_TEACHER).delete()
    return assessment(college, seat_of("teacher"))


def published(
    assessment: Assessment, at: datetime = NOW - 2 * DAYS, guardians: datetime = NOW - DAYS
) -> None:
    Assessment.objects.filter(pk=assessment.pk).update(published_at=at, guardians_at=guardians)


def written(viewer: Any, assessment: Assessment, pupil: Person, *values: str) -> None:
    """These marks, one after the other."""
    for value in values:
        known = Mark.objects.filter(assessment=assessment, pupil=pupil).first()
        marked(viewer, assessment, pupil, value, seen=known.version if known else 0)


def was(viewer: Any, assessment: Assessment, pupil: Person) -> list[tuple[str, str]]:
    return [(row.before, row.after) for row in history.changes_of(viewer, assessment, pupil.pk)]


def page_of(assessment: Assessment, pupil: Person | None = None) -> str:
    address = reverse("gradebook:mark", kwargs={"pk": assessment.pk})
    return f"{address}?eleve={pupil.public_id}" if pupil else address


def test_what_changes_before_its_publication_is_not_kept(
    college: World, seat_of: Any, one: Assessment
) -> None:
    written(seat_of("teacher"), one, college.people["pupil"], "8", "9")
    assert not MarkChange.objects.exists()


def test_each_former_value_is_kept_with_who_changed_it(college: World, seat_of: Any, one: Assessment) -> None:
    pupil, teacher = college.people["pupil"], seat_of("teacher")
    written(teacher, one, pupil, "8")
    published(one)
    written(teacher, one, pupil, "12", "ABS", "ABS")
    marks.set_mark(teacher, one, pupil, TypedMark(), Mark.objects.get(pupil=pupil, assessment=one).version)
    written(teacher, one, pupil, "14", "15")
    assert was(teacher, one, pupil) == [("14", "15"), ("ABS", "effacée"), ("12", "ABS"), ("8", "12")]
    assert {row.by for row in history.changes_of(teacher, one, pupil.pk)} == {teacher.person.formal_name}
    assert was(teacher, one, classmate_of(college)) == []


def test_a_family_reads_what_changed_once_it_could_read(
    college: World, seat_of: Any, one: Assessment
) -> None:
    pupil = college.people["pupil"]
    written(seat_of("teacher"), one, pupil, "8")
    published(one, guardians=NOW - HOUR)
    written(seat_of("teacher"), one, pupil, "12", "13")
    MarkChange.objects.filter(value=12).update(at=NOW - 5 * HOUR)
    read = {
        key: len(was(seat_of(key), one, pupil)) for key in ("head", "cpe", "teacher", "pupil", "guardian")
    }
    assert read == {"head": 2, "cpe": 2, "teacher": 2, "pupil": 2, "guardian": 1}
    assert [was(seat_of(key), one, pupil) for key in ("secretary", "teacher_1")] == [[], []]


def test_nobody_reads_those_of_another_pupil_or_of_another_school(
    college: World, twin: World, seat_of: Any, one: Assessment
) -> None:
    mate = classmate_of(college)
    written(seat_of("teacher"), one, mate, "8")
    published(one)
    written(seat_of("teacher"), one, mate, "12")
    assert MarkChange.objects.count() == 1
    for viewer in [
        seat_of("pupil"),
        seat_of("guardian"),
        *(seat_of(key, world=twin) for key in ("head", "teacher")),
    ]:
        assert not MarkChange.objects.visible_to(viewer).exists()


def test_the_page_of_a_pupil_says_the_mark_and_what_it_was(
    college: World, client: SchoolClient, seat_of: Any, one: Assessment
) -> None:
    pupil = college.people["pupil"]
    written(seat_of("teacher"), one, pupil, "8.25")
    published(one)
    written(seat_of("teacher"), one, pupil, "12.75")
    for key in ("head", "cpe", "teacher"):
        answer = client.sit(college.people[key]).get(page_of(one, pupil))
        page = answer.content.decode()
        assert "12,75" in page and "8,25, puis 12,75" in page and not list(faults(page)), key
    assert client.sit(pupil).get(page_of(one, pupil)).status_code == 403
    family = client.get(reverse("gradebook:assessment", kwargs={"pk": one.pk})).content.decode()
    assert "8,25, puis 12,75" in family and seat_of("teacher").person.formal_name not in family
    column = client.sit(college.people["teacher"]).get(reverse("gradebook:column", kwargs={"pk": one.pk}))
    assert "changée 1 fois" in column.content.decode()


def test_a_head_teacher_opens_it_for_their_class_alone(
    college: World, client: SchoolClient, seat_of: Any, one: Assessment
) -> None:
    pupil = college.people["pupil"]
    written(seat_of("teacher"), one, pupil, "8")
    published(one)
    client.sit(college.people["teacher_1"])
    assert client.get(page_of(one, pupil)).status_code == 404
    Assignment.objects.create(
        school=college.school,
        group=class_of(college),
        teacher=college.people["teacher_1"],
        kind=Assignment.Kind.HEAD_TEACHER,
    )
    assert client.get(page_of(one, pupil)).status_code == 200
    here = Enrolment.objects.filter(group=class_of(college)).values("pupil")
    stranger = Person.objects.filter(enrolments__group__kind="class").exclude(pk__in=here)[0]
    assert stranger.public_id not in client.get(page_of(one, stranger)).content.decode()


def test_who_does_not_write_the_mark_leaves_a_line(
    college: World, client: SchoolClient, seat_of: Any, one: Assessment
) -> None:
    pupil = college.people["pupil"]
    published(one)
    lines = Line.objects.filter(verb="gradebook.marks_read", subject_id=pupil.pk)
    client.sit(college.people["teacher"]).get(page_of(one, pupil))
    assert lines.count() == 0
    client.sit(college.people["head"]).get(page_of(one, pupil))
    assert lines.count() == 1


def test_they_go_with_the_pupil(college: World, seat_of: Any, one: Assessment) -> None:
    pupil, mate = college.people["pupil"], classmate_of(college)
    for person in (pupil, mate):
        written(seat_of("teacher"), one, person, "8")
    published(one)
    for person in (pupil, mate):
        written(seat_of("teacher"), one, person, "12")
    assert erasing.forget_changes(pupil.pk) == 1
    assert MarkChange.objects.get().pupil_id == mate.pk
