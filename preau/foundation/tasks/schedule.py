"""Work that comes back: the schedule board, and the row that says when each entry is due."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from preau.foundation import boards
from preau.foundation.models import ScheduleRun


def enqueue_due() -> int:
    """Enqueue every scheduled task that is due, once however many workers ask; returns how many."""
    return sum(_enqueue_if_due(entry) for entry in boards.schedule)


def _enqueue_if_due(entry: boards.Scheduled) -> bool:
    now = timezone.now()
    with transaction.atomic():
        ScheduleRun.objects.get_or_create(key=entry.key, defaults={"due": now})
        # The filtered update is the lock: only one worker moves the date.
        moved = ScheduleRun.objects.filter(key=entry.key, due__lte=now).update(
            due=now + timedelta(minutes=entry.every_minutes)
        )
        if moved:
            entry.task.enqueue()
    return bool(moved)
