"""May this viewer do that with competences? Whether a period is sealed is asked again in each action."""

from django.db.models import Q, QuerySet

from preau.directory.models import Assignment, Enrolment, Group, Person, SchoolYear
from preau.directory.models.scoping import active_on
from preau.directory.rules.groups import teaches_in
from preau.directory.viewer import Viewer
from preau.directory.words import SETTINGS, Profile, Role
from preau.domains.competences.models import Level, Sheet
from preau.domains.competences.models.reading import groups_today, were_in_own_groups
from preau.domains.gradebook.models import MARKS
from preau.domains.gradebook.models.reading import charges_then
from preau.foundation.prepared import Prepared


def assesses(viewer: Viewer, *_: object) -> bool:
    """Teachers, in the classes and groups where they teach."""
    return viewer.holds(Role.TEACHER)


def reads_every_class(viewer: Viewer, *_: object) -> bool:
    """Head and school life, and whoever was given the reading of marks."""
    return viewer.has_power(MARKS) or viewer.holds(Role.HEAD)


def reads_classes(viewer: Viewer, *_: object) -> bool:
    """Teachers, head and school life: of which classes, `reads_class` says."""
    return assesses(viewer) or reads_every_class(viewer)


def reads_class(viewer: Viewer, group: Group) -> bool:
    """Head and school life, of every class; a teacher, of those where they teach, or did until the year was over."""
    if reads_every_class(viewer):
        return True
    return assesses(viewer) and (teaches_in(viewer, group) or _had(viewer, group))


def _had(viewer: Viewer, group: Group) -> bool:
    is_past = viewer.year is None or group.year_id != viewer.year.pk
    return is_past and bool(HAD(viewer, group.pk))


HAD = Prepared(lambda viewer, group: charges_then(viewer).filter(group=group).values_list("pk", flat=True))


def assesses_in(viewer: Viewer, group: Group) -> bool:
    """A teacher, in a class or group of this year that is theirs."""
    return (
        assesses(viewer)
        and viewer.year is not None
        and group.year_id == viewer.year.pk
        and teaches_in(viewer, group)
    )


def writes(viewer: Viewer, sheet: Sheet) -> bool:
    """Who wrote it, and those who teach that subject there with them."""
    return viewer.is_staff and Sheet.objects.written_by(viewer).filter(pk=sheet.pk).exists()


def writes_level(viewer: Viewer, level: Level) -> bool:
    """Whoever writes its sheet."""
    return writes(viewer, level.column.sheet)


def answers(viewer: Viewer, sheet: Sheet) -> bool:
    """The pupils of the group, where the teacher asks them."""
    if viewer.profile != Profile.PUPIL or not sheet.asks_pupils:
        return False
    learnt = Enrolment.objects.active(viewer.today).filter(pupil=viewer.person.pk, group=sheet.group_id)
    return learnt.exists()


def follows(viewer: Viewer, *_: object) -> bool:
    """Pupils and their families."""
    return viewer.profile in {Profile.PUPIL, Profile.GUARDIAN}


def reads_latest(viewer: Viewer, *_: object) -> bool:
    """Families and teachers, in a record; whoever reads every class has a link there."""
    return follows(viewer) or assesses(viewer)


def finds_competences(viewer: Viewer, *_: object) -> bool:
    """Families, and those who read every class without teaching: the search of a teacher asks fourteen statements already."""
    return follows(viewer) or (reads_every_class(viewer) and not assesses(viewer))


def reads_levels_of(viewer: Viewer, person: Person) -> bool:
    """The pupil and the family; head and school life; the team of the class, or of that of a year before: `years_read` says of which."""
    if not viewer.is_staff:
        return person.pk in viewer.own_pupils()
    learnt = Enrolment.objects.filter(pupil=person, group__year=viewer.year)
    if reads_every_class(viewer):
        return learnt.exists()
    return assesses(viewer) and bool(years_read(viewer, person))


def years_read(viewer: Viewer, person: Person) -> frozenset[int]:
    """The years in which a teacher has this pupil, or had when they were over: asked once."""
    key = ("competences.years_read", person.pk)
    if key not in viewer.found:
        viewer.found[key] = frozenset(YEARS_READ(viewer, person.pk))
    found: frozenset[int] = viewer.found[key]
    return found


def _years_read(viewer: Viewer, pupil: int) -> "QuerySet[SchoolYear, int]":
    now = Enrolment.objects.active(viewer.today).filter(
        group__in=groups_today(viewer), group__year=viewer.year
    )
    keys = [rows.filter(pupil=pupil).values("group__year_id") for rows in (now, were_in_own_groups(viewer))]
    return SchoolYear.objects.filter(Q(pk__in=keys[0]) | Q(pk__in=keys[1])).values_list("pk", flat=True)


YEARS_READ = Prepared(_years_read)


def reads_history(viewer: Viewer, person: Person) -> bool:
    """Those who work here and read the levels of this pupil: who wrote what, and when."""
    return viewer.is_staff and reads_levels_of(viewer, person)


def settles_balance(viewer: Viewer, group: Group) -> bool:
    """The head, and the head teacher of the class: what the council has decided."""
    if group.kind != Group.Kind.CLASS or viewer.year is None or group.year_id != viewer.year.pk:
        return False
    if viewer.holds(Role.HEAD):
        return True
    led = Assignment.objects.filter(
        active_on(viewer.today),
        teacher=viewer.person.pk,
        group=group.pk,
        kind=Assignment.Kind.HEAD_TEACHER,
    )
    return assesses(viewer) and led.exists()


def settles_rules(viewer: Viewer, *_: object) -> bool:
    """Whoever settles the school says in which words."""
    return viewer.has_power(SETTINGS)


def brings_referentials(viewer: Viewer, *_: object) -> bool:
    """The head alone, who answers for what the school assesses with."""
    return viewer.holds(Role.HEAD)


def reads_referentials(viewer: Viewer, *_: object) -> bool:
    """Those who assess, and those who read every class."""
    return reads_classes(viewer)
