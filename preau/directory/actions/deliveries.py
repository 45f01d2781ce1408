"""A delivery that the operator brings, for every school that it holds. One of a school goes the way of every import."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from preau.directory.models import Delivery, Person

State = Delivery.State


def open_delivery(files: list[str], approver: Person | None, source: str = "aaf") -> Delivery:
    """A delivery brought by the operator, for every school that it holds."""
    return Delivery.objects.create(files=files, state=State.APPLYING, approved_by=approver, source=source)


def settle(delivery: Delivery, summary: Mapping[str, Any], *, blocked: bool) -> None:
    """Keep the report of a run: applied, or held back for a second person."""
    _keep(delivery, State.BLOCKED if blocked else State.DONE, summary)


def refuse(delivery: Delivery, report: Mapping[str, Any]) -> None:
    """A file could not be trusted: nothing was applied."""
    _keep(delivery, State.REFUSED, report)


def _keep(delivery: Delivery, state: str, report: Mapping[str, Any]) -> None:
    delivery.report, delivery.state = dict(report), state
    delivery.settled_at = None if state == State.BLOCKED else timezone.now()
    delivery.save(update_fields=["report", "state", "settled_at"])
