"""The CPE's morning, and a parent who announces an absence in three gestures."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from conftest import NOW
from preau.commons.files.tests.samples import PDF
from preau.directory.seeds.world import World
from preau.directory.viewer import viewer_for
from preau.domains.attendance.actions import explanations
from preau.domains.attendance.models import (
    Alert,
    Announcement,
    Entry,
    Explanation,
    FollowUp,
    FollowUpAction,
    Handling,
    Reason,
    RollCall,
    Visit,
)
from preau.domains.timetable.models import Lesson
from tests.journeys.test_roll_gestures import Hand

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def alert(schools: dict[str, World]) -> Alert:
    """The cast's pupil has reached the first threshold."""
    college = schools["college"]
    return Alert.objects.create(
        school=college.school,
        pupil=college.people["pupil"],
        month=NOW.date().replace(day=1),
        half_days=4,
        level=Alert.Level.DIALOGUE,
        raised_at=NOW,
    )


def test_a_parent_announces_an_absence_in_three_gestures(visit: Any, schools: dict[str, World]) -> None:
    """From the page of absences: « Annoncer », a reason, « Annoncer l’absence »."""
    mother = visit("guardian")
    page = mother.page
    mother.open("/absences/")
    mother.check("absences")
    page.get_by_role("link", name="Annoncer une absence").click()
    mother.check("annoncer")
    if page.get_by_role("radio", name="Nina").count():
        page.get_by_role("radio", name="Nina").check()
    page.get_by_label("Rendez-vous médical").check()
    page.get_by_role("button", name="Annoncer l’absence").click()
    page.get_by_text("C’est annoncé").wait_for()
    mother.check("annoncee")
    mother.done()
    announced = Announcement.objects.get(given_by=schools["college"].people["guardian"])
    assert announced.ends - announced.starts > timedelta(hours=23)


def test_the_cpe_settles_sends_and_follows(visit: Any, schools: dict[str, World], alert: Alert) -> None:
    cpe = visit("cpe", wide=True)
    page = cpe.page
    cpe.open("/vie-scolaire/")
    cpe.check("vie-scolaire")
    page.get_by_role("link", name="à régler").click()
    cpe.check("a-regler")
    # Somebody else's: settling counts the half-days of its pupil anew.
    others = page.locator("tbody tr", has_not_text=alert.pupil.list_name)
    others.locator("input[type=checkbox]").first.check()
    page.get_by_label("Motif").last.select_option(label="Maladie")
    page.get_by_role("button", name="Régler", exact=True).click()
    page.get_by_text("1 ligne est traitée.").wait_for()
    assert Handling.objects.count() == 1
    cpe.open("/vie-scolaire/passages/")
    page.get_by_label("Nom de l’élève").fill("abadie nina")
    page.get_by_role("button", name="Chercher", exact=True).last.click()
    cpe.check("passages")
    page.get_by_role("button", name="CDI ABADIE Nina 5e B").click()
    page.get_by_text("C’est noté").first.wait_for()
    assert Visit.objects.going_on().filter(pupil=alert.pupil).exists()
    cpe.open("/vie-scolaire/alertes/")
    cpe.check("alertes")
    page.get_by_role("button", name="Suivre, et le dire à la famille ABADIE Nina").click()
    page.get_by_text("Le suivi est ouvert").wait_for()
    cpe.check("suivi")
    assert FollowUp.objects.filter(pupil=alert.pupil).exists()
    for name, address in (
        ("motifs", "motifs"),
        ("registre", "registre"),
        ("annonces", "annonces"),
        ("seuils", "alertes/reglages"),
    ):
        cpe.open(f"/vie-scolaire/{address}/")
        cpe.check(name)
    cpe.done()


@pytest.fixture
def waiting(schools: dict[str, World], alert: Alert) -> Explanation:
    """A lesson of this morning whose roll was forgotten; and an absence of the cast's pupil that her mother has explained."""
    college = schools["college"]
    pupil, mother = college.people["pupil"], college.people["guardian"]
    today = Lesson.objects.of_pupils([pupil.pk]).on(college.today).order_by("starts")
    RollCall.objects.filter(lesson=today[0]).delete()
    entry, _made = Entry.objects.get_or_create(
        lesson=today[1],
        pupil=pupil,
        defaults={"school": college.school, "day": college.today, "status": "absent"},
    )
    Entry.objects.filter(pk=entry.pk).update(
        status="absent", minutes_late=None, explanation=None, handling=None
    )
    viewer = viewer_for(mother, mother.account.pk, NOW)
    assert viewer is not None
    entry.refresh_from_db()
    return explanations.explain(
        viewer, [entry], Reason.objects.get(label="Maladie"), "Fièvre depuis hier soir."
    )


def test_the_cpes_morning(visit: Any, schools: dict[str, World], waiting: Explanation) -> None:
    """Forgotten calls, absences to settle, an explanation read and accepted, a call to a parent noted: each from the board."""
    cpe = visit("cpe", wide=True)
    page = cpe.page
    pupil = waiting.pupil
    forgotten = Lesson.objects.of_pupils([pupil.pk]).on(schools["college"].today).order_by("starts")[0]
    # A call that nobody made: the board leads to it, and it is made.
    cpe.open("/vie-scolaire/")
    calls = page.locator("#calls")
    page.locator(f'#calls a[href="/appel/{forgotten.pk}/"]').click()
    page.get_by_role("button", name="Valider").click()
    page.get_by_text("L’appel est enregistré. Personne ne manque.").wait_for()
    cpe.open("/vie-scolaire/")
    expect(calls.locator(f'a[href="/appel/{forgotten.pk}/"]')).to_have_count(0)
    # An explanation: read whole, then accepted.
    page.locator("li").filter(has_text=pupil.list_name).get_by_role("link", name="Lire").first.click()
    page.get_by_text("Fièvre depuis hier soir.", exact=True).wait_for()
    cpe.check("explication-lue")
    page.get_by_label("Accepter").check()
    page.get_by_role("button", name="Enregistrer la décision").click()
    page.get_by_text("La décision est enregistrée").wait_for()
    waiting.refresh_from_db()
    assert waiting.state == Explanation.State.ACCEPTED
    # What nobody explained is settled.
    cpe.open("/vie-scolaire/")
    page.get_by_role("link", name="à régler").click()
    page.locator("tbody input[type=checkbox]").first.check()
    page.get_by_label("Motif").last.select_option(label="Maladie")
    page.get_by_role("button", name="Régler", exact=True).click()
    page.get_by_text("1 ligne est traitée.").wait_for()
    assert Handling.objects.count() == 1
    # A call to a parent, noted where the family will read that it was made.
    cpe.open(f"/vie-scolaire/absences/{waiting.entries.get().pk}/")
    page.get_by_role("button", name="Ouvrir le suivi d’assiduité").click()
    page.get_by_label("Appel téléphonique").check()
    page.get_by_role("textbox", name="Précisions").fill("Sa mère rappelle demain.")
    page.get_by_role("button", name="Ajouter au suivi").click()
    page.get_by_text("Sa mère rappelle demain.").first.wait_for()
    cpe.check("appel-note")
    done = FollowUpAction.objects.get(follow_up__pupil=pupil)
    assert done.made_by == schools["college"].people["cpe"]
    cpe.done()


def test_who_is_missing_now_is_on_the_screen_of_a_phone(visit: Any, schools: dict[str, World]) -> None:
    """The first of those who are missing is above the menu of a phone, without scrolling: the figures are a line of text."""
    college = schools["college"]
    pupil = college.people["pupil"]
    lesson = Lesson.objects.of_pupils([pupil.pk]).filter(starts__lte=NOW, ends__gt=NOW)[0]
    RollCall.objects.get_or_create(
        lesson=lesson,
        defaults={"school": college.school, "called_by": college.people["teacher"], "called_at": NOW},
    )
    Entry.objects.update_or_create(
        lesson=lesson,
        pupil=pupil,
        defaults={"school": college.school, "day": college.today, "status": "absent", "minutes_late": None},
    )
    cpe = visit("cpe")
    cpe.open("/vie-scolaire/maintenant/")
    row = cpe.page.get_by_role("row", name=pupil.list_name)
    menu = cpe.page.get_by_role("navigation", name="Menu principal")
    seen, below = row.bounding_box(), menu.bounding_box()
    assert seen and below
    assert seen["y"] + seen["height"] / 2 < below["y"]
    cpe.check("maintenant-telephone")
    cpe.done()


def test_a_parent_announces_with_a_document_in_three_taps_on_a_phone(
    visit: Any, schools: dict[str, World]
) -> None:
    """At 390 px, from the page of absences: « Annoncer une absence », a reason, « Annoncer l’absence ».

    The model of `test_roll_gestures`: a tap is a touch of our page. Choosing the paper is done in the phone's own window, which is
    not ours; which child, where there are several, is one tap more.
    """
    mother = visit("guardian")
    page = mother.page
    assert page.viewport_size == {"width": 390, "height": 844}
    mother.open("/absences/")
    hand = Hand(page)
    hand.touch(large(page.get_by_role("link", name="Annoncer une absence")))
    page.get_by_label("Rendez-vous médical").wait_for()
    page.wait_for_load_state()
    several = page.get_by_role("radio", name="Nina").count()
    if several:
        hand.touch(page.get_by_role("radio", name="Nina"))
    hand.touch(page.get_by_label("Rendez-vous médical"))
    page.get_by_label("Document").first.set_input_files(
        {"name": "convocation.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    hand.touch(large(page.get_by_role("button", name="Annoncer l’absence")))
    page.get_by_text("C’est annoncé").wait_for()
    assert hand.gestures == 3 + several
    announced = Announcement.objects.get(given_by=schools["college"].people["guardian"])
    assert announced.document is not None
    assert announced.document.name == "convocation.pdf"
    mother.done()


def large(what: Locator) -> Locator:
    """A thumb finds it."""
    box = what.bounding_box()
    assert box is not None
    assert min(box["width"], box["height"]) >= 44
    return what
