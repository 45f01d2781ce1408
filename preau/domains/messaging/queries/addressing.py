"""Whom one may address: what is offered before typing, and what a few letters find."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from preau.directory.boards import spokespeople
from preau.directory.models import Assignment, Enrolment, Group, Guardianship, Holding, Person
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer
from preau.directory.words import Kinship, Role, lead_of_class
from preau.domains.messaging.models import Reader, Scope, Writer
from preau.domains.messaging.queries.reach import GROUPS, LISTS, Reach, own_words
from preau.domains.timetable.models import Lesson
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
    lists = [
        one
        for one in [*lists_of(reach), *own_lists_of(reach)]
        if all(word in text.fold(f"{one.label} {one.detail}") for word in words)
    ]
    return [*lists[:MOST_FOUND], *_people(reach, words)][: 2 * MOST_FOUND]


def offered(reach: Reach) -> list[Offer]:
    """What is offered before anything is typed: for families and pupils everybody within reach, for staff their lists."""
    if reach.viewer.is_staff:
        return lists_of(reach)[:MOST_FOUND]
    return [*lists_of(reach), *_people(reach, [])][:MOST_OFFERED]


def own_lists_of(reach: Reach) -> list[Offer]:
    """One's own groups of work, their families then their pupils, as the table lets one write to them (one query)."""
    return [Offer(key, own_words(key, one), one.group, is_list=True) for key, one in reach.own_lists.items()]


def lists_of(reach: Reach) -> list[Offer]:
    """The lists that one may use (one query)."""
    offers: list[Offer] = []
    guardians, pupils = reach.scope(Reader.GUARDIAN), reach.scope(Reader.PUPIL)
    if reach.viewer.is_staff or pupils == Scope.OWN:
        for pk, name in reach.groups().order_by("kind", "rank", "name").values_list("pk", "name"):
            if guardians != Scope.NONE:
                offers.append(Offer(f"gs{pk}", GROUPS["gs"]() % {"group": name}, is_list=True))
            if pupils != Scope.NONE:
                offers.append(Offer(f"es{pk}", GROUPS["es"]() % {"group": name}, is_list=True))
            if reach.viewer.is_staff:
                offers.append(Offer(f"ts{pk}", GROUPS["ts"]() % {"group": name}, is_list=True))
    if reach.viewer.is_staff:
        offers += [
            Offer(f"l-{name}", reach.list_label(name), is_list=True)
            for name in ("head_teachers", "teachers", "staff")
        ]
        if reach.writer == Writer.STAFF:
            offers += [
                Offer(f"l-{name}", reach.list_label(name), is_list=True)
                for name, scope in (("guardians", guardians), ("pupils", pupils))
                if scope == Scope.ALL
            ]
        # Of those whom the table lets one write to: within reach, each is looked at again when the message leaves.
        offers += [
            Offer(f"l-{one.key}", reach.list_label(one.key), is_list=True)
            for one in spokespeople
            if one.key in LISTS and (pupils if one.are_pupils else guardians) != Scope.NONE
        ]
    return offers


def _named(ids: Any, words: list[str]) -> list[Person]:
    people = Person.objects.filter(pk__in=ids)
    for word in words:
        people = people.filter(search_name__contains=word)
    return list(people.order_by("search_name", "pk")[: MOST_FOUND if words else MOST_OFFERED])


def _people(reach: Reach, words: list[str]) -> list[Offer]:
    """Adults first, then families, then pupils."""
    offers: list[Offer] = []
    staff = _named(reach.staff().values("person_id"), words)
    jobs, heads = _jobs(reach, staff), _heads(reach)
    staff.sort(key=lambda one: one.pk not in heads)
    in_ecole = reach.viewer.is_ecole(reach.school_id)
    for one in staff:
        if one.pk in heads:
            head = lead_of_class(in_ecole=in_ecole, civility=one.civility)
            jobs[one.pk] = " · ".join([head, *filter(None, [jobs.get(one.pk)])])
    offers += [Offer(f"s{one.pk}", one.full_name, jobs.get(one.pk, "")) for one in staff]
    if reach.scope(Reader.GUARDIAN) != Scope.NONE and words:
        offers += _guardians(reach, words)
    if reach.scope(Reader.PUPIL) != Scope.NONE:
        pupils = _named(reach.pupils(), words)
        classes = _classes(reach, pupils)
        offers += [Offer(f"e{pupil.pk}", pupil.full_name, classes.get(pupil.pk, "")) for pupil in pupils]
    return offers


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
        detail = _("%(kinship)s, %(pupil)s") % {
            "kinship": tie.get_kinship_display(),
            "pupil": tie.pupil.full_name,
        }
        seen.setdefault(tie.guardian_id, Offer(f"g{tie.guardian_id}", tie.guardian.full_name, detail))
    return list(seen.values())[:MOST_FOUND]


def _jobs(reach: Reach, people: list[Person]) -> dict[int, str]:
    """« Enseignante · français », « Vie scolaire »: the other titles are words of official files."""
    held = Holding.objects.active(reach.today).filter(
        school=reach.school_id, person__in=[person.pk for person in people]
    )
    civility = {person.pk: person.civility for person in people}
    jobs: dict[int, str] = {}
    for person, role, title in held.order_by("pk").values_list("person_id", "role", "title"):
        job = Role(role).said_of(civility[person])
        jobs.setdefault(person, f"{job} · {title}" if title and role == Role.TEACHER else job)
    return jobs


def _heads(reach: Reach) -> set[int]:
    """For a family or a pupil, the head teachers of their own classes there (one query); nobody for the staff."""
    if reach.viewer.is_staff:
        return set()
    learnt = Enrolment.objects.active(reach.today).filter(
        school=reach.school_id, pupil__in=reach.viewer.own_pupils(), group__kind=Group.Kind.CLASS
    )
    led = Assignment.objects.active(reach.today).filter(
        kind=Assignment.Kind.HEAD_TEACHER, group__in=learnt.values("group_id")
    )
    return set(led.values_list("teacher_id", flat=True))


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
        .values_list(
            "teacher_id",
            "teacher__given_name",
            "teacher__family_name",
            "kind",
            "subject__name",
            "teacher__civility",
            "school_id",
        )
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
    offers: dict[int, Offer] = {}
    for pk, given, family, kind, subject, civility, school in TEACHERS(viewer, pupil.pk):
        in_ecole = viewer.is_ecole(school)
        lead = lead_of_class(in_ecole=in_ecole, civility=civility if in_ecole else "")
        detail = subject or (lead if kind == Assignment.Kind.HEAD_TEACHER else "")
        offers.setdefault(pk, Offer(f"s{pk}", f"{given} {family}".strip(), detail))
    return [one for one in offers.values() if one.key != f"s{viewer.person.pk}"][:MOST_NAMED]


def way_to_write(viewer: Viewer, lesson: Lesson, teacher: int) -> tuple[str, str, str] | None:
    """To whoever gave the work of a lesson, where the table of the school lets this pupil write to them (two queries)."""
    within = Reach(viewer, lesson.school_id).staff().filter(person=teacher).select_related("person").first()
    if within is None:
        return None
    label = _("Écrire à %(name)s") % {"name": within.person.formal_name}
    return label, f"{reverse('messaging:write')}?a=s{teacher}", "pencil"
