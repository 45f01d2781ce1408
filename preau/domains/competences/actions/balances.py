"""The balance of a cycle: what the council settles, and giving it to families."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from preau.directory.models import Group
from preau.directory.viewer import Viewer
from preau.domains.competences.models import Balance
from preau.foundation import journal
from preau.foundation.locks import lock


@transaction.atomic
def settle_balances(
    viewer: Viewer, group: Group, cycle: int, levels: Mapping[tuple[int, str], int | None]
) -> int:
    """Write the level of each pupil and component (None: nothing settled); returns how many changed."""
    lock(Group, group.pk)
    rows = Balance.objects.filter(
        year=group.year_id, cycle=cycle, pupil__in={pupil for pupil, _component in levels}
    )
    known = {(row.pupil_id, row.component): row for row in rows}
    now = timezone.now()
    changed: dict[int, int] = {}
    for (pupil, component), level in levels.items():
        row = known.get((pupil, component))
        if (row.level if row else None) == level:
            continue
        changed[pupil] = changed.get(pupil, 0) + 1
        if level is None:
            Balance.objects.filter(pk__in=[row.pk] if row else []).delete()
            continue
        defaults = {"level": level, "by": viewer.person, "at": now}
        Balance.objects.update_or_create(
            school_id=group.school_id,
            year_id=group.year_id,
            pupil_id=pupil,
            cycle=cycle,
            component=component,
            defaults=defaults,
        )
    for pupil, count in changed.items():
        journal.record(
            viewer, "competences.balance_settled", group, subject_id=pupil, count=count, cycle=cycle
        )
    return sum(changed.values())


@transaction.atomic
def give_balances(viewer: Viewer, group: Group, cycle: int, pupils: list[int], at: datetime | None) -> int:
    """Let pupils and families read the balances of a class, or no more (None); returns how many rows changed."""
    lock(Group, group.pk)
    rows = Balance.objects.filter(
        year=group.year_id, cycle=cycle, pupil__in=pupils, given_at__isnull=at is not None
    )
    count = rows.update(given_at=at)
    if count:
        journal.record(viewer, "competences.balance_given", group, count=count, given=int(at is not None))
    return count
