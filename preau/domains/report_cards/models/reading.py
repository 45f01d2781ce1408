"""Who reads every class, leads one or teaches in it: what every `visible_to` of this house is made of."""

from django.db.models import Q, QuerySet

from preau.directory.models import Assignment, Enrolment, Group
from preau.directory.viewer import Viewer
from preau.directory.words import Role


def reads_every_class(viewer: Viewer) -> bool:
    """Head and school life."""
    return viewer.holds(Role.HEAD, Role.SCHOOL_LIFE)


def led(viewer: Viewer) -> "QuerySet[Assignment]":
    """The classes of which the viewer is head teacher today, as their keys."""
    return Assignment.objects.led_by(viewer).values("group_id")


def taught(viewer: Viewer) -> "QuerySet[Assignment]":
    """What the viewer teaches or leads today."""
    return Assignment.objects.active(viewer.today).filter(teacher=viewer.person.pk)


def attended(viewer: Viewer) -> Q:
    """Of a class: the viewer teaches there, or in a group drawn from it, hence sits in its council."""
    own = taught(viewer).values("group_id")
    return Q(group__in=own) | Q(group__in=Group.objects.filter(groups_drawn__in=own).values("pk"))


def led_pupils(viewer: Viewer) -> "QuerySet[Enrolment]":
    """Who learns, or has learnt this year, in a class that the viewer leads, as their keys."""
    rows = Enrolment.objects.filter(group__in=led(viewer), group__kind=Group.Kind.CLASS)
    return rows.values("pupil_id")
