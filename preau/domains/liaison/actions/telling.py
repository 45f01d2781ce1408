"""News of words: each person once of each, at the hours of the delivery policy (docs/decisions/0141)."""

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import Holding
from preau.directory.models.scoping import active_on
from preau.directory.words import Role
from preau.domains.liaison.models import Answer, Recipient, Word
from preau.domains.liaison.queries.book import eighteen_years_before
from preau.foundation import notices

TOLD, REMINDED, DISAGREED, ANSWERED = (
    "liaison.told",
    "liaison.reminded",
    "liaison.disagreed",
    "liaison.answered",
)
# What leads to the page of one's own copy.
OF_A_COPY = (TOLD, REMINDED, ANSWERED)
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
    # A minor pupil reads the word in the notebook; nothing is asked of them, and nothing sent. From eighteen they alone decide.
    today = timezone.localdate(timezone=ZoneInfo(word.school.timezone))
    of_age = Q(pupil__birth_date__lte=eighteen_years_before(today))
    found = found.filter(~Q(part=Recipient.Part.OWN) | of_age).exclude(person=by)
    for copy in found.select_related("person").order_by("pk").iterator(CHUNK):
        notices.publish(_news(word, copy, reminder))
        told += 1
    return told


def _news(word: Word, copy: Recipient, reminder: int) -> notices.News:
    return notices.News(
        kind=REMINDED if reminder else TOLD,
        person_id=copy.person_id,
        key=f"{copy.pk}-{reminder}" if reminder else str(copy.pk),
        url=reverse("liaison:read", kwargs={"pk": copy.pk}),
        facts={"title": _title_for(word, copy), "school": word.school.name},
        school_id=word.school_id,
        about_id=copy.pupil_id,
        seat="" if copy.pupil_id else f"staff-{word.school_id}",
    )


def _title_for(word: Word, copy: Recipient) -> str:
    """Whoever has no account reads it by mail, and answers on paper."""
    if copy.channel != Recipient.Channel.MAIL:
        return word.title
    return _("%(title)s. Répondez sur le coupon que votre enfant rapporte.") % {"title": word.title}


def settle(word: Word, copies: Iterable[int]) -> None:
    """Nothing more is awaited of these copies: what told of them counts as read, and what has not left does not leave."""
    keys = [str(copy) for copy in copies]
    notices.settle(TOLD, *keys)
    notices.settle(
        REMINDED,
        *(f"{key}-{reminder}" for reminder in word.reminders.values_list("pk", flat=True) for key in keys),
    )


def settle_all(word: Word) -> None:
    """The word is over: nothing of it is awaited of anybody, nor of the head."""
    keys = list(word.recipients.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), CHUNK):
        settle(word, keys[start : start + CHUNK])
    pupils = word.recipients.exclude(answers=None).exclude(pupil=None)
    for pupil_id in pupils.order_by("pupil_id").values_list("pupil_id", flat=True).distinct():
        settle_disagreement(word, pupil_id)


def settle_disagreement(word: Word, pupil_id: int) -> None:
    """Both say the same now, or nothing is asked any more: whichever answer had opened it."""
    answers = Answer.objects.filter(recipient__word=word, recipient__pupil=pupil_id).order_by("pk")
    keys = [f"{word.pk}-{pupil_id}-{answer}" for answer in answers.values_list("pk", flat=True)]
    if keys:
        notices.settle(DISAGREED, *keys)


def tell_disagreement(word: Word, pupil_id: int, answer: Answer) -> None:
    """One yes and one no, since that answer: the head reads it, and speaks with the family."""
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
                key=f"{word.pk}-{pupil_id}-{answer.pk}",
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
