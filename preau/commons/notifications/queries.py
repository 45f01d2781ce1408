"""What a person was told, in words; how they want to be told."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from preau.commons.notifications.models import (
    Device,
    Dispatch,
    Envelope,
    Item,
    Preference,
    Rhythm,
)
from preau.directory.viewer import Viewer, seats_of
from preau.foundation import boards, dates, quiet, webpush
from preau.foundation.boards import NotificationKind, Pace
from preau.foundation.prepared import Prepared
from preau.foundation.text import elided

MOST_SHOWN = 99
SUMMARIES = {Pace.DAILY: Envelope.Channel.DAILY, Pace.WEEKLY: Envelope.Channel.WEEKLY}


# Kinds and wishes


def kinds() -> dict[str, NotificationKind]:
    """The kinds of the board, by key: a domain that left takes its kinds with it."""
    return {kind.key: kind for kind in boards.notification_kinds}


@dataclass(frozen=True)
class Wish:
    """How one person is told of one kind."""

    in_app: bool
    pace: Pace
    push: bool = False


def wish_for(kind: NotificationKind, chosen: Preference | None) -> Wish:
    """What the person chose, else what the kind says; a kind that cannot be muted is never chosen."""
    pushed = kind.push or kind.urgent
    if chosen is None or not kind.can_be_muted:
        return Wish(in_app=True, pace=kind.pace, push=pushed)
    pushed = pushed if chosen.push is None else chosen.push
    return Wish(in_app=chosen.in_app, pace=Pace(chosen.pace), push=pushed)


def choices_of(person_ids: Collection[int]) -> dict[tuple[int, str], Preference]:
    rows = Preference.objects.filter(person_id__in=person_ids)
    return {(row.person_id, row.kind): row for row in rows}


def devices_of(person_ids: Collection[int]) -> dict[int, list[Device]]:
    """The devices on which these people are told; none where nothing is pushed."""
    found: dict[int, list[Device]] = {}
    if webpush.is_offered():
        for device in Device.objects.filter(person_id__in=person_ids).order_by("pk"):
            found.setdefault(device.person_id, []).append(device)
    return found


def kinds_for(viewer: Viewer) -> list[NotificationKind]:
    """The kinds that may reach this person in one of their seats."""
    seats = list(viewer.every_seat())
    return [kind for kind in boards.notification_kinds if any(kind.for_whom(seat) for seat in seats)]


def rhythm_of(person_id: int) -> Rhythm:
    return Rhythm.objects.filter(person_id=person_id).first() or Rhythm(person_id=person_id)


def due_at(kind: NotificationKind, pace: Pace, now: datetime, rhythm: Rhythm, zone: str) -> datetime:
    """When the mail may leave: an urgent one now, another at decent hours, a summary at the hour chosen.

    What waited for the morning is spread over ten minutes, person by person.
    """
    if pace == Pace.DAILY:
        return quiet.next_at(now, rhythm.hour, zone)
    if pace == Pace.WEEKLY:
        return quiet.next_at(now, rhythm.hour, zone, weekday=rhythm.weekday)
    if kind.urgent or quiet.is_open(now, zone):
        return now
    return quiet.next_open(now, zone) + timedelta(seconds=rhythm.person_id % 600)


def channel_of(pace: Pace) -> str:
    return str(SUMMARIES.get(pace, Envelope.Channel.MAIL))


# What is shown


class _Facts(dict[str, Any]):
    """A fact that an older news does not have leaves a gap, never an error page."""

    def __missing__(self, key: str) -> str:
        return "…"


@dataclass(frozen=True)
class Told:
    """An item in words."""

    public_id: str
    kind: str
    category: str
    subject: str
    body: str
    action: str
    why: str
    url: str
    school: str
    published_at: datetime
    is_read: bool
    urgent: bool

    @property
    def when(self) -> str:
        return dates.capital(dates.day_and_hour(self.published_at))


def told(items: Iterable[Item]) -> list[Told]:
    """Items (with their school and pupil) in the words of their kinds; those of an unknown kind are left out."""
    known = kinds()
    return [_words(item, known[item.kind]) for item in items if item.kind in known]


def _words(item: Item, kind: NotificationKind) -> Told:
    facts = _Facts(item.facts | ({"about": item.about.given_name} if item.about else {}))
    return Told(
        public_id=item.public_id,
        kind=item.kind,
        category=str(kind.category),
        subject=str(kind.subject),
        body=elided(str(kind.body), facts) % facts,
        action=str(kind.action),
        why=str(kind.why),
        url=item.url,
        school=item.school.name if item.school else "",
        published_at=item.published_at,
        is_read=item.read_at is not None,
        urgent=kind.urgent,
    )


def news_of(viewer: Viewer, kind: str = "", *, unread: bool = False) -> Any:
    """What the centre shows, unread first; a QuerySet, to be cut into pages."""
    found = Item.objects.visible_to(viewer).shown().filter(kind__in=[kind] if kind else list(kinds()))
    found = found.unread() if unread else found
    return found.unread_first().select_related("school", "about")


UNREAD = Prepared(
    lambda person, seat, pupils: (
        Item.objects.told_in(person, seat, pupils)
        .shown()
        .unread()
        .order_by()
        .values_list("kind")
        .annotate(Count("pk"))
    )
)


def unread_count(viewer: Viewer) -> int:
    """How many wait in this seat, for the bell of every page (one query): those of `news_of`, kinds told apart here."""
    known = kinds()
    return sum(count for kind, count in UNREAD(*_seated(viewer)) if kind in known)


def _seated(viewer: Viewer) -> tuple[int, str, tuple[int, ...]]:
    return viewer.person.pk, viewer.key, viewer.seat.pupils


RECEIVED = Prepared(
    lambda person, seat, pupils: (
        Item.objects.told_in(person, seat, pupils)
        .shown()
        .order_by()
        .values_list("kind")
        .annotate(every=Count("pk"), unread=Count("pk", filter=Q(read_at=None)))
    )
)


@dataclass(frozen=True)
class Received:
    """How many of each kind a person finds in their list, and how many of them unread."""

    counts: Mapping[str, tuple[int, int]]

    @property
    def kinds(self) -> list[NotificationKind]:
        return [kind for kind in boards.notification_kinds if kind.key in self.counts]

    def count(self, kind: str = "", *, unread: bool = False) -> int:
        """As many as `news_of` gives for the same filters."""
        asked = [kind] if kind else [one.key for one in self.kinds]
        return sum(self.counts.get(key, (0, 0))[unread] for key in asked)


def received_by(viewer: Viewer) -> Received:
    """What the list of a person holds in this seat, counted (one query)."""
    return Received({kind: (every, unread) for kind, every, unread in RECEIVED(*_seated(viewer))})


# What leaves


def still_theirs(items: Collection[Item], now: datetime) -> set[int]:
    """Of the items of one person, those that they may still read (three queries)."""
    if not items:
        return set()
    person = next(iter(items)).person
    today = timezone.localdate(now)
    keys = [seat.key for seat in seats_of(person, today)]
    found = Item.objects.still_for(person.pk, keys, today).filter(pk__in=[item.pk for item in items])
    return set(found.values_list("pk", flat=True))


def items_in(envelope: Envelope) -> list[Item]:
    inside = Dispatch.objects.filter(envelope=envelope, dropped_at=None).order_by("pk")
    return [row.item for row in inside.select_related("item__school", "item__about", "item__person")]


def headers_of(envelope: Envelope, host: str, stop: str) -> Mapping[str, str]:
    """One name for one mail however often it is sent (a mailbox shows it once), and the way to stop it (RFC 8058)."""
    headers = {"Message-ID": f"<{envelope.ref}@{host}>"}
    if stop:
        headers |= {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return headers


def wishes_of(person_id: int) -> dict[str, Wish]:
    """How a person is told of every kind."""
    chosen = choices_of([person_id])
    return {key: wish_for(kind, chosen.get((person_id, key))) for key, kind in kinds().items()}
