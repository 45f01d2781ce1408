"""Telling people: a family when a decision opens something, whoever follows it of what waits for them. No fact is in the news."""

from collections.abc import Iterable, Sequence
from datetime import date

from django.urls import reverse
from django.utils import timezone

from preau.directory.models import Guardianship, Holding
from preau.directory.models.scoping import active_on
from preau.directory.words import Role
from preau.domains.attention.models import Review, Step, Word
from preau.foundation import dates, notices

OPENED, ANSWERED, TO_FOLLOW = "attention.opened", "attention.answered", "attention.to_follow"


def _family_of(review: Review) -> list[int]:
    """The guardians who may be informed, and the pupil, while one is here."""
    today = timezone.localdate()
    learns = Holding.objects.filter(
        active_on(today), person_id=review.pupil_id, school_id=review.school_id, role=Role.PUPIL
    )
    if not learns.exists():
        return []
    informed = Guardianship.objects.informed(today).of_another().filter(pupil_id=review.pupil_id)
    return [*informed.order_by("pk").values_list("guardian_id", flat=True), review.pupil_id]


def tell_family(review: Review, decision_id: int) -> None:
    """Somebody has looked and decided something: the page says what, in plain words."""
    url = reverse("attention:told", kwargs={"pk": review.pk})
    facts = {"school": review.school.name}
    notices.publish(
        *(
            notices.News(
                kind=OPENED,
                person_id=person,
                key=str(decision_id),
                url=url,
                school_id=review.school_id,
                about_id=review.pupil_id,
                facts=facts,
            )
            for person in _family_of(review)
        )
    )


def tell_author(word: Word) -> None:
    """Whoever wrote has an answer."""
    review = word.review
    notices.publish(
        notices.News(
            kind=ANSWERED,
            person_id=word.by_id,
            key=str(word.pk),
            school_id=review.school_id,
            url=reverse("attention:told", kwargs={"pk": review.pk}),
            about_id=review.pupil_id,
            facts={"school": review.school.name},
        )
    )


def _to(person_id: int, review: Review, key: str, day: date) -> notices.News:
    return notices.News(
        kind=TO_FOLLOW,
        person_id=person_id,
        key=key,
        school_id=review.school_id,
        url=reverse("attention:review", kwargs={"pk": review.pk}),
        seat=f"staff-{review.school_id}",
        facts={"day": dates.day(day), "school": review.school.name},
    )


def tell_adult(review: Review, decision_id: int) -> None:
    """The adult who is to know reads the facts and the decision on their page."""
    if review.told_to_id:
        notices.publish(_to(review.told_to_id, review, f"told-{decision_id}", timezone.localdate()))


def tell_of_word(word: Word) -> None:
    """A family has written: whoever follows its child answers."""
    notices.publish(_to(word.review.owner_id, word.review, f"word-{word.pk}", timezone.localdate()))


def tell_of_steps(steps: Iterable[Step], today: date) -> None:
    notices.publish(*(_to(step.review.owner_id, step.review, f"step-{step.pk}", step.due) for step in steps))


def tell_owners(what: str, reviews: Sequence[Review], today: date) -> None:
    notices.publish(
        *(_to(review.owner_id, review, f"{what}-{review.pk}-{review.until}", today) for review in reviews)
    )


def settle_word(word: Word) -> None:
    notices.settle(TO_FOLLOW, f"word-{word.pk}")


def settle_step(step: Step) -> None:
    notices.settle(TO_FOLLOW, f"step-{step.pk}")


def settle(review_ids: Sequence[int]) -> None:
    """These reviews go: so does what waits about them."""
    steps = Step.objects.filter(review__in=review_ids).values_list("pk", flat=True)
    words = Word.objects.filter(review__in=review_ids).values_list("pk", flat=True)
    keys = [f"step-{pk}" for pk in steps] + [f"word-{pk}" for pk in words]
    if keys:
        notices.settle(TO_FOLLOW, *keys)
