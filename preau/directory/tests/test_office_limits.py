"""What the office may not do: accounts of other schools, other schools' children, what a judge decided, its own family."""

from datetime import timedelta
from typing import Any

import pytest

from conftest import NOW, SchoolClient
from preau.directory.models import ContactRequest, Guardianship, Holding
from preau.directory.rules import office as rules
from preau.directory.seeds.world import World
from preau.directory.words import Authority, Role

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


# Whose e-mail it may change


def test_the_account_of_whoever_works_elsewhere_is_no_business_of_this_school(
    college: World, twin: World, client: SchoolClient, seat_of: Any
) -> None:
    stranger = twin.people["teacher"]
    Guardianship.objects.create(pupil=college.people["pupil"], guardian=stranger, authority=Authority.LEGAL)
    asked = ContactRequest.objects.create(
        school=college.school, person=stranger, field="email", value="pris@example.org", asked_at=NOW
    )
    for who in ("secretary", "head"):
        client.sit(college.people[who])
        address = f"/annuaire/personnes/{stranger.public_id}/corriger/"
        assert client.get(address).status_code == 403
        assert client.post(f"/annuaire/demandes/{asked.pk}/", {"choix": "accepter"}).status_code in {403, 404}
    stranger.refresh_from_db()
    assert stranger.email != "pris@example.org"
    # Whoever works here too is of this school as well, until they hold what opens doors in the other one.
    Holding.objects.create(person=stranger, school=college.school, role=Role.TEACHER)
    assert rules.corrects(seat_of("secretary"), stranger)
    Holding.objects.create(person=stranger, school=twin.school, role=Role.SECRETARY)
    assert not rules.corrects(seat_of("head"), stranger)


def test_whoever_will_work_here_is_still_of_the_school_where_they_work_today(
    college: World, twin: World, seat_of: Any
) -> None:
    stranger, later = twin.people["teacher"], TODAY + timedelta(days=30)
    Holding.objects.create(person=stranger, school=college.school, role=Role.TEACHER, starts=later)
    assert not rules.corrects(seat_of("head"), stranger)
    assert rules.corrects(seat_of("secretary"), college.people["guardian"])


def test_whoever_was_given_something_is_corrected_by_the_head_who_gave_it(
    college: World, twin: World, seat_of: Any
) -> None:
    teacher = college.people["teacher"]
    assert rules.corrects(seat_of("secretary"), teacher)
    given = {"directory": {"until": str(TODAY + timedelta(days=9)), "by": college.people["head"].pk}}
    Holding.objects.filter(person=teacher, school=college.school).update(scope=given)
    assert not rules.corrects(seat_of("secretary"), teacher)
    assert rules.corrects(seat_of("head"), teacher)
    Holding.objects.create(person=teacher, school=twin.school, role=Role.TEACHER, scope=given)
    assert not rules.corrects(seat_of("head"), teacher)
