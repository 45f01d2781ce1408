"""A file that a task makes for somebody: asked for, begun, then kept or given up. Whoever asks twice meanwhile has it once.

A house keeps one row a file: `state` (MAKING, READY, FAILED, DROPPED), `asked_at`, `school`, and which are `being_made()`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.dispatch import Signal
from django.utils import timezone

from preau.foundation import journal, works
from preau.foundation.locks import lock
from preau.foundation.works import Ending

# Longer than the longest of them: no task makes it any more.
LOST = timedelta(hours=2)
# Sent by the table of the row, inside the transaction: its receiver only enqueues a task.
file_asked = Signal()  # pk: nobody makes it yet
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class FileWork:
    """One kind of file. `key` begins those of its works, `asked` is the verb of who asks, `page(row)` the address that shows it.

    `related`: what its task reads of the row.
    """

    key: str
    model: Any
    label: Any
    asked: str
    page: Callable[[Any], str]
    related: tuple[str, ...]

    def work_of(self, pk: int) -> str:
        """The key of the work that makes one."""
        return f"{self.key}-{pk}"


@transaction.atomic
def ask(
    kind: FileWork,
    viewer: Any,
    holder: Model,
    same: dict[str, Any],
    facts: dict[str, Any],
    *,
    subject_id: int | None = None,
    **details: str | int | None,
) -> Any:
    """Ask for a file; one of the `same` that is being made is the same one. `holder`: the row that two clicks wait for.

    `facts`: what the row says beside; `subject_id` and `details` are of its line in the journal.
    """
    lock(type(holder), holder.pk)
    known = kind.model.objects.being_made().filter(**same).first()
    if known and known.asked_at > timezone.now() - LOST:
        return known
    if known:
        _end(kind, known, "FAILED")
    row = kind.model.objects.create(asked_at=timezone.now(), **same, **facts)
    journal.record(viewer, kind.asked, row, subject_id=subject_id, **details)
    works.start(
        works.WorkRequest(
            key=kind.work_of(row.pk),
            label=str(kind.label),
            person_id=viewer.person.pk,
            url=kind.page(row),
            school_id=row.school_id,
            seat=viewer.key,
            can_stop=True,
        )
    )
    file_asked.send(kind.model, pk=row.pk)
    return row


def make(kind: FileWork, pk: int, work: Callable[[Any, Tell], None]) -> None:
    """What its task does: `work(row, tell)`, which ends by `keep` or `give_up`. Run again, it finds it made; what fails is told."""
    try:
        row = _begin(kind, pk)
        if row is not None:
            work(row, lambda step, done, total: works.tell(kind.work_of(pk), step, done, total))
    except works.Stopped:
        give_up(kind, pk, stopped=True)
    except Exception:
        give_up(kind, pk)
        raise


@transaction.atomic
def _begin(kind: FileWork, pk: int) -> Any:
    """The file to make; None when it is made, given up or lost."""
    works.begin(kind.work_of(pk))
    return kind.model.objects.being_made().select_related(*kind.related).filter(pk=pk).first()


@transaction.atomic
def keep(kind: FileWork, pk: int, fill: Callable[[Any], None]) -> bool:
    """`fill(row)` keeps the file and says what comes of it; False when it was not wanted any more. Raises what `fill` does."""
    known = _locked(kind, pk)
    if known is None:
        return False
    fill(known)
    known.state = kind.model.State.READY
    known.save()
    works.end(kind.work_of(pk), ending=Ending.DONE)
    return True


@transaction.atomic
def give_up(kind: FileWork, pk: int, *, stopped: bool = False) -> None:
    """It could not be made, its person may not have it any more, or has stopped it."""
    known = _locked(kind, pk)
    if known is not None:
        _end(kind, known, "DROPPED" if stopped else "FAILED")


def _end(kind: FileWork, known: Any, state: str) -> None:
    known.state = kind.model.State[state]
    known.save(update_fields=["state"])
    works.end(kind.work_of(known.pk), ending=Ending.CANCELLED if state == "DROPPED" else Ending.FAILED)


def _locked(kind: FileWork, pk: int) -> Any:
    rows = kind.model.objects.select_for_update(of=("self",)).being_made()
    return rows.select_related("school").filter(pk=pk).first()
