"""Work for later: what an académie leaves, who is to be erased or told, years that switch."""

from collections import Counter
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from preau.directory.actions import consents, departures, merging, photos, reviews, switching
from preau.directory.imports import drop
from preau.directory.models import School
from preau.foundation.db import only_one
from preau.foundation.tasks import job

LATER = timedelta(minutes=5)
# So many people are erased in one task.
A_RUN = 300


@job()
def forget_merges() -> int:
    """After thirty days, empty what a merge would need to be undone."""
    return merging.forget_old()


@job()
def bring_drops() -> dict[str, int]:
    """Bring what an académie has left in the drop folder, one delivery after the other. Raises NotWritable, once the others are brought."""
    counts: Counter[str] = Counter()
    if settings.DELIVERIES_DIR is None:
        return counts
    with only_one("delivery") as alone:
        # Busy: the next time is soon.
        for folder, reads in drop.waiting(settings.DELIVERIES_DIR, timezone.now()) if alone else ():
            counts[drop.bring(folder, reads, timezone.localdate())] += 1
    if counts["unwritable"]:
        raise drop.NotWritable(
            f"{counts['unwritable']} deliveries wait in folders that the worker may not write in."
        )
    return dict(counts)


@job()
def follow_departures() -> dict[str, int]:
    """Each day: tell schools who is erased in a week, and begin to erase those whose term has come."""
    today = timezone.localdate()
    count = departures.tell_of_erasures(today)
    erase_leavers.enqueue()
    return {"told": count, "holds": departures.drop_past_holds(today)}


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
    count = 0
    for school in School.objects.filter(current_year__isnull=False).order_by("pk"):
        count += consents.tell_of_ages(school, timezone.localdate(timezone=ZoneInfo(school.timezone)))
    # The first zone of the world to reach a day: nobody who is of age where they live is still a minor there.
    first = timezone.localdate(timezone=ZoneInfo("Pacific/Kiritimati"))
    return {"told": count, "minors": consents.reopen_of_minors(first)}


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


def enqueue_telling(request_id: int, day: str, **_: Any) -> None:
    tell_consents.enqueue(request_id, day)
