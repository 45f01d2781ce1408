"""The lessons of one pupil, as their record shows them: read once for all its blocks."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.timetable.queries.lessons import OF_GROUP, LessonRow, bare_rows
from preau.domains.timetable.queries.whose import OF_PUPIL
from preau.foundation import dates


def days_shown(today: date) -> tuple[date, date]:
    """This month, in whole weeks: its first and last day."""
    last = dates.month_after(today) - timedelta(days=1)
    return dates.monday_of(today.replace(day=1)), dates.monday_of(last) + timedelta(days=6)


def month_of(viewer: Viewer, pupil: Person) -> list[LessonRow]:
    """The lessons of the month, without their teachers (one query, asked once)."""
    key = ("timetable.month", pupil.pk)
    if key not in viewer.found:
        viewer.found[key] = bare_rows(OF_PUPIL(viewer, (pupil.pk,), *days_shown(viewer.today)))
    found: list[LessonRow] = viewer.found[key]
    return found


def day_shown(viewer: Viewer, pupil: Person) -> Mapping[str, Any] | None:
    """The lessons of today; None where there are none."""
    rows = [row for row in month_of(viewer, pupil) if row.day == viewer.today]
    return {"rows": rows, "now": viewer.moment} if rows else None


def day_of_group(viewer: Viewer, group: Any) -> Mapping[str, Any] | None:
    """The lessons of a class or a group today (one query); None where there are none."""
    rows = bare_rows(OF_GROUP(viewer, group.pk, viewer.today, viewer.today))
    return {"rows": rows, "now": viewer.moment} if rows else None


def day_said(context: Mapping[str, Any]) -> str:
    """« 8 h 05 – 16 h 30, 6 cours »."""
    held = [row for row in context["rows"] if not row.is_cancelled]
    if not held:
        return _("Aucun cours n’est assuré")
    hours = dates.hours(held[0].starts, max(row.ends for row in held), held[0].zone)
    return f"{hours}, {ngettext('%(num)s cours', '%(num)s cours', len(held)) % {'num': len(held)}}"
