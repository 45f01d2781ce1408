"""The nightly tidying of rows that have served."""

from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from preau.foundation import db
from preau.foundation.models import RateWindow, WorkerBeat
from preau.foundation.tasks import job

KEPT_TASKS = timedelta(days=30)


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
