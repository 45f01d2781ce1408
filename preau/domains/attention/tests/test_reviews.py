"""A person looks and decides; the family reads it, contests it, and is answered; nobody else learns of it."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.directory.models import Guardianship, Person
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.attention import rules
from preau.domains.attention.actions import deciding
from preau.domains.attention.actions.deciding import DecisionFacts
from preau.domains.attention.manifest.held import LOOKED_AT
from preau.domains.attention.models import Decision, Finding, Review, Step, Word
from preau.domains.attention.models.reviews import Kind
from preau.domains.attention.queries import facts

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
WORDS = {"about": "contest", "text": "Le car était en retard."}


@pytest.fixture
def pupil(college: World) -> Person:
    """The cast's pupil, of whom one fact waits, and nothing was decided."""
    Review.objects.all().delete()
    Finding.objects.all().delete()
    Item.objects.all().delete()
    waits(college)
    return college.people["pupil"]


def waits(college: World, number: int = 6) -> Finding:
    return Finding.objects.create(
        school=college.school,
        pupil=college.people["pupil"],
        fact="attendance.lates",
        number=number,
        before=1,
        threshold=6,
        since=date(2026, 10, 28),
        until=TODAY,
        found_at=NOW,
    )


@pytest.fixture
def review(pupil: Person, seat_of: Any) -> Review:
    return decided(seat_of("cpe"), pupil)


def decided(seat: Any, pupil: Person, kind: str = Kind.MEETING, **more: Any) -> Review:
    findings = list(Finding.objects.filter(pupil=pupil).waiting().order_by("pk"))
    until = None if kind == Kind.NOTHING else TODAY + timedelta(days=20)
    return deciding.decide(
        seat, pupil, deciding.mark_of(findings), DecisionFacts(kind, "Pour en parler.", until, **more)
    )


def url(name: str, thing: Any) -> str:
    return reverse(f"attention:{name}", kwargs={"pk": thing.pk})


def shown_on(page: str) -> str:
    """What the form of a page says that it shows."""
    found = re.search(r'<input[^>]*name="shown"[^>]*>', page)
    assert found
    value = re.search(r'value="([^"]+)"', found[0])
    assert value
    return value[1]


def typed(client: SchoolClient, pupil: Person, **changed: Any) -> dict[str, Any]:
    page = client.get(reverse("attention:look", kwargs={"public_id": pupil.public_id}))
    shown = shown_on(page.content.decode())
    until = (TODAY + timedelta(days=20)).isoformat()
    return {"shown": shown, "kind": "meeting", "why": "Pour en parler.", "until": until} | changed


# Who sees what


def test_before_a_person_has_looked_nobody_but_those_in_charge_knows(
    pupil: Person, college: World, twin: World, client: SchoolClient, seat_of: Any
) -> None:
    for key in ("guardian", "other_guardian", "pupil", "teacher", "secretary"):
        assert not Finding.objects.visible_to(seat_of(key)).exists(), key
    assert not Finding.objects.filter(pupil=pupil).visible_to(seat_of("cpe", world=twin)).exists()
    assert Finding.objects.visible_to(seat_of("cpe")).exists()
    assert not Finding.objects.filter(LOOKED_AT.where(college.people["guardian"].pk)).exists()
    page = client.sit(college.people["guardian"]).get(reverse("attention:mine")).content.decode()
    assert "retard" not in page and not Item.objects.filter(kind__startswith="attention").exists()


def test_who_sees_a_review(review: Review, twin: World, seat_of: Any) -> None:
    for key in ("head", "cpe", "guardian", "other_guardian", "pupil"):
        assert review in Review.objects.visible_to(seat_of(key)), key
    for key in ("teacher", "teacher_1", "secretary"):
        assert review not in Review.objects.visible_to(seat_of(key)), key
    for key in ("head", "cpe"):
        assert review not in Review.objects.visible_to(seat_of(key, world=twin)), key


def test_the_rules(college: World, seat_of: Any) -> None:
    keys = ("head", "cpe", "teacher", "secretary", "guardian", "pupil")
    assert {key for key in keys if rules.looks_at_facts(seat_of(key))} == {"head", "cpe"}
    assert {key for key in keys if rules.settles_thresholds(seat_of(key))} == {"head", "cpe"}
    assert {key for key in keys if rules.follows_own(seat_of(key))} == {"guardian", "pupil"}
    pupil, teacher = college.people["pupil"], college.people["teacher"]
    assert rules.can_look(seat_of("cpe"), pupil)
    assert not rules.can_look(seat_of("cpe"), teacher) and not rules.can_look(seat_of("teacher"), pupil)


def test_the_adult_who_is_told_reads_it_without_the_words_and_no_longer_than_it_lasts(
    pupil: Person, college: World, client: SchoolClient, seat_of: Any
) -> None:
    teacher = college.people["teacher"]
    review = decided(seat_of("cpe"), pupil, Kind.TELL, told_to=teacher)
    deciding.write_word(seat_of("guardian"), review, **WORDS)
    (news,) = Item.objects.filter(person=teacher, kind="attention.to_follow")
    assert news.url == url("review", review)
    page = client.sit(teacher).get(url("review", review)).content.decode()
    assert "Pour en parler." in page and "Le car était" not in page
    assert Line.objects.filter(verb="attention.page_read", actor=teacher.pk, is_read=True).exists()
    assert client.post(url("end", review), {"outcome": "x"}).status_code == 403
    deciding.end(seat_of("cpe"), review, "De retour.")
    assert client.get(url("review", review)).status_code == 404


# Looking and deciding


def test_the_list_is_by_name_and_each_reading_is_in_the_journal(
    pupil: Person, college: World, client: SchoolClient, seat_of: Any
) -> None:
    others = Person.objects.filter(holdings__school=college.school, holdings__role=Role.PUPIL).exclude(
        pk=pupil.pk
    )
    for other, number in zip(others.order_by("pk")[:3], (30, 20, 10), strict=True):
        Finding.objects.create(
            school=college.school,
            pupil=other,
            fact="attendance.lates",
            number=number,
            before=0,
            threshold=6,
            since=TODAY,
            until=TODAY,
            found_at=NOW,
        )
    page = client.sit(college.people["cpe"]).get(reverse("attention:waiting"))
    waiting = facts.waiting_pupils(seat_of("cpe"))
    text = page.content.decode()
    places = [
        text.index(waiting_pupil.list_name)
        for waiting_pupil in sorted(waiting, key=lambda waiting_pupil: waiting_pupil.search_name)
    ]
    assert places == sorted(places) and len(places) == 4
    read = Line.objects.filter(verb="attention.page_read", is_read=True)
    assert set(read.values_list("subject_id", flat=True)) == {waiting_pupil.pk for waiting_pupil in waiting}
    assert "6 retards depuis le 28 octobre" in text and "seuil" in text
    assert "score" not in text and "risque" not in text


def test_deciding_opens_a_review_and_tells_the_family(
    pupil: Person, college: World, client: SchoolClient
) -> None:
    client.sit(college.people["cpe"])
    address = reverse("attention:look", kwargs={"public_id": pupil.public_id})
    step = {"first_step": "Rencontre", "first_step_on": "2026-12-01"}
    client.post(address, typed(client, pupil, **step))
    review = Review.objects.get()
    assert (review.kind, review.owner, review.is_open) == (Kind.MEETING, college.people["cpe"], True)
    assert Step.objects.get().what == "Rencontre" and Finding.objects.get().review == review
    recipients = set(Item.objects.filter(kind="attention.opened").values_list("person_id", flat=True))
    assert recipients == {college.people[key].pk for key in ("pupil", "guardian", "other_guardian")}
    for key in ("pupil", "guardian"):
        page = client.sit(college.people[key]).get(url("told", review)).content.decode()
        assert (
            "6 retards depuis le 28 octobre" in page and "Pour en parler." in page and "Rencontre" in page
        ), key


def test_a_parent_who_may_not_be_informed_is_told_nothing(
    pupil: Person, college: World, seat_of: Any
) -> None:
    Guardianship.objects.filter(guardian=college.people["other_guardian"]).update(may_not_be_informed=True)
    decided(seat_of("cpe"), pupil)
    recipients = set(Item.objects.filter(kind="attention.opened").values_list("person_id", flat=True))
    assert recipients == {college.people["guardian"].pk, pupil.pk}


def test_nothing_to_do_is_read_but_disturbs_nobody(
    pupil: Person, college: World, client: SchoolClient, seat_of: Any
) -> None:
    review = decided(seat_of("cpe"), pupil, Kind.NOTHING)
    assert not review.is_open and not Item.objects.filter(kind="attention.opened").exists()
    page = client.sit(college.people["guardian"]).get(url("told", review)).content.decode()
    assert "Rien à faire" in page and "Pour en parler." in page


def test_facts_that_changed_are_read_again_first(pupil: Person, college: World, client: SchoolClient) -> None:
    client.sit(college.people["cpe"])
    sent = typed(client, pupil)
    Finding.objects.update(number=7)
    address = reverse("attention:look", kwargs={"public_id": pupil.public_id})
    answer = client.post(address, sent)
    assert answer.status_code == 409 and not Review.objects.exists()
    assert "7 retards" in answer.content.decode()
    client.post(address, {**sent, "shown": shown_on(answer.content.decode())})
    assert Review.objects.count() == 1


def test_the_second_of_two_people_decides_nothing(pupil: Person, seat_of: Any) -> None:
    mark = deciding.mark_of(list(Finding.objects.all()))
    decision = DecisionFacts(Kind.TALK, "x", TODAY + timedelta(days=9))
    deciding.decide(seat_of("cpe"), pupil, mark, decision)
    with pytest.raises(deciding.LookedAtAlready):
        deciding.decide(seat_of("head"), pupil, mark, decision)
    assert Review.objects.count() == Decision.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"why": ""},
        {"kind": ""},
        {"until": ""},
        {"until": "2026-11-24"},
        {"until": "2027-06-01"},
        {"kind": "tell"},
        {"first_step": "Rencontre"},
        {"first_step": "x", "first_step_on": "2027-01-30"},
    ],
)
def test_what_is_wrong_is_said(
    pupil: Person, college: World, client: SchoolClient, wrong: dict[str, str]
) -> None:
    client.sit(college.people["cpe"])
    sent = typed(client, pupil, **wrong)
    answer = client.post(reverse("attention:look", kwargs={"public_id": pupil.public_id}), sent)
    assert answer.status_code == 422 and not Review.objects.exists()


def test_nobody_is_told_who_does_not_work_with_this_pupil(
    pupil: Person, college: World, twin: World, client: SchoolClient
) -> None:
    client.sit(college.people["cpe"])
    for stranger in (twin.people["teacher"], college.people["guardian"]):
        sent = typed(client, pupil, kind="tell", told_to=stranger.pk)
        answer = client.post(reverse("attention:look", kwargs={"public_id": pupil.public_id}), sent)
        assert answer.status_code == 422, stranger


# Going on


def test_a_decision_is_reviewed_and_the_former_one_stays(
    review: Review, college: World, client: SchoolClient
) -> None:
    deciding_again = {"kind": "follow", "why": "Un point par semaine.", "until": "2026-12-20"}
    client.sit(college.people["head"])
    client.post(url("decide_again", review), deciding_again)
    client.post(url("decide_again", review), deciding_again)
    review.refresh_from_db()
    assert (review.kind, review.owner) == (Kind.FOLLOW, college.people["head"])
    assert [decision.kind for decision in review.decisions.all()] == [Kind.MEETING, Kind.FOLLOW]
    page = client.sit(college.people["guardian"]).get(url("told", review)).content.decode()
    assert "Un point par semaine." in page and "Pour en parler." in page


def test_a_review_ends_and_deciding_again_opens_it(review: Review, seat_of: Any) -> None:
    cpe = seat_of("cpe")
    assert deciding.end(cpe, review, "De retour.") and not deciding.end(cpe, review, "Encore.")
    review.refresh_from_db()
    assert (review.outcome, review.closed_by, review.is_open) == ("De retour.", cpe.person, False)
    with pytest.raises(deciding.Over):
        deciding.add_step(cpe, review, "x", TODAY)
    assert deciding.decide_again(cpe, review, DecisionFacts(Kind.TALK, "Encore.", TODAY + timedelta(days=5)))
    review.refresh_from_db()
    assert review.is_open and review.outcome == ""


def test_steps_are_added_once_done_and_undone(review: Review, college: World, client: SchoolClient) -> None:
    client.sit(college.people["cpe"])
    for _ in range(2):
        client.post(url("add_step", review), {"what": "Appeler", "due": "2026-12-01"})
    step = Step.objects.get()
    client.post(url("note_step", step), {"geste": "faite"})
    step.refresh_from_db()
    assert step.done_by == college.people["cpe"]
    client.post(url("note_step", step), {"geste": "rouvrir"})
    step.refresh_from_db()
    assert step.done_at is None
    assert client.post(url("add_step", review), {"what": "", "due": "2020-01-01"}).status_code == 422
    client.post(url("end", review), {"outcome": "Fini."})
    client.post(url("note_step", step), {"geste": "faite"})
    client.post(url("add_step", review), {"what": "Trop tard", "due": "2026-12-01"})
    step.refresh_from_db()
    assert step.done_at is None and Step.objects.count() == 1


def test_a_family_contests_and_the_school_answers_once(
    review: Review, college: World, client: SchoolClient
) -> None:
    client.sit(college.people["guardian"])
    for _ in range(2):
        client.post(url("told", review), WORDS)
    word = Word.objects.get()
    (news,) = Item.objects.filter(kind="attention.to_follow")
    assert news.person == college.people["cpe"]
    client.sit(college.people["cpe"])
    assert "Le car était" in client.get(url("review", review)).content.decode()
    assert client.post(url("answer", word), {"answer": ""}).status_code == 422
    client.post(url("answer", word), {"answer": "Merci, nous en tenons compte."})
    client.post(url("answer", word), {"answer": "Une autre réponse."})
    word.refresh_from_db()
    news.refresh_from_db()
    assert word.answer == "Merci, nous en tenons compte." and word.text == WORDS["text"] and news.read_at
    assert [item.person for item in Item.objects.filter(kind="attention.answered")] == [
        college.people["guardian"]
    ]
    page = client.sit(college.people["guardian"]).get(url("told", review)).content.decode()
    assert WORDS["text"] in page and "Merci, nous en tenons compte." in page
    for key in ("other_guardian", "pupil"):
        page = client.sit(college.people[key]).get(url("told", review)).content.decode()
        assert WORDS["text"] not in page and "Merci, nous" not in page, key


def test_erasure_leaves_nothing(review: Review, pupil: Person, college: World, seat_of: Any) -> None:
    deciding.write_word(seat_of("guardian"), review, **WORDS)
    assert deciding.forget_words(college.people["other_guardian"].pk) == 0
    assert deciding.forget_words(college.people["guardian"].pk) == 1
    assert deciding.forget_reviews(pupil.pk) > 0
    assert not Review.objects.exists() and not Finding.objects.exists() and not Decision.objects.exists()


def test_whoever_acts_in_no_school_writes_nothing(holder: Any) -> None:
    with pytest.raises(LookupError):
        rules.school_of(holder(Role.OPERATOR))
