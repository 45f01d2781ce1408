"""Bulletins: made once a council is over, kept as they are, given on a day to each who may read them, and to nobody else."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.files.models import StoredFile
from preau.commons.notifications.models import Item
from preau.directory.models import Group, Guardianship, Period, Person
from preau.directory.seeds.world import World
from preau.directory.viewer import viewer_for
from preau.domains.gradebook.models import Assessment
from preau.domains.gradebook.tests.read_scene import assessed, give
from preau.domains.report_cards import tasks
from preau.domains.report_cards.actions import cards, councils
from preau.domains.report_cards.models import CardBatch, ReportCard
from preau.domains.report_cards.queries.cards import digest_of, gathered
from preau.domains.report_cards.rules import access
from preau.domains.report_cards.tests.scene import GENERAL, classmate_of, clean, passage_of, write
from preau.foundation import pdf

pytestmark = pytest.mark.django_db
KEYS = ("teacher", "teacher_1", "head", "cpe", "secretary", "pupil", "guardian", "other_guardian")


@pytest.fixture
def held(college: World, seat_of: Any, monkeypatch: Any) -> tuple[Group, Period]:
    """A council that is over, with a word and a decision of the cast's pupil; papers are not drawn here."""
    monkeypatch.setattr(pdf, "is_possible", lambda: False)
    ReportCard.objects.all().delete()
    group, period = clean(college)
    pupil, head = college.people["pupil"], seat_of("head")
    write(seat_of("teacher"), college, passage_of(college), pupil, "De bons calculs.")
    write(seat_of("teacher"), college, GENERAL, pupil, "Un trimestre solide.")
    councils.decide(head, group, period, pupil, "Compliments", 0)
    councils.close(head, group, period)
    return group, period


def make(viewer: Any, held: tuple[Group, Period]) -> CardBatch:
    batch = cards.ask_cards(viewer, *held)
    tasks.make_batch.func(batch.pk)
    batch.refresh_from_db()
    return batch


def card_of(pupil: Person) -> ReportCard:
    found: ReportCard = ReportCard.objects.filter(pupil=pupil).order_by("-number")[0]
    return found


def test_bulletins_are_made_once_the_council_is_over(
    college: World, held: tuple[Group, Period], seat_of: Any
) -> None:
    head = seat_of("head")
    councils.reopen(head, *held)
    with pytest.raises(cards.NotHeld):
        cards.ask_cards(head, *held)
    with pytest.raises(cards.NotHeld):
        cards.publish_cards(head, *held, NOW)


def test_a_bulletin_says_all_that_was_written_and_its_digest_proves_it(
    college: World, held: tuple[Group, Period], seat_of: Any
) -> None:
    batch = make(seat_of("head"), held)
    assert batch.state == CardBatch.State.READY and batch.made > 1
    card = card_of(college.people["pupil"])
    content = card.content
    assert (content["text"], content["distinction"]) == ("Un trimestre solide.", "Compliments")
    assert "De bons calculs." in [subject["text"] for subject in content["subjects"]]
    assert content["missed"].keys() == {"half_days", "unexcused", "late"}
    assert digest_of(content) == card.digest and len(card.digest) == 64
    assert digest_of(content | {"text": "Autre."}) != card.digest


def test_what_has_not_changed_makes_no_new_version(
    college: World, held: tuple[Group, Period], seat_of: Any
) -> None:
    head, pupil = seat_of("head"), college.people["pupil"]
    make(head, held)
    assert make(head, held).made == 0
    cards.publish_cards(head, *held, NOW - timedelta(minutes=1))
    councils.reopen(head, *held)
    write(head, college, GENERAL, pupil, "Corrigé.", 1)
    councils.close(head, *held)
    assert make(head, held).made == 1
    versions = ReportCard.objects.filter(pupil=pupil).order_by("number")
    assert [(row.number, row.content["text"]) for row in versions] == [
        (1, "Un trimestre solide."),
        (2, "Corrigé."),
    ]
    # The family reads the first until the second is given.
    family = ReportCard.objects.visible_to(seat_of("guardian")).filter(pupil=pupil)
    assert [row.number for row in family] == [1]


def test_a_work_whose_person_no_longer_runs_the_council_makes_nothing(
    college: World, held: tuple[Group, Period], seat_of: Any
) -> None:
    batch = cards.ask_cards(seat_of("head"), *held)
    CardBatch.objects.filter(pk=batch.pk).update(asked_by=college.people["cpe"])
    tasks.make_batch.func(batch.pk)
    batch.refresh_from_db()
    assert batch.state == CardBatch.State.FAILED and not ReportCard.objects.exists()


def test_each_who_may_read_does_from_its_day_and_nobody_else(
    college: World, twin: World, held: tuple[Group, Period], seat_of: Any
) -> None:
    head, pupil = seat_of("head"), college.people["pupil"]
    make(head, held)
    card = card_of(pupil)

    def readers(world: World = college) -> set[str]:
        return {key for key in KEYS if card in ReportCard.objects.visible_to(seat_of(key, world=world))}

    staff = {"teacher", "head", "cpe"}
    assert readers() == staff
    cards.publish_cards(head, *held, NOW + timedelta(days=3))
    assert readers() == staff
    cards.publish_cards(head, *held, NOW - timedelta(minutes=1))
    guardians = {key for key in ("guardian", "other_guardian") if pupil.pk in seat_of(key).own_pupils()}
    assert guardians and readers() == staff | {"pupil"} | guardians
    assert readers(twin) == set()
    other = card_of(classmate_of(college))
    assert other not in ReportCard.objects.visible_to(seat_of("pupil"))


def test_a_guardian_without_authority_reads_no_more(
    college: World, held: tuple[Group, Period], seat_of: Any
) -> None:
    head, pupil = seat_of("head"), college.people["pupil"]
    make(head, held)
    cards.publish_cards(head, *held, NOW - timedelta(minutes=1))
    card, guardian = card_of(pupil), college.people["guardian"]
    assert card in ReportCard.objects.visible_to(seat_of("guardian"))
    Guardianship.objects.filter(pupil=pupil, guardian=guardian).update(ends=NOW.date())
    after = viewer_for(guardian, 0, NOW)
    assert after is None or card not in ReportCard.objects.visible_to(after)


def test_those_who_may_read_are_told_once_when_the_day_comes(
    college: World, held: tuple[Group, Period], seat_of: Any
) -> None:
    head, pupil = seat_of("head"), college.people["pupil"]
    make(head, held)
    at = NOW + timedelta(days=3)
    cards.publish_cards(head, *held, at)
    assert cards.tell_published(NOW) == 0
    assert cards.tell_published(at) > 1
    assert cards.tell_published(at) == 0
    notices = Item.objects.filter(kind="report_cards.published", about=pupil)
    people = set(notices.values_list("person_id", flat=True))
    informed = Guardianship.objects.informed(NOW.date()).of_another().filter(pupil=pupil)
    assert people == {pupil.pk, *informed.values_list("guardian_id", flat=True)}


def test_nothing_waits_once_all_is_given(college: World, held: tuple[Group, Period], seat_of: Any) -> None:
    head = seat_of("head")
    with pytest.raises(cards.NothingToPublish):
        cards.publish_cards(head, *held, NOW)
    make(head, held)
    assert cards.publish_cards(head, *held, NOW - timedelta(minutes=1)) > 1
    with pytest.raises(cards.NothingToPublish):
        cards.publish_cards(head, *held, NOW)


def test_who_makes_and_who_gives(college: World, held: tuple[Group, Period], seat_of: Any) -> None:
    group, _period = held
    assert {key for key in KEYS if access.makes_cards(seat_of(key), group)} == {"teacher", "head"}
    assert {key for key in KEYS if access.publishes_cards(seat_of(key), group)} == {"head"}
    family = {"pupil", "guardian", "other_guardian"}
    assert {key for key in KEYS if access.follows(seat_of(key))} == family
    assert {key for key in KEYS if access.reads_card(seat_of(key))} == family | {
        "teacher",
        "teacher_1",
        "head",
        "cpe",
    }


def test_a_family_reads_its_bulletin(
    college: World, held: tuple[Group, Period], seat_of: Any, client: SchoolClient
) -> None:
    make(seat_of("head"), held)
    cards.publish_cards(seat_of("head"), *held, NOW - timedelta(minutes=1))
    card = card_of(college.people["pupil"])
    address = reverse("report_cards:card", kwargs={"pk": card.pk})
    client.sit(college.people["guardian"])
    assert address in client.get(reverse("report_cards:own")).content.decode()
    page = client.get(address).content.decode()
    for text in ("Compliments", "Un trimestre solide.", "De bons calculs."):
        assert text in page, text
    # Without a paper, the page is printed; the digest is folded.
    assert ("data-print" in page) is (card.paper is None)
    assert page.index("Vérifier ce document") < page.index("Empreinte")
    other = card_of(classmate_of(college))
    assert client.get(reverse("report_cards:card", kwargs={"pk": other.pk})).status_code == 404


def test_a_mark_that_comes_later_is_told_on_the_bulletin_and_beside_the_marks(
    college: World, held: tuple[Group, Period], seat_of: Any, client: SchoolClient
) -> None:
    pupil = college.people["pupil"]
    Assessment.objects.all().delete()
    give(assessed(college, "Avant"), (pupil, 12))
    make(seat_of("head"), held)
    cards.publish_cards(seat_of("head"), *held, NOW - timedelta(minutes=1))
    card = card_of(pupil)
    bulletin = reverse("report_cards:card", kwargs={"pk": card.pk})
    marks = reverse("gradebook:pupil", kwargs={"public_id": pupil.public_id})
    client.sit(college.people["guardian"])
    assert card.content["general"] == "12"
    page = client.get(bulletin).content.decode()
    assert "Moyennes arrêtées le 24 novembre 2026" in page and "venues ou ont changé" not in page
    assert "au bulletin" not in client.get(marks).content.decode()
    ReportCard.objects.filter(pk=card.pk).update(made_at=NOW - timedelta(days=3))
    yesterday = NOW - timedelta(days=1)
    give(assessed(college, "Après", published_at=yesterday, guardians_at=yesterday), (pupil, 18))
    assert "venues ou ont changé" in client.get(bulletin).content.decode()
    page = client.get(marks).content.decode()
    assert "12 au bulletin, arrêté le 21 novembre 2026" in page and bulletin in page


@pytest.mark.skipif(not pdf.is_possible(), reason="this machine makes no PDF")
def test_a_paper_is_kept_with_its_bulletin(
    college: World, held: tuple[Group, Period], seat_of: Any, client: SchoolClient, monkeypatch: Any
) -> None:
    head, pupil = seat_of("head"), college.people["pupil"]
    from preau.domains.report_cards.exports.cards import card_pdf  # noqa: PLC0415 - where a PDF is possible

    batch = cards.ask_cards(head, *held)
    made = gathered(head, *held, [held[1]])
    seat = made.room.seat_of(pupil.public_id)
    assert seat
    content = made.content_of(seat)
    card = cards.keep_card(batch, pupil.pk, content, card_pdf(content, 1))
    assert card and card.paper and card.paper.kind == "application/pdf"
    guardian = seat_of("guardian")
    assert card.paper not in StoredFile.objects.visible_to(guardian)
    cards.end_batch(batch.pk, 1)
    cards.publish_cards(head, *held, NOW - timedelta(minutes=1))
    assert card.paper in StoredFile.objects.visible_to(guardian)
    page = client.sit(college.people["guardian"]).get(reverse("report_cards:card", kwargs={"pk": card.pk}))
    assert card.paper.public_id in (shown := page.content.decode()) and "data-print" not in shown
    assert shown.index("Télécharger (PDF)") < shown.index("Le conseil de classe")
    assert card.paper in StoredFile.objects.visible_to(head)
    assert card.paper not in StoredFile.objects.visible_to(seat_of("teacher_1"))
    assert cards.keep_card(batch, pupil.pk, content, None) is None


def test_days_over_let_go_of_works(college: World, held: tuple[Group, Period], seat_of: Any) -> None:
    batch = cards.ask_cards(seat_of("head"), *held)
    assert cards.erase_batches(college.school, batch.expires_on) == 0
    assert cards.erase_batches(college.school, batch.expires_on + timedelta(days=1)) == 1
    assert cards.forget_cards(college.people["pupil"].pk) == 0
