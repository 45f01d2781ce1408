"""Who a viewer is, which seats they have, whom they answer for."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from conftest import NOW
from preau.directory.models import Enrolment, ExternalId, Guardianship, Holding, Person, School
from preau.directory.seeds.world import World, add_sibling_elsewhere, make_parent_of
from preau.directory.viewer import seats_of, viewer_for
from preau.directory.words import Authority, Kinship, Profile, Role

TODAY = date(2026, 11, 24)


def test_a_teacher_who_is_a_parent_has_two_seats(college: World) -> None:
    child = Person.objects.filter(enrolments__group__year=college.year).order_by("pk")[2]
    make_parent_of(college, "teacher_1", child)
    seats = seats_of(college.people["teacher_1"], TODAY)
    assert [seat.profile for seat in seats] == [Profile.STAFF, Profile.GUARDIAN]
    assert seats[0].label == "Enseignant · français, Collège des Tilleuls"
    assert seats[1].label == "Parent ou responsable"


def test_the_seat_named_is_taken_and_an_unknown_one_is_not(college: World) -> None:
    teacher = college.people["teacher"]
    assert viewer_for(teacher, 1, NOW, f"staff-{college.school.pk}").key == f"staff-{college.school.pk}"  # type: ignore[union-attr]
    assert viewer_for(teacher, 1, NOW, "staff-999").key == f"staff-{college.school.pk}"  # type: ignore[union-attr]


def test_access_ends_the_very_day_the_role_ends(college: World) -> None:
    teacher = college.people["teacher"]
    Holding.objects.filter(person=teacher).update(ends=TODAY)
    assert viewer_for(teacher, 1, NOW) is None
    assert viewer_for(teacher, 1, NOW - timedelta(days=1)) is not None


def test_a_guardian_answers_for_children_of_two_schools(college: World, seat_of: Any) -> None:
    elsewhere = School.objects.create(uai="0359903C", name="École voisine", kind="ecole")
    year = college.year
    other = World(today=TODAY)
    other.school, other.year = elsewhere, year
    pupil = Person.objects.create(family_name="Abadie", given_name="Hugo")
    Holding.objects.create(person=pupil, role=Role.PUPIL, school=elsewhere)
    Guardianship.objects.create(pupil=pupil, guardian=college.people["guardian"], authority=Authority.LEGAL)
    viewer = seat_of("guardian")
    assert set(viewer.own_pupils()) == {pupil.pk, college.people["pupil"].pk}
    assert set(School.objects.visible_to(viewer)) == {college.school, elsewhere}


@pytest.mark.parametrize(
    "change",
    [
        {"authority": Authority.CONTACT},
        {"may_not_be_informed": True},
        {"ends": TODAY},
        {"starts": TODAY + timedelta(days=1)},
    ],
    ids=["contact only", "may not be informed", "ended", "not begun"],
)
def test_a_guardian_without_authority_has_no_seat(college: World, change: dict[str, Any]) -> None:
    guardian = college.people["guardian"]
    Guardianship.objects.filter(guardian=guardian).update(**change)
    assert viewer_for(guardian, 1, NOW) is None


def test_a_person_in_charge_follows_the_child(college: World) -> None:
    guardian = college.people["guardian"]
    Guardianship.objects.filter(guardian=guardian).update(authority=Authority.IN_CHARGE)
    viewer = viewer_for(guardian, 1, NOW)
    assert viewer is not None
    assert list(Person.objects.visible_to(viewer).filter(pk__in=viewer.own_pupils())) == [
        college.people["pupil"]
    ]


def test_staff_see_their_school_and_never_the_twin(college: World, twin: World, seat_of: Any) -> None:
    seen = Person.objects.visible_to(seat_of("teacher"))
    assert college.people["pupil"] in seen
    assert college.people["guardian"] in seen
    assert not seen.filter(pk__in=[person.pk for person in twin.people.values()]).exists()


def test_a_family_sees_itself_and_its_child_only(college: World, seat_of: Any) -> None:
    seen = set(Person.objects.visible_to(seat_of("guardian")))
    assert seen == {college.people["guardian"], college.people["pupil"]}
    assert set(Person.objects.visible_to(seat_of("pupil"))) == {college.people["pupil"]}


def test_external_ids_are_for_those_who_keep_the_directory(college: World, seat_of: Any) -> None:
    ine = ExternalId.objects.create(
        source="aaf", authority="rennes", kind="ine", value="0123456789A", person=college.people["pupil"]
    )
    assert list(ExternalId.objects.visible_to(seat_of("secretary"))) == [ine]
    for key in ("teacher", "cpe", "guardian", "pupil"):
        assert not ExternalId.objects.visible_to(seat_of(key)).exists()


def test_guardianships_are_for_those_who_need_them(college: World, twin: World, seat_of: Any) -> None:
    assert Guardianship.objects.visible_to(seat_of("cpe")).filter(pupil=college.people["pupil"]).exists()
    assert not Guardianship.objects.visible_to(seat_of("head")).filter(pupil=twin.people["pupil"]).exists()
    assert not Guardianship.objects.visible_to(seat_of("teacher")).exists()
    own = Guardianship.objects.visible_to(seat_of("guardian"))
    assert [row.guardian for row in own] == [college.people["guardian"]]


def test_a_pupil_of_another_class_is_not_in_ones_enrolments(college: World, seat_of: Any) -> None:
    assert {row.pupil for row in Enrolment.objects.visible_to(seat_of("pupil"))} == {college.people["pupil"]}


def test_a_sibling_elsewhere_is_added_to_the_family(college: World, twin: World, seat_of: Any) -> None:
    pupil = add_sibling_elsewhere(college, twin)
    assert pupil.pk in seat_of("guardian").own_pupils()


def test_today_is_the_date_on_the_wall_of_the_school(college: World, seat_of: Any) -> None:
    evening = datetime(2026, 11, 25, 0, 30, tzinfo=UTC)
    assert seat_of("teacher", at=evening).today == date(2026, 11, 25)
    School.objects.filter(pk=college.school.pk).update(timezone="America/Guadeloupe")
    assert seat_of("teacher", at=evening).today == TODAY
    assert seat_of("guardian", at=evening).today == date(2026, 11, 25)


def test_other_staff_see_their_colleagues_and_no_child(college: World, seat_of: Any) -> None:
    """A cook or a technician: known to the school, told nothing of its pupils."""
    cook = Person.objects.create(family_name="Duval", given_name="Rémi")
    Holding.objects.create(person=cook, role=Role.OTHER, school=college.school)
    viewer = viewer_for(cook, 0, NOW)
    assert viewer is not None
    seen = Person.objects.visible_to(viewer)
    assert college.people["teacher"] in seen
    assert college.people["pupil"] not in seen and college.people["guardian"] not in seen
    assert not Enrolment.objects.visible_to(viewer).exists()
    assert not Holding.objects.visible_to(viewer).filter(role=Role.PUPIL).exists()


def test_an_adult_pupil_who_answers_for_themselves_has_one_seat(college: World) -> None:
    pupil = college.people["pupil"]
    Guardianship.objects.create(
        pupil=pupil, guardian=pupil, authority=Authority.LEGAL, kinship=Kinship.SELF, starts=TODAY
    )
    assert [seat.profile for seat in seats_of(pupil, TODAY)] == [Profile.PUPIL]
