"""Putting what is due into envelopes, holding one while it leaves, letting it go."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.dispatch import Signal
from django.utils import timezone

from preau.commons.delivery.queries import Timetable, texts_left, unopened_numbers
from preau.commons.delivery.rules import TEXTS_A_DAY, day_began
from preau.commons.notifications import queries
from preau.commons.notifications.models import Dispatch, Envelope, Item, Push
from preau.directory.models import Person
from preau.directory.words import Profile
from preau.foundation.sms import Fate

# Longer than the mail server may take to answer (EMAIL_TIMEOUT).
HOLD = timedelta(minutes=2)
# When what a school could not pay any more today is looked at again.
LATER = timedelta(hours=1)
envelopes_ready = Signal()  # envelopes; sent inside the transaction that made them


class BeingSent(Exception):
    """Another worker is sending this envelope, or died while it did: try again when its hold is over."""


def people_waiting(now: datetime) -> list[int]:
    """Ids of the people for whom something is due."""
    due = Dispatch.objects.due(now).order_by().values_list("item__person_id", flat=True)
    pushed = Push.objects.due(now).order_by().values_list("device__person_id", flat=True)
    return sorted({*due, *pushed})


@transaction.atomic
def pack(person_id: int) -> list[Envelope]:
    """Put what is due for a person into envelopes: one for each item told at once, one for a summary.

    A summary leaves out what has been read in the meantime.
    """
    now = timezone.now()
    locked = Dispatch.objects.select_for_update(of=("self",)).due(now).filter(item__person_id=person_id)
    due = list(locked.select_related("item").order_by("pk"))
    hours = queries.hours_for(way.item for way in due)
    due = _within_a_day(person_id, _put_off(due, hours, now), hours, now)
    read = [way for way in due if way.channel != Envelope.Channel.MAIL and way.item.read_at]
    Dispatch.objects.filter(pk__in=[way.pk for way in read]).update(dropped_at=now)
    made = [_envelope(person_id, batch, now) for batch in _batches(way for way in due if way not in read)]
    if made:
        envelopes_ready.send(sender=Envelope, envelopes=made)
    return made


def _put_off(ways: list[Dispatch], hours: Timetable, now: datetime) -> list[Dispatch]:
    """Those that may leave at this hour; the others wait for theirs: a holiday was declared, or the worker came back at night."""
    for way in ways:
        way.due_at = queries.leaves_at(way.item, hours, now)
    _wait([way for way in ways if way.due_at > now or queries.is_too_late(way.item, way.channel, now)], now)
    return [way for way in ways if way.due_at <= now and way.dropped_at is None]


def _wait(ways: Iterable[Dispatch], now: datetime) -> None:
    """They leave at another hour; what would leave too late never does."""
    later = list(ways)
    for way in later:
        if queries.is_too_late(way.item, way.channel, way.due_at):
            way.dropped_at, way.is_missed = now, True
    Dispatch.objects.bulk_update(later, ["due_at", "dropped_at", "is_missed"])


def _within_a_day(person_id: int, ways: list[Dispatch], hours: Timetable, now: datetime) -> list[Dispatch]:
    """Without the text messages beyond those of a day, of this person or of the school that pays: they are read in Préau; those of whoever
    has opened no account wait, an hour at a time. What is urgent is not counted out."""
    texts = [way for way in ways if way.channel == Envelope.Channel.SMS]
    if not texts:
        return ways
    zones = {way.item.school_id or 0: hours.school(way.item.school_id).zone for way in texts}
    today = min(day_began(zone, now) for zone in zones.values())
    sent = Envelope.objects.filter(channel=Envelope.Channel.SMS, made_at__gte=today, person_id=person_id)
    full, left = sent.count() >= TEXTS_A_DAY, texts_left(zones, now)
    known = queries.kinds()
    beyond = [
        way
        for way in texts
        if (full or not left[way.item.school_id or 0])
        and not (way.item.kind in known and known[way.item.kind].urgent)
    ]
    if beyond:
        _wait_or_drop(person_id, beyond, hours, now)
    return [way for way in ways if way not in beyond]


def _wait_or_drop(person_id: int, ways: Sequence[Dispatch], hours: Timetable, now: datetime) -> None:
    """What is read in Préau anyway does not leave; what is not waits for an hour of its school at which there may be room."""
    if not unopened_numbers(Person.objects.filter(pk=person_id)):
        Dispatch.objects.filter(pk__in=[way.pk for way in ways]).update(dropped_at=now)
        return
    for way in ways:
        way.due_at = queries.leaves_at(way.item, hours, now + LATER)
    _wait(ways, now)


def _batches(due: Iterable[Dispatch]) -> list[list[Dispatch]]:
    """A summary is of one profile: what a parent is told does not come with what is told to somebody who works."""
    summaries: dict[tuple[str, str], list[Dispatch]] = {}
    batches: list[list[Dispatch]] = []
    for way in due:
        if way.channel == Envelope.Channel.MAIL:
            batches.append([way])
        else:
            # A text message costs as much whatever it tells of.
            profile = "" if way.channel == Envelope.Channel.SMS else _profile_of(way.item)
            summaries.setdefault((way.channel, profile), []).append(way)
    return [*batches, *_with_own(summaries).values()]


def _with_own(summaries: dict[tuple[str, str], list[Dispatch]]) -> dict[tuple[str, str], list[Dispatch]]:
    """What is of one's account alone goes with the first of the others, rather than in a mail more."""
    for channel, profile in list(summaries):
        others = [key for key in summaries if key[0] == channel and key[1]]
        if not profile and others:
            summaries[others[0]] += summaries.pop((channel, profile))
    return summaries


def _profile_of(item: Item) -> str:
    """The seat to which it is told; a family's has none."""
    return item.seat or (Profile.GUARDIAN.value if item.about_id else "")


def _envelope(person_id: int, batch: Sequence[Dispatch], now: datetime) -> Envelope:
    envelope: Envelope = Envelope.objects.create(person_id=person_id, channel=batch[0].channel, made_at=now)
    Dispatch.objects.filter(pk__in=[way.pk for way in batch]).update(envelope=envelope)
    return envelope


@transaction.atomic
def hold(envelope_id: int) -> Envelope | None:
    """Take an envelope to send it, outside the transaction: a slow mail server must not hold up everyone's writing.

    None when there is nothing (more) to say: it has left, its items are settled, or are no longer this person's to
    read. Raises BeingSent while another worker has it.
    """
    now = timezone.now()
    locked = Envelope.objects.select_for_update(of=("self",)).select_related("person")
    envelope = locked.filter(pk=envelope_id).first()
    if envelope is None or envelope.sent_at or envelope.dropped_at:
        return None
    if envelope.held_until and envelope.held_until > now:
        raise BeingSent
    items = queries.items_in(envelope)
    hours = queries.hours_for(items)
    at = max((queries.leaves_at(item, hours, now) for item in items), default=now)
    items = _in_time(envelope, items, at, now)
    if items and at > now:
        # Tried again at night, after a failure: it keeps its name, and waits.
        Envelope.objects.filter(pk=envelope.pk).update(due_at=at, held_until=None)
        return None
    theirs = queries.still_theirs(items, now) if queries.reaches(envelope) else set()
    if envelope.channel == Envelope.Channel.SMS:
        # A school may have stopped paying since.
        theirs &= {item.pk for item in items if item.school_id in hours.texting}
    lost = [item.pk for item in items if item.pk not in theirs]
    Dispatch.objects.filter(envelope=envelope, item__in=lost).update(dropped_at=now)
    if not theirs:
        Envelope.objects.filter(pk=envelope.pk).update(dropped_at=now)
        return None
    envelope.held_until = now + HOLD
    envelope.save(update_fields=["held_until"])
    return envelope


def _in_time(envelope: Envelope, items: Sequence[Item], at: datetime, now: datetime) -> list[Item]:
    """What may still be said at that moment; the rest is missed."""
    late = [item.pk for item in items if queries.is_too_late(item, envelope.channel, at)]
    missed = Dispatch.objects.filter(envelope=envelope, item__in=late)
    if late:
        missed.update(dropped_at=now, is_missed=True)
    return [item for item in items if item.pk not in late]


@transaction.atomic
def wake(now: datetime) -> int:
    """Send again what had been closed and waited for its hour; returns how many."""
    waiting = Envelope.objects.select_for_update(of=("self",)).waiting(now).filter(due_at__lte=now)
    found = list(waiting.order_by("pk"))
    Envelope.objects.filter(pk__in=[envelope.pk for envelope in found]).update(due_at=None)
    if found:
        envelopes_ready.send(sender=Envelope, envelopes=found)
    return len(found)


@transaction.atomic
def resend() -> int:
    """Try again now what a mail server did not take, within the hours of each; returns how many."""
    now = timezone.now()
    stuck = Envelope.objects.waiting(now).filter(Q(tries__gt=0) | Q(made_at__lt=now - queries.LATE))
    stuck.exclude(due_at__gt=now).update(due_at=now)
    return wake(now)


@transaction.atomic
def let_go(envelope: Envelope, *, sent: bool, refused: bool = False, number: str = "") -> None:
    """After the attempt: it has left (`number`: as the gateway of text messages calls it), it will never be taken, or it may be tried
    again."""
    now = timezone.now()
    envelope.held_until, envelope.number = None, number
    if refused:
        envelope.fate = Fate.FAILED
    envelope.sent_at = now if sent else None
    envelope.dropped_at = now if refused else None
    envelope.tries += not sent
    envelope.save(
        update_fields=["held_until", "sent_at", "dropped_at", "tries", "to", "parts", "number", "fate"]
    )


def texts_to_ask(now: datetime) -> list[str]:
    """The text messages of which the gateway has not told yet, the oldest first."""
    return list(Envelope.objects.untold(now).order_by("sent_at", "pk").values_list("number", flat=True))


@transaction.atomic
def note_fates(fates: Mapping[str, Fate]) -> int:
    """What became of text messages; returns how many are settled."""
    settled, untold = 0, Envelope.objects.untold(timezone.now())
    for fate in Fate:
        numbers = [number for number, found in fates.items() if found == fate]
        settled += untold.filter(number__in=numbers).update(fate=fate)
    return settled
