"""The marks of one pupil as the pupil, the family and those who follow the class read them: in context, never a rank."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

from django.utils.translation import gettext as _

from preau.directory.models import Period, Person
from preau.directory.viewer import Viewer
from preau.domains.gradebook.queries.figures import (
    Evolution,
    MarkRow,
    Point,
    Spread,
    SubjectRow,
    move_of,
    number,
    spread_in_words,
)
from preau.domains.gradebook.queries.periods import YearChoice, chosen_year, year_choices
from preau.domains.gradebook.queries.read_marks import (
    PERIODS_OF_PUPIL,
    ClassMarks,
    Line,
    chosen_period,
    class_marks,
    class_of,
    learning_with,
)
from preau.domains.gradebook.queries.remembered import Figures, memory
from preau.domains.gradebook.rules import averages
from preau.domains.gradebook.rules.access import reads_every_class
from preau.domains.gradebook.rules.averages import Average, Averages, Key
from preau.domains.gradebook.rules.reading import spread_of, years_led
from preau.foundation import dates
from preau.foundation.text import NBSP, natural

MOST_POINTS = 7
A_MONTH = timedelta(days=30)


@dataclass(frozen=True)
class PupilMarks:
    """All that the pages of one pupil say of a period, or of the year where `period` is None."""

    pupil: Person
    class_name: str
    periods: Sequence[Period]
    period: Period | None
    today: date
    held: ClassMarks
    of_period: dict[int, ClassMarks] = field(default_factory=dict)
    # The years of which the viewer reads marks of this pupil, this one first, and the one that is shown.
    years: Sequence[YearChoice] = ()
    year: YearChoice | None = None

    @property
    def is_past(self) -> bool:
        """Of a year that is over."""
        return self.year is not None and not self.year.is_now

    @property
    def begun(self) -> list[Period]:
        """Nobody has marks in a period to come."""
        return [period for period in self.periods if period.starts <= self.today]

    @cached_property
    def lines(self) -> list[Line]:
        return self.held.lines_of(self.pupil.pk)

    @cached_property
    def marks(self) -> dict[Key, averages.Given]:
        return dict(self.held.marks.of(self.pupil.pk))

    @property
    def has_one_mark(self) -> bool:
        """One number alone makes the average: it says little yet."""
        return sum(isinstance(self.marks.get(line.pk), Fraction) for line in self.lines) == 1

    @cached_property
    def averages(self) -> Averages:
        """Of the period, or of the year from its periods."""
        return self.averages_at(self.pupil.pk, self.held)

    def averages_at(self, pupil_id: int, held: ClassMarks) -> Averages:
        if self.period is not None:
            return held.averages_of(pupil_id)
        made = [(period.pk, held.of(period.pk).averages_of(pupil_id)) for period in self.periods]
        return averages.year_of(made, held.policy)

    @cached_property
    def of_class(self) -> dict[int, Averages]:
        """Of everyone who learns with the pupil."""
        return self.of_class_at(self.held)

    def of_class_at(self, held: ClassMarks) -> dict[int, Averages]:
        if self.period is not None:
            return dict(held.averages_of_all)
        parts = [(period.pk, held.of(period.pk).averages_of_all) for period in self.periods]
        pupils = {pupil for _period, made in parts for pupil in made}
        return {
            pupil: averages.year_of(
                [(period, made[pupil]) for period, made in parts if pupil in made], held.policy
            )
            for pupil in pupils
        }

    # Subjects

    @cached_property
    def subjects(self) -> list[SubjectRow]:
        """By name; a subject without an average says what it awaits."""
        before = self._before
        by_subject: dict[int, list[Line]] = defaultdict(list)
        for line in self.lines:
            by_subject[line.subject_id].append(line)
        rows = [
            SubjectRow(
                pk,
                lines[0].subject,
                lines[0].look,
                self.averages.subjects[pk],
                self.subject_spread(pk),
                move_of(before.subjects.get(pk), self.averages.subjects[pk]),
                len(lines),
            )
            for pk, lines in by_subject.items()
        ]
        return sorted(rows, key=lambda row: natural(row.name))

    @cached_property
    def _before(self) -> Averages:
        """A month ago."""
        day = self.today - A_MONTH
        if self.period is None:
            return self.averages_at(self.pupil.pk, self.held.until(day))
        return self._own_until(day)

    def _own_until(self, day: date) -> Averages:
        """Of the pupil, as they were on a day of the period: made once for all the days between two assessments."""
        lines = [line for line in self.lines if line.day <= day]
        if len(lines) == len(self.lines):
            return self.averages
        if len(lines) not in self._made:
            self._made[len(lines)] = averages.averages_of(self.held.gradebook(lines), self.marks)
        return self._made[len(lines)]

    @cached_property
    def _made(self) -> dict[int, Averages]:
        """By how many assessments, which are in the order of their days."""
        return {}

    def subject_spread(self, subject_id: int) -> Spread | None:
        """Of those who share a group of the pupil in this subject."""
        groups = frozenset(line.group_id for line in self.lines if line.subject_id == subject_id)

        def made() -> Spread | None:
            learners = self.held.learners_in(groups)
            found = (
                one.subjects.get(subject_id) for pupil, one in self.of_class.items() if pupil in learners
            )
            return spread_in_words(one.exact for one in found if one and one.exact is not None)

        return self._remembered(made, "subject", subject_id, groups)

    def _remembered(self, make: Callable[[], Figures], *what: Hashable) -> Figures:
        """Figures of the class: the same for all who learn in it, until something changes."""
        return memory.get((self.held.name, self.period is None, *what), make)

    def subject(self, pk: int) -> SubjectRow | None:
        return next((row for row in self.subjects if row.pk == pk), None)

    @property
    def newest_subject(self) -> SubjectRow | None:
        """That of the last mark that counts: the page opens with how its average is made."""
        for row in self.last:
            subject = self.subject(row.line.subject_id)
            if subject and subject.average.exact is not None:
                return subject
        return None

    # Marks

    def row_of(self, line: Line) -> MarkRow:
        return MarkRow(line, self.marks.get(line.pk))

    def in_context(self, line: Line) -> MarkRow:
        """With the half of those who sat it."""
        spread = self._remembered(lambda: spread_in_words(self.values_in(line)), "assessment", line.pk)
        return MarkRow(line, self.marks.get(line.pk), spread)

    def counts_in(self, line: Line) -> tuple[int, ...]:
        """How many have what, by tenths of its scale; nothing where too few sat it."""

        def made() -> tuple[int, ...]:
            spread = spread_of(self.values_in(line), full=line.terms.scale)
            return spread.distribution if spread else ()

        return self._remembered(made, "counts", line.pk)

    def values_in(self, line: Line) -> list[Fraction]:
        found = (marks.get(line.pk) for marks in self.held.marks.all.values())
        return [value for value in found if isinstance(value, Fraction)]

    @cached_property
    def last(self) -> list[MarkRow]:
        """The newest first."""
        done = [line for line in self.lines if line.pk in self.marks]
        return [
            self.row_of(line) for line in sorted(done, key=lambda line: (line.day, line.pk), reverse=True)
        ]

    @cached_property
    def coming(self) -> list[MarkRow]:
        """What is announced, from today on."""
        return [
            self.row_of(line) for line in self.lines if line.day >= self.today and line.pk not in self.marks
        ]

    # Evolution

    @cached_property
    def general_spread(self) -> Spread | None:
        return self._remembered(lambda: self._general_spread(self.of_class), "general")

    def _general_spread(self, of_class: Mapping[int, Averages]) -> Spread | None:
        mates = self.held.classmates
        made = (one.general.exact for pupil, one in of_class.items() if pupil in mates)
        return spread_in_words(value for value in made if value is not None)

    def _band(self, held: ClassMarks, *what: Hashable) -> Spread | None:
        """The half of the class in some of these assessments."""
        return self._remembered(lambda: self._general_spread(held.averages_of_all), "band", *what)

    @cached_property
    def evolution(self) -> Evolution:
        """The general average at each fortnight of the period; in a year, at the end of each period."""
        if self.period is None:
            return self._evolution_of_year()
        days = [line.day for line in self.lines if line.pk in self.marks]
        points, ends = [], _fortnights(days, min(self.today, self.period.ends))
        for day in ends[-MOST_POINTS:]:
            value = self._own_until(day).general
            if value.rounded is not None:
                points.append(_point(self._label(day), value, self._band(self.held.until(day), day)))
        # « depuis septembre »: the month of the first mark, or of the first point that is drawn.
        since = min(days, default=None) if len(ends) <= MOST_POINTS else ends[-MOST_POINTS]
        return Evolution(points, dates.month(since).split()[0] if since else "")

    def _label(self, day: date) -> str:
        return _("auj.") if day == self.today else dates.short_day(day).split(" ", 1)[1].replace(NBSP, " ")

    def _evolution_of_year(self) -> Evolution:
        points = []
        for period in self.periods:
            held = self.held.of(period.pk)
            value = held.averages_of(self.pupil.pk).general
            if value.rounded is not None:
                points.append(_point(period.name, value, self._band(held, period.pk)))
        return Evolution(points)


def _point(label: str, average: Average, band: Spread | None) -> Point:
    return Point(
        label,
        float(average.exact or 0),
        number(average.rounded),
        band.low if band else None,
        band.high if band else None,
        band.half if band else "",
    )


def _fortnights(days: Sequence[date], last: date) -> list[date]:
    """The fifteenth and the last of each month after a mark, up to a day; a fortnight without a mark says nothing new."""
    if not days:
        return []
    ends = []
    month = min(days).replace(day=1)
    while month <= last:
        ends += [month.replace(day=15), dates.month_after(month) - timedelta(days=1)]
        month = dates.month_after(month)
    found, before = [], date.min
    for day in [*(end for end in ends if end < last), last]:
        if any(before < one <= day for one in days):
            found.append(day)
        before = day
    return found


def marks_of(
    viewer: Viewer, pupil: Person, asked: str | None, of_year: str | None = None
) -> PupilMarks | None:
    """The marks of a pupil in the period that is asked for (six statements); None for somebody in no class of the year."""
    every = periods_read(viewer, pupil)
    years = year_choices(every)
    named = next((str(period.year_id) for period in every if str(period.pk) == asked), of_year)
    year = chosen_year(years, named)
    if year is None and viewer.is_staff and not reads_every_class(viewer):
        return None
    found = learning_with(pupil.pk, None if year is None or year.is_now else year.pk)
    here = [row for row in found if viewer.school_id in {None, row[1]}]
    own = class_of((row[0] for row in here), pupil.pk, viewer.today)
    if own is None:
        return None
    school, of_class = next((school, year) for row, school, year in here if row.group_id == own.group_id)
    learning = [row for row, _school, row_year in here if row_year == of_class]
    periods = [period for period in every if period.year_id == of_class]
    period = chosen_period(periods, asked, viewer.today)
    held = class_marks(viewer, school, own.group_id, learning, [period] if period else periods)
    return PupilMarks(pupil, own.group, periods, period, viewer.today, held, years=years, year=year)


def periods_read(viewer: Viewer, pupil: Person) -> list[Period]:
    """The periods of which this viewer reads marks of a pupil, of this year and of those before it, in the order of time. A head
    teacher, of the years in which they led the class (one query, two for them)."""
    found = [one for one in PERIODS_OF_PUPIL(viewer, pupil.pk) if viewer.school_id in {None, one.school_id}]
    if not viewer.is_staff or reads_every_class(viewer):
        return found
    led = years_led(viewer, pupil)
    return [one for one in found if one.year_id in led]


BARS = 10


def distribution_of(read: PupilMarks, row: MarkRow) -> tuple[list[tuple[str, int]], str]:
    """How many have what in an assessment, by tenths of its scale, and the bar of the pupil; nothing where too few sat it."""
    scale = row.line.terms.scale
    counts = read.counts_in(row.line)
    if not counts:
        return [], ""
    edges = [number(scale * rank / BARS) for rank in range(BARS + 1)]
    labels = [f"{low}–{high}" for low, high in pairwise(edges)]
    bars = list(zip(labels, counts, strict=True))
    own = min(int(row.given * BARS / scale), BARS - 1) if isinstance(row.given, Fraction) else None
    return bars, "" if own is None else labels[own]
