"""What is to be written in a class or a group, by whom; and where a viewer has something to write."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from preau.directory.models import Assignment, Enrolment, Group, Period
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.gradebook.models import PeriodSeal
from preau.domains.report_cards.models import Appreciation, CardPolicy, Council
from preau.domains.report_cards.models.reading import reads_every_class
from preau.domains.report_cards.models.settings import LSU_LIMIT
from preau.domains.report_cards.rules.access import Kind, Passage
from preau.foundation.prepared import Prepared
from preau.foundation.text import natural

# What an address says for what is of no subject.
SCHOOL_LIFE, GENERAL = "vie-scolaire", "generale"
WORDS = {SCHOOL_LIFE: Kind.SCHOOL_LIFE, GENERAL: Kind.GENERAL}


# How long a council that was not closed keeps its period in front, and how long a period that begins waits behind the one before.
STILL = timedelta(days=14)


def _of_year(viewer: Viewer, since: datetime) -> "QuerySet[Period, Any]":
    sealed = PeriodSeal.objects.filter(period=OuterRef("pk"))
    rows = Period.objects.filter(year=viewer.year, school=viewer.school_id).order_by("starts", "pk")
    settled = CardPolicy.objects.filter(school=viewer.school_id)
    limits = {
        name: Coalesce(Subquery(settled.values(name)[:1]), Value(LSU_LIMIT))
        for name in ("subject_limit", "general_limit")
    }
    awaited = Council.objects.filter(period=OuterRef("pk"), held_at=None, starts__gte=since)
    return rows.annotate(is_sealed=Exists(sealed), awaits_councils=Exists(awaited), **limits)


OF_YEAR = Prepared(_of_year)


def periods_of(viewer: Viewer) -> list[Period]:
    """The periods of the year that have begun, each with `is_sealed`, `awaits_councils` and the limits of the school's texts: one query."""
    rows = OF_YEAR(viewer, viewer.ago(STILL)) if viewer.year else []
    return [one for one in rows if one.starts <= viewer.today]


def chosen_period(periods: Sequence[Period], typed: str | None, today: date) -> Period | None:
    """That of an address, else the first whose councils go on, else the last that did not begin just now: bulletins follow their period."""
    named = [period for period in periods if str(period.pk) == typed]
    under_way = [period for period in periods if getattr(period, "awaits_councils", False)]
    settled = [period for period in periods if period.starts <= today - STILL][-1:]
    return next(iter([*named, *under_way, *settled, *periods]), None)


def before(periods: Sequence[Period], period: Period) -> Period | None:
    """The period before this one."""
    place = [one.pk for one in periods].index(period.pk)
    return periods[place - 1] if place else None


def address_of(passage: Passage) -> str:
    """As an address says it."""
    if passage.kind == Kind.SUBJECT:
        return f"matiere={passage.subject_id}"
    return f"sur={SCHOOL_LIFE if passage.kind == Kind.SCHOOL_LIFE else GENERAL}"


def _taught(viewer: Viewer, group: int) -> "QuerySet[Assignment, Any]":
    rows = Assignment.objects.active(viewer.today).filter(group=group)
    return rows.order_by("subject__name", "pk").values_list(
        "kind", "teacher_id", "subject_id", "subject__name"
    )


TAUGHT = Prepared(_taught)


def passages_of(viewer: Viewer, group: Group) -> list[Passage]:
    """What the viewer may read of a class or a group, their own first: one query.

    Head, school life and the head teacher, everything; a teacher, the subjects that they teach there.
    """
    assignments = TAUGHT(viewer, group.pk)
    me = viewer.person.pk
    leading = any(kind == Assignment.Kind.HEAD_TEACHER and teacher == me for kind, teacher, *_ in assignments)
    viewer.found["report_cards.leads", group.pk] = leading and viewer.holds(Role.TEACHER)
    own = {subject for kind, teacher, subject, _name in assignments if subject and teacher == me}
    everything = reads_every_class(viewer) or leading
    subjects = {subject: name for _kind, _teacher, subject, name in assignments if subject}
    found = [
        Passage(Kind.SUBJECT, name, subject, own=subject in own)
        for subject, name in subjects.items()
        if everything or subject in own
    ]
    found.sort(key=lambda one: (not one.own, natural(one.label)))
    if everything and group.kind == Group.Kind.CLASS:
        found += [
            Passage(Kind.GENERAL, _("Appréciation générale")),
            Passage(Kind.SCHOOL_LIFE, _("Vie scolaire")),
        ]
    return found


def passage_in(
    passages: Sequence[Passage], viewer: Viewer, subject: str | None, word: str | None
) -> Passage | None:
    """The one of an address, among those that one reads; else one's own work first."""
    kind = WORDS.get(word or "")
    for passage in passages:
        if kind and passage.kind == kind:
            return passage
        if not kind and subject and str(passage.subject_id) == subject:
            return passage
    wanted = [one for one in passages if one.own]
    wanted += [one for one in passages if one.kind == Kind.GENERAL and viewer.holds(Role.HEAD)]
    wanted += [one for one in passages if one.kind == Kind.SCHOOL_LIFE and viewer.holds(Role.SCHOOL_LIFE)]
    return next(iter([*wanted, *passages]), None)


@dataclass(frozen=True)
class Task:
    """Something to write, with how much of it is written, out of how many pupils."""

    group_id: int
    group: str
    passage: Passage
    written: int
    pupils: int

    @property
    def address(self) -> str:
        return address_of(self.passage)

    @property
    def left(self) -> int:
        return max(0, self.pupils - self.written)


@dataclass(frozen=True)
class ClassRow:
    """A class for those who read them all, or lead it: what is written of what is to be, and its council."""

    group: Group
    pupils: int
    written: int
    expected: int
    council: Council | None
    decided: int

    @property
    def left(self) -> int:
        return max(0, self.expected - self.written)

    @property
    def starts(self) -> datetime | None:
        return self.council.starts if self.council else None

    @property
    def held_at(self) -> datetime | None:
        return self.council.held_at if self.council else None


# A council has the hour at which it meets: an agenda gives it an hour, and nobody says that it is over while it may still sit.
LASTS, OVER = timedelta(hours=1), timedelta(hours=3)


def council_order(viewer: Viewer, starts: datetime | None, held_at: datetime | None) -> tuple[Any, ...]:
    """Where the council of a class stands in a list: those to come by their date, then those without one, then those that are over."""
    is_over = held_at is not None or (starts is not None and starts + OVER <= viewer.moment)
    return (is_over, starts is None, starts if starts and not is_over else viewer.moment)


def _own(viewer: Viewer) -> "QuerySet[Assignment, Any]":
    rows = Assignment.objects.active(viewer.today).filter(
        school=viewer.school_id, teacher=viewer.person.pk, group__year=viewer.year
    )
    return rows.order_by("group__rank", "group__name", "subject__name").values_list(
        "kind", "group_id", "group__name", "subject_id", "subject__name"
    )


OWN = Prepared(_own)


def tasks_of(viewer: Viewer, period: Period) -> list[Task]:
    """What a teacher has to write, course by course, then the general appreciation of their class: three queries."""
    assignments = OWN(viewer)
    groups = {group for _kind, group, *_ in assignments}
    sizes = sizes_in(groups, period)
    counted = Appreciation.objects.said().filter(period=period, group__in=groups).order_by()
    rows = counted.filter(pupil__in=_learning(groups, period).values("pupil_id"))
    written = {
        (group, kind, subject): number
        for group, kind, subject, number in rows.values_list("group_id", "kind", "subject_id").annotate(
            number=Count("pk")
        )
    }
    found = []
    for kind, group, name, subject, label in assignments:
        if kind == Assignment.Kind.TEACHES:
            passage = Passage(Kind.SUBJECT, label, subject, own=True)
        else:
            passage = Passage(Kind.GENERAL, _("Appréciation générale"))
        done = written.get((group, passage.kind.value, subject), 0)
        found.append(Task(group, name, passage, done, sizes.get(group, 0)))
    return found


def _learning(groups: Any, period: Period) -> "QuerySet[Enrolment, Any]":
    """Who is still there at the end of the period, in some groups."""
    rows = Enrolment.objects.filter(group__in=groups).exclude(starts__gt=period.ends)
    return rows.filter(Q(ends=None) | Q(ends__gt=period.ends))


def sizes_in(groups: Any, period: Period) -> dict[int, int]:
    """How many pupils of each group have a bulletin for a period: one query."""
    rows = _learning(groups, period).order_by().values("group_id")
    return dict(rows.annotate(number=Count("pupil_id", distinct=True)).values_list("group_id", "number"))


def class_rows(viewer: Viewer, period: Period) -> list[ClassRow]:
    """Every class of the year for who reads them all; for a head teacher, those that they lead: five queries.

    Expected: an appreciation for each pupil in each subject of the class and of its groups.
    """
    classes = Group.objects.filter(school=viewer.school_id, year=viewer.year, kind=Group.Kind.CLASS)
    if not reads_every_class(viewer):
        mine = Assignment.objects.led_by(viewer).values("group_id")
        classes = classes.filter(pk__in=mine)
    groups = list(classes.order_by("rank", "name"))
    known = {one.group_id: one for one in _councils(viewer, period, groups)}
    pupils = dict(_learning([one.pk for one in groups], period).values_list("pupil_id", "group_id"))
    expected: dict[int, int] = defaultdict(int)
    for pupil, _subject in _due(viewer, period, groups):
        if pupil in pupils:
            expected[pupils[pupil]] += 1
    written: dict[int, int] = defaultdict(int)
    for pupil in _said(period, list(pupils)):
        written[pupils[pupil]] += 1
    sizes: dict[int, int] = defaultdict(int)
    for group in pupils.values():
        sizes[group] += 1
    rows = [
        ClassRow(
            one,
            sizes[one.pk],
            written[one.pk],
            expected[one.pk],
            known.get(one.pk),
            known[one.pk].decided if one.pk in known else 0,
        )
        for one in groups
    ]
    return sorted(rows, key=lambda row: council_order(viewer, row.starts, row.held_at))


def _councils(viewer: Viewer, period: Period, groups: Sequence[Group]) -> Any:
    rows = Council.objects.visible_to(viewer).filter(period=period, group__in=groups)
    return rows.annotate(decided=Count("decisions"))


def _said(period: Period, pupils: Sequence[int]) -> Any:
    rows = Appreciation.objects.said().filter(period=period, kind=Kind.SUBJECT, pupil__in=pupils)
    return rows.order_by().values_list("pupil_id", flat=True)


def _due(viewer: Viewer, period: Period, groups: Sequence[Group]) -> Any:
    """Each pupil of these classes with each subject that is taught to them, wherever it is."""
    there = _learning([one.pk for one in groups], period).values("pupil_id")
    rows = Enrolment.objects.filter(pupil__in=there, group__year=viewer.year)
    rows = rows.exclude(starts__gt=period.ends).filter(Q(ends=None) | Q(ends__gt=period.ends))
    # One filter: two would each join assignments anew, and a head teacher's, which has no subject, would be due too.
    taught = rows.filter(
        Q(group__assignments__ends=None) | Q(group__assignments__ends__gt=viewer.today),
        group__assignments__kind=Assignment.Kind.TEACHES,
        group__assignments__subject__isnull=False,
    )
    return taught.order_by().values_list("pupil_id", "group__assignments__subject_id").distinct()


def closed_to(period: Any) -> Exists:
    """Of an enrolment: is the council of a class of this pupil over for this period?"""
    return Exists(
        Council.objects.held().filter(period=period, group__enrolments__pupil_id=OuterRef("pupil_id"))
    )
