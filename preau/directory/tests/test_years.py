"""Next year prepared beside this one, switched in one transaction, and put back exactly as it was."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.utils import timezone

from conftest import NOW
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.directory import tasks
from preau.directory.actions import merging, switching, years
from preau.directory.actions.years import Choice
from preau.directory.models import (
    Assignment,
    Closure,
    Delivery,
    Enrolment,
    ExternalId,
    Group,
    Holding,
    Person,
    Placement,
    PlannedClass,
    School,
    SchoolYear,
    YearPlan,
)
from preau.directory.queries import years as reads
from preau.directory.rules.years import (
    changes_planned_class,
    comes_after,
    follower_of,
    is_last,
    letter_of,
    may_switch_on,
    may_undo_on,
    places_class,
    prepares_year,
    rank_of,
)
from preau.directory.seeds.world import World
from preau.directory.tests.aaf import deliver, eleve, etab, personnel
from preau.directory.tests.test_import_aaf import bring
from preau.directory.viewer import Viewer, viewer_for
from preau.directory.words import Role
from preau.identity.models import Account

__all__ = ["bring"]
pytestmark = pytest.mark.django_db
SEPTEMBER = datetime(2027, 8, 30, 9, 0, tzinfo=NOW.tzinfo)
DAY = SEPTEMBER.date()
NEXT = {"name": "2027-2028", "starts": date(2027, 9, 1), "ends": date(2028, 7, 4)}
# What a visit leaves, and the traces of the switch itself.
TRACES = {
    "journal.Line",
    "notifications.Item",
    "notifications.Dispatch",
    "notifications.Push",
    "sessions.Session",
    "identity.AccountSession",
    "django_tasks_database.DBTaskResult",
}


def every_row() -> dict[str, list[Any]]:
    models = [
        get_model
        for get_model in apps.get_models(include_auto_created=True)
        if get_model._meta.label not in TRACES
    ]
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in models}


def differing(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> set[str]:
    return {label for label, rows in before.items() if rows != after[label]}


def viewer_of(world: World, key: str = "secretary", at: datetime = NOW) -> Viewer:
    """Read anew: the school at hand may have changed of year."""
    person = Person.objects.get(pk=world.people[key].pk)
    viewer = viewer_for(person, Account.objects.get(person=person).pk, at)
    assert viewer is not None
    return viewer


@pytest.fixture
def plan(college: World) -> YearPlan:
    return years.begin(viewer_of(college), **NEXT)


def classes(plan: YearPlan) -> dict[str, PlannedClass]:
    return {school_class.name: school_class for school_class in plan.classes.all()}


def class_named(college: World, name: str) -> Group:
    return Group.objects.classes().get(year=college.year, name=name)


def pupils_of(group: Group) -> list[Person]:
    return list(Person.objects.filter(enrolments__group=group).order_by("pk"))


def full(college: World, plan: YearPlan) -> None:
    """Everybody placed: up with their class, or out after the last level."""
    years.propose(viewer_of(college))
    for group in Group.objects.classes().filter(year=college.year):
        years.place_rest(viewer_of(college), group, Choice("leaves"))
    years.place_rest(viewer_of(college), None, Choice("leaves"))


# The order of levels


@pytest.mark.parametrize(
    ("level", "rank"),
    [
        ("6e", 9),
        ("6EME", 9),
        ("6ème", 9),
        ("3EME", 12),
        ("3e", 12),
        ("2NDE GENERALE", 13),
        ("2de", 13),
        ("1ère STMG", 14),
        ("TERMINALE", 15),
        ("Tle", 15),
        ("CM2", 8),
        ("CP", 4),
        ("PS", 1),
        ("CPGE", None),
        ("CE1-CE2", None),
        ("", None),
        ("ULIS", None),
    ],
)
def test_a_level_is_known_however_it_is_written(level: str, rank: int | None) -> None:
    assert rank_of(level) == rank


def test_levels_follow_each_other_and_the_last_one_leaves() -> None:
    assert comes_after("6e", "5EME") and comes_after("CM2", "6e")
    assert not comes_after("6e", "4e") and not comes_after("6e", "6e") and not comes_after("", "5e")
    assert is_last("3EME", "college") and is_last("CM2", "ecole") and is_last("TERMINALE", "lycee")
    assert not is_last("3e", "lycee") and not is_last("", "college") and not is_last("3e", "other")


def test_a_class_follows_the_one_of_the_same_letter_or_the_only_one() -> None:
    def of(name: str, level: str) -> PlannedClass:
        return PlannedClass(name=name, level=level)

    here = of("6e A", "6e")
    five_a, five_b = of("5A", "5e"), of("5B", "5e")
    assert letter_of("6e A") == letter_of("5A") == letter_of("5ème A") == "a"
    assert follower_of(here, [five_b, five_a, of("6A", "6e")]) is five_a
    assert follower_of(here, [five_b]) is five_b
    assert follower_of(of("6C", "6e"), [five_a, five_b]) is None
    assert follower_of(of("Classe unique", ""), [five_a]) is None


# Prepared


def test_who_prepares_the_year(college: World, seat_of: Any) -> None:
    keys = ["head", "secretary", "cpe", "teacher", "pupil", "guardian"]
    assert [key for key in keys if prepares_year(seat_of(key))] == ["head", "secretary"]


def test_each_role_alone(college: World, plan: YearPlan, holder: Any) -> None:
    group, planned = Group.objects.classes().filter(year=college.year)[0], plan.classes.all()[0]
    for rule, about in [
        (prepares_year, None),
        (places_class, group),
        (changes_planned_class, planned),
    ]:
        assert {role for role in Role if rule(holder(role), about)} == {Role.HEAD, Role.SECRETARY}, rule
    head = holder(Role.HEAD)
    group.kind = Group.Kind.GROUP
    assert not places_class(head, group)
    YearPlan.objects.update(switched_at=timezone.now())
    group.kind = Group.Kind.CLASS
    assert not places_class(head, group)
    planned.plan.refresh_from_db()
    assert not changes_planned_class(head, planned)
    School.objects.filter(pk=college.school.pk).update(current_year=None)
    assert not prepares_year(holder(Role.HEAD))


def test_the_days_of_a_switch_and_of_the_way_back(plan: YearPlan) -> None:
    after, today = plan.ends + timedelta(days=1), date(2027, 8, 20)
    days = [date(2027, 7, 31), date(2027, 8, 1), date(2027, 8, 19), today, plan.ends, after]
    assert [may_switch_on(plan, day, date(2027, 6, 1)) for day in days] == [
        False,
        True,
        True,
        True,
        True,
        False,
    ]
    assert [may_switch_on(plan, day, today) for day in days] == [False, False, False, True, True, False]
    plan.starts = date(2027, 2, 15)
    assert plan.first_day == plan.starts
    assert not may_undo_on(plan, today)
    plan.switched_on = today
    assert [may_undo_on(plan, today + timedelta(days=count)) for count in (0, 15, 16)] == [
        True,
        True,
        False,
    ]


def test_days_are_those_of_the_published_calendar_where_there_is_one(college: World) -> None:
    proposal = reads.proposed_year(college.year)
    assert proposal == {"name": "2027-2028", "starts": date(2027, 9, 1), "ends": date(2028, 7, 3)}
    college.year.school.holiday_zone = ""
    assert reads.proposed_year(college.year)["ends"] == date(2028, 7, 4)
    south = SchoolYear(school=college.school, name="2028", starts=date(2028, 2, 14), ends=date(2028, 12, 16))
    assert reads.proposed_year(south)["starts"] == date(2029, 2, 14)
    leap = SchoolYear(school=college.school, name="2028", starts=date(2028, 2, 29), ends=date(2028, 12, 16))
    assert reads.proposed_year(leap)["starts"] == date(2029, 2, 28)


def test_the_year_opens_with_this_year_s_classes_and_moves_nothing(college: World, twin: World) -> None:
    before = every_row()
    plan = years.begin(viewer_of(college), **NEXT)
    assert differing(before, every_row()) == {"directory.YearPlan", "directory.PlannedClass"}
    assert set(classes(plan)) == {
        school_class.name for school_class in Group.objects.classes().filter(year=college.year)
    }
    assert {school_class.level for school_class in plan.classes.all()} == {
        school_class.level for school_class in Group.objects.classes().filter(year=college.year)
    }
    # The second of two clicks.
    assert years.begin(viewer_of(college, "head"), **NEXT) == plan
    assert YearPlan.objects.count() == 1
    assert Line.objects.filter(verb="directory.year_begun").count() == 1


def test_only_those_who_prepare_see_it(college: World, twin: World, plan: YearPlan, seat_of: Any) -> None:
    full(college, plan)
    for model in (YearPlan, PlannedClass, Placement):
        assert model.objects.exists()
        for key in ("head", "secretary"):
            assert model.objects.visible_to(seat_of(key)).exists(), (model, key)
        for key in ("cpe", "teacher", "pupil", "guardian", "other_guardian"):
            assert not model.objects.visible_to(seat_of(key)).exists(), (model, key)
        assert not model.objects.visible_to(seat_of("head", world=twin)).exists()


def test_nobody_sees_next_year_anywhere_before_the_switch(
    college: World, twin: World, plan: YearPlan, seat_of: Any
) -> None:
    keys = ["teacher", "cpe", "pupil", "guardian"]
    shown = [Group, Enrolment, Assignment, SchoolYear]
    before = {
        (key, one): list(one.objects.visible_to(seat_of(key)).order_by("pk")) for key in keys for one in shown
    }
    full(college, plan)
    for (key, one), rows in before.items():
        assert list(one.objects.visible_to(seat_of(key)).order_by("pk")) == rows


def test_a_whole_class_goes_up_and_exceptions_stay(college: World, plan: YearPlan) -> None:
    six = Group.objects.classes().filter(year=college.year, level="6e").order_by("name")[0]
    pupils, viewer = pupils_of(six), viewer_of(college)
    again = classes(plan)[six.name]
    assert years.place(viewer, {pupils[0].pk: Choice(f"repeats-{again.pk}")}, {pupils[0].pk: ""}) == 1
    five = plan.classes.filter(level="5e").order_by("name")[0]
    assert years.place_rest(viewer, six, Choice(f"moves-{five.pk}")) == len(pupils) - 1
    assert years.place_rest(viewer, six, Choice(f"moves-{five.pk}")) == 0
    found = dict(Placement.objects.filter(plan=plan).values_list("person_id", "outcome"))
    assert found[pupils[0].pk] == "repeats" and set(found.values()) == {"repeats", "moves"}
    line = Line.objects.filter(verb="directory.pupils_placed").latest("pk")
    assert line.details == {"pupils": len(pupils) - 1}


def test_whoever_is_in_no_class_is_placed_too(college: World, plan: YearPlan, clock: Any) -> None:
    pupil = Person.objects.create(family_name="Sansclasse", given_name="Ada")
    Holding.objects.create(person=pupil, role=Role.PUPIL, school=college.school, source="aaf")
    assert reads.without_class(plan, NOW.date()) == (1, 1)
    full(college, plan)
    years.place(
        viewer_of(college), {pupil.pk: Choice(f"moves-{plan.classes.all()[0].pk}")}, {pupil.pk: "leaves"}
    )
    assert reads.without_class(plan, NOW.date()) == (1, 0)
    clock.move_to(SEPTEMBER)
    switch(college, plan)
    enrolment = Enrolment.objects.active(DAY).get(pupil=pupil)
    assert enrolment.group.name == plan.classes.all()[0].name and enrolment.source == "aaf"


def test_two_people_do_not_write_over_each_other(college: World, plan: YearPlan) -> None:
    six = Group.objects.classes().filter(year=college.year, level="6e").order_by("name")[0]
    one, other = pupils_of(six)[:2]
    five, again = plan.classes.filter(level="5e")[0], classes(plan)[six.name]
    up, stays = Choice(f"moves-{five.pk}"), Choice(f"repeats-{again.pk}")
    years.place(viewer_of(college, "head"), {one.pk: up}, {one.pk: ""})
    with pytest.raises(years.ChangedSince) as lost:
        years.place(viewer_of(college), {one.pk: stays, other.pk: up}, {one.pk: "", other.pk: ""})
    assert lost.value.now == {one.pk: up.value}
    assert Placement.objects.get().outcome == "moves"
    # Both say the same: nothing is lost. Knowing it, one may change it.
    assert years.place(viewer_of(college), {one.pk: up}, {one.pk: ""}) == 0
    assert years.place(viewer_of(college), {one.pk: stays}, {one.pk: up.mark}) == 1
    assert years.place(viewer_of(college), {one.pk: Choice("")}, {one.pk: stays.mark}) == 1
    assert not Placement.objects.exists()


def test_a_class_taken_out_gives_its_pupils_back(college: World, plan: YearPlan) -> None:
    years.propose(viewer_of(college))
    five = plan.classes.filter(level="5e").order_by("name")[0]
    count = five.placements.count()
    undecided = reads.undecided_of(plan, NOW.date()).count()
    assert count
    years.remove_class(viewer_of(college), five)
    assert reads.undecided_of(plan, NOW.date()).count() == undecided + count
    assert Line.objects.filter(verb="directory.planned_class_removed", details={"pupils": count}).exists()


def test_classes_keep_their_names_apart(college: World, plan: YearPlan) -> None:
    viewer, (one, other) = viewer_of(college), plan.classes.order_by("name")[:2]
    with pytest.raises(years.NameTaken):
        years.save_class(viewer, one, name=other.name, level=one.level, team=None)
    with pytest.raises(years.NameTaken):
        years.save_class(viewer, None, name=other.name, level="autre", team=None)
    assert years.save_class(viewer, None, name="6 bleue", level="6e", team=None)
    assert not years.save_class(viewer, None, name="6 bleue", level="6e", team=None)
    assert years.save_class(viewer, one, name="6 verte", level="6e", team=None)
    assert not years.save_class(viewer, one, name="6 verte", level="6e", team=None)


def test_somebody_must_keep_the_directory(college: World, plan: YearPlan) -> None:
    people = [college.people["head"], college.people["secretary"]]
    with pytest.raises(years.LastKeeper):
        years.plan_staff(viewer_of(college), people, leave=True)
    assert years.plan_staff(viewer_of(college), people[:1], leave=True) == 1
    with pytest.raises(years.LastKeeper):
        years.plan_staff(viewer_of(college), people[1:], leave=True)
    assert years.plan_staff(viewer_of(college), people[:1], leave=False) == 1
    assert not Placement.objects.exists()


def test_figures_say_what_the_lists_hold(college: World, plan: YearPlan) -> None:
    today = NOW.date()
    every = reads.totals_of(plan, today)
    assert every.pupils == every.undecided > 0 and every.leaves == 0
    full(college, plan)
    to_decide = Placement.objects.filter(outcome="leaves").order_by("pk")[0].person
    years.place(viewer_of(college), {to_decide.pk: Choice("")}, {to_decide.pk: "leaves"})
    now = reads.totals_of(plan, today)
    assert now.moves + now.leaves + now.undecided == every.pupils and now.moves and now.leaves
    assert now.undecided == 1
    for show, count in zip(reads.Show, (now.undecided, now.moves, now.repeats, now.leaves), strict=True):
        assert reads.pupils_shown(plan, show, today).count() == count
    here, there = reads.counted_classes(plan, today), reads.planned_rows(plan, today)
    assert sum(row.undecided for row in reads.class_rows(plan, today, here)) == 1
    assert [row.pupils for row in reads.class_rows(plan, today, here)] == [one.pupils for one in here]
    rows = reads.level_rows(here, there)
    assert [row.level for row in rows] == ["6e", "5e"]
    assert sum(row.pupils for row in rows) == every.pupils
    assert [row.next_pupils for row in rows] == [0, now.moves]
    for target in plan.classes.all():
        shown = reads.pupils_shown(plan, reads.Show.MOVES, today, target).count()
        assert shown == next(row.pupils for row in there if row.pk == target.pk)


def test_teachers_without_a_class_are_those_whom_no_team_keeps(college: World, plan: YearPlan) -> None:
    today, teacher = NOW.date(), college.people["teacher"]
    assert teacher in reads.teachers_without_class(plan, today)
    years.plan_staff(viewer_of(college), [teacher], leave=True)
    assert list(reads.leaving_staff(plan, today)) == [teacher]
    staying = reads.teachers_without_class(plan, today)
    assert teacher not in staying and staying.exists()
    years.keep_teams(viewer_of(college))
    assert not reads.teachers_without_class(plan, today).exists()
    assert reads.functions_in(plan, [teacher], today)[teacher.pk].startswith("Enseign")


# Switched


@pytest.fixture
def september(college: World, plan: YearPlan, clock: Any) -> YearPlan:
    """Everything is decided, teams are kept, one teacher leaves; it is the end of August."""
    viewer = viewer_of(college)
    group = Group.objects.classes().filter(year=college.year, level="6e").order_by("name")[0]
    pupil = pupils_of(group)[0]
    years.place(viewer, {pupil.pk: Choice(f"repeats-{classes(plan)[group.name].pk}")}, {})
    full(college, plan)
    years.keep_teams(viewer)
    years.plan_staff(viewer, [college.people["teacher_2"]], leave=True)
    ExternalId.objects.create(source="aaf", authority="A", kind="class", value="1$6A", group=group)
    clock.move_to(SEPTEMBER)
    return plan


def switch(college: World, plan: YearPlan, **more: Any) -> bool:
    viewer = viewer_of(college, at=timezone.localtime())
    return switching.switch(plan, DAY, viewer, **({"leave_undecided": False} | more))


def test_the_switch_puts_everyone_where_it_was_said(college: World, twin: World, september: YearPlan) -> None:
    plan = september
    twins = [
        list(one.objects.filter(school=twin.school).order_by("pk").values()) for one in (Enrolment, Holding)
    ]
    class_by_pupil = dict(plan.placements.exclude(target=None).values_list("person_id", "target__name"))
    leaving = list(plan.placements.filter(outcome="leaves").values_list("person_id", flat=True))
    assert switch(college, plan)
    college.school.refresh_from_db()
    year = college.school.current_year
    assert (year.name, year.starts, year.ends) == tuple(NEXT.values())
    now = Enrolment.objects.active(DAY).filter(school=college.school)
    assert dict(now.values_list("pupil_id", "group__name")) == class_by_pupil
    assert {row.group.year for row in now} == {year} and set(now.values_list("starts", flat=True)) == {DAY}
    assert not Enrolment.objects.filter(group__year=college.year, ends=None).exists()
    assert not Holding.objects.active(DAY).filter(school=college.school, person__in=leaving).exists()
    assert not Holding.objects.active(DAY).filter(person=college.people["teacher_2"]).exists()
    taught = Assignment.objects.active(DAY).filter(school=college.school)
    assert taught.exists() and not taught.filter(teacher=college.people["teacher_2"]).exists()
    assert {row.group.year for row in taught} == {year}
    assert ExternalId.objects.get(value="1$6A").group.year == year
    assert Closure.objects.filter(school=college.school, starts__gte=year.starts).exists()
    # Their own school alone.
    assert twins == [
        list(one.objects.filter(school=twin.school).order_by("pk").values()) for one in (Enrolment, Holding)
    ]
    line = Line.objects.get(verb="directory.year_switched")
    assert line.details == {
        "classes": plan.classes.count(),
        "pupils": len(class_by_pupil),
        "departures": len(leaving) + 1,
    }
    people = set(Item.objects.filter(kind="directory.year_switched").values_list("person_id", flat=True))
    assert people == {college.people["head"].pk, college.people["secretary"].pk}
    # The second of two clicks.
    assert not switch(college, plan)
    assert Line.objects.filter(verb="directory.year_switched").count() == 1


def test_access_of_who_leaves_is_cut_that_day(college: World, september: YearPlan) -> None:
    leaver = september.placements.filter(outcome="leaves").order_by("pk")[0].person
    assert reads.last_switch(viewer_of(college, at=timezone.localtime())) is None
    account = Account.objects.get_or_create(person=leaver, defaults={"login": "leaver", "password": "!"})[0]
    assert viewer_for(leaver, account.pk, timezone.localtime()) is not None
    switch(college, september)
    assert viewer_for(leaver, account.pk, timezone.localtime()) is None


def test_the_way_back_restores_every_row(college: World, twin: World, september: YearPlan) -> None:
    before = every_row()
    switch(college, september)
    changed = differing(before, every_row())
    assert {"directory.Enrolment", "directory.Assignment", "directory.Holding", "directory.School"} <= changed
    september.refresh_from_db()
    viewer = viewer_of(college, at=timezone.localtime())
    assert switching.undo(viewer, september)
    after = every_row()
    for label in differing(before, after):
        assert before[label] == after[label], label
    # The second of two clicks; and it may be switched again.
    assert not switching.undo(viewer, september)
    assert Line.objects.filter(verb="directory.year_undone").count() == 1
    assert switch(college, september)


def why(viewer: Viewer, plan: YearPlan) -> str:
    before = every_row()
    with pytest.raises(switching.CannotUndo) as refusal:
        switching.undo(viewer, plan)
    assert every_row() == before
    return refusal.value.why


def test_the_way_back_closes(college: World, september: YearPlan, clock: Any) -> None:
    switch(college, september)
    september.refresh_from_db()
    viewer = viewer_of(college, at=timezone.localtime())
    # A period of the new year, then a lesson of one of its classes.
    period = college.school.periods.create(
        year=september.to_year, name="Trimestre 1", starts=DAY, ends=date(2027, 12, 1)
    )
    assert why(viewer, september) == "used"
    period.delete()
    group = Group.objects.filter(year=september.to_year)[0]
    pattern = apps.get_model("timetable.WeeklyPattern").objects.filter(school=college.school)[0]
    pattern.groups.add(group)
    assert why(viewer, september) == "used"
    pattern.groups.remove(group)
    late = Enrolment.objects.create(
        school=college.school, group=group, pupil=Person.objects.create(family_name="Neuf")
    )
    assert why(viewer, september) == "used"
    late.delete()
    delivery = Delivery.objects.create(
        school=college.school, state=Delivery.State.DONE, settled_at=timezone.now()
    )
    assert why(viewer, september) == "delivered"
    delivery.delete()
    again = YearPlan.objects.create(
        school=college.school,
        from_year=september.to_year,
        name="2028-2029",
        starts=date(2028, 9, 1),
        ends=date(2029, 7, 1),
        made_at=timezone.now(),
    )
    assert why(viewer, september) == "again"
    again.delete()
    clock.move_to(SEPTEMBER + timedelta(days=16))
    assert why(viewer_of(college, at=timezone.localtime()), september) == "late"
    clock.move_to(SEPTEMBER + timedelta(days=15))
    assert switching.undo(viewer_of(college, at=timezone.localtime()), september)


def test_it_is_refused_while_something_is_missing(college: World, plan: YearPlan, clock: Any) -> None:
    def refused(day: date, **more: Any) -> str:
        before = every_row()
        with pytest.raises(switching.NotReady) as refusal:
            switching.switch(plan, day, None, **({"leave_undecided": False} | more))
        assert every_row() == before
        return refusal.value.why

    assert refused(NOW.date()) == "early"
    assert refused(date(2027, 7, 31)) == "early"
    assert refused(date(2028, 7, 5)) == "early"
    assert refused(DAY) == "undecided"
    full(college, plan)
    for key in ("head", "secretary"):
        Placement.objects.create(
            plan=plan, person=college.people[key], outcome="staff_leaves", decided_at=timezone.now()
        )
    assert refused(DAY) == "keepers"
    plan.placements.of_staff().delete()
    college.school.current_year = None
    college.school.save()
    assert refused(DAY) == "year"
    college.school.current_year = college.year
    college.school.save()
    plan.classes.all().delete()
    assert refused(DAY) == "empty"


def test_pupils_to_decide_may_be_left_without_class(college: World, plan: YearPlan, clock: Any) -> None:
    clock.move_to(SEPTEMBER)
    count = reads.undecided_of(plan, DAY).count()
    assert switch(college, plan, leave_undecided=True)
    held = Holding.objects.active(DAY).filter(school=college.school, role=Role.PUPIL)
    assert held.count() >= count
    assert not Enrolment.objects.active(DAY).filter(school=college.school).exists()


def test_it_happens_by_itself_on_the_day_and_not_before(
    college: World, september: YearPlan, clock: Any
) -> None:
    years.choose_day(
        viewer_of(college, at=timezone.localtime()), DAY + timedelta(days=1), leave_undecided=False
    )
    assert tasks.follow_years.call()["switched"] == 0
    clock.move_to(SEPTEMBER + timedelta(days=1))
    assert tasks.follow_years.call()["switched"] == 1
    assert tasks.follow_years.call()["switched"] == 0
    september.refresh_from_db()
    assert september.switched_on == DAY + timedelta(days=1) and september.switch_on is None
    assert Line.objects.get(verb="directory.year_switched").actor is None


def test_it_is_called_off_when_somebody_is_to_decide(college: World, plan: YearPlan, clock: Any) -> None:
    years.choose_day(viewer_of(college), DAY, leave_undecided=False)
    clock.move_to(SEPTEMBER)
    assert tasks.follow_years.call() == {"switched": 0, "refused": 1, "forgotten": 0}
    plan.refresh_from_db()
    assert plan.switch_on is None and plan.switched_at is None
    assert Item.objects.filter(kind="directory.year_not_switched").count() == 2
    assert tasks.follow_years.call()["refused"] == 0


def test_after_fifteen_days_what_was_prepared_is_forgotten(
    college: World, september: YearPlan, clock: Any
) -> None:
    switch(college, september)
    clock.move_to(SEPTEMBER + timedelta(days=15))
    assert tasks.follow_years.call()["forgotten"] == 0
    clock.move_to(SEPTEMBER + timedelta(days=16))
    assert tasks.follow_years.call()["forgotten"] == 1
    september.refresh_from_db()
    assert september.before == {} and not Placement.objects.exists() and not september.classes.exists()
    assert tasks.follow_years.call()["forgotten"] == 0


def test_whoever_is_erased_is_nowhere_in_what_is_prepared(college: World, plan: YearPlan) -> None:
    full(college, plan)
    pupil = plan.placements.order_by("pk")[0].person
    assert years.forget_placements(pupil.pk) == 1
    assert not Placement.objects.filter(person=pupil).exists()


def test_two_rows_of_one_pupil_keep_one_placement_and_find_theirs_again(
    college: World, plan: YearPlan
) -> None:
    head = viewer_of(college, "head")
    rows = [
        Person.objects.create(family_name="Double", given_name="Ada", birth_date=date(2015, 1, 1))
        for _ in "ab"
    ]
    for row in rows:
        Holding.objects.create(person=row, role=Role.PUPIL, school=college.school)
    one, other = plan.classes.order_by("pk")[:2]
    for row, target in zip(rows, (one, other), strict=True):
        years.place(head, {row.pk: Choice(f"moves-{target.pk}")}, {})
    before = list(plan.placements.order_by("pk").values())
    done = merging.merge(head, *rows, merging.mark_of(*rows))
    assert [row.target for row in plan.placements.filter(person__in=rows)] == [one]
    merging.undo(head, done)
    assert list(plan.placements.order_by("pk").values()) == before


# Beside files


def cohort(labels: dict[str, str], levels: list[str]) -> list[str]:
    """A school of files: pupils by key, in classes."""
    pupils = [eleve(key, f"Nom{key}", f"Prénom{key}", label=label) for key, label in labels.items()]
    return [etab(ENTStructureClasses=levels), *pupils, personnel("900", ENTAuxEnsClasses=[])]


@pytest.fixture
def filled(bring: Any, tmp_path: Path, clock: Any) -> dict[str, Any]:
    """A collège that files alone have filled, prepared by its head, at the end of August."""
    levels = ["6A$6EME", "5A$5EME"]
    folder = deliver(tmp_path / "files", *cohort({"1": "6A", "2": "6A", "3": "5A"}, levels))
    bring(folder)
    school = ExternalId.objects.get(source="aaf", kind="structure").school
    head = Person.objects.create(family_name="Cheffe", given_name="Ada")
    Holding.objects.create(person=head, role=Role.HEAD, school=school)
    account = Account.objects.create(person=head, login="cheffe", password="!")

    def viewer() -> Viewer:
        found = viewer_for(Person.objects.get(pk=head.pk), account.pk, timezone.localtime())
        assert found is not None
        return found

    plan = years.begin(viewer(), **NEXT)
    years.save_class(viewer(), None, name="4A", level="4EME", team=None)
    years.propose(viewer())
    assert reads.undecided_of(plan, NOW.date()).count() == 0
    return {"school": school, "plan": plan, "viewer": viewer, "folder": tmp_path / "files", "bring": bring}


def classes_on(school: Any, day: date) -> dict[str, str]:
    rows = Enrolment.objects.active(day).filter(school=school)
    return dict(rows.values_list("pupil__family_name", "group__name"))


def test_a_file_after_the_switch_finds_its_classes_and_pupils(filled: dict[str, Any], clock: Any) -> None:
    school, plan = filled["school"], filled["plan"]
    clock.move_to(SEPTEMBER)
    switching.switch(plan, DAY, filled["viewer"](), leave_undecided=False)
    assert classes_on(school, DAY) == {"Nom1": "5A", "Nom2": "5A", "Nom3": "4A"}
    people, groups = Person.objects.count(), Group.objects.count()
    levels = ["6A$6EME", "5A$5EME", "4A$4EME"]
    # The second pupil goes to another class after all.
    records = cohort({"1": "5A", "2": "6A", "3": "4A"}, levels)
    folder = deliver(filled["folder"], *records, name="ENT_Complet_20270901_Tout_0000.xml")
    clock.move_to(SEPTEMBER + timedelta(days=3))
    filled["bring"](folder)
    assert (Person.objects.count(), Group.objects.count()) == (people, groups)
    assert classes_on(school, DAY + timedelta(days=3)) == {"Nom1": "5A", "Nom2": "6A", "Nom3": "4A"}
    school.refresh_from_db()
    assert school.current_year.name == "2027-2028" and SchoolYear.objects.filter(school=school).count() == 2
    plan.refresh_from_db()
    with pytest.raises(switching.CannotUndo) as refusal:
        switching.undo(filled["viewer"](), plan)
    assert refusal.value.why == "delivered"


def test_a_file_before_the_switch_leaves_what_is_prepared(filled: dict[str, Any], clock: Any) -> None:
    plan = filled["plan"]
    rows = [list(one.objects.order_by("pk").values()) for one in (YearPlan, PlannedClass, Placement)]
    # A pupil changes class, another arrives.
    records = cohort({"1": "5A", "2": "6A", "3": "5A", "4": "6A"}, ["6A$6EME", "5A$5EME"])
    clock.move_to(datetime(2027, 3, 1, 9, 0, tzinfo=NOW.tzinfo))
    filled["bring"](deliver(filled["folder"], *records, name="ENT_Complet_20270301_Tout_0000.xml"))
    assert rows == [list(one.objects.order_by("pk").values()) for one in (YearPlan, PlannedClass, Placement)]
    assert [row.family_name for row in reads.undecided_of(plan, date(2027, 3, 1))] == ["Nom4"]


def test_a_file_that_opens_the_year_first_has_the_last_word(filled: dict[str, Any], clock: Any) -> None:
    school, plan = filled["school"], filled["plan"]
    clock.move_to(datetime(2027, 8, 25, 9, 0, tzinfo=NOW.tzinfo))
    # The first pupil repeats, whatever was prepared; the third is still in the files of this year.
    records = cohort({"1": "6A", "2": "5A"}, ["6A$6EME", "5A$5EME"])
    filled["bring"](deliver(filled["folder"], *records, name="ENT_Complet_20270825_Tout_0000.xml"))
    school.refresh_from_db()
    assert school.current_year.name == "2027-2028"
    clock.move_to(SEPTEMBER)
    groups = Group.objects.filter(year=school.current_year).count()
    assert switching.switch(plan, DAY, filled["viewer"](), leave_undecided=True)
    assert classes_on(school, DAY) == {"Nom1": "6A", "Nom2": "5A"}
    assert Group.objects.filter(year=school.current_year).count() == groups + 1
    assert SchoolYear.objects.filter(school=school).count() == 2
