"""Who is in a space: pupils by the directory, teachers, parties; whom to tell."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.translation import gettext as _

from preau.directory.models import Assignment, Enrolment, Holding, Person
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer
from preau.domains.spaces import rules
from preau.domains.spaces.models import Party, Space
from preau.domains.spaces.models.spaces import ANSWERABLE, Power


def pupils_in(space: Space, day: date) -> Any:
    """The enrolments by which pupils are in a space that day."""
    rows = Enrolment.objects.filter(active_on(day))
    if space.is_of_a_group:
        return rows.filter(group=space.group_id)
    parts = Party.objects.present().filter(space=space.pk, group__isnull=False)
    return rows.filter(group__in=parts.values("group_id"))


def teachers_of(space: Space, day: date) -> Any:
    """Those who teach there that day: of a teaching, its subject; of a class or a group, all of it."""
    rows = Assignment.objects.filter(active_on(day), group=space.group_id)
    return rows.filter(subject=space.subject_id) if space.subject_id else rows


def whom_to_tell(space: Space, day: date) -> list[tuple[int, str]]:
    """Everybody who enters it, each with the seat from which they do (three queries at most)."""
    found = dict.fromkeys(
        pupils_in(space, day).order_by("pupil_id").values_list("pupil_id", flat=True), "pupil"
    )
    seats = dict.fromkeys(found, "")
    for person, school in runners(space, day):
        seats.setdefault(person, f"staff-{school}")
    if not space.is_of_a_group:
        named = Party.objects.present().filter(space=space.pk, person__isnull=False).order_by("pk")
        for person, school in named.values_list("person_id", "school_id"):
            seats.setdefault(person, f"staff-{school}")
    return list(seats.items())


def runners(space: Space, day: date) -> list[tuple[int, int]]:
    """Who answers questions there, each with their school: teachers, or whoever was named to run it (one query)."""
    if space.is_of_a_group:
        rows = (
            teachers_of(space, day).order_by("teacher_id").values_list("teacher_id", "school_id").distinct()
        )
        return list(rows)
    working = Holding.objects.active(day).filter(person=OuterRef("person"), school=OuterRef("school"))
    named = Party.objects.present().filter(Exists(working), space=space.pk, power=Power.RUN)
    return list(named.order_by("pk").values_list("person_id", "school_id"))


def runners_of(spaces: Sequence[Space]) -> dict[int, list[tuple[int, int]]]:
    """By space of a year, who ran it on its last day, each with their school (two queries, whatever their number)."""
    found: dict[int, list[tuple[int, int]]] = {}
    ids = [space.pk for space in spaces]
    last_day: Any = F("group__spaces__last_day")
    taught = Assignment.objects.filter(
        active_on(last_day),
        Q(group__spaces__subject=None) | Q(subject=F("group__spaces__subject")),
        group__spaces__in=ids,
    )
    rows = list(
        taught.order_by("teacher_id").values_list("group__spaces", "teacher_id", "school_id").distinct()
    )
    working = Holding.objects.filter(
        active_on(OuterRef("space__last_day")), person=OuterRef("person"), school=OuterRef("school")
    )
    named = Party.objects.present().filter(Exists(working), space__in=ids, power=Power.RUN)
    rows += named.order_by("pk").values_list("space_id", "person_id", "school_id")
    for space, person, school in rows:
        found.setdefault(space, []).append((person, school))
    return found


def whom_to_warn(space: Space, day: date) -> list[tuple[int, int]]:
    """Who is told of what is reported: whoever runs the space; while nobody does, head and school life, where they moderate."""
    found = runners(space, day)
    if found or space.kind in {Space.Kind.TEAM, Space.Kind.OWN}:
        return found
    held = Holding.objects.active(day).filter(school=space.school_id, role__in=ANSWERABLE)
    return list(held.order_by("person_id").values_list("person_id", "school_id").distinct())


@dataclass(frozen=True)
class PartyRow:
    """Who takes part, as the page of members shows it."""

    pk: int
    name: str
    school: str
    power: str
    may_end: bool = False


@dataclass(frozen=True)
class People:
    """Who is in a space: names of teachers, number of pupils, parties."""

    teachers: list[Person] = field(default_factory=list)
    pupils: int = 0

    @property
    def names(self) -> str:
        """« Mme Moreau », « Mme Moreau et M. Lefèvre », « Mme Moreau et 3 autres »."""
        names = [person.formal_name for person in self.teachers]
        if len(names) > 2:
            return _("%(name)s et %(num)s autres") % {"name": names[0], "num": len(names) - 1}
        return _(" et ").join(names)


def people_of(space: Space, day: date) -> People:
    """Teachers and the number of pupils (two queries)."""
    ids = [person for person, _school in runners(space, day)]
    teachers = list(Person.objects.filter(pk__in=ids).order_by("search_name", "pk")) if ids else []
    pupils = pupils_in(space, day).aggregate(count=Count("pupil_id", distinct=True))["count"]
    return People(teachers, pupils)


def teachers_by_space(spaces: Iterable[Space], day: date) -> dict[int, list[str]]:
    """By space of a teaching, its teachers as families name them (one query)."""
    found: dict[int, list[str]] = {}
    rows = Assignment.objects.filter(
        active_on(day), group__spaces__in=[space.pk for space in spaces], subject=F("group__spaces__subject")
    )
    named = rows.annotate(of_space=F("group__spaces")).select_related("teacher")
    for row in named.order_by("teacher__search_name", "pk"):
        names = found.setdefault(row.of_space, [])
        if row.teacher.formal_name not in names:
            names.append(row.teacher.formal_name)
    return found


def parties_of(space: Space) -> list[Party]:
    """Those who take part now (one query)."""
    rows = Party.objects.present().filter(space=space.pk).select_related("school", "group", "person", "space")
    return list(rows.order_by("school__name", "group__name", "person__search_name", "pk"))


def name_for(viewer_school: int | None, person: Any, schools: int) -> str:
    """How an author is named: whole, within one school; where several meet, « Nina A. »."""
    if person is None:
        return ""
    if schools > 1 and person.family_name:
        return f"{person.given_name} {person.family_name[:1]}.".strip()
    return str(person.full_name)


def signed(viewer_school: int | None, person: Any, schools: int) -> str:
    """The same, an adult as families name them."""
    if person is not None and person.civility:
        return str(person.formal_name)
    return name_for(viewer_school, person, schools)


def number_of_schools(space: Space) -> int:
    """How many schools take part, or did: what is left of those that went stays signed as it was promised (one query for a project)."""
    if space.kind != Space.Kind.PROJECT:
        return 1
    rows = Party.objects.filter(space=space.pk).exclude(school=space.school_id)
    return 1 + int(rows.aggregate(count=Count("school", distinct=True))["count"])


def party_rows(viewer: Viewer, space: Space) -> list[PartyRow]:
    """Who takes part in a project or a team, each with whether the viewer may end it (one query)."""
    if space.is_of_a_group or space.kind == Space.Kind.OWN:
        return []
    rows = []
    for party in parties_of(space):
        party.space = space
        name = party.group.name if party.group else (party.person.full_name if party.person else "")
        rows.append(
            PartyRow(
                party.pk,
                name,
                party.school.name,
                str(Power(party.power).label),
                rules.ends_party(viewer, party),
            )
        )
    return rows


MOST_NAMES = 200


def pupil_names(viewer: Viewer, space: Space) -> list[str]:
    """The pupils of a space by name, for whoever runs it, of their own school alone (one query); to the others, only their number."""
    if not rules.runs(viewer, space):
        return []
    rows = pupils_in(space, viewer.today).filter(school=viewer.school_id)
    people = Person.objects.filter(pk__in=rows.values("pupil_id")).order_by("search_name", "pk")
    return [person.list_name for person in people[:MOST_NAMES]]
