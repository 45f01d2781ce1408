"""The night: who is found, what is kept, what goes; nothing of those below a threshold, nothing of the neighbour's."""

from datetime import date, timedelta
from typing import Any

import pytest

from conftest import NOW
from preau.commons.journal.models import Line
from preau.commons.notifications.models import Item
from preau.directory.boards import EarlyFact, Happened, early_facts
from preau.directory.models import Holding, Person
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.attention import tasks
from preau.domains.attention.actions import deciding, watching
from preau.domains.attention.actions.deciding import DecisionFacts
from preau.domains.attention.models import Decision, Finding, Review, Step, Threshold, Word
from preau.domains.attention.models.reviews import Kind
from preau.domains.attention.queries.facts import sentence_of

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
FACT = "tests.noted"


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> list[Happened]:
    """A board with one fact, whose days each test says."""
    days: list[Happened] = []
    fact = EarlyFact(
        FACT,
        "Noté",
        "",
        lambda school, first, last: [day for day in days if first <= day.day <= last],
        lambda number, what: f"{number} faits",
        threshold=3,
    )
    monkeypatch.setattr(early_facts, "_entries", [fact])
    for model in (Finding, Review, Item):
        model.objects.all().delete()
    return days


def times(pupil: Person, count: int, day: date = TODAY) -> list[Happened]:
    return [Happened(pupil.pk, day)] * count


def decided(seat: Any, pupil: Person, kind: str = Kind.TALK, **more: Any) -> Review:
    findings = list(Finding.objects.filter(pupil=pupil).waiting().order_by("pk"))
    until = None if kind == Kind.NOTHING else TODAY + timedelta(days=20)
    return deciding.decide(
        seat, pupil, deciding.mark_of(findings), DecisionFacts(kind, "Pour en parler.", until, **more)
    )


def test_only_those_who_reach_the_threshold_are_kept(
    college: World, twin: World, noted: list[Happened]
) -> None:
    here = college.people["pupil"]
    other = Person.objects.filter(holdings__school=college.school, holdings__role=Role.PUPIL).exclude(
        pk=here.pk
    )[0]
    noted += times(here, 3) + times(other, 2) + times(twin.people["pupil"], 5)
    assert watching.watch(college.school, TODAY) == 1
    (one,) = Finding.objects.all()
    assert (one.pupil_id, one.number, one.threshold, one.school_id) == (here.pk, 3, 3, college.school.pk)
    sentence = sentence_of(one).replace("\u202f", " ")
    assert sentence == "3 faits depuis le 28 octobre 2026 (seuil : 3). Dans les quatre semaines d’avant : 0."


def test_a_count_that_goes_down_leaves_nothing(college: World, noted: list[Happened]) -> None:
    noted += times(college.people["pupil"], 4)
    watching.watch(college.school, TODAY)
    noted.pop()
    watching.watch(college.school, TODAY)
    assert Finding.objects.get().number == 3
    noted.pop()
    watching.watch(college.school, TODAY)
    assert not Finding.objects.exists()


def test_days_go_by(college: World, noted: list[Happened]) -> None:
    """The clock moves: what is older than four weeks counts no more."""
    noted += times(college.people["pupil"], 3, TODAY - timedelta(days=27))
    assert watching.watch(college.school, TODAY) == 1
    assert watching.watch(college.school, TODAY + timedelta(days=1)) == 0
    assert not Finding.objects.exists()


def test_what_was_looked_at_stays_and_only_what_follows_counts(
    college: World, noted: list[Happened], seat_of: Any
) -> None:
    pupil = college.people["pupil"]
    noted += times(pupil, 3, TODAY - timedelta(days=2))
    watching.watch(college.school, TODAY)
    review = decided(seat_of("cpe"), pupil, Kind.NOTHING)
    watching.watch(college.school, TODAY + timedelta(days=1))
    assert [finding.review_id for finding in Finding.objects.all()] == [review.pk]
    noted += times(pupil, 3, TODAY + timedelta(days=1))
    watching.watch(college.school, TODAY + timedelta(days=2))
    again = Finding.objects.get(review=None)
    assert (again.number, again.since) == (3, TODAY + timedelta(days=1))


def test_a_school_settles_its_thresholds(college: World, noted: list[Happened], seat_of: Any) -> None:
    noted += times(college.people["pupil"], 3)
    assert watching.settle_thresholds(seat_of("cpe"), {FACT: 4})
    assert not Finding.objects.exists()
    assert watching.settle_thresholds(seat_of("cpe"), {FACT: 2}) and Finding.objects.get().threshold == 2
    assert not watching.settle_thresholds(seat_of("cpe"), {FACT: 2})
    assert watching.settle_thresholds(seat_of("cpe"), {FACT: None})
    assert not Finding.objects.exists() and Threshold.objects.get(school=college.school).number is None
    assert Line.objects.filter(verb="attention.thresholds_settled").count() == 3


def test_a_service_that_is_off_counts_nobody(college: World, noted: list[Happened]) -> None:
    noted += times(college.people["pupil"], 3)
    watching.watch(college.school, TODAY)
    college.school.services = {"attention": {"off": True}}
    assert watching.watch(college.school, TODAY) == 0 and not Finding.objects.exists()


def test_departure_erases_everything_the_same_night(
    college: World, noted: list[Happened], seat_of: Any
) -> None:
    pupil = college.people["pupil"]
    noted += times(pupil, 3)
    watching.watch(college.school, TODAY)
    review = decided(seat_of("cpe"), pupil, first_step="Entretien", first_step_on=TODAY)
    deciding.write_word(seat_of("guardian"), review, Word.About.CONTEST, "Non.")
    assert watching.erase(college.school, TODAY) == 0
    Holding.objects.filter(person=pupil).update(ends=TODAY)
    tasks.every_night.func()
    for model in (Finding, Review, Decision, Step, Word):
        assert not model.objects.filter(school=college.school).exists(), model
    assert Line.objects.filter(verb="attention.erased").count() == 1
    assert not Item.objects.filter(kind="attention.to_follow", read_at=None, key__startswith="word-").exists()


def test_a_new_year_erases_the_one_before(college: World, noted: list[Happened], seat_of: Any) -> None:
    noted += times(college.people["pupil"], 3)
    watching.watch(college.school, TODAY)
    decided(seat_of("cpe"), college.people["pupil"])
    Review.objects.update(opened_at=NOW - timedelta(days=120))
    watching.erase(college.school, TODAY)
    assert not Review.objects.exists() and not Finding.objects.exists()


def test_a_review_ends_on_its_day_and_says_so_once(
    college: World, noted: list[Happened], seat_of: Any
) -> None:
    noted += times(college.people["pupil"], 3)
    watching.watch(college.school, TODAY)
    review = decided(seat_of("cpe"), college.people["pupil"])
    Item.objects.all().delete()
    assert watching.end_of_term(college.school, review.until) == 0
    assert watching.end_of_term(college.school, review.until + timedelta(days=1)) == 1
    assert watching.end_of_term(college.school, review.until + timedelta(days=1)) == 0
    review.refresh_from_db()
    assert not review.is_open and review.closed_by is None
    assert [item.person_id for item in Item.objects.all()] == [college.people["cpe"].pk]


def test_steps_are_reminded_on_their_day_once(college: World, noted: list[Happened], seat_of: Any) -> None:
    noted += times(college.people["pupil"], 3)
    watching.watch(college.school, TODAY)
    decided(
        seat_of("cpe"),
        college.people["pupil"],
        first_step="Entretien",
        first_step_on=TODAY + timedelta(days=2),
    )
    Item.objects.all().delete()
    watching.remind(college.school, TODAY + timedelta(days=1))
    assert not Item.objects.exists()
    watching.remind(college.school, TODAY + timedelta(days=2))
    watching.remind(college.school, TODAY + timedelta(days=3))
    assert Item.objects.count() == 1
    deciding.note_step(seat_of("cpe"), Step.objects.get(), done=True)
    assert Item.objects.get().read_at is not None
