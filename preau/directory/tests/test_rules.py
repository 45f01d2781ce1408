"""Who keeps the directory and the settings of a school; what a delivery may not do by itself."""

from dataclasses import replace
from typing import Any

import pytest

from conftest import NOW
from preau.directory import rules
from preau.directory.models import Delivery, Holding, Person, School
from preau.directory.rules import powers, settings
from preau.directory.seeds.world import World
from preau.directory.viewer import SETTINGS, Viewer
from preau.directory.words import Role

State = Delivery.State
NOT_STAFF = {Role.PUPIL, Role.AGENT, Role.OPERATOR}
WAITING = {State.PREVIEW, State.BLOCKED}


def delegated(viewer: Viewer) -> Viewer:
    return replace(viewer, seat=replace(viewer.seat, delegated=frozenset({SETTINGS})))


@pytest.mark.parametrize(
    ("rule", "roles", "guardian"),
    [
        (rules.keeps_directory, {Role.HEAD, Role.SECRETARY}, False),
        (rules.exports_directory, {Role.HEAD, Role.SECRETARY}, False),
        (settings.runs_settings, {Role.HEAD}, False),
        (powers.gives_powers, {Role.HEAD}, False),
        (settings.runs_planned_year, {Role.HEAD}, False),
        (rules.reads_families, {Role.HEAD, Role.SCHOOL_LIFE, Role.SECRETARY}, False),
        # Not staff: they see their own rows alone.
        (rules.follows_pupil, {Role.HEAD, Role.SCHOOL_LIFE, Role.SECRETARY, Role.NURSE} | NOT_STAFF, True),
        (rules.finds_pupils, set(Role) - NOT_STAFF - {Role.OTHER}, True),
        (rules.finds_staff, set(Role) - NOT_STAFF, False),
        (rules.has_school_days, set(Role) - {Role.AGENT, Role.OPERATOR}, True),
    ],
    ids=lambda rule: getattr(rule, "__name__", ""),
)
def test_what_each_role_may_do_with_the_school(
    holder: Any, seat_of: Any, rule: Any, roles: set[Role], guardian: bool
) -> None:
    assert {role for role in Role if rule(holder(role))} == roles
    assert rule(seat_of("guardian")) is guardian


def test_what_the_head_gave_runs_the_settings_and_gives_them_to_nobody(holder: Any, seat_of: Any) -> None:
    teacher = delegated(holder(Role.TEACHER))
    assert settings.runs_settings(teacher) and settings.runs_planned_year(teacher)
    assert not powers.gives_powers(teacher)
    # Families and pupils administer nothing, whatever was written beside their names.
    assert not settings.runs_settings(delegated(holder(Role.PUPIL)))
    assert not settings.runs_settings(delegated(seat_of("guardian")))


def test_a_school_without_a_year_has_no_period_to_settle(college: World, holder: Any) -> None:
    School.objects.filter(pk=college.school.pk).update(current_year=None)
    head = holder(Role.HEAD)
    assert settings.runs_settings(head) and not settings.runs_planned_year(head)


def test_whoever_is_there_sees_the_school(college: World, seat_of: Any) -> None:
    assert settings.sees_school(seat_of("pupil"), college.school)


def test_each_state_of_a_delivery_allows_its_own_gestures(college: World, holder: Any) -> None:
    head, secretary = holder(Role.HEAD), holder(Role.SECRETARY)

    def when(rule: Any, viewer: Viewer, school: School | None = college.school) -> set[str]:
        return {
            state
            for state in State
            if rule(viewer, Delivery(school=school, state=state, brought_by=secretary.person))
        }

    assert when(rules.decides_on, head) == when(rules.decides_on, secretary) == set(State)
    assert when(rules.may_apply, head) == when(rules.may_apply, secretary) == {State.PREVIEW}
    assert when(rules.is_second_for, head) == set(State)
    assert when(rules.may_approve, head) == {State.BLOCKED}
    # Whoever brought it is no second person.
    assert when(rules.is_second_for, secretary) == when(rules.may_approve, secretary) == set()
    assert when(rules.may_drop, secretary) == WAITING | {State.MATCHING, State.RECEIVED, State.READING}
    for rule in (rules.decides_on, rules.is_second_for, rules.may_apply, rules.may_approve, rules.may_drop):
        assert when(rule, head, None) == set(), "a delivery for several schools"
        assert when(rule, holder(Role.SCHOOL_LIFE)) == set()


def test_the_head_of_another_school_decides_nothing_here(college: World, twin: World, seat_of: Any) -> None:
    head = seat_of("head", world=twin)
    for state in State:
        delivery = Delivery(school=college.school, state=state)
        assert not rules.decides_on(head, delivery) and not rules.may_drop(head, delivery), state


@pytest.mark.parametrize(
    ("ending", "present", "too_many"),
    [
        (19, 20, False),
        (20, 199, True),
        (20, 200, False),
        (21, 200, True),
        (100, 1000, False),
        (101, 1000, True),
    ],
)
def test_a_large_departure_is_twenty_people_and_more_than_a_tenth(
    ending: int, present: int, too_many: bool
) -> None:
    assert rules.ends_too_many(ending, present) is too_many


def test_who_agrees_to_a_large_departure(college: World, twin: World, holder: Any) -> None:
    uai = college.school.uai
    agreeing = {role for role in Role if rules.approves(holder(role).person, uai, NOW.date())}
    assert agreeing == {Role.HEAD, Role.SECRETARY, Role.OPERATOR}
    assert not rules.approves(twin.people["head"], uai, NOW.date())
    assert not rules.approves(Person.objects.create(family_name="Autre"), uai, NOW.date())
    gone = holder(Role.HEAD).person
    Holding.objects.filter(person=gone).update(ends=NOW.date())
    assert not rules.approves(gone, uai, NOW.date())


def test_a_parents_page_is_for_named_roles(college: World, twin: World, holder: Any, seat_of: Any) -> None:
    mother, teacher = college.people["guardian"], holder(Role.TEACHER)
    reading = {role for role in Role if rules.reads_person(holder(role), mother)}
    assert reading == {Role.HEAD, Role.SCHOOL_LIFE, Role.SECRETARY} | NOT_STAFF
    # Whoever learns or works here today, and oneself; nobody of another school.
    assert rules.reads_person(teacher, college.people["pupil"])
    assert rules.reads_person(teacher, college.people["cpe"])
    assert not rules.reads_person(teacher, twin.people["pupil"])
    Holding.objects.filter(person=college.people["cpe"]).update(ends=NOW.date())
    assert not rules.reads_person(teacher, college.people["cpe"])
    Holding.objects.filter(person=teacher.person).update(ends=NOW.date())
    assert rules.reads_person(teacher, teacher.person)
