"""The life of a delivery: brought, read, applied, approved, dropped. What it did to the people is in `writing`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory import rules
from preau.directory.actions import telling
from preau.directory.actions.columns import remember_columns
from preau.directory.models import Delivery, Person, School
from preau.directory.viewer import Viewer
from preau.foundation import journal, uploads, works
from preau.foundation.locks import lock

State = Delivery.State
WAITS = timedelta(days=7)
# A school's own tables: at most one of each kind.
TABLES = uploads.Limits(files=3, size=20 * uploads.MEGABYTE)
# Longer than every try of a task together: nobody works on it any more.
SILENCE = timedelta(hours=24)

# Sent inside the transaction: their receivers only enqueue tasks, in the same database (docs/decisions/0002).
delivery_brought = Signal()  # delivery_id: its files wait to be read
delivery_agreed = Signal()  # delivery_id: somebody who may has said yes


class AlreadyOne(Exception):
    """A school deals with one delivery at a time: `delivery` is the one it has."""

    def __init__(self, delivery: Delivery) -> None:
        super().__init__(f"delivery {delivery.pk} is not settled")
        self.delivery = delivery


class MovedOn(Exception):
    """Somebody, or the work itself, has changed the state of the delivery since the page was shown."""


def room() -> Path:
    """Where the files of deliveries wait: shared by the pages and the worker, never served."""
    return Path(settings.VAR_DIR) / "deliveries"


# Brought by the operator


def open_delivery(files: list[str], approver: Person | None, source: str = "aaf") -> Delivery:
    """A delivery brought by the operator, for every school that it holds."""
    return Delivery.objects.create(files=files, state=State.APPLYING, approved_by=approver, source=source)


def settle(delivery: Delivery, summary: Mapping[str, Any], *, blocked: bool) -> None:
    """Keep the report of a run: applied, or held back for a second person."""
    delivery.report = dict(summary)
    delivery.state = State.BLOCKED if blocked else State.DONE
    delivery.settled_at = None if blocked else timezone.now()
    delivery.save(update_fields=["report", "state", "settled_at"])


def refuse(delivery: Delivery, report: Mapping[str, Any]) -> None:
    """A file could not be trusted: nothing was applied."""
    delivery.report, delivery.state = dict(report), State.REFUSED
    delivery.settled_at = timezone.now()
    delivery.save(update_fields=["report", "state", "settled_at"])


# Brought from a school's page


def bring(viewer: Viewer, sent: Sequence[Any]) -> Delivery:
    """Take the files of the viewer's school, to be read. Raises AlreadyOne, or uploads.Refused with its sentence."""
    _only_one(viewer)
    folder, names = uploads.keep_xml(sent, room(), uploads.Limits())
    try:
        return _open(viewer, folder, names)
    except BaseException:
        uploads.remove(room(), folder)
        raise


def bring_tables(
    viewer: Viewer, sent: Mapping[str, Any], check: Callable[[Path], None], *, complete: bool, certified: bool
) -> Delivery:
    """Take the tables of the viewer's school; somebody then says what their columns hold.

    `check` raises uploads.Refused for a file that is no table. Raises AlreadyOne, or uploads.Refused with its sentence.
    """
    _only_one(viewer)
    folder, names = uploads.keep_tables(sent, room(), TABLES)
    try:
        for path in uploads.files_in(room(), folder):
            check(path)
        return _open(
            viewer, folder, names, source="tableau", state=State.MATCHING,
            matching={"complete": complete, "certified": certified},
        )  # fmt: skip
    except BaseException:
        uploads.remove(room(), folder)
        raise


@transaction.atomic
def name_columns(
    viewer: Viewer, delivery: Delivery, columns: Mapping[str, Sequence[tuple[str, str]]]
) -> None:
    """Say what each column holds (its heading, a field or ""); it is read then, and remembered. Raises MovedOn."""
    known = lock(Delivery, delivery.pk)
    if not rules.may_name_columns(viewer, known):
        raise MovedOn
    known.matching = (known.matching or {}) | {
        "columns": {table: [key for _title, key in told] for table, told in columns.items()}
    }
    for table, told in columns.items():
        remember_columns(known.school, table, told)
    _move(known, State.RECEIVED, "matching")
    journal.record(viewer, "directory.columns_named", known)
    telling.start_work(viewer, known)
    delivery_brought.send(Delivery, delivery_id=known.pk)


def _only_one(viewer: Viewer) -> None:
    known = Delivery.objects.unsettled().filter(school_id=viewer.school_id).first()
    if known:
        raise AlreadyOne(known)


@transaction.atomic
def _open(viewer: Viewer, folder: str, names: list[str], **more: Any) -> Delivery:
    # Two clicks at once: the second waits here, and finds the first.
    lock(School, viewer.school_id)
    _only_one(viewer)
    delivery = Delivery.objects.create(
        school=viewer.school, brought_by=viewer.person, brought_for_id=viewer.stands_in_for("directory.delivery_brought"), folder=folder, files=names, moved_at=timezone.now(),
        **more,
    )  # fmt: skip
    journal.record(viewer, "directory.delivery_brought", delivery, files=len(names))
    if delivery.state == State.RECEIVED:
        telling.start_work(viewer, delivery)
        delivery_brought.send(Delivery, delivery_id=delivery.pk)
    return delivery


@transaction.atomic
def apply(viewer: Viewer, delivery: Delivery) -> None:
    """Agree to what the preview shows. Raises MovedOn when there is nothing to agree to any more."""
    known = lock(Delivery, delivery.pk)
    if not rules.may_apply(viewer, known):
        raise MovedOn
    _agree(viewer, known, "directory.delivery_agreed")


@transaction.atomic
def approve(viewer: Viewer, delivery: Delivery) -> None:
    """Agree, as a second person, to a large departure. Raises MovedOn, for the person who brought it too."""
    known = lock(Delivery, delivery.pk)
    if not rules.may_approve(viewer, known):
        raise MovedOn
    known.approved_by = viewer.person
    _agree(viewer, known, "directory.delivery_approved")


def _agree(viewer: Viewer, delivery: Delivery, verb: str) -> None:
    delivery.step, delivery.done, delivery.total = "", 0, 0
    telling.settle_decisions(delivery)
    _move(delivery, State.APPLYING, "approved_by", "step", "done", "total")
    journal.record(viewer, verb, delivery, **_figures(delivery.report))
    telling.start_work(viewer, delivery)
    delivery_agreed.send(Delivery, delivery_id=delivery.pk)


def drop(viewer: Viewer, delivery: Delivery) -> None:
    """Give up a delivery before anything of it is written. Raises MovedOn."""
    with transaction.atomic():
        known = lock(Delivery, delivery.pk)
        if not rules.may_drop(viewer, known):
            raise MovedOn
        telling.end_work(known, works.Ending.CANCELLED)
        folder = _end(known, State.DROPPED)
        journal.record(viewer, "directory.delivery_dropped", known)
    uploads.remove(room(), folder)


def stop_work(viewer: Viewer, key: str, **_: Any) -> None:
    """Give up the delivery that a stopped work is reading. Raises works.CannotStop once it is read, or not theirs to decide."""
    number = telling.read_by(key)
    if number is None:
        return
    seen = Delivery.objects.select_for_update(of=("self",)).visible_to(viewer)
    delivery = seen.filter(pk=number, state__in=[State.RECEIVED, State.READING]).first()
    if delivery is None:
        raise works.CannotStop
    try:
        drop(viewer, delivery)
    except MovedOn as moved_on:
        raise works.CannotStop from moved_on


# Said by the tasks; each looks again at the state, since a task may be late, or run twice


@transaction.atomic
def start(delivery_id: int, state: str, *before: str) -> Delivery | None:
    """The delivery, put in the state of the work that begins; None when it is not to be done any more."""
    delivery = lock(Delivery, delivery_id)
    if delivery.state not in {state, *before}:
        return None
    _move(delivery, state)
    works.begin(telling.work_of(delivery_id, state))
    return delivery


def tell(delivery_id: int, step: str, done: int, total: int) -> None:
    """How far the work is. Raises works.Stopped when somebody has dropped the delivery while it was read."""
    known = Delivery.objects.filter(pk=delivery_id)
    working = known.filter(state__in=[State.RECEIVED, State.READING, State.APPLYING])
    if working.update(step=step, done=done, total=total, moved_at=timezone.now()):
        works.tell(
            telling.work_of(delivery_id, known.values_list("state", flat=True).get()), step, done, total
        )
    elif known.filter(state=State.DROPPED).exists():
        raise works.Stopped


@transaction.atomic
def show(delivery_id: int, report: Mapping[str, Any], preview: Mapping[str, Any], *, blocked: bool) -> None:
    """The files are read, or could not be applied by themselves: somebody must decide."""
    delivery = lock(Delivery, delivery_id)
    if delivery.state not in {State.READING, State.APPLYING}:
        return
    # Held back after all: what was asked for is not done.
    applying = delivery.state == State.APPLYING
    telling.end_work(delivery, works.Ending.FAILED if applying else works.Ending.DONE)
    delivery.report, delivery.preview, delivery.approved_by = dict(report), dict(preview), None
    _move(delivery, State.BLOCKED if blocked else State.PREVIEW, "report", "preview", "approved_by")
    telling.tell_to_decide(delivery, blocked=blocked)


def turn_away(delivery_id: int, report: Mapping[str, Any]) -> None:
    """The files cannot be read, or the work does not end: nothing is applied, nothing is kept."""
    _finish(delivery_id, State.REFUSED, report, telling.tell_refused)


def finish(delivery_id: int, report: Mapping[str, Any]) -> None:
    """What the delivery told is in the directory."""
    _finish(delivery_id, State.DONE, report, telling.tell_done)


def _finish(
    delivery_id: int, state: str, report: Mapping[str, Any], tell: Callable[[Delivery], None]
) -> None:
    with transaction.atomic():
        delivery = lock(Delivery, delivery_id)
        if not delivery.is_working:
            return
        delivery.report = dict(report)
        telling.end_work(delivery, works.Ending.DONE if state == State.DONE else works.Ending.FAILED)
        folder = _end(delivery, state, "report")
        tell(delivery)
    uploads.remove(room(), folder)


# The schedule


def expire(now: datetime) -> dict[str, int]:
    """Drop what nobody decided for a week, end what no task works on any more, and remove files without a delivery."""
    mine = Delivery.objects.exclude(school=None)
    waiting = mine.filter(state__in=[State.MATCHING, State.PREVIEW, State.BLOCKED], moved_at__lt=now - WAITS)
    silent = mine.filter(
        state__in=[State.RECEIVED, State.READING, State.APPLYING], moved_at__lt=now - SILENCE
    )
    dropped = [_expire(pk) for pk in waiting.values_list("pk", flat=True)]
    for pk, state in silent.values_list("pk", "state"):
        _give_up(pk, state)
    return {"dropped": sum(dropped), "silent": len(silent), "folders": _sweep(now)}


def _expire(delivery_id: int) -> bool:
    with transaction.atomic():
        delivery = lock(Delivery, delivery_id)
        if not delivery.is_waiting:
            return False
        folder = _end(delivery, State.DROPPED)
        journal.write(
            journal.Line(
                verb="directory.delivery_expired", school_id=delivery.school_id, target="directory.delivery",
                target_id=delivery.pk,
            )
        )  # fmt: skip
    uploads.remove(room(), folder)
    return True


def _give_up(delivery_id: int, state: str) -> None:
    """The tries of its task are used up. One school is one transaction: its share says whether it was written."""
    delivery = Delivery.objects.get(pk=delivery_id)
    if state == State.APPLYING and delivery.shares.exists():
        finish(delivery_id, delivery.report | {"applied": True})
        return
    reason = _(
        "Le travail n’a pas abouti. Déposez les fichiers de nouveau ; si cela recommence, prévenez l’exploitant."
    )
    turn_away(delivery_id, delivery.report | {"errors": [{"file": "", "line": None, "reason": reason}]})


def _sweep(now: datetime) -> int:
    """Folders of deliveries that a killed process left behind."""
    known = set(Delivery.objects.exclude(folder="").values_list("folder", flat=True))
    old = (now - timedelta(days=1)).timestamp()
    lost = [f for f in uploads.folders(room()) if f.name not in known and f.stat().st_mtime < old]
    for folder in lost:
        uploads.remove(room(), folder.name)
    return len(lost)


# All of them


def _move(delivery: Delivery, state: str, *fields: str) -> None:
    delivery.state, delivery.moved_at = state, timezone.now()
    delivery.save(update_fields=["state", "moved_at", *fields])


def _end(delivery: Delivery, state: str, *fields: str) -> str:
    """Settle a delivery: names go, and the name of the folder that its files are to leave is returned."""
    folder, delivery.folder, delivery.preview = delivery.folder, "", {}
    telling.settle_decisions(delivery)
    delivery.settled_at = timezone.now()
    _move(delivery, state, "folder", "preview", "settled_at", *fields)
    return folder


def _figures(report: Mapping[str, Any]) -> dict[str, int]:
    return {name: int(report.get(name) or 0) for name in ("created", "changed", "ended")}
