"""Slots of the day: created, changed, taken away."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from preau.directory.models import SchoolYear
from preau.directory.viewer import Viewer
from preau.domains.timetable.models import DaySlot
from preau.domains.timetable.queries.clashes import Clash
from preau.domains.timetable.queries.slots import slot_clashes
from preau.foundation import journal
from preau.foundation.locks import lock

FIELDS = ("kind", "name", "weekdays", "starts_at", "ends_at", "room", "places")


class SlotTaken(Exception):
    """The room or a watcher is elsewhere at these hours, on one of these days."""

    def __init__(self, clashes: Sequence[Clash]) -> None:
        super().__init__()
        self.clashes = clashes


@transaction.atomic
def keep_slot(
    viewer: Viewer, year: SchoolYear, told: Mapping[str, Any], slot: DaySlot | None = None
) -> DaySlot:
    """Create a slot, or change it. The same one sent twice is one. Raises SlotTaken."""
    lock(SchoolYear, year.pk)
    same = {name: told[name] for name in ("kind", "name", "starts_at", "ends_at")}
    known = DaySlot.objects.filter(year=year, **same).order_by("pk") if slot is None else ()
    for day_slot in known:
        if sorted(day_slot.weekdays) == sorted(told["weekdays"]):
            return day_slot
    clashes = slot_clashes(year, told, apart_from=slot.pk if slot else None)
    if clashes:
        raise SlotTaken(clashes)
    if slot and _said(slot) == {name: _plain(told[name]) for name in (*FIELDS, "watchers", "groups")}:
        return slot
    verb = "timetable.slot_changed" if slot else "timetable.slot_created"
    slot = slot or DaySlot(school_id=year.school_id, year=year)
    for name in FIELDS:
        setattr(slot, name, told[name])
    slot.save()
    slot.watchers.set(told["watchers"])
    slot.groups.set(told["groups"])
    journal.record(viewer, verb, slot)
    return slot


def _plain(value: Any) -> Any:
    """Days, people and classes without an order."""
    if isinstance(value, str) or not hasattr(value, "__iter__"):
        return value
    return {getattr(one, "pk", one) for one in value}


def _said(slot: DaySlot) -> dict[str, Any]:
    values = {name: _plain(getattr(slot, name)) for name in FIELDS}
    return values | {"watchers": _plain(slot.watchers.all()), "groups": _plain(slot.groups.all())}


@transaction.atomic
def remove_slot(viewer: Viewer, slot: DaySlot) -> None:
    """From now on it is nobody's hour."""
    journal.record(viewer, "timetable.slot_removed", slot)
    slot.delete()
