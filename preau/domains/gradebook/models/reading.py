"""Who teaches, leads or learns in the group of an assessment: what every `visible_to` of this house is made of.

Whoever taught or led a class until a past year was over reads that year still, as then; who had left it before reads nothing of it.
"""

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from preau.directory.models import Assignment, Enrolment, Group, Period
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer

# The power to read the published marks of every class, which a head may give to somebody until a day.
MARKS = "marks"


def teaching(viewer: Viewer) -> "QuerySet[Assignment]":
    """What the viewer teaches today, and where."""
    return Assignment.objects.filter(
        active_on(viewer.today), teacher=viewer.person.pk, kind=Assignment.Kind.TEACHES
    )


def year_over(viewer: Viewer) -> Q:
    """Of a year before this one, on rows that `with_last_day` gave its last day, and that held on that day.

    The last day of its last period: files and the switch end what was open some weeks later, and before the year on paper ends.
    """
    return ~Q(group__year=viewer.year) & Q(last_day__lt=viewer.today) & active_on(F("last_day"))


def with_last_day(rows: "QuerySet[Assignment] | QuerySet[Enrolment]") -> "QuerySet[Assignment]":
    """With the last day of the last period of their year."""
    ends = Period.objects.filter(year=OuterRef("group__year")).order_by("-ends").values("ends")
    found: QuerySet[Assignment] = rows.annotate(last_day=Subquery(ends[:1]))  # type: ignore[assignment]
    return found


def charges(viewer: Viewer) -> "QuerySet[Assignment]":
    """What the viewer teaches or leads today, and what they did until a past year was over: to read, never to write."""
    held = with_last_day(Assignment.objects.filter(teacher=viewer.person.pk))
    return held.filter(active_on(viewer.today) | year_over(viewer))


def charges_then(viewer: Viewer) -> "QuerySet[Assignment]":
    """Of past years alone."""
    return with_last_day(Assignment.objects.filter(teacher=viewer.person.pk)).filter(year_over(viewer))


def taught(viewer: Viewer, group: str, subject: str) -> Exists:
    """The viewer teaches this subject in this group, or did until its year was over: several teachers may."""
    held = charges(viewer).filter(kind=Assignment.Kind.TEACHES)
    return Exists(held.filter(group_id=OuterRef(group), subject_id=OuterRef(subject)))


def led(viewer: Viewer) -> "QuerySet[Assignment]":
    """The classes of which the viewer is head teacher, or was until their year was over, as their keys."""
    return charges(viewer).filter(kind=Assignment.Kind.HEAD_TEACHER).values("group_id")


def of_led_class(viewer: Viewer, prefix: str = "") -> Q:
    """Of a class that the viewer leads or led, or of a group drawn from one."""
    drawn = Group.classes.through.objects.filter(to_group__in=led(viewer)).values("from_group_id")
    return Q(**{f"{prefix}group__in": led(viewer)}) | Q(**{f"{prefix}group__in": drawn})


def in_led_class(viewer: Viewer) -> "QuerySet[Enrolment]":
    """The pupils of the classes that the viewer leads today, as their keys: in a group of several classes, theirs alone."""
    leads = Assignment.objects.led_by(viewer).values("group_id")
    rows = Enrolment.objects.filter(active_on(viewer.today), group__in=leads)
    return rows.values("pupil_id")


def were_in_led_class(viewer: Viewer) -> "QuerySet[Enrolment]":
    """Who was in a class that the viewer led when its year was over: of that year alone, which `group__year` says."""
    leads = charges_then(viewer).filter(kind=Assignment.Kind.HEAD_TEACHER).values("group_id")
    rows: QuerySet[Enrolment] = with_last_day(Enrolment.objects.filter(group__in=leads))  # type: ignore[assignment]
    return rows.filter(active_on(F("last_day")))


def led_pupil(viewer: Viewer, pupil: str, year: str) -> Q:
    """A pupil of a class that the viewer leads; of a past year, of one that they led that very year."""
    then = were_in_led_class(viewer).filter(pupil_id=OuterRef(pupil), group__year_id=OuterRef(year))
    now = in_led_class(viewer).filter(pupil_id=OuterRef(pupil), group__year_id=OuterRef(year))
    return Q(Exists(now)) | Q(Exists(then))
