"""Giving a punition, ending it; opening slots, placing detentions in them, calling their roll."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from preau.directory.models import Person, Room
from preau.directory.viewer import Viewer
from preau.domains.conduct import rules
from preau.domains.conduct.actions import telling
from preau.domains.conduct.models import Acknowledgement, Detention, Incident, Punition, Slot
from preau.foundation import journal
from preau.foundation.locks import lock

State = Detention.State


class Full(Exception):
    """Every place of this slot is taken."""


class NoLongerHere(Exception):
    """The punition is over, or the slot has begun to be called."""


class RollConflict(Exception):
    """Somebody else has noted one of these detentions since the page was shown."""


@dataclass(frozen=True)
class PunitionFacts:
    """What is asked of a pupil, in words that the family reads."""

    kind: str
    day: date
    reason: str
    work: str = ""
    due: date | None = None
    incident: Incident | None = None


@dataclass(frozen=True)
class Opening:
    """When and where detentions are held."""

    day: date
    starts: datetime
    ends: datetime
    places: int
    room: Room | None = None
    supervisor: Person | None = None


@transaction.atomic
def give(
    viewer: Viewer,
    pupils: Sequence[Person],
    given: PunitionFacts,
    slot: Slot | None = None,
    sent_as: str = "",
) -> list[Punition]:
    """Give the same punition to these pupils; a detention may be placed at once. Raises Full, and gives none then.

    The same form sent twice gives it once.
    """
    known = (
        list(Punition.objects.filter(given_by=viewer.person, sent_as=sent_as).order_by("pk"))
        if sent_as
        else []
    )
    if known:
        return known
    made = [_give(viewer, pupil, given, sent_as) for pupil in pupils]
    if slot and given.kind == Punition.Kind.DETENTION:
        for punition in made:
            place(viewer, punition, slot)
    return made


def _give(viewer: Viewer, pupil: Person, given: PunitionFacts, sent_as: str) -> Punition:
    punition: Punition = Punition.objects.create(
        school_id=rules.school_of(viewer),
        pupil=pupil,
        incident=given.incident,
        kind=given.kind,
        day=given.day,
        reason=given.reason,
        work=given.work,
        due=given.due,
        given_by=viewer.person,
        given_at=timezone.now(),
        sent_as=sent_as,
    )
    journal.record(viewer, "conduct.punition_given", punition, subject_id=pupil.pk)
    telling.tell_of_punition(punition)
    return punition


@transaction.atomic
def finish(viewer: Viewer, punition: Punition) -> bool:
    """The pupil has done it; False when it was over already."""
    return _end(viewer, punition, Punition.State.DONE, "")


@transaction.atomic
def cancel(viewer: Viewer, punition: Punition, why: str) -> bool:
    """Take it back, with a reason that the family reads; False when it was over already."""
    return _end(viewer, punition, Punition.State.CANCELLED, why)


def _end(viewer: Viewer, punition: Punition, state: str, why: str) -> bool:
    punition = lock(Punition, punition.pk)
    if not punition.is_running:
        return False
    punition.state, punition.why_cancelled = state, why
    punition.ended_by, punition.ended_at = viewer.person, timezone.now()
    punition.save(update_fields=["state", "why_cancelled", "ended_by", "ended_at"])
    if state == Punition.State.CANCELLED:
        telling.settle_punition(punition)
        for detention in punition.detentions.expected():
            _note(viewer, detention, State.CANCELLED)
            telling.settle_detention(detention)
    journal.record(viewer, f"conduct.punition_{state}", punition, subject_id=punition.pupil_id)
    return True


@transaction.atomic
def open_slot(viewer: Viewer, opening: Opening) -> Slot:
    """Open a slot; one in the same room at the same hour is that one."""
    known = Slot.objects.filter(
        school_id=rules.school_of(viewer), starts=opening.starts, room=opening.room
    ).first()
    if known:
        return known
    slot: Slot = Slot.objects.create(
        school_id=rules.school_of(viewer),
        day=opening.day,
        starts=opening.starts,
        ends=opening.ends,
        room=opening.room,
        supervisor=opening.supervisor,
        places=opening.places,
        opened_by=viewer.person,
    )
    journal.record(viewer, "conduct.slot_opened", slot)
    return slot


@transaction.atomic
def place(viewer: Viewer, punition: Punition, slot: Slot) -> bool:
    """Expect a pupil at a slot; elsewhere until then, they are moved. Raises Full, NoLongerHere; False when they are there."""
    punition = lock(Punition, punition.pk)
    slot = lock(Slot, slot.pk)
    if not punition.is_running or slot.ends <= timezone.now():
        raise NoLongerHere
    before = punition.detentions.expected().first()
    if before and before.slot_id == slot.pk:
        return False
    if slot.detentions.filter(state__in=[State.EXPECTED, State.DONE]).count() >= slot.places:
        raise Full
    if before:
        _note(viewer, before, State.MOVED)
        telling.settle_detention(before)
    detention = Detention.objects.create(
        school_id=punition.school_id, punition=punition, slot=slot, placed_by=viewer.person
    )
    journal.record(viewer, "conduct.detention_placed", detention, subject_id=punition.pupil_id)
    telling.tell_of_detention(detention)
    return True


def _note(viewer: Viewer, detention: Detention, state: str) -> None:
    detention.state, detention.noted_by, detention.noted_at = state, viewer.person, timezone.now()
    detention.save(update_fields=["state", "noted_by", "noted_at"])


@transaction.atomic
def call_slot(viewer: Viewer, slot: Slot, marks: Mapping[int, tuple[str, str]]) -> int:
    """Note who came: by detention, what it becomes and what the page had shown. Raises RollConflict, and notes none then.

    Whoever came has done the punition; whoever did not is still expected to, at another hour.
    """
    rows = slot.detentions.select_for_update(of=("self",)).filter(pk__in=marks).order_by("pk")
    locked = list(rows.select_related("punition"))
    if any(row.state not in marks[row.pk] for row in locked):
        raise RollConflict
    changed = [row for row in locked if row.state != marks[row.pk][0]]
    for detention in changed:
        _note(viewer, detention, marks[detention.pk][0])
        _follow(viewer, detention)
    if changed:
        journal.record(viewer, "conduct.slot_called", slot, pupils=len(changed))
    return len(changed)


def _follow(viewer: Viewer, detention: Detention) -> None:
    """A correction follows too: « présent » noted by mistake leaves the punition to do."""
    punition = detention.punition
    if punition.state == Punition.State.CANCELLED:
        return
    done = detention.state == State.DONE
    punition.state = Punition.State.DONE if done else Punition.State.TO_DO
    punition.ended_by, punition.ended_at = (viewer.person, timezone.now()) if done else (None, None)
    punition.save(update_fields=["state", "ended_by", "ended_at"])


@transaction.atomic
def acknowledge(viewer: Viewer, punition: Punition) -> bool:
    """A guardian has read it; False when they had said so, or when nothing is asked any more."""
    punition = lock(Punition, punition.pk)
    if not punition.is_running:
        return False
    defaults = {"school_id": punition.school_id, "at": timezone.now()}
    _row, made = Acknowledgement.objects.get_or_create(punition=punition, by=viewer.person, defaults=defaults)
    if made:
        journal.record(viewer, "conduct.punition_seen", punition, subject_id=punition.pupil_id)
        telling.punition_seen(punition, viewer.person.pk)
    return made


def forget_acknowledgements(person_id: int) -> int:
    return Acknowledgement.objects.filter(by_id=person_id).delete()[0]


def forget_punitions(person_id: int) -> int:
    """The punitions of a pupil go with their name; what an adult wrote of others is theirs."""
    return Punition.objects.filter(pupil_id=person_id).delete()[0]
