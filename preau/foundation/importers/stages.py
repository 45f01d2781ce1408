"""The life of an import: brought, read, agreed to, applied or dropped. Each step locks its row and looks at its state again."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone

from preau.foundation import journal, uploads, works
from preau.foundation.importers.boards import importers
from preau.foundation.importers.importer import Importer, Keep, Outcome
from preau.foundation.importers.rows import (
    APPLYING,
    DONE,
    DROPPED,
    OPEN,
    READING,
    RECEIVED,
    REFUSED,
    WAITING,
    WORKING,
)
from preau.foundation.locks import lock
from preau.foundation.reading import Unreadable

WAITS = timedelta(days=7)
# Longer than every try of a task together: nobody works on it any more.
SILENCE = timedelta(hours=24)

# Sent inside the transaction: its receiver only enqueues a task, in the same database (docs/decisions/0002).
work_asked = Signal()  # importer (its key), pk, applies


class AlreadyOne(Exception):
    """One is dealt with at a time: `known` is the one there is."""

    def __init__(self, known: Any) -> None:
        super().__init__(f"import {known.pk} is not settled")
        self.known = known


class MovedOn(Exception):
    """Somebody, or the work itself, has changed the state of the import since the page was shown."""


class Differs(Exception):
    """What would be written is no more what was agreed to."""


# Somebody brings and decides


def bring(
    importer: Importer,
    viewer: Any,
    sent: Any,
    *,
    keep: Keep | None = None,
    check: Callable[[Path], None] | None = None,
    **fields: Any,
) -> Any:
    """Take files for the viewer's school, to be read. Raises AlreadyOne, or uploads.Refused with its sentence.

    `keep` where they are not kept as usual; `check` raises uploads.Refused for a file that is none of ours.
    """
    _only_one(importer, viewer)
    folder, names = (keep or importer.keep_files)(sent, importer.folder())
    try:
        for path in uploads.files_in(importer.folder(), folder) if check else ():
            check(path)  # type: ignore[misc]
        return _open(importer, viewer, {"folder": folder, "files": names} | fields)
    except BaseException:
        uploads.remove(importer.folder(), folder)
        raise


@transaction.atomic
def _open(importer: Importer, viewer: Any, fields: Mapping[str, Any]) -> Any:
    # Two clicks at once: the second waits here, and finds the first.
    lock(importer.model._meta.get_field("school").related_model, viewer.school_id)
    _only_one(importer, viewer)
    row = importer.model.objects.create(
        school=viewer.school, brought_by=viewer.person, moved_at=timezone.now(), **fields
    )
    journal.record(viewer, f"{importer.key}_brought", row, files=len(row.files))
    if row.state == RECEIVED:
        _ask_work(importer, viewer, row)
    return row


def open_one(importer: Importer, viewer: Any) -> Any:
    """The import that the viewer's school deals with; or None."""
    mine = importer.model.objects.exclude(school=None).filter(school_id=viewer.school_id)
    return mine.filter(state__in=OPEN).first()


def _only_one(importer: Importer, viewer: Any) -> None:
    known = open_one(importer, viewer)
    if known:
        raise AlreadyOne(known)


@transaction.atomic
def agree(
    importer: Importer,
    viewer: Any,
    row: Any,
    *,
    verb: str = "agreed",
    may: Callable[[Any, Any], bool] | None = None,
    **fields: Any,
) -> None:
    """Agree to what the preview shows. Raises MovedOn when there is nothing to agree to any more."""
    known = lock(importer.model, row.pk)
    if not (may or importer.may_apply)(viewer, known):
        raise MovedOn
    importer.leaves(known)
    _move(known, APPLYING, **fields)
    journal.record(viewer, f"{importer.key}_{verb}", known, **importer.figures(known.report))
    _ask_work(importer, viewer, known)


@transaction.atomic
def read_again(
    importer: Importer, viewer: Any, row: Any, verb: str, prepare: Callable[[Any], Mapping[str, Any]]
) -> None:
    """Somebody has said what columns hold: read with it. `prepare` gives what the row keeps of it. Raises MovedOn."""
    known = lock(importer.model, row.pk)
    if not importer.may_name_columns(viewer, known):
        raise MovedOn
    _move(known, RECEIVED, report={}, preview={}, **prepare(known))
    journal.record(viewer, verb, known)
    _ask_work(importer, viewer, known)


def drop(importer: Importer, viewer: Any, row: Any) -> None:
    """Give it up before anything is written. Raises MovedOn."""
    with transaction.atomic():
        known = lock(importer.model, row.pk)
        if not importer.may_drop(viewer, known):
            raise MovedOn
        works.end(importer.work_of(known.pk, known.state), ending=works.Ending.CANCELLED)
        folder = _end(importer, known, DROPPED)
        journal.record(viewer, f"{importer.key}_dropped", known)
    uploads.remove(importer.folder(), folder)


def stop_work(viewer: Any, key: str, **_: Any) -> None:
    """Give up the import that a stopped work is reading. Raises works.CannotStop once it is read, or not theirs to decide."""
    for importer in importers:
        number = key.removeprefix(importer.works[0])
        if number != key and number.isdecimal():
            _stop(importer, viewer, int(number))


def _stop(importer: Importer, viewer: Any, pk: int) -> None:
    seen = importer.model.objects.select_for_update(of=("self",)).visible_to(viewer)
    with transaction.atomic():
        known = seen.filter(pk=pk, state__in=[RECEIVED, READING]).first()
        if known is None:
            raise works.CannotStop
        try:
            drop(importer, viewer, known)
        except MovedOn as moved_on:
            raise works.CannotStop from moved_on


# Said by the tasks: one may be late, or run twice


@transaction.atomic
def start(importer: Importer, pk: int, state: str, *before: str) -> Any:
    """The import, put in the state of the work that begins; None when it is not to be done any more."""
    known = lock(importer.model, pk)
    if known.state not in {state, *before}:
        return None
    _move(known, state)
    works.begin(importer.work_of(pk, state))
    return known


def tell(importer: Importer, pk: int, step: str, done: int = 0, total: int = 0) -> None:
    """How far the work is. Raises works.Stopped when somebody has dropped the import while it was read."""
    rows = importer.model.objects.filter(pk=pk)
    values = _progress(importer.model, step, done, total) | {"moved_at": timezone.now()}
    if rows.filter(state__in=WORKING).update(**values):
        works.tell(importer.work_of(pk, rows.values_list("state", flat=True).get()), step, done, total)
    elif rows.filter(state=DROPPED).exists():
        raise works.Stopped


@transaction.atomic
def show(importer: Importer, pk: int, outcome: Outcome) -> None:
    """The files are read, or what they would change is no more what was agreed to: somebody decides."""
    known = lock(importer.model, pk)
    if known.state not in {READING, APPLYING}:
        return
    failed = known.state == APPLYING
    works.end(importer.work_of(pk, known.state), ending=works.Ending.FAILED if failed else works.Ending.DONE)
    _move(known, outcome.state, report=dict(outcome.report), preview=dict(outcome.preview), **outcome.fields)
    importer.reaches(known)


@transaction.atomic
def settle(
    importer: Importer, pk: int, report: Mapping[str, Any], fingerprint: str = "", **fields: Any
) -> str:
    """It is applied, in the transaction that writes it; returns the folder whose files are to go once that is over.

    Raises Differs when the preview that was agreed to said something else, MovedOn when it is not to be applied any more.
    """
    known = lock(importer.model, pk)
    if known.state != APPLYING:
        raise MovedOn
    if fingerprint != known.preview.get("print", ""):
        raise Differs
    works.end(importer.work_of(pk, known.state), ending=works.Ending.DONE)
    folder = _end(importer, known, DONE, report=dict(report), **fields)
    _write_line(importer, known, "applied", importer.figures(report), known.brought_by_id)
    importer.reaches(known)
    return folder


def turn_away(importer: Importer, pk: int, report: Mapping[str, Any]) -> None:
    """The files cannot be read, or the work does not end: nothing is applied, nothing is kept."""
    with transaction.atomic():
        known = lock(importer.model, pk)
        if known.state not in WORKING:
            return
        works.end(importer.work_of(pk, known.state), ending=works.Ending.FAILED)
        folder = _end(importer, known, REFUSED, report=dict(report))
        importer.reaches(known)
    uploads.remove(importer.folder(), folder)


def refusal_of(refusal: Unreadable) -> dict[str, Any]:
    """The report of files that cannot be trusted."""
    error = {"file": refusal.file, "line": refusal.line, "reason": refusal.reason}
    return {"applied": False, "errors": [error]}


# The schedule


def expire(importer: Importer, now: datetime) -> dict[str, int]:
    """Drop what nobody decided for a week, end what no task works on any more, and remove files without an import."""
    rows = importer.model.objects.exclude(school=None)
    waiting = rows.filter(state__in=WAITING, moved_at__lt=now - WAITS)
    silent = list(rows.filter(state__in=WORKING, moved_at__lt=now - SILENCE))
    dropped = [_expire(importer, pk) for pk in waiting.values_list("pk", flat=True)]
    for row in silent:
        _give_up(importer, row)
    return {"dropped": sum(dropped), "silent": len(silent), "folders": _sweep(importer, now)}


def _expire(importer: Importer, pk: int) -> bool:
    with transaction.atomic():
        known = lock(importer.model, pk)
        if known.state not in WAITING:
            return False
        folder = _end(importer, known, DROPPED)
        _write_line(importer, known, "expired", {})
    uploads.remove(importer.folder(), folder)
    return True


def _give_up(importer: Importer, row: Any) -> None:
    """The tries of its task are used up."""
    if row.state == APPLYING and importer.is_written(row):
        folder = settle(importer, row.pk, row.report | {"applied": True}, row.preview.get("print", ""))
        uploads.remove(importer.folder(), folder)
        return
    error = {"file": "", "line": None, "reason": str(importer.words.lost)}
    turn_away(importer, row.pk, row.report | {"errors": [error]})


def _sweep(importer: Importer, now: datetime) -> int:
    """Folders that a killed process left behind."""
    known = set(importer.model.objects.exclude(folder="").values_list("folder", flat=True))
    old = (now - timedelta(days=1)).timestamp()
    room = importer.folder()
    lost = [
        folder
        for folder in uploads.folders(room)
        if folder.name not in known and folder.stat().st_mtime < old
    ]
    for folder in lost:
        uploads.remove(room, folder.name)
    return len(lost)


# All of them


def _ask_work(importer: Importer, viewer: Any, row: Any) -> None:
    """Somebody asked for what the state says: to read it, which may be given up, or to apply it, which may not."""
    applies = row.state == APPLYING
    label = importer.words.applying if applies else importer.words.reading
    works.start(
        works.WorkRequest(
            key=importer.work_of(row.pk, row.state),
            label=str(label),
            person_id=viewer.person.pk,
            url=importer.url_of(row),
            school_id=row.school_id,
            seat=viewer.key,
            can_stop=not applies,
        )
    )
    work_asked.send(importer.model, importer=importer.key, pk=row.pk, applies=applies)


def _write_line(
    importer: Importer, row: Any, word: str, facts: Mapping[str, int], by: int | None = None
) -> None:
    if word in importer.also_writes:
        line = journal.Line(
            verb=f"{importer.key}_{word}",
            actor_id=by,
            school_id=row.school_id,
            target=row._meta.label_lower,
            target_id=row.pk,
            details=facts,
        )
        journal.write(line)


def _progress(model: Any, step: str = "", done: int = 0, total: int = 0) -> dict[str, Any]:
    """What a row of this house keeps of how far it is."""
    values = {"step": step, "done": done, "total": total}
    return {name: value for name, value in values.items() if hasattr(model, name)}


def _move(row: Any, state: str, **fields: Any) -> None:
    changed = {"state": state, "moved_at": timezone.now()} | _progress(type(row)) | fields
    for name, value in changed.items():
        setattr(row, name, value)
    row.save(update_fields=list(changed))


def _end(importer: Importer, row: Any, state: str, **fields: Any) -> str:
    """Settle it: names go, and the name of the folder that its files are to leave is returned."""
    folder: str = row.folder
    importer.leaves(row)
    _move(row, state, folder="", preview={}, settled_at=timezone.now(), **fields)
    return folder
