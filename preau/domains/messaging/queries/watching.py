"""What those who watch over a school read: what is held and reported, who is stopped, and the trace of an account."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce

from preau.commons.journal.models import Line
from preau.directory.counting import number_of
from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.messaging.models import Brake, Delivery, Freeze, Message, Report
from preau.foundation import boards
from preau.foundation.prepared import Prepared


def held_in(viewer: Viewer) -> "QuerySet[Message]":
    """What waits for an adult of this school, but one's own."""
    held = Message.objects.visible_to(viewer).filter(school=viewer.school_id, state=Message.State.HELD)
    return held.exclude(author=viewer.person.pk).select_related("author").order_by("sent_at", "pk")[:50]


def recallable(person: Person, school_id: int | None, since: datetime) -> "QuerySet[Message]":
    """What somebody has sent from this school since a moment, and which their freeze would take back."""
    sent = Message.objects.filter(author=person, school=school_id, sent_at__gt=since)
    state = Message.State
    return sent.exclude(state__in=[state.RECALLED, state.REFUSED, state.DRAFT]).order_by("pk")


def _reports(viewer: Viewer) -> "QuerySet[Report]":
    """The reports of this school, but those of a message of one's own: nobody learns so who reported them."""
    found = Report.objects.visible_to(viewer).filter(school=viewer.school_id)
    return found.exclude(message__author=viewer.person.pk)


def reports_in(viewer: Viewer) -> "QuerySet[Report]":
    return (
        _reports(viewer)
        .select_related("by", "closed_by", "message__author")
        .order_by("closed_at", "-at", "-pk")
    )


# Of a message to a whole school, the first ones; the page says how many there are.
MOST_NAMED = 40
# Of a long conversation, the last messages before the reported one, and as many of those that follow.
MOST_AROUND = 30


@dataclass(frozen=True)
class Reached:
    """Somebody to whom a reported message went, and how."""

    name: str
    way: str
    read: bool


@dataclass(frozen=True)
class Reported:
    """A reported message as those who watch over the school read it: to whom it went, and what was said around it.

    `around`: of its conversation, what whoever reports it had before their eyes, and nothing that others said among themselves.
    """

    reached: list[Reached]
    people: int
    read: int
    around: list[Message]

    @property
    def more(self) -> int:
        return self.people - len(self.reached)


def reported(report: Report, message: Message) -> Reported:
    """To whom a reported message went, and the conversation around it (four queries)."""
    received = Delivery.objects.received().filter(message=message, arrived_at__isnull=False)
    counted = received.aggregate(people=Count("pk"), read=Count("pk", filter=Q(read_at__isnull=False)))
    rows = received.select_related("person").order_by("kind", "person__search_name", "pk")[:MOST_NAMED]
    reached = [
        Reached(
            row.person.full_name,
            "" if row.kind == Delivery.Kind.TO else str(row.get_kind_display()),
            row.read_at is not None,
        )
        for row in rows
    ]
    return Reported(reached, counted["people"], counted["read"], _around(report, message))


def _around(report: Report, message: Message) -> list[Message]:
    """What had left when the report was made: those before the message, the nearest ones, then those after it (two queries)."""
    mine = Delivery.objects.filter(thread=message.thread_id, person=report.by_id, arrived_at__isnull=False)
    left = Message.objects.filter(
        pk__in=mine.values("message_id"),
        state__in=[Message.State.LEAVING, Message.State.SENT, Message.State.RECALLED],
        sent_at__lte=report.at,
    )
    others = left.exclude(pk=message.pk).select_related("author")
    before = others.filter(sent_at__lte=message.sent_at).order_by("-sent_at", "-pk")[:MOST_AROUND]
    after = others.filter(sent_at__gt=message.sent_at).order_by("sent_at", "pk")[:MOST_AROUND]
    return [*list(before)[::-1], *after]


def freezes_in(viewer: Viewer) -> "QuerySet[Freeze]":
    found = Freeze.objects.visible_to(viewer).filter(school=viewer.school_id)
    return found.select_related("person", "by").order_by("-pk")[:20]


def brakes_in(viewer: Viewer) -> dict[str, Brake]:
    """Those that are on, by profile."""
    on = Brake.objects.visible_to(viewer).filter(school=viewer.school_id, lifted_at=None).select_related("by")
    return {brake.profile: brake for brake in on}


# On the home; the page has them all.
SHOWN = 5


def number_reported(viewer: Viewer) -> Coalesce:
    """How many reports wait for an adult, as a part of another query."""
    return number_of(_reports(viewer).filter(closed_at=None))


OPEN = Prepared(
    lambda viewer: _reports(viewer).filter(closed_at=None).select_related("by").order_by("-at", "-pk")[:SHOWN]
)


def newest_reports(viewer: Viewer) -> list[Report]:
    """Those that wait for an adult, newest first (one query)."""
    return list(OPEN(viewer))


def waiting_in(viewer: Viewer) -> int:
    """How much waits: held messages and open reports (two queries)."""
    return len(held_in(viewer)) + _reports(viewer).filter(closed_at=None).count()


# Of a freeze, the newest messages and the newest lines of the journal; the page counts them all.
MOST_TAKEN_BACK, MOST_LINES = 200, 300


@dataclass(frozen=True)
class Sent:
    """A message of a frozen account, and how far it went."""

    message: Message
    reached: int
    read: int


def sent_by_frozen(freeze: Freeze) -> list[Sent]:
    """What the account had sent and the freeze took back, the newest ones, in their order (two queries)."""
    found = Message.objects.filter(
        author=freeze.person_id, school=freeze.school_id, recalled_at__gte=freeze.at, sent_at__lte=freeze.at
    )
    rows = list(found.select_related("about").order_by("-sent_at", "-pk")[:MOST_TAKEN_BACK])[::-1]
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
    """What the journal keeps of it, the newest lines in their order, with the seal that covers each (one query)."""
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
        for line in list(lines.order_by("-at", "-pk")[:MOST_LINES])[::-1]
    ]
