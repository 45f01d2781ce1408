"""What is learnt of the addresses of resources that are read elsewhere: one answer each day at most, and several days before one is dead."""

from datetime import date

from django.db import transaction

from preau.domains.catalogue.actions.publishing import next_edition
from preau.domains.catalogue.models import Outside, Resource
from preau.domains.catalogue.models.resources import this_second

# Days of failure, each another one, before a link is said to be dead.
ENOUGH = 3


@transaction.atomic
def note_answer(pk: int, day: date, trouble: str) -> bool:
    """Keep what an address answered that day, "" when it leads there. Whether it is dead, or back, since now."""
    row = Outside.objects.select_for_update().filter(pk=pk).first()
    if row is None or (row.checked_on and row.checked_on >= day):
        return False
    was_dead = row.dead_since
    row.checked_on, row.trouble = day, trouble[:100]
    if not trouble:
        row.failed_days, row.failing_since, row.dead_since = 0, None, None
    else:
        row.failed_days += 1
        row.failing_since = row.failing_since or day
        if row.failed_days >= ENOUGH:
            row.dead_since = row.dead_since or row.failing_since
    row.save()
    turned = bool(was_dead) != bool(row.dead_since)
    if turned:
        # Other catalogues are told that its record says something else.
        Resource.objects.filter(pk=row.resource_id).update(edition=next_edition(), noted_at=this_second())
    return turned
