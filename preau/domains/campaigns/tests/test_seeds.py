"""The accounts of the demonstration tell the story of a year under way."""

from dataclasses import replace
from typing import Any

import pytest

from preau.directory.models import Guardianship, Holding, Person
from preau.directory.seeds.world import World
from preau.directory.words import Authority, Role
from preau.domains.attendance.models import Explanation
from preau.domains.campaigns import seeds
from preau.identity.models import Account

pytestmark = pytest.mark.django_db


def opened(college: World) -> set[int]:
    """Whose accounts the share opens."""
    before = set(Account.objects.values_list("pk", flat=True))
    seeds.open_the_others(replace(college, imported=True))
    return set(Account.objects.exclude(pk__in=before).values_list("person_id", flat=True))


def families_of(college: World) -> list[int]:
    """The guardians without an account, by name."""
    links = Guardianship.objects.filter(pupil__holdings__school=college.school, guardian__account=None)
    ordered = links.order_by("guardian__search_name", "guardian_id")
    return list(dict.fromkeys(ordered.values_list("guardian_id", flat=True)))


def test_those_who_did_something_here_have_an_account(college: World) -> None:
    families = families_of(college)
    # The third by name is left aside by the share; having explained an absence opens theirs.
    explanations = Explanation.objects.filter(school=college.school)
    assert explanations.exists()
    explanations.update(given_by=families[2])
    found = opened(college)
    assert families[2] in found
    teachers = Holding.objects.filter(school=college.school, role=Role.TEACHER)
    with_account = set(Account.objects.values_list("person_id", flat=True))
    assert set(teachers.values_list("person_id", flat=True)) <= with_account
    assert 0.6 < len(set(families) & found) / len(families) < 0.9


def test_the_login_of_a_visitor_stays_theirs(college: World) -> None:
    visitor = college.people["cpe"].account
    homonym = Person.objects.create(
        family_name=college.people["cpe"].family_name, given_name=college.people["cpe"].given_name
    )
    Guardianship.objects.create(pupil=college.people["pupil"], guardian=homonym, authority=Authority.LEGAL)
    Explanation.objects.filter(school=college.school).update(given_by=homonym)
    assert homonym.pk in opened(college)
    login = Account.objects.get(person=homonym).login
    assert login != visitor.login and login.startswith(visitor.login)
    visitor.refresh_from_db()
    assert visitor.login == Account.objects.get(person=college.people["cpe"]).login
    assert Account.objects.get(person=homonym).password == visitor.password


def test_nobody_is_opened_elsewhere(college: World, twin: World) -> None:
    there: Any = Holding.objects.filter(school=twin.school).values_list("person_id", flat=True)
    guardians = Guardianship.objects.filter(pupil__in=there).values_list("guardian_id", flat=True)
    assert not opened(college) & ({*there, *guardians})
    before = Account.objects.count()
    seeds.open_the_others(replace(college, imported=False))
    assert Account.objects.count() == before
