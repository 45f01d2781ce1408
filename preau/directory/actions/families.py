"""What a judge decided about a guardian and a pupil, noted by the school. Files change nothing of it (docs/decisions/0012)."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from preau.directory.models import Guardianship
from preau.directory.viewer import Viewer
from preau.foundation import journal
from preau.foundation.locks import lock

RULED = ("ruled_on", "may_not_be_informed", "ends")


class MovedOn(Exception):
    """Somebody else has changed what is noted since the page was shown."""


@dataclass(frozen=True)
class Ruling:
    """`barred`: may not be informed. `last_day` is the last one of the guardianship, or None: it goes on."""

    ruled_on: date
    barred: bool
    last_day: date | None


def mark_of(link: Guardianship) -> str:
    """What is noted, as a form keeps it: « 2026-11-02|1| »."""
    return "|".join([str(link.ruled_on or ""), str(int(link.may_not_be_informed)), str(link.ends or "")])


@transaction.atomic
def rule(viewer: Viewer, link: Guardianship, ruling: Ruling, seen: str) -> None:
    """Note a decision, in force at once; its end is at midnight, where the school is. Raises MovedOn."""
    ends = ruling.last_day + timedelta(days=1) if ruling.last_day else None
    row = lock(Guardianship, link.pk)
    if (row.ruled_on, row.may_not_be_informed, row.ends) == (ruling.ruled_on, ruling.barred, ends):
        # The second of two clicks.
        return
    _check(row, seen)
    row.ruled_on, row.may_not_be_informed, row.ends = ruling.ruled_on, ruling.barred, ends
    _save(viewer, row, "directory.guardianship_ruled")


@transaction.atomic
def lift(viewer: Viewer, link: Guardianship, seen: str) -> None:
    """Take back what was noted: the link is again what the files say. Raises MovedOn."""
    row = lock(Guardianship, link.pk)
    _check(row, seen)
    row.ruled_on, row.may_not_be_informed, row.ends = None, False, None
    _save(viewer, row, "directory.ruling_lifted")


def _check(row: Guardianship, seen: str) -> None:
    if mark_of(row) != seen:
        raise MovedOn


def _save(viewer: Viewer, row: Guardianship, verb: str) -> None:
    # A link that the files opened again beside an ended one would be two.
    others = Guardianship.objects.filter(pupil=row.pupil_id, guardian=row.guardian_id, ends=None)
    if row.ends is None and others.exclude(pk=row.pk).exists():
        raise MovedOn
    row.save(update_fields=RULED)
    journal.record(viewer, verb, row, subject_id=row.pupil_id)
