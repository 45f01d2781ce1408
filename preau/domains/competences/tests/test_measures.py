"""Figures of use: how much, in one school, between two days; a number and nothing else."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection

from conftest import NOW
from preau.commons.files.models import StoredFile
from preau.directory.seeds.world import World
from preau.domains.competences.actions import levels
from preau.domains.competences.models import Balance, Level, SelfLevel, Sheet
from preau.domains.competences.rules.typing import Typed
from preau.domains.competences.tests.scene import (
    class_of,
    column_of,
    competences_of,
    period_of,
    published,
)
from preau.foundation import boards
from tests.statements import Statements

pytestmark = pytest.mark.django_db
TODAY, NEVER = NOW.date(), date(2020, 1, 1)


def counted(school_id: int, first: date, last: date) -> dict[str, int]:
    return {
        one.name.removeprefix("competences."): one.count(school_id, first, last)
        for one in boards.measures
        if one.name.startswith("competences.")
    }


@pytest.fixture
def used(college: World, seat_of: Any) -> World:
    """Yesterday two levels and a code; today one observation, proved, one answer of a pupil, one balance."""
    teacher, pupil = seat_of("teacher"), college.people["pupil"]
    Sheet.objects.filter(school=college.school).delete()
    one = published(college, teacher, pupil, "4", "1", "a")
    seen = levels.Seen(pupil, competences_of(college)[0], Typed(value=3))
    level = levels.observe(teacher, class_of(college), period_of(college), seen)
    file = StoredFile.objects.create(
        school=college.school, name="saut.jpg", kind="image/jpeg", size=1, digest="0" * 64, kept_at=NOW
    )
    Level.objects.filter(pk=level.pk).update(proof=file)
    SelfLevel.objects.create(column=column_of(one), pupil=pupil, value=2, at=NOW)
    Balance.objects.create(
        school=college.school,
        year=college.year,
        pupil=pupil,
        cycle=4,
        component="CPD_FRA",
        level=3,
        by=pupil,
        at=NOW,
    )
    return college


def test_each_says_how_much_between_two_days(used: World) -> None:
    yesterday = TODAY - timedelta(days=1)
    counts = {"proved_levels": 1, "groups": 1, "self_levels": 1, "balances": 1, "observed_levels": 1}
    assert counted(used.school.pk, yesterday, TODAY) == counts | {"levels": 3}
    assert counted(used.school.pk, TODAY, TODAY) == counts | {"levels": 1}
    assert set(counted(used.school.pk, NEVER, NEVER).values()) == {0}


def test_another_school_counts_its_own(used: World, twin: World) -> None:
    Sheet.objects.filter(school=twin.school).delete()
    assert set(counted(twin.school.pk, NEVER, TODAY).values()) == {0}


def test_each_is_one_statement_and_a_number(used: World) -> None:
    for one in boards.measures:
        with Statements(connection) as asked:
            assert type(one.count(used.school.pk, TODAY, TODAY)) is int
        assert asked.count == 1, one.name
