"""What people do: look and decide, decide again, plan steps, end; a family writes, the school answers."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from preau.directory.models import Person, School
from preau.directory.viewer import Viewer
from preau.domains.attention import rules
from preau.domains.attention.actions import telling
from preau.domains.attention.models import Decision, Finding, Review, Step, Word
from preau.domains.attention.models.reviews import Kind
from preau.foundation import journal
from preau.foundation.locks import lock


class LookedAtAlready(Exception):
    """Somebody has just decided of these facts, or they are gone; nothing was written."""


class FactsChanged(Exception):
    """The facts are not those that the page showed; nothing was written."""


class Over(Exception):
    """The review is over; nothing was written."""


@dataclass(frozen=True)
class DecisionFacts:
    """A decision as it was typed."""

    kind: str
    reason: str
    until: date | None = None
    told_to: Person | None = None
    first_step: str = ""
    first_step_on: date | None = None


def mark_of(findings: list[Finding]) -> str:
    """What a page showed, so that nobody decides of facts that they have not read."""
    return ",".join(f"{finding.pk}-{finding.number}-{finding.since:%m%d}" for finding in findings)


@transaction.atomic
def decide(viewer: Viewer, pupil: Person, shown: str, said: DecisionFacts) -> Review:
    """Decide of the facts of a pupil. Raises LookedAtAlready and FactsChanged."""
    school_id = rules.school_of(viewer)
    lock(School, school_id)
    waiting = (
        Finding.objects.select_for_update(of=("self",)).filter(school_id=school_id, pupil=pupil).waiting()
    )
    findings = list(waiting.order_by("pk"))
    if not findings:
        raise LookedAtAlready
    if mark_of(findings) != shown:
        raise FactsChanged
    review = Review(school_id=school_id, pupil=pupil, owner=viewer.person, opened_at=timezone.now())
    _set(viewer, review, said)
    Finding.objects.filter(pk__in=[finding.pk for finding in findings]).update(review=review)
    _write(viewer, review, said, "attention.decided")
    return review


@transaction.atomic
def decide_again(viewer: Viewer, review: Review, said: DecisionFacts) -> bool:
    """Another decision of the same facts; whoever makes it follows from now on. False when it is the same as the last one."""
    review = lock(Review, review.pk)
    last = review.decisions.order_by("-decided_at", "-pk").first()
    known = last and DecisionFacts(last.kind, last.reason, last.until, review.told_to)
    asked = DecisionFacts(said.kind, said.reason, said.until, said.told_to)
    step, due = said.first_step, said.first_step_on
    planned = not step or due is None or review.steps.filter(what=step, due=due).exists()
    if known == asked and review.owner_id == viewer.person.pk and planned:
        return False
    review.owner = viewer.person
    _set(viewer, review, said)
    _write(viewer, review, said, "attention.decided_again")
    return True


def _set(viewer: Viewer, review: Review, facts: DecisionFacts) -> None:
    """« Rien à faire » ends a review at once, with its reason; the others open it until a day."""
    ends = facts.kind == Kind.NOTHING
    review.kind, review.until, review.told_to = facts.kind, facts.until, facts.told_to
    review.closed_at = timezone.now() if ends else None
    review.closed_by = viewer.person if ends else None
    review.outcome = ""
    review.save()


def _write(viewer: Viewer, review: Review, facts: DecisionFacts, verb: str) -> None:
    decision = Decision.objects.create(
        school_id=review.school_id,
        review=review,
        kind=facts.kind,
        reason=facts.reason,
        until=facts.until,
        decided_by=viewer.person,
        decided_at=timezone.now(),
    )
    if facts.first_step and facts.first_step_on:
        Step.objects.create(
            school_id=review.school_id,
            review=review,
            what=facts.first_step,
            due=facts.first_step_on,
            added_by=viewer.person,
        )
    journal.record(viewer, verb, review)
    if facts.kind != Kind.NOTHING:
        telling.tell_family(review, decision.pk)
        telling.tell_adult(review, decision.pk)


def _open_one(review_id: int) -> Review:
    review = Review.objects.select_for_update(of=("self",)).going_on().filter(pk=review_id).first()
    if review is None:
        raise Over
    found: Review = review
    return found


@transaction.atomic
def add_step(viewer: Viewer, review: Review, what: str, due: date) -> bool:
    """Plan something. False for the same thing twice; raises Over."""
    review = _open_one(review.pk)
    if review.steps.filter(what=what, due=due).exists():
        return False
    Step.objects.create(school_id=review.school_id, review=review, what=what, due=due, added_by=viewer.person)
    journal.record(viewer, "attention.step_added", review)
    return True


@transaction.atomic
def note_step(viewer: Viewer, step: Step, *, done: bool) -> bool:
    """It was done, or it was not after all; False when that is said already. Raises Over."""
    review = _open_one(step.review_id)
    step = lock(Step, step.pk)
    if (step.done_at is not None) == done:
        return False
    step.done_at = timezone.now() if done else None
    step.done_by = viewer.person if done else None
    step.save(update_fields=["done_at", "done_by"])
    verb = "attention.step_done" if done else "attention.step_undone"
    journal.record(viewer, verb, review)
    if done:
        telling.settle_step(step)
    return True


@transaction.atomic
def end(viewer: Viewer, review: Review, outcome: str) -> bool:
    """End a review with what came of it; False when it is over already. Deciding again opens it anew."""
    try:
        review = _open_one(review.pk)
    except Over:
        return False
    review.closed_at, review.closed_by, review.outcome = timezone.now(), viewer.person, outcome
    review.save(update_fields=["closed_at", "closed_by", "outcome"])
    journal.record(viewer, "attention.ended", review)
    for step in review.steps.filter(done_at=None):
        telling.settle_step(step)
    return True


@transaction.atomic
def write_word(viewer: Viewer, review: Review, about: str, text: str) -> bool:
    """A family or a pupil contests, or adds something; False for the same words twice."""
    review = lock(Review, review.pk)
    fields = {"about": about, "text": text}
    if review.words.filter(by=viewer.person, **fields).exists():
        return False
    word = Word.objects.create(
        school_id=review.school_id, review=review, by=viewer.person, at=timezone.now(), **fields
    )
    journal.record(viewer, "attention.word_written", review, about=about)
    telling.tell_of_word(word)
    return True


@transaction.atomic
def answer(viewer: Viewer, word: Word, text: str) -> bool:
    """The school answers, once; False when somebody has."""
    lock(Review, word.review_id)
    word = lock(Word, word.pk, "review__school")
    if word.answered_at is not None:
        return False
    word.answer, word.answered_by, word.answered_at = text, viewer.person, timezone.now()
    word.save(update_fields=["answer", "answered_by", "answered_at"])
    journal.record(viewer, "attention.word_answered", word.review)
    telling.settle_word(word)
    telling.tell_author(word)
    return True


def forget_reviews(person_id: int) -> int:
    """Erase all that was counted and decided of a pupil."""
    findings = Finding.objects.filter(pupil_id=person_id).delete()[0]
    return findings + Review.objects.filter(pupil_id=person_id).delete()[0]


def forget_words(person_id: int) -> int:
    """Erase what somebody wrote of their child, and what they were answered."""
    return Word.objects.filter(by_id=person_id).delete()[0]
