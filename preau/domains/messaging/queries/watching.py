"""What those who watch over a school read: what is held and reported, who is stopped, and the trace of an account."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from preau.commons.journal.models import Line
from preau.directory.viewer import Viewer
from preau.domains.messaging.models import Brake, Delivery, Freeze, Message, Report
from preau.foundation import boards


def held_in(viewer: Viewer) -> "QuerySet[Message]":
    """What waits for an adult of this school, but one's own."""
    held = Message.objects.visible_to(viewer).filter(school=viewer.school_id, state=Message.State.HELD)
    return held.exclude(author=viewer.person.pk).select_related("author").order_by("sent_at", "pk")[:50]


def reports_in(viewer: Viewer) -> "QuerySet[Report]":
    found = Report.objects.visible_to(viewer).filter(school=viewer.school_id)
    return found.select_related("by", "closed_by", "message__author").order_by("closed_at", "-at", "-pk")


def freezes_in(viewer: Viewer) -> "QuerySet[Freeze]":
    found = Freeze.objects.visible_to(viewer).filter(school=viewer.school_id)
    return found.select_related("person", "by").order_by("-pk")[:20]


def brakes_in(viewer: Viewer) -> dict[str, Brake]:
    """Those that are on, by profile."""
    on = Brake.objects.visible_to(viewer).filter(school=viewer.school_id, lifted_at=None).select_related("by")
    return {brake.profile: brake for brake in on}


def waiting_in(viewer: Viewer) -> int:
    """How much waits: held messages and open reports (two queries)."""
    reports = Report.objects.visible_to(viewer).filter(school=viewer.school_id, closed_at=None)
    return len(held_in(viewer)) + reports.count()


@dataclass(frozen=True)
class Sent:
    """A message of a frozen account, and how far it went."""

    message: Message
    reached: int
    read: int


def sent_by_frozen(freeze: Freeze) -> list[Sent]:
    """What the account sent in the day before it was frozen (two queries)."""
    found = Message.objects.filter(
        author=freeze.person_id, school=freeze.school_id, recalled_at__gte=freeze.at, sent_at__lte=freeze.at
    )
    rows = list(found.select_related("about").order_by("sent_at", "pk")[:200])
    counted = (
        Delivery.objects.received()
        .filter(message__in=[row.pk for row in rows])
        .values("message_id")
        .annotate(reached=Count("pk"), read=Count("pk", filter=Q(read_at__isnull=False)))
        .order_by()
    )
    known = {line["message_id"]: line for line in counted}
    return [
        Sent(row, known.get(row.pk, {}).get("reached", 0), known.get(row.pk, {}).get("read", 0))
        for row in rows
    ]


@dataclass(frozen=True)
class Trace:
    """One line of the journal about a frozen account."""

    at: datetime
    said: str
    by: str
    seal: str


def trace_of(freeze: Freeze) -> list[Trace]:
    """What the journal keeps of it, with the seal that covers each line (one query)."""
    words: Any = boards.journal_words_by_verb()
    about = Q(target="messaging.freeze", target_id=freeze.pk) | Q(details__freeze=freeze.pk)
    lines = Line.objects.filter(about, school=freeze.school_id, is_read=False).select_related("actor", "seal")
    return [
        Trace(
            line.at,
            str(words[line.verb].label) if line.verb in words else line.verb,
            line.actor.full_name if line.actor else "",
            line.seal.digest[:16] if line.seal else "",
        )
        for line in lines.order_by("at", "pk")[:300]
    ]
