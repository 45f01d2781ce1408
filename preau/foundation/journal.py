"""The port of the journal: any floor writes a line here, `commons.journal` keeps it.

A line is written in the same transaction as the change it tells, so that neither exists without the other.
Lines carry plain identifiers and short facts, never a name, a reason of absence or a text typed by someone.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.dispatch import Signal

# In the details of a line: the number of the person for whom it was done, who gave the power to do it.
FOR = "for"


@dataclass(frozen=True)
class Line:
    """Who (a person's id and the seat they acted from) did what (`verb`) to what, about whom, in which school."""

    verb: str
    actor_id: int | None = None
    acting_as: str = ""
    school_id: int | None = None
    target: str = ""
    target_id: int | None = None
    subject_id: int | None = None
    is_read: bool = False
    details: Mapping[str, str | int | None] = field(default_factory=dict)


written = Signal()  # lines; sent inside the transaction that keeps them
_keepers: list[Callable[..., None]] = []


def kept_by(keeper: Callable[..., None]) -> None:
    """Name the function that keeps lines. There is one: replacing it is for tests."""
    _keepers[:] = [keeper]


def write(*lines: Line) -> None:
    """Keep lines. Raises LookupError when nobody keeps the journal: a trace is never lost in silence."""
    if not _keepers:
        raise LookupError("No journal keeper: is preau.commons.journal among INSTALLED_APPS?")
    _keepers[0](*lines)
    written.send(sender=Line, lines=lines)


def record(
    viewer: Any, verb: str, target: Any, *, subject_id: int | None = None, **details: str | int | None
) -> None:
    """Write that `viewer` changed `target` (a model instance); under a power that was given, for whoever gave it."""
    write(_line(viewer, verb, target, subject_id, is_read=False, details=details))


def record_each(
    viewer: Any,
    verb: str,
    facts: Iterable[tuple[Any, Mapping[str, str | int | None]]],
    *,
    subject_id: int | None = None,
) -> None:
    """The same of many rows that one gesture changes, each with facts of its own: a line for each, written together."""
    write(*(_line(viewer, verb, row, subject_id, is_read=False, details=known) for row, known in facts))


def record_read(viewer: Any, verb: str, target: Any, *, subject_id: int) -> None:
    """Write that `viewer` opened a page of the file of the person `subject_id` (docs/decisions/0019)."""
    write(_line(viewer, verb, target, subject_id, is_read=True, details={}))


def record_reads(viewer: Any, verb: str, target: Any, *, subject_ids: Iterable[int]) -> None:
    """The same of a page that is in the file of several people: a line for each, written together."""
    record_reads_of(viewer, verb, dict.fromkeys(subject_ids, target))


def record_reads_of(viewer: Any, verb: str, targets: Mapping[int, Any]) -> None:
    """The same where each of them (by their id) has a row of their own on that page."""
    write(*(_line(viewer, verb, row, one, is_read=True, details={}) for one, row in targets.items()))


def _line(
    viewer: Any,
    verb: str,
    target: Any,
    subject_id: int | None,
    *,
    is_read: bool,
    details: Mapping[str, str | int | None],
) -> Line:
    giver = viewer.stands_in_for(verb)
    if giver is not None:
        details = {**details, FOR: giver}
    return Line(
        verb=verb,
        actor_id=viewer.person.pk,
        acting_as=viewer.key,
        school_id=getattr(target, "school_id", None) or viewer.school_id,
        target=target._meta.label_lower,
        target_id=target.pk,
        subject_id=subject_id,
        is_read=is_read,
        details=details,
    )
