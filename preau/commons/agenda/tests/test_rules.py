"""Who has an agenda, how far its feed goes, and how often it is read."""

from datetime import timedelta
from typing import Any

from django.test import Client

from conftest import NOW
from preau.commons.agenda import actions, rules
from preau.commons.agenda.queries import entries_for_feed
from preau.directory.models import Closure
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.foundation.models import RateWindow

TODAY = NOW.date()


def test_whoever_works_or_learns_in_a_school_has_an_agenda(holder: Any, seat_of: Any) -> None:
    assert {role for role in Role if rules.has_agenda(holder(role))} == set(Role) - {
        Role.AGENT,
        Role.OPERATOR,
    }
    assert rules.has_agenda(seat_of("guardian"))


def test_a_feed_goes_four_weeks_back_and_half_a_year_ahead(college: World, seat_of: Any) -> None:
    Closure.objects.filter(school=college.school).delete()
    for day in (-29, -28, 182, 183):
        when = TODAY + timedelta(days=day)
        Closure.objects.create(school=college.school, name=f"Jour {day}", starts=when, ends=when)
    titles = {entry.title for entry in entries_for_feed(seat_of("head")) if entry.uid.startswith("fermeture")}
    assert titles == {"Jour -28", "Jour 182"}


def test_a_calendar_that_never_stops_is_slowed_down(seat_of: Any) -> None:
    """Forty readings an hour are answered; the next is not."""
    address = f"/agenda/agenda.ics?cle={actions.open_feed(seat_of('pupil'), seen=0)}"
    reader = Client()
    assert reader.get(address).status_code == 200
    RateWindow.objects.update(count=39)
    assert reader.get(address).status_code == 200
    refused = reader.get(address)
    assert (refused.status_code, refused["Retry-After"], refused.content) == (429, "3600", b"")
