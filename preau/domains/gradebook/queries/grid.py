"""The grid of a group, a subject and a period: pupils, assessments, marks, averages, and the spread of one column."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from preau.directory.models import Enrolment, Group, Period
from preau.directory.queries.finding import pupils_here
from preau.directory.viewer import Viewer
from preau.domains.gradebook.models import Assessment, Mark, SubSubject, policy_of
from preau.domains.gradebook.models.reading import led_pupil
from preau.domains.gradebook.queries.counting import part_of, policy_terms, subject_terms
from preau.domains.gradebook.queries.courses import Course
from preau.domains.gradebook.rules import averages
from preau.domains.gradebook.rules.access import reads_every_class
from preau.domains.gradebook.rules.marking import TypedMark, fixed, plain
from preau.foundation import dates
from preau.foundation.prepared import Prepared
from preau.foundation.text import initials

# More columns would be a page too heavy: earlier ones are on another page.
MOST_COLUMNS = 25
BARS = 10
TENTH, CENT = Decimal("0.1"), Decimal("0.01")
# Below 8 out of 20.
LOW = Decimal("0.4")


class Cell(NamedTuple):
    """What a cell shows, and the version of its mark (0: none). `low`: below 8 out of 20."""

    typed: TypedMark = TypedMark()
    version: int = 0
    low: bool = False

    @property
    def said(self) -> str:
        return self.typed.said


@dataclass(frozen=True)
class Learner:
    """A pupil of the group in the period; `arrived` and `left` where that was in the middle of it."""

    pk: int
    public_id: str
    family_name: str
    given_name: str
    arrived: date | None = None
    left: date | None = None

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.family_name.upper(), self.given_name)))

    @property
    def initials(self) -> str:
        return initials(self.given_name, self.family_name)

    @property
    def note(self) -> str:
        """« arrivé le 12 oct. », « parti le 3 nov. »."""
        if self.left:
            return _("jusqu’au %(day)s") % {"day": dates.plain_day(self.left)}
        return _("depuis le %(day)s") % {"day": dates.plain_day(self.arrived)} if self.arrived else ""


@dataclass(frozen=True)
class Row:
    """One pupil: cells in the order of the columns, and the average of the period."""

    pupil: Learner
    cells: tuple[Cell, ...]
    average: Decimal | None

    @property
    def average_said(self) -> str:
        return fixed(self.average) if self.average is not None else ""

    @property
    def bar(self) -> int:
        """How long the line under the average is, out of 20."""
        return int(self.average) if self.average is not None else 0


@dataclass(frozen=True)
class Spread:
    """The marks of one column: where they lie; how many, how many codes, how many pupils without either."""

    count: int
    coded: int
    left: int
    statistics: averages.Statistics | None
    scale: Decimal

    @property
    def pupils(self) -> int:
        return self.count + self.coded + self.left

    @cached_property
    def figures(self) -> list[tuple[str, str, str]]:
        """For `ui.statistics`."""
        statistics = self.statistics
        if statistics is None:
            return []
        return [
            (_("Moyenne"), tenths(statistics.mean), ""),
            (_("Médiane"), number(statistics.median), ""),
            (_("Plus basse"), number(statistics.least), ""),
            (_("Plus haute"), number(statistics.most), ""),
        ]

    @cached_property
    def bars(self) -> list[tuple[str, int]]:
        """For `ui.chart`, by the least mark of each: from the first bar that holds somebody to the last."""
        statistics = self.statistics
        if statistics is None:
            return []
        width = self.scale / BARS
        bars = [(plain(width * n), count) for n, count in enumerate(statistics.distribution)]
        held = [n for n, (_label, count) in enumerate(bars) if count]
        return bars[held[0] : held[-1] + 1]

    @property
    def width(self) -> str:
        """How many points each bar covers."""
        return plain(self.scale / BARS)

    @property
    def mean_bar(self) -> str:
        """The label of the bar where the mean is."""
        if self.statistics is None:
            return ""
        width = self.scale / BARS
        place = min(int(self.statistics.mean / Fraction(width)), BARS - 1)
        return plain(width * place)


@dataclass(frozen=True)
class Grid:
    """`columns` are those of this page, `earlier` and `later` how many are before and after them."""

    course: Course
    period: Period
    columns: Sequence[Assessment]
    rows: Sequence[Row]
    parts: Sequence[SubSubject]
    earlier: int = 0
    later: int = 0
    # Assessments of other groups that count in these averages.
    elsewhere: int = 0
    deleted: Sequence[Assessment] = ()
    # Left out because pupils do not read them yet.
    hidden: int = 0

    def column_of(self, pk: str | None, today: date) -> Assessment | None:
        """The column of an address, else the last one that is past and holds marks, else the last."""
        named = next((column for column in self.columns if str(column.pk) == pk), None)
        past = [one for n, one in enumerate(self.columns) if one.day <= today and self._holds(n)]
        return named or (past[-1] if past else next(iter(reversed(self.columns)), None))

    def _holds(self, place: int) -> bool:
        return any(not row.cells[place].typed.is_empty for row in self.rows)

    def spread_of(self, column: Assessment) -> Spread:
        """How the marks of one column lie."""
        place = [column.pk for column in self.columns].index(column.pk)
        return spread([row.cells[place].typed for row in self.rows if not row.pupil.left], column.scale)


def heading(assessment: Assessment) -> str:
    """« Fractions (14 septembre 2026 · /20 · ×0.5) »: what a column is known by when the file comes back.

    Without a comma: it is by the line of headings that one knows what separates the cells of a CSV.
    """
    scale, weight = (plain(number).replace(",", ".") for number in (assessment.scale, assessment.coefficient))
    return f"{assessment.title} ({dates.plain_day(assessment.day)} · /{scale} · ×{weight})"


def tenths(value: Fraction) -> str:
    """« 13,3 »."""
    return fixed(averages.rounded(value, TENTH))


def number(value: Fraction) -> str:
    """A mark, or what lies between two of them: « 13,25 », « 12 »."""
    return plain(averages.rounded(value, CENT))


def spread(cells: Iterable[TypedMark], scale: Decimal) -> Spread:
    """The spread of these cells on their scale."""
    held = list(cells)
    values = [Fraction(cell.value) for cell in held if cell.value is not None]
    return Spread(
        len(values),
        sum(bool(cell.code) for cell in held),
        sum(cell.is_empty for cell in held),
        averages.statistics_of(values, full=Fraction(scale), bars=BARS),
        scale,
    )


def _learners(viewer: Viewer, group: int, first: date, last: date, led_only: bool) -> Any:
    # Whoever has left the school is no colleague's to read any more; whoever changed class still is.
    here = pupils_here(viewer).filter(person_id=OuterRef("pupil_id"))
    rows = Enrolment.objects.filter(Exists(here), group=group, pupil__erased_at=None)
    rows = rows.exclude(starts__gt=last).exclude(ends__lte=first)
    if led_only:
        rows = rows.filter(led_pupil(viewer, "pupil_id", "group__year_id"))
    return rows.order_by("pupil__search_name", "pupil_id", "starts").values_list(
        "pupil_id", "pupil__public_id", "pupil__family_name", "pupil__given_name", "starts", "ends"
    )


LEARNERS = Prepared(_learners)
SEEN = Prepared(
    lambda viewer, group, subject, period: (
        Assessment.objects.visible_to(viewer)
        .filter(group=group, subject=subject, period=period)
        .order_by("day", "pk")
    )
)
SUB_SUBJECTS = Prepared(lambda subject: SubSubject.objects.filter(subject=subject))


def learners_of(viewer: Viewer, group: Group, period: Period, *, led_only: bool = False) -> list[Learner]:
    """Who was in a group on some day of a period, in alphabetical order; who came back is there once. One query."""
    found: dict[int, Learner] = {}
    rows = LEARNERS(viewer, group.pk, period.starts, period.ends, led_only)
    for pupil, public_id, family, name, starts, ends in rows:
        before = found.get(pupil)
        arrived = starts if starts and starts > period.starts else None
        found[pupil] = Learner(
            pupil,
            public_id,
            family,
            name,
            before.arrived if before else arrived,
            _left(ends, period, viewer.today),
        )
    return list(found.values())


def _left(ends: date | None, period: Period, today: date) -> date | None:
    """The first day without, when it is past and within the period."""
    return ends if ends and ends <= min(period.ends, today) else None


@dataclass(frozen=True)
class _GridMarks:
    """What was read of the marks of these pupils in a subject and a period."""

    cells: Mapping[int, Mapping[int, Cell]]
    given: Mapping[int, Mapping[averages.Key, averages.Given]]
    terms: Mapping[int, averages.AssessmentTerms]
    parts: frozenset[int | None]


def grid_of(
    viewer: Viewer,
    course: Course,
    group: Group,
    period: Period,
    page: int = 0,
    most: int = MOST_COLUMNS,
    *,
    published_only: bool = False,
) -> Grid:
    """The grid that the viewer reads: six queries. `page`: 0 for the last columns, 1 for those before…

    `published_only`: with the assessments that pupils read, and the averages that these make, as on their own pages.
    """
    found = SEEN(viewer, group.pk, course.subject_id, period.pk)
    assessments = [assessment for assessment in found if assessment.deleted_at is None]
    hidden = [one for one in assessments if not one.is_published(viewer.moment)] if published_only else []
    assessments = [assessment for assessment in assessments if assessment not in hidden]
    deleted = [assessment for assessment in found if assessment.deleted_at and course.own]
    learners = learners_of(viewer, group, period, led_only=not course.own and not reads_every_class(viewer))
    parts = SUB_SUBJECTS(course.subject_id)
    known = _marks(course, period, [learner.pk for learner in learners], assessments, viewer.moment)
    made = _averages(viewer, course, parts, known, [learner.pk for learner in learners])
    last = max(len(assessments) - page * most, 0)
    first = max(last - most, 0)
    shown = assessments[first:last]
    columns, nothing = [assessment.pk for assessment in shown], Cell()
    rows = [
        Row(
            learner,
            tuple(known.cells[learner.pk].get(pk, nothing) for pk in columns),
            made.get(learner.pk),
        )
        for learner in learners
    ]
    others = len(set(known.terms) - {assessment.pk for assessment in assessments})
    later = len(assessments) - last
    return Grid(course, period, shown, rows, parts, first, later, others, deleted, len(hidden))


def _marks(
    course: Course, period: Period, pupils: Sequence[int], own: Sequence[Assessment], now: datetime
) -> _GridMarks:
    """All that these pupils have in this subject and period, whichever group it was given in: two queries.

    What is another group's counts once it is published.
    """
    learners, here = tuple(pupils), tuple(assessment.pk for assessment in own)
    others = ELSEWHERE(here, learners, course.subject_id, period.pk, now)
    rows = MARKS((*here, *(assessment.pk for assessment in others)), learners)
    lows = {assessment.pk: assessment.scale * LOW for assessment in own}
    cells: dict[int, dict[int, Cell]] = {pupil: {} for pupil in pupils}
    marks_by_pupil: dict[int, dict[averages.Key, averages.Given]] = {pupil: {} for pupil in pupils}
    for pk, pupil, value, code, version in rows:
        low = lows.get(pk)
        typed, marks_by_pupil[pupil][pk], is_low = _as_read(value, code, low)
        if low is not None:
            cells[pupil][pk] = Cell(typed, version, is_low)
    marked = {row[0] for row in rows} if others else set()
    counted = [*own, *(assessment for assessment in others if assessment.pk in marked)]
    terms = {assessment.pk: _terms(course, assessment) for assessment in counted}
    return _GridMarks(
        cells, marks_by_pupil, terms, frozenset(assessment.sub_subject_id for assessment in counted)
    )


# A thousand cells hold a few dozen different marks: each is made once.
@lru_cache(maxsize=4_096)
def _as_read(
    text: str | None, code: str, low: Decimal | None = None
) -> tuple[TypedMark, averages.Given, bool]:
    """A mark as the database writes it or a code, as it is shown, as the arithmetic takes it, and whether it is below `low`."""
    if text is None:
        return TypedMark(code=code), averages.Code(code), False
    value = Decimal(text).quantize(CENT)
    return TypedMark(value), averages.exact(value), low is not None and value < low


def _elsewhere(
    own: Any, pupils: Any, subject: Any, period: Any, now: Any
) -> "QuerySet[Assessment, Assessment]":
    groups = Enrolment.objects.filter(pupil__in=pupils).values("group_id")
    rows = Assessment.objects.filter(group__in=groups, subject=subject, period=period)
    return rows.filter(deleted_at=None, published_at__lte=now).exclude(pk__in=own).order_by("day", "pk")


ELSEWHERE = Prepared(_elsewhere)
MARKS = Prepared(
    lambda assessments, pupils: (
        Mark.objects.filter(assessment__in=assessments, pupil__in=pupils)
        .order_by()
        # As text: a decimal would be made of each of a thousand, and they are a few dozen.
        .annotate(said=Cast("value", TextField()))
        .values_list("assessment_id", "pupil_id", "said", "code", "version")
    )
)


def _terms(course: Course, assessment: Assessment) -> averages.AssessmentTerms:
    return averages.AssessmentTerms(
        assessment.pk,
        part_of(course.subject_id, assessment.sub_subject_id),
        averages.exact(assessment.scale),
        averages.exact(assessment.coefficient),
        averages.Mode(assessment.mode),
    )


def _averages(
    viewer: Viewer, course: Course, parts: Sequence[SubSubject], known: _GridMarks, pupils: Sequence[int]
) -> dict[int, Decimal | None]:
    """The average of each pupil in this subject, by the school's rules."""
    policy = policy_terms(policy_of(viewer.school_id or 0))
    subject = subject_terms(course.subject_id, Decimal(1), parts, known.parts)
    book = averages.Gradebook(policy, (subject,), tuple(known.terms.values()))
    return {pupil: averages.one_subject(book, subject, known.given[pupil]).rounded for pupil in pupils}


def said_average(viewer: Viewer, assessment: Assessment, pupil_id: int) -> str:
    """The average in which this mark counts, as the grid shows it, once it is written."""
    course = Course(assessment.group_id, "", assessment.subject_id, "", "")
    seen = SEEN(viewer, assessment.group_id, assessment.subject_id, assessment.period_id)
    own = [one for one in seen if one.deleted_at is None]
    parts = SUB_SUBJECTS(assessment.subject_id)
    known = _marks(course, assessment.period, [pupil_id], own, viewer.moment)
    made = _averages(viewer, course, parts, known, [pupil_id])[pupil_id]
    return fixed(made) if made is not None else ""


def spread_of(viewer: Viewer, assessment: Assessment) -> Spread:
    """How the column lies, once a mark of it is written."""
    learners = learners_of(viewer, assessment.group, assessment.period)
    rows = MARKS((assessment.pk,), tuple(learner.pk for learner in learners))
    typed = {pupil: _as_read(value, code)[0] for _pk, pupil, value, code, _version in rows}
    there = [learner.pk for learner in learners if not learner.left]
    return spread([typed.get(pk, TypedMark()) for pk in there], assessment.scale)


def column_cells(
    viewer: Viewer, assessment: Assessment, *, led_only: bool = False
) -> tuple[list[Learner], dict[int, Mark]]:
    """The pupils of one assessment, and the marks that they have: two queries."""
    learners = learners_of(viewer, assessment.group, assessment.period, led_only=led_only)
    marks = Mark.objects.filter(assessment=assessment).select_related("changed_by")
    return learners, {mark.pupil_id: mark for mark in marks}
