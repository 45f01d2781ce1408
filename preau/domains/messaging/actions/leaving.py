"""What the worker does: a row for each person, then their arrival, each exactly once whatever dies in between."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _

from preau.directory.viewer import Viewer, viewer_for
from preau.domains.messaging.actions.sending import RECEIVED, start, work_of
from preau.domains.messaging.models import Delivery, Message, Preference
from preau.domains.messaging.queries import conversation, hours, reach
from preau.domains.messaging.queries.reach import Reach, Reached
from preau.foundation import live, notices, works
from preau.foundation.works import Ending

State = Message.State
CHUNK, ARRIVALS = 500, 200
RETURNED = "messaging.returned"


@transaction.atomic
def release_due(now: datetime) -> int:
    """Let those leave whose hour has come; returns how many."""
    due = Message.objects.select_for_update(of=("self",)).filter(state=State.SCHEDULED, asked_for__lte=now)
    ready = list(due.order_by("pk")[:100])
    for message in ready:
        message.state = State.LEAVING
        message.save(update_fields=["state"])
        start(message)
    return len(ready)


def expand(message_id: int) -> int:
    """Write a row for each person of a message, by chunks; returns how many rows were new. Run again, it adds what is missing."""
    message = (
        Message.objects.select_related("author", "school", "answers")
        .filter(pk=message_id, state=State.LEAVING)
        .first()
    )
    if message is None:
        return 0
    works.begin(work_of(message_id))
    viewer = viewer_of(message)
    if viewer is not None and _lacks_a_list(viewer, message):
        return 0
    people = iter(()) if viewer is None else _people(viewer, message)
    written = count = 0
    while chunk := list(islice(people, CHUNK)):
        kept = _write(message, chunk)
        if kept is None:
            return written
        written, count = written + kept, count + len(chunk)
        works.tell(work_of(message_id), _("Envoi du message"), min(count, message.people), message.people)
    _finish(message_id)
    return written


def viewer_of(message: Message) -> Viewer | None:
    """The author, in the seat from which it was written; None when they are gone or stopped since."""
    if message.author is None:
        return None
    viewer = viewer_for(message.author, 0, timezone.now(), message.seat)
    if viewer is None or viewer.key != message.seat or conversation.is_frozen(viewer):
        return None
    return viewer


def _people(viewer: Viewer, message: Message) -> Iterator[tuple[Reached, str, bool]]:
    given = conversation.given_to_answer(viewer, message.answers)
    return reach.gathered(Reach(viewer, message.school_id), message.addressed, given)


@transaction.atomic
def _lacks_a_list(viewer: Viewer, message: Message) -> bool:
    """A group of work went away before its hour: the message comes back, unless it has begun to leave."""
    if not reach.lacks_a_list(Reach(viewer, message.school_id), message.addressed):
        return False
    locked = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if locked.state != State.LEAVING or Delivery.objects.received().filter(message=locked).exists():
        return False
    _give_back(locked)
    return True


@transaction.atomic
def _write(message: Message, chunk: list[tuple[Reached, str, bool]]) -> int | None:
    """The rows of some people; None when the message was recalled meanwhile."""
    now = timezone.now()
    state = Message.objects.select_for_update(of=("self",)).values_list("state", flat=True).get(pk=message.pk)
    if state != State.LEAVING:
        return None
    ready = max(message.sent_at or now, message.asked_for or message.sent_at or now)
    leaves = hours.departures(
        message.school, [one.person for one, _kind, _listed in chunk], ready, urgent=bool(message.urgent)
    )
    before = Delivery.objects.filter(message=message.pk).count()
    Delivery.objects.bulk_create(
        [
            Delivery(
                school_id=message.school_id,
                message_id=message.pk,
                thread_id=message.thread_id or 0,
                person_id=one.person,
                seat=one.seat,
                kind=kind,
                listed=listed,
                child_id=one.child,
                due_at=leaves[one.person],
            )
            for one, kind, listed in chunk
        ],
        ignore_conflicts=True,
    )
    first = min(leaves.values())
    known = Message.objects.filter(pk=message.pk)
    known.filter(departs_at=None).update(departs_at=first)
    known.filter(departs_at__gt=first).update(departs_at=first)
    return Delivery.objects.filter(message=message.pk).count() - before


@transaction.atomic
def _finish(message_id: int) -> None:
    """Everybody has a row. When nobody has, the message comes back as a draft, and its author is told."""
    message = Message.objects.select_for_update(of=("self",)).get(pk=message_id)
    if message.state != State.LEAVING:
        return
    reached = Delivery.objects.received().filter(message=message).count()
    if not reached:
        _give_back(message)
        return
    message.state, message.people = State.SENT, reached
    message.save(update_fields=["state", "people"])
    works.end(work_of(message_id), ending=Ending.DONE)


def _give_back(message: Message) -> None:
    Delivery.objects.filter(message=message).delete()
    message.state, message.sent_at = State.DRAFT, None
    message.save(update_fields=["state", "sent_at"])
    works.end(work_of(message.pk), ending=Ending.FAILED)
    if message.author_id:
        notices.publish(
            notices.News(
                kind=RETURNED,
                person_id=message.author_id or 0,
                key=f"{message.pk}-{message.revision}",
                school_id=message.school_id,
                url=reverse("messaging:draft", kwargs={"pk": message.pk}),
                seat=message.seat,
            )
        )


def arrive(now: datetime, message_id: int | None = None) -> int:
    """Bring what is due to its people; returns how many rows arrived. Run twice, or by two workers, each arrives once."""
    due = conversation.not_braked(Delivery.objects.on_the_way(now))
    if message_id is not None:
        due = due.filter(message=message_id)
    arrived = 0
    for pk in list(due.order_by("message_id").values_list("message_id", flat=True).distinct()[:500]):
        while some := _arrive(pk, now):
            arrived += some
    return arrived


@transaction.atomic
def _arrive(message_id: int, now: datetime) -> int:
    """Some rows of one message: a recall waits for these, then finds no others."""
    message = Message.objects.select_for_update(of=("self",)).select_related("thread").get(pk=message_id)
    if message.state not in {State.LEAVING, State.SENT}:
        return 0
    rows = list(
        conversation.not_braked(Delivery.objects.on_the_way(now))
        .filter(message=message_id)
        .order_by("pk")[:ARRIVALS]
    )
    if not rows:
        return 0
    before = Delivery.objects.received().filter(thread=message.thread_id, latest=True)
    before.filter(person__in=[row.person_id for row in rows]).update(latest=False)
    Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(arrived_at=now, latest=True)
    notices.publish(*(_news(message, row) for row in rows))
    live.touch(*live.all_of("mail", [row.person_id for row in rows]))
    _answer_for_those_away(message, rows, now)
    return len(rows)


def _news(message: Message, row: Delivery) -> notices.News:
    """A message is announced; what it says is read in Préau alone."""
    return notices.News(
        kind=RECEIVED,
        person_id=row.person_id,
        key=str(message.pk),
        school_id=message.school_id,
        url=reverse("messaging:thread", kwargs={"pk": message.thread_id}),
        about_id=row.child_id,
        seat="" if row.seat == "guardian" else row.seat,
    )


def _answer_for_those_away(message: Message, rows: list[Delivery], now: datetime) -> None:
    """Whoever said that they are away answers once to each conversation; nothing answers what came by a list, or by itself."""
    if message.is_automatic or message.author_id is None:
        return
    today = timezone.localdate(now)
    named = {row.person_id: row for row in rows if not row.listed}
    away = Preference.objects.filter(
        person__in=list(named), away_from__lte=today, away_until__gte=today
    ).exclude(away_text="")
    for preference in away.select_related("person"):
        row = named[preference.person_id]
        replies = Message.objects.filter(
            thread=message.thread_id, author=preference.person_id, is_automatic=True
        )
        if preference.seat == row.seat and not replies.exists():
            _automatic(message, preference, now)


def _automatic(message: Message, preference: Preference, now: datetime) -> None:
    words: Any = {
        "school_id": message.school_id,
        "thread_id": message.thread_id,
        "subject": message.subject,
        "excerpt": preference.away_text[:160],
        "body": f"<p>{escape(preference.away_text)}</p>",
    }
    answer = Message.objects.create(
        author=preference.person,
        seat=preference.seat,
        answers=message,
        state=State.SENT,
        is_automatic=True,
        people=1,
        changed_at=now,
        sent_at=now,
        departs_at=now,
        **words,
    )
    Delivery.objects.create(
        school_id=message.school_id,
        message=answer,
        thread_id=message.thread_id or 0,
        person_id=message.author_id or 0,
        seat=message.seat,
        kind=Delivery.Kind.TO,
        due_at=now,
        arrived_at=now,
        latest=True,
        child_id=message.about_id if message.seat == "guardian" else None,
    )


def purge_bins(now: datetime) -> int:
    """What was thrown away thirty days ago is no longer shown to whoever threw it; returns how many rows went."""
    return Delivery.objects.filter(trashed_at__lt=now - timedelta(days=30)).delete()[0]
