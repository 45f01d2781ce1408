"""Who reads the marks of a pupil or of a class, and when a class may be compared with."""

from collections.abc import Iterable
from fractions import Fraction

from django.db.models import Q, QuerySet

from preau.directory.models import Assignment, Enrolment, Group, Person, SchoolYear
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.gradebook.models import MARKS
from preau.domains.gradebook.models.reading import in_led_class, led, were_in_led_class
from preau.domains.gradebook.rules.averages import FULL, Statistics, statistics_of
from preau.foundation.prepared import Prepared

# With fewer values, what the others have could be deduced from a mean and from one's own.
ENOUGH = 5


def reads_marks_of(viewer: Viewer, person: Person) -> bool:
    """The pupil and the family; head and school life; the head teacher of the class, or of that of a year before: of which, `years_led` says."""
    if not viewer.is_staff:
        return person.pk in viewer.own_pupils()
    if viewer.holds(Role.HEAD) or viewer.has_power(MARKS):
        return Enrolment.objects.filter(pupil=person, group__year=viewer.year).exists()
    return viewer.holds(Role.TEACHER) and bool(years_led(viewer, person))


def years_led(viewer: Viewer, person: Person) -> frozenset[int]:
    """The years of which a head teacher reads all the marks of this pupil: asked once."""
    key = ("gradebook.years_led", person.pk)
    if key not in viewer.found:
        viewer.found[key] = frozenset(YEARS_LED(viewer, person.pk))
    found: frozenset[int] = viewer.found[key]
    return found


def _years_led(viewer: Viewer, pupil: int) -> "QuerySet[SchoolYear, int]":
    keys = [
        rows.filter(pupil=pupil).values("group__year_id")
        for rows in (in_led_class(viewer), were_in_led_class(viewer))
    ]
    years = SchoolYear.objects.filter(Q(pk__in=keys[0]) | Q(pk__in=keys[1]))
    return years.values_list("pk", flat=True)


YEARS_LED = Prepared(_years_led)


def reads_class_averages(viewer: Viewer, group: Group) -> bool:
    """Head and school life, of every class; the head teacher, of the class that they lead."""
    if group.kind != Group.Kind.CLASS:
        return False
    if viewer.holds(Role.HEAD) or viewer.has_power(MARKS):
        return True
    return viewer.holds(Role.TEACHER) and led(viewer).filter(group=group.pk).exists()


def leads_a_class(viewer: Viewer, *_: object) -> bool:
    """Head teachers, whose class has its page."""
    rows = Assignment.objects.filter(
        active_on(viewer.today), teacher=viewer.person.pk, kind=Assignment.Kind.HEAD_TEACHER
    )
    return viewer.holds(Role.TEACHER) and rows.exists()


def spread_of(values: Iterable[Fraction], full: Fraction = FULL) -> Statistics | None:
    """The statistics of a class, where enough pupils have a value."""
    made = statistics_of(values, full=full)
    return made if made and made.count >= ENOUGH else None
