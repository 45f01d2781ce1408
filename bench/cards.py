"""`python -m bench.cards`: how fast the bulletins of a college are made, and the most memory that it takes.

It asks the classes of the largest school of the database of the settings, one after the other, for their bulletins, as the worker makes them
(gathered, drawn as PDF, kept with their digest), until 480 of them are made, then undoes it all. The demonstration's database will do:
`DEMO=1 python -m bench.cards`. The last line is one JSON object; what was measured is in bench/README.md.
"""

import argparse
import json
import os
import resource
import time
from typing import Any

BULLETINS = 480


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "preau.settings")
    django.setup()
    from django.db import transaction

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bulletins", type=int, default=BULLETINS)
    wanted = parser.parse_args().bulletins
    with transaction.atomic():
        figures = measured(wanted)
        transaction.set_rollback(True)
    print(json.dumps(figures))


def measured(wanted: int) -> dict[str, Any]:
    """Class after class until there are enough."""
    from django.utils import timezone

    from preau.directory.models import Group, Holding, Period
    from preau.directory.viewer import viewer_for
    from preau.directory.words import Role
    from preau.domains.report_cards import tasks
    from preau.domains.report_cards.actions import cards
    from preau.domains.report_cards.models import Council, ReportCard

    school = largest()
    head = Holding.objects.filter(school=school, role=Role.HEAD, ends=None).order_by("pk")[0].person
    viewer = viewer_for(head, 0, timezone.now())
    if viewer is None:
        raise SystemExit("Nobody heads the largest school of this database.")
    period = Period.objects.filter(year=school.current_year).order_by("starts")[0]
    ReportCard.objects.filter(school=school).delete()
    made, wall, spent = 0, time.perf_counter(), time.process_time()
    first = memory()
    for group in Group.objects.filter(year=school.current_year, kind=Group.Kind.CLASS).order_by("pk"):
        Council.objects.update_or_create(
            group=group,
            period=period,
            defaults={"school": school, "held_at": timezone.now(), "held_by": head},
        )
        batch = cards.ask_cards(viewer, group, period)
        tasks.make_batch.func(batch.pk)
        batch.refresh_from_db()
        made += batch.made
        if made >= wanted:
            break
    spent, wall = time.process_time() - spent, time.perf_counter() - wall
    return {
        "bulletins": made,
        "wall_s": round(wall, 1),
        "processor_s": round(spent, 1),
        "per_second": round(made / wall, 2),
        "per_processor_second": round(made / spent, 2),
        "memory_before_mb": first,
        "memory_peak_mb": memory(),
    }


def memory() -> int:
    """The most that this process has held, in megabytes."""
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def largest() -> Any:
    """The school whose classes of the year have the most pupils."""
    from django.db.models import Count

    from preau.directory.models import School

    rows = School.objects.filter(current_year__isnull=False).annotate(
        pupils=Count("enrolments", distinct=True)
    )
    return rows.order_by("-pupils", "pk")[0]


if __name__ == "__main__":
    main()
