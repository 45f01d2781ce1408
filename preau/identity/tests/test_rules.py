"""Who may give a way in to whom; how long a session lives."""

from datetime import timedelta
from typing import Any

import pytest

from preau.directory.models import Assignment, Enrolment, Group, Guardianship, Holding, Person
from preau.directory.seeds.world import World
from preau.directory.viewer import Viewer
from preau.directory.words import Authority, Profile, Role
from preau.identity import rules
from preau.identity.standing import Standing, standings_of


def someone(college: World, *roles: Role, school: Any = None) -> Person:
    person = Person.objects.create(family_name="Autre", given_name="Personne")
    for role in roles:
        where = None if role in {Role.AGENT, Role.OPERATOR} else school or college.school
        Holding.objects.create(person=person, role=role, school=where)
    return person


def may(viewer: Viewer, person: Person) -> bool:
    return rules.can_give_code(viewer, person)


@pytest.fixture
def lead(college: World, seat_of: Any) -> Viewer:
    """A teacher who is also the school's digital lead."""
    person = college.people["teacher_1"]
    Holding.objects.create(person=person, role=Role.DIGITAL_LEAD, school=college.school)
    return seat_of("teacher_1")


@pytest.mark.parametrize(
    ("role", "by"),
    [
        (Role.PUPIL, {"head", "secretary", "cpe"}),
        (Role.TEACHER, {"head", "secretary"}),
        (Role.ASSISTANT, {"head", "secretary"}),
        (Role.LIBRARIAN, {"head", "secretary"}),
        (Role.SCHOOL_LIFE, {"head", "secretary"}),
        (Role.DIGITAL_LEAD, {"head", "secretary"}),
        (Role.SECRETARY, {"head"}),
        (Role.NURSE, {"head"}),
        (Role.HEAD, {"head"}),
        (Role.AGENT, set()),
        (Role.OPERATOR, set()),
    ],
)
def test_nobody_takes_over_an_account_as_high_as_their_own(
    college: World, seat_of: Any, role: Role, by: set[str]
) -> None:
    # Everyone also works here: an operator who teaches is no easier to take over.
    person = someone(college, role) if role == Role.PUPIL else someone(college, role, Role.TEACHER)
    keys = ("head", "secretary", "cpe", "teacher", "pupil", "guardian")
    assert {key for key in keys if may(seat_of(key), person)} == by


def test_a_digital_lead_serves_teachers_families_and_pupils(college: World, lead: Viewer) -> None:
    assert may(lead, college.people["guardian"])
    assert may(lead, college.people["pupil"])
    assert may(lead, college.people["teacher"])
    for key in ("cpe", "secretary", "head"):
        assert not may(lead, college.people[key]), key


def test_a_teacher_gives_codes_to_their_own_pupils_only(college: World, seat_of: Any) -> None:
    pupil, teacher = college.people["pupil"], college.people["teacher"]
    assert may(seat_of("teacher"), pupil)
    Assignment.objects.filter(teacher=teacher).update(ends=college.today)
    assert not may(seat_of("teacher"), pupil)


def test_a_pupil_who_left_the_class_is_no_longer_the_teachers(college: World, seat_of: Any) -> None:
    pupil = college.people["pupil"]
    Enrolment.objects.filter(pupil=pupil).update(ends=college.today)
    assert not may(seat_of("teacher"), pupil)
    assert may(seat_of("cpe"), pupil)


def test_a_teacher_of_another_class_may_not(college: World, seat_of: Any) -> None:
    own = Group.objects.get(enrolments__pupil=college.people["pupil"], year=college.year)
    Assignment.objects.filter(teacher=college.people["teacher"], group=own).delete()
    assert not may(seat_of("teacher"), college.people["pupil"])


def test_a_family_is_served_by_the_office_of_the_childs_school(
    college: World, twin: World, seat_of: Any
) -> None:
    mother = college.people["guardian"]
    for key in ("head", "secretary"):
        assert may(seat_of(key), mother)
        assert not may(seat_of(key, world=twin), mother)
    for key in ("cpe", "teacher"):
        assert not may(seat_of(key), mother)


@pytest.mark.parametrize(
    "change",
    [{"authority": Authority.CONTACT}, {"may_not_be_informed": True}, {"ends": "2026-11-24"}],
    ids=lambda change: next(iter(change)),
)
def test_whoever_may_not_follow_a_child_gets_no_code(
    college: World, seat_of: Any, change: dict[str, Any]
) -> None:
    Guardianship.objects.filter(guardian=college.people["guardian"]).update(**change)
    assert not may(seat_of("head"), college.people["guardian"])


def test_a_parent_who_is_the_head_of_another_school_is_out_of_reach(
    college: World, twin: World, seat_of: Any
) -> None:
    Holding.objects.create(person=college.people["guardian"], role=Role.HEAD, school=twin.school)
    for key in ("head", "secretary"):
        assert not may(seat_of(key), college.people["guardian"])


def test_nobody_gives_themselves_a_code(college: World, seat_of: Any) -> None:
    assert not may(seat_of("head"), college.people["head"])


def test_the_twin_school_gives_no_code_here(college: World, twin: World, seat_of: Any) -> None:
    for key in ("head", "secretary", "cpe", "teacher"):
        for person in ("pupil", "guardian", "teacher_1"):
            assert not may(seat_of(key, world=twin), college.people[person]), (key, person)


def test_neither_an_institution_nor_an_erased_person(college: World, seat_of: Any) -> None:
    mother = college.people["guardian"]
    mother.is_institution = True
    assert not may(seat_of("head"), mother)
    mother.is_institution, mother.erased_at = False, college.year.starts
    assert not may(seat_of("head"), mother)


def test_standings_cost_the_same_for_one_and_for_twelve(
    college: World, django_assert_num_queries: Any
) -> None:
    pupils = list(Enrolment.objects.values_list("pupil_id", flat=True))
    for ids in (pupils[:1], pupils[:12]):
        with django_assert_num_queries(3):
            standings_of(ids, college.today)


def test_a_pupil_alone_may_have_a_shorter_password(college: World) -> None:
    assert rules.shortest_password(Standing(1, frozenset({(Role.PUPIL, 1)}))) == 8
    assert rules.shortest_password(Standing(1, frozenset({(Role.PUPIL, 1), (Role.TEACHER, 2)}))) == 12
    assert rules.shortest_password(Standing(1, frozenset({(Role.PUPIL, 1)}), frozenset({2}))) == 12
    assert rules.shortest_password(Standing(1)) == 12


def test_a_person_of_two_profiles_has_the_shorter_limits() -> None:
    assert rules.limits_of([Profile.STAFF, Profile.GUARDIAN]) == rules.Limits(
        timedelta(minutes=60), timedelta(hours=10)
    )
    assert rules.limits_of([Profile.PUPIL]) == rules.Limits(timedelta(minutes=20), timedelta(hours=4))
    assert set(rules.LIMITS) == set(Profile)


# What each role may do, one by one; how high each stands.


@pytest.mark.parametrize(
    ("rule", "roles"),
    [
        (rules.directs, {Role.HEAD}),
        (rules.keeps_accounts, {Role.HEAD, Role.SECRETARY, Role.DIGITAL_LEAD}),
        (
            rules.follows_accounts,
            {Role.HEAD, Role.SECRETARY, Role.DIGITAL_LEAD, Role.SCHOOL_LIFE, Role.TEACHER},
        ),
        (rules.helps_pupils_in, {Role.SCHOOL_LIFE, Role.TEACHER}),
    ],
    ids=lambda rule: getattr(rule, "__name__", ""),
)
def test_what_each_role_may_do_with_accounts(holder: Any, seat_of: Any, rule: Any, roles: set[Role]) -> None:
    assert {role for role in Role if rule(holder(role))} == roles
    assert not rule(seat_of("guardian"))


def test_who_follows_a_class_and_who_prints_its_letters(college: World, holder: Any, seat_of: Any) -> None:
    group = Group.objects.get(enrolments__pupil=college.people["pupil"], kind=Group.Kind.CLASS)
    office = {Role.HEAD, Role.SECRETARY, Role.DIGITAL_LEAD}
    # A teacher of no class: the role is not enough.
    assert {role for role in Role if rules.follows_class(holder(role), group)} == office | {Role.SCHOOL_LIFE}
    assert {role for role in Role if rules.keeps_class(holder(role), group)} == office
    drawn = Group(school=college.school, kind=Group.Kind.GROUP)
    assert not rules.keeps_class(holder(Role.HEAD), drawn)


def test_a_teacher_follows_the_classes_of_today_and_no_other(college: World, seat_of: Any) -> None:
    own = Group.objects.get(enrolments__pupil=college.people["pupil"], kind=Group.Kind.CLASS)
    other = Group.objects.filter(year=college.year, kind=Group.Kind.CLASS).exclude(pk=own.pk)[0]
    mine = Assignment.objects.filter(teacher=college.people["teacher"])
    mine.filter(group=other).delete()
    assert rules.follows_class(seat_of("teacher"), own)
    assert not rules.follows_class(seat_of("teacher"), other)
    # The assignment alone gives nothing to whoever teaches no more.
    Holding.objects.filter(person=college.people["teacher"]).update(role=Role.LIBRARIAN)
    assert not rules.follows_class(seat_of("teacher"), own)
    Holding.objects.filter(person=college.people["teacher"]).update(role=Role.TEACHER)
    mine.update(ends=college.today)
    assert not rules.follows_class(seat_of("teacher"), own)


def test_a_letter_goes_from_the_office_to_whom_it_may_give_a_code(college: World, holder: Any) -> None:
    pupil = college.people["pupil"]
    sending = {role for role in Role if rules.can_send_letter(holder(role), pupil)}
    assert sending == {Role.HEAD, Role.SECRETARY, Role.DIGITAL_LEAD}
    assert not rules.can_send_letter(holder(Role.SECRETARY), college.people["head"])


def test_how_many_codes_an_hour(holder: Any) -> None:
    several = {Role.HEAD, Role.SECRETARY, Role.DIGITAL_LEAD, Role.SCHOOL_LIFE}
    for role in Role:
        assert rules.most_codes_an_hour(holder(role)) == (120 if role in several else 40), role


def test_a_picture_from_the_very_day_of_fifteen(college: World, holder: Any, seat_of: Any) -> None:
    birthday = college.today.replace(year=college.today.year - 15)
    pupil = college.people["pupil"]
    for born, may in [(birthday, True), (birthday + timedelta(days=1), False), (None, False)]:
        pupil.birth_date = born
        assert rules.may_have_picture(seat_of("pupil")) is may
    assert {role for role in Role if rules.may_have_picture(holder(role))} == set(Role) - {Role.PUPIL}
    assert rules.sees_picture(seat_of("guardian"), pupil)


def test_how_long_each_profile_stays_signed_in() -> None:
    hours = {
        profile: (one.idle.seconds // 60, one.absolute.seconds // 3600)
        for profile, one in rules.LIMITS.items()
    }
    assert hours == {
        Profile.PUPIL: (20, 4),
        Profile.GUARDIAN: (60, 12),
        Profile.STAFF: (60, 10),
        Profile.AGENT: (20, 8),
        Profile.OPERATOR: (20, 8),
    }
    # The shortest of each, not of one of them.
    assert rules.limits_of([Profile.GUARDIAN, Profile.AGENT, Profile.STAFF]) == rules.LIMITS[Profile.AGENT]
    assert rules.limits_of(Profile) == rules.Limits(timedelta(minutes=20), timedelta(hours=4))


def test_one_stands_as_high_as_their_highest_function() -> None:
    def rank(*roles: Role, **more: Any) -> int:
        return rules.rank_of(Standing(1, frozenset((role, 1) for role in roles), **more))

    assert rank() == rank(Role.PUPIL) < rank(wards=frozenset({1}))
    assert rank(Role.PUPIL, wards=frozenset({1})) == rank(wards=frozenset({1})) < rank(Role.OTHER)
    assert rank(Role.OTHER) == rank(Role.TEACHER) == rank(Role.LIBRARIAN) == rank(Role.ASSISTANT)
    assert rank(Role.TEACHER) < rank(Role.SCHOOL_LIFE) == rank(Role.DIGITAL_LEAD)
    assert rank(Role.DIGITAL_LEAD) < rank(Role.SECRETARY) == rank(Role.NURSE) < rank(Role.HEAD)
    assert rank(Role.HEAD) < rank(Role.AGENT) == rank(Role.OPERATOR) == rank(Role.OPERATOR, Role.PUPIL)


@pytest.mark.parametrize(
    ("here", "elsewhere"),
    [
        # Follows a child here and works elsewhere: this school has nothing to give over that.
        (None, Role.TEACHER),
        (Role.HEAD, Role.AGENT),
        (Role.HEAD, Role.OPERATOR),
        (Role.HEAD, Role.HEAD),
        (Role.TEACHER, Role.NURSE),
        (Role.TEACHER, Role.SECRETARY),
    ],
)
def test_what_somebody_opens_elsewhere_is_out_of_reach(
    college: World, twin: World, seat_of: Any, here: Role | None, elsewhere: Role
) -> None:
    person = someone(college, here) if here else college.people["guardian"]
    assert may(seat_of("head"), person)
    nowhere = elsewhere in {Role.AGENT, Role.OPERATOR}
    Holding.objects.create(person=person, role=elsewhere, school=None if nowhere else twin.school)
    for key in ("head", "secretary"):
        assert not may(seat_of(key), person), key


def test_an_assignment_gives_nothing_to_whoever_teaches_no_more(college: World, seat_of: Any) -> None:
    Holding.objects.filter(person=college.people["teacher"]).update(role=Role.LIBRARIAN)
    pupil = college.people["pupil"]
    assert not may(seat_of("teacher"), pupil)
    assert not rules.can_give_way_in(seat_of("teacher"), standings_of([pupil.pk], college.today)[pupil.pk])


def test_whoever_follows_no_account_is_refused_without_a_query(
    college: World, seat_of: Any, django_assert_num_queries: Any
) -> None:
    mother = seat_of("guardian")
    with django_assert_num_queries(0):
        assert not may(mother, college.people["pupil"])


def test_of_several_functions_the_highest_of_the_office_counts_and_no_other(
    college: World, seat_of: Any, lead: Viewer
) -> None:
    secretary = college.people["secretary"]
    Holding.objects.create(person=secretary, role=Role.DIGITAL_LEAD, school=college.school)
    assert may(seat_of("secretary"), college.people["cpe"])
    # A nurse stands higher than a digital lead, but keeps no account as a nurse.
    Holding.objects.create(person=lead.person, role=Role.NURSE, school=college.school)
    assert not may(seat_of("teacher_1"), college.people["cpe"])


def test_a_pupils_code_does_not_open_the_parent_they_have_become() -> None:
    assert not rules.may_still_open(rules.RANKS[Role.PUPIL], Standing(1, wards=frozenset({1})), [])


def test_an_agent_whom_the_school_let_in_is_for_its_head_and_one_of_elsewhere_for_nobody(
    college: World, twin: World, seat_of: Any
) -> None:
    agent = Person.objects.create(family_name="Mairie", given_name="Ada")
    Holding.objects.create(person=agent, role=Role.AGENT, school=college.school)
    keys = ("head", "secretary", "cpe", "teacher")
    assert [key for key in keys if may(seat_of(key), agent)] == ["head"]
    assert not may(seat_of("head", world=twin), agent)
    Holding.objects.create(person=agent, role=Role.AGENT, school=twin.school)
    assert not any(may(seat_of(key), agent) for key in keys)


def test_whoever_was_given_something_is_for_the_head_as_long_as_it_lasts(
    college: World, lead: Viewer, seat_of: Any
) -> None:
    teacher = college.people["teacher"]
    held = Holding.objects.filter(person=teacher, school=college.school)
    assert may(lead, teacher) and may(seat_of("secretary"), teacher)
    held.update(scope={"directory": {"until": "2026-11-24", "by": college.people["head"].pk}})
    assert not may(lead, teacher) and not may(seat_of("secretary"), teacher)
    assert may(seat_of("head"), teacher)
    held.update(scope={"directory": {"until": "2026-11-23", "by": college.people["head"].pk}})
    assert may(lead, teacher) and may(seat_of("secretary"), teacher)
