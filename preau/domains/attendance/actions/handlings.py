"""Settling absences and latenesses without waiting for a paper, and taking that back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.attendance.actions import follow_ups, notices
from preau.domains.attendance.models import Entry, Handling, Reason, Status
from preau.foundation import journal


@dataclass(frozen=True)
class Outcome:
    """What became of the entries chosen: `left` were settled, read or corrected by somebody else since the page was shown."""

    done: list[int]
    left: list[int]


class SettledAlready(Exception):
    """Somebody else has settled this entry in the meantime; nothing was written."""

    def __init__(self, theirs: Handling | None) -> None:
        super().__init__("settled already")
        self.theirs = theirs


@transaction.atomic
def settle(
    viewer: Viewer,
    entries: Sequence[Entry],
    reason: Reason,
    *,
    comment: str = "",
    told_by: Person | None = None,
) -> Outcome:
    """Keep a reason for these entries. Those that are not to settle any more are left as they are."""
    locked = _locked(entries)
    open_ones = set(
        Entry.objects.filter(pk__in=[one.pk for one in locked]).to_settle().values_list("pk", flat=True)
    )
    fresh = [one for one in locked if not _says(one, reason, viewer)]
    chosen = [one for one in fresh if one.pk in open_ones]
    written = _write(viewer, chosen, reason, comment=comment, told_by=told_by, now=timezone.now())
    _trace(viewer, "attendance.settled", written)
    absent = [one.pk for one in chosen if one.status == Status.ABSENT and reason.settles]
    notices.settle_absences(absent)
    _count_again(chosen)
    return Outcome([one.pk for one in chosen], [one.pk for one in fresh if one not in chosen])


@transaction.atomic
def settle_one(
    viewer: Viewer,
    entry: Entry,
    reason: Reason,
    *,
    comment: str = "",
    told_by: Person | None = None,
) -> bool:
    """Settle one entry from its page. Raises SettledAlready, and writes nothing, when somebody else came first.

    False for the same click twice.
    """
    outcome = settle(viewer, [entry], reason, comment=comment, told_by=told_by)
    if outcome.left:
        theirs = Handling.objects.select_related("reason", "handled_by").filter(entry=entry).last()
        raise SettledAlready(theirs)
    return bool(outcome.done)


@transaction.atomic
def reopen(viewer: Viewer, entries: Sequence[Entry]) -> Outcome:
    """Take back what school life has made of these entries: they are to settle, and to explain, as before."""
    locked = _locked(entries)
    chosen = [one for one in locked if one.handling_id]
    written = _write(viewer, chosen, None, comment="", told_by=None, now=timezone.now())
    _trace(viewer, "attendance.reopened", written)
    absent = [one.pk for one in chosen if one.status == Status.ABSENT]
    if absent:
        notices.absences_left.send(sender=Entry, entry_ids=absent)
    _count_again(chosen)
    return Outcome(done=[one.pk for one in chosen], left=[one.pk for one in locked if one not in chosen])


def _locked(entries: Sequence[Entry]) -> list[Entry]:
    rows = Entry.objects.select_for_update(of=("self",)).select_related("handling")
    return list(rows.filter(pk__in=[entry.pk for entry in entries]).order_by("pk"))


def _says(entry: Entry, reason: Reason, viewer: Viewer) -> bool:
    """Is this what the same person has just said of it? A second click is not a second step."""
    known = entry.handling
    return bool(known and known.reason_id == reason.pk and known.handled_by_id == viewer.person.pk)


def _write(
    viewer: Viewer,
    entries: Sequence[Entry],
    reason: Reason | None,
    *,
    comment: str,
    told_by: Person | None,
    now: datetime,
) -> list[Handling]:
    written = Handling.objects.bulk_create(
        Handling(
            school_id=entry.school_id,
            entry=entry,
            reason=reason,
            settled=bool(reason and reason.settles),
            comment=comment,
            told_by=told_by,
            handled_by=viewer.person,
            handled_at=now,
        )
        for entry in entries
    )
    for entry, handling in zip(entries, written, strict=True):
        entry.handling = handling if reason else None
    Entry.objects.bulk_update(entries, ["handling"])
    return written


def _count_again(entries: Sequence[Entry]) -> None:
    """What excuses an absence has changed: what counts in alerts has, too."""
    if entries:
        follow_ups.look_again(entries[0].school_id, [entry.pupil_id for entry in entries])


def _trace(viewer: Viewer, verb: str, written: Sequence[Handling]) -> None:
    """One line a pupil: the file that it is about."""
    by_pupil = sorted(written, key=lambda handling: (handling.entry.pupil_id, handling.pk))
    for pupil, steps in groupby(by_pupil, key=lambda handling: handling.entry.pupil_id):
        first, *more = steps
        journal.record(viewer, verb, first, subject_id=pupil, lessons=1 + len(more))


def forget_handlings(person_id: int) -> int:
    """Erase what was noted beside the absences of a person, and of what a person said."""
    about = Handling.objects.filter(Q(entry__pupil_id=person_id) | Q(told_by_id=person_id))
    return about.exclude(comment="").update(comment="")
