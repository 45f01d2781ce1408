"""Keeping works as their tasks tell them, stopping one, letting them go."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from preau.commons.works.models import Work
from preau.directory.viewer import Viewer
from preau.foundation import journal, live, works
from preau.foundation.works import CannotStop, Ending, Stopped, WorkRequest

State = Work.State
KEPT = timedelta(days=30)


def start(asked: WorkRequest) -> None:
    """Keep a work in the caller's transaction; asked for again under the same key, it starts again."""
    facts = {
        "label": asked.label,
        "person_id": asked.person_id,
        "school_id": asked.school_id,
        "seat": asked.seat,
        "url": asked.url,
        "can_stop": asked.can_stop,
        "state": State.WAITING,
        "step": "",
        "done": 0,
        "total": 0,
        "asked_at": timezone.now(),
        "begun_at": None,
        "ended_at": None,
        "stop_asked_at": None,
    }
    Work.objects.update_or_create(key=asked.key, defaults=facts)
    live.touch(*live.all_of("works", [asked.person_id]))


def begin(key: str) -> None:
    """Its task is at it. A second try of the same work does not begin it anew."""
    known = Work.objects.going_on().filter(key=key)
    known.filter(begun_at=None).update(begun_at=timezone.now())
    known.update(state=State.RUNNING)
    _moved(key)


def tell(key: str, step: str, done: int, total: int) -> None:
    """How far it is. Raises Stopped when its person has stopped it."""
    known = Work.objects.filter(key=key)
    going_on = known.going_on().filter(stop_asked_at=None).update(step=step[:120], done=done, total=total)
    if not going_on and known.filter(can_stop=True, stop_asked_at__isnull=False).exists():
        raise Stopped
    _moved(key)


def _moved(*keys: str) -> None:
    """Whoever asked for these sees how far they are."""
    if live.is_on():
        people = Work.objects.filter(key__in=keys).values_list("person_id", flat=True)
        live.touch(*live.all_of("works", people))


def end(keys: Sequence[str], ending: Ending) -> None:
    """It is over, in the caller's transaction. What a person stopped ends as cancelled, however its task leaves it."""
    now = timezone.now()
    known = Work.objects.going_on().filter(key__in=keys)
    if ending == Ending.FAILED:
        known.exclude(stop_asked_at=None).update(state=State.CANCELLED, ended_at=now)
    known.update(state=State(ending.value), ended_at=now)
    _moved(*keys)


@transaction.atomic
def stop(viewer: Viewer, work: Work) -> None:
    """Stop one's own work: at once where its house can, else at the next breath of its task. Raises CannotStop."""
    mine = Work.objects.visible_to(viewer).filter(pk=work.pk, can_stop=True, stop_asked_at=None)
    if not mine.going_on().exists():
        raise CannotStop
    # Its house first: it locks what the work is about, as the task does, then the work.
    works.stop_asked.send(sender=Work, viewer=viewer, key=work.key)
    stopped = mine.exclude(state__in=[State.DONE, State.FAILED]).update(stop_asked_at=timezone.now())
    if not stopped:
        raise CannotStop
    journal.record(viewer, "works.stopped", work)


def purge(now: datetime) -> int:
    """Drop what was over thirty days ago; returns how many rows went."""
    return Work.objects.older_than(now - KEPT).delete()[0]


def forget_works(person_id: int) -> int:
    """Erase what a person asked for."""
    return Work.objects.filter(person_id=person_id).delete()[0]
