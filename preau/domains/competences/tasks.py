"""Work for later: telling of the levels that families have come to read, the balance of a cycle for a whole school."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import School
from preau.directory.viewer import Viewer, viewer_for
from preau.domains.competences.actions import cycle_files, telling
from preau.domains.competences.exports import cycles as exports
from preau.domains.competences.models import CycleFile
from preau.domains.competences.queries.cycles import cycle_rows
from preau.domains.competences.rules import access
from preau.foundation import filework
from preau.foundation.tasks import job

# How often a task says how far it is, whatever the number of pupils.
STEPS = 10


@job()
def tell_published() -> int:
    """Tell pupils and families of the levels that have just become theirs to read."""
    return telling.tell_published(timezone.now())


@job(retries=0)
def make_cycle(file_id: int) -> None:
    """Make the balance of a cycle. Run again, it finds it made; what fails is told, and may be asked for again."""
    filework.make(cycle_files.CYCLES, file_id, _make_cycle)


def _make_cycle(asked: CycleFile, tell: filework.Tell) -> None:
    # Its days are those of the wall clock of the school, its rights those of today.
    with timezone.override(ZoneInfo(asked.school.timezone)):
        viewer = _asker(asked)
        if viewer is None:
            filework.give_up(cycle_files.CYCLES, asked.pk)
            return
        tell(_("Lecture des niveaux"), 0, 1)
        rows = cycle_rows(viewer, asked.cycle, _now_and_then(tell))
        tables = exports.as_csv(rows), exports.as_workbook(rows)
    tell(_("Enregistrement des fichiers"), len(rows), len(rows) or 1)
    name = f"bilan-cycle-{asked.cycle}-{viewer.today:%Y-%m-%d}"
    cycle_files.keep_cycle(asked.pk, cycle_files.CycleTables(name, len(rows), *tables))


def _now_and_then(tell: filework.Tell) -> Callable[[int, int], None]:
    """Each tenth of the pupils is told: no more statements for many than for a few."""

    def done(read: int, total: int) -> None:
        step = max(1, total // STEPS)
        if read % step == 0:
            tell(_("Calcul des niveaux"), read, total)

    return done


def _asker(asked: CycleFile) -> Viewer | None:
    """Whoever asked, in the seat from which they did, if they still read every class of the school."""
    viewer = viewer_for(asked.asked_by, 0, timezone.now(), asked.seat)
    if viewer is None or viewer.key != asked.seat or viewer.school_id != asked.school_id:
        return None
    return viewer if access.reads_every_class(viewer) else None


@job()
def erase_cycle_files() -> int:
    """Erase the files whose days are over; returns how many."""
    return sum(
        cycle_files.erase_cycle_files(school, timezone.localdate(timezone=ZoneInfo(school.timezone)))
        for school in School.objects.order_by("pk")
    )


def enqueue_cycle(pk: int, **_: Any) -> None:
    make_cycle.enqueue(pk)
