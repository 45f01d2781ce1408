"""A delivery that the operator brings, by a command or by the drop folder: run, and its report kept in the database."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from preau.directory.actions import deliveries
from preau.directory.imports.formats import Format
from preau.directory.imports.run import Result, Run, Tell, fault_of
from preau.directory.models import Person
from preau.foundation.reading import Unreadable


def bring(
    paths: Sequence[Path],
    reads: Format,
    today: date,
    *,
    approver: Person | None = None,
    dry: bool = False,
    tell: Tell = lambda step, done, total: None,
) -> Result:
    """Every school of these files. Raises Unreadable, its report kept; the result is open until `close`."""
    names = [path.name for path in paths]
    delivery = None if dry else deliveries.open_delivery(names, approver, reads.source)
    run = Run(today=today, dry=dry, approver=approver, delivery=delivery, tell=tell, reads=reads)
    try:
        result = run.bring(paths)
    except Unreadable as refusal:
        if delivery:
            deliveries.refuse(delivery, report_of(refusal))
        raise
    if delivery:
        deliveries.settle(delivery, result.summary(), blocked=bool(result.blocked))
    return result


def report_of(refusal: Unreadable) -> dict[str, Any]:
    """The report of a delivery that cannot be trusted: nothing was read into the directory."""
    empty: dict[str, Any] = {"read": {}, "created": 0, "changed": 0, "ended": 0, "unchanged": 0}
    return empty | {"quarantined": [], "warnings": [], "errors": [fault_of(refusal)], "applied": False}
