"""Keeping news once, with the ways by which they leave; reading them; letting them go."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.dispatch import Signal
from django.utils import timezone

from preau.commons.delivery.queries import Timetable
from preau.commons.notifications import queries
from preau.commons.notifications.actions.reaching import Telling, tellings_of
from preau.commons.notifications.models import Dispatch, Envelope, Item, Push
from preau.directory.viewer import Viewer
from preau.foundation import live, readonly
from preau.foundation.boards import Pace
from preau.foundation.notices import News

KEPT = timedelta(days=183)
MOST_NAMED = 5_000
news_due = Signal()  # person_ids; sent inside the transaction: a task exists if and only if the news do


@transaction.atomic
def publish(news: Sequence[News]) -> None:
    """Keep each of these once for its person, with the ways by which it leaves. Raises KeyError for an unknown kind."""
    now, tellings = timezone.now(), tellings_of(news)
    _make_room([telling.news for telling in tellings if telling.news.again])
    kept = _keep(tellings, now)
    live.touch(*live.all_of("bell", [item.person_id for item in kept if item.in_app]))
    _set_out(kept, tellings, now)


def _make_room(news: Sequence[News]) -> None:
    """What was taken back before it left is told anew, as a thing of today."""
    for kind in {one.kind for one in news}:
        here = {(one.person_id, one.key) for one in news if one.kind == kind}
        for person, key in here & taken_back(kind, sorted({key for _person, key in here})):
            Item.objects.filter(person=person, kind=kind, key=key).delete()


def taken_back(kind: str, keys: Sequence[str]) -> set[tuple[int, str]]:
    """(person, key) of what was settled before it had left by any way, nor was leaving; one query."""
    return set(_unsent(kind, keys).values_list("person_id", "key")) if keys else set()


def heard(kind: str, keys: Sequence[str]) -> set[tuple[int, str]]:
    """(person, key) of what was settled and had reached its person: it had left, or was leaving, or they had read it before it was dropped; one query."""
    if not keys:
        return set()
    # What is settled is read and dropped at one moment.
    after = Q(dropped_at__gt=OuterRef("read_at"))
    mails = Dispatch.objects.filter(after, item=OuterRef("pk"))
    pushes = Push.objects.filter(after, item=OuterRef("pk"))
    silent = _unsent(kind, keys).exclude(Exists(mails) | Exists(pushes)).values("pk")
    found = Item.objects.filter(kind=kind, key__in=keys).exclude(pk__in=silent)
    return set(found.values_list("person_id", "key"))


def _unsent(kind: str, keys: Sequence[str]) -> QuerySet[Item]:
    """Those that were to leave by some way, and have left by none, nor are leaving."""
    leaving = Q(held_until__gt=timezone.now())
    mails = Dispatch.objects.filter(item=OuterRef("pk"))
    pushes = Push.objects.filter(item=OuterRef("pk"))
    left = (
        Q(dropped_at=None) | Q(envelope__sent_at__isnull=False) | Q(envelope__held_until__gt=timezone.now())
    )
    return Item.objects.filter(
        Exists(mails) | Exists(pushes),
        ~Exists(mails.filter(left)),
        ~Exists(pushes.filter(Q(dropped_at=None) | Q(sent_at__isnull=False) | leaving)),
        kind=kind,
        key__in=keys,
    )


def told(kind: str, keys: Sequence[str]) -> bool:
    """Was anybody told of these? One query."""
    return Item.objects.filter(kind=kind, key__in=keys).exists()


def _keep(tellings: Sequence[Telling], now: datetime) -> list[Item]:
    """The items that are new: what two publish at the same time is kept once."""
    rows = [
        Item(
            person_id=telling.news.person_id,
            kind=telling.news.kind,
            key=telling.news.key,
            school_id=telling.news.school_id,
            seat=telling.news.seat,
            about_id=telling.news.about_id,
            facts=dict(telling.news.facts),
            url=telling.news.url,
            in_app=telling.wish.in_app,
            published_at=telling.news.told_at or now,
            until=telling.news.until,
        )
        for telling in tellings
    ]
    Item.objects.bulk_create(rows, ignore_conflicts=True)
    return list(Item.objects.filter(public_id__in=[row.public_id for row in rows]).order_by("pk"))


def _set_out(items: Sequence[Item], tellings: Sequence[Telling], now: datetime) -> None:
    """Make the ways by which these leave, and have a task take those that leave now."""
    hours = queries.hours_for(items)
    by_key = {telling.key: telling for telling in tellings}
    leaving: list[Dispatch] = []
    pushes: list[Push] = []
    for item in items:
        telling = by_key[item.person_id, item.kind, item.key]
        leaving += _dispatches(item, telling, hours, now)
        at = telling.leaves_at(Pace.AT_ONCE, hours, now)
        if at:
            pushes += [Push(item=item, device=device, due_at=at) for device in telling.devices]
    Dispatch.objects.bulk_create(leaving)
    Push.objects.bulk_create(pushes)
    ways: list[Dispatch | Push] = [*leaving, *pushes]
    reached_now = sorted({way.item.person_id for way in ways if way.due_at <= now})
    if reached_now:
        news_due.send(sender=Item, person_ids=reached_now)


def _dispatches(item: Item, telling: Telling, hours: Timetable, now: datetime) -> list[Dispatch]:
    """By mail and by text message. Nothing is made of what no hour would let leave: it is in the list, and its page says so."""
    made = []
    due = telling.leaves_at(telling.wish.pace, hours, now) if telling.by_mail else None
    if due:
        made.append(Dispatch(item=item, channel=queries.channel_of(telling.wish.pace), due_at=due))
    at = telling.leaves_at(Pace.AT_ONCE, hours, now) if telling.by_text else None
    if at and item.school_id in hours.texting:
        text = Dispatch(item=item, channel=Envelope.Channel.SMS, due_at=at)
        if queries.is_too_late(item, text.channel, at):
            text.dropped_at, text.is_missed = now, True
        made.append(text)
    return made


@transaction.atomic
def settle(kind: str, keys: Sequence[str]) -> bool:
    """There is nothing left to do about these: they count as read, and what has not left does not leave.

    Returns whether somebody had been told.
    """
    about = dict(Item.objects.filter(kind=kind, key__in=keys).values_list("pk", "person_id"))
    # Most often nobody had been told yet.
    if not about:
        return False
    now, items = timezone.now(), sorted(about)
    waiting = Dispatch.objects.filter(Q(envelope=None) | Q(envelope__sent_at=None), dropped_at=None)
    # All that an account has sent may be taken back at once: a statement names so many at most.
    for start in range(0, len(items), MOST_NAMED):
        some = items[start : start + MOST_NAMED]
        waiting.filter(item__in=some).update(dropped_at=now)
        Push.objects.waiting().filter(item__in=some).update(dropped_at=now)
        settled = Item.objects.filter(pk__in=some, settled_at=None)
        settled.update(settled_at=now, read_at=Coalesce("read_at", now))
    live.touch(*live.all_of("bell", about.values()))
    return True


def seen(kind: str, person_id: int, keys: Sequence[str]) -> int:
    """One has read the thing itself: its news are read too. What waits for a digest or a device then does not leave."""
    with readonly.noting(Item._meta.db_table):
        read = (
            Item.objects.filter(person=person_id, kind=kind, key__in=keys)
            .unread()
            .update(read_at=timezone.now())
        )
    if read:
        live.touch(*live.all_of("bell", [person_id]))
    return read


@transaction.atomic
def mark(item: Item, *, read: bool) -> None:
    """Note that one's own item is read, or is to be read again."""
    Item.objects.filter(pk=item.pk).update(read_at=timezone.now() if read else None)
    live.touch(*live.all_of("bell", [item.person_id]))


@transaction.atomic
def mark_all(viewer: Viewer, *, until: int) -> int:
    """Note all of one's items as read, up to the last that the page showed; returns how many were not."""
    live.touch(*live.all_of("bell", [viewer.person.pk]))
    mine = Item.objects.visible_to(viewer).shown().unread().filter(pk__lte=until)
    return mine.update(read_at=timezone.now())


def purge(now: datetime) -> int:
    """Drop news published six months ago, with their envelopes; returns how many rows went."""
    old = now - KEPT
    gone = Item.objects.filter(published_at__lt=old).delete()[0]
    return gone + Envelope.objects.filter(made_at__lt=old).delete()[0]


def forget_news(person_id: int) -> int:
    """Erase what a person was told, and what others were told of them."""
    gone = Envelope.objects.filter(person_id=person_id).delete()[0]
    return gone + Item.objects.filter(Q(person_id=person_id) | Q(about_id=person_id)).delete()[0]
