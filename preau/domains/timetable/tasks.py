"""Work for later: lessons follow the calendar and the weeks, those concerned are told, a timetable is read and applied."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from preau.domains.timetable import actions
from preau.domains.timetable.actions import imported
from preau.domains.timetable.imports import run, tables
from preau.domains.timetable.models import TimetableImport
from preau.foundation import uploads, works
from preau.foundation.db import only_one
from preau.foundation.locks import lock
from preau.foundation.reading import Unreadable
from preau.foundation.tasks import job

State = TimetableImport.State
AGAIN = timedelta(seconds=30)


@job()
def follow_calendar(school_id: int, closed: list[list[str]], opened: list[list[str]]) -> list[int]:
    """Take away the lessons of days that close, bring back those of days that open; returns how many of each."""
    spans = [[tuple(date.fromisoformat(day) for day in span) for span in found] for found in (closed, opened)]
    return list(actions.follow_calendar(school_id, *spans))  # type: ignore[arg-type]


def enqueue_calendar(*, school_id: int, closed: Any, opened: Any, **_: Any) -> None:
    follow_calendar.enqueue(school_id, closed, opened)


@job()
def follow_weeks(alternation_ids: list[int]) -> list[int]:
    """Lessons to come follow the weeks of these alternations; returns how many went and how many came."""
    return list(actions.follow_weeks(alternation_ids))


@job()
def tell_of_change(change_id: int) -> int:
    """Tell everybody concerned that a lesson changed."""
    return actions.tell_of_change(change_id)


@job()
def tell_of_undoing(change_id: int) -> int:
    """Take back what was told of a change that was undone."""
    return actions.tell_of_undoing(change_id)


def enqueue_weeks(alternation_ids: list[int], **_: Any) -> None:
    follow_weeks.enqueue(alternation_ids)


def enqueue_telling(change_id: int, **_: Any) -> None:
    tell_of_change.enqueue(change_id)


def enqueue_undoing(change_id: int, **_: Any) -> None:
    tell_of_undoing.enqueue(change_id)


@job(priority=20)
def read_timetable(import_id: int) -> str:
    """Read what was brought and show what it would change; answers the state that it leaves."""
    return _alone(import_id, read_timetable, _read)


@job(priority=30)
def apply_timetable(import_id: int) -> str:
    """Write what was agreed to, in one transaction with the end of the import. Run again, it finds it settled."""
    return _alone(import_id, apply_timetable, _apply)


def _alone(import_id: int, task: Any, work: Callable[[int], None]) -> str:
    """Do the work when no other timetable is being read or applied, else in a moment."""
    with only_one("timetable") as alone, suppress(works.Stopped):
        if not alone:
            imported.tell(import_id, _("En attente : un autre emploi du temps est en cours"))
            task.using(run_after=timezone.now() + AGAIN).enqueue(import_id)
        else:
            _or_turn_away(import_id, work)
    state: str = TimetableImport.objects.values_list("state", flat=True).get(pk=import_id)
    return state


def _or_turn_away(import_id: int, work: Callable[[int], None]) -> None:
    try:
        work(import_id)
    except Unreadable as refusal:
        imported.turn_away(import_id, run.refusal_of(refusal))
    except FileNotFoundError:
        reason = _("Les fichiers ne sont plus là : apportez-les de nouveau.")
        imported.turn_away(import_id, run.refusal_of(Unreadable("", None, reason)))


def _read(import_id: int) -> None:
    brought = imported.start(import_id, State.READING, State.RECEIVED)
    if brought is None:
        return
    paths = uploads.files_in(imported.room(), brought.folder)
    try:
        result = run.bring(
            paths, brought.year, tell=lambda step: imported.tell(import_id, step), **_how(brought)
        )
    except tables.ColumnsWanted as wanted:
        columns = tables.shown(paths, run.words_of(brought.year))
        imported.ask_columns(import_id, run.refusal_of(wanted), columns)
        return
    imported.show(import_id, run.report_of(result), run.preview_of(result))


class _Differs(Exception):
    """What would be written is no more what was agreed to."""


def _apply(import_id: int) -> None:
    brought = imported.start(import_id, State.APPLYING)
    if brought is None:
        return
    paths = uploads.files_in(imported.room(), brought.folder)
    folders = []

    def keep(result: run.Result) -> None:
        known = lock(TimetableImport, import_id)
        if known.state != State.APPLYING or run.fingerprint(result) != known.preview.get("print"):
            raise _Differs
        folders.append(imported.finish(known, run.report_of(result)))

    try:
        run.apply(paths, brought.year, keep=keep, **_how(brought))
    except _Differs:
        result = run.bring(paths, brought.year, **_how(brought))
        imported.show(import_id, run.report_of(result), run.preview_of(result))
    for folder in folders:
        imported.remove_files(folder)


def _how(brought: TimetableImport) -> dict[str, Any]:
    zone = ZoneInfo(brought.school.timezone)
    taken = frozenset(brought.preview.get("take", ()))
    asked = run.Asked(scope=brought.scope, taken=taken, by=brought.brought_by_id)
    return {"today": timezone.localdate(timezone=zone), "asked": asked}


@job()
def expire_imports() -> dict[str, int]:
    """Drop timetables that nobody decided on for a week, with their files."""
    return imported.expire(timezone.now())


def enqueue_reading(import_id: int, **_: Any) -> None:
    read_timetable.enqueue(import_id)


def enqueue_applying(import_id: int, **_: Any) -> None:
    apply_timetable.enqueue(import_id)


@job()
def close_asks(change_id: int) -> int:
    """What was asked about a lesson that changed by another way is no longer asked."""
    return actions.close_asks(change_id)


def enqueue_closing(change_id: int, **_: Any) -> None:
    close_asks.enqueue(change_id)


@job()
def forget_causes() -> int:
    """Empty the causes of absences that ended thirty days ago."""
    return actions.forget_causes(timezone.now())
