"""What next year will look like beside this one, and what former years were."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.directory.calendar import school_days_around
from preau.directory.models import (
    Assignment,
    Delivery,
    Enrolment,
    Group,
    Holding,
    Person,
    Placement,
    PlannedClass,
    SchoolYear,
    YearPlan,
)
from preau.directory.rules.years import rank_of
from preau.directory.viewer import Viewer
from preau.directory.words import OfLevel, Role, level_rank

Outcome = Placement.Outcome


def plan_of(viewer: Viewer) -> YearPlan | None:
    """What the viewer's school prepares."""
    plans = YearPlan.objects.visible_to(viewer).open().select_related("from_year", "school", "asked_by")
    found: YearPlan | None = plans.first()
    return found


def last_switch(viewer: Viewer) -> YearPlan | None:
    """The last switch of the viewer's school, if it led to the year that goes on."""
    plans = YearPlan.objects.visible_to(viewer).exclude(switched_at=None).filter(to_year=viewer.year)
    found: YearPlan | None = plans.select_related("from_year", "to_year").order_by("-switched_at").first()
    return found


def proposed_year(year: SchoolYear) -> dict[str, Any]:
    """Name and days of the year after this one: those of the published calendar, else the same a year later."""
    first, last = (_a_year_later(day) for day in (year.starts, year.ends))
    if first.month >= 8:
        opens, closes = school_days_around(first.year, year.school.holiday_zone)
        first, last = opens or first, closes or last
    return {"name": f"{first.year}-{first.year + 1}", "starts": first, "ends": last}


def _a_year_later(day: date) -> date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + 1, day=28 if leap else day.day)


# Pupils


def learning_in(plan: YearPlan, today: date) -> "QuerySet[Any]":
    """The pupils of the school, with their class of this year (`group_id`, `group_name`): the first of two, None for whoever has none.

    Whoever a file has put in a class of the new year already, and in none of this one, is not to be placed.
    """
    goes_on = Q(ends=None) | Q(ends__gt=today)
    held = Holding.objects.filter(goes_on, school=plan.school_id, role=Role.PUPIL)
    learnt = Enrolment.objects.filter(
        goes_on, school=plan.school_id, group__kind=Group.Kind.CLASS, pupil=OuterRef("pk")
    )
    here = learnt.filter(group__year=plan.from_year_id).order_by("pk")
    later = learnt.filter(group__year__starts__gt=plan.from_year.starts)
    people: Any = Person.objects.filter(pk__in=held.values("person_id"), erased_at=None)
    people = people.annotate(
        group_id=Subquery(here.values("group_id")[:1]), group_name=Subquery(here.values("group__name")[:1])
    )
    found: QuerySet[Any] = people.filter(Q(group_id__isnull=False) | ~Exists(later))
    return found


def undecided_of(plan: YearPlan, today: date) -> "QuerySet[Any]":
    decided = Placement.objects.filter(plan=plan, person=OuterRef("pk")).of_pupils()
    return learning_in(plan, today).exclude(Exists(decided))


def in_class(rows: "QuerySet[Any]", group: Group | None) -> "QuerySet[Any]":
    """Of these pupils, those of a class, or of none."""
    return rows.filter(group_id=group.pk) if group else rows.filter(group_id__isnull=True)


class Show(StrEnum):
    """Which pupils a list shows, as its address says it."""

    UNDECIDED = "a-decider"
    MOVES = "passent"
    REPEATS = "redoublent"
    LEAVES = "partent"


SHOWN = {
    Show.UNDECIDED: gettext_lazy("À décider"),
    Show.MOVES: gettext_lazy("Passent"),
    Show.REPEATS: gettext_lazy("Redoublent"),
    Show.LEAVES: gettext_lazy("Partent"),
}
OUTCOMES = {Show.MOVES: Outcome.MOVES, Show.REPEATS: Outcome.REPEATS, Show.LEAVES: Outcome.LEAVES}


def pupils_shown(
    plan: YearPlan, show: Show, today: date, target: PlannedClass | None = None
) -> "QuerySet[Any]":
    """The pupils of one kind, by name, with their class (`group_name`) and what follows (`there`, `elsewhere`)."""
    own = Placement.objects.filter(plan=plan, person=OuterRef("pk")).of_pupils()
    rows = _with_outcome(plan, today).annotate(
        there=Subquery(own.values("target__name")[:1]), elsewhere=Subquery(own.values("elsewhere")[:1])
    )
    if target:
        rows = rows.filter(Exists(own.filter(target=target)))
    elif show == Show.UNDECIDED:
        rows = rows.filter(outcome=None)
    else:
        rows = rows.filter(outcome=OUTCOMES[show])
    return rows.order_by("search_name", "pk")


def lines_shown(plan: YearPlan, show: Show, today: date) -> Iterator[Sequence[object]]:
    """The same list for a spreadsheet, in one query."""
    for row in pupils_shown(plan, show, today).iterator():
        leaves = row.outcome == Outcome.LEAVES
        fate = row.there or (_("Quitte l’établissement") if leaves else _("À décider"))
        yield [row.family_name, row.given_name, row.group_name or "", fate, row.elsewhere or ""]


# Figures


@dataclass(frozen=True)
class ClassRow(OfLevel):
    """A class of this year, and how many of its pupils are still to decide."""

    pk: int
    name: str
    level: str
    pupils: int
    undecided: int


def class_rows(plan: YearPlan, today: date, groups: Iterable[Group]) -> list[ClassRow]:
    """These classes in figures, in one query."""
    groups = list(groups)
    rows = _with_outcome(plan, today).filter(group_id__in=[group.pk for group in groups])
    counts = _counts_of(rows)
    return [ClassRow(group.pk, group.name, group.level, *counts.get(group.pk, (0, 0))) for group in groups]


def without_class(plan: YearPlan, today: date) -> tuple[int, int]:
    """Pupils of no class this year, and how many of them are still to decide."""
    return _counts_of(in_class(_with_outcome(plan, today), None)).get(None, (0, 0))


def _counts_of(rows: "QuerySet[Any]") -> dict[int | None, tuple[int, int]]:
    counts = (
        rows.order_by()
        .values_list("group_id")
        .annotate(every=Count("pk"), left=Count("pk", filter=Q(outcome=None)))
    )
    return {group: (every, left) for group, every, left in counts}


def _with_outcome(plan: YearPlan, today: date) -> "QuerySet[Any]":
    """The pupils of this year with what becomes of them (`outcome`, None while it is to decide)."""
    own = Placement.objects.filter(plan=plan, person=OuterRef("pk")).of_pupils()
    return learning_in(plan, today).annotate(outcome=Subquery(own.values("outcome")[:1]))


def _counted(rows: "QuerySet[Any]", by: str) -> dict[Any, int]:
    return dict(rows.order_by().values_list(by).annotate(count=Count("pk")))


def classes_of(year_id: int) -> "QuerySet[Group]":
    """The classes of a year, the youngest first."""
    found: QuerySet[Group] = Group.objects.classes().filter(year=year_id).order_by("rank", "name", "pk")
    return found


@dataclass(frozen=True)
class Totals:
    """Pupils by what becomes of them."""

    pupils: int
    undecided: int
    moves: int
    repeats: int
    leaves: int


def totals_of(plan: YearPlan, today: date) -> Totals:
    """In one query."""
    counts = _counted(_with_outcome(plan, today), "outcome")
    each = [counts.get(one, 0) for one in (None, Outcome.MOVES, Outcome.REPEATS, Outcome.LEAVES)]
    return Totals(sum(each), *each)


@dataclass(frozen=True)
class PlannedRow(OfLevel):
    """A class of next year, and how many pupils are placed in it."""

    pk: int
    name: str
    level: str
    team: str
    pupils: int


def planned_rows(plan: YearPlan, today: date) -> list[PlannedRow]:
    """The classes of next year in figures, the youngest first, in one query: a school has a hundred at most."""
    learn = learning_in(plan, today).values("pk")
    placed = Placement.objects.filter(target=OuterRef("pk"), person__in=learn).order_by().values("target")
    rows: Any = plan.classes.select_related("team").order_by("name", "pk")
    rows = rows.annotate(pupils=Coalesce(Subquery(placed.annotate(count=Count("pk")).values("count")), 0))
    return [
        PlannedRow(row.pk, row.name, row.level, row.team.name if row.team else "", row.pupils)
        for row in sorted(rows, key=lambda row: level_rank(row.level))
    ]


def counted_classes(plan: YearPlan, today: date) -> list[Any]:
    """The classes of this year, with their pupils (`pupils`), in two queries."""
    counts = _counted(learning_in(plan, today), "group_id")
    classes: list[Any] = list(classes_of(plan.from_year_id))
    for school_class in classes:
        school_class.pupils = counts.get(school_class.pk, 0)
    return classes


@dataclass(frozen=True)
class LevelRow(OfLevel):
    """A level, this year and next."""

    level: str
    classes: int
    pupils: int
    next_classes: int
    next_pupils: int


def level_rows(here: Iterable[Any], there: Iterable[PlannedRow]) -> list[LevelRow]:
    """Classes and pupils by level, in the order of the levels."""
    counts: dict[str, list[int]] = {}
    for place, rows in ((0, here), (2, there)):
        for one in rows:
            row = counts.setdefault(one.level, [0, 0, 0, 0])
            row[place] += 1
            row[place + 1] += one.pupils
    return [LevelRow(count or _("Sans niveau"), *counts[count]) for count in sorted(counts, key=_place_of)]


def _place_of(level: str) -> tuple[int, str]:
    rank = rank_of(level)
    return (99 if rank is None else rank, level)


# Staff


def staff_of(plan: YearPlan, today: date) -> "QuerySet[Any]":
    """Whoever works in the school, those who leave first; `leaves` says who."""
    held = Holding.objects.filter(Q(ends=None) | Q(ends__gt=today), school=plan.school_id).exclude(
        role=Role.PUPIL
    )
    leaving = Placement.objects.filter(plan=plan, person=OuterRef("pk")).of_staff()
    people: Any = Person.objects.filter(pk__in=held.values("person_id"), erased_at=None)
    people = people.annotate(leaves=Exists(leaving))
    order = Case(When(leaves=True, then=Value(0)), default=Value(1), output_field=IntegerField())
    found: QuerySet[Any] = people.annotate(place=order).order_by("place", "search_name", "pk")
    return found


def leaving_staff(plan: YearPlan, today: date) -> "QuerySet[Any]":
    return staff_of(plan, today).filter(leaves=True)


def functions_in(plan: YearPlan, people: Sequence[Person], today: date) -> dict[int, str]:
    """What each of them does in the school."""
    by_person: dict[int, dict[str, None]] = {}
    civility = {person.pk: person.civility for person in people}
    held = Holding.objects.filter(
        Q(ends=None) | Q(ends__gt=today), school=plan.school_id, person__in=list(civility)
    )
    held = held.exclude(role=Role.PUPIL)
    for person, role, title in held.order_by("pk").values_list("person_id", "role", "title"):
        word = Role(role).said_of(civility[person])
        by_person.setdefault(person, {})[f"{word} · {title}" if title else word] = None
    return {person: ", ".join(words) for person, words in by_person.items()}


def keepers_left(plan: YearPlan, leaving: Collection[int], today: date) -> bool:
    """Would somebody still keep the directory?"""
    held = Holding.objects.filter(Q(ends=None) | Q(ends__gt=today), school=plan.school_id)
    return held.filter(role__in=[Role.HEAD, Role.SECRETARY]).exclude(person__in=list(leaving)).exists()


def teachers_without_class(plan: YearPlan, today: date) -> "QuerySet[Any]":
    """Teachers who stay, teach a class this year, and whom no team kept would give one next year."""
    taught = Assignment.objects.filter(Q(ends=None) | Q(ends__gt=today), group__year=plan.from_year_id)
    kept = taught.filter(group__in=plan.classes.exclude(team=None).values("team_id"))
    staying = staff_of(plan, today).filter(leaves=False, pk__in=taught.values("teacher_id"))
    found: QuerySet[Any] = staying.exclude(pk__in=kept.values("teacher_id"))
    return found


# Around the switch


def delivered_since(plan: YearPlan) -> bool:
    """Has a file been applied to the school since it switched?"""
    mine = Q(school=plan.school_id) | Q(shares__school=plan.school_id)
    late = Q(settled_at__gte=plan.switched_at) | Q(settled_at=None, state=Delivery.State.APPLYING)
    return Delivery.objects.filter(
        mine, late, state__in=[Delivery.State.DONE, Delivery.State.APPLYING]
    ).exists()


# Former years


def years_of(viewer: Viewer) -> "QuerySet[Any]":
    """The years of the school, the latest first, with their classes and pupils."""
    classes = Group.objects.classes().filter(year=OuterRef("pk")).order_by().values("year")
    rows = Enrolment.objects.filter(group__year=OuterRef("pk"), group__kind=Group.Kind.CLASS)
    learnt = rows.order_by().values("group__year")
    years: Any = SchoolYear.objects.in_school(viewer)
    found: QuerySet[Any] = years.annotate(
        classes=Subquery(classes.annotate(count=Count("pk")).values("count")),
        pupils=Subquery(learnt.annotate(count=Count("pupil", distinct=True)).values("count")),
    ).order_by("-starts", "-pk")
    return found


def classes_in(year: SchoolYear) -> "QuerySet[Any]":
    """The classes of a year, with the number of pupils who were in them (`pupils`)."""
    learnt = Enrolment.objects.filter(group=OuterRef("pk")).order_by().values("group")
    rows: Any = classes_of(year.pk)
    found: QuerySet[Any] = rows.annotate(
        pupils=Subquery(learnt.annotate(count=Count("pupil", distinct=True)).values("count"))
    )
    return found


def pupils_of_then(group: Group) -> "QuerySet[Any]":
    """Who was in a class of any year, by name."""
    rows: Any = Enrolment.objects.filter(group=group).select_related("pupil")
    found: QuerySet[Any] = rows.order_by("pupil__search_name", "pupil_id", "pk")
    return found


@dataclass(frozen=True)
class Stay:
    """A pupil in a class, both days included; without a last day they are still there."""

    name: str
    first: date | None
    last: date | None


def stays(rows: Iterable[Enrolment]) -> list[Stay]:
    """What a row keeps as the first day without, people read as the last day with."""
    return [Stay(row.pupil.list_name, row.starts, _last_day(row)) for row in rows]


def _last_day(row: Enrolment) -> date | None:
    if row.ends is None or (row.starts and row.ends <= row.starts):
        return row.ends
    return row.ends - timedelta(days=1)


def team_of_then(group: Group) -> "QuerySet[Assignment]":
    """Who taught it."""
    rows = Assignment.objects.filter(group=group).select_related("teacher", "subject")
    found: QuerySet[Assignment] = rows.order_by("kind", "subject__name", "teacher__search_name", "pk")
    return found
