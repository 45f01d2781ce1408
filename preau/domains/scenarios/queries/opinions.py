"""What teachers say of a work, and what moderators have to look at."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, QuerySet

from preau.directory.viewer import Viewer
from preau.domains.catalogue.models import Resource
from preau.domains.scenarios.models import CRITERIA, Case, Review, Scenario

Work = Resource | Scenario
LATEST = 3


@dataclass(frozen=True)
class Summary:
    """How many reviews, the averages of each criterion in words of numbers, and the last of them."""

    count: int
    averages: list[tuple[str, str]]
    latest: list[Review]


def reviews_of(work: Work) -> "QuerySet[Review]":
    """What is shown of a work, last written first."""
    of = {"resource": work} if isinstance(work, Resource) else {"scenario": work}
    return Review.objects.shown().filter(**of).order_by("-changed_at", "-pk")


def summary_of(work: Work, figures: Mapping[str, Any] | None = None) -> Summary:
    """Two statements, one where `figures` (`beside_resource`) says how many there are; averages from the first review on."""
    if figures is None:
        figures = (
            reviews_of(work).order_by().aggregate(count=Count("pk"), **{key: Avg(key) for key in CRITERIA})
        )
    if not figures["count"]:
        return Summary(0, [], [])
    averages = [(str(label), f"{figures[key]:.1f}".replace(".", ",")) for key, label in CRITERIA.items()]
    return Summary(figures["count"], averages, list(reviews_of(work)[:LATEST]))


def own_review(viewer: Viewer, work: Work) -> Review | None:
    of = {"resource": work} if isinstance(work, Resource) else {"scenario": work}
    return Review.objects.visible_to(viewer).filter(**of).first()


def shown_review(pk: str | None) -> Review | None:
    """A review that anyone reads, by the number of an address."""
    number = int(pk) if pk and pk.isascii() and pk.isdigit() and len(pk) < 18 else 0
    rows = Review.objects.shown().select_related("resource", "scenario__shown")
    return rows.filter(pk=number).first() if number else None


def cases(viewer: Viewer) -> "QuerySet[Case]":
    """What waits for a moderator, the oldest first, with how many reported it (`number`)."""
    rows = Case.objects.visible_to(viewer).waiting()
    rows = rows.select_related("review__resource", "review__scenario__shown", "scenario__shown")
    return rows.annotate(number=Count("reports")).order_by("opened_at", "pk")
