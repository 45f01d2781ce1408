"""What teachers have at many hours, read at once: `clashes_at` asks it of one dated lesson, `clashes` of one weekly one."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time

from django.db.models import Q

from preau.directory.models import SchoolYear
from preau.domains.timetable.models import DaySlot, Lesson, WeeklyPattern
from preau.domains.timetable.queries.clashes import Times
from preau.foundation import dates

# Of a watch: its year, its weekdays, its hours.
Watch = tuple[int, list[int], time, time]


class Busy:
    """The lessons and the watches of these teachers in the years of some lessons (two queries), kept as lessons change hands."""

    def __init__(self, lessons: Sequence[Lesson], teachers: Collection[int]) -> None:
        years = {lesson.year_id for lesson in lessons}
        first, last = min(one.starts for one in lessons), max(one.ends for one in lessons)
        taught = Lesson.objects.held().filter(year__in=years, teachers__in=teachers).over_at(first, last)
        self._taught: dict[int, dict[int, tuple[int, datetime, datetime]]] = defaultdict(dict)
        columns = ("teachers", "pk", "year_id", "starts", "ends")
        for person, pk, year, starts, ends in taught.order_by().values_list(*columns):
            self._taught[person][pk] = (year, starts, ends)
        self._watched = _watches(years, teachers)

    def holds(self, teacher: int, lesson: Lesson) -> bool:
        """Does this one have something else in its year at its hours?"""
        for pk, (year, starts, ends) in self._taught[teacher].items():
            if pk != lesson.pk and year == lesson.year_id and starts < lesson.ends and ends > lesson.starts:
                return True
        begins, finishes = (dates.local(one, lesson.school.timezone) for one in (lesson.starts, lesson.ends))
        own = [watch for watch in self._watched[teacher] if watch[0] == lesson.year_id]
        return _is_watching(own, begins.weekday(), (begins.time(), finishes.time()))

    def changes_hands(self, lesson: Lesson, gone: int, comes: int) -> None:
        """From now on this lesson is that of `comes`."""
        self._taught[gone].pop(lesson.pk, None)
        self._taught[comes][lesson.pk] = (lesson.year_id, lesson.starts, lesson.ends)


class BusyWeeks:
    """What these teachers have in a year from a day on: weekly lessons, dated ones that left their pattern, watches (three queries)."""

    def __init__(self, year: SchoolYear, teachers: Collection[int], first: date) -> None:
        self._weekly: dict[int, list[Times]] = defaultdict(list)
        weekly = WeeklyPattern.teachers.through.objects.filter(
            person__in=teachers, weeklypattern__year=year, weeklypattern__last_day__gte=first
        )
        for row in weekly.select_related("weeklypattern__alternation"):
            self._weekly[row.person_id].append(Times.of(row.weeklypattern))
        apart = Lesson.objects.held().filter(
            Q(revision__gt=0) | Q(pattern=None), year=year, teachers__in=teachers, day__gte=first
        )
        self._apart: dict[int, list[tuple[date, time, time]]] = defaultdict(list)
        zone = year.school.timezone
        for person, day, *span in apart.order_by().values_list("teachers", "day", "starts", "ends"):
            begins, finishes = (dates.local(moment, zone).time() for moment in span)
            self._apart[person].append((day, begins, finishes))
        self._watched = _watches({year.pk}, teachers)

    def holds(self, teacher: int, times: Times) -> bool:
        """Does this one have something else at these hours, some week?"""
        hours, comes = times.hours, times.dates()
        return (
            _is_watching(self._watched[teacher], times.weekday, hours)
            or any(
                day in comes and begins < hours[1] and finishes > hours[0]
                for day, begins, finishes in self._apart[teacher]
            )
            or any(
                one.weekday == times.weekday
                and one.hours[0] < hours[1]
                and one.hours[1] > hours[0]
                and not comes.isdisjoint(one.dates())
                for one in self._weekly[teacher]
            )
        )


def _watches(years: Collection[int], teachers: Collection[int]) -> dict[int, list[Watch]]:
    """One query."""
    found: dict[int, list[Watch]] = defaultdict(list)
    watched = DaySlot.objects.filter(year__in=years, watchers__in=teachers).order_by()
    columns = ("watchers", "year_id", "weekdays", "starts_at", "ends_at")
    for person, year, weekdays, starts_at, ends_at in watched.values_list(*columns):
        found[person].append((year, weekdays, starts_at, ends_at))
    return found


def _is_watching(watches: Iterable[Watch], weekday: int, hours: tuple[time, time]) -> bool:
    return any(
        weekday in weekdays and starts_at < hours[1] and ends_at > hours[0]
        for _year, weekdays, starts_at, ends_at in watches
    )
