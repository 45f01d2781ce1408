"""The classes of the year that have no lesson every week: those of which half-days may be made."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, Min, OuterRef, Prefetch

from preau.directory.models import Assignment, Group, Person
from preau.directory.viewer import Viewer
from preau.domains.timetable.models import WeeklyPattern, WeeklyPatternQuerySet


@dataclass(frozen=True)
class BareClass:
    """A class without lessons, and who answers for it: its head teacher, else those who teach there; whoever teaches several
    such classes comes and goes, and answers for none, unless nobody else is there."""

    group: Group
    teachers: tuple[Person, ...]

    @property
    def names(self) -> str:
        return ", ".join(one.formal_name for one in self.teachers)


@dataclass(frozen=True)
class Made:
    """The half-days that one gesture made and that may be taken back: their name in a form, their first day, of how many classes."""

    name: str
    first_day: date
    classes: int


def made_together(viewer: Viewer) -> WeeklyPatternQuerySet:
    """Those of the year that a gesture made with others and that are not over."""
    found = WeeklyPattern.objects.visible_to(viewer).going_on(viewer.today)
    return found.filter(year=viewer.year).exclude(made_with="")


def half_days_made(viewer: Viewer) -> list[Made]:
    """What may be taken back, the newest first (one query)."""
    found = made_together(viewer).order_by().values("made_with")
    lines = found.annotate(
        first=Min("first_day"), classes=Count("groups", distinct=True), newest=Min("pk")
    ).order_by("-newest")
    return [Made(line["made_with"], line["first"], line["classes"]) for line in lines]


def first_day_of(viewer: Viewer) -> date:
    """The day from which half-days may be made: today, or the first day of a year that has not begun."""
    return max(viewer.today, viewer.year.starts) if viewer.year else viewer.today


def bare_classes(viewer: Viewer, day: date) -> list[BareClass]:
    """Those of this day and after, and who teaches there that day; in the order of school (two queries)."""
    given = WeeklyPattern.objects.filter(groups=OuterRef("pk"), last_day__gte=day)
    teaching = Assignment.objects.active(day).filter(teacher__erased_at=None).select_related("teacher")
    classes = Group.objects.visible_to(viewer).classes().filter(~Exists(given), year=viewer.year)
    ordered = teaching.order_by("teacher__search_name", "pk")
    found = list(classes.order_by("rank", "name").prefetch_related(Prefetch("assignments", ordered)))
    taught = [list(group.assignments.all()) for group in found]
    classes_of = Counter(pk for rows in taught for pk in {one.teacher_id for one in rows})
    return [BareClass(group, _answering(rows, classes_of)) for group, rows in zip(found, taught, strict=True)]


def _answering(teaching: list[Assignment], classes_of: Counter[int]) -> tuple[Person, ...]:
    heads = [one for one in teaching if one.kind == Assignment.Kind.HEAD_TEACHER]
    staying = [one for one in teaching if classes_of[one.teacher_id] == 1]
    return tuple(dict.fromkeys(one.teacher for one in heads or staying or teaching))
