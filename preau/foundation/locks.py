"""A row held until the transaction ends."""

from typing import Any, TypeVar

from django.db.models import Model

Row = TypeVar("Row", bound=Model)


def lock(model: type[Row], key: Any, *related: str) -> Row:
    """The row as it is now, which nobody else changes meanwhile; what is `related` comes with it, and stays free.

    Whoever comes second waits here, then reads what the first one wrote: look at the state of the row again afterwards.
    """
    objects: Any = model.objects  # type: ignore[attr-defined]
    rows = objects.select_for_update(of=("self",))
    found: Row = (rows.select_related(*related) if related else rows).get(pk=key)
    return found
