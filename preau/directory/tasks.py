"""Work for later: reading and applying what a school brought, one delivery at a time on the whole platform."""

import re
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.actions import consents, deliveries, departures, merging, photos, reviews, switching
from preau.directory.imports import drop
from preau.directory.imports.formats import AAF, Format, tables
from preau.directory.imports.run import Result, Run, quoted
from preau.directory.imports.tables.delivery import Matching
from preau.directory.imports.tables.present import SOURCE as TABLES
from preau.directory.models import Delivery, School
from preau.foundation import uploads, works
from preau.foundation.db import only_one
from preau.foundation.reading import Unreadable
from preau.foundation.tasks import job

State = Delivery.State
AGAIN, LATER = timedelta(seconds=30), timedelta(minutes=5)
# So many people are erased in one task.
A_RUN = 300
# Of each sentence this many places are kept, and of each grade this many in all: « not your school » must not hide the rest.
QUOTED, KEPT, SENTENCES = 200, 1_000, 50
UNQUOTED = re.compile(r"^(?P<reason>.*) \(et (?P<more>\d+) autres\)$")


@job(priority=20)
def read_delivery(delivery_id: int) -> str:
    """Read what was brought and show what it would change; answers the state that it leaves."""
    return _alone(delivery_id, read_delivery, _read)


@job(priority=30)
def apply_delivery(delivery_id: int) -> str:
    """Write what was agreed to. Run again, it finds what is written and writes nothing twice."""
    return _alone(delivery_id, apply_delivery, _apply)


def _alone(delivery_id: int, task: Any, work: Callable[[int], None]) -> str:
    """Do the work when no other delivery is being read or applied, else in a moment."""
    # Dropped while it was read: the next delivery need not wait for its end.
    with only_one("delivery") as alone, suppress(works.Stopped):
        if not alone:
            deliveries.tell(delivery_id, _("En attente : une autre livraison est en cours"), 0, 0)
            task.using(run_after=timezone.now() + AGAIN).enqueue(delivery_id)
        else:
            work(delivery_id)
    state: str = Delivery.objects.values_list("state", flat=True).get(pk=delivery_id)
    return state


def _read(delivery_id: int) -> None:
    delivery = deliveries.start(delivery_id, State.READING, State.RECEIVED)
    result = _run(delivery, dry=True) if delivery else None
    if result:
        with closing(result):
            _show(delivery_id, result)


def _show(delivery_id: int, result: Result) -> None:
    deliveries.show(delivery_id, _report_of(result), _preview_of(result), blocked=bool(result.blocked))


def _apply(delivery_id: int) -> None:
    delivery = deliveries.start(delivery_id, State.APPLYING)
    if delivery is None:
        return
    # Written by a try whose worker died just after: school and share are one transaction.
    if delivery.shares.exists():
        deliveries.finish(delivery_id, delivery.report | {"applied": True})
    elif result := _run(delivery, dry=False):
        with closing(result):
            _settle(delivery_id, result)


def _settle(delivery_id: int, result: Result) -> None:
    """Applied; or held back after all, when others have changed the directory since the preview."""
    if result.blocked:
        _show(delivery_id, result)
    else:
        deliveries.finish(delivery_id, _report_of(result))


def _run(delivery: Delivery, *, dry: bool) -> Result | None:
    """None when the files cannot be read: the delivery is then turned away, or was dropped meanwhile."""
    run = Run(
        today=_today(delivery), dry=dry, own=delivery.school, approver=delivery.approved_by,
        delivery=None if dry else delivery, tell=_Teller(delivery.pk), reads=_format_of(delivery),
    )  # fmt: skip
    try:
        return run.bring(uploads.files_in(deliveries.room(), delivery.folder))
    except Unreadable as refusal:
        error = {"file": refusal.file, "line": refusal.line, "reason": refusal.reason}
    except FileNotFoundError:
        error = {
            "file": "",
            "line": None,
            "reason": _("Les fichiers ne sont plus là : déposez-les de nouveau."),
        }
    deliveries.turn_away(delivery.pk, {"errors": [error], "applied": False})
    return None


def _format_of(delivery: Delivery) -> Format:
    if delivery.source == TABLES and delivery.school:
        return tables(delivery.school, Matching(**delivery.matching or {}), _today(delivery))
    return AAF


def _today(delivery: Delivery) -> date:
    return timezone.localdate(timezone=ZoneInfo(delivery.school.timezone) if delivery.school else None)


class _Teller:
    """Writes the progress once a second at most, and each new step."""

    def __init__(self, delivery_id: int) -> None:
        self.delivery_id, self.step, self.next = delivery_id, "", 0.0

    def __call__(self, step: str, done: int, total: int) -> None:
        now = time.monotonic()
        if step == self.step and now < self.next:
            return
        self.step, self.next = step, now + 1
        if step == _("Lecture"):
            deliveries.tell(self.delivery_id, _("Lecture des fichiers"), done, total)
        else:
            deliveries.tell(self.delivery_id, _("Comparaison avec l’annuaire"), 0, 0)


# What is kept of a run


def _preview_of(result: Result) -> dict[str, Any]:
    """What would change, with names: kept until it is applied or dropped."""
    return {"counts": result.counts, "lines": result.lines}


def _report_of(result: Result) -> dict[str, Any]:
    """The report without any name: counts, each sentence with its number, and places of each, the rarest first."""
    report = result.summary() | {"sentences": {}, "totals": {}}
    for grade, name in (("quarantined", "quarantined"), ("warning", "warnings")):
        kept, seen = _quoted(result, grade)
        report[name] = sorted(kept, key=lambda note: seen[note["reason"]])
        report["sentences"][name] = [list(pair) for pair in seen.most_common(SENTENCES)]
        report["totals"][name] = seen.total()
    return report


def _quoted(result: Result, grade: str) -> tuple[list[dict[str, Any]], Counter[str]]:
    """The places that are kept, and how many each sentence has."""
    kept: list[dict[str, Any]] = []
    seen: Counter[str] = Counter()
    for note in result.spool.notes(grade):
        unquoted = None if note.file else UNQUOTED.match(note.reason)
        if unquoted:
            seen[unquoted["reason"]] += int(unquoted["more"])
            continue
        seen[note.reason] += 1
        if seen[note.reason] <= QUOTED and len(kept) < KEPT:
            kept.append(quoted(note))
    return kept, seen


# Around


@job()
def expire_deliveries() -> dict[str, int]:
    """Drop deliveries that nobody decided on for a week, with their files."""
    return deliveries.expire(timezone.now())


@job()
def forget_merges() -> int:
    """After thirty days, empty what a merge would need to be undone."""
    return merging.forget_old()


@job()
def bring_drops() -> dict[str, int]:
    """Bring what an académie has left in the drop folder, one delivery after the other."""
    told: Counter[str] = Counter()
    if settings.DELIVERIES_DIR is None:
        return told
    with only_one("delivery") as alone:
        # Busy: the next time is soon.
        for folder, reads in drop.waiting(settings.DELIVERIES_DIR, timezone.now()) if alone else ():
            told[drop.bring(folder, reads, timezone.localdate())] += 1
    return dict(told)


@job()
def follow_departures() -> dict[str, int]:
    """Each day: tell schools who is erased in a week, and begin to erase those whose term has come."""
    today = timezone.localdate()
    told = departures.tell_of_erasures(today)
    erase_leavers.enqueue()
    return {"told": told, "holds": departures.drop_past_holds(today)}


@job()
def drop_past_photos() -> int:
    """Each day: erase the photos of pupils whose agreement is over, and of those who have left."""
    return photos.drop_past_photos(timezone.localdate())


@job()
def tell_consents(request_id: int, day: str) -> int:
    """Tell whoever must answer a question of their school; run again, nobody hears it twice."""
    return consents.tell(request_id, day)


@job()
def follow_ages() -> dict[str, int]:
    """Each hour, school by school on its own clock: tell those who came of age, and their parents."""
    told = 0
    for school in School.objects.filter(current_year__isnull=False).order_by("pk"):
        told += consents.tell_of_ages(school, timezone.localdate(timezone=ZoneInfo(school.timezone)))
    # The first zone of the world to reach a day: nobody who is of age where they live is still a minor there.
    first = timezone.localdate(timezone=ZoneInfo("Pacific/Kiritimati"))
    return {"told": told, "minors": consents.reopen_of_minors(first)}


@job()
def remind_of_reviews() -> int:
    """Each day: tell the heads whose last review of who may do what is three months old; once each time."""
    return reviews.remind(timezone.localdate())


@job()
def follow_years() -> dict[str, int]:
    """Each hour: switch the schools whose day has come, and forget what can be undone no more."""
    done = switching.switch_due(timezone.now())
    return done | {"forgotten": switching.forget_old(timezone.localdate())}


@job()
def erase_leavers() -> int:
    """Erase some, then let other work pass and go on; returns how many.

    Never beside a delivery: it could give a role to somebody who is being erased. Killed, it goes on the next time.
    """
    with only_one("delivery") as alone:
        erased = departures.erase_some(timezone.localdate(), A_RUN) if alone else 0
    if erased or not alone:
        erase_leavers.using(run_after=timezone.now() + (timedelta() if alone else LATER)).enqueue()
    return erased


def enqueue_reading(delivery_id: int, **_: Any) -> None:
    read_delivery.enqueue(delivery_id)


def enqueue_applying(delivery_id: int, **_: Any) -> None:
    apply_delivery.enqueue(delivery_id)


def enqueue_telling(request_id: int, day: str, **_: Any) -> None:
    tell_consents.enqueue(request_id, day)
