"""How much homework a day the school advises."""

from collections.abc import Mapping

from django.db import transaction

from preau.directory.models import School
from preau.directory.viewer import Viewer
from preau.domains.homework.models import WorkloadLimit
from preau.foundation import journal
from preau.foundation.locks import lock


@transaction.atomic
def set_limits(viewer: Viewer, minutes: Mapping[str, int | None]) -> bool:
    """Advise so many minutes a day for each of these levels, or nothing; False when nothing had to change."""
    school = lock(School, viewer.school_id)
    known = dict(WorkloadLimit.objects.filter(school=school).values_list("level", "minutes"))
    changed = {level: most for level, most in minutes.items() if known.get(level) != most}
    for level, most in changed.items():
        rows = WorkloadLimit.objects.filter(school=school, level=level)
        if most is None:
            rows.delete()
        elif not rows.update(minutes=most):
            WorkloadLimit.objects.create(school=school, level=level, minutes=most)
    if changed:
        journal.record(viewer, "homework.limits_set", school, levels=len(changed))
    return bool(changed)
