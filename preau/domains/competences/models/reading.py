"""Who teaches or leads the group of a sheet, and from when it is read: what every `visible_to` of this house is made of."""

from datetime import datetime

from django.db.models import F, Q, QuerySet

from preau.directory.models import Assignment, Enrolment
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer
from preau.domains.gradebook.models.reading import charges, charges_then, with_last_day


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


def groups_today(viewer: Viewer) -> "QuerySet[Assignment]":
    """The classes and groups of the viewer today, as their keys: a class has one team, whatever each teaches."""
    rows = Assignment.objects.filter(active_on(viewer.today), teacher=viewer.person.pk)
    return rows.values("group_id")


def own_groups(viewer: Viewer) -> "QuerySet[Assignment]":
    """The same, and those of past years that were theirs when the year was over."""
    return charges(viewer).values("group_id")


def were_in_own_groups(viewer: Viewer) -> "QuerySet[Enrolment]":
    """Who was in a class or a group of the viewer when its year was over: of that year alone, which `group__year` says."""
    groups = charges_then(viewer).values("group_id")
    rows: QuerySet[Enrolment] = with_last_day(Enrolment.objects.filter(group__in=groups))  # type: ignore[assignment]
    return rows.filter(active_on(F("last_day")))
