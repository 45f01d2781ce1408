"""What the page of a resource has to know of scenarios, reviews and qualification, in one statement."""

from typing import Any

from django.db.models import Avg, Count, Exists, OuterRef, Subquery

from preau.domains.catalogue.models import Resource
from preau.domains.scenarios.models import CRITERIA, Qualification, Review, Scenario

HELD = "_beside"


def beside_resource(resource: Resource) -> dict[str, Any]:
    """Is it recommended, adapted; how many reviews and their averages. Asked once for each object: a page has its own."""
    if not hasattr(resource, HELD):
        of = OuterRef("pk")
        reviews = Review.objects.shown().filter(resource=of).order_by().values("resource")
        recommended = Qualification.objects.filter(resource=of, state=Qualification.State.RECOMMENDED)
        rows = Resource.objects.filter(pk=resource.pk).annotate(
            recommended=Exists(recommended),
            adapted=Exists(Scenario.objects.public().filter(adapted_resource=of)),
            count=Subquery(reviews.annotate(told=Count("pk")).values("told")),
            # A resource has a field of that name itself.
            **{f"mean_{key}": Subquery(reviews.annotate(told=Avg(key)).values("told")) for key in CRITERIA},
        )
        names = [f"mean_{key}" for key in CRITERIA]
        row = rows.values("recommended", "adapted", "count", *names).get()
        setattr(resource, HELD, row | {key: row[f"mean_{key}"] for key in CRITERIA})
    held: dict[str, Any] = getattr(resource, HELD)
    return held
