"""The worker: django-tasks-db's, with a lease, retries and the schedule."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from preau.foundation.models import TaskLease, WorkerBeat
from preau.foundation.tasks import RETRIES, attempt_failed, delay_before, schedule

Result = DBTaskResult[Any, Any]
LEASE = timedelta(seconds=60)
BEAT = 15
log = structlog.get_logger(__name__)


class LeasedWorker(Worker):
    """Runs tasks one by one. Between two, it takes up what dead workers dropped and what the schedule brings back."""

    def run_task(self, db_task_result: Result) -> None:
        lease = take_lease(db_task_result)
        fence(db_task_result, lease)
        stop = threading.Event()
        beating = threading.Thread(target=_keep_alive, args=(lease, stop), daemon=True)
        beating.start()
        try:
            super().run_task(db_task_result)
        finally:
            stop.set()
            beating.join()
        settle(db_task_result, lease)

    def run(self) -> None:
        if self.batch:
            super().run()
            return
        stop = threading.Event()
        rounds = threading.Thread(target=self._rounds, args=(stop,), daemon=True)
        rounds.start()
        try:
            while self.running:
                self._run_while_the_database_answers()
        finally:
            stop.set()
            rounds.join(BEAT)

    def _run_while_the_database_answers(self) -> None:
        """A database that is away is waited for: a worker that stopped instead would need someone to start it again.

        The task at hand stays held until its lease ends, then it is taken up again.
        """
        try:
            super().run()
        except (OperationalError, InterfaceError):
            log.warning("worker_waits_for_database")
            connection.close()
            time.sleep(self.interval)

    def _rounds(self, stop: threading.Event) -> None:
        """Every BEAT seconds, beside the work: a long task must not stop the schedule."""
        while not stop.is_set():
            make_round(self.worker_id)
            connection.close()
            stop.wait(BEAT)


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


def is_held(lease: TaskLease) -> bool:
    """Does this attempt still hold its task? No longer once another has taken it up, or when the task is gone."""
    return TaskLease.objects.filter(pk=lease.pk, attempts=lease.attempts).exists()


def fence(result: Result, lease: TaskLease) -> None:
    """From now on, what this attempt says of its task counts only while it holds it."""
    for name in ("set_successful", "set_failed"):
        setattr(result, name, partial(_if_held, lease, getattr(result, name)))
    result.set_failed = partial(_fail, result.task_path, result.set_failed)


def _if_held(lease: TaskLease, say: Callable[[Any], None], what: Any) -> None:
    if is_held(lease):
        say(what)


def _fail(task: str, say: Callable[[BaseException], None], error: BaseException) -> None:
    say(error)
    attempt_failed.send(LeasedWorker, error=error, task=task)


def _keep_alive(lease: TaskLease, stop: threading.Event) -> None:
    mine = TaskLease.objects.filter(pk=lease.pk, attempts=lease.attempts)
    while not stop.wait(BEAT):
        try:
            mine.update(until=timezone.now() + LEASE)
        except Exception:
            # A lost beat is not a lost task: the next one may pass, and the lease outlives three of them.
            log.exception("lease_beat_failed", task_id=str(lease.pk))
    connection.close()


def settle(result: Result, lease: TaskLease) -> None:
    """After a run: forget the lease of a success; try a failure again later, until its tries are used up."""
    if not is_held(lease):
        log.warning("task_lost", task=result.task_path, task_id=str(result.pk), attempt=lease.attempts)
        return
    result.refresh_from_db()
    if result.status == TaskResultStatus.SUCCESSFUL:
        lease.delete()
        log.info("task_done", task=result.task_path, task_id=str(result.pk), attempt=lease.attempts)
    elif result.status == TaskResultStatus.FAILED:
        _retry_or_give_up(result, lease, delay_before(lease.attempts + 1))


def _retry_or_give_up(result: Result, lease: TaskLease, delay: timedelta) -> bool:
    """Put back a task that failed, or whose worker died, while it has tries left."""
    facts = {"task": result.task_path, "task_id": str(result.pk), "attempt": lease.attempts}
    if lease.attempts <= RETRIES.get(result.task_path, 0):
        _put_back(result, timezone.now() + delay)
        log.warning("task_will_retry", error=result.exception_class_path, **facts)
        return True
    DBTaskResult.objects.filter(pk=result.pk).update(
        status=TaskResultStatus.FAILED, finished_at=timezone.now()
    )
    lease.delete()
    log.error("task_gave_up", error=result.exception_class_path, **facts)
    return False


def requeue_dropped() -> int:
    """Put back the running tasks whose worker has stopped holding them; returns how many.

    A task that kills its workers is given up like one that fails: its tries are counted by the lease.
    """
    now = timezone.now()
    running = DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING)
    with transaction.atomic():
        dropped = running.select_for_update(skip_locked=True, of=("self",)).filter(
            tasklease__until__lt=now, started_at__lt=now - LEASE
        )
        held = [_retry_or_give_up(result, result.tasklease, timedelta()) for result in dropped]
        # A worker may die between claiming a task and taking its lease.
        unleased = list(running.filter(tasklease=None, started_at__lt=now - LEASE))
        for result in unleased:
            _put_back(result, now)
    return sum(held) + len(unleased)


def _put_back(result: Result, run_after: Any) -> None:
    DBTaskResult.objects.filter(pk=result.pk).exclude(status=TaskResultStatus.SUCCESSFUL).update(
        status=TaskResultStatus.READY,
        run_after=run_after,
        started_at=None,
        finished_at=None,
    )
