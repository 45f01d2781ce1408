"""News of words: each person once of each, at the hours of the delivery policy (docs/decisions/0141)."""

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from preau.directory.models import Holding
from preau.directory.models.scoping import active_on
from preau.directory.words import Role
from preau.domains.liaison.models import Answer, Recipient, Word
from preau.foundation import notices

TOLD, REMINDED, DISAGREED, ANSWERED = (
    "liaison.told",
    "liaison.reminded",
    "liaison.disagreed",
    "liaison.answered",
)
CHUNK = 500


@transaction.atomic
def tell(word_id: int, recipients: Sequence[int], reminder: int, by: int) -> int:
    """Tell these copies of a word, or tell them again: whoever has answered meanwhile is not; returns how many.

    Run twice, it tells once: a key is told once to a person.
    """
    word = Word.objects.select_related("school").filter(pk=word_id, state=Word.State.SENT).first()
    if word is None:
        return 0
    answered = Answer.objects.current().filter(recipient__word=word).values("recipient_id")
    found = Recipient.objects.filter(word=word, pk__in=recipients).exclude(pk__in=answered)
    told = 0
    # A minor pupil reads the word in the notebook; nothing is asked of them, and nothing sent.
    for copy in found.exclude(part=Recipient.Part.OWN).exclude(person=by).order_by("pk").iterator(CHUNK):
        notices.publish(_news(word, copy, reminder))
        told += 1
    return told


def _news(word: Word, copy: Recipient, reminder: int) -> notices.News:
    return notices.News(
        kind=REMINDED if reminder else TOLD,
        person_id=copy.person_id,
        key=f"{copy.pk}-{reminder}" if reminder else str(copy.pk),
        url=reverse("liaison:read", kwargs={"pk": copy.pk}),
        facts={"title": word.title, "school": word.school.name},
        school_id=word.school_id,
        about_id=copy.pupil_id,
        seat="" if copy.pupil_id else f"staff-{word.school_id}",
    )


def settle(word: Word, copies: Iterable[int]) -> None:
    """Nothing more is awaited of these copies: what told of them counts as read, and what has not left does not leave."""
    keys = [str(copy) for copy in copies]
    notices.settle(TOLD, *keys)
    notices.settle(
        REMINDED,
        *(f"{key}-{reminder}" for reminder in word.reminders.values_list("pk", flat=True) for key in keys),
    )


def tell_disagreement(word: Word, pupil_id: int) -> None:
    """One yes and one no: the head reads it, and speaks with the family."""
    heads = Holding.objects.filter(
        active_on(timezone.localdate(timezone=ZoneInfo(word.school.timezone))),
        school=word.school_id,
        role=Role.HEAD,
    )
    notices.publish(
        *(
            notices.News(
                kind=DISAGREED,
                person_id=person,
                key=f"{word.pk}-{pupil_id}",
                url=reverse("liaison:word", kwargs={"pk": word.pk}),
                facts={"title": word.title, "school": word.school.name},
                school_id=word.school_id,
                about_id=pupil_id,
                seat=f"staff-{word.school_id}",
            )
            for person in heads.order_by("person_id").values_list("person_id", flat=True).distinct()
        )
    )


def tell_others(word: Word, answer: Answer, others: Iterable[Recipient]) -> None:
    """The other people who are asked about the same child read that somebody has answered."""
    notices.publish(
        *(
            notices.News(
                kind=ANSWERED,
                person_id=copy.person_id,
                key=f"{copy.pk}-{answer.pk}",
                url=reverse("liaison:read", kwargs={"pk": copy.pk}),
                facts={"title": word.title, "school": word.school.name},
                school_id=word.school_id,
                about_id=copy.pupil_id,
            )
            for copy in others
        )
    )
