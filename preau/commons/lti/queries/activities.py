"""Activities as their pages read them: small rows, in words already chosen."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from preau.commons.lti.models import Activity, Column, Score, Tool, groups_taught
from preau.commons.lti.words import ACTIVITY, GRADING
from preau.commons.signon.models import Opening, Service
from preau.commons.signon.queries import access
from preau.commons.signon.words import Protocol
from preau.directory.models import Enrolment, Group, Person
from preau.directory.viewer import Viewer


@dataclass(frozen=True)
class Result:
    """What a service said of a pupil's work, in words: « 15 sur 20 », « en cours »."""

    label: str
    said: str
    state: str
    comment: str
    moment: Any


@dataclass(frozen=True)
class Row:
    """An activity in a list. `whose`: the children it is for, for a family; `results`: theirs, or a count for whoever gave it."""

    activity: Activity
    whose: str = ""
    results: Sequence[Result] = field(default_factory=list)
    counted: int | None = None
    is_open: bool = True


def plain(value: float) -> str:
    """« 12,5 » for 12.5, « 15 » for 15.0."""
    return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",")


def result_of(score: Score) -> Result:
    points = ""
    if score.given is not None and score.maximum:
        points = _("%(given)s sur %(maximum)s") % {
            "given": plain(score.given),
            "maximum": plain(score.maximum),
        }
    known = GRADING if score.activity in {"Submitted", "Completed"} else ACTIVITY
    word = known.get(score.grading if known is GRADING else score.activity, "")
    return Result(score.column.label, points, str(word), score.comment, score.said_at)


# Lists


def open_here(viewer: Viewer) -> dict[int, Opening]:
    """The openings by which this seat may use services that speak LTI."""
    return {one.pk: one for one in access.open_to(viewer) if one.service.protocol == Protocol.LTI}


def activities_of(viewer: Viewer, openings: Iterable[int], group: int | None = None) -> "QuerySet[Activity]":
    """Those that the viewer sees: for pupils, of services that are open to them; for families, of those that are open in the
    school, even where they are not let in themselves, since they read what their children got."""
    found: QuerySet[Activity] = Activity.objects.visible_to(viewer)
    if viewer.is_guardian:
        on = Service.objects.on(viewer.today)
        found = found.filter(context__opening__is_on=True, context__opening__service__in=on)
    elif not viewer.is_staff:
        found = found.filter(context__opening__in=list(openings))
    if group is not None:
        found = found.filter(context__group=group)
    rows = found.select_related("context__group", "context__opening__service", "given_by")
    return rows.order_by(F("ended_at").asc(nulls_first=True), "-given_at", "-pk")


def rows_of(viewer: Viewer, page: Iterable[Activity], openings: Iterable[int]) -> list[Row]:
    """The rows of a page: three queries more at most, however long it is."""
    activities, known = list(page), set(openings)
    if viewer.is_staff:
        counts = _counted(viewer, activities)
        return [
            Row(activity, counted=counts.get(activity.pk, 0), is_open=activity.context.opening_id in known)
            for activity in activities
        ]
    results, whose = _own_results(viewer, activities), _whose(viewer, activities)
    return [
        Row(activity, whose.get(activity.context.group_id, ""), results[activity.pk])
        for activity in activities
    ]


def _counted(viewer: Viewer, activities: Sequence[Activity]) -> dict[int, int]:
    rows = Score.objects.visible_to(viewer).filter(
        column__activity__in=[activity.pk for activity in activities]
    )
    sums = rows.order_by().values("column__activity").annotate(n=Count("pupil", distinct=True))
    return dict(sums.values_list("column__activity", "n"))


def _own_results(viewer: Viewer, activities: Sequence[Activity]) -> dict[int, list[Result]]:
    rows = Score.objects.visible_to(viewer).filter(
        column__activity__in=[activity.pk for activity in activities]
    )
    found: dict[int, list[Result]] = defaultdict(list)
    for score in rows.select_related("column").order_by("pupil", "column"):
        found[score.column.activity_id or 0].append(result_of(score))
    return found


def _whose(viewer: Viewer, activities: Sequence[Activity]) -> dict[int, str]:
    """The children of each class, for a family that has several."""
    if not viewer.is_guardian or len(viewer.own_pupils()) < 2:
        return {}
    rows = Enrolment.objects.visible_to(viewer).active(viewer.today)
    rows = rows.filter(group__in={activity.context.group_id for activity in activities})
    names: dict[int, dict[str, None]] = defaultdict(dict)
    for group, name in rows.order_by("pupil__given_name").values_list("group", "pupil__given_name"):
        names[group][name] = None
    return {group: _(" et ").join(found) for group, found in names.items()}


# One activity


@dataclass(frozen=True)
class PupilRow:
    """A pupil and what the service said of them."""

    pupil: Person
    results: list[Result]


def columns_of(activity: Activity) -> list[Column]:
    return list(Column.objects.filter(activity=activity).order_by("pk"))


def class_results(viewer: Viewer, activity: Activity) -> list[PupilRow]:
    """Every pupil of the class today, in alphabetical order, each with what the service said; two queries."""
    return _results(viewer, activity, Q())


def family_results(viewer: Viewer, activity: Activity) -> list[PupilRow]:
    """One's own, or those of the children of this class."""
    return _results(viewer, activity, Q(pk__in=viewer.own_pupils()))


def _results(viewer: Viewer, activity: Activity, whose: Q) -> list[PupilRow]:
    learning = Enrolment.objects.active(viewer.today).filter(group=activity.context.group_id)
    pupils = Person.objects.filter(whose, pk__in=learning.values("pupil"), erased_at=None)
    found: dict[int, list[Result]] = defaultdict(list)
    rows = Score.objects.visible_to(viewer).filter(column__activity=activity.pk)
    for score in rows.select_related("column").order_by("column"):
        found[score.pupil_id].append(result_of(score))
    return [PupilRow(pupil, found[pupil.pk]) for pupil in pupils.order_by("search_name", "pk")]


def may_open(viewer: Viewer, activity: Activity) -> bool:
    """Is the service open to this seat, by the very school of the class?"""
    openings = access.openings_of(viewer, activity.context.opening.service_id)
    return activity.ended_at is None and activity.context.opening_id in {opening.pk for opening in openings}


# Adding one


def groups_to_give(viewer: Viewer) -> "QuerySet[Group]":
    """The classes and groups of the year of which the viewer is in charge."""
    own = Group.objects.in_school(viewer).filter(year=viewer.year, pk__in=groups_taught(viewer))
    return own.order_by("kind", "rank", "name")


def tools_to_give(viewer: Viewer) -> list[tuple[Opening, Tool]]:
    """The services from which the viewer may give something, by name."""
    openings = {
        one.service_id: one for one in open_here(viewer).values() if one.school_id == viewer.school_id
    }
    tools = Tool.objects.filter(service__in=openings).order_by("service__name", "pk")
    return [(openings[tool.service_id], tool) for tool in tools]
