"""How a mark counts and what an average is: exact arithmetic on plain rows, without a database (docs/gradebook-averages.md).

Every result keeps the terms that it was made of: « D’où vient cette moyenne ? » reads what was computed and computes nothing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property, lru_cache
from math import gcd, lcm

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

    @cached_property
    def unit(self) -> Fraction:
        """What one point brings to the sum."""
        return FULL * self.coefficient / self.scale

    # The same and the coefficient as two whole numbers each: a class asks for them a thousand times.

    @cached_property
    def point(self) -> tuple[int, int]:
        (weight, parts), (scale, of) = self.weight, self.scale.as_integer_ratio()
        points, over = 20 * weight * of, parts * scale
        common = gcd(points, over)
        return points // common, over // common

    @cached_property
    def weight(self) -> tuple[int, int]:
        return self.coefficient.as_integer_ratio()


@dataclass(frozen=True)
class Gradebook:
    """What is assessed in a period, and how it counts."""

    policy: Policy
    subjects: tuple[SubjectTerms, ...]
    assessments: tuple[AssessmentTerms, ...]

    @cached_property
    def by_part(self) -> Mapping[Key, Sequence[AssessmentTerms]]:
        """The assessments of each part, in their order."""
        found: dict[Key, list[AssessmentTerms]] = {}
        for assessment in self.assessments:
            found.setdefault(assessment.part, []).append(assessment)
        return found


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
    """`exact` is `total` / `divisor`, at most 20, None when nothing weighs; `rounded` is what people read.

    `terms` explain it, line by line: they cost more than the average, and are made when they are asked for.
    """

    key: Key
    coefficient: Fraction
    exact: Fraction | None
    policy: Policy
    explain: Callable[[], tuple[Term, ...]] = field(compare=False, repr=False)

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        return self.explain()

    @cached_property
    def rounded(self) -> Decimal | None:
        return None if self.exact is None else _shown(self.exact, self.policy)

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


def _fraction(number: Decimal) -> Fraction:
    return Fraction(number)


# A number of the database; the same few come again and again.
exact = lru_cache(maxsize=4_096)(_fraction)


def _units_of(text: str) -> tuple[int, int, int]:
    """A step as a whole number of units of its last decimal, and how many of these make one.

    Kept by its text: 0.5 and 0.50 are one number, and two ways to write an average.
    """
    step = Decimal(text)
    exponent = min(int(step.as_tuple().exponent), 0)
    unit = 10**-exponent
    return exponent, int(Fraction(step) * unit), unit


_step = lru_cache(maxsize=64)(_units_of)


def rounded(value: Fraction, step: Decimal, rounding: Rounding = Rounding.HALF_UP) -> Decimal:
    """The nearest number of steps, with the decimals of the step; no context of `Decimal` has a say in it."""
    exponent, width, unit = _step(str(step))
    digits = _whole(value.numerator * unit, value.denominator * width, rounding) * width
    return Decimal(f"{digits}E{exponent}")


def _whole(numerator: int, denominator: int, rounding: Rounding) -> int:
    sign, numerator = (-1, -numerator) if numerator < 0 else (1, numerator)
    if rounding == Rounding.DOWN:
        return sign * (numerator // denominator)
    whole, left = divmod(2 * numerator + denominator, 2 * denominator)
    is_half = left == 0
    return sign * (whole - (is_half and rounding == Rounding.HALF_EVEN and whole % 2))


class Sum:
    """A sum of fractions, reduced once at its end: a school has a hundred thousand marks to add."""

    __slots__ = ("denominator", "numerator")

    def __init__(self, ratios: Iterable[tuple[int, int]] = ()) -> None:
        # There are few different denominators: each is brought to their multiple once.
        over: dict[int, int] = {}
        for numerator, denominator in ratios:
            over[denominator] = over.get(denominator, 0) + numerator
        self.denominator = lcm(*over)
        self.numerator = sum(
            numerator * (self.denominator // denominator) for denominator, numerator in over.items()
        )

    def add(self, numerator: int, denominator: int) -> None:
        if denominator == self.denominator:
            self.numerator += numerator
            return
        common = gcd(self.denominator, denominator)
        more = denominator // common
        self.numerator = self.numerator * more + numerator * (self.denominator // common)
        self.denominator *= more

    def add_product(self, fraction: Fraction, other: Fraction) -> None:
        self.add(fraction.numerator * other.numerator, fraction.denominator * other.denominator)

    def add_value(self, value: Fraction) -> None:
        self.add(value.numerator, value.denominator)

    @property
    def value(self) -> Fraction:
        return Fraction(self.numerator, self.denominator)

    def over(self, divisor: "Sum", at_most: int | None = None) -> Fraction:
        """Reduced once, where each would be and then what they make."""
        numerator, denominator = (
            self.numerator * divisor.denominator,
            self.denominator * divisor.numerator,
        )
        if at_most is not None and numerator > at_most * denominator:
            return Fraction(at_most)
        return Fraction(numerator, denominator)


# One part

NOTHING: Mapping[Code, Why] = {
    Code.ABSENT: Why.ABSENT,
    Code.EXEMPT: Why.EXEMPT,
    Code.NOT_MARKED: Why.NOT_MARKED,
}


def part_average(
    part: PartTerms,
    assessments: Iterable[AssessmentTerms],
    marks: Mapping[Key, Given],
    policy: Policy,
) -> Average:
    """The average of the assessments of one part: normal marks, then what a bonus adds, then the optional marks that raise it."""
    points: list[tuple[int, int]] = []
    weights: list[tuple[int, int]] = []
    others: list[tuple[AssessmentTerms, Fraction]] = []
    for one in assessments:
        value = worth(marks.get(one.key), policy)
        if value is None or not one.weight[0]:
            continue
        if one.mode != Mode.NORMAL:
            others.append((one, value))
            continue
        (given, out_of), (point, over) = value.as_integer_ratio(), one.point
        points.append((given * point, out_of * over))
        weights.append(one.weight)
    total, divisor = Sum(points), Sum(weights)
    for assessment, value in others:
        if assessment.mode == Mode.BONUS and (above := _above(assessment, value)) > 0:
            total.add_value(above)
    kept: set[Key] = set()
    if divisor.numerator:
        kept = _keep_optional([pair for pair in others if pair[0].mode == Mode.OPTIONAL], total, divisor)
    made = total.over(divisor, at_most=20) if divisor.numerator else None

    def explain() -> tuple[Term, ...]:
        return tuple(_term(each, marks.get(each.key), policy, kept, made) for each in assessments)

    return Average(part.key, part.coefficient, made, policy, explain)


def worth(given: Given | None, policy: Policy) -> Fraction | None:
    """What was given, as a number out of its own scale; None where it counts for nothing."""
    if given is None or given.__class__ is Fraction:
        return given  # type: ignore[return-value]
    if given == Code.NOT_RETURNED and policy.not_returned == NotReturned.ZERO:
        return ZERO
    return None


def _above(assessment: AssessmentTerms, value: Fraction) -> Fraction:
    """What a bonus adds: its coefficient times what is above 10."""
    return value * assessment.unit - HALF * assessment.coefficient


def _keep_optional(optional: list[tuple[AssessmentTerms, Fraction]], total: Sum, divisor: Sum) -> set[Key]:
    """In falling order, each while it is greater than the average so far; once one does not raise it, none after it does."""
    kept: set[Key] = set()
    falling = sorted(optional, key=lambda pair: out_of_twenty(pair[1], pair[0].scale), reverse=True)
    for assessment, value in falling:
        if out_of_twenty(value, assessment.scale) * divisor.value <= total.value:
            break
        kept.add(assessment.key)
        total.add_product(value, assessment.unit)
        divisor.add_value(assessment.coefficient)
    return kept


def _term(
    assessment: AssessmentTerms, given: Given | None, policy: Policy, kept: set[Key], made: Fraction | None
) -> Term:
    """The line of one assessment in the explanation of what was computed."""
    value = worth(given, policy)
    key, coefficient = assessment.key, assessment.coefficient
    if value is None:
        return Term(key, None, coefficient, _why_nothing(given))
    read = out_of_twenty(value, assessment.scale)
    if not coefficient:
        return Term(key, read, coefficient, Why.NO_COEFFICIENT)
    why = _why(assessment, given, read, kept, made)
    if why == Why.BONUS_KEPT:
        return Term(key, read, coefficient, why, adds=_above(assessment, value))
    if why in COUNTING:
        return Term(key, read, coefficient, why, value * assessment.unit, coefficient)
    return Term(key, read, coefficient, why)


def _why_nothing(given: Given | None) -> Why:
    if given is None:
        return Why.NO_MARK
    return NOTHING.get(Code(given), Why.NOT_RETURNED_IGNORED) if isinstance(given, Code) else Why.NO_MARK


def _why(
    assessment: AssessmentTerms, given: Given | None, read: Fraction, kept: set[Key], made: Fraction | None
) -> Why:
    if assessment.mode == Mode.NORMAL:
        return Why.NOT_RETURNED_ZERO if given == Code.NOT_RETURNED else Why.COUNTED
    if assessment.mode == Mode.BONUS:
        kept_why, is_kept = Why.BONUS_KEPT, read > HALF
    else:
        kept_why, is_kept = Why.OPTIONAL_KEPT, assessment.key in kept or made is None
    if not is_kept:
        return Why.BONUS_LEFT if assessment.mode == Mode.BONUS else Why.OPTIONAL_LEFT
    return kept_why if made is not None else Why.ALONE


# Means of averages


def mean_of(
    key: Key,
    coefficient: Fraction,
    of: Iterable[tuple[Key, Fraction | None, Fraction]],
    policy: Policy,
) -> Average:
    """The mean of averages (key, value, coefficient) by their coefficients; what has none does not count."""
    held = list(of)
    weighed = [
        (value.as_integer_ratio(), weight.as_integer_ratio())
        for _key, value, weight in held
        if value is not None
    ]
    total = Sum([(above * times, below * parts) for (above, below), (times, parts) in weighed])
    divisor = Sum([weight for _value, weight in weighed])
    made = total.over(divisor) if divisor.numerator else None
    return Average(key, coefficient, made, policy, lambda: tuple(_counted(*each) for each in held))


def _counted(key: Key, value: Fraction | None, coefficient: Fraction) -> Term:
    if value is None:
        return Term(key, None, coefficient, Why.NO_AVERAGE)
    if not coefficient:
        return Term(key, value, coefficient, Why.NO_COEFFICIENT)
    return Term(key, value, coefficient, Why.COUNTED, coefficient * value, coefficient)


def subject_average(subject: SubjectTerms, parts: Mapping[Key, Average], policy: Policy) -> Average:
    """From the exact averages of its parts; that of a single one is its own."""
    if len(subject.parts) == 1 and subject.parts[0].coefficient:
        single = subject.parts[0]
        made = parts[single.key].exact
        term = (single.key, made, single.coefficient)
        return Average(subject.key, subject.coefficient, made, policy, lambda: (_counted(*term),))
    held = ((part.key, parts[part.key].exact, part.coefficient) for part in subject.parts)
    return mean_of(subject.key, subject.coefficient, held, policy)


def general_average(subjects: Iterable[Average], policy: Policy) -> Average:
    """From the averages of the subjects, rounded or exact as the school decided."""
    made = ((subject.key, _base(subject, policy), subject.coefficient) for subject in subjects)
    return mean_of("general", Fraction(1), made, policy)


def _base(average: Average, policy: Policy) -> Fraction | None:
    if average.rounded is None or policy.general_from == GeneralFrom.EXACT:
        return average.exact
    return exact(average.rounded)


def _shown(value: Fraction, policy: Policy) -> Decimal:
    return rounded(value, policy.step, policy.rounding)


def averages_of(gradebook: Gradebook, marks: Mapping[Key, Given]) -> Averages:
    """The averages of one pupil in one period: `marks` by assessment, out of their scales."""
    policy = gradebook.policy
    parts = {
        part.key: _part(gradebook, part, marks) for subject in gradebook.subjects for part in subject.parts
    }
    subjects = {subject.key: subject_average(subject, parts, policy) for subject in gradebook.subjects}
    return Averages(parts, subjects, general_average(subjects.values(), policy))


def one_subject(gradebook: Gradebook, subject: SubjectTerms, marks: Mapping[Key, Given]) -> Average:
    """The average of one pupil in one subject."""
    parts = {part.key: _part(gradebook, part, marks) for part in subject.parts}
    return subject_average(subject, parts, gradebook.policy)


def _part(gradebook: Gradebook, part: PartTerms, marks: Mapping[Key, Given]) -> Average:
    assessed = gradebook.by_part.get(part.key, ())
    return part_average(part, assessed, marks, gradebook.policy)


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
