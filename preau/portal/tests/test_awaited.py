"""« À répondre »: one list of what every house asks, in one statement, and of one's own children alone."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import SchoolClient
from preau.directory.actions import consents
from preau.directory.boards import purposes
from preau.directory.seeds.world import World
from preau.domains.events.models import Event
from preau.foundation.awaited import awaited_of

pytestmark = pytest.mark.django_db


def asked_to_come(world: World, by: str = "head") -> Event:
    """A meeting of the whole school of which the families say whether they come."""
    now = Event.objects.order_by("pk").first()
    assert now is not None
    starts = now.starts.replace(year=2026, month=12, day=3)
    found: Event = Event.objects.create(
        school=world.school,
        kind="parents",
        title=world.named("Réunion des familles"),
        search_title="reunion des familles",
        first_day=starts.date(),
        last_day=starts.date(),
        starts=starts,
        ends=starts + timedelta(hours=2),
        audience="everyone",
        with_families=True,
        asks_answer=True,
        state="published",
        created_by=world.people[by],
        created_at=starts,
        published_at=starts,
    )
    return found


def test_every_house_is_read_in_one_statement(
    college: World, twin: World, seat_of: Any, django_assert_num_queries: Any
) -> None:
    asked_to_come(college)
    asked_to_come(twin)
    purpose = purposes.named("image")
    assert purpose is not None
    consents.ask(seat_of("head"), purpose, words="Le site du collège.")
    viewer = seat_of("guardian", "guardian")
    with django_assert_num_queries(1):
        found = awaited_of(viewer)
    said = {one.title for one in found}
    assert {"Réunion des familles", "1 autorisation à donner"} <= said
    assert not any(
        "Réunion" in title and title != "Réunion des familles" and "parents" not in title for title in said
    )


def test_what_is_answered_is_awaited_no_more(college: World, client: SchoolClient, seat_of: Any) -> None:
    event = asked_to_come(college)
    client.sit(college.people["guardian"])
    page = reverse("portal:to_answer")
    assert "Réunion des familles" in client.get(page).content.decode()
    client.post(reverse("events:answer", kwargs={"pk": event.pk}), {"answer": "yes"})
    assert "Réunion des familles" not in client.get(page).content.decode()


def test_the_staff_has_no_such_page(college: World, client: SchoolClient) -> None:
    assert client.sit(college.people["teacher"]).get(reverse("portal:to_answer")).status_code == 403
