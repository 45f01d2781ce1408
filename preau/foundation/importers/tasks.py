"""Reading and applying imports, one of a kind at a time, and letting go of those that nobody decides on."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from preau.foundation import uploads, works
from preau.foundation.db import only_one
from preau.foundation.importers import stages
from preau.foundation.importers.boards import importers
from preau.foundation.importers.importer import Importer
from preau.foundation.importers.rows import APPLYING, READING, RECEIVED
from preau.foundation.reading import Unreadable
from preau.foundation.tasks import job

AGAIN = timedelta(seconds=30)


@job(priority=20)
def read_import(key: str, pk: int) -> str:
    """Read what was brought and show what it would change; answers the state that it leaves."""
    return _alone(key, pk, read_import, _read)


@job(priority=30)
def apply_import(key: str, pk: int) -> str:
    """Write what was agreed to. Run again, it finds what is written and writes nothing twice."""
    return _alone(key, pk, apply_import, _apply)


def enqueue(importer: str, pk: int, *, applies: bool, **_: Any) -> None:
    """The receiver of `stages.work_asked`."""
    (apply_import if applies else read_import).enqueue(importer, pk)


@job()
def expire_imports() -> dict[str, int]:
    """Drop what nobody decided on for a week, with its files, whichever house it is of."""
    counts: Counter[str] = Counter()
    for importer in importers:
        counts.update(stages.expire(importer, timezone.now()))
    return dict(counts)


def _alone(key: str, pk: int, task: Any, work: Callable[[Importer, int], None]) -> str:
    """Do the work when no other of its kind is being read or applied, else in a moment."""
    importer = importers.named(key)
    if importer is None:
        raise LookupError(f"No house takes in {key}.")
    # Dropped while it was read: the next one need not wait for its end.
    with only_one(importer.lock) as alone, suppress(works.Stopped):
        if alone:
            _or_turn_away(importer, pk, work)
        else:
            stages.tell(importer, pk, str(importer.words.busy))
            task.using(run_after=timezone.now() + AGAIN).enqueue(key, pk)
    state: str = importer.model.objects.values_list("state", flat=True).get(pk=pk)
    return state


def _or_turn_away(importer: Importer, pk: int, work: Callable[[Importer, int], None]) -> None:
    try:
        work(importer, pk)
    except Unreadable as refusal:
        stages.turn_away(importer, pk, stages.refusal_of(refusal))
    except FileNotFoundError:
        gone = Unreadable("", None, str(importer.words.vanished))
        stages.turn_away(importer, pk, stages.refusal_of(gone))


def _read(importer: Importer, pk: int) -> None:
    row = stages.start(importer, pk, READING, RECEIVED)
    if row is not None:
        paths = uploads.files_in(importer.folder(), row.folder)
        stages.show(importer, pk, importer.read(row, paths, partial(stages.tell, importer, pk)))


def _apply(importer: Importer, pk: int) -> None:
    row = stages.start(importer, pk, APPLYING)
    if row is None:
        return
    paths, tell = uploads.files_in(importer.folder(), row.folder), partial(stages.tell, importer, pk)
    folders: list[str] = []

    def settle(*report: Any, **fields: Any) -> None:
        folders.append(stages.settle(importer, pk, *report, **fields))

    try:
        # Written by a try whose worker died just after.
        if importer.is_written(row):
            settle(row.report | {"applied": True}, row.preview.get("print", ""))
        elif outcome := importer.apply(row, paths, tell, settle):
            stages.show(importer, pk, outcome)
    except stages.Differs:
        stages.show(importer, pk, importer.read(row, paths, tell))
    except stages.MovedOn:
        return
    for folder in folders:
        uploads.remove(importer.folder(), folder)
