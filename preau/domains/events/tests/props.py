"""Objects of events for the tests of pages: one of the cast's own, or many more."""

from datetime import timedelta
from typing import Any

from conftest import NOW
from preau.directory.models import Person
from preau.directory.seeds.world import World
from preau.directory.tests.props import own_class
from preau.domains.events.models import Event, EventStep, Invitation


def own_event(college: World) -> Event:
    """A meeting of the class of the cast's pupil and of its families, in a week."""
    known = Event.objects.filter(school=college.school, title="Rencontre de la classe").first()
    if known is None:
        known = an_event(college, "Rencontre de la classe", 7, audience="groups", asks_answer=True)
        known.groups.set([own_class(college)])
    return known


def an_event(college: World, title: str, days: int, **fields: Any) -> Event:
    starts = NOW + timedelta(days=days)
    event: Event = Event.objects.create(
        school=college.school,
        kind="meeting",
        title=title,
        search_title=title.lower(),
        first_day=starts.date(),
        last_day=starts.date(),
        starts=starts,
        ends=starts + timedelta(hours=1),
        state="published",
        with_families=True,
        created_by=college.people["head"],
        created_at=NOW,
        published_at=NOW,
        **fields,
    )
    return event


def many_events(college: World, count: int) -> None:
    """`count` events more for everybody, tomorrow."""
    for _ in range(count):
        an_event(college, f"Rencontre {Event.objects.count()}", 1, audience="everyone")


def many_who_answer(college: World, count: int) -> None:
    """`count` people more who said that they come, and steps of the same event."""
    event = own_event(college)
    for _ in range(count):
        person = Person.objects.create(family_name=f"Venant {Person.objects.count()}", given_name="Ana")
        Invitation.objects.create(
            school=college.school, event=event, person=person, answer="yes", answered_at=NOW
        )
        EventStep.objects.create(
            school=college.school, event=event, gesture="changed", by=college.people["head"], at=NOW
        )
