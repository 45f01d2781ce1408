"""Sheets and levels, for the tests of competences."""

from datetime import date, datetime, timedelta
from typing import Any

from conftest import NOW
from preau.directory.seeds.world import World
from preau.domains.competences.actions import sheets
from preau.domains.competences.actions.levels import Cell, set_levels
from preau.domains.competences.models import Competence, Level, Sheet, SheetColumn
from preau.domains.competences.rules.typing import typed_level
from preau.domains.gradebook.tests.scene import charge_of, class_of, period_of

TODAY = NOW.date()
LONG_AGO = NOW - timedelta(days=5)

__all__ = ["class_of", "column_of", "competences_of", "give", "period_of", "published", "sheet"]


def competences_of(world: World, count: int = 3) -> list[Competence]:
    """Competences of the school's own referential, in use."""
    rows = (
        Competence.objects.in_use(TODAY)
        .assessed()
        .filter(referential__school=world.school, referential__is_own=True)
    )
    return list(rows.order_by("rank")[:count])


def sheet(
    world: World,
    viewer: Any,
    title: str = "Calcul",
    count: int = 3,
    *,
    published_at: datetime | None = None,
    day: date | None = None,
    asks_pupils: bool = False,
) -> Sheet:
    """A sheet of the cast's teacher in the class of the cast's pupil; a draft unless it is said."""
    charge = charge_of(world)
    day = day or TODAY - timedelta(days=1)
    described = sheets.Described(
        world.named(title), day, period_of(world, day), charge.subject, asks_pupils=asks_pupils
    )
    made = sheets.create_sheet(viewer, charge.group, described, competences_of(world, count))
    if published_at:
        Sheet.objects.filter(pk=made.pk).update(published_at=published_at, guardians_at=published_at)
        made.refresh_from_db()
    return made


def column_of(sheet: Sheet, place: int = 0) -> SheetColumn:
    found: SheetColumn = sheet.columns.order_by("rank")[place]
    return found


def give(viewer: Any, sheet: Sheet, pupil: Any, *levels: str) -> list[Level | None]:
    """These levels in the first columns of a sheet."""
    cells = []
    for place, level in enumerate(levels):
        column = column_of(sheet, place)
        known = Level.objects.filter(column=column, pupil=pupil).first()
        cells.append(Cell(column.pk, pupil.pk, typed_level(level), known.version if known else 0))
    return list(set_levels(viewer, sheet, cells).values())


def published(world: World, viewer: Any, pupil: Any, *levels: str, title: str = "Publié") -> Sheet:
    """A sheet that pupils and families read, with these levels."""
    one = sheet(world, viewer, title, len(levels), published_at=LONG_AGO)
    give(viewer, one, pupil, *levels)
    return one
