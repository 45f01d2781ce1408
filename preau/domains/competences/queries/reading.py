"""What a pupil knows, domain by domain: levels in the school's words, what proves them, what comes next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet

from preau.directory.models import Enrolment, Period, Person
from preau.directory.viewer import Viewer
from preau.domains.competences.models import (
    COMPONENTS,
    Balance,
    Competence,
    Level,
    MasteryPolicy,
    Sheet,
    policy_of,
)
from preau.domains.competences.queries.levels import Line, comes_to, dated, histories, lines_of_periods
from preau.domains.competences.queries.referentials import RANKED
from preau.domains.competences.queries.resources import ResourceLink, resources_for
from preau.domains.competences.rules.access import reads_every_class, years_read
from preau.domains.competences.rules.synthesis import Rule
from preau.domains.gradebook.queries.periods import YearChoice, chosen_year, opened_period, year_choices
from preau.foundation.prepared import Prepared

REACHED = 3
MOST_NEXT, MOST_PROOFS = 3, 4


@dataclass(frozen=True)
class Known:
    """A competence: its level by the school's rule, and the history that makes it, newest first."""

    competence: Competence
    level: int | None
    lines: Sequence[Line]

    @property
    def last(self) -> Line:
        """The newest that says a level: an assessment where the pupil was absent proves nothing. The newest, where none does."""
        return next((line for line in self.lines if line.value is not None), self.lines[0])

    @property
    def proofs(self) -> Sequence[Line]:
        return self.lines[:MOST_PROOFS]


@dataclass(frozen=True)
class Domain:
    """A domain with the competences in which there is something to read, and those that come next in it."""

    label: str
    held: Sequence[Known]
    coming: Sequence[Competence] = ()


@dataclass(frozen=True)
class PupilPage:
    """What the page of a pupil shows, of a period or of the year."""

    pupil: Person
    policy: MasteryPolicy
    domains: Sequence[Domain]
    periods: Sequence[Period]
    period: Period | None
    balance: Sequence[tuple[str, int]]
    today: date
    # The years of which the viewer reads levels of this pupil, the latest first, and the one that is shown.
    years: Sequence[YearChoice] = ()
    year: YearChoice | None = None
    # By competence of `next`, where to work on it.
    resources: Mapping[int, ResourceLink] = field(default_factory=dict)

    @property
    def is_past(self) -> bool:
        """Of a year that is over."""
        return self.year is not None and not self.year.is_now

    @cached_property
    def known(self) -> list[Known]:
        return [one for domain in self.domains for one in domain.held]

    @property
    def solid(self) -> list[Known]:
        """What is held best: for the first sentence of the page."""
        return [one for one in self.known if one.level == 4][:2]

    @property
    def solid_names(self) -> str:
        """« Lire un texte, Compter »."""
        return ", ".join(one.competence.name for one in self.solid)

    @property
    def next(self) -> list[Known]:
        """What to work on: the levels that are not reached yet, those seen last first; of a year that is over, nothing."""
        if self.is_past:
            return []
        low = [one for one in self.known if one.level is not None and one.level < REACHED]
        return sorted(low, key=lambda one: (-one.last.day.toordinal(), one.level or 0))[:MOST_NEXT]

    @property
    def counts(self) -> list[tuple[int, str, int]]:
        """How many competences are at each level, the best first."""
        levels = [one.level for one in self.known]
        return [
            (level, word, levels.count(level))
            for level, word in sorted(self.policy.words.items(), reverse=True)
        ]


# Whose level was written last.
NEWEST = Prepared(
    lambda viewer: Level.objects.visible_to(viewer).order_by("-changed_at").values_list("pupil_id", flat=True)
)
# The sheets in which pupils are asked where they think they are.
ASKING = Prepared(
    lambda viewer: (
        Sheet.objects.visible_to(viewer)
        .filter(asks_pupils=True)
        .select_related("assessment")
        .order_by("-day")
    )
)
BALANCE = Prepared(
    lambda viewer, pupil, school: (
        Balance.objects.visible_to(viewer).filter(pupil=pupil, school=school).order_by("cycle")
    )
)


def _periods(viewer: Viewer, pupil: int, school: int) -> "QuerySet[Period]":
    learnt = Enrolment.objects.filter(pupil=pupil, school=school).values("group__year_id")
    goes_on = Q(school__current_year=F("year_id"))
    assessed = Exists(Sheet.objects.filter(period=OuterRef("pk")))
    rows = Period.objects.filter(goes_on | (Q(year__in=learnt) & Q(assessed)), school=school)
    is_now = ExpressionWrapper(goes_on, BooleanField())
    own = dated(Level.objects.visible_to(viewer).filter(pupil=pupil, column__sheet__school=school))
    held = Exists(own.filter(period_shown=OuterRef("pk")))
    return rows.select_related("year").annotate(is_now=is_now, is_held=held).order_by("starts", "pk")


# Of this year, and of each before in which the pupil learnt there and something was assessed; each says whether its year goes on
# (`is_now`), and whether the viewer reads a level in it (`is_held`).
PERIODS = Prepared(_periods)
# Under these domains, the competences in use on a day, but those already known.
OTHERS = Prepared(
    lambda day, parents, known: (
        Competence.objects.in_use(day)
        .assessed()
        .filter(parent__in=parents)
        .exclude(pk__in=known)
        .order_by("rank", "pk")
    )
)


def page_of(
    viewer: Viewer, pupil: Person, school_id: int, asked: str | None, of_year: str | None = None
) -> PupilPage:
    """The levels of a pupil that the viewer reads: six queries, eight where something comes next that has resources."""
    every = [period for period in PERIODS(viewer, pupil.pk, school_id) if period.starts <= viewer.today]
    if viewer.is_staff and not reads_every_class(viewer):
        read = years_read(viewer, pupil)
        every = [period for period in every if period.year_id in read]
    years = year_choices(every)
    named = next((str(period.year_id) for period in every if str(period.pk) == asked), of_year)
    year = chosen_year(years, named)
    periods = [period for period in every if year and period.year_id == year.pk]
    period = None if asked == "annee" else opened_period(periods, asked, viewer.today)
    policy = policy_of(school_id)
    within = [period] if period else periods
    lines = lines_of_periods(viewer, pupil.pk, school_id, (one.pk for one in within))
    domains = domains_of(viewer, lines, policy)
    by_component = {row.component: row.level for row in BALANCE(viewer, pupil.pk, school_id)}
    balance = [(str(name), by_component[code]) for code, name in COMPONENTS.items() if code in by_component]
    page = PupilPage(pupil, policy, domains, periods, period, balance, viewer.today, years, year)
    wanted = [one.competence for one in page.next]
    return replace(page, resources=resources_for(pupil, school_id, viewer.today, wanted))


def domains_of(viewer: Viewer, lines: Sequence[Line], policy: MasteryPolicy) -> list[Domain]:
    """These levels by domain, in the order of the referentials: one query, and one for what comes next."""
    by_competence = {competence: rows for (_pupil, competence), rows in histories(lines).items()}
    found: dict[tuple[str, int | None], list[Known]] = {}
    for row in RANKED(tuple(by_competence)):
        label = str(row.parent.name if row.parent else row.referential.name)
        known = Known(
            row, comes_to(by_competence[row.pk], Rule(policy.rule)), list(reversed(by_competence[row.pk]))
        )
        found.setdefault((label, row.parent_id), []).append(known)
    parents = [parent for _label, parent in found if parent is not None]
    after = _coming(viewer, parents, list(by_competence))
    return [Domain(label, held, after.get(parent or 0, ())) for (label, parent), held in found.items()]


def _coming(viewer: Viewer, parents: Sequence[int], known: Sequence[int]) -> dict[int, list[Competence]]:
    """Beside what is known, the first competences of each domain in which nothing was found yet."""
    found: dict[int, list[Competence]] = {}
    for row in OTHERS(viewer.today, tuple(parents), tuple(known)):
        held = found.setdefault(row.parent_id or 0, [])
        if len(held) < 2:
            held.append(row)
    return found


def school_of(viewer: Viewer, pupil: Person) -> int | None:
    """Where the pupil learns: the viewer's school, or for a family the child's."""
    if viewer.school_id is not None:
        return viewer.school_id
    return next((place.school.pk for place in viewer.places if place.pupil_id == pupil.pk), None)
