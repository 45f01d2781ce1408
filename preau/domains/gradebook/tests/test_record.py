"""« Notes » in the record of a pupil: what each reads of it, and that it says what the pages say."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from conftest import NOW, SchoolClient
from preau.directory.models import Assignment, Enrolment, Group, Holding, Period, Person
from preau.directory.queries.record import alone_with
from preau.directory.seeds.world import World
from preau.domains.gradebook.manifest.record import every_mark
from preau.domains.gradebook.models import Assessment, GradingPolicy, SubjectWeight, SubSubject
from preau.domains.gradebook.queries import pupil_reading, record
from preau.domains.gradebook.queries.figures import number
from preau.domains.gradebook.tests.read_scene import assessed, charges_of, give, lived_term, pupils_of
from preau.domains.gradebook.tests.scene import class_of
from tests.statements import Statements

LATER = NOW + timedelta(hours=2)
RECORD = "/annuaire/personnes/{}/"


@pytest.fixture
def pupil(college: World) -> Person:
    """Of a class that was not assessed yet."""
    Assessment.objects.all().delete()
    return college.people["pupil"]


def shown(viewer: Any, pupil: Person) -> record.RecordMarks | None:
    return record.marks_of_record(alone_with(viewer, pupil), pupil)


def titles(viewer: Any, pupil: Person) -> list[str]:
    read = shown(viewer, pupil)
    return [row.line.title for row in read.latest] if read else []


def test_the_first_day_of_a_period_shows_the_marks_of_the_one_before(
    college: World, seat_of: Any, pupil: Person
) -> None:
    own = charges_of(college)[0]
    Assignment.objects.filter(pk=own.pk).update(teacher=college.people["teacher"])
    give(assessed(college, "Avant", charge=own), (pupil, 8))
    former = Period.objects.filter(year=college.year, starts__lte=NOW).order_by("-starts")[0]
    day = NOW.date()
    Period.objects.filter(pk=former.pk).update(ends=day - timedelta(days=1))
    after = Period.objects.filter(year=college.year, starts__gt=former.starts).order_by("starts")[0]
    Period.objects.filter(pk=after.pk).update(starts=day)
    for key in ("teacher", "head", "pupil"):
        assert titles(seat_of(key), pupil) == ["Avant"], key


def test_each_reads_the_marks_that_are_theirs(college: World, seat_of: Any, pupil: Person) -> None:
    own, other = charges_of(college)[:2]
    Assignment.objects.filter(group=class_of(college)).exclude(pk__in=[own.pk, other.pk]).delete()
    Assignment.objects.filter(pk=own.pk).update(teacher=college.people["teacher"])
    Assignment.objects.filter(pk=other.pk).update(teacher=college.people["teacher_1"])
    give(assessed(college, "Leur", charge=own), (pupil, 8))
    give(assessed(college, "Autre", charge=other), (pupil, 16))
    give(assessed(college, "Élèves", charge=other, guardians_at=LATER), (pupil, 4))
    give(assessed(college, "Brouillon", charge=own, published_at=None), (pupil, 2))
    give(assessed(college, "Demain", charge=own, published_at=LATER, guardians_at=LATER), (pupil, 3))
    every = {"Leur", "Autre", "Élèves"}
    read = {
        "head": every,
        "cpe": every,
        "pupil": every,
        "guardian": {"Leur", "Autre"},
        "other_guardian": {"Leur", "Autre"},
        "teacher": {"Leur"},
        "secretary": set[str](),
    }
    assert {key: set(titles(seat_of(key), pupil)) for key in read} == read
    teacher = shown(seat_of("teacher"), pupil)
    assert teacher is not None and not teacher.whole and teacher.general == ""
    assert [row.said for row in teacher.subjects] == ["8"]


def test_the_head_teacher_reads_them_all(college: World, seat_of: Any, pupil: Person) -> None:
    lead, other = charges_of(college)[:2]
    Assignment.objects.filter(group=class_of(college), teacher=college.people["teacher"]).delete()
    give(assessed(college, charge=other), (pupil, 16))
    assert shown(seat_of("teacher"), pupil) is None
    Assignment.objects.create(
        school=college.school,
        group=class_of(college),
        teacher=college.people["teacher"],
        kind=Assignment.Kind.HEAD_TEACHER,
    )
    read = shown(seat_of("teacher"), pupil)
    assert lead.subject_id != other.subject_id and read is not None and read.whole and read.general == "16"


def test_another_family_and_another_school_read_nothing(
    college: World, twin: World, seat_of: Any, pupil: Person
) -> None:
    give(assessed(college), (pupil, 12))
    mate = pupils_of(college)[1]
    give(Assessment.objects.get(), (mate, 19))
    for key in ("guardian", "pupil"):
        assert shown(seat_of(key), mate) is None, key
    for key in ("head", "cpe", "teacher", "guardian"):
        assert record.marks_of_record(seat_of(key, world=twin), pupil) is None, key


def test_it_says_what_the_page_of_marks_says(college: World, seat_of: Any, pupil: Person) -> None:
    lived_term(college)
    charges = charges_of(college)
    part = SubSubject.objects.create(
        school=college.school, subject=charges[0].subject, name="Oral", coefficient=Decimal(3)
    )
    give(assessed(college, charge=charges[0], sub_subject=part), (pupil, 3))
    give(assessed(college, "Non rendu", charge=charges[1]), (pupil, "NR"))
    SubjectWeight.objects.create(school=college.school, subject=charges[0].subject, coefficient=2)
    SubjectWeight.objects.create(
        school=college.school, subject=charges[0].subject, group=class_of(college), coefficient=Decimal("4.5")
    )
    GradingPolicy.objects.create(school=college.school, step=Decimal("0.5"), not_returned="ignored")
    for key in ("head", "pupil", "guardian"):
        page = pupil_reading.marks_of(seat_of(key), pupil, None)
        read = shown(seat_of(key), pupil)
        assert page is not None and read is not None
        rows = [(row.name, row.said, row.move) for row in page.subjects if row.average.exact is not None]
        assert [(row.name, row.said, row.move) for row in read.subjects] == rows and len(rows) > 3
        assert read.general == number(page.averages.general.rounded)
        assert [row.line.pk for row in read.latest] == [row.line.pk for row in page.last[: record.LATEST]]


def test_marks_of_another_period_are_not_there(college: World, seat_of: Any, pupil: Person) -> None:
    one = assessed(college)
    give(one, (pupil, 12))
    assert titles(seat_of("head"), pupil) == [one.title]
    periods = list(type(one.period).objects.filter(year=college.year).order_by("starts"))
    Assessment.objects.filter(pk=one.pk).update(period=next(p for p in periods if p.pk != one.period_id))
    assert shown(seat_of("head"), pupil) is None


def test_it_costs_one_statement(college: World, seat_of: Any, pupil: Person) -> None:
    lived_term(college)
    for key in ("head", "guardian", "pupil", "teacher"):
        viewer = alone_with(seat_of(key), pupil)
        record.schooling_of(viewer, pupil)
        with Statements(connection) as made:
            assert record.marks_shown(viewer, pupil) is not None
            every_mark(viewer, pupil)
        assert made.count == 1, (key, made.made)


def test_it_leads_to_the_page_that_each_may_open(college: World, client: SchoolClient, pupil: Person) -> None:
    lived_term(college)
    Assignment.objects.filter(group=class_of(college), kind=Assignment.Kind.HEAD_TEACHER).delete()
    Assignment.objects.filter(pk=charges_of(college)[0].pk).update(teacher=college.people["teacher"])
    for key, path in [
        ("head", "/notes/eleves/"),
        ("guardian", "/notes/eleves/"),
        ("teacher", "/notes/classes/"),
    ]:
        client.sit(college.people[key])
        page = client.get(RECORD.format(pupil.public_id)).content.decode()
        start = page.index(path)
        address = page[start : page.index('"', start)].replace("&amp;", "&")
        assert client.get(address).status_code == 200, (key, address)


def test_a_pupil_of_two_classes_or_of_none_has_a_record(
    college: World, client: SchoolClient, pupil: Person
) -> None:
    lived_term(college)
    moved = Person.objects.create(family_name="Nouvelle", given_name="Zoé")
    Holding.objects.create(person=moved, role="pupil", school=college.school)
    client.sit(college.people["head"])
    assert "Dernières notes" not in client.get(RECORD.format(moved.public_id)).content.decode()
    group = Group.objects.create(school=college.school, year=college.year, kind=Group.Kind.CLASS, name="5e Z")
    Enrolment.objects.create(school=college.school, group=group, pupil=moved)
    assert "Dernières notes" not in client.get(RECORD.format(moved.public_id)).content.decode()
