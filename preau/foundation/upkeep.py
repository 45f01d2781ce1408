"""The nightly tidying of rows that have served, and how the work behind the pages goes."""

import shutil
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.management import call_command
from django.db.models import Min
from django.utils import timezone
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from preau.foundation import db
from preau.foundation.models import RateWindow, WorkerBeat
from preau.foundation.tasks import job

KEPT_TASKS = timedelta(days=30)
WORKER_SILENCE = timedelta(minutes=2)
# Past this, whoever waits for a letter may wonder.
LATE = timedelta(minutes=10)
# Failures that an operator has not had a night to see.
LATELY = timedelta(days=1)
GIGABYTE = 1_000_000_000
# Below this the disk will be full before somebody comes.
LEAST_FREE = 2 * GIGABYTE


@dataclass(frozen=True)
class Work:
    """How the work behind the pages goes: a worker lately alive, tasks that failed in a day, letters and work that wait."""

    worker: bool
    failed: int
    waiting: int
    oldest_minutes: int
    free_gigabytes: float

    @property
    def is_late(self) -> bool:
        return self.oldest_minutes >= LATE.total_seconds() / 60

    @property
    def has_room(self) -> bool:
        return self.free_gigabytes * GIGABYTE >= LEAST_FREE

    @property
    def is_well(self) -> bool:
        return self.worker and not self.failed and not self.is_late and self.has_room


def work_now() -> Work:
    """Four short questions to the database, one to the system."""
    now = timezone.now()
    due = DBTaskResult.objects.filter(status=TaskResultStatus.READY).exclude(run_after__gt=now)
    since = due.aggregate(since=Min("enqueued_at"))["since"]
    failed = DBTaskResult.objects.filter(status=TaskResultStatus.FAILED, finished_at__gt=now - LATELY)
    return Work(
        worker=WorkerBeat.objects.filter(at__gt=now - WORKER_SILENCE).exists(),
        failed=failed.count(),
        waiting=due.count(),
        oldest_minutes=int((now - since).total_seconds() // 60) if since else 0,
        free_gigabytes=round(shutil.disk_usage(settings.VAR_DIR).free / GIGABYTE, 1),
    )


@job()
def tidy() -> dict[str, int]:
    """Drop ended sessions, closed rate windows, silent workers, and tasks finished thirty days ago; look at what tables hold."""
    now = timezone.now()
    db.gather_statistics()
    call_command("clearsessions")
    return {
        "windows": RateWindow.objects.filter(ends__lt=now).delete()[0],
        "workers": WorkerBeat.objects.filter(at__lt=now - timedelta(days=1)).delete()[0],
        "tasks": DBTaskResult.objects.finished().filter(finished_at__lt=now - KEPT_TASKS).delete()[0],
    }
