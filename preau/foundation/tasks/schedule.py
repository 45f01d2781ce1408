"""Work that comes back: the schedule board, and the row that says when each entry is due."""

from datetime import datetime, time, timedelta
from zlib import crc32

from django.db import transaction
from django.utils import timezone

from preau.foundation import boards
from preau.foundation.models import ScheduleRun

DAY = 24 * 60
# The night: what comes back each day does so between these two hours, where the platform is.
FROM, UNTIL = time(1), time(5)


def enqueue_due() -> int:
    """Enqueue every scheduled task that is due, once however many workers ask; returns how many."""
    return sum(_enqueue_if_due(entry) for entry in boards.schedule)


def hour_of(key: str) -> time:
    """The hour of a task of every night: its own, so that they do not all begin at once."""
    minutes = FROM.hour * 60 + crc32(key.encode()) % (60 * (UNTIL.hour - FROM.hour))
    return time(minutes // 60, minutes % 60)


def next_run(entry: boards.Scheduled, now: datetime) -> datetime:
    """When it is due after now."""
    if entry.every_minutes != DAY:
        return now + timedelta(minutes=entry.every_minutes)
    local, hour = timezone.localtime(now), hour_of(entry.key)
    day = local.date() if local.time() < hour else local.date() + timedelta(days=1)
    return datetime.combine(day, hour, tzinfo=local.tzinfo)


def _enqueue_if_due(entry: boards.Scheduled) -> bool:
    now = timezone.now()
    following = next_run(entry, now)
    is_nightly = entry.every_minutes == DAY
    with transaction.atomic():
        # What comes back at night waits for it, from the first day on; a night that was missed is made up for at once.
        row, _made = ScheduleRun.objects.get_or_create(
            key=entry.key, defaults={"due": following if is_nightly else now}
        )
        if is_nightly and row.due > now and row.due != following:
            ScheduleRun.objects.filter(key=entry.key).update(due=following)
            return False
        # The filtered update is the lock: only one worker moves the date.
        moved = ScheduleRun.objects.filter(key=entry.key, due__lte=now).update(due=following)
        if moved:
            entry.task.enqueue()
    return bool(moved)
