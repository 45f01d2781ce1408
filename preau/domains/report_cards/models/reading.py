"""Who reads every class, leads one or teaches in it: what every `visible_to` of this house is made of."""

from django.db.models import QuerySet

from preau.directory.models import Assignment, Enrolment, Group
from preau.directory.viewer import Viewer
from preau.directory.words import Role


def reads_every_class(viewer: Viewer) -> bool:
    """Head and school life."""
    return viewer.holds(Role.HEAD, Role.SCHOOL_LIFE)


def led(viewer: Viewer) -> "QuerySet[Assignment]":
    """The classes of which the viewer is head teacher today, as their keys."""
    return Assignment.objects.led_by(viewer).values("group_id")


def led_pupils(viewer: Viewer) -> "QuerySet[Enrolment]":
    """Who learns, or has learnt this year, in a class that the viewer leads, as their keys."""
    rows = Enrolment.objects.filter(group__in=led(viewer), group__kind=Group.Kind.CLASS)
    return rows.values("pupil_id")
