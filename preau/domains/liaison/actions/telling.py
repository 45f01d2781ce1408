"""News of words: each person once of each, at the hours of the delivery policy (docs/decisions/0141)."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.commons.asking import actions as asking
from preau.directory.models import Guardianship, Holding
from preau.directory.models.scoping import active_on
from preau.directory.rules.authority import eighteen_years_before
from preau.directory.words import Role
from preau.domains.liaison.models import Answer, Recipient, Word
from preau.domains.liaison.queries.states import rows_of
from preau.foundation import dates, notices

TOLD, REMINDED, DISAGREED, ANSWERED, PROLONGED, ENTERED = (
    "liaison.told",
    "liaison.reminded",
    "liaison.disagreed",
    "liaison.answered",
    "liaison.prolonged",
    "liaison.entered",
)
# What leads to the page of one's own copy.
OF_A_COPY = (TOLD, REMINDED, ANSWERED, PROLONGED, ENTERED)
CHUNK = 500


@transaction.atomic
def tell(word_id: int, recipients: Sequence[int], reminder: int, by: int, until: str = "") -> int:
    """Tell these copies of a word, or tell them again, or that there is more time (`until`): whoever has answered meanwhile, or does not
    follow the pupil any more, is not; returns how many.

    Run twice, it tells once: a key is told once to a person.
    """
    word = Word.objects.select_related("school").filter(pk=word_id, state=Word.State.SENT).first()
    if word is None:
        return 0
    if until and (word.closes_at is None or until != mark_of(word.closes_at)):
        # Put off again before this task ran: another one tells the date that counts.
        return 0
    answered = Answer.objects.current().filter(recipient__word=word).values("recipient_id")
    found = Recipient.objects.filter(word=word, pk__in=recipients).exclude(pk__in=answered)
    # A minor pupil reads the word in the notebook; nothing is asked of them, and nothing sent. From eighteen they alone decide.
    today = timezone.localdate(timezone=ZoneInfo(word.school.timezone))
    of_age = Q(pupil__birth_date__lte=eighteen_years_before(today))
    found = found.filter(~Q(part=Recipient.Part.OWN) | of_age, _still_theirs(today)).exclude(person=by)
    copies = list(found.select_related("person", "pupil").order_by("pk"))
    # What is asked of one depends on what the others of the same child have said.
    whole = word.recipients.filter(pupil__in={copy.pupil_id for copy in copies if copy.pupil_id})
    rows = rows_of(word, whole.select_related("person", "pupil").order_by("pk"), today)
    asked = {copy.pk for row in rows for copy in row.awaited}
    for start in range(0, len(copies), CHUNK):
        part = copies[start : start + CHUNK]
        notices.publish(*(_news(word, copy, reminder, until, asked=copy.pk in asked) for copy in part))
    return len(copies)


def _still_theirs(today: date) -> Q:
    """A guardian who follows the pupil today, a colleague who works here: rights may have ended since the word left."""
    followed = Guardianship.objects.informed(today).filter(
        pupil=OuterRef("pupil_id"), guardian=OuterRef("person_id")
    )
    works = Holding.objects.active(today).filter(
        person=OuterRef("person_id"), school=OuterRef("word__school_id")
    )
    part = Recipient.Part
    return Q(part=part.OWN) | Q(Exists(followed), part=part.GUARDIAN) | Q(Exists(works), part=part.STAFF)


def _kind_and_mark(reminder: int, until: str) -> tuple[str, str]:
    if until:
        return PROLONGED, until
    return (REMINDED, str(reminder)) if reminder else (TOLD, "")


def _news(word: Word, copy: Recipient, reminder: int, until: str, *, asked: bool) -> notices.News:
    kind, mark = _kind_and_mark(reminder, until)
    day = dates.day_and_hour(word.closes_at) if word.closes_at else ""
    waits = _waits(word) if asked and copy.part != Recipient.Part.STAFF else ""
    return notices.News(
        kind=kind,
        person_id=copy.person_id,
        key=f"{copy.pk}-{mark}" if mark else str(copy.pk),
        url=reverse("liaison:read", kwargs={"pk": copy.pk}),
        facts={"title": _title_for(word, copy), "school": word.school.name, "day": day, "waits": waits},
        school_id=word.school_id,
        about_id=copy.pupil_id,
        seat="" if copy.pupil_id else f"staff-{word.school_id}",
        until=word.closes_at,
    )


def _title_for(word: Word, copy: Recipient) -> str:
    """Whoever has no account reads it by mail, and answers on paper."""
    if copy.channel not in {Recipient.Channel.MAIL, Recipient.Channel.TEXT}:
        return word.title
    if copy.part == Recipient.Part.OWN:
        return _("%(title)s. Répondez sur le coupon qui vous est remis.") % {"title": word.title}
    return _("%(title)s. Répondez sur le coupon que votre enfant rapporte.") % {"title": word.title}


def _waits(word: Word) -> str:
    """What a text message says of it to those who are asked: never its title, which may be private."""
    what = _("un mot à lire") if word.is_information else _("un mot à signer")
    if word.closes_at is None:
        return what
    day = dates.day(dates.local(word.closes_at, word.school.timezone).date())
    return _("%(what)s jusqu’au %(day)s") % {"what": what, "day": day}


def settle(word: Word, copies: Iterable[int]) -> None:
    """Nothing more is awaited of these copies: what told of them counts as read, and what has not left does not leave."""
    dates_told = [mark_of(word.closes_at)] if word.closes_at else []
    asking.settle(copies, {TOLD: [""], REMINDED: asking.reminders_of(word), PROLONGED: dates_told})


def settle_prolonged(word: Word) -> None:
    """The date that was told is not the one any more."""
    if word.closes_at is not None:
        copies = word.recipients.order_by("pk").values_list("pk", flat=True)
        asking.settle(copies, {PROLONGED: [mark_of(word.closes_at)]})


def mark_of(closes_at: datetime) -> str:
    """What names one deadline among those that a word has had."""
    return f"{closes_at.astimezone(UTC):%Y%m%d%H%M}"


def tell_entered(recipient: Recipient) -> None:
    """Whose coupon was typed in reads that it was: they may say that it is not what they wrote."""
    word = recipient.word
    answer = recipient.answers.current().order_by("pk").last()
    notices.publish(
        notices.News(
            kind=ENTERED,
            person_id=recipient.person_id,
            key=f"{recipient.pk}-{answer.pk if answer else 0}",
            url=reverse("liaison:read", kwargs={"pk": recipient.pk}),
            facts={"title": word.title, "school": word.school.name},
            school_id=word.school_id,
            about_id=recipient.pupil_id,
        )
    )


def settle_all(word: Word) -> None:
    """The word is over: nothing of it is awaited of anybody, nor of the head."""
    settle(word, word.recipients.order_by("pk").values_list("pk", flat=True))
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
    """Those who are asked about the same child and have not answered yet read that somebody has."""
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
