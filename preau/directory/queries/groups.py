"""What the pages of classes and groups say: who learns in them, who teaches them, who is in none."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, QuerySet

from preau.directory.models import Assignment, Enrolment, Group, Person
from preau.directory.queries.finding import pupils_here
from preau.directory.viewer import Viewer
from preau.directory.words import OfLevel, lead_of_class, level_rank, level_said
from preau.foundation import boards


@dataclass(frozen=True)
class GroupRow(OfLevel):
    """A class or a group: how many pupils, its head teachers or its teachers, and for a group the classes it draws from."""

    pk: int
    name: str
    level: str
    size: int
    teachers: str
    classes: str = ""


@dataclass(frozen=True)
class LevelRows:
    """The classes of one level, and their pupils together."""

    label: str
    rows: tuple[GroupRow, ...]

    @property
    def size(self) -> int:
        return sum(row.size for row in self.rows)


@dataclass(frozen=True)
class OwnGroup:
    """A class of a pupil whom the viewer follows, with its head teachers; or a group, with its teachers."""

    pk: int
    name: str
    kind: str
    pupil: str
    teachers: str


@dataclass(frozen=True)
class TeamLine:
    """A subject, and who teaches it: name and public id."""

    subject: str
    teachers: tuple[tuple[str, str], ...]


# The school's classes and groups


def groups_of_year(viewer: Viewer, kind: Group.Kind) -> "QuerySet[Group]":
    """The classes, or the groups, of the current year that the viewer sees."""
    found: QuerySet[Group] = Group.objects.visible_to(viewer).filter(
        kind=kind, year=F("school__current_year")
    )
    return found.order_by("rank", "name", "pk")


def classes_by_level(viewer: Viewer) -> list[LevelRows]:
    """Every class of the year, level by level, the youngest first: three queries."""
    classes = list(groups_of_year(viewer, Group.Kind.CLASS))
    levels: dict[str, list[GroupRow]] = defaultdict(list)
    for row in _rows(viewer, classes, Assignment.Kind.HEAD_TEACHER):
        levels[row.level].append(row)
    ordered = sorted(levels, key=lambda level: (level_rank(level), level))
    return [LevelRows(level_said(level), tuple(levels[level])) for level in ordered]


def group_rows(viewer: Viewer, groups: Sequence[Group]) -> list[GroupRow]:
    """These groups with their teachers and the classes they draw from: three queries."""
    return _rows(viewer, groups, Assignment.Kind.TEACHES, _drawn_from(groups))


def _rows(
    viewer: Viewer,
    groups: Sequence[Group],
    kind: Assignment.Kind,
    drawn: dict[int, list[str]] | None = None,
) -> list[GroupRow]:
    ids = [group.pk for group in groups]
    sizes, teachers = sizes_of(viewer, ids), _teachers_of(viewer, ids, kind)
    return [
        GroupRow(
            group.pk,
            group.name,
            group.level,
            sizes.get(group.pk, 0),
            ", ".join(teachers.get(group.pk, ())),
            ", ".join((drawn or {}).get(group.pk, ())),
        )
        for group in groups
    ]


def sizes_of(viewer: Viewer, groups: Collection[int]) -> dict[int, int]:
    """How many pupils of the school each of these has today."""
    learning = _learning(viewer).filter(group__in=groups).order_by()
    return dict(learning.values_list("group_id").annotate(Count("pupil_id", distinct=True)))


def _learning(viewer: Viewer) -> "QuerySet[Enrolment]":
    """Who is enrolled today, and still is a pupil of the school."""
    rows: QuerySet[Enrolment] = Enrolment.objects.visible_to(viewer).active(viewer.today)
    return rows.filter(pupil__in=pupils_here(viewer).values("person_id"))


def _teachers_of(
    viewer: Viewer, groups: Collection[int], kind: Assignment.Kind
) -> dict[int, dict[str, None]]:
    """Who teaches each of these, or is its head teacher, by the name families know."""
    assignments = Assignment.objects.active(viewer.today).filter(
        group__in=groups, kind=kind, teacher__erased_at=None
    )
    found: dict[int, dict[str, None]] = defaultdict(dict)
    for row in assignments.select_related("teacher").order_by("teacher__search_name", "pk"):
        found[row.group_id][row.teacher.formal_name] = None
    return found


def _drawn_from(groups: Sequence[Group]) -> dict[int, list[str]]:
    rows = Group.classes.through.objects.filter(from_group__in=[group.pk for group in groups])
    found: dict[int, list[str]] = defaultdict(list)
    for group, name in rows.order_by("to_group__name").values_list("from_group_id", "to_group__name"):
        found[group].append(name)
    return found


def pupils_without_class(viewer: Viewer) -> "QuerySet[Person]":
    """The pupils of the school who are in no class of the current year, in alphabetical order."""
    placed = Enrolment.objects.active(viewer.today).filter(
        school_id=viewer.school_id, group__kind=Group.Kind.CLASS, group__year=viewer.year
    )
    here = Person.objects.filter(pk__in=pupils_here(viewer).values("person_id"), erased_at=None)
    return here.exclude(pk__in=placed.values("pupil_id"))


def own_groups(viewer: Viewer) -> list[OwnGroup]:
    """A family's: the classes and groups of each child, classes first, with the head teacher or the teachers: three queries at most."""
    rows = Enrolment.objects.visible_to(viewer).active(viewer.today)
    rows = rows.filter(group__year=F("group__school__current_year")).select_related("group", "pupil")
    learnt = list(rows.order_by("pupil__given_name", "pupil_id", "group__kind", "group__name"))
    classes = [row.group_id for row in learnt if row.group.kind == Group.Kind.CLASS]
    groups = [row.group_id for row in learnt if row.group.kind == Group.Kind.GROUP]
    teachers = _teachers_of(viewer, classes, Assignment.Kind.HEAD_TEACHER)
    teachers |= _teachers_of(viewer, groups, Assignment.Kind.TEACHES) if groups else {}
    return [
        OwnGroup(
            row.group_id,
            row.group.name,
            str(Group.Kind(row.group.kind).label),
            row.pupil.given_name,
            ", ".join(teachers.get(row.group_id, ())),
        )
        for row in learnt
    ]


@dataclass(frozen=True)
class OwnTaught:
    """A class or a group of a teacher, and what they are there: « Mathématiques, professeur principal »."""

    pk: int
    name: str
    is_class: bool
    said: str


def _lead(viewer: Viewer, row: Assignment) -> str:
    """How who leads a class is called; of a woman, in an école alone."""
    civility = row.teacher.civility if viewer.in_primary else ""
    return lead_of_class(in_ecole=viewer.in_primary, civility=civility)


def own_taught(viewer: Viewer) -> list[OwnTaught]:
    """The classes and groups that the viewer teaches or leads this year, classes first (one query)."""
    rows = Assignment.objects.visible_to(viewer).active(viewer.today)
    rows = rows.filter(teacher=viewer.person.pk, group__year=viewer.year).select_related(
        "group", "subject", "teacher"
    )
    found: dict[Group, dict[str, None]] = defaultdict(dict)
    for row in rows.order_by("group__kind", "group__rank", "group__name", "kind", "subject__name"):
        found[row.group][row.subject.name if row.subject else _lead(viewer, row).lower()] = None
    return [
        OwnTaught(group.pk, group.name, group.kind == Group.Kind.CLASS, ", ".join(subjects))
        for group, subjects in found.items()
    ]


# One class or group


def pupils_of(viewer: Viewer, group: Group) -> "QuerySet[Person]":
    """Who learns there today, in alphabetical order of the usage names."""
    learning = _learning(viewer).filter(group=group)
    return Person.objects.filter(pk__in=learning.values("pupil_id"), erased_at=None)


def team_of(viewer: Viewer, group: Group) -> list[TeamLine]:
    """Who teaches there: the head teacher first, then by subject."""
    rows = Assignment.objects.visible_to(viewer).active(viewer.today).filter(group=group)
    rows = rows.filter(teacher__erased_at=None).select_related("teacher", "subject")
    found: dict[str, dict[tuple[str, str], None]] = {}
    for row in rows.order_by("kind", "subject__name", "teacher__search_name", "pk"):
        subject = row.subject.name if row.subject else _lead(viewer, row)
        found.setdefault(subject, {})[row.teacher.formal_name, row.teacher.public_id] = None
    return [TeamLine(subject, tuple(teachers)) for subject, teachers in found.items()]


def neighbours_of(viewer: Viewer, group: Group) -> "QuerySet[Group]":
    """Of a class, the groups that draw from it; of a group, its classes. Those that the viewer sees."""
    seen: QuerySet[Group] = Group.objects.visible_to(viewer)
    drawn: dict[str, Any] = {"classes": group} if group.kind == Group.Kind.CLASS else {"groups_drawn": group}
    return seen.filter(**drawn).order_by("name", "pk").distinct()


def facts_of(viewer: Viewer, group: Group) -> list[tuple[boards.GroupFact, Mapping[str, Any], str]]:
    """What each house shows of a class or a group to this adult: its entry, its context, where the rest is."""
    found = []
    for fact, seated in boards.offered(boards.group_facts, viewer):
        context = fact.content(seated, group) if fact.open_to(seated) else None
        if context is not None:
            found.append((fact, context, fact.more(seated, group) if fact.more else ""))
    return found


def groups_by_pupil(viewer: Viewer, pupils: Iterable[int]) -> dict[int, list[str]]:
    """The groups of the year of each of these pupils."""
    rows = Enrolment.objects.visible_to(viewer).active(viewer.today)
    rows = rows.filter(
        pupil__in=list(pupils), group__kind=Group.Kind.GROUP, group__year=F("group__school__current_year")
    )
    found: dict[int, list[str]] = defaultdict(list)
    for pupil, name in rows.order_by("group__name").values_list("pupil_id", "group__name"):
        found[pupil].append(name)
    return found
