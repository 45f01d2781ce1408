"""What the pages of readers are drawn from: an average, a mark and the half of a class, as numbers and as words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from preau.directory.rules.subjects import Look
from preau.domains.gradebook.models import Assessment
from preau.domains.gradebook.queries.read_marks import Line
from preau.domains.gradebook.rules import averages
from preau.domains.gradebook.rules.averages import Average, Code, Mode
from preau.domains.gradebook.rules.marking import plain
from preau.domains.gradebook.rules.reading import spread_of

CENT = Decimal("0.01")
# So much of its scale away from the mean of the class, a mark is above or below it: a point of twenty.
NEAR = Fraction(1, 20)


def number(value: Fraction | Decimal | None) -> str:
    """« 12,67 »: at most two decimals; a dash where there is nothing."""
    if value is None:
        return "–"
    return plain(averages.rounded(Fraction(value), CENT))


@dataclass(frozen=True)
class Spread:
    """The half of a class, its mean and its ends: for the drawing as numbers, for people as a sentence."""

    low: float
    high: float
    mean: float
    half: str
    middle: Fraction
    said: str
    least: Fraction | None = None
    most: Fraction | None = None


def spread_in_words(values: Iterable[Fraction]) -> Spread | None:
    """None where too few have a value."""
    made = spread_of(values)
    if made is None:
        return None
    low, high = number(made.first_quartile), number(made.third_quartile)
    half = low if low == high else _("%(low)s à %(high)s") % {"low": low, "high": high}
    # The quartiles meet where many have the same: « de 6 à 6 » is not said.
    words = (
        _("La moitié de la classe au moins a %(half)s ; la moyenne est %(mean)s.")
        if low == high
        else _("La moitié de la classe va de %(half)s ; la moyenne est %(mean)s.")
    )
    sentence = words % {"half": half, "mean": number(made.mean)}
    return Spread(
        float(made.first_quartile),
        float(made.third_quartile),
        float(made.mean),
        half,
        made.mean,
        sentence,
        made.least,
        made.most,
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


def move_of(before: Average | None, now: Average) -> str:
    """« up » or « down » when the average of a month ago was a point away."""
    if before is None or before.exact is None or now.exact is None or abs(now.exact - before.exact) < 1:
        return ""
    return "up" if now.exact > before.exact else "down"


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
    def stands(self) -> str:
        """Where it is from the mean of the class, in words and never a rank; "" where too few have a mark."""
        if self.spread is None or not isinstance(self.given, Fraction):
            return ""
        away = self.given - self.spread.middle
        if abs(away) <= NEAR * averages.exact(self.line.scale):
            return _("Cette note est proche de la moyenne de la classe.")
        if away > 0:
            return _("Cette note est au-dessus de la moyenne de la classe.")
        return _("Cette note est en dessous de la moyenne de la classe.")

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
