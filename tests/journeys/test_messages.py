"""A teacher writes in the evening, a parent answers on a phone; with a mouse, with a screen reader, without JavaScript."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from conftest import PARIS
from preau.domains.messaging.actions import leaving
from preau.domains.messaging.models import Delivery, Message

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
EVENING = datetime(2026, 11, 26, 22, 0, tzinfo=PARIS)
MORNING = datetime(2026, 11, 27, 7, 15, tzinfo=PARIS)


def _work(message: Message) -> None:
    """What the worker does."""
    leaving.expand(message.pk)
    leaving.arrive(timezone.now())


def test_a_teacher_writes_at_night_and_a_parent_answers_in_the_morning(
    visit: Any, clock: Any, schools: Any
) -> None:
    clock.move_to(EVENING)
    teacher = visit("teacher", wide=True)
    page = teacher.page
    teacher.open("/messages/ecrire/")
    page.get_by_label("Ajouter une personne, une classe ou une liste").fill("julie abadie")
    page.get_by_role("button", name="Trouver").click()
    page.get_by_role("button", name="Pour Julie Abadie").click()
    expect(page.get_by_role("button", name="Retirer Julie Abadie")).to_be_visible()
    page.get_by_label("Objet").fill("Contrôle de vendredi")
    page.get_by_label("Message", exact=True).fill("Bonjour, Nina passera le contrôle vendredi.")
    expect(page.get_by_text("Votre message partira vendredi 27 novembre à 7 h 00.")).to_be_visible()
    teacher.check("messages-ecrire")
    page.get_by_role("button", name="Envoyer, départ vendredi 7 h 00").click()
    expect(page.get_by_role("heading", level=1, name="Contrôle de vendredi")).to_be_visible()
    message = Message.objects.get(subject="Contrôle de vendredi")
    _work(message)
    assert Delivery.objects.get(message=message, kind="to").arrived_at is None
    teacher.done()

    clock.move_to(MORNING)
    _work(message)
    parent = visit("guardian")
    page = parent.page
    parent.open("/messages/")
    parent.check("messages-recus")
    page.get_by_role("link", name="Contrôle de vendredi").click()
    expect(page.get_by_role("article").get_by_text("Nina passera le contrôle vendredi.")).to_be_visible()
    page.get_by_label("Message", exact=True).fill("Merci, elle sera prête.")
    parent.check("messages-conversation")
    page.get_by_role("button", name="Envoyer", exact=True).click()
    expect(page.get_by_text("Votre message est envoyé.")).to_be_visible()
    answer = Message.objects.get(answers=message)
    _work(answer)
    assert Delivery.objects.get(message=answer, kind="to").arrived_at is not None
    parent.done()


def test_a_pupil_who_hears_the_page_reads_answers_and_asks_for_help(visit: Any, clock: Any) -> None:
    clock.shift(timedelta(hours=1))
    pupil = visit("pupil")
    page = pupil.page
    pupil.open("/messages/")
    page.get_by_role("link", name="Exposé").first.press("Enter")
    # Each message is an article that says who wrote it.
    expect(page.get_by_role("article").last).to_contain_text("bonne idée")
    page.get_by_role("link", name="Signaler le message de").first.press("Enter")
    expect(page.get_by_text("3018").first).to_be_visible()
    pupil.check("messages-aide")
    pupil.done()
