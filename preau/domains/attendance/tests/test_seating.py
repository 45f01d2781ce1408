"""Seating plans: who may, how they fill, what undoing gives back, and the roll laid out by one."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as some

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import Assignment, Enrolment, Group, Person, Room
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.attendance import tasks
from preau.domains.attendance.actions.seating import (
    ChangedMeanwhile,
    NameTaken,
    Shape,
    create_plan,
    fill,
    forget_seats,
    forget_steps,
    learners,
    place,
    reshape,
    undo,
)
from preau.domains.attendance.models import Arrangement, Entry, Seat, SeatingPlan, SeatingStep
from preau.domains.attendance.queries import registers
from preau.domains.attendance.queries.seating import board_of, layouts_for
from preau.domains.attendance.rules import seating
from preau.domains.timetable.models import Lesson
from preau.identity.models import Account
from tests.pages import counted

TODAY = NOW.date()


@pytest.fixture(autouse=True)
def no_plan(request: pytest.FixtureRequest) -> None:
    """The demonstration has plans: each test makes its own."""
    if "college" in request.fixturenames:
        request.getfixturevalue("college")
        SeatingPlan.objects.all().delete()


@pytest.fixture
def group(lesson: Lesson) -> Group:
    return lesson.groups.get()


@pytest.fixture
def plan(group: Group, lesson: Lesson, seat_of: Any) -> SeatingPlan:
    """Three rows of four in the room of the lesson, everybody placed by name."""
    made, _new = create_plan(seat_of("teacher"), group, Shape(room=lesson.room, rows=8, columns=4))
    fill(seat_of("teacher"), made, seating.ALPHABETICAL, 0)
    return SeatingPlan.objects.get(pk=made.pk)


def places(plan: SeatingPlan) -> dict[int, tuple[int | None, int | None]]:
    return {
        seat.pupil_id: (seat.row, seat.column) for seat in Seat.objects.filter(plan=plan, row__isnull=False)
    }


# How a plan fills, without a database.

# A class of so many, and a room of which some places do not exist.
CLASSES = some.integers(0, 35)
ROOMS = some.builds(
    lambda rows, columns, gap: [
        (row, column)
        for row in range(1, rows + 1)
        for column in range(1, columns + 1)
        if (row * 7 + column) % gap
    ],
    some.integers(1, 6),
    some.integers(1, 6),
    some.integers(2, 9),
)
ORDERS = some.sampled_from([seating.ALPHABETICAL, seating.RANDOM, seating.SPACED])


@given(ORDERS, CLASSES, ROOMS, some.integers(1, 7))
def test_a_plan_gives_each_pupil_a_place_of_their_own_as_long_as_there_are(
    order: str, size: int, spots: list[tuple[int, int]], step: int
) -> None:
    pupils = list(range(100, 100 + size))
    front = set(pupils[step::step])
    sitting = seating.filled(order, pupils, front, spots, Random(1))
    assert len(sitting) == min(len(pupils), len(spots)) == len(set(sitting.values()))
    assert set(sitting) <= set(pupils)
    assert set(sitting.values()) <= set(spots)
    # Nobody who is not wanted in front has a place before somebody who is.
    given_out = seating.places_by(order, spots)
    last_wanted = max((given_out.index(sitting[pupil]) for pupil in front if pupil in sitting), default=-1)
    assert all(given_out.index(spot) > last_wanted for one, spot in sitting.items() if one not in front)


@given(CLASSES, ROOMS)
def test_placing_those_who_are_left_moves_nobody(size: int, spots: list[tuple[int, int]]) -> None:
    pupils = list(range(100, 100 + size))
    seated = seating.filled(seating.RANDOM, pupils[: len(pupils) // 2], (), spots, Random(2))
    sitting = seating.filled_up(pupils, (), spots, seated)
    assert {pupil: sitting[pupil] for pupil in seated} == seated
    assert len(sitting) == min(len(pupils), len(spots)) == len(set(sitting.values()))


def test_one_place_out_of_two_leaves_a_neighbour_to_nobody() -> None:
    spots = [(row, column) for row in (1, 2, 3) for column in (1, 2, 3, 4)]
    sitting = seating.filled(seating.SPACED, [1, 2, 3, 4, 5, 6], (), spots)
    taken = set(sitting.values())
    assert not [spot for spot in taken if (spot[0], spot[1] + 1) in taken]


def test_chance_is_chance() -> None:
    spots = [(1, column) for column in range(1, 11)]
    drawn = {tuple(seating.filled(seating.RANDOM, range(10), (), spots)) for _ in range(20)}
    assert len(drawn) > 1


# Who may.


def test_whoever_teaches_the_class_shares_its_plans(
    plan: SeatingPlan, college: World, twin: World, seat_of: Any
) -> None:
    sees = {
        key
        for key in ("head", "cpe", "secretary", "teacher", "pupil", "guardian", "other_guardian")
        if SeatingPlan.objects.visible_to(seat_of(key)).filter(pk=plan.pk).exists()
    }
    assert sees == {"head", "cpe", "teacher"}
    for key in ("head", "cpe", "teacher"):
        assert not SeatingPlan.objects.visible_to(seat_of(key, world=twin)).filter(pk=plan.pk).exists()
        assert not Seat.objects.visible_to(seat_of(key, world=twin)).filter(plan=plan).exists()
    assert Seat.objects.visible_to(seat_of("teacher")).filter(plan=plan).exists()
    assert not SeatingStep.objects.visible_to(seat_of("secretary")).exists()


def test_a_colleague_shares_a_plan_by_their_service_or_their_lessons(
    plan: SeatingPlan, lesson: Lesson, group: Group, college: World, seat_of: Any
) -> None:
    colleague = seat_of("teacher_1")
    Assignment.objects.filter(group=group, teacher=colleague.person).delete()
    Lesson.teachers.through.objects.filter(person=colleague.person, lesson__groups=group).delete()
    assert not seating.keeps_plans_of(colleague, group)
    assert not SeatingPlan.objects.visible_to(colleague).exists()
    lesson.teachers.add(colleague.person)
    assert seating.keeps_plans_of(colleague, group)
    assert place(colleague, plan, college.people["pupil"], None)
    Lesson.objects.filter(pk=lesson.pk).update(pattern=None, day=TODAY - timedelta(days=8))
    assert not seating.keeps_plans_of(colleague, group)
    Lesson.objects.filter(pk=lesson.pk).update(pattern=None, day=TODAY - timedelta(days=7))
    assert seating.keeps_plans_of(colleague, group)


def test_nobody_else_keeps_plans(plan: SeatingPlan, group: Group, twin: World, seat_of: Any) -> None:
    for key, may in {
        "head": True,
        "cpe": True,
        "teacher": True,
        "secretary": False,
        "pupil": False,
        "guardian": False,
    }.items():
        assert seating.keeps_plans_of(seat_of(key), group) is may, key
        assert seating.keeps_plan(seat_of(key), plan) is may, key
    assert not seating.keeps_plans_of(seat_of("teacher", world=twin), group)
    assert Role.TEACHER in seat_of("teacher").seat.roles


# Making one, and moving in it.


def test_two_pupils_change_places_and_it_is_undone(plan: SeatingPlan, college: World, seat_of: Any) -> None:
    teacher, before = seat_of("teacher"), places(plan)
    first, second = list(before)[:2]
    assert place(teacher, plan, Person(pk=first), before[second])
    after = places(plan)
    assert (after[first], after[second]) == (before[second], before[first])
    assert not place(teacher, plan, Person(pk=first), before[second]), "the same click writes nothing"
    assert undo(teacher, plan, 2)
    assert places(plan) == before
    verbs = set(Line.objects.filter(verb__startswith="attendance.plan").values_list("verb", flat=True))
    assert verbs == {"attendance.plan_made", "attendance.plan_changed", "attendance.plan_undone"}


def test_undoing_twice_by_one_click_undoes_once(plan: SeatingPlan, seat_of: Any) -> None:
    teacher = seat_of("teacher")
    fill(teacher, plan, seating.SPACED, 1)
    assert undo(teacher, plan, 2)
    with pytest.raises(ChangedMeanwhile):
        undo(teacher, plan, 2)
    assert len(places(plan)) == len(learners(plan.group_id, TODAY))


def test_a_colleague_who_changed_it_meanwhile_is_not_undone(plan: SeatingPlan, seat_of: Any) -> None:
    fill(seat_of("cpe"), plan, "vider", 1)
    for gesture in (
        undo,
        lambda *given: fill(given[0], given[1], seating.RANDOM, given[2]),
    ):
        with pytest.raises(ChangedMeanwhile):
            gesture(seat_of("teacher"), plan, 1)
    assert places(plan) == {}


def test_only_the_last_steps_are_kept(plan: SeatingPlan, college: World, seat_of: Any) -> None:
    teacher, pupil = seat_of("teacher"), college.people["pupil"]
    for number in range(25):
        place(teacher, plan, pupil, None if number % 2 else (8, 4))
    assert SeatingStep.objects.filter(plan=plan).count() == 20
    assert undo(teacher, plan, SeatingPlan.objects.get(pk=plan.pk).revision)


def test_whoever_leaves_frees_a_place_and_whoever_comes_waits_for_one(
    plan: SeatingPlan, group: Group, college: World, seat_of: Any
) -> None:
    teacher, pupil = seat_of("teacher"), college.people["pupil"]
    spot = places(plan)[pupil.pk]
    Enrolment.objects.filter(group=group, pupil=pupil).update(ends=TODAY)
    newcomer = Person.objects.create(family_name="Nouvelle", given_name="Zoé")
    Enrolment.objects.create(group=group, pupil=newcomer, school=college.school, starts=TODAY)
    board = board_of(teacher, plan)
    assert [one.pupil_id for one in board.unplaced] == [newcomer.pk]
    assert all(sitter.pupil_id != pupil.pk for sitter in board.sitters)
    assert place(teacher, plan, newcomer, spot)
    assert places(plan)[newcomer.pk] == spot
    assert not Seat.objects.filter(plan=plan, pupil=pupil).exists()


def test_a_place_that_is_taken_away_leaves_its_pupil_without_one(
    plan: SeatingPlan, college: World, lesson: Lesson, seat_of: Any
) -> None:
    teacher, pupil = seat_of("teacher"), college.people["pupil"]
    gap = places(plan)[pupil.pk]
    shape = Shape(lesson.room, "Îlots", 8, 4, [gap, (9, 9)], [2, 4])  # type: ignore[list-item]
    assert reshape(teacher, plan, shape, [pupil.pk])
    now = SeatingPlan.objects.get(pk=plan.pk)
    assert (now.gaps, now.aisles, now.name) == ([list(gap)], [2], "Îlots")
    assert pupil.pk not in places(plan)
    fill(teacher, now, seating.ALPHABETICAL, now.revision)
    assert places(plan)[pupil.pk] == next(iter(now.spots())), "wanted in front"
    assert not reshape(teacher, now, shape, [pupil.pk]), "the same again is nothing"


def test_two_plans_of_one_room_have_two_names(
    plan: SeatingPlan, group: Group, lesson: Lesson, seat_of: Any
) -> None:
    teacher = seat_of("teacher")
    same, made = create_plan(teacher, group, Shape(room=lesson.room))
    assert (same.pk, made) == (plan.pk, False)
    other, made = create_plan(teacher, group, Shape(room=lesson.room, name="Contrôle"), plan)
    assert made
    assert places(other) == places(plan), "the same class keeps its places"
    with pytest.raises(NameTaken):
        reshape(teacher, other, Shape(room=lesson.room, rows=8, columns=4), [])
    other.refresh_from_db()
    assert other.name == "Contrôle"


def test_another_class_takes_the_places_and_not_the_pupils(
    plan: SeatingPlan, group: Group, college: World, seat_of: Any
) -> None:
    other = Group.objects.filter(year=college.year).exclude(pk=group.pk)[0]
    copy, _made = create_plan(seat_of("head"), other, Shape(room=None), plan)
    assert (copy.rows, copy.columns) == (8, 4)
    shared = set(learners(other.pk, TODAY))
    assert set(places(copy)) == set(places(plan)) & shared


def test_a_plan_ends_with_its_year_and_forgets_whoever_is_erased(
    plan: SeatingPlan, college: World, clock: Any
) -> None:
    pupil = college.people["pupil"]
    assert forget_seats(pupil.pk) == 1
    SeatingStep.objects.update(
        before={"rows": 8, "columns": 4, "gaps": [], "aisles": [], "seats": [[pupil.pk, 1, 1, False]]}
    )
    assert forget_steps(pupil.pk) == SeatingStep.objects.count() > 0
    assert all(step.before["seats"] == [] for step in SeatingStep.objects.all())
    assert tasks.forget_old_plans.call() == 0
    clock.move_to(NOW.replace(year=2028))
    assert tasks.forget_old_plans.call() == 1


# Its pages.


def page_of(plan: SeatingPlan, name: str = "plan") -> str:
    return reverse(f"attendance:{name}", kwargs={"pk": plan.pk})


def test_a_teacher_makes_a_plan_from_the_page_of_the_class(
    college: World, client: SchoolClient, lesson: Lesson, group: Group
) -> None:
    client.sit(college.people["teacher"])
    assert (
        reverse("attendance:plans", kwargs={"pk": group.pk})
        in client.get(reverse("directory:group", kwargs={"pk": group.pk})).content.decode()
    )
    sent = {"room": lesson.room_id, "name": "Îlots", "rows": 6, "columns": 6}
    address = reverse("attendance:plans", kwargs={"pk": group.pk})
    page = client.post(address, sent, follow=True).content.decode()
    plan = SeatingPlan.objects.get()
    assert "élèves sans place" in page
    pupil = college.people["pupil"]
    page = client.post(
        page_of(plan), {"eleve": pupil.public_id, "place": "2-3"}, follow=True
    ).content.decode()
    assert places(plan) == {pupil.pk: (2, 3)}
    client.post(page_of(plan), {"eleve": pupil.public_id, "vers": "sans"})
    assert places(plan) == {}
    assert client.post(page_of(plan), {"eleve": pupil.public_id, "place": "9-9"}).status_code == 422
    assert client.post(page_of(plan), {"place": "1-1"}).status_code == 422
    assert "voici" in client.post(address, sent, follow=True).content.decode()
    assert client.post(address, {**sent, "rows": 99}).status_code == 422


def test_a_pupil_of_another_class_or_school_is_not_placed(
    plan: SeatingPlan, college: World, twin: World, client: SchoolClient
) -> None:
    client.sit(college.people["teacher"])
    here = set(learners(plan.group_id, TODAY))
    stranger = Enrolment.objects.filter(school=college.school).exclude(pupil__in=here)[0].pupil
    for one in (stranger, twin.people["pupil"], college.people["head"]):
        page = client.post(page_of(plan), {"eleve": one.public_id, "place": "8-4"})
        assert page.status_code == 422
        assert one.family_name not in page.content.decode() or one == college.people["head"]
    assert set(places(plan)) <= here
    rooms = Room.objects.filter(school=twin.school)
    sent = {"room": rooms[0].pk, "name": "", "rows": 8, "columns": 4}
    assert client.post(page_of(plan, "plan_settings"), sent).status_code == 422


def test_adjustments_are_for_those_who_may_know_and_never_on_paper(
    plan: SeatingPlan, college: World, client: SchoolClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    Arrangement.objects.all().delete()
    Arrangement.objects.create(
        school=college.school,
        pupil=college.people["pupil"],
        kind=Arrangement.Kind.ADJUSTMENT,
        words="Placée devant, mot rare",
        first_day=TODAY,
        said_by=college.people["head"],
        said_at=NOW,
    )
    client.sit(college.people["teacher"])
    assert "mot rare" in client.get(page_of(plan)).content.decode()
    monkeypatch.setattr("preau.foundation.pdf.is_possible", lambda: True)
    drawn: list[str] = []
    monkeypatch.setattr("preau.foundation.pdf.made", lambda page, style: drawn.append(page) or b"%PDF-")
    assert client.get(page_of(plan, "plan_pdf")).status_code == 200
    assert "mot rare" not in drawn[0]
    assert college.people["pupil"].family_name.upper() in drawn[0]
    # A replacement teaches the class today without being in charge of it: whoever sees no adjustment reads none here.
    Assignment.objects.filter(teacher=college.people["teacher"]).delete()
    assert "mot rare" not in client.get(page_of(plan)).content.decode()


def test_gestures_on_the_whole_plan(plan: SeatingPlan, college: World, client: SchoolClient) -> None:
    client.sit(college.people["teacher"])
    page = client.post(page_of(plan, "plan_gesture"), {"geste": "vider", "revision": 1}, follow=True)
    assert places(plan) == {}
    page = client.post(page_of(plan, "plan_gesture"), {"geste": "hasard", "revision": 1}, follow=True)
    assert "Le plan a changé entre-temps" in page.content.decode()
    client.post(page_of(plan, "plan_gesture"), {"geste": "annuler", "revision": 2})
    assert places(plan)
    page = client.post(page_of(plan, "plan_gesture"), {"geste": "alphabetique", "revision": 3}, follow=True)
    assert "Rien à changer" in page.content.decode()
    assert client.post(page_of(plan, "plan_gesture"), {"geste": "?", "revision": 3}).status_code == 422
    page = client.post(page_of(plan, "remove_plan"), follow=True).content.decode()
    assert "Le plan est supprimé." in page
    assert "C’était déjà fait." in client.post(page_of(plan, "remove_plan"), follow=True).content.decode()


# The roll.


def roll_of(lesson: Lesson) -> str:
    return reverse("attendance:roll", kwargs={"pk": lesson.pk})


def as_plan(client: SchoolClient, lesson: Lesson, forme: str = "plan") -> str:
    address = reverse("attendance:roll_layout", kwargs={"pk": lesson.pk})
    return client.post(address, {"forme": forme}, follow=True).content.decode()


def test_the_roll_is_a_plan_for_whoever_asked_once(
    plan: SeatingPlan, lesson: Lesson, college: World, client: SchoolClient
) -> None:
    client.sit(college.people["teacher"])
    assert "roll-plan" not in client.get(roll_of(lesson)).content.decode()
    page = as_plan(client, lesson)
    assert 'class="roll roll-plan"' in page
    row, column = places(plan)[college.people["pupil"].pk]
    assert f"at-r{row} at-c{column}" in page
    account = Account.objects.get(person=college.people["teacher"])
    assert account.preferences == {"roll": "plan"}
    assert "data-roll=" not in page.split(">")[1], "how the page itself is read does not change"
    # How one reads, settled elsewhere, keeps it.
    client.post(
        reverse("identity:reading"),
        {
            "text": "115",
            "spacing": "normal",
            "font": "hyperlegible",
            "color-scheme": "auto",
            "contrast": "auto",
            "motion": "auto",
            "simple": "off",
        },
    )
    account.refresh_from_db()
    assert account.preferences == {"roll": "plan", "text": "115"}
    assert "roll-plan" not in as_plan(client, lesson, "list")
    assert "roll-plan" not in as_plan(client, lesson, "?")


def test_a_roll_on_a_plan_is_the_same_form(
    plan: SeatingPlan, lesson: Lesson, college: World, client: SchoolClient
) -> None:
    client.sit(college.people["teacher"])
    sent = {row.pupil_id: row.list_name for row in registers.register_of(lesson)}
    page = as_plan(client, lesson)
    for pupil in sent:
        assert page.count(f'name="seen-{pupil}"') == page.count(f'name="minutes-{pupil}"') == 1
        assert page.count(f'name="status-{pupil}"') == 3
    # Row by row, as the eye goes.
    seated = sorted(places(plan).items(), key=lambda one: one[1])
    where = [page.index(f'id="eleve-{pupil}"') for pupil, _spot in seated]
    assert where == sorted(where)
    data = {f"status-{pupil}": "present" for pupil in sent} | {f"seen-{pupil}": "present" for pupil in sent}
    absent = college.people["pupil"].pk
    assert (
        "L’appel est enregistré"
        in client.post(roll_of(lesson), data | {f"status-{absent}": "absent"}, follow=True).content.decode()
    )
    assert Entry.objects.get(lesson=lesson).pupil_id == absent


def test_whoever_has_no_place_is_called_under_the_plan(
    plan: SeatingPlan, lesson: Lesson, college: World, client: SchoolClient, seat_of: Any
) -> None:
    pupil = college.people["pupil"]
    place(seat_of("teacher"), plan, pupil, None)
    page = as_plan(client.sit(college.people["teacher"]), lesson)
    assert "Sans place" in page
    assert page.index("Sans place") < page.index(f'id="eleve-{pupil.pk}"')


def test_the_plan_of_the_room_comes_first_and_another_may_be_asked_for(
    plan: SeatingPlan, lesson: Lesson, group: Group, college: World, client: SchoolClient, seat_of: Any
) -> None:
    teacher = seat_of("teacher")
    elsewhere = Room.objects.create(school=college.school, name="Labo")
    anywhere, _made = create_plan(teacher, group, Shape(name="Partout"), plan)
    labo, _made = create_plan(teacher, group, Shape(room=elsewhere), plan)
    assert [layout.pk for layout in layouts_for(teacher, lesson)] == [plan.pk, anywhere.pk, labo.pk]
    client.sit(college.people["teacher"])
    as_plan(client, lesson)
    assert "Plan Labo" in client.get(f"{roll_of(lesson)}?plan={labo.pk}").content.decode().replace(
        "\u202f", " "
    ).replace("\xa0", " ")
    assert "Plan Labo" not in client.get(f"{roll_of(lesson)}?plan=9999").content.decode().replace(
        "\u202f", " "
    )


def test_a_plan_costs_the_roll_one_query_and_only_when_it_is_used(
    plan: SeatingPlan, lesson: Lesson, college: World, client: SchoolClient
) -> None:
    client.sit(college.people["teacher"])
    client.get(roll_of(lesson))
    page, as_list = counted(client, roll_of(lesson))
    assert page.status_code == 200
    as_plan(client, lesson)
    page, on_plan = counted(client, roll_of(lesson))
    assert "roll-plan" in page.content.decode()
    assert on_plan == as_list + 1
    assert len(page.content) <= 60_000


def test_an_empty_plan_is_told_and_the_list_stays(
    plan: SeatingPlan, lesson: Lesson, college: World, client: SchoolClient, seat_of: Any
) -> None:
    fill(seat_of("teacher"), plan, "vider", 1)
    page = as_plan(client.sit(college.people["teacher"]), lesson)
    assert "Aucun élève de ce cours n’est placé" in page
    assert "roll-plan" not in page
