"""Tasks: retried, taken up again when their worker dies, brought back by the schedule."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from preau.foundation import boards, upkeep
from preau.foundation.models import RateWindow, ScheduleRun, TaskLease, WorkerBeat
from preau.foundation.tasks import delay_before, job, schedule
from preau.foundation.tasks.worker import (
    LeasedWorker,
    fence,
    make_round,
    requeue_dropped,
    settle,
    take_lease,
)

pytestmark = pytest.mark.django_db(transaction=True)

RAN: list[str] = []


@job(retries=2)
def note(word: str) -> str:
    RAN.append(word)
    if word == "fail":
        raise ValueError("not today")
    return word


@pytest.fixture(autouse=True)
def forget_runs(transactional_db: None) -> None:
    RAN.clear()
    DBTaskResult.objects.all().delete()


def work() -> None:
    """One worker does what waits, then stops."""
    worker = LeasedWorker(
        queue_names=["default"],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id="w1",
        excluded_queue_names=[],
    )
    super(LeasedWorker, worker).run()


def only() -> DBTaskResult:
    return DBTaskResult.objects.get()


def test_a_task_runs_once_and_leaves_no_lease() -> None:
    note.enqueue("hello")
    work()
    work()
    assert RAN == ["hello"]
    assert only().status == TaskResultStatus.SUCCESSFUL
    assert not TaskLease.objects.exists()


def test_a_task_enqueued_in_a_transaction_that_fails_never_existed() -> None:
    def change_that_fails() -> None:
        with transaction.atomic():
            note.enqueue("ghost")
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        change_that_fails()
    work()
    assert RAN == []


def test_a_failure_is_tried_again_later_then_given_up(clock: Any) -> None:
    note.enqueue("fail")
    work()
    assert only().status == TaskResultStatus.READY
    work()
    assert len(RAN) == 1
    for minutes in (1, 4):
        clock.shift(timedelta(minutes=minutes, seconds=1))
        work()
    assert len(RAN) == 3
    assert only().status == TaskResultStatus.FAILED
    clock.shift(timedelta(days=1))
    work()
    assert len(RAN) == 3


def test_the_delay_grows_and_stops_growing() -> None:
    minutes = [delay_before(attempt).total_seconds() / 60 for attempt in range(2, 8)]
    assert minutes == [1, 4, 16, 64, 256, 360]


def test_a_task_whose_worker_died_is_taken_up_again(clock: Any) -> None:
    note.enqueue("dropped")
    held = only()
    held.claim("dead")
    take_lease(held)
    assert requeue_dropped() == 0
    work()
    assert RAN == []
    clock.shift(timedelta(seconds=61))
    assert requeue_dropped() == 1
    work()
    assert RAN == ["dropped"]


def test_a_worker_that_died_before_its_lease_loses_nothing(clock: Any) -> None:
    note.enqueue("claimed")
    only().claim("dead")
    clock.shift(timedelta(seconds=61))
    assert requeue_dropped() == 1
    work()
    assert RAN == ["claimed"]


def taken(worker: str) -> tuple[DBTaskResult, TaskLease]:
    """The waiting task in the hands of a worker."""
    result = only()
    result.claim(worker)
    lease = take_lease(result)
    fence(result, lease)
    return result, lease


def test_a_task_that_kills_its_workers_is_given_up(clock: Any) -> None:
    note.enqueue("poison")
    for attempt in range(3):
        assert only().status == TaskResultStatus.READY, attempt
        taken(f"w{attempt}")
        clock.shift(timedelta(seconds=61))
        requeue_dropped()
    assert only().status == TaskResultStatus.FAILED
    assert not TaskLease.objects.exists()


@pytest.mark.parametrize("late", ["fails", "succeeds"])
def test_a_worker_that_comes_back_too_late_changes_nothing(clock: Any, late: str) -> None:
    """A is stalled, B takes the task up and ends it; then A wakes up."""
    note.enqueue("x")
    slow, slow_lease = taken("A")
    clock.shift(timedelta(seconds=61))
    requeue_dropped()
    quick, quick_lease = taken("B")
    quick.set_successful("B was here")
    settle(quick, quick_lease)
    if late == "fails":
        slow.set_failed(ValueError("late"))
    else:
        slow.set_successful("A was here")
    settle(slow, slow_lease)
    assert (only().status, only().return_value) == (TaskResultStatus.SUCCESSFUL, "B was here")


def test_a_stalled_worker_does_not_take_the_task_from_the_next(clock: Any) -> None:
    note.enqueue("x")
    slow, slow_lease = taken("A")
    clock.shift(timedelta(seconds=61))
    requeue_dropped()
    taken("B")
    slow.set_failed(ValueError("late"))
    settle(slow, slow_lease)
    assert only().status == TaskResultStatus.RUNNING
    assert TaskLease.objects.get().attempts == 2


def test_a_task_removed_while_it_ran_does_not_kill_the_worker() -> None:
    note.enqueue("x")
    held, lease = taken("A")
    DBTaskResult.objects.all().delete()
    settle(held, lease)
    assert not TaskLease.objects.exists()


def test_the_schedule_brings_work_back_once_for_all_workers(
    monkeypatch: pytest.MonkeyPatch, clock: Any
) -> None:
    entry = boards.Scheduled("test.note", note_nothing, every_minutes=60)
    monkeypatch.setattr(boards, "schedule", [entry])
    assert schedule.enqueue_due() == 1
    assert schedule.enqueue_due() == 0
    clock.shift(timedelta(minutes=60))
    assert schedule.enqueue_due() == 1
    assert DBTaskResult.objects.count() == 2
    assert ScheduleRun.objects.get().due == timezone.now() + timedelta(minutes=60)


def test_what_comes_back_each_day_waits_for_its_hour_of_the_night(
    monkeypatch: pytest.MonkeyPatch, clock: Any
) -> None:
    entry = boards.Scheduled("test.night", note_nothing, every_minutes=24 * 60)
    monkeypatch.setattr(boards, "schedule", [entry])
    hour = schedule.hour_of(entry.key)
    # A worker that starts by day erases nothing by day.
    assert schedule.enqueue_due() == 0
    due = timezone.localtime(ScheduleRun.objects.get().due)
    assert due.date() == timezone.localdate() + timedelta(days=1) and due.time() == hour
    # What was due by day, before there were hours, goes to the night too.
    ScheduleRun.objects.update(due=timezone.now() + timedelta(hours=3))
    assert schedule.enqueue_due() == 0 and ScheduleRun.objects.get().due == due
    # A night without a worker is made up for, once; the next time is at its hour again.
    clock.move_to(due + timedelta(hours=7))
    assert (schedule.enqueue_due(), schedule.enqueue_due()) == (1, 0)
    assert ScheduleRun.objects.get().due == due + timedelta(days=1)


def test_every_task_of_the_night_has_its_hour_in_the_document() -> None:
    document = (settings.BASE_DIR / "docs" / "operations.md").read_text()
    for entry in boards.schedule:
        if entry.every_minutes == schedule.DAY:
            hour = schedule.hour_of(entry.key)
            assert schedule.FROM <= hour < schedule.UNTIL
            assert f"`{entry.key}` {hour:%H:%M}" in document, entry.key


@job()
def note_nothing() -> None:
    RAN.append("scheduled")


def test_a_round_gives_a_sign_of_life() -> None:
    make_round("w1")
    assert WorkerBeat.objects.get().worker == "w1"


def test_the_command_does_what_waits_and_stops() -> None:
    note.enqueue("by command")
    call_command("run_worker", batch=True)
    assert RAN == ["by command"]
    assert [thread for thread in threading.enumerate() if "_rounds" in thread.name] == []


def test_tidying_drops_what_has_served(clock: Any) -> None:
    RateWindow.hit("k", timedelta(minutes=1))
    WorkerBeat.objects.create(worker="gone", at=timezone.now())
    note.enqueue("old")
    work()
    clock.shift(timedelta(days=31))
    assert upkeep.tidy.call() == {"windows": 1, "workers": 1, "tasks": 1}


def test_tidying_tells_the_database_what_its_tables_hold() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL looks at its tables by itself")
    upkeep.tidy.call()
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tbl FROM sqlite_stat1")
        looked_at = {table for (table,) in cursor.fetchall()}
    assert "timetable_lesson" in looked_at
    assert "directory_school" not in looked_at


def test_a_round_that_fails_is_told_and_the_next_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise ValueError("not today")

    with monkeypatch.context() as broken:
        broken.setattr(schedule, "enqueue_due", fail)
        make_round("essai")
    assert WorkerBeat.objects.get(worker="essai").at == timezone.now()
    assert not ScheduleRun.objects.exists()
    make_round("essai")
    assert ScheduleRun.objects.exists()
