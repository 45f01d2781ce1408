"""Everything that SECRET_KEY seals in the database and on disk, sealed again under the key of today (docs/operations.md)."""

from collections import Counter
from collections.abc import Callable

from django.apps import apps

from preau.foundation import sealed

# Counts by standing; called with `dry` it writes nothing.
Resealing = Callable[[bool], Counter[str]]


def column(model: str, field: str, purpose: str) -> Resealing:
    """One column of one table, a row at a time: it may be stopped and begun again, and writes over nobody."""

    def reseal(dry: bool) -> Counter[str]:
        rows, counts = apps.get_model(model)._default_manager, Counter[str]()  # noqa: SLF001
        for pk, held in rows.exclude(**{field: ""}).order_by("pk").values_list("pk", field).iterator():
            counts[sealed.standing_of(purpose, held)] += 1
            if not dry and (again := sealed.reseal(purpose, held)):
                rows.filter(pk=pk, **{field: held}).update(**{field: again})
        return counts

    return reseal
