"""Two lessons a day for the classes of a school that has no timetable: a roll in the morning, another in the afternoon; made, and
taken back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time
from secrets import token_urlsafe

from django.db import transaction
from django.db.models import Max, ProtectedError
from django.utils.translation import gettext as _

from preau.directory.models import Person, SchoolYear, Subject
from preau.directory.viewer import Viewer
from preau.domains.timetable.actions.patterns import Weekly, lessons_planned, plan_all
from preau.domains.timetable.boards import held_by_others
from preau.domains.timetable.models import Lesson, Weekday, WeeklyPattern
from preau.domains.timetable.queries.busy import BusyWeeks
from preau.domains.timetable.queries.half_days import BareClass, bare_classes, made_together
from preau.foundation import journal
from preau.foundation.locks import lock

CODE = "DEMI-JOURNEE"
AT_ONCE = 500
MORNING_ALONE = {Weekday.WEDNESDAY, Weekday.SATURDAY}


@dataclass(frozen=True)
class HalfDays:
    """The days of school, the hours of the morning and of the afternoon, and from when."""

    weekdays: Collection[int]
    morning: tuple[time, time]
    afternoon: tuple[time, time]
    first_day: date


@dataclass(frozen=True)
class HalfDaysMade:
    """The classes that have theirs, and those left aside: their teacher already has a lesson then, or they have none."""

    made: list[BareClass]
    taken: list[BareClass]
    untaught: list[BareClass]


@dataclass(frozen=True)
class HalfDaysUndone:
    """How many classes are without them again, and how many lessons of today stay: their roll was called, or something hangs on them."""

    classes: int
    kept: int


@transaction.atomic
def make_half_days(viewer: Viewer, wanted: HalfDays) -> HalfDaysMade:
    """Make them until the end of the year, for each class that has a teacher who is free then, and no lesson."""
    assert viewer.year is not None  # noqa: S101 - the timetable is edited within a year
    year = lock(SchoolYear, viewer.year.pk, "school")
    classes = bare_classes(viewer, wanted.first_day)
    if not any(one.teachers for one in classes):
        return HalfDaysMade([], [], classes)
    subject, _made = Subject.objects.get_or_create(
        school=year.school, code=CODE, defaults={"name": _("Classe"), "short_name": _("Classe")}
    )
    found = HalfDaysMade([], [], [one for one in classes if not one.teachers])
    origin = f"demi-journees-{token_urlsafe(9)}"
    taken: set[Person] = set()
    weeklies: list[Weekly] = []
    busy = BusyWeeks(year, {person.pk for one in classes for person in one.teachers}, wanted.first_day)
    for one in classes:
        if not one.teachers:
            continue
        theirs = _weeklies(year, subject, one, wanted, origin)
        if not taken.isdisjoint(one.teachers) or _is_taken(theirs, busy):
            found.taken.append(one)
            continue
        found.made.append(one)
        taken |= set(one.teachers)
        weeklies += theirs
    if found.made:
        plan_all(weeklies)
        journal.record(viewer, "timetable.half_days_made", year.school, classes=len(found.made))
        lessons_planned.send(sender=WeeklyPattern, school_id=year.school_id)
    return found


def _weeklies(
    year: SchoolYear, subject: Subject, one: BareClass, wanted: HalfDays, origin: str
) -> list[Weekly]:
    days = (wanted.first_day, year.ends)
    return [
        Weekly(year, subject, (one.group,), one.teachers, None, day, *hours, *days, made_with=origin)
        for day in sorted(wanted.weekdays)
        for hours in (wanted.morning, wanted.afternoon)[: 1 if day in MORNING_ALONE else 2]
    ]


def _is_taken(weeklies: list[Weekly], busy: BusyWeeks) -> bool:
    """Does one of its teachers have something else at one of these hours?"""
    return any(busy.holds(person.pk, one.times) for one in weeklies for person in one.teachers)


@transaction.atomic
def undo_half_days(viewer: Viewer, made_with: str) -> HalfDaysUndone:
    """Take back the half-days that one gesture made: their lessons to come, but those that another house holds.

    Past days stay, as when a weekly lesson is stopped; a half-day that was changed or stopped since is a lesson of its own. A second
    click finds nothing.
    """
    assert viewer.year is not None  # noqa: S101 - the timetable is edited within a year
    year = lock(SchoolYear, viewer.year.pk, "school")
    patterns = made_together(viewer).filter(made_with=made_with)
    keys = list(patterns.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True))
    if not keys:
        return HalfDaysUndone(0, 0)
    classes = WeeklyPattern.groups.through.objects.filter(weeklypattern__in=keys)
    number = classes.values("group").distinct().count()
    to_come = Lesson.objects.filter(pattern__in=keys, starts__gt=viewer.moment)
    going = set(to_come.values_list("pk", flat=True))
    gone = _take_away(sorted(going - held_by_others(sorted(going))))
    kept = len(going) - gone
    # What another house holds is a lesson of its own: it keeps no week busy.
    to_come.update(pattern=None)
    _shorten(keys)
    journal.record(viewer, "timetable.half_days_undone", year.school, classes=number, lessons=gone, kept=kept)
    return HalfDaysUndone(number, kept)


def _take_away(lessons: list[int]) -> int:
    """Returns how many went: what another house holds stays."""
    gone = 0
    for start in range(0, len(lessons), AT_ONCE):
        some = set(lessons[start : start + AT_ONCE])
        try:
            with transaction.atomic():
                gone += _deleted(some)
        except ProtectedError as error:
            some -= _lessons_of(error)
            gone += _deleted(some)
    return gone


def _deleted(lessons: Collection[int]) -> int:
    return Lesson.objects.filter(pk__in=lessons).delete()[1].get(Lesson._meta.label, 0)


def _lessons_of(error: ProtectedError) -> set[int]:
    """Those to which the rows point that keep them."""
    return {
        getattr(row, field.attname)
        for row in error.protected_objects
        for field in row._meta.concrete_fields
        if field.related_model is Lesson
    }


def _shorten(patterns: Collection[int]) -> None:
    """A half-day ends with the last lesson that is left of it; one that has none is no more."""
    own = WeeklyPattern.objects.filter(pk__in=patterns)
    left = own.annotate(last=Max("lessons__day")).exclude(last=None)
    rows = list(left)
    for row in rows:
        row.last_day, row.made_with = row.last, ""
    WeeklyPattern.objects.bulk_update(rows, ["last_day", "made_with"], batch_size=200)
    own.exclude(pk__in=[row.pk for row in rows]).delete()
