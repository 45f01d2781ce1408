"""Whose data a person may read as their own."""

from datetime import timedelta
from typing import Any

import pytest

from preau.commons.privacy import rules
from preau.directory.models import Guardianship
from preau.directory.seeds.world import World
from preau.directory.words import Authority, Role


def test_everyone_has_data(holder: Any) -> None:
    assert all(rules.has_data(holder(role)) for role in Role)


def test_a_parent_answers_for_their_own_children_and_no_other(college: World, seat_of: Any) -> None:
    assert rules.children_of(seat_of("guardian")) == [college.people["pupil"]]
    for key in ("pupil", "teacher", "head"):
        assert rules.children_of(seat_of(key)) == [], key


@pytest.mark.parametrize("authority", sorted(set(Authority) - {Authority.LEGAL}))
def test_whoever_does_not_answer_before_the_law_reads_nothing(
    college: World, seat_of: Any, authority: Authority
) -> None:
    guardian = seat_of("guardian")
    Guardianship.objects.filter(guardian=college.people["guardian"]).update(authority=authority)
    assert rules.children_of(guardian) == []


def test_from_the_day_of_eighteen_a_pupil_asks_for_themselves(college: World, seat_of: Any) -> None:
    pupil = college.people["pupil"]
    birthday = college.today.replace(year=college.today.year - 18)
    for born, children in [
        (birthday, []),
        (birthday + timedelta(days=1), [pupil]),
        # Born today: not yet one year old, and a child all the same.
        (college.today, [pupil]),
        # An unknown age may be eighteen.
        (None, []),
    ]:
        pupil.birth_date = born
        pupil.save()
        assert rules.children_of(seat_of("guardian")) == children, born
