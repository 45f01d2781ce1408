"""The life of an imported timetable: brought, read, applied or dropped. What it writes in the lessons is in `importing`."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from django.conf import settings
from django.db import transaction
from django.dispatch import Signal
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.actions.columns import remember_columns
from preau.directory.models import School, SchoolYear
from preau.directory.viewer import Viewer
from preau.domains.timetable.models import TimetableImport
from preau.foundation import journal, uploads, works
from preau.foundation.locks import lock

State = TimetableImport.State
COLUMNS = "cours"  # the name of this table among those whose columns a school named
KINDS = (".xml", ".ics", ".csv", ".txt", ".xlsx")
LIMITS = uploads.Limits(files=50, size=40 * uploads.MEGABYTE)
WAITS, SILENCE = timedelta(days=7), timedelta(hours=24)

# Sent inside the transaction: their receivers only enqueue tasks, in the same database (docs/decisions/0002).
timetable_brought = Signal()  # import_id: its files wait to be read
timetable_agreed = Signal()  # import_id: somebody who may has said yes


class AlreadyOne(Exception):
    """A school deals with one timetable at a time: `known` is the one it has."""

    def __init__(self, known: TimetableImport) -> None:
        super().__init__(f"import {known.pk} is not settled")
        self.known = known


class MovedOn(Exception):
    """Somebody, or the work itself, has changed the state of the import since the page was shown."""


def room() -> Path:
    """Where the files wait: shared by the pages and the worker, never served."""
    return Path(settings.VAR_DIR) / "timetables"


def keep(year: SchoolYear, files: Sequence[str], report: Mapping[str, Any]) -> TimetableImport:
    """What the operator brought and applied, with its report."""
    kept = TimetableImport.objects.create(
        school=year.school, year=year, source=report["format"], scope=report["scope"], state=State.DONE,
        files=list(files), report=dict(report), settled_at=timezone.now(), moved_at=timezone.now(),
    )  # fmt: skip
    journal.write(
        journal.Line(
            verb="timetable.import_applied", school_id=year.school_id, target=kept._meta.label_lower,
            target_id=kept.pk, details=figures(report),
        )
    )  # fmt: skip
    return kept


def figures(report: Mapping[str, Any]) -> dict[str, int]:
    """What the journal says of it."""
    return {name: int(report.get(name) or 0) for name in ("created", "changed", "stopped", "kept", "aside")}


# Brought from a page


def bring(viewer: Viewer, sent: Sequence[Any], scope: str = "") -> TimetableImport:
    """Take files for the year of the viewer's school, to be read. Raises AlreadyOne, or uploads.Refused with its sentence."""
    _only_one(viewer.school_id)
    folder, names = uploads.keep_files(sent, room(), LIMITS, KINDS)
    try:
        return _open(viewer, folder, names, scope)
    except BaseException:
        uploads.remove(room(), folder)
        raise


@transaction.atomic
def _open(viewer: Viewer, folder: str, names: list[str], scope: str) -> TimetableImport:
    # Two clicks at once: the second waits here, and finds the first.
    lock(School, viewer.school_id)
    _only_one(viewer.school_id)
    school, year = cast("School", viewer.school), cast("SchoolYear", viewer.year)
    brought: TimetableImport = TimetableImport.objects.create(
        school=school, year=year, brought_by=viewer.person, folder=folder, files=names, scope=scope,
        moved_at=timezone.now(),
    )  # fmt: skip
    journal.record(viewer, "timetable.import_brought", brought, files=len(names))
    _start_work(viewer, brought)
    timetable_brought.send(TimetableImport, import_id=brought.pk)
    return brought


def _only_one(school_id: int | None) -> None:
    known = TimetableImport.objects.unsettled().filter(school_id=school_id).first()
    if known:
        raise AlreadyOne(known)


@transaction.atomic
def apply(viewer: Viewer, brought: TimetableImport) -> None:
    """Agree to what the preview shows. Raises MovedOn when there is nothing to agree to any more."""
    known = lock(TimetableImport, brought.pk)
    if known.state != State.PREVIEW:
        raise MovedOn
    _move(known, State.APPLYING)
    journal.record(viewer, "timetable.import_agreed", known, **figures(known.report))
    _start_work(viewer, known)
    timetable_agreed.send(TimetableImport, import_id=known.pk)


@transaction.atomic
def choose(viewer: Viewer, brought: TimetableImport, shown: Collection[str], taken: Collection[str]) -> None:
    """Say, of what is `shown`, where the file wins over what was decided here. Raises MovedOn."""
    known = lock(TimetableImport, brought.pk)
    if known.state != State.PREVIEW:
        raise MovedOn
    decided = {row["id"] for row in known.preview.get("decided", ())}
    before = set(known.preview.get("take", ()))
    take = sorted(((before - set(shown)) | (set(taken) & set(shown))) & decided)
    if take == sorted(before):
        return
    known.preview["take"] = take
    known.save(update_fields=["preview"])
    journal.record(viewer, "timetable.import_chosen", known, taken=len(take))


def drop(viewer: Viewer, brought: TimetableImport) -> None:
    """Give it up before anything is written. Raises MovedOn."""
    with transaction.atomic():
        known = lock(TimetableImport, brought.pk)
        if known.state not in {State.RECEIVED, State.READING, State.MATCHING, State.PREVIEW}:
            raise MovedOn
        works.end(work_of(known), ending=works.Ending.CANCELLED)
        folder = _end(known, State.DROPPED)
        journal.record(viewer, "timetable.import_dropped", known)
    uploads.remove(room(), folder)


def stop_work(viewer: Viewer, key: str, **_: Any) -> None:
    """Give up the import that a stopped work is reading. Raises works.CannotStop once it is read, or not theirs to decide."""
    number = key.removeprefix("timetable.received-")
    if number == key or not number.isdecimal():
        return
    known = TimetableImport.objects.visible_to(viewer).filter(pk=int(number)).first()
    try:
        if known is None or known.state not in {State.RECEIVED, State.READING}:
            raise MovedOn  # noqa: TRY301 - the same answer as one that moves on meanwhile
        drop(viewer, known)
    except MovedOn as moved_on:
        raise works.CannotStop from moved_on


# Said by the tasks; each looks again at the state, since a task may be late, or run twice


@transaction.atomic
def start(import_id: int, state: str, *before: str) -> TimetableImport | None:
    """The import, put in the state of the work that begins; None when it is not to be done any more."""
    known = lock(TimetableImport, import_id)
    if known.state not in {state, *before}:
        return None
    works.begin(work_of(known))
    _move(known, state)
    return known


def tell(import_id: int, step: str) -> None:
    """How far the work is. Raises works.Stopped when somebody has dropped it while it was read."""
    known = TimetableImport.objects.get(pk=import_id)
    if known.state == State.DROPPED:
        raise works.Stopped
    TimetableImport.objects.filter(pk=import_id).update(step=step, moved_at=timezone.now())
    works.tell(work_of(known), step, 0, 0)


@transaction.atomic
def show(import_id: int, report: Mapping[str, Any], preview: Mapping[str, Any]) -> None:
    """The files are read, or what they would change is no more what was agreed to: somebody decides."""
    known = lock(TimetableImport, import_id)
    if known.state not in {State.READING, State.APPLYING}:
        return
    applying = known.state == State.APPLYING
    works.end(work_of(known), ending=works.Ending.FAILED if applying else works.Ending.DONE)
    known.report, known.preview, known.source = dict(report), dict(preview), report["format"]
    _move(known, State.PREVIEW, "report", "preview", "source")


@transaction.atomic
def ask_columns(import_id: int, report: Mapping[str, Any], columns: Sequence[Mapping[str, Any]]) -> None:
    """Nothing says what the columns hold: somebody will."""
    known = lock(TimetableImport, import_id)
    if known.state != State.READING:
        return
    works.end(work_of(known), ending=works.Ending.DONE)
    known.report, known.source = dict(report), TimetableImport.Source.TABLE
    known.preview = {"columns": [dict(one) for one in columns]}
    _move(known, State.MATCHING, "report", "preview", "source")


@transaction.atomic
def name_columns(viewer: Viewer, brought: TimetableImport, columns: Sequence[tuple[str, str]]) -> None:
    """Say what each column holds (its heading, a field or ""): it is remembered, and the table is read. Raises MovedOn."""
    known = lock(TimetableImport, brought.pk)
    if known.state not in {State.MATCHING, State.PREVIEW}:
        raise MovedOn
    remember_columns(known.school, COLUMNS, columns)
    known.report, known.preview = {}, {}
    _move(known, State.RECEIVED, "report", "preview")
    journal.record(viewer, "timetable.columns_named", known)
    _start_work(viewer, known)
    timetable_brought.send(TimetableImport, import_id=known.pk)


def turn_away(import_id: int, report: Mapping[str, Any]) -> None:
    """The files cannot be read, or the work does not end: nothing is applied, nothing is kept."""
    with transaction.atomic():
        known = lock(TimetableImport, import_id)
        if not known.is_working:
            return
        known.report = dict(report)
        works.end(work_of(known), ending=works.Ending.FAILED)
        folder = _end(known, State.REFUSED, "report")
    uploads.remove(room(), folder)


def finish(known: TimetableImport, report: Mapping[str, Any]) -> str:
    """It is applied, in the caller's transaction; returns the folder whose files are to go once it is over."""
    known.report, known.scope = dict(report), report["scope"]
    works.end(work_of(known), ending=works.Ending.DONE)
    folder = _end(known, State.DONE, "report", "scope")
    journal.write(
        journal.Line(
            verb="timetable.import_applied", actor_id=known.brought_by_id, school_id=known.school_id,
            target=known._meta.label_lower, target_id=known.pk, details=figures(report),
        )
    )  # fmt: skip
    return folder


def remove_files(folder: str) -> None:
    """The files of an import that is settled."""
    uploads.remove(room(), folder)


# The schedule


def expire(now: datetime) -> dict[str, int]:
    """Drop what nobody decided for a week, end what no task works on any more, and remove files without an import."""
    waiting = TimetableImport.objects.filter(
        state__in=[State.MATCHING, State.PREVIEW], moved_at__lt=now - WAITS
    )
    silent = TimetableImport.objects.filter(
        state__in=[State.RECEIVED, State.READING, State.APPLYING], moved_at__lt=now - SILENCE
    )
    dropped = [_expire(pk) for pk in waiting.values_list("pk", flat=True)]
    lost = [(pk, dict(report)) for pk, report in silent.values_list("pk", "report")]
    reason = _("Le travail n’a pas abouti. Apportez les fichiers de nouveau ; si cela recommence, prévenez l’exploitant.")  # fmt: skip
    for pk, report in lost:
        turn_away(pk, report | {"errors": [{"file": "", "line": None, "reason": reason}]})
    return {"dropped": sum(dropped), "silent": len(lost), "folders": _sweep(now)}


def _expire(import_id: int) -> bool:
    with transaction.atomic():
        known = lock(TimetableImport, import_id)
        if known.state not in {State.MATCHING, State.PREVIEW}:
            return False
        folder = _end(known, State.DROPPED)
    uploads.remove(room(), folder)
    return True


def _sweep(now: datetime) -> int:
    """Folders that a killed process left behind."""
    known = set(TimetableImport.objects.exclude(folder="").values_list("folder", flat=True))
    old = (now - timedelta(days=1)).timestamp()
    lost = [f for f in uploads.folders(room()) if f.name not in known and f.stat().st_mtime < old]
    for folder in lost:
        uploads.remove(room(), folder.name)
    return len(lost)


# All of them


def work_of(known: TimetableImport) -> str:
    """The key of the work that an import of this state is at."""
    return f"timetable.{'applying' if known.state == State.APPLYING else 'received'}-{known.pk}"


def _start_work(viewer: Viewer, known: TimetableImport) -> None:
    applies = known.state == State.APPLYING
    works.start(
        works.Asked(
            key=work_of(known),
            label=_("Application d’un emploi du temps") if applies else _("Lecture d’un emploi du temps"),
            person_id=viewer.person.pk,
            url=reverse("timetable:import", kwargs={"pk": known.pk}),
            school_id=known.school_id,
            seat=viewer.key,
            can_stop=not applies,
        )
    )


def _move(known: TimetableImport, state: str, *fields: str) -> None:
    known.state, known.moved_at, known.step = state, timezone.now(), ""
    known.save(update_fields=["state", "moved_at", "step", *fields])


def _end(known: TimetableImport, state: str, *fields: str) -> str:
    """Settle it: names go, and the name of the folder that its files are to leave is returned."""
    folder, known.folder, known.preview = known.folder, "", {}
    known.settled_at = timezone.now()
    _move(known, state, "folder", "preview", "settled_at", *fields)
    return folder
