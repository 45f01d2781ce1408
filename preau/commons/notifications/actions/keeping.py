"""Keeping news once, with the ways by which they leave; reading them; letting them go."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.dispatch import Signal
from django.utils import timezone

from preau.commons.delivery.queries import Timetable
from preau.commons.notifications import queries
from preau.commons.notifications.models import Device, Dispatch, Envelope, Item, Push, Rhythm
from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.foundation import live, readonly
from preau.foundation.boards import NotificationKind, Pace
from preau.foundation.notices import News

KEPT = timedelta(days=183)
news_due = Signal()  # person_ids; sent inside the transaction: a task exists if and only if the news do


@transaction.atomic
def publish(news: Sequence[News]) -> None:
    """Keep each of these once for its person, with the ways by which it leaves. Raises KeyError for an unknown kind."""
    known, now = queries.kinds(), timezone.now()
    people = Person.objects.filter(pk__in={one.person_id for one in news}, erased_at=None)
    reached = {person.pk: person for person in people.select_related("news_rhythm")}
    chosen = queries.choices_of(reached)
    wished = [
        (one, queries.wish_for(known[one.kind], chosen.get((one.person_id, one.kind))))
        for one in news
        if one.person_id in reached
    ]
    devices, numbers = queries.devices_of(reached), queries.numbers_of(reached.values())
    # Whoever wants nothing of it is told nothing, and nothing is kept.
    wanted = [
        (one, wish)
        for one, wish in wished
        if wish.in_app
        or _leaves(one, wish, reached)
        or _pushed(one, wish, devices)
        or _texted(one, wish, known[one.kind], numbers)
    ]
    _make_room([one for one, _wish in wanted if one.again])
    kept = _keep(wanted, now)
    hours = queries.hours_for(kept)
    by_key = {(one.person_id, one.kind, one.key): (one, wish) for one, wish in wanted}
    leaving: list[Dispatch] = []
    pushes: list[Push] = []
    for item in kept:
        one, wish = by_key[item.person_id, item.kind, item.key]
        kind, person = known[item.kind], reached[item.person_id]
        # Nothing is made of what no hour would let leave: it is in the list, and its page says so.
        if _leaves(one, wish, reached) and (due := _due(item, kind, wish.pace, person, hours, now)):
            leaving.append(Dispatch(item=item, channel=queries.channel_of(wish.pace), due_at=due))
        at = _due(item, kind, Pace.AT_ONCE, person, hours, now)
        if at and item.school_id in hours.texting and _texted(one, wish, kind, numbers):
            leaving.append(Dispatch(item=item, channel=Envelope.Channel.SMS, due_at=at))
        if at:
            pushes.extend(Push(item=item, device=device, due_at=at) for device in _pushed(one, wish, devices))
    live.touch(*live.all_of("bell", [item.person_id for item in kept if item.in_app]))
    Dispatch.objects.bulk_create(leaving)
    Push.objects.bulk_create(pushes)
    ways: list[Dispatch | Push] = [*leaving, *pushes]
    reached_now = sorted({way.item.person_id for way in ways if way.due_at <= now})
    if reached_now:
        news_due.send(sender=Item, person_ids=reached_now)


def _make_room(news: Sequence[News]) -> None:
    """What was taken back before it left is told anew, as a thing of today."""
    for kind in {one.kind for one in news}:
        here = {(one.person_id, one.key) for one in news if one.kind == kind}
        for person, key in here & taken_back(kind, sorted({key for _person, key in here})):
            Item.objects.filter(person=person, kind=kind, key=key).delete()


def taken_back(kind: str, keys: Sequence[str]) -> set[tuple[int, str]]:
    """(person, key) of what was settled before it had left by any way, nor was leaving; one query."""
    if not keys:
        return set()
    leaving = Q(held_until__gt=timezone.now())
    mails = Dispatch.objects.filter(item=OuterRef("pk"))
    pushes = Push.objects.filter(item=OuterRef("pk"))
    left = (
        Q(dropped_at=None) | Q(envelope__sent_at__isnull=False) | Q(envelope__held_until__gt=timezone.now())
    )
    found = Item.objects.filter(
        Exists(mails) | Exists(pushes),
        ~Exists(mails.filter(left)),
        ~Exists(pushes.filter(Q(dropped_at=None) | Q(sent_at__isnull=False) | leaving)),
        kind=kind,
        key__in=keys,
    )
    return set(found.values_list("person_id", "key"))


def _leaves(one: News, wish: queries.Wish, reached: Mapping[int, Person]) -> bool:
    return bool(wish.pace != Pace.NEVER and one.told_at is None and reached[one.person_id].email)


def _pushed(one: News, wish: queries.Wish, devices: Mapping[int, list[Device]]) -> list[Device]:
    return devices.get(one.person_id, []) if wish.push and one.told_at is None else []


def _texted(one: News, wish: queries.Wish, kind: NotificationKind, numbers: Mapping[int, str]) -> bool:
    """Whoever mutes a kind everywhere is not texted either."""
    wanted = one.told_at is None and (wish.in_app or wish.pace != Pace.NEVER)
    return wanted and one.person_id in numbers and queries.is_texted(kind)


def _keep(wanted: Sequence[tuple[News, queries.Wish]], now: datetime) -> list[Item]:
    """The items that are new: what two publish at the same time is kept once."""
    rows = [
        Item(
            person_id=one.person_id,
            kind=one.kind,
            key=one.key,
            school_id=one.school_id,
            seat=one.seat,
            about_id=one.about_id,
            facts=dict(one.facts),
            url=one.url,
            in_app=wish.in_app,
            published_at=one.told_at or now,
        )
        for one, wish in wanted
    ]
    Item.objects.bulk_create(rows, ignore_conflicts=True)
    return list(Item.objects.filter(public_id__in=[row.public_id for row in rows]).order_by("pk"))


def _due(
    item: Item, kind: NotificationKind, pace: Pace, person: Person, hours: Timetable, now: datetime
) -> datetime | None:
    rhythm = getattr(person, "news_rhythm", None) or Rhythm(person=person)
    return queries.due_at(kind, pace, now, rhythm, hours, item.school_id)


@transaction.atomic
def settle(kind: str, keys: Sequence[str]) -> bool:
    """There is nothing left to do about these: they count as read, and what has not left does not leave.

    Returns whether somebody had been told.
    """
    about = dict(Item.objects.filter(kind=kind, key__in=keys).values_list("pk", "person_id"))
    # Most often nobody had been told yet.
    if not about:
        return False
    now = timezone.now()
    waiting = Dispatch.objects.filter(Q(envelope=None) | Q(envelope__sent_at=None), dropped_at=None)
    waiting.filter(item__in=about).update(dropped_at=now)
    Push.objects.waiting().filter(item__in=about).update(dropped_at=now)
    Item.objects.filter(pk__in=about).unread().update(read_at=now)
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
