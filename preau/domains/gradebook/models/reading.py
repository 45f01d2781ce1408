"""Who teaches, leads or learns in the group of an assessment: what every `visible_to` of this house is made of."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from preau.directory.models import Assignment, Enrolment, Group
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer

# The power to read the published marks of every class, which a head may give to somebody until a day.
MARKS = "marks"


def teaching(viewer: Viewer) -> "QuerySet[Assignment]":
    """What the viewer teaches today, and where."""
    return Assignment.objects.filter(
        active_on(viewer.today), teacher=viewer.person.pk, kind=Assignment.Kind.TEACHES
    )


def taught(viewer: Viewer, group: str, subject: str) -> Exists:
    """The viewer teaches this subject in this group today: several teachers may."""
    return Exists(teaching(viewer).filter(group_id=OuterRef(group), subject_id=OuterRef(subject)))


def led(viewer: Viewer) -> "QuerySet[Assignment]":
    """The classes of which the viewer is head teacher today, as their keys."""
    return Assignment.objects.led_by(viewer).values("group_id")


def of_led_class(viewer: Viewer, prefix: str = "") -> Q:
    """Of a class that the viewer leads, or of a group drawn from one."""
    drawn = Group.classes.through.objects.filter(to_group__in=led(viewer)).values("from_group_id")
    return Q(**{f"{prefix}group__in": led(viewer)}) | Q(**{f"{prefix}group__in": drawn})


def in_led_class(viewer: Viewer) -> "QuerySet[Enrolment]":
    """The pupils of the classes that the viewer leads, as their keys: in a group of several classes, theirs alone."""
    rows = Enrolment.objects.filter(active_on(viewer.today), group__in=led(viewer))
    return rows.values("pupil_id")
