"""Who reads classes and groups, who prints their lists, who reads a family as the school's file says it."""

from preau.directory.models import Assignment, Enrolment, Group, Holding, Person
from preau.directory.models.scoping import active_on
from preau.directory.rules import reads_families
from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role
from preau.foundation.prepared import Prepared


def reads_groups(viewer: Viewer, *_: object) -> bool:
    """Staff whose function is about pupils; a pupil and a family, the classes of their own."""
    return viewer.works_with_pupils or viewer.profile in {Profile.PUPIL, Profile.GUARDIAN}


def reads_own_class(viewer: Viewer, *_: object) -> bool:
    """A pupil, whose menu says « Ma classe »."""
    return viewer.profile == Profile.PUPIL


def teaches_groups(viewer: Viewer, *_: object) -> bool:
    """A teacher, whose menu says « Mes classes »: theirs come first."""
    return viewer.holds(Role.TEACHER)


TAUGHT = Prepared(
    lambda viewer, group: Assignment.objects.filter(
        active_on(viewer.today), group=group, teacher=viewer.person.pk, school=viewer.school_id
    ).values_list("pk")
)


def teaches_in(viewer: Viewer, group: Group) -> bool:
    """Whoever teaches or leads this class or group today: several houses ask it for one page, the database hears it once."""
    asked = ("directory.teaches_in", group.pk)
    if asked not in viewer.found:
        viewer.found[asked] = bool(TAUGHT(viewer, group.pk))
    return bool(viewer.found[asked])


def reads_several_groups(viewer: Viewer, *_: object) -> bool:
    return reads_groups(viewer) and not reads_own_class(viewer) and not teaches_groups(viewer)


def reads_pupils_of_groups(viewer: Viewer, *_: object) -> bool:
    """Names of pupils, lists, who has no class: staff whose function is about pupils. A family reads no classmate's name."""
    return viewer.works_with_pupils


def keeps_work_groups(viewer: Viewer, *_: object) -> bool:
    """Whoever ticks pupils: staff whose function is about them, each for themselves."""
    return viewer.works_with_pupils


def reads_family(viewer: Viewer, person: Person) -> bool:
    """Head, school life and secretary, of a pupil of the school. A family page is never shown to a parent: it holds the other's data."""
    if not reads_families(viewer):
        return False
    learns = Holding.objects.in_school(viewer).filter(active_on(viewer.today), person=person, role=Role.PUPIL)
    return learns.exists()


def reads_what_family_sees(viewer: Viewer, person: Person) -> bool:
    """Those who read families (the page finds out whether it is a pupil), and the head teacher of the class."""
    if reads_families(viewer):
        return True
    learnt = Enrolment.objects.in_school(viewer).active(viewer.today).filter(pupil=person)
    led = Assignment.objects.led_by(viewer).values("group_id")
    return viewer.holds(Role.TEACHER) and learnt.filter(group__in=led).exists()
