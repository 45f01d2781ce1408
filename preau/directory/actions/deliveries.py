"""The life of a delivery: opened, settled, blocked, refused. What it did to the people is in `writing`."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from preau.directory.models import Delivery, Person


def open_delivery(files: list[str], approver: Person | None) -> Delivery:
    """A delivery brought by the operator, for every school that it holds."""
    return Delivery.objects.create(files=files, state=Delivery.State.APPLYING, approved_by=approver)


def settle(delivery: Delivery, summary: Mapping[str, Any], *, blocked: bool) -> None:
    """Keep the report of a run: applied, or held back for a second person."""
    delivery.report = dict(summary)
    delivery.state = Delivery.State.BLOCKED if blocked else Delivery.State.DONE
    delivery.settled_at = None if blocked else timezone.now()
    delivery.save(update_fields=["report", "state", "settled_at"])


def refuse(delivery: Delivery, report: Mapping[str, Any]) -> None:
    """A file could not be trusted: nothing was applied."""
    delivery.report, delivery.state = dict(report), Delivery.State.REFUSED
    delivery.settled_at = timezone.now()
    delivery.save(update_fields=["report", "state", "settled_at"])
