"""Changing what a school says of itself: its name and contacts, its look, its hours and its calendar.

Every verb takes the viewer's own school, locks its row, and writes what changed in the journal (never the words typed).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import ProtectedError
from django.dispatch import Signal

from preau.directory.calendar import closures_in
from preau.directory.models import Closure, Period, School, SchoolYear
from preau.directory.viewer import Viewer
from preau.foundation import journal, pictures
from preau.foundation.locks import lock

# Sent once the change is certain: `school_id`, `closed` and `opened`, lists of (first day, last day), both included.
calendar_changed = Signal()
# What official files say too: once the school has changed it, they do not.
TOLD_BY_FILES = {"name", "phone"}


class Overlapping(Exception):
    """Another period already holds these days, or this name."""


def _own_school(viewer: Viewer) -> School:
    """The viewer's school, locked: two people who change its settings wait for each other."""
    return lock(School, viewer.school_id)


@transaction.atomic
def change_identity(viewer: Viewer, values: Mapping[str, Any]) -> list[str]:
    """Write the school's name and contacts; returns the names of the fields that changed."""
    return _write(viewer, values, "directory.identity_changed")


@transaction.atomic
def change_hours(viewer: Viewer, opens_at: time | None, closes_at: time | None) -> list[str]:
    """Write the hours of the school day."""
    return _write(viewer, {"opens_at": opens_at, "closes_at": closes_at}, "directory.hours_changed")


@transaction.atomic
def change_palette(viewer: Viewer, palette: str) -> list[str]:
    """Take a palette; the journal says which."""
    return _write(viewer, {"palette": palette}, "directory.palette_changed", palette=palette)


def _write(viewer: Viewer, values: Mapping[str, Any], verb: str, **details: str) -> list[str]:
    school = _own_school(viewer)
    changed = [name for name, value in values.items() if getattr(school, name) != value]
    if not changed:
        return []
    for name in changed:
        setattr(school, name, values[name])
    school.settled = sorted({*school.settled, *(TOLD_BY_FILES & set(changed))})
    school.save(update_fields=[*changed, "settled"])
    facts: dict[str, Any] = details or {"fields": ",".join(changed)}
    journal.record(viewer, verb, school, **facts)
    return changed


@transaction.atomic
def take_logo(viewer: Viewer, picture: ContentFile[bytes]) -> None:
    """Keep a logo already redrawn (`pictures.redrawn`) instead of the former one."""
    school = _own_school(viewer)
    pictures.forget(school.logo.name)
    school.logo.save("logo.png", picture, save=False)
    school.save(update_fields=["logo"])
    journal.record(viewer, "directory.logo_changed", school)


@transaction.atomic
def remove_logo(viewer: Viewer) -> None:
    school = _own_school(viewer)
    if not school.logo:
        return
    pictures.forget(school.logo.name)
    school.logo = ""
    school.save(update_fields=["logo"])
    journal.record(viewer, "directory.logo_removed", school)


# Periods


@transaction.atomic
def save_period(viewer: Viewer, period: Period) -> Period:
    """Create or change a period of a year. Raises Overlapping when another holds one of its days, or its name."""
    lock(SchoolYear, period.year_id)
    others = Period.objects.filter(year_id=period.year_id).exclude(pk=period.pk)
    same_days = others.filter(starts__lte=period.ends, ends__gte=period.starts)
    if same_days.exists() or others.filter(name=period.name).exists():
        raise Overlapping
    fields = {"pk": period.pk, "name": period.name, "starts": period.starts, "ends": period.ends}
    if period.pk and Period.objects.filter(**fields).exists():
        return period
    verb = "directory.period_changed" if period.pk else "directory.period_created"
    period.save()
    journal.record(viewer, verb, period)
    return period


class PeriodUsed(Exception):
    """Something stands in this period: marks, for instance."""


@transaction.atomic
def remove_period(viewer: Viewer, period: Period) -> None:
    """Take a period away. Raises PeriodUsed."""
    journal.record(viewer, "directory.period_removed", period)
    try:
        period.delete()
    except ProtectedError as error:
        raise PeriodUsed from error


# Holidays


@dataclass(frozen=True)
class Calendar:
    """What another zone would change: closures to take away and to add, none of them begun."""

    gone: list[Closure] = field(default_factory=list)
    new: list[Closure] = field(default_factory=list)


def calendar_in(school: School, zone: str, today: date) -> Calendar:
    """What taking `zone` changes, from tomorrow on. What the school added itself stays, and what has begun."""
    gone, new = [], []
    for year in SchoolYear.objects.filter(school=school, ends__gt=today).select_related("school"):
        former = {_days(closure): closure for closure in closures_in(year, school.holiday_zone)}
        later = {_days(closure): closure for closure in closures_in(year, zone)}
        known = Closure.objects.filter(school=school, starts__lte=year.ends, ends__gte=year.starts)
        known_days = {_days(closure) for closure in known}
        gone += [
            closure
            for closure in known
            if _days(closure) in former.keys() - later.keys() and closure.starts > today
        ]
        new += [_from(one, today) for key, one in later.items() if key not in known_days and one.ends > today]
    return Calendar(gone, new)


def _days(closure: Closure) -> tuple[str, date, date]:
    return closure.name, closure.starts, closure.ends


def _from(closure: Closure, today: date) -> Closure:
    """The part that is still to come."""
    closure.starts = max(closure.starts, today + timedelta(days=1))
    return closure


@transaction.atomic
def change_zone(viewer: Viewer, zone: str) -> Calendar:
    """Take a holidays zone: its closures to come replace those of the former one. Nothing that is past moves."""
    school = _own_school(viewer)
    if school.holiday_zone == zone:
        return Calendar()
    found = calendar_in(school, zone, viewer.today)
    Closure.objects.filter(pk__in=[one.pk for one in found.gone]).delete()
    Closure.objects.bulk_create(found.new)
    school.holiday_zone = zone
    school.save(update_fields=["holiday_zone"])
    journal.record(viewer, "directory.zone_changed", school, zone=zone)
    _tell(school, closed=found.new, opened=found.gone)
    return found


@transaction.atomic
def add_closure(viewer: Viewer, closure: Closure) -> Closure:
    """Close the school on days to come; the same closure sent twice is one."""
    school = _own_school(viewer)
    known = Closure.objects.filter(school=school, name=closure.name, starts=closure.starts, ends=closure.ends)
    if (same := known.first()) is not None:
        return same
    closure.save()
    journal.record(viewer, "directory.closure_added", closure)
    _tell(school, closed=[closure], opened=[])
    return closure


@transaction.atomic
def remove_closure(viewer: Viewer, closure: Closure) -> None:
    """Open again the days to come of a closure; one that has begun ends today."""
    school = _own_school(viewer)
    journal.record(viewer, "directory.closure_removed", closure)
    opened = _from(Closure(starts=closure.starts, ends=closure.ends), viewer.today)
    if closure.starts > viewer.today:
        closure.delete()
    elif closure.ends > viewer.today:
        closure.ends = viewer.today
        closure.save(update_fields=["ends"])
    _tell(school, closed=[], opened=[opened])


def _tell(school: School, *, closed: Sequence[Closure], opened: Sequence[Closure]) -> None:
    ranges = {
        name: [(one.starts.isoformat(), one.ends.isoformat()) for one in found if one.starts <= one.ends]
        for name, found in (("closed", closed), ("opened", opened))
    }
    transaction.on_commit(lambda: calendar_changed.send(School, school_id=school.pk, **ranges))


# Services


@transaction.atomic
def change_service(viewer: Viewer, key: str, said: Mapping[str, Any]) -> bool:
    """Write what the school makes of a service: `off`, the `levels` it is closed to, the `names` of its entries.

    Returns whether anything changed.
    """
    school = _own_school(viewer)
    former = school.services.get(key, {})
    kept = {name: value for name, value in said.items() if value}
    if kept == former:
        return False
    school.services = {name: one for name, one in {**school.services, key: kept}.items() if one}
    school.save(update_fields=["services"])
    changed = [name for name in ("off", "levels", "names") if kept.get(name) != former.get(name)]
    facts: dict[str, Any] = {"service": key, "changed": ",".join(changed)}
    if "off" in changed:
        facts["off"] = "yes" if kept.get("off") else "no"
    journal.record(viewer, "directory.service_changed", school, **facts)
    return True
