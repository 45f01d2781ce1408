"""« À répondre »: one list of what every house asks, in one statement, and of one's own children alone."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.directory.actions import consents
from preau.directory.boards import purposes
from preau.directory.seeds.world import World
from preau.domains.events.models import Event
from preau.domains.liaison.models import Answer
from preau.domains.liaison.tests.props import a_word
from preau.domains.paperwork.tests.props import a_collection, a_row, dossier_of, piece_of
from preau.domains.surveys.tests.props import a_survey
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
    titles = {one.title for one in found}
    assert {"Réunion des familles", "1 autorisation à donner"} <= titles
    assert not any(
        "Réunion" in title and title != "Réunion des familles" and "parents" not in title for title in titles
    )


def test_what_is_answered_is_awaited_no_more(college: World, client: SchoolClient, seat_of: Any) -> None:
    event = asked_to_come(college)
    client.sit(college.people["guardian"])
    page = reverse("portal:to_answer")
    assert "Réunion des familles" in client.get(page).content.decode()
    client.post(reverse("events:answer", kwargs={"pk": event.pk}), {"answer": "yes"})
    assert "Réunion des familles" not in client.get(page).content.decode()


def test_what_the_staff_is_asked_is_on_their_home_and_on_their_page(
    college: World, client: SchoolClient
) -> None:
    client.sit(college.people["teacher"])
    home, page = reverse("portal:home"), reverse("portal:to_answer")
    assert "On attend votre réponse" not in client.get(home).content.decode()
    assert "Rien n’attend votre réponse" in client.get(page).content.decode()
    # It does not hold all that there is to do, and does not say so.
    assert "Tout ce que" not in client.get(page).content.decode()
    survey = a_survey(college, "La salle des personnels", "head", audience="staff")
    for address in (home, page):
        content = client.get(address).content.decode()
        assert survey.title in content and "Répondre" in content
    assert "On attend votre réponse" in client.get(home).content.decode()
    # Who teaches no class that is asked reads nothing of it.
    assert survey.title not in client.sit(college.people["secretary"]).get(home).content.decode()


def test_a_head_reads_at_home_what_waits_in_the_school(
    college: World, twin: World, client: SchoolClient, seat_of: Any
) -> None:
    home = reverse("portal:home")
    client.sit(college.people["head"])
    for world in (college, twin):
        mark = "du jumeau" if world is twin else "d’ici"
        a_survey(world, f"La cantine {mark}")
        made = a_collection(world, f"Rentrée {mark}")
        a_row(world, dossier_of(made, world.people["pupil"]), piece_of(made))
        word = a_word(world, f"Piscine {mark}")
        for key, is_yes in (("guardian", True), ("other_guardian", False)):
            copy = word.recipients.get(person=world.people[key], pupil=world.people["pupil"])
            Answer.objects.create(recipient=copy, is_yes=is_yes, at=NOW, digest="0" * 64)
    content = client.get(home).content.decode().replace("\u00a0", " ").replace("\u202f", " ")
    assert "À traiter" in content and "On attend votre réponse" not in content
    for title in (
        "La cantine d’ici",
        "Rentrée d’ici",
        "Piscine d’ici",
        "1 pièce à vérifier",
        "Un oui et un non",
    ):
        assert title in content, title
    assert "du jumeau" not in content
    titles = {one.title for one in awaited_of(seat_of("teacher"))}
    assert not titles & {"La cantine d’ici", "Rentrée d’ici", "Piscine d’ici"}


def test_what_is_settled_waits_for_the_head_no_more(college: World, seat_of: Any) -> None:
    survey = a_survey(college, "La cantine")
    made = a_collection(college, "Rentrée")
    row = a_row(college, dossier_of(made, college.people["pupil"]), piece_of(made))
    word = a_word(college, "Piscine")
    for key, is_yes in (("guardian", True), ("other_guardian", False)):
        copy = word.recipients.get(person=college.people[key], pupil=college.people["pupil"])
        Answer.objects.create(recipient=copy, is_yes=is_yes, at=NOW, digest="0" * 64)
    titles = {"La cantine", "Rentrée", "Piscine"}
    assert titles <= {one.title for one in awaited_of(seat_of("head"))}
    type(survey).objects.filter(pk=survey.pk).update(closes_at=NOW)
    type(row).objects.filter(pk=row.pk).update(state="checked")
    Answer.objects.filter(recipient__word=word, is_yes=False).update(replaced_at=NOW)
    assert not titles & {one.title for one in awaited_of(seat_of("head"))}
