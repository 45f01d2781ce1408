"""Who may write to whom: the table, its limits, and the people that each key means."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.directory.boards import Spokespeople, spokespeople
from preau.directory.models import Assignment, Enrolment, Group, Guardianship, Holding, Person
from preau.directory.seeds.world import World
from preau.directory.words import Profile, Role
from preau.domains.messaging import rules
from preau.domains.messaging.models import Message, Policy, Reader, Scope, Writer
from preau.domains.messaging.queries import addressing
from preau.domains.messaging.queries.reach import Reach
from preau.domains.messaging.tests.props import key_to

pytestmark = pytest.mark.django_db


def own_class(college: World) -> Group:
    return Group.objects.get(year=college.year, kind="class", enrolments__pupil=college.people["pupil"])


def other_class(college: World) -> Group:
    return Group.objects.classes().filter(year=college.year).exclude(pk=own_class(college).pk)[0]


def reached(viewer: Any, college: World, key: str) -> set[int]:
    return {person.person for person in Reach(viewer, college.school.pk).people(key)}


def test_the_first_table() -> None:
    first = {
        (writer.value, reader.value): rules.scope_of({}, writer, reader).value
        for writer in Writer
        for reader in Reader
    }
    assert first == {
        ("staff", "teacher"): "all",
        ("staff", "staff"): "all",
        ("staff", "guardian"): "all",
        ("staff", "pupil"): "all",
        ("teacher", "teacher"): "all",
        ("teacher", "staff"): "all",
        ("teacher", "guardian"): "own",
        ("teacher", "pupil"): "own",
        ("guardian", "teacher"): "own",
        ("guardian", "staff"): "own",
        ("guardian", "guardian"): "none",
        ("guardian", "pupil"): "none",
        ("pupil", "teacher"): "own",
        ("pupil", "staff"): "own",
        ("pupil", "guardian"): "none",
        ("pupil", "pupil"): "none",
    }


def test_no_school_opens_pupils_to_families_or_to_other_classes() -> None:
    everything = {f"{writer.value}.{reader.value}": "all" for writer in Writer for reader in Reader}
    assert rules.scope_of(everything, Writer.PUPIL, Reader.PUPIL) == Scope.NONE
    assert rules.scope_of(everything, Writer.PUPIL, Reader.GUARDIAN) == Scope.NONE
    assert rules.scope_of(everything, Writer.GUARDIAN, Reader.PUPIL) == Scope.NONE
    assert rules.scope_of(everything, Writer.GUARDIAN, Reader.GUARDIAN) == Scope.NONE
    assert rules.scope_of({"pupil.pupil": "own"}, Writer.PUPIL, Reader.PUPIL) == Scope.OWN
    assert rules.scope_of({"pupil.teacher": "all"}, Writer.PUPIL, Reader.TEACHER) == Scope.OWN
    assert rules.scope_of({"staff.teacher": "none"}, Writer.STAFF, Reader.TEACHER) == Scope.ALL
    assert rules.scope_of({"teacher.guardian": "all"}, Writer.TEACHER, Reader.GUARDIAN) == Scope.ALL
    assert rules.scope_of({"teacher.guardian": "?"}, Writer.TEACHER, Reader.GUARDIAN) == Scope.OWN


def test_on_which_line_each_function_stands(holder: Any) -> None:
    staff = {role: rules.writer_of(holder(role)) for role in Role if role.profile == Profile.STAFF}
    assert {role for role, writer in staff.items() if writer == Writer.TEACHER} == {Role.TEACHER, Role.OTHER}


def test_who_watches_and_who_brakes(holder: Any) -> None:
    assert {role for role in Role if rules.watches(holder(role))} == {Role.HEAD, Role.SCHOOL_LIFE}
    assert {role for role in Role if rules.settles_policy(holder(role))} == {Role.HEAD}
    assert {role for role in Role if not rules.reads_messages(holder(role))} == {Role.AGENT, Role.OPERATOR}


@pytest.mark.parametrize(
    ("people", "classes", "why"),
    [(30, 1, ""), (31, 1, "many"), (2, 2, "classes"), (31, 2, "many"), (1, 0, "")],
)
def test_a_pupil_who_writes_to_many_or_across_classes_waits_for_an_adult(
    people: int, classes: int, why: str
) -> None:
    assert rules.needs_adult(Profile.PUPIL, people, classes) == why
    assert rules.needs_adult(Profile.GUARDIAN, people, classes) == ""
    assert rules.needs_adult(Profile.STAFF, people, classes) == ""


def test_a_pupil_reaches_their_teachers_and_the_chosen_adults_alone(college: World, seat_of: Any) -> None:
    pupil = seat_of("pupil")
    reach = Reach(pupil, college.school.pk)
    teachers = set(
        Group.objects.get(pk=own_class(college).pk).assignments.values_list("teacher_id", flat=True)
    )
    life = set(
        Holding.objects.filter(school=college.school, role__in=[Role.SCHOOL_LIFE, Role.NURSE]).values_list(
            "person_id", flat=True
        )
    )
    assert {held.person_id for held in reach.staff()} == teachers | life
    assert college.people["head"].pk not in {held.person_id for held in reach.staff()}
    assert not reach.pupils().exists() and not reach.guardians().exists()


def test_pupils_of_one_class_reach_each_other_once_the_head_opens_it(college: World, seat_of: Any) -> None:
    Policy.objects.create(school=college.school, scopes={"pupil.pupil": "own"})
    mates = set(Enrolment.objects.filter(group=own_class(college)).values_list("pupil_id", flat=True))
    pupil = seat_of("pupil")
    assert set(Reach(pupil, college.school.pk).pupils().values_list("person_id", flat=True)) == mates - {
        pupil.person.pk
    }
    assert reached(pupil, college, f"es{other_class(college).pk}") == set()


def test_a_guardian_reaches_the_teachers_of_the_child_and_no_family(college: World, seat_of: Any) -> None:
    guardian = seat_of("guardian")
    assert college.people["teacher"].pk in reached(guardian, college, key_to(college, "teacher"))
    assert reached(guardian, college, key_to(college, "other_guardian")) == set()
    assert reached(guardian, college, f"gs{own_class(college).pk}") == set()
    assert reached(guardian, college, key_to(college, "pupil")) == set()
    assert reached(guardian, college, key_to(college, "head")) == set()


def test_a_teacher_reaches_the_families_of_the_classes_they_teach(college: World, seat_of: Any) -> None:
    teacher = seat_of("teacher")
    families = set(
        Guardianship.objects.filter(
            pupil__enrolments__group=own_class(college), guardian__is_institution=False
        ).values_list("guardian_id", flat=True)
    )
    assert reached(teacher, college, f"gs{own_class(college).pk}") == families
    college.people["teacher"].assignments.filter(group=own_class(college)).delete()
    assert reached(teacher, college, f"gs{own_class(college).pk}") == set()
    assert reached(teacher, college, key_to(college, "guardian")) == set()


def test_a_family_that_may_not_follow_is_not_written_to(college: World, seat_of: Any) -> None:
    Guardianship.objects.filter(guardian=college.people["other_guardian"]).update(may_not_be_informed=True)
    assert reached(seat_of("cpe"), college, key_to(college, "other_guardian")) == set()
    assert college.people["other_guardian"].pk not in reached(seat_of("cpe"), college, "l-guardians")


def test_nothing_of_the_school_beside_is_reached_nor_named(college: World, twin: World, seat_of: Any) -> None:
    head = seat_of("head")
    theirs = Group.objects.filter(school=twin.school)[0]
    keys = [
        key_to(twin, "teacher"),
        key_to(twin, "guardian"),
        key_to(twin, "pupil"),
        f"gs{theirs.pk}",
        f"es{theirs.pk}",
        f"ts{theirs.pk}",
    ]
    assert all(reached(head, college, key) == set() for key in keys)
    assert Reach(head, college.school.pk).words_of(keys) == {}


@pytest.mark.parametrize(
    "key", ["", "x1", "s", "s0", "s-1", "l-nobody", "gs1;drop", "s99999999999999999999", "s1\n"]
)
def test_a_key_that_means_nothing_reaches_nobody(college: World, seat_of: Any, key: str) -> None:
    assert reached(seat_of("head"), college, key) == set()


def test_live_lists_say_who_is_there_today(college: World, seat_of: Any) -> None:
    head = seat_of("head")
    heads = set(
        college.people["teacher"].assignments.filter(kind="head_teacher").values_list("teacher_id", flat=True)
    )
    assert reached(head, college, "l-head_teachers") == heads
    Holding.objects.filter(person=college.people["teacher"]).update(ends=head.today)
    assert reached(head, college, "l-head_teachers") == set()


def test_a_list_is_offered_before_anything_is_typed(college: World, seat_of: Any) -> None:
    offers = {
        one.label
        for one in addressing.found(Reach(seat_of("teacher"), college.school.pk), own_class(college).name)
    }
    assert f"Parents de {own_class(college).name}" in offers
    assert addressing.offered(Reach(seat_of("pupil"), college.school.pk))


def test_a_family_is_offered_the_head_teacher_first_and_a_long_list_is_folded(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    reach = Reach(seat_of("guardian"), college.school.pk)
    heads = set(
        own_class(college).assignments.filter(kind="head_teacher").values_list("teacher_id", flat=True)
    )
    first, *others = [one for one in addressing.offered(reach) if one.key.startswith("s")]
    assert int(first.key[1:]) in heads
    assert first.detail.startswith("Professeur")
    assert not any("principal" in one.detail for one in others)
    client.sit(college.people["guardian"])
    assert '<details class="offers-all" open>' in client.get(reverse("messaging:write")).content.decode()
    taught = own_class(college).assignments.filter(subject__isnull=False)[0]
    more = Person.objects.create(family_name="Zola", given_name="Ana", civility="mme", search_name="zola ana")
    Holding.objects.create(person=more, role=Role.TEACHER, school=college.school)
    Assignment.objects.create(
        school=college.school, group=own_class(college), teacher=more, subject=taught.subject
    )
    assert '<details class="offers-all">' in client.get(reverse("messaging:write")).content.decode()


def test_a_name_out_of_reach_is_not_found(college: World, seat_of: Any) -> None:
    stranger = Person.objects.create(family_name="Introuvable", given_name="Zoé")
    assert stranger.pk and addressing.found(Reach(seat_of("head"), college.school.pk), "introuvable") == []
    assert addressing.found(Reach(seat_of("pupil"), college.school.pk), "carpentier") == []


def test_a_message_is_recalled_until_an_hour_after_it_arrived(clock: Any) -> None:
    message = Message(state="sent", departs_at=NOW)
    assert rules.may_be_recalled(message, NOW + timedelta(minutes=59))
    assert not rules.may_be_recalled(message, NOW + rules.RECALL)
    assert rules.may_be_recalled(Message(state="leaving"), NOW)
    assert not any(
        rules.may_be_recalled(Message(state=state), NOW)
        for state in ("draft", "held", "scheduled", "recalled", "refused")
    )


def test_those_who_speak_for_a_class_are_a_list_for_the_staff_within_the_table(
    college: World, seat_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    pupil, parent = college.people["pupil"], college.people["guardian"]
    stranger = other_class(college).enrolments.order_by("pk")[0].pupil  # type: ignore[attr-defined]

    def are(*people: Person) -> Any:
        return lambda school, today: Person.objects.filter(pk__in=[one.pk for one in people]).values("pk")

    entries = [
        Spokespeople("delegates", "Délégués", are(pupil, stranger), are_pupils=True),
        Spokespeople("parent_delegates", "Parents", are(parent), are_pupils=False),
    ]
    monkeypatch.setattr(spokespeople, "_entries", entries)
    monkeypatch.setattr(spokespeople, "_known", {})
    head, school = seat_of("head"), college.school.pk
    assert reached(head, college, "l-delegates") == {pupil.pk, stranger.pk}
    assert reached(head, college, "l-parent_delegates") == {parent.pk}
    offered = {one.key for one in addressing.lists_of(Reach(head, school))}
    assert {"l-delegates", "l-parent_delegates"} <= offered
    assert not reached(seat_of("pupil"), college, "l-parent_delegates")
    assert not any("delegates" in one.key for one in addressing.lists_of(Reach(seat_of("guardian"), school)))
    monkeypatch.setattr(spokespeople, "_entries", [])
    monkeypatch.setattr(spokespeople, "_known", {})
    assert not reached(head, college, "l-delegates")
    assert not any("delegates" in one.key for one in addressing.lists_of(Reach(head, school)))
