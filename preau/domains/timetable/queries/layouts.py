"""A timetable laid out by day, by week as a grid, by month, or as a list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.utils.translation import gettext as _

from preau.domains.timetable.boards import Beside
from preau.domains.timetable.queries.lessons import LessonRow
from preau.foundation import dates

A_DAY, A_WEEK, A_FORTNIGHT = timedelta(days=1), timedelta(days=7), timedelta(days=14)


class View(StrEnum):
    DAY = "jour"
    WEEK = "semaine"
    TABLE = "tableau"
    MONTH = "mois"
    LIST = "liste"


# The two ways of seeing a week: drawn to scale, and as a table.
A_WEEK_EACH = {View.WEEK, View.TABLE}


@dataclass(frozen=True)
class Span:
    """The days that a view shows, its name, and where « before » and « after » lead."""

    view: View
    day: date
    first: date
    last: date
    before: date
    after: date
    label: str


def span_of(view: View, day: date) -> Span:
    """The days around one."""
    monday, first = dates.monday_of(day), day.replace(day=1)
    if view == View.DAY:
        label = dates.capital(dates.day(day, year=True))
        return Span(view, day, day, day, day - A_DAY, day + A_DAY, label)
    if view == View.LIST:
        label = _("À partir du %(day)s") % {"day": dates.day(day, year=True)}
        return Span(view, day, day, day + A_FORTNIGHT - A_DAY, day - A_FORTNIGHT, day + A_FORTNIGHT, label)
    if view == View.MONTH:
        after = dates.month_after(day)
        last = dates.monday_of(after - A_DAY) + A_WEEK - A_DAY
        label = dates.capital(dates.month(day))
        return Span(view, day, dates.monday_of(first), last, dates.month_after(day, -1), after, label)
    label = _("Semaine du %(day)s") % {"day": dates.day(monday, year=True)}
    return Span(view, day, monday, monday + A_WEEK - A_DAY, monday - A_WEEK, monday + A_WEEK, label)


@dataclass(frozen=True)
class DayOf:
    """One day and its lessons."""

    day: date
    rows: tuple[LessonRow, ...]
    is_today: bool
    is_beside: bool = False
    beside: tuple[Beside, ...] = ()

    @property
    def whole(self) -> tuple[Beside, ...]:
        """What lasts the whole day."""
        return tuple(one for one in self.beside if one.starts is None)

    @property
    def lines(self) -> list[LessonRow | Beside]:
        """Lessons and what is beside them, by the hour."""
        timed = [one for one in self.beside if one.starts is not None]
        return sorted([*self.rows, *timed], key=lambda one: (one.starts, isinstance(one, Beside)))  # type: ignore[arg-type,return-value]

    @property
    def changed(self) -> int:
        return sum(1 for row in self.rows if row.changes)

    @property
    def hours(self) -> str:
        """From the first lesson that is held to the end of the last."""
        held = [row for row in self.rows if not row.is_cancelled]
        return f"{held[0].begins} – {max(held, key=lambda row: row.ends).finishes}" if held else ""

    @property
    def held(self) -> int:
        return sum(1 for row in self.rows if not row.is_cancelled)


def days_of(rows: Iterable[LessonRow], span: Span, today: date, beside: Iterable[Beside] = ()) -> list[DayOf]:
    """The days of a view: of a list those with something, of a week Saturday and Sunday only with some."""
    by_day: dict[date, list[LessonRow]] = {}
    for row in rows:
        by_day.setdefault(row.day, []).append(row)
    also: dict[date, list[Beside]] = {}
    for one in beside:
        also.setdefault(one.day, []).append(one)
    every = (span.first + timedelta(days=number) for number in range((span.last - span.first).days + 1))
    days = [
        DayOf(
            day,
            tuple(by_day.get(day, ())),
            day == today,
            day.month != span.day.month,
            tuple(also.get(day, ())),
        )
        for day in every
    ]
    if span.view == View.LIST:
        return [day for day in days if day.rows or day.beside]
    return [
        day for day in days if day.rows or day.beside or day.day.weekday() < 5 or span.view not in A_WEEK_EACH
    ]


@dataclass(frozen=True)
class Cell:
    """A square of the grid: one lesson or what is beside it, several at once, or none; `span`: how many rows it covers."""

    day: date
    rows: tuple[LessonRow | Beside, ...] = ()
    span: int = 1


@dataclass(frozen=True)
class Line:
    """A row of the grid: when it begins, and its squares; a square that comes from above is not here.

    `at`: the same hour as addresses write it, « 08:05 ».
    """

    begins: str
    at: str
    cells: tuple[Cell, ...]


def grid_of(days: Sequence[DayOf]) -> list[Line]:
    """A table of the week: a row for each hour at which a lesson begins on some day."""
    clocks = sorted({_clock(row.starts, row) for day in days for row in day.lines})
    columns = [_column(day, clocks) for day in days]
    labels = {_clock(row.starts, row): row.begins for day in days for row in day.lines}
    return [
        Line(labels[clock], clock, tuple(cell for column in columns if (cell := column[number]) is not None))
        for number, clock in enumerate(clocks)
    ]


def _clock(moment: datetime | None, row: LessonRow | Beside) -> str:
    """The hour on the school's wall, to the minute: « 08:05 »; nothing for what has none."""
    if moment is None:
        return ""
    return dates.local(moment, row.zone).strftime("%H:%M")


def _column(day_of: DayOf, clocks: Sequence[str]) -> list[Cell | None]:
    """The squares of one day, top to bottom; None where the one above goes on."""
    column: list[Cell | None] = [Cell(day_of.day) for _each in clocks]
    found: list[tuple[int, int, list[LessonRow | Beside]]] = []
    for row in day_of.lines:
        first = clocks.index(_clock(row.starts, row))
        ends = _clock(row.ends, row)
        # An outing of a whole afternoon stands where it begins, and says its hours: lessons keep their own squares.
        goes_on = 0 if isinstance(row, Beside) else sum(1 for clock in clocks if clock < ends)
        last = max(first + 1, goes_on)
        if found and first < found[-1][1]:
            before = found.pop()
            found.append((before[0], max(before[1], last), [*before[2], row]))
        else:
            found.append((first, last, [row]))
    for first, last, together in found:
        column[first] = Cell(day_of.day, tuple(together), last - first)
        column[first + 1 : last] = [None] * (last - first - 1)
    return column
