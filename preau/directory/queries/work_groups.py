"""One's own groups of work: on the page of a class, and beside the pupils that a form lets tick."""

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import F, Q, QuerySet

from preau.directory.models import Group, Person, WorkGroup
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer


@dataclass(frozen=True)
class Bundle:
    """A group of work as a form offers it, which keeps those of its pupils that the form knows."""

    pk: int
    label: str
    pupils: frozenset[int]


def work_groups_of(viewer: Viewer, group: Group) -> list[WorkGroup]:
    """Those that the viewer made in this class or group, each with its pupils (two queries)."""
    return list(WorkGroup.objects.visible_to(viewer).filter(group=group).prefetch_related("pupils"))


def bundles_of(viewer: Viewer) -> list[Bundle]:
    """All those of the viewer this year, class by class, each with its pupils who are still in the class (one query)."""
    found: Any = WorkGroup.objects.visible_to(viewer).filter(group__year=viewer.year)
    # Said at once: two filters would be of two enrolments of the pupil.
    found = found.filter(
        Q(pupils__enrolments__group=F("group")) & active_on(viewer.today, "pupils__enrolments__")
    )
    rows = found.order_by("group__rank", "group__name", "name", "pk").values_list(
        "pk", "name", "group__name", "pupils"
    )
    held: dict[int, tuple[str, set[int]]] = {}
    for pk, name, school_class, pupil in rows:
        held.setdefault(pk, (f"{school_class} · {name}", set()))[1].add(pupil)
    return [Bundle(pk, label, frozenset(pupils)) for pk, (label, pupils) in held.items()]


def bundles_among(viewer: Viewer, pupils: "QuerySet[Person]") -> list[Bundle]:
    """Those that hold somebody of these pupils, each with them alone (two queries; one for whoever has made none)."""
    bundles = bundles_of(viewer)
    held = frozenset[int]().union(*(one.pupils for one in bundles))
    there = frozenset(pupils.filter(pk__in=held).values_list("pk", flat=True)) if held else held
    return [replace(one, pupils=one.pupils & there) for one in bundles if one.pupils & there]
