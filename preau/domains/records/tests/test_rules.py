"""Who opens what, and on which day it ends."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preau.directory.models import Assignment, Holding, Person
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.records import rules
from preau.domains.records.models import PSYCHOLOGY, SOCIAL, Kind, Reader, Record, next_review
from preau.domains.records.queries import choices
from preau.domains.records.tests.conftest import TODAY, staff

NOBODY: set[Role] = set()


@pytest.mark.parametrize(
    ("kind", "roles"),
    [
        (Kind.PAI, {Role.HEAD, Role.NURSE}),
        (Kind.PAP, {Role.HEAD, Role.TEACHER, Role.NURSE}),
        (Kind.PPS, {Role.HEAD, Role.TEACHER, Role.NURSE}),
        (Kind.PPRE, {Role.HEAD, Role.TEACHER, Role.NURSE}),
        (Kind.HEALTH, {Role.NURSE}),
        (Kind.SOCIAL, NOBODY),
        (Kind.PSYCHOLOGY, NOBODY),
    ],
)
def test_which_functions_open_which_kind(holder: Any, kind: Kind, roles: set[Role]) -> None:
    assert {role for role in Role if rules.may_open_kind(holder(role), kind)} == roles
    assert {role for role in Role if rules.may_listen(kind, [role])} == roles


def test_a_power_opens_its_kind_until_its_day(college: World, seat_of: Any, clock: Any) -> None:
    social = staff(college, Role.OTHER, scope={SOCIAL: {"until": TODAY.isoformat(), "by": 1}})
    college.people["social"] = social
    assert rules.kinds_opened_by(seat_of("social")) == [Kind.SOCIAL]
    Holding.objects.filter(person=social).update(
        scope={SOCIAL: {"until": (TODAY - timedelta(days=1)).isoformat(), "by": 1}}
    )
    assert rules.kinds_opened_by(seat_of("social")) == []
    Holding.objects.filter(person=social).update(scope={PSYCHOLOGY: {"until": TODAY.isoformat(), "by": 1}})
    assert rules.kinds_opened_by(seat_of("social")) == [Kind.PSYCHOLOGY]


@settings(max_examples=60, deadline=None)
@given(
    until=st.none() | st.integers(-3, 3),
    ended=st.booleans(),
    day=st.integers(-2, 2),
)
def test_an_access_holds_until_the_midnight_of_its_last_day(
    pai: Record, college: World, until: int | None, ended: bool, day: int
) -> None:
    reader = pai.readers.get()
    last = None if until is None else TODAY + timedelta(days=until)
    Reader.objects.filter(pk=reader.pk).update(until=last, ended_at=pai.opened_at if ended else None)
    holds = Reader.objects.active(TODAY + timedelta(days=day)).filter(pk=reader.pk).exists()
    # The reference: written again, without a query.
    assert holds == (not ended and (last is None or TODAY + timedelta(days=day) <= last))


@settings(max_examples=200, deadline=None)
@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_the_next_review_is_a_year_later(day: date) -> None:
    review = next_review(day)
    assert review.year == day.year + 1 and review.month == day.month
    assert review.day == day.day or (day.month, day.day, review.day) == (2, 29, 28)


@settings(max_examples=200, deadline=None)
@given(st.dates(date(2026, 1, 1), date(2028, 12, 31)))
def test_a_reminder_comes_a_month_before(day: date) -> None:
    assert rules.is_to_review(day, TODAY) == (day <= TODAY + timedelta(days=30))


def test_nobody_opens_the_record_of_their_own_child(college: World, seat_of: Any, nurse: Person) -> None:
    pupil = college.people["pupil"]
    group = pupil.enrolments.filter(group__kind="class").first().group
    assert pupil in choices.pupils_of(seat_of("nurse"), group)
    pupil.guardianships.create(guardian=nurse, authority="legal", kinship="mother")
    assert pupil not in choices.pupils_of(seat_of("nurse"), group)


def test_a_teacher_chooses_among_their_classes(college: World, seat_of: Any) -> None:
    teacher = seat_of("teacher")
    taught = Assignment.objects.active(TODAY).filter(teacher=teacher.person, school=college.school)
    found = set(choices.groups_to_choose(teacher).values_list("pk", flat=True))
    assert found == set(taught.values_list("group_id", flat=True))
    assert found < set(
        choices.groups_to_choose(seat_of("head")).values_list("pk", flat=True)
    ) or found == set(college.year.groups.values_list("pk", flat=True))


def test_whoever_answers_for_the_pupil_is_put_on_no_list(college: World, seat_of: Any, pai: Record) -> None:
    parent = staff(college, Role.TEACHER, "Eva")
    assert parent in choices.staff_to_add(seat_of("nurse"), pai)
    pai.pupil.guardianships.create(guardian=parent, authority="contact", kinship="other")
    assert parent not in choices.staff_to_add(seat_of("nurse"), pai)
    assert pai.pupil not in choices.staff_to_add(seat_of("nurse"), pai)
