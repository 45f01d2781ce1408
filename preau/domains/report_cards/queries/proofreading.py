"""Corrections that were suggested: those that wait for one's answer, those that one has made, those of the school."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, QuerySet

from preau.directory.models import Period
from preau.directory.viewer import Viewer
from preau.domains.report_cards.models import Council, Suggestion

State = Suggestion.State
RECEIVED, MADE, ALL = "recues", "faites", "toutes"


def _shown(rows: Any, period: Period) -> Any:
    held = Council.objects.held().filter(period=period.pk, group__enrolments__pupil_id=OuterRef("pupil_id"))
    return (
        rows.filter(appreciation__period=period)
        .select_related(
            "appreciation__subject", "appreciation__group", "appreciation__changed_by", "pupil", "by"
        )
        .annotate(is_closed=Exists(held))
    )


def suggestions_in(viewer: Viewer, period: Period, view: str) -> "QuerySet[Suggestion]":
    """Of one view, what waits first, then the last answered."""
    rows = Suggestion.objects.visible_to(viewer)
    if view == RECEIVED:
        rows = Suggestion.objects.written_by(viewer).exclude(state=State.WITHDRAWN)
    elif view == MADE:
        rows = rows.filter(by=viewer.person.pk)
    found: QuerySet[Suggestion] = _shown(rows, period).order_by(
        F("answered_at").desc(nulls_first=True), "pupil__search_name", "pk"
    )
    return found


def to_answer(viewer: Viewer, period: Period) -> "QuerySet[Suggestion]":
    """What waits for the viewer's answer, of councils that are not over."""
    rows = Suggestion.objects.written_by(viewer).waiting()
    found: QuerySet[Suggestion] = _shown(rows, period).filter(is_closed=False)
    return found.order_by("pupil__search_name", "pk")


def counts_of(viewer: Viewer, period: Period) -> Mapping[str, int]:
    """How many suggestions of the school are in each state, for a period: one query."""
    rows = Suggestion.objects.visible_to(viewer).filter(appreciation__period=period).order_by()
    return dict(rows.values("state").annotate(number=Count("pk")).values_list("state", "number"))


def waiting_of(pk: int) -> Suggestion | None:
    """The suggestion of an appreciation that waits for its answer."""
    found: Suggestion | None = (
        Suggestion.objects.waiting().filter(appreciation=pk).select_related("by").first()
    )
    return found
