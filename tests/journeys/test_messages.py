"""A teacher writes to parents in the evening, one answers on a phone; a pupil who hears the page answers; a stolen account is stopped.

With a mouse, by keyboard, without JavaScript, and on a network that falls.
"""

import re
import time
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from conftest import PARIS
from preau.commons.journal.actions import seal_all
from preau.directory.models import Assignment, Enrolment, Guardianship, Holding, Person
from preau.directory.viewer import viewer_for
from preau.directory.words import Profile, Role
from preau.domains.messaging import rules
from preau.domains.messaging.actions import leaving
from preau.domains.messaging.models import Delivery, Freeze, Message, Policy, Thread
from preau.domains.messaging.queries import conversation
from preau.domains.messaging.tests.test_reach import other_class, own_class

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
EVENING = datetime(2026, 11, 26, 22, 0, tzinfo=PARIS)
BEFORE = datetime(2026, 11, 27, 6, 59, tzinfo=PARIS)
MORNING = datetime(2026, 11, 27, 7, 15, tzinfo=PARIS)
# What the office allows itself to stop a stolen account, in seconds of a real clock.
AT_MOST = 60
# Keys in one form: a class, and so many others.
A_FORM = 59


def _work(message: Message) -> None:
    """What the worker does."""
    leaving.expand(message.pk)
    leaving.arrive(timezone.now())


def _arrived(message: Message) -> set[int]:
    rows = Delivery.objects.received().filter(message=message, arrived_at__isnull=False)
    return set(rows.values_list("person_id", flat=True))


def test_a_teacher_writes_to_parents_at_night_and_one_answers_in_the_morning(
    visit: Any, clock: Any, schools: Any
) -> None:
    group = own_class(schools["college"])
    clock.move_to(EVENING)
    teacher = visit("teacher", wide=True)
    page = teacher.page
    teacher.open("/messages/ecrire/")
    page.get_by_label("Ajouter une personne, une classe ou une liste").fill(f"parents {group.name}")
    page.get_by_role("button", name="Trouver").click()
    page.get_by_role("button", name=f"Pour Parents de {group.name}").click()
    expect(page.get_by_role("button", name=f"Retirer Parents de {group.name}")).to_be_visible()
    page.get_by_label("Objet").fill("Contrôle de vendredi")
    # The editor takes the place of the text area when the page has come whole.
    page.wait_for_load_state()
    page.get_by_label("Message", exact=True).fill("Bonjour, la classe passera le contrôle vendredi.")
    expect(page.get_by_text("Votre message partira vendredi 27 novembre à 7 h 00.")).to_be_visible()
    teacher.check("messages-ecrire")
    page.get_by_role("button", name="Envoyer, départ vendredi 7 h 00").click()
    expect(page.get_by_role("heading", level=1, name="Contrôle de vendredi")).to_be_visible()
    message = Message.objects.get(subject="Contrôle de vendredi")
    for moment in (EVENING, BEFORE):
        clock.move_to(moment)
        _work(message)
        assert _arrived(message) == set()
    teacher.done()

    clock.move_to(MORNING)
    _work(message)
    families = Guardianship.objects.filter(pupil__enrolments__group=group).values_list(
        "guardian_id", flat=True
    )
    assert _arrived(message) == set(families)
    parent = visit("guardian")
    page = parent.page
    expect(page.get_by_role("link", name="Messages 1 à lire")).to_be_visible()
    page.get_by_role("link", name="Messages 1 à lire").click()
    parent.check("messages-recus")
    page.get_by_role("link", name="Contrôle de vendredi").click()
    expect(page.get_by_role("article").get_by_text("la classe passera le contrôle vendredi.")).to_be_visible()
    expect(page.get_by_role("navigation", name="Menu principal").get_by_text("à lire")).to_have_count(0)
    page.wait_for_load_state()
    page.get_by_label("Message", exact=True).fill("Merci, elle sera prête.")
    parent.check("messages-conversation")
    page.get_by_role("button", name="Envoyer", exact=True).click()
    expect(page.get_by_text("Votre message est envoyé.")).to_be_visible()
    answer = Message.objects.get(answers=message)
    _work(answer)
    assert _arrived(answer) == {schools["college"].people["teacher"].pk}
    parent.done()


def _go(page: Page, aim: Locator) -> None:
    """To this element, by the keyboard alone."""
    expect(aim).to_have_count(1)
    for _ in range(120):
        page.keyboard.press("Tab")
        if aim.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError(f"The keyboard does not reach {aim}")


def _said(page: Page, words: str) -> None:
    """A page that has just come says what was done, in the place that screen readers listen to."""
    page.wait_for_load_state()
    expect(page.get_by_role("status").filter(has_text=words)).to_have_count(1)


def test_a_pupil_who_hears_the_page_reads_and_answers(visit: Any, clock: Any, schools: Any) -> None:
    clock.shift(timedelta(hours=1))
    pupil = visit("pupil")
    page = pupil.page
    pupil.open("/")
    _go(page, page.get_by_role("link", name="Messages 1 à lire"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Messages")).to_be_visible()
    # That it is not read is in its name.
    talk = page.get_by_role("link", name=re.compile("^Re : Exposé.*non lu$"))
    _go(page, talk)
    page.keyboard.press("Enter")
    # Each message is an article that says who wrote it and when.
    last = page.get_by_role("article").last
    expect(last).to_have_accessible_name(re.compile("^Claire Moreau hier, 8.h.10$"))
    expect(last).to_contain_text("bonne idée")
    page.wait_for_load_state()
    words = page.get_by_role("textbox", name="Message", exact=True)
    _go(page, words)
    page.keyboard.type("Merci Madame, je l’apporte.")
    _go(page, page.get_by_role("button", name="Envoyer", exact=True))
    page.keyboard.press("Enter")
    _said(page, "Votre message est envoyé.")
    expect(page.get_by_role("article").last).to_have_accessible_name(re.compile("^Vous "))
    expect(page.get_by_role("article").last).to_contain_text("je l’apporte")
    message = Message.objects.latest("pk")
    _work(message)
    assert _arrived(message) == {schools["college"].people["teacher"].pk}
    pupil.check("messages-repondu")

    _go(page, page.get_by_role("link", name="Signaler le message de Claire Moreau"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("3018").first).to_be_visible()
    pupil.check("messages-aide")
    _go(page, page.get_by_role("radio").first)
    page.keyboard.press("Space")
    _go(page, page.get_by_role("button", name=re.compile("Prévenir")))
    page.keyboard.press("Enter")
    _said(page, "Les adultes choisis sont prévenus.")
    pupil.done()


def _forge(thief: Any, *keys: str) -> int:
    """The form of the page, with what no page offers."""
    page = thief.page
    thief.open("/messages/ecrire/")
    form = page.locator("form.write")
    typed = [
        (name, form.locator(f"[name={name}]").get_attribute("value") or "")
        for name in ("csrfmiddlewaretoken", "sent_as", "ecole")
    ]
    typed += [("subject", "Menace"), ("body", "Vous allez voir."), ("envoyer", "oui")]
    typed += [("to", key) for key in keys]
    answer = page.context.request.post(
        f"{thief.server}/messages/ecrire/",
        data=urlencode(typed),
        headers={"Content-Type": "application/x-www-form-urlencoded", "Referer": thief.server},
        max_redirects=0,
    )
    return answer.status


def _adults_of(pupil: Person, college: Any) -> set[int]:
    """Its teachers, school life and the nurse."""
    groups = Enrolment.objects.filter(pupil=pupil).values("group")
    teachers = Assignment.objects.filter(group__in=groups).values_list("teacher_id", flat=True)
    others = Holding.objects.filter(school=college.school, role__in=[Role.SCHOOL_LIFE, Role.NURSE])
    return set(teachers) | set(others.values_list("person_id", flat=True))


def _everybody(college: Any) -> list[str]:
    """Keys of the whole school, one by one and by lists."""
    people = Person.objects.filter(holdings__school=college.school).values_list("pk", flat=True).distinct()
    adults = Guardianship.objects.values_list("guardian_id", flat=True).distinct()
    keys = [f"{kind}{pk}" for pk in people for kind in ("s", "e")] + [f"g{pk}" for pk in adults]
    lists = [f"{kind}{other_class(college).pk}" for kind in ("gs", "es", "ts")]
    return [*lists, *(f"l-{name}" for name in ("pupils", "guardians", "staff", "teachers")), *keys]


def test_a_stolen_account_reaches_its_class_and_is_stopped_within_a_minute(
    visit: Any, clock: Any, schools: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The red team, where the head has opened a class to itself: all is tried, every box is looked at, the sealed trace is read.

    No cap of the hour stops it here: what does is the radius.
    """
    monkeypatch.setattr(rules, "MANY", 4)
    for caps in (rules.MOST_MESSAGES, rules.MOST_PEOPLE):
        monkeypatch.setitem(caps, Profile.PUPIL, 10_000)
    college = schools["college"]
    Thread.objects.all().delete()
    Policy.objects.create(school=college.school, scopes={"pupil.pupil": "own"})
    group, pupil = own_class(college), college.people["pupil"]
    class_of = Enrolment.objects.filter(group=group).values_list("pupil_id", flat=True)
    mates = sorted(set(class_of) - {pupil.pk})

    thief = visit("pupil")
    for name in ("carpentier", "abadie julie"):
        thief.open("/messages/ecrire/")
        thief.page.get_by_label("Ajouter une personne").fill(name)
        thief.page.get_by_role("button", name="Trouver").click()
        expect(thief.page.get_by_text("Personne que vous puissiez joindre ne porte ce nom.")).to_be_visible()
    assert _forge(thief, *(f"e{pk}" for pk in mates[:2])) == 302
    everybody = _everybody(college)
    for first in range(0, len(everybody), A_FORM):
        _forge(thief, f"es{group.pk}", *everybody[first : first + A_FORM])
    for message in Message.objects.filter(author=pupil):
        _work(message)
    sent = Message.objects.filter(author=pupil).exclude(state="draft")
    reached = set().union(*(_arrived(message) for message in sent))
    near = set(mates) | _adults_of(pupil, college)
    assert set(mates[:2]) <= reached <= near
    assert sent.filter(state="held").count() == sent.exclude(people__lte=4).count() > 0

    cpe = visit("cpe", wide=True)
    page, began = cpe.page, time.monotonic()
    cpe.open("/messages/surveillance/")
    page.get_by_role("link", name="Menace").first.click()
    page.locator("summary", has_text="Geler ce compte").click()
    page.get_by_label("Pourquoi").fill("Compte volé")
    page.get_by_role("button", name="Geler et tout rappeler").click()
    expect(page.get_by_role("heading", level=1, name=re.compile("^Enquête"))).to_be_visible()
    assert time.monotonic() - began < AT_MOST
    cpe.check("messages-enquete")
    cpe.done()
    assert set(sent.values_list("state", flat=True)) == {"recalled"}

    # Its open page ends at the next gesture; whoever has the password comes back to nothing.
    thief.open("/messages/")
    expect(thief.page.get_by_label("Mot de passe")).to_be_visible()
    thief.sign_in("pupil")
    thief.open("/messages/")
    expect(thief.page.get_by_role("heading", level=1, name="Messagerie arrêtée")).to_be_visible()

    # Every box: who has a row of it reads no word of it, and nobody else has one.
    rows = Delivery.objects.received().filter(message__author=pupil).select_related("person", "thread")
    assert {row.person_id for row in rows} == reached
    for row in rows:
        reader = viewer_for(row.person, 0, timezone.now(), row.seat)
        assert reader is not None
        seen = conversation.shown(reader, conversation.messages_of(reader, row.thread), timezone.now())
        assert seen and not any(one.body for one in seen)

    clock.shift(timedelta(minutes=10))
    seal_all()
    head = visit("head", wide=True)
    head.open("/messages/surveillance/")
    head.page.get_by_role("link", name=pupil.full_name).click()
    trace = head.page.get_by_role("table", name="Trace")
    expect(trace.get_by_role("row").filter(has_text="Message rappelé par le gel")).to_have_count(
        Freeze.objects.get().recalled
    )
    expect(trace.get_by_text("Compte gelé dans la messagerie")).to_be_visible()
    expect(trace.get_by_text("à venir")).to_have_count(0)
    head.done()


def test_what_is_typed_on_a_network_that_falls_is_not_lost(device: Any) -> None:
    device.sign_in("teacher")
    page = device.page
    device.open("/messages/ecrire/")
    words = page.get_by_label("Message", exact=True)
    words.press_sequentially("Bonjour, la sortie ")
    expect(page.get_by_text("Brouillon gardé à")).to_be_visible()
    device.cut()
    with page.expect_event("requestfailed", lambda asked: "/messages/ecrire/" in asked.url):
        words.press_sequentially("de jeudi ")
    expect(words).to_contain_text("la sortie de jeudi")
    # Sent then, it stays on the page, and says so.
    page.get_by_role("button", name="Envoyer", exact=True).click()
    expect(page.get_by_text("L’envoi a été interrompu.")).to_be_visible()
    expect(words).to_contain_text("la sortie de jeudi")
    device.mend()
    with page.expect_response(lambda answer: "/messages/ecrire/" in answer.url and answer.ok):
        words.press_sequentially("est reportée.")
    assert Message.objects.latest("pk").excerpt == "Bonjour, la sortie de jeudi est reportée."


def test_what_is_typed_before_the_editor_comes_is_in_it(visit: Any, scripts: bool) -> None:
    """On a slow network, the script of the editor comes after the first words."""
    if not scripts:
        pytest.skip("without scripts no editor comes")
    teacher = visit("teacher", wide=True)
    page = teacher.page
    held = list[Any]()
    editor = re.compile(r"richtext[^/]*\.js")
    page.route(editor, lambda route: held.append(route))  # noqa: PLW0108 - Playwright looks inside what it calls
    with page.expect_request(editor):
        page.goto(f"{teacher.server}/messages/ecrire/", wait_until="commit")
    page.get_by_label("Message", exact=True).fill("<3 à tous,\nà demain.")
    for route in held:
        route.continue_()
    box = page.locator(".rich-input")
    expect(box.locator("p")).to_have_text(["<3 à tous,", "à demain."])
    expect(box).to_be_focused()
    page.keyboard.type(" Merci.")
    expect(page.locator("[data-richtext] textarea")).to_have_value(re.compile("à demain. Merci."))
    teacher.done()
