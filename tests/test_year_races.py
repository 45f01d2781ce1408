"""Two people who switch a school, or place a class, at the same moment."""

from datetime import date, datetime
from functools import partial
from typing import Any

import pytest

from conftest import NOW
from preau.commons.journal.models import Line
from preau.directory.actions import switching, years
from preau.directory.actions.years import Choice
from preau.directory.models import Enrolment, Group, Person, Placement, SchoolYear, YearPlan
from preau.directory.seeds.world import World
from tests.test_races import college, seat, together

__all__ = ["college"]
pytestmark = pytest.mark.django_db(transaction=True)
NEXT = {"name": "2027-2028", "starts": date(2027, 9, 1), "ends": date(2028, 7, 4)}
SEPTEMBER = datetime(2027, 8, 30, 9, 0, tzinfo=NOW.tzinfo)


def test_two_people_who_begin_and_switch_at_once_open_one_year(college: World, clock: Any) -> None:
    head, secretary = seat(college, "head"), seat(college, "secretary")
    begun = together(*(partial(years.begin, one, **NEXT) for one in (head, secretary)))
    plan = YearPlan.objects.get()
    assert begun == [plan, plan]
    for group in Group.objects.classes().filter(year=college.year):
        years.place_rest(head, group, Choice(f"moves-{plan.classes.order_by('pk')[0].pk}"))
    count = Placement.objects.count()
    clock.move_to(SEPTEMBER)
    switch = partial(switching.switch, plan, SEPTEMBER.date(), leave_undecided=False)
    assert sorted(together(partial(switch, head), partial(switch, secretary), partial(switch, None))) == [
        False,
        False,
        True,
    ]
    assert SchoolYear.objects.filter(school=college.school, name="2027-2028").count() == 1
    assert Enrolment.objects.filter(group__year__name="2027-2028").count() == count
    assert Line.objects.filter(verb="directory.year_switched").count() == 1


def test_of_two_who_place_one_pupil_at_once_one_is_told(college: World) -> None:
    head, secretary = seat(college, "head"), seat(college, "secretary")
    plan = years.begin(head, **NEXT)
    pupil = Person.objects.filter(enrolments__group__year=college.year).order_by("pk")[0]
    one, other = plan.classes.order_by("pk")[:2]
    given = together(
        partial(years.place, head, {pupil.pk: Choice(f"moves-{one.pk}")}, {pupil.pk: ""}),
        partial(years.place, secretary, {pupil.pk: Choice(f"repeats-{other.pk}")}, {pupil.pk: ""}),
    )
    lost = [answer for answer in given if isinstance(answer, years.ChangedSince)]
    assert len(lost) == 1 and given.count(1) == 1
    assert lost[0].now == {pupil.pk: Choice.of(Placement.objects.get()).value}
