"""How a mark counts and what an average is: exact arithmetic on plain rows, without a database (docs/gradebook-averages.md).

Every result keeps the terms that it was made of: « D’où vient cette moyenne ? » reads what was computed and computes nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

FULL = Fraction(20)
HALF = Fraction(10)
ZERO = Fraction(0)


class Mode(StrEnum):
    """How an assessment counts."""

    NORMAL = "normal"
    OPTIONAL = "optional"  # only where it raises the average
    BONUS = "bonus"  # only what is above 10


class Code(StrEnum):
    """What is written where there is no number."""

    ABSENT = "ABS"
    EXEMPT = "DISP"
    NOT_MARKED = "NN"
    NOT_RETURNED = "NR"


class Rounding(StrEnum):
    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    DOWN = "down"


class GeneralFrom(StrEnum):
    """From which averages of the subjects the general one is made."""

    ROUNDED = "rounded"
    EXACT = "exact"


class NotReturned(StrEnum):
    """What work that was not returned is worth."""

    ZERO = "zero"
    IGNORED = "ignored"


class Why(StrEnum):
    """Why a term counts, or does not."""

    COUNTED = "counted"
    NO_MARK = "no_mark"
    ABSENT = "absent"
    EXEMPT = "exempt"
    NOT_MARKED = "not_marked"
    NOT_RETURNED_ZERO = "not_returned_zero"
    NOT_RETURNED_IGNORED = "not_returned_ignored"
    NO_COEFFICIENT = "no_coefficient"
    OPTIONAL_KEPT = "optional_kept"
    OPTIONAL_LEFT = "optional_left"
    BONUS_KEPT = "bonus_kept"
    BONUS_LEFT = "bonus_left"
    ALONE = "alone"  # a bonus or an optional mark makes no average by itself
    NO_AVERAGE = "no_average"


COUNTING = frozenset({Why.COUNTED, Why.NOT_RETURNED_ZERO, Why.OPTIONAL_KEPT, Why.BONUS_KEPT})
OF_CODE = {Code.ABSENT: Why.ABSENT, Code.EXEMPT: Why.EXEMPT, Code.NOT_MARKED: Why.NOT_MARKED}

Given = Fraction | Code  # a mark as it was given, out of its own scale
Key = int | str


@dataclass(frozen=True)
class Policy:
    """What a school decided about its averages."""

    step: Decimal = Decimal("0.1")
    rounding: Rounding = Rounding.HALF_UP
    general_from: GeneralFrom = GeneralFrom.ROUNDED
    not_returned: NotReturned = NotReturned.ZERO


@dataclass(frozen=True)
class PartTerms:
    """A part of a subject (written, oral…); a subject without any has a single one."""

    key: Key
    coefficient: Fraction = Fraction(1)


@dataclass(frozen=True)
class SubjectTerms:
    key: Key
    coefficient: Fraction
    parts: tuple[PartTerms, ...]


@dataclass(frozen=True)
class AssessmentTerms:
    key: Key
    part: Key
    scale: Fraction = FULL
    coefficient: Fraction = Fraction(1)
    mode: Mode = Mode.NORMAL


@dataclass(frozen=True)
class Gradebook:
    """What is assessed in a period, and how it counts."""

    policy: Policy
    subjects: tuple[SubjectTerms, ...]
    assessments: tuple[AssessmentTerms, ...]


@dataclass(frozen=True)
class Term:
    """One line of a computation: `value` is out of 20, `adds` what it brings to the sum, `weighs` to the divisor."""

    key: Key
    value: Fraction | None
    coefficient: Fraction
    why: Why
    adds: Fraction = ZERO
    weighs: Fraction = ZERO

    @property
    def counts(self) -> bool:
        return self.why in COUNTING


@dataclass(frozen=True)
class Average:
    """`exact` is `total` / `divisor`, at most 20, None when nothing weighs; `rounded` is what people read."""

    key: Key
    coefficient: Fraction
    terms: tuple[Term, ...]
    exact: Fraction | None
    rounded: Decimal | None

    @property
    def total(self) -> Fraction:
        return sum((term.adds for term in self.terms), ZERO)

    @property
    def divisor(self) -> Fraction:
        return sum((term.weighs for term in self.terms), ZERO)

    @property
    def is_limited(self) -> bool:
        """A bonus would have passed 20."""
        return self.exact is not None and self.total > self.exact * self.divisor


@dataclass(frozen=True)
class Averages:
    """All the averages of one pupil, in the order of the gradebook."""

    parts: Mapping[Key, Average]
    subjects: Mapping[Key, Average]
    general: Average


@dataclass(frozen=True)
class Statistics:
    """A class, from the values that there are. Quartiles as French schools define them: the least value that a quarter
    (three quarters) of the values do not pass."""

    count: int
    least: Fraction
    first_quartile: Fraction
    median: Fraction
    third_quartile: Fraction
    most: Fraction
    mean: Fraction
    distribution: tuple[int, ...] = field(default=())


# Numbers


def out_of_twenty(value: Fraction, scale: Fraction) -> Fraction:
    return FULL * value / scale


def rounded(value: Fraction, step: Decimal, rounding: Rounding = Rounding.HALF_UP) -> Decimal:
    """The nearest number of steps, with the decimals of the step; no context of `Decimal` has a say in it."""
    exponent = int(step.as_tuple().exponent)
    steps = _whole(value / Fraction(step), rounding)
    digits = steps * int(Fraction(step) / Fraction(10) ** exponent)
    return Decimal((int(digits < 0), tuple(int(digit) for digit in str(abs(digits))), exponent))


def _whole(value: Fraction, rounding: Rounding) -> int:
    if rounding == Rounding.HALF_EVEN:
        return round(value)
    below = abs(value) + (Fraction(1, 2) if rounding == Rounding.HALF_UP else ZERO)
    return (below.numerator // below.denominator) * (-1 if value < 0 else 1)


# One part


def part_average(
    part: PartTerms, assessments: Iterable[AssessmentTerms], marks: Mapping[Key, Given], policy: Policy
) -> Average:
    """The average of the assessments of one part: normal marks, then what a bonus adds, then the optional marks that raise it."""
    terms = [_read(assessment, marks.get(assessment.key), policy) for assessment in assessments]
    lines = [line for line, _mode in terms]
    total = sum((line.adds for line in lines), ZERO)
    divisor = sum((line.weighs for line in lines), ZERO)
    optional = [rank for rank, (line, mode) in enumerate(terms) if mode == Mode.OPTIONAL and line.counts]
    if not divisor:
        return Average(part.key, part.coefficient, tuple(map(_alone, lines)), None, None)
    # In falling order: once one does not raise the average, none after it does.
    for rank in sorted(optional, key=lambda rank: -(lines[rank].value or ZERO)):
        line = lines[rank]
        value = line.value or ZERO
        if value * divisor > total:
            lines[rank] = replace(line, adds=line.coefficient * value, weighs=line.coefficient)
            total += line.coefficient * value
            divisor += line.coefficient
        else:
            lines[rank] = replace(line, why=Why.OPTIONAL_LEFT)
    exact = min(total / divisor, FULL)
    return Average(part.key, part.coefficient, tuple(lines), exact, _shown(exact, policy))


def _read(assessment: AssessmentTerms, given: Given | None, policy: Policy) -> tuple[Term, Mode]:
    """What one mark brings by itself; an optional one brings nothing yet."""
    value, why = _worth(assessment, given, policy)
    coefficient, mode = assessment.coefficient, assessment.mode
    if value is None:
        return Term(assessment.key, None, coefficient, why), mode
    if not coefficient:
        return Term(assessment.key, value, coefficient, Why.NO_COEFFICIENT), mode
    if mode == Mode.OPTIONAL:
        return Term(assessment.key, value, coefficient, Why.OPTIONAL_KEPT), mode
    if mode == Mode.BONUS:
        above = value - HALF
        if above <= 0:
            return Term(assessment.key, value, coefficient, Why.BONUS_LEFT), mode
        return Term(assessment.key, value, coefficient, Why.BONUS_KEPT, adds=coefficient * above), mode
    return Term(assessment.key, value, coefficient, why, coefficient * value, coefficient), mode


def _worth(assessment: AssessmentTerms, given: Given | None, policy: Policy) -> tuple[Fraction | None, Why]:
    if given is None:
        return None, Why.NO_MARK
    if given == Code.NOT_RETURNED:
        if policy.not_returned == NotReturned.ZERO:
            return ZERO, Why.NOT_RETURNED_ZERO
        return None, Why.NOT_RETURNED_IGNORED
    if isinstance(given, Code):
        return None, OF_CODE[given]
    return out_of_twenty(given, assessment.scale), Why.COUNTED


def _alone(line: Term) -> Term:
    return replace(line, why=Why.ALONE, adds=ZERO) if line.counts else line


# Means of averages


def mean_of(
    key: Key, coefficient: Fraction, of: Iterable[tuple[Key, Fraction | None, Fraction]], policy: Policy
) -> Average:
    """The mean of averages (key, value, coefficient) by their coefficients; what has none does not count."""
    terms = tuple(_counted(*each) for each in of)
    total = sum((term.adds for term in terms), ZERO)
    divisor = sum((term.weighs for term in terms), ZERO)
    if not divisor:
        return Average(key, coefficient, terms, None, None)
    return Average(key, coefficient, terms, total / divisor, _shown(total / divisor, policy))


def _counted(key: Key, value: Fraction | None, coefficient: Fraction) -> Term:
    if value is None:
        return Term(key, None, coefficient, Why.NO_AVERAGE)
    if not coefficient:
        return Term(key, value, coefficient, Why.NO_COEFFICIENT)
    return Term(key, value, coefficient, Why.COUNTED, coefficient * value, coefficient)


def subject_average(subject: SubjectTerms, parts: Mapping[Key, Average], policy: Policy) -> Average:
    """From the exact averages of its parts."""
    made = ((part.key, parts[part.key].exact, part.coefficient) for part in subject.parts)
    return mean_of(subject.key, subject.coefficient, made, policy)


def general_average(subjects: Iterable[Average], policy: Policy) -> Average:
    """From the averages of the subjects, rounded or exact as the school decided."""
    return mean_of(
        "general", Fraction(1), ((s.key, _base(s, policy), s.coefficient) for s in subjects), policy
    )


def _base(average: Average, policy: Policy) -> Fraction | None:
    if average.rounded is None or policy.general_from == GeneralFrom.EXACT:
        return average.exact
    return Fraction(average.rounded)


def _shown(exact: Fraction, policy: Policy) -> Decimal:
    return rounded(exact, policy.step, policy.rounding)


def averages_of(gradebook: Gradebook, marks: Mapping[Key, Given]) -> Averages:
    """The averages of one pupil in one period: `marks` by assessment, out of their scales."""
    by_part: dict[Key, list[AssessmentTerms]] = {}
    for assessment in gradebook.assessments:
        by_part.setdefault(assessment.part, []).append(assessment)
    policy = gradebook.policy
    parts = {
        part.key: part_average(part, by_part.get(part.key, ()), marks, policy)
        for subject in gradebook.subjects
        for part in subject.parts
    }
    subjects = {subject.key: subject_average(subject, parts, policy) for subject in gradebook.subjects}
    return Averages(parts, subjects, general_average(subjects.values(), policy))


def year_of(periods: Sequence[tuple[Key, Averages]], policy: Policy) -> Averages:
    """The averages of a year: each subject is the mean of its periods that have one, each period weighing the same, from the
    rounded or the exact ones as for the general average; the general one is made of these. A year has no parts."""
    met: dict[Key, Fraction] = {}
    for _period, averages in periods:
        for key, average in averages.subjects.items():
            met[key] = average.coefficient  # the last period says what a subject weighs in the year
    subjects = {}
    for key, coefficient in met.items():
        taught = (
            (period, averages.subjects[key]) for period, averages in periods if key in averages.subjects
        )
        made = ((period, _base(average, policy), Fraction(1)) for period, average in taught)
        subjects[key] = mean_of(key, coefficient, made, policy)
    return Averages({}, subjects, general_average(subjects.values(), policy))


# A class


def statistics_of(values: Iterable[Fraction], *, full: Fraction = FULL, bars: int = 10) -> Statistics | None:
    """The spread of a class; None when nobody has a value. The distribution has `bars` equal bars up to `full`, the last closed."""
    ordered = sorted(values)
    if not ordered:
        return None
    count = len(ordered)
    middle = (ordered[(count - 1) // 2] + ordered[count // 2]) / 2
    distribution = [0] * bars
    for value in ordered:
        distribution[min(int(value * bars / full), bars - 1)] += 1
    return Statistics(
        count=count,
        least=ordered[0],
        first_quartile=ordered[-(-count // 4) - 1],
        median=middle,
        third_quartile=ordered[-(-3 * count // 4) - 1],
        most=ordered[-1],
        mean=sum(ordered, ZERO) / count,
        distribution=tuple(distribution),
    )
