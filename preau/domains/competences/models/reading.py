"""Who teaches or leads the group of a sheet, and from when it is read: what every `visible_to` of this house is made of."""

from datetime import datetime

from django.db.models import F, Q, QuerySet

from preau.directory.models import Assignment
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer


def readable(moment: str, now: datetime, prefix: str = "") -> Q:
    """What has become somebody's to read. A sheet beside an assessment is published with it; `moment` as in `Assessment`."""
    alone = Q(**{f"{prefix}assessment": None, f"{prefix}{moment}__lte": now})
    beside = Q(
        **{f"{prefix}assessment__deleted_at": None, f"{prefix}assessment__{moment}__lte": now},
        **{f"{prefix}assessment__isnull": False},
    )
    return alone | beside


def changed_since(moment: str, prefix: str = "") -> Q:
    """What changed, `at`, once those whom this moment is for could read it. A coalesced moment would leave sheets alone out of the join."""
    alone = Q(**{f"{prefix}assessment": None, "at__gte": F(f"{prefix}{moment}")})
    beside = Q(**{f"{prefix}assessment__isnull": False, "at__gte": F(f"{prefix}assessment__{moment}")})
    return alone | beside


def charges(viewer: Viewer) -> "QuerySet[Assignment]":
    """What the viewer teaches or leads today."""
    return Assignment.objects.filter(active_on(viewer.today), teacher=viewer.person.pk)


def own_groups(viewer: Viewer) -> "QuerySet[Assignment]":
    """The classes and groups of the viewer, as their keys: a class has one team, whatever each teaches."""
    return charges(viewer).values("group_id")
