"""The worker: django-tasks-db's, with a lease, retries and the schedule."""

import threading
import time
from datetime import timedelta
from typing import Any

import structlog
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from preau.foundation.models import TaskLease, WorkerBeat
from preau.foundation.tasks import RETRIES, delay_before, schedule

Result = DBTaskResult[Any, Any]
LEASE = timedelta(seconds=60)
BEAT = 15
log = structlog.get_logger(__name__)


class LeasedWorker(Worker):
    """Runs tasks one by one. Between two, it takes up what dead workers dropped and what the schedule brings back."""

    _round_at = 0.0

    def run_task(self, db_task_result: Result) -> None:
        lease = take_lease(db_task_result)
        stop = threading.Event()
        beating = threading.Thread(target=_keep_alive, args=(db_task_result.pk, stop), daemon=True)
        beating.start()
        try:
            super().run_task(db_task_result)
        finally:
            stop.set()
            beating.join()
        settle(db_task_result, lease)

    def run(self) -> None:
        threading.Thread(target=self._rounds, daemon=True).start()
        super().run()

    def _rounds(self) -> None:
        """Every BEAT seconds, beside the work: a long task must not stop the schedule."""
        while self.running:
            make_round(self.worker_id)
            connection.close()
            time.sleep(BEAT)


def make_round(worker_id: str) -> None:
    """One round of upkeep: sign of life, dropped tasks, schedule. An error is told and tried again next time."""
    try:
        WorkerBeat.objects.update_or_create(worker=worker_id, defaults={"at": timezone.now()})
        requeue_dropped()
        schedule.enqueue_due()
    except Exception:
        log.exception("worker_round_failed")


def take_lease(result: Result) -> TaskLease:
    lease, _ = TaskLease.objects.get_or_create(task=result, defaults={"until": timezone.now() + LEASE})
    lease.attempts += 1
    lease.until = timezone.now() + LEASE
    lease.save()
    return lease


def _keep_alive(task_id: Any, stop: threading.Event) -> None:
    while not stop.wait(BEAT):
        try:
            TaskLease.objects.filter(task_id=task_id).update(until=timezone.now() + LEASE)
        except Exception:
            # A lost beat is not a lost task: the next one may pass, and the lease outlives three of them.
            log.exception("lease_beat_failed", task_id=str(task_id))
    connection.close()


def settle(result: Result, lease: TaskLease) -> None:
    """After a run: forget the lease of a success; try a failure again later, until its tries are used up."""
    result.refresh_from_db()
    outcome = {"task": result.task_path, "task_id": str(result.pk), "attempt": lease.attempts}
    if result.status == TaskResultStatus.SUCCESSFUL:
        lease.delete()
        log.info("task_done", **outcome)
    elif lease.attempts <= RETRIES.get(result.task_path, 0):
        _put_back(result, timezone.now() + delay_before(lease.attempts + 1))
        log.warning("task_will_retry", error=result.exception_class_path, **outcome)
    else:
        log.error("task_gave_up", error=result.exception_class_path, **outcome)


def requeue_dropped() -> int:
    """Put back the running tasks whose worker has stopped holding them; returns how many."""
    now = timezone.now()
    with transaction.atomic():
        dropped = DBTaskResult.objects.select_for_update(skip_locked=True, of=("self",)).filter(
            status=TaskResultStatus.RUNNING, tasklease__until__lt=now
        )
        # A worker may die between claiming a task and taking its lease.
        unleased = DBTaskResult.objects.filter(
            status=TaskResultStatus.RUNNING, tasklease=None, started_at__lt=now - LEASE
        )
        results = [*dropped, *unleased]
        for result in results:
            _put_back(result, now)
    if results:
        log.warning("tasks_requeued", count=len(results))
    return len(results)


def _put_back(result: Result, run_after: Any) -> None:
    DBTaskResult.objects.filter(pk=result.pk).exclude(status=TaskResultStatus.SUCCESSFUL).update(
        status=TaskResultStatus.READY,
        run_after=run_after,
        started_at=None,
        finished_at=None,
        enqueued_at=F("enqueued_at"),
    )
