"""Bulletins: made for a class, kept as they are, given to families on a day; a correction is the next version."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from preau.commons.files.actions import keep_made
from preau.directory.models import Group, Guardianship, Period, School
from preau.directory.viewer import Viewer
from preau.domains.report_cards.models import CardBatch, Council, ReportCard
from preau.domains.report_cards.models.cards import KEPT
from preau.domains.report_cards.queries.cards import Content, digest_of
from preau.foundation import dates, filework, journal, notices
from preau.foundation.filework import FileWork
from preau.foundation.locks import lock

READY, PUBLISHED = "report_cards.ready", "report_cards.published"
PDF = "application/pdf"
AT_ONCE = 200


def page_of(batch: CardBatch) -> str:
    """Where the bulletins of a class are."""
    return f"{reverse('report_cards:cards', kwargs={'pk': batch.group_id})}?periode={batch.period_id}"


BATCHES = FileWork(
    "report_cards.batch",
    CardBatch,
    gettext_lazy("Documents d’une classe"),
    "report_cards.cards_asked",
    page_of,
    ("school__current_year", "group__year", "period", "asked_by"),
)


class NotHeld(Exception):
    """The council of this class is not over: what it says may still change."""


class AnotherGoesOn(Exception):
    """Other papers of this class are being made: one work at a time."""


class NothingToPrint(Exception):
    """No bulletin of this class is made yet."""


class NothingToPublish(Exception):
    """No bulletin of this class waits for its day."""


def ask_cards(viewer: Viewer, group: Group, period: Period, kind: str = CardBatch.Kind.CARDS) -> CardBatch:
    """Ask for the papers of a class; while they are being made, asking again is the same work. Raises NotHeld, NothingToPrint, AnotherGoesOn."""
    if kind == CardBatch.Kind.PRINT and not ReportCard.objects.filter(group=group, period=period).exists():
        raise NothingToPrint
    if (
        kind == CardBatch.Kind.CARDS
        and not Council.objects.held().filter(group=group, period=period).exists()
    ):
        raise NotHeld
    same = {"school_id": group.school_id, "group": group, "period": period}
    facts = {"kind": kind, "asked_by": viewer.person, "seat": viewer.key, "expires_on": viewer.today + KEPT}
    asked: CardBatch = filework.ask(BATCHES, viewer, group, same, facts, period=period.pk)
    if asked.kind != kind:
        raise AnotherGoesOn
    return asked


def last_card(pupil: int, period: Period) -> ReportCard | None:
    """The last version of a bulletin."""
    found: ReportCard | None = (
        ReportCard.objects.filter(pupil=pupil, period=period).order_by("-number").first()
    )
    return found


@transaction.atomic
def keep_card(batch: CardBatch, pupil: int, content: Content, paper: bytes | None) -> ReportCard | None:
    """Keep a bulletin as it was made; None where the last version says the same. Raises UploadRefused."""
    lock(Group, batch.group_id)
    known, digest = last_card(pupil, batch.period), digest_of(content)
    if known and known.digest == digest:
        return None
    number = known.number + 1 if known else 1
    file = None
    if paper is not None:
        name = f"bulletin-{content['family_name']}-{content['given_name']}-{content['period']}-v{number}.pdf"
        file = keep_made(batch.school_id, name, paper, PDF)
    card: ReportCard = ReportCard.objects.create(
        school_id=batch.school_id,
        group_id=batch.group_id,
        period=batch.period,
        pupil_id=pupil,
        number=number,
        content=content,
        digest=digest,
        paper=file,
        made_at=timezone.now(),
        made_by=batch.asked_by,
    )
    # In the same transaction: a work that is stopped and begun again counts each once.
    CardBatch.objects.filter(pk=batch.pk).update(made=F("made") + 1)
    line = journal.Line(
        "report_cards.card_made",
        school_id=batch.school_id,
        target="report_cards.reportcard",
        target_id=card.pk,
        subject_id=pupil,
        details={"number": number, "digest": digest},
    )
    journal.write(line)
    return card


def end_batch(batch_id: int, made: int | None = None, paper: tuple[str, bytes] | None = None) -> bool:
    """The papers of a class are there: whoever asked is told. `made`: how many, where none was counted on the way. Raises UploadRefused."""

    def fill(known: CardBatch) -> None:
        if made is not None:
            known.made = made
        if paper is not None:
            known.file = keep_made(known.school_id, f"{paper[0]}.pdf", paper[1], PDF)
        notices.publish(
            notices.News(
                kind=READY,
                person_id=known.asked_by_id,
                key=str(known.pk),
                school_id=known.school_id,
                seat=known.seat,
                url=page_of(known),
                facts={"school": known.school.name},
            )
        )

    return filework.keep(BATCHES, batch_id, fill)


@transaction.atomic
def publish_cards(viewer: Viewer, group: Group, period: Period, at: datetime) -> int:
    """Give the last version of each bulletin of a class to its family, from a moment on; returns how many. Raises NotHeld, NothingToPublish.

    What families read already stays; a day to come may be changed.
    """
    lock(Group, group.pk)
    if not Council.objects.held().filter(group=group, period=period).exists():
        raise NotHeld
    now = timezone.now()
    last: dict[int, ReportCard] = {}
    for card in ReportCard.objects.filter(group=group, period=period).defer("content").order_by("number"):
        last[card.pupil_id] = card
    waiting = [card for card in last.values() if card.published_at is None or card.published_at > now]
    if not waiting:
        raise NothingToPublish
    changed = [card for card in waiting if card.published_at != at]
    ReportCard.objects.filter(pk__in=[card.pk for card in changed]).update(published_at=at)
    if changed:
        journal.record(
            viewer,
            "report_cards.cards_published",
            group,
            period=period.pk,
            count=len(changed),
            at=at.isoformat(),
        )
    return len(changed)


@transaction.atomic
def tell_published(now: datetime) -> int:
    """Tell pupils, and each guardian who may read, of the bulletins that they have come to read; returns of how many."""
    waiting = ReportCard.objects.filter(published_at__lte=now, told_at=None)
    locked = waiting.select_for_update(of=("self",), skip_locked=True).defer("content")
    found = list(locked.select_related("school", "period").order_by("pk")[:AT_ONCE])
    for card in found:
        notices.publish(*_news(card, now))
        card.told_at = now
    ReportCard.objects.bulk_update(found, ["told_at"])
    return len(found)


def _news(card: ReportCard, now: datetime) -> list[notices.News]:
    today = timezone.localdate(now, ZoneInfo(card.school.timezone))
    informed = Guardianship.objects.informed(today).of_another().filter(pupil=card.pupil_id)
    recipients = [card.pupil_id, *informed.order_by("pk").values_list("guardian_id", flat=True)]
    return [
        notices.News(
            kind=PUBLISHED,
            person_id=person,
            key=str(card.pk),
            url=reverse("report_cards:card", kwargs={"pk": card.pk}),
            school_id=card.school_id,
            about_id=card.pupil_id,
            facts={"day": dates.day(today), "school": card.school.name},
        )
        for person in recipients
    ]


def forget_cards(person_id: int) -> int:
    """Erase the bulletins of a pupil: their papers are nobody's any more, and go the same day."""
    return ReportCard.objects.filter(pupil_id=person_id).delete()[0]


def forget_batches(person_id: int) -> int:
    """Erase what somebody asked for."""
    return CardBatch.objects.filter(asked_by_id=person_id).delete()[0]


@transaction.atomic
def erase_batches(school: School, today: object) -> int:
    """Let go of what says how a work went, once its days are over."""
    return CardBatch.objects.filter(school=school, expires_on__lt=today).delete()[0]
