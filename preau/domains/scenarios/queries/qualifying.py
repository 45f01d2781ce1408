"""The resources that people are qualifying."""

from django.db.models import QuerySet

from preau.directory.viewer import Viewer
from preau.domains.catalogue.models import Resource
from preau.domains.scenarios.models import Qualification


def qualifications(viewer: Viewer, state: str, *, mine: bool) -> "QuerySet[Qualification]":
    """Those of a state, or all; those in the viewer's charge alone; last changed first."""
    rows = Qualification.objects.visible_to(viewer).select_related("resource__collection")
    if state in Qualification.State.values:
        rows = rows.filter(state=state)
    if mine:
        rows = rows.filter(assigned_to=viewer.person.pk)
    return rows.order_by("-changed_at", "-pk")


def recommended(resource: Resource) -> Qualification | None:
    """The qualification of a resource that is recommended (one statement)."""
    return Qualification.objects.filter(resource=resource, state=Qualification.State.RECOMMENDED).first()
