"""What happened to a resource, as a timeline; and the files that were brought."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from preau.directory.viewer import Viewer
from preau.domains.mediacentre.models import BroughtList, Resource, Step
from preau.foundation import dates

MOST_STEPS = 30


@dataclass(frozen=True)
class Line:
    """A step as `ui.timeline` shows it."""

    when: str
    title: str
    text: str = ""


def steps_of(viewer: Viewer, resource: Resource) -> list[Step]:
    """The last thirty steps, the latest first (one statement)."""
    steps = Step.objects.visible_to(viewer).filter(resource=resource).select_related("by", "rule")
    return list(steps[:MOST_STEPS])


def history_of(steps: Iterable[Step], whom: Mapping[int, str]) -> list[Line]:
    """Steps in words; `whom`: those whom each rule means."""
    return [
        Line(
            dates.day(step.at, year=True),
            str(Step.Gesture(step.gesture).label),
            " · ".join(filter(None, [whom.get(step.rule_id or 0, ""), step.by.full_name if step.by else ""])),
        )
        for step in steps
    ]


def lists_of(viewer: Viewer) -> "QuerySet[BroughtList]":
    """The files of the school, the latest first, without what they say."""
    kept: QuerySet[BroughtList] = (
        BroughtList.objects.visible_to(viewer).select_related("by").defer("facts").order_by("-at", "-pk")
    )
    return kept
