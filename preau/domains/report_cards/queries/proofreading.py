"""Corrections that were suggested: those that wait for one's answer, those that one has made, those of the school."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, QuerySet

from preau.directory.models import Period
from preau.directory.viewer import Viewer
from preau.domains.report_cards.models import Council, Suggestion

State = Suggestion.State
RECEIVED, MADE, ALL = "recues", "faites", "toutes"


SAID = (
    "appreciation__subject",
    "appreciation__group",
    "appreciation__changed_by",
    "appreciation__period",
    "pupil",
    "by",
    "answered_by",
)


def _shown(rows: Any) -> Any:
    """With all that pages say of them, and whether the council of the pupil is over."""
    held = Council.objects.held().filter(
        period=OuterRef("appreciation__period"), group__enrolments__pupil_id=OuterRef("pupil_id")
    )
    return rows.select_related(*SAID).annotate(is_closed=Exists(held))


def suggestions_in(viewer: Viewer, period: Period, view: str) -> "QuerySet[Suggestion]":
    """Of one view, what waits first, then the last answered."""
    rows = Suggestion.objects.visible_to(viewer)
    if view == RECEIVED:
        rows = Suggestion.objects.written_by(viewer).exclude(state=State.WITHDRAWN)
    elif view == MADE:
        rows = rows.filter(by=viewer.person.pk)
    rows = rows.filter(appreciation__period=period)
    found: QuerySet[Suggestion] = _shown(rows).order_by(
        F("answered_at").desc(nulls_first=True), "pupil__search_name", "pk"
    )
    return found


def to_answer(viewer: Viewer, period: Period) -> "QuerySet[Suggestion]":
    """What waits for the viewer's answer, of councils that are not over."""
    rows = Suggestion.objects.written_by(viewer).waiting().filter(appreciation__period=period)
    found: QuerySet[Suggestion] = _shown(rows).filter(is_closed=False)
    return found.order_by("pupil__search_name", "pk")


def whole(suggestion: Suggestion) -> Any:
    """The same with all that its page says, in one query."""
    return _shown(Suggestion.objects.filter(pk=suggestion.pk)).get()


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
