"""The devices of a person, and one item leaving for one of them."""

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F
from django.dispatch import Signal
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from preau.commons.notifications import queries
from preau.commons.notifications.actions.sending import BeingSent
from preau.commons.notifications.models import Device, Push
from preau.directory.viewer import Viewer
from preau.foundation import journal
from preau.foundation.webpush import Answer

# Longer than a push service may take to answer.
HOLD = timedelta(minutes=2)
# The oldest leaves: browsers that were emptied have forgotten that they were there.
MOST_DEVICES = 10
# So many refusals in a row, and a device is set aside.
MOST_FAILURES = 5
# What a browser keeps to be known again when its person signs in; it opens nothing.
COOKIE, COOKIE_AGE = "preau-appareil", timedelta(days=365)
pushes_ready = Signal()  # push_ids; sent inside the transaction that says so
log = structlog.get_logger(__name__)


class Unavailable(Exception):
    """The push service asks to come back later."""


# Devices


def _digest(session_key: str | None) -> str:
    return salted_hmac("preau.push.session", session_key or "", algorithm="sha256").hexdigest()


@transaction.atomic
def add_device(
    viewer: Viewer, session_key: str, *, endpoint: str, p256dh: str, auth: str, label: str
) -> Device:
    """Tell this person on this browser from now on; whoever was told there before no longer is."""
    same = Device.objects.filter(
        person=viewer.person, endpoint=endpoint, p256dh=p256dh, auth=auth, opened_in=_digest(session_key)
    ).first()
    if same:
        return same
    Device.objects.filter(endpoint=endpoint).delete()
    device: Device = Device.objects.create(
        person=viewer.person,
        endpoint=endpoint,
        p256dh=p256dh,
        auth=auth,
        label=label,
        opened_in=_digest(session_key),
        added_at=timezone.now(),
    )
    mine = Device.objects.filter(person=viewer.person).order_by("-added_at", "-pk")
    Device.objects.filter(pk__in=[old.pk for old in mine[MOST_DEVICES:]]).delete()
    journal.record(viewer, "notifications.device_added", viewer.person, subject_id=viewer.person.pk)
    return device


@transaction.atomic
def renew_device(viewer: Viewer, *, old: str, endpoint: str, p256dh: str, auth: str) -> bool:
    """A device of this person has another address; False when none had the former one."""
    device = Device.objects.select_for_update().filter(person=viewer.person, endpoint=old).first()
    if device is None:
        return False
    # Whoever was told there before no longer is.
    Device.objects.filter(endpoint=endpoint).exclude(pk=device.pk).delete()
    device.endpoint, device.p256dh, device.auth = endpoint, p256dh, auth
    device.save(update_fields=["endpoint", "p256dh", "auth"])
    journal.record(viewer, "notifications.device_renewed", viewer.person, subject_id=viewer.person.pk)
    return True


@transaction.atomic
def remove_device(viewer: Viewer, device: Device) -> None:
    """Stop telling on one device."""
    Device.objects.filter(pk=device.pk).delete()
    journal.record(viewer, "notifications.device_removed", viewer.person, subject_id=viewer.person.pk)


def leave_with_sessions(account_id: int, only: str, but: str) -> int:
    """Whoever ends a session on purpose is told nothing more there; returns how many devices left."""
    theirs = Device.objects.filter(person__account=account_id)
    theirs = theirs.filter(opened_in=_digest(only)) if only else theirs.exclude(opened_in=_digest(but))
    return theirs.delete()[0]


def follow_session(request: HttpRequest, account_id: int) -> None:
    """A browser known as a device has a new session: the device follows it. Somebody else's leaves: they are gone."""
    known = request.COOKIES.get(COOKIE, "")
    if not known:
        return
    here = Device.objects.filter(public_id=known)
    here.exclude(person__account=account_id).delete()
    here.update(opened_in=_digest(request.session.session_key))


def forget_devices(person_id: int) -> int:
    """Erase the devices of a person, with what was leaving for them."""
    return Device.objects.filter(person_id=person_id).delete()[0]


# One item for one device


@transaction.atomic
def queue_pushes(person_id: int) -> list[int]:
    """Hand what is due for the devices of a person to tasks, once; returns the ids."""
    now = timezone.now()
    locked = Push.objects.select_for_update(of=("self",)).due(now).filter(device__person_id=person_id)
    found = list(locked.select_related("item").order_by("pk"))
    hours = queries.hours_for(push.item for push in found)
    for push in found:
        push.due_at = queries.leaves_at(push.item, hours, now)
    Push.objects.bulk_update([push for push in found if push.due_at > now], ["due_at"])
    ids = [push.pk for push in found if push.due_at <= now]
    Push.objects.filter(pk__in=ids).update(queued_at=now)
    if ids:
        pushes_ready.send(sender=Push, push_ids=ids)
    return ids


@transaction.atomic
def hold_push(push_id: int) -> Push | None:
    """Take one to send it, outside the transaction.

    None when it has left, or when the item is read, settled, or no longer this person's to read. Raises BeingSent while
    another worker has it, or until the hour that the service gave.
    """
    now = timezone.now()
    locked = Push.objects.select_for_update(of=("self",)).select_related("device", "item__person")
    push: Push | None = locked.filter(pk=push_id).first()
    if push is None or push.sent_at or push.dropped_at:
        return None
    if push.held_until and push.held_until > now:
        raise BeingSent
    known = push.item.kind in queries.kinds() and push.item.person_id == push.device.person_id
    if push.item.read_at or not known or not queries.still_theirs([push.item], now):
        Push.objects.filter(pk=push.pk).update(dropped_at=now)
        return None
    at = queries.leaves_at(push.item, queries.hours_for([push.item]), now)
    if at > now:
        # Tried again at night, after a failure: it goes back to those that wait for their hour.
        Push.objects.filter(pk=push.pk).update(due_at=at, queued_at=None, held_until=None)
        return None
    push.held_until = now + HOLD
    push.save(update_fields=["held_until"])
    return push


@transaction.atomic
def let_go_push(push: Push, answer: Answer | None) -> None:
    """After the attempt. Raises nothing: what may be tried again is free again, at the hour that the service gave."""
    now = timezone.now()
    if answer is not None and answer.gone:
        Device.objects.filter(pk=push.device_id).delete()
        return
    again = answer is None or answer.later
    wait = answer.retry_after if answer else timedelta(0)
    push.held_until = now + wait if again and wait else None
    push.sent_at = now if answer and answer.accepted else None
    push.dropped_at = None if again or push.sent_at else now
    push.save(update_fields=["held_until", "sent_at", "dropped_at"])
    if push.sent_at:
        reached(push.device_id, now)
    elif answer is not None and push.dropped_at:
        log.warning("push.refused", status=answer.status)
        _count_failure(push.device_id, now)


def reached(device_id: int, now: datetime) -> None:
    """It answered: what failed before is forgotten."""
    Device.objects.filter(pk=device_id).update(told_at=now, failures=0, set_aside_at=None)


def _count_failure(device_id: int, now: datetime) -> None:
    """Once more its service would not have it: past a few times, nothing more is sent there, and its person reads it."""
    Device.objects.filter(pk=device_id).update(failures=F("failures") + 1)
    tired = Device.objects.filter(pk=device_id, set_aside_at=None, failures__gte=MOST_FAILURES)
    tired.update(set_aside_at=now)


@transaction.atomic
def push_again() -> int:
    """Hand over again what no push service took; returns how many."""
    now = timezone.now()
    stuck = Push.objects.waiting().filter(due_at__lt=now - queries.LATE).exclude(held_until__gt=now)
    count = stuck.update(queued_at=None)
    for person_id in set(stuck.values_list("device__person_id", flat=True)):
        queue_pushes(person_id)
    return count
