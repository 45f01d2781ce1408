"""Whom one may address: what is offered before typing, and what a few letters find."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from preau.directory.models import Assignment, Enrolment, Group, Guardianship, Holding, Person
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer
from preau.directory.words import Kinship, Role
from preau.domains.messaging.models import Reader, Scope, Writer
from preau.domains.messaging.queries.reach import GROUPS, LISTS, Reach
from preau.foundation import text
from preau.foundation.prepared import Prepared

MOST_FOUND = 12
MOST_OFFERED = 40


@dataclass(frozen=True)
class Offer:
    """One person or list that may be addressed."""

    key: str
    label: str
    detail: str = ""
    is_list: bool = False


def schools_of(viewer: Viewer) -> list[tuple[int, str]]:
    """The schools in which a viewer writes: their own, or those of the children."""
    return list({place.school.pk: place.school.name for place in viewer.places}.items())


def found(reach: Reach, typed: str) -> list[Offer]:
    """Lists and people within reach whose name has these words."""
    words = text.fold(typed).split()[:5]
    if not words:
        return []
    lists = [one for one in lists_of(reach) if all(word in text.fold(one.label) for word in words)]
    return [*lists[:MOST_FOUND], *_people(reach, words)][: 2 * MOST_FOUND]


def offered(reach: Reach) -> list[Offer]:
    """What is offered before anything is typed: for families and pupils everybody within reach, for staff their lists."""
    if reach.viewer.is_staff:
        return lists_of(reach)[:MOST_FOUND]
    return [*lists_of(reach), *_people(reach, [])][:MOST_OFFERED]


def lists_of(reach: Reach) -> list[Offer]:
    """The lists that one may use (one query)."""
    told: list[Offer] = []
    guardians, pupils = reach.scope(Reader.GUARDIAN), reach.scope(Reader.PUPIL)
    if reach.viewer.is_staff or pupils == Scope.OWN:
        for pk, name in reach.groups().order_by("kind", "name").values_list("pk", "name"):
            if guardians != Scope.NONE:
                told.append(Offer(f"gs{pk}", GROUPS["gs"]() % {"group": name}, is_list=True))
            if pupils != Scope.NONE:
                told.append(Offer(f"es{pk}", GROUPS["es"]() % {"group": name}, is_list=True))
            if reach.viewer.is_staff:
                told.append(Offer(f"ts{pk}", GROUPS["ts"]() % {"group": name}, is_list=True))
    if reach.viewer.is_staff:
        told += [
            Offer(f"l-{name}", LISTS[name](), is_list=True) for name in ("head_teachers", "teachers", "staff")
        ]
        if reach.writer == Writer.STAFF:
            told += [
                Offer(f"l-{name}", LISTS[name](), is_list=True)
                for name, scope in (("guardians", guardians), ("pupils", pupils))
                if scope == Scope.ALL
            ]
    return told


def _named(ids: Any, words: list[str]) -> list[Person]:
    people = Person.objects.filter(pk__in=ids)
    for word in words:
        people = people.filter(search_name__contains=word)
    return list(people.order_by("search_name", "pk")[: MOST_FOUND if words else MOST_OFFERED])


def _people(reach: Reach, words: list[str]) -> list[Offer]:
    """Adults first, then families, then pupils."""
    told: list[Offer] = []
    staff = _named(reach.staff().values("person_id"), words)
    jobs = _jobs(reach, staff)
    told += [Offer(f"s{one.pk}", one.full_name, jobs.get(one.pk, "")) for one in staff]
    if reach.scope(Reader.GUARDIAN) != Scope.NONE and words:
        told += _guardians(reach, words)
    if reach.scope(Reader.PUPIL) != Scope.NONE:
        pupils = _named(reach.pupils(), words)
        classes = _classes(reach, pupils)
        told += [Offer(f"e{pupil.pk}", pupil.full_name, classes.get(pupil.pk, "")) for pupil in pupils]
    return told


def _guardians(reach: Reach, words: list[str]) -> list[Offer]:
    """Found by their own name, or by that of the pupil."""
    ties = reach.guardians()
    pupils = [one.pk for one in _named(ties.values("pupil_id"), words)]
    adults = [one.pk for one in _named(ties.values("guardian_id"), words)]
    near = ties.filter(guardian__in=adults) | ties.filter(pupil__in=pupils)
    seen: dict[int, Offer] = {}
    for tie in near.select_related("guardian", "pupil").order_by("guardian__search_name", "pk")[
        : 2 * MOST_FOUND
    ]:
        told = _("%(kinship)s, %(pupil)s") % {
            "kinship": tie.get_kinship_display(),
            "pupil": tie.pupil.full_name,
        }
        seen.setdefault(tie.guardian_id, Offer(f"g{tie.guardian_id}", tie.guardian.full_name, told))
    return list(seen.values())[:MOST_FOUND]


def _jobs(reach: Reach, people: list[Person]) -> dict[int, str]:
    """« Enseignante · français », « Vie scolaire »: the other titles are words of official files."""
    held = Holding.objects.active(reach.today).filter(
        school=reach.school_id, person__in=[person.pk for person in people]
    )
    civility = {person.pk: person.civility for person in people}
    told: dict[int, str] = {}
    for person, role, title in held.order_by("pk").values_list("person_id", "role", "title"):
        said = Role(role).said_of(civility[person])
        told.setdefault(person, f"{said} · {title}" if title and role == Role.TEACHER else said)
    return told


def _classes(reach: Reach, people: list[Person]) -> dict[int, str]:
    learnt = Enrolment.objects.active(reach.today).filter(
        school=reach.school_id, pupil__in=[person.pk for person in people], group__kind=Group.Kind.CLASS
    )
    return dict(learnt.values_list("pupil_id", "group__name"))


TEACHERS = Prepared(
    lambda viewer, pupil: (
        Assignment.objects.filter(
            active_on(viewer.today),
            group__in=Enrolment.objects.filter(
                active_on(viewer.today), pupil=pupil, group__kind=Group.Kind.CLASS
            ).values("group_id"),
        )
        .order_by("-kind", "pk")
        .values_list("teacher_id", "teacher__given_name", "teacher__family_name", "kind", "subject__name")
    )
)
GUARDIANS = Prepared(
    lambda viewer, pupil: (
        Guardianship.objects.informed(viewer.today)
        .of_another()
        .filter(pupil=pupil, guardian__is_institution=False)
        .order_by("contact_priority", "pk")
        .values_list("guardian_id", "guardian__given_name", "guardian__family_name", "kinship")
    )
)
MOST_NAMED = 4


def guardians_of(viewer: Viewer, pupil: Person) -> list[Offer]:
    """For staff, the adults to write to about a pupil (one query). What the table forbids is said later."""
    if not viewer.works_with_pupils:
        return []
    return [
        Offer(f"g{pk}", f"{given} {family}".strip(), str(Kinship(kinship).on_lists))
        for pk, given, family, kinship in GUARDIANS(viewer, pupil.pk)
    ][:MOST_NAMED]


def teachers_of(viewer: Viewer, pupil: Person) -> list[Offer]:
    """For a family, the teachers of a pupil, the head teacher first (one query). What the table forbids is said later."""
    told: dict[int, Offer] = {}
    for pk, given, family, kind, subject in TEACHERS(viewer, pupil.pk):
        said = subject or (_("Professeur principal") if kind == Assignment.Kind.HEAD_TEACHER else "")
        told.setdefault(pk, Offer(f"s{pk}", f"{given} {family}".strip(), said))
    return [one for one in told.values() if one.key != f"s{viewer.person.pk}"][:MOST_NAMED]
