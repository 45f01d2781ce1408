"""The marks of one pupil as the pupil, the family and those who follow the class read them: in context, explained, never a rank."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import pairwise

from django.utils.translation import gettext as _

from preau.directory.models import Period, Person
from preau.directory.rules.subjects import Look
from preau.directory.viewer import Viewer
from preau.domains.gradebook.models import Assessment
from preau.domains.gradebook.queries.read_marks import (
    PERIODS,
    ClassMarks,
    Line,
    chosen_period,
    class_marks,
    class_of,
    learning_with,
)
from preau.domains.gradebook.queries.remembered import Figures, memory
from preau.domains.gradebook.rules import averages, plain
from preau.domains.gradebook.rules.averages import Average, Averages, Code, Key, Mode, Term, Why
from preau.domains.gradebook.rules.reading import spread_of
from preau.foundation import dates
from preau.foundation.text import natural

CENT = Decimal("0.01")
MOST_POINTS, MOST_BLOCKS = 7, 5
A_MONTH = timedelta(days=30)


def number(value: Fraction | Decimal | None) -> str:
    """« 12,67 »: at most two decimals; a dash where there is nothing."""
    if value is None:
        return "–"
    return plain(averages.rounded(Fraction(value), CENT))


@dataclass(frozen=True)
class Spread:
    """The half of a class, and its mean: for the drawing as numbers, for people as a sentence."""

    low: float
    high: float
    mean: float
    half: str
    middle: Fraction
    said: str


def spread_in_words(values: Iterable[Fraction]) -> Spread | None:
    """None where too few have a value."""
    made = spread_of(values)
    if made is None:
        return None
    half = _("%(low)s à %(high)s") % {
        "low": number(made.first_quartile),
        "high": number(made.third_quartile),
    }
    said = _("La moitié de la classe va de %(half)s ; la moyenne est %(mean)s.") % {
        "half": half,
        "mean": number(made.mean),
    }
    return Spread(
        float(made.first_quartile), float(made.third_quartile), float(made.mean), half, made.mean, said
    )


@dataclass(frozen=True)
class Point:
    """The general average on a day, and the half of the class then."""

    label: str
    value: float
    said: str
    low: float | None = None
    high: float | None = None
    spread: str = ""


@dataclass(frozen=True)
class Evolution:
    """How an average has moved; `floor` and `most` are the edges of the drawing."""

    points: Sequence[Point]
    since: str = ""

    @property
    def floor(self) -> int:
        lowest = min((min(p.value, p.value if p.low is None else p.low) for p in self.points), default=0)
        return max(0, int(lowest) // 4 * 4)

    @property
    def most(self) -> int:
        highest = max((max(p.value, p.value if p.high is None else p.high) for p in self.points), default=20)
        return min(20, -(-int(highest + 1) // 4) * 4)

    @property
    def move(self) -> str:
        """« up », « down » or « level », from the first point to the last."""
        change = self.points[-1].value - self.points[0].value if self.points else 0
        return "level" if abs(change) < 0.5 else "up" if change > 0 else "down"


@dataclass(frozen=True)
class Block:
    """What weighs in an average, for `ui.weights`."""

    value: str
    label: str
    share: int
    said: str


@dataclass(frozen=True)
class SubjectRow:
    """A subject of a pupil in a period: the average, the half of the class, and whether it moves."""

    pk: int
    name: str
    look: Look
    average: Average
    spread: Spread | None
    move: str = ""
    count: int = 0

    @property
    def said(self) -> str:
        return number(self.average.rounded)

    @property
    def value(self) -> float | None:
        return None if self.average.exact is None else float(self.average.exact)


@dataclass(frozen=True)
class MarkRow:
    """What a pupil has in one assessment, as it was given and out of 20, and the half of those who sat it."""

    line: Line
    given: averages.Given | None
    spread: Spread | None = None

    @property
    def is_number(self) -> bool:
        return isinstance(self.given, Fraction)

    @property
    def said(self) -> str:
        """« 14 », « ABS »."""
        if isinstance(self.given, Fraction):
            return number(self.given)
        return str(self.given.value) if self.given else "–"

    @property
    def out_of(self) -> str:
        return plain(self.line.scale)

    @property
    def word(self) -> str:
        """What a code means."""
        return CODE_WORDS[self.given]() if isinstance(self.given, Code) else ""

    @property
    def value(self) -> float | None:
        return float(self.given) if isinstance(self.given, Fraction) else None

    @property
    def kind(self) -> str:
        return str(Assessment.Kind(self.line.kind).label)

    @property
    def weighs(self) -> str:
        """« coefficient 2 », « facultative », « bonus »."""
        words = [_("coefficient %(number)s") % {"number": plain(self.line.coefficient)}]
        if self.line.mode == Mode.OPTIONAL:
            words.append(_("facultative"))
        if self.line.mode == Mode.BONUS:
            words.append(_("bonus"))
        return ", ".join(words)


CODE_WORDS = {
    Code.ABSENT: lambda: _("Absent"),
    Code.EXEMPT: lambda: _("Dispensé"),
    Code.NOT_MARKED: lambda: _("Non noté"),
    Code.NOT_RETURNED: lambda: _("Non rendu"),
}


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

    @cached_property
    def averages(self) -> Averages:
        """Of the period, or of the year from its periods."""
        return self.averages_at(self.pupil.pk, self.held)

    def averages_at(self, pupil_id: int, held: ClassMarks, *, explained: bool = True) -> Averages:
        if self.period is not None:
            return held.averages_of(pupil_id, explained=explained)
        made = [
            (period.pk, held.of(period.pk).averages_of(pupil_id, explained=explained))
            for period in self.periods
        ]
        return averages.year_of(made, held.policy)

    @cached_property
    def of_class(self) -> dict[int, Averages]:
        """Of everyone who learns with the pupil, without explanations."""
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
                _move(before.subjects.get(pk), self.averages.subjects[pk]),
                len(lines),
            )
            for pk, lines in by_subject.items()
        ]
        return sorted(rows, key=lambda row: natural(row.name))

    @cached_property
    def _before(self) -> Averages:
        """A month ago."""
        return self.averages_at(self.pupil.pk, self.held.until(self.today - A_MONTH), explained=False)

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
        points = []
        for day in _fortnights(days, min(self.today, self.period.ends))[-MOST_POINTS:]:
            held = self.held.until(day)
            value = held.averages_of(self.pupil.pk, explained=False).general
            if value.rounded is not None:
                points.append(_point(self._label(day), value, self._band(held, day)))
        return Evolution(points, dates.month(min(days)).split()[0] if days else "")

    def _label(self, day: date) -> str:
        return _("auj.") if day == self.today else dates.short_day(day).split(" ", 1)[1]

    def _evolution_of_year(self) -> Evolution:
        points = []
        for period in self.periods:
            held = self.held.of(period.pk)
            value = held.averages_of(self.pupil.pk, explained=False).general
            if value.rounded is not None:
                points.append(_point(period.name, value, self._band(held, period.pk)))
        return Evolution(points)

    # How an average is made

    def blocks_of(self, subject: SubjectRow) -> list[Block]:
        """What weighs in the average of a subject: its marks, or its parts; the lightest together."""
        counted = [term for term in self._weighing(subject) if term.weighs]
        labels = self.labels_of(subject)
        total = sum((term.weighs for term in counted), Fraction(0))
        if not total:
            return []
        largest = sorted(counted, key=lambda term: term.weighs, reverse=True)
        kept = largest if len(counted) <= MOST_BLOCKS else largest[: MOST_BLOCKS - 1]
        blocks = [
            _block(term.value or Fraction(0), labels[term.key], term.weighs, total)
            for term in counted
            if term in kept
        ]
        others = [term for term in counted if term not in kept]
        if others:
            weighs = sum((term.weighs for term in others), Fraction(0))
            mean = sum((term.adds for term in others), Fraction(0)) / weighs
            blocks.append(_block(mean, _("Autres"), weighs, total))
        return blocks

    def _weighing(self, subject: SubjectRow) -> Sequence[Term]:
        terms = subject.average.terms
        return self.averages.parts[terms[0].key].terms if self._is_whole(subject) else terms

    def _is_whole(self, subject: SubjectRow) -> bool:
        """Its marks are in a single part, which says nothing of its own."""
        return self.period is not None and len(subject.average.terms) == 1

    def labels_of(self, subject: SubjectRow) -> dict[Key, str]:
        """The names of what its computation speaks of."""
        labels: dict[Key, str] = {line.pk: line.title for line in self.lines}
        if self._is_whole(subject):
            return labels
        if self.period is None:
            return {period.pk: period.name for period in self.periods}
        return {
            line.terms.part: line.sub_subject or _("Autres évaluations")
            for line in self.lines
            if line.subject_id == subject.pk
        }

    def next_step(self, subject: SubjectRow) -> str:
        """« Avec 15 à « Bilan », la moyenne passerait à 14,7 » : from the same arithmetic, with one more mark."""
        if self.period is None or subject.average.exact is None or subject.average.exact >= 19:
            return ""
        coming = [row.line for row in self.coming if row.line.subject_id == subject.pk]
        line = next((line for line in coming if line.mode == Mode.NORMAL and line.coefficient), None)
        if line is None:
            return ""
        aimed = Fraction(min(int(subject.average.exact) + 2, 20))
        marks = self.marks | {line.pk: aimed * line.terms.scale / averages.FULL}
        made = averages.averages_of(self.held.gradebook(self.lines), marks, explained=False)
        return _(
            "Avec l’équivalent de %(aimed)s sur 20 à « %(title)s », la moyenne serait de %(average)s."
        ) % {
            "aimed": number(aimed),
            "title": line.title,
            "average": number(made.subjects[subject.pk].rounded),
        }


def _block(value: Fraction, label: str, weighs: Fraction, total: Fraction) -> Block:
    share = max(1, round(20 * weighs / total))
    percent = round(100 * weighs / total)
    said = _("pèse %(percent)s %% de la moyenne") % {"percent": percent}
    return Block(number(value), label, share, said)


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


def _move(before: Average | None, now: Average) -> str:
    """« up » or « down » when the average of a month ago was a point away."""
    if before is None or before.exact is None or now.exact is None or abs(now.exact - before.exact) < 1:
        return ""
    return "up" if now.exact > before.exact else "down"


def marks_of(viewer: Viewer, pupil: Person, asked: str | None) -> PupilMarks | None:
    """The marks of a pupil in the period that is asked for (six statements); None for somebody in no class of this year."""
    found = learning_with(pupil.pk)
    here = [row for row in found if viewer.school_id in {None, row[1]}]
    own = class_of((row[0] for row in here), pupil.pk, viewer.today)
    if own is None:
        return None
    school, year = next((school, year) for row, school, year in here if row.group_id == own.group_id)
    learning = [row for row, _school, of_year in here if of_year == year]
    periods = PERIODS(year)
    period = chosen_period(periods, asked, viewer.today)
    held = class_marks(viewer, school, own.group_id, learning, [period] if period else periods)
    return PupilMarks(pupil, own.group, periods, period, viewer.today, held)


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


# « D’où vient cette moyenne ? »


@dataclass(frozen=True)
class TermLine:
    """One line of a computation, in words."""

    label: str
    given: str
    value: str
    coefficient: str
    adds: str
    why: str
    counts: bool


@dataclass(frozen=True)
class Computation:
    """A computation line by line, then its sum, its division and what it is rounded to."""

    title: str
    lines: Sequence[TermLine]
    total: str
    divisor: str
    exact: str
    rounded: str
    limited: bool = False

    @property
    def has_average(self) -> bool:
        return self.exact != "–"


WORDS = {
    Why.COUNTED: lambda: _("compte"),
    Why.NO_MARK: lambda: _("pas de note : ne compte pas"),
    Why.ABSENT: lambda: _("absent : ne compte pas"),
    Why.EXEMPT: lambda: _("dispensé : ne compte pas"),
    Why.NOT_MARKED: lambda: _("non noté : ne compte pas"),
    Why.NOT_RETURNED_ZERO: lambda: _("non rendu : compte comme zéro"),
    Why.NOT_RETURNED_IGNORED: lambda: _("non rendu : ne compte pas"),
    Why.NO_COEFFICIENT: lambda: _("coefficient 0 : montré, ne compte pas"),
    Why.OPTIONAL_KEPT: lambda: _("facultatif : compte, car il améliore la moyenne"),
    Why.OPTIONAL_LEFT: lambda: _("facultatif : ne compte pas, il n’améliore pas la moyenne"),
    Why.BONUS_KEPT: lambda: _("bonus : les points au-dessus de 10 s’ajoutent"),
    Why.BONUS_LEFT: lambda: _("bonus : aucun point au-dessus de 10"),
    Why.ALONE: lambda: _("ne fait pas de moyenne à lui seul"),
    Why.NO_AVERAGE: lambda: _("pas de moyenne : ne compte pas"),
}


def _computation(
    title: str,
    average: Average,
    labels: dict[Key, str],
    given: dict[Key, str],
    rounds: bool,
) -> Computation:
    lines = [
        TermLine(
            labels.get(term.key, ""),
            given.get(term.key, ""),
            number(term.value),
            number(term.coefficient),
            number(term.adds) if term.counts else "–",
            WORDS[term.why](),
            term.counts,
        )
        for term in average.terms
    ]
    shown = number(average.rounded) if rounds else number(average.exact)
    return Computation(
        title,
        lines,
        number(average.total),
        number(average.divisor),
        number(average.exact),
        shown,
        average.is_limited,
    )


def computations_of(read: PupilMarks, subject: SubjectRow) -> list[Computation]:
    """Each part of a subject, then the subject where it has several; in a year, its periods."""
    labels = read.labels_of(subject)
    if read.period is None:
        return [_computation(subject.name, subject.average, labels, {}, rounds=True)]
    titles: dict[Key, str] = {line.pk: line.title for line in read.lines}
    given: dict[Key, str] = {
        line.pk: _("%(mark)s sur %(scale)s") % {"mark": row.said, "scale": row.out_of}
        if row.is_number
        else row.said
        for line in read.lines
        if (row := read.row_of(line)).given is not None
    }
    whole = len(subject.average.terms) == 1
    parts = [
        _computation(
            subject.name if whole else labels[term.key],
            read.averages.parts[term.key],
            titles,
            given,
            rounds=whole,
        )
        for term in subject.average.terms
    ]
    return parts if whole else [*parts, _computation(subject.name, subject.average, labels, {}, rounds=True)]


def general_computation(read: PupilMarks) -> Computation:
    """From the averages of the subjects."""
    labels: dict[Key, str] = {row.pk: row.name for row in read.subjects}
    return _computation(_("Matière par matière"), read.averages.general, labels, {}, rounds=True)
