"""Figures without names: by month, by kind, by class. A count under five is not shown, nor what would give it away."""

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _

from preau.directory.models import Enrolment, Group
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer
from preau.domains.conduct.models import Incident, Involvement, Punition, RegisterLine
from preau.foundation import dates

# Below, a count of a class or of a month may be about one child.
FEWEST = 5


@dataclass(frozen=True)
class Cell:
    """One line of a table; `count` is None where it is not shown."""

    label: str
    count: int | None


@dataclass(frozen=True)
class Table:
    title: str
    cells: list[Cell]

    @property
    def hides(self) -> bool:
        return any(cell.count is None for cell in self.cells)


def without_few(counts: Mapping[str, int]) -> dict[str, int | None]:
    """Counts as they may be shown: none under five; and when a single one is hidden, the smallest of the others too, since
    the whole, known otherwise, would give it away."""
    hidden = {name for name, count in counts.items() if 0 < count < FEWEST}
    if len(hidden) == 1:
        others = {name: count for name, count in counts.items() if name not in hidden and count}
        hidden |= set(sorted(others, key=lambda name: (others[name], name))[:1])
    return {name: None if name in hidden else count for name, count in counts.items()}


def figures_of(viewer: Viewer) -> list[Table]:
    """The tables of the school year (six queries)."""
    year = viewer.year
    if year is None:
        return []
    first, last = year.starts, min(year.ends, viewer.today)
    incidents = Incident.objects.in_school(viewer).filter(day__range=(first, last))
    punitions = Punition.objects.in_school(viewer).filter(day__range=(first, last))
    punitions = punitions.exclude(state=Punition.State.CANCELLED)
    register = RegisterLine.objects.in_school(viewer).filter(pronounced_on__range=(first, last))
    return [
        _table(_("Incidents, par mois"), _by_month(incidents)),
        _table(_("Incidents, par nature"), _by_kind(incidents, Incident.Kind)),
        _table(_("Incidents, par classe des élèves concernés"), _by_class(viewer, first, last)),
        _table(_("Punitions, par mois"), _by_month(punitions)),
        _table(_("Punitions, par nature"), _by_kind(punitions, Punition.Kind)),
        _table(_("Sanctions, par nature"), _by_kind(register, RegisterLine._meta.get_field("kind"))),
    ]


def _table(title: str, counts: Mapping[str, int]) -> Table:
    return Table(title, [Cell(label, count) for label, count in without_few(counts).items()])


def _by_month(rows: "QuerySet[Any]") -> dict[str, int]:
    found = (
        rows.annotate(month=TruncMonth("day")).order_by("month").values_list("month").annotate(Count("pk"))
    )
    return {dates.month(month): count for month, count in found}


def _by_kind(rows: "QuerySet[Any]", kinds: Any) -> dict[str, int]:
    choices = dict(kinds.choices)
    found = rows.order_by().values_list("kind").annotate(count=Count("pk")).order_by("-count", "kind")
    return {str(choices[kind]): count for kind, count in found}


def _by_class(viewer: Viewer, first: date, last: date) -> dict[str, int]:
    """Each incident once for each class that it concerns."""
    parts = Involvement.objects.in_school(viewer).filter(
        part=Involvement.Part.CONCERNED, incident__day__range=(first, last)
    )
    learnt = Enrolment.objects.in_school(viewer).filter(active_on(viewer.today), group__kind=Group.Kind.CLASS)
    classes = dict(learnt.values_list("pupil_id", "group__name"))
    seen: set[tuple[Hashable, ...]] = {
        (classes[person], incident)
        for person, incident in parts.values_list("person_id", "incident_id")
        if person in classes
    }
    return dict(sorted(Counter(str(name) for name, _incident in seen).items()))
