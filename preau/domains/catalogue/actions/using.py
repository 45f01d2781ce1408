"""What is used in class: counted when a teacher puts it in a lesson, told to the search once a night."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Sum
from django.utils import timezone

from preau.domains.catalogue.actions.publishing import next_edition
from preau.domains.catalogue.models import Resource, UseInClass

# A school year, holidays included: what was used before says little of the programmes in force.
KEPT = timedelta(days=365)
ROUTE = "catalogue:resource"


def note_use(sender: Any, route: str, place: Mapping[str, str], **_said: Any) -> None:
    """Count one use of the page of a resource; of any other page, nothing."""
    if route != ROUTE:
        return
    key = f"{place['collection']}/{place['slug']}"
    found = Resource.objects.published().filter(key=key).values_list("pk", flat=True).first()
    if found is not None:
        _count(found, timezone.localdate().replace(day=1))


def _count(pk: int, month: date) -> None:
    rows = UseInClass.objects.filter(resource=pk, month=month)
    if rows.update(count=F("count") + 1):
        return
    try:
        with transaction.atomic():
            UseInClass.objects.create(resource_id=pk, month=month)
    except IntegrityError:  # two teachers at once, the first of the month
        rows.update(count=F("count") + 1)


@transaction.atomic
def settle_uses() -> int:
    """Forget the counts of a year ago, and write what changed where the search reads it. Gives how many resources changed."""
    UseInClass.objects.filter(month__lt=timezone.localdate() - KEPT).delete()
    counted = dict(UseInClass.objects.values_list("resource").annotate(Sum("count")))
    known = dict(Resource.objects.filter(used__gt=0).values_list("pk", "used"))
    changed = {pk: counted.get(pk, 0) for pk in {*known, *counted} if known.get(pk, 0) != counted.get(pk, 0)}
    if changed:
        edition = next_edition()
        rows = [Resource(pk=pk, used=used, edition=edition) for pk, used in changed.items()]
        Resource.objects.bulk_update(rows, ["used", "edition"], batch_size=500)
    return len(changed)
