"""The « cahier de progrès »: what pupils know, domain by domain and period by period, in words. No mark, no rank."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from preau.directory.models import Group, Period, Person, School
from preau.directory.viewer import Viewer
from preau.domains.competences.models import Competence, Level, MasteryPolicy, policy_of
from preau.domains.competences.queries.levels import dated
from preau.domains.competences.rules.synthesis import Found, Rule, synthesis
from preau.domains.gradebook.queries.grid import learners_of
from preau.domains.gradebook.queries.periods import chosen_period, periods_of

COLUMNS = ("pupil_id", "column__competence_id", "period_shown", "day_shown", "pk", "value", "note")


@dataclass(frozen=True)
class Skill:
    """A competence: its level in each period that has begun, and the last words that were written of it."""

    name: str
    levels: Sequence[int | None]
    note: str = ""


@dataclass(frozen=True)
class Booklet:
    """The cahier of one pupil: domains, with their skills."""

    name: str
    domains: Sequence[tuple[str, Sequence[Skill]]] = field(default_factory=list)


@dataclass(frozen=True)
class Booklets:
    """What is printed: the cahiers, the periods that are their columns, and the words of the school."""

    school: School
    policy: MasteryPolicy
    periods: Sequence[Period]
    books: Sequence[Booklet]


def booklet_of(viewer: Viewer, pupil: Person, school_id: int) -> Booklets:
    """That of one pupil, with what the viewer reads: five statements."""
    return _booklets(viewer, school_id, [(pupil.pk, pupil.full_name)])


def booklets_of(viewer: Viewer, group: Group) -> Booklets:
    """Those of a class, by name: as many statements for thirty pupils as for one."""
    period = chosen_period(periods_of(viewer), None, viewer.today)
    learners = learners_of(viewer, group, period) if period else []
    named = [(one.pk, f"{one.given_name} {one.family_name}") for one in learners if not one.left]
    return _booklets(viewer, group.school_id, named)


def _booklets(viewer: Viewer, school_id: int, pupils: Sequence[tuple[int, str]]) -> Booklets:
    school = School.objects.get(pk=school_id)
    begun = Period.objects.filter(year=school.current_year_id, starts__lte=viewer.today)
    periods = list(begun.order_by("starts", "pk"))
    policy = policy_of(school_id)
    seen = Level.objects.visible_to(viewer).filter(
        pupil__in=[pk for pk, _name in pupils], column__sheet__school=school_id
    )
    within = Q(period_shown__in=[period.pk for period in periods])
    rows: Any = dated(seen).filter(within).order_by("day_shown", "pk").values_list(*COLUMNS)
    by_pupil: dict[int, dict[int, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        by_pupil[row[0]][row[1]].append(row)
    known = {competence for held in by_pupil.values() for competence in held}
    found = Competence.objects.filter(pk__in=known).select_related("parent", "referential")
    ranked = list(found.order_by("-referential__is_own", "referential__name", "rank", "pk"))
    books = [Booklet(name, _domains(ranked, by_pupil[pk], periods, Rule(policy.rule))) for pk, name in pupils]
    return Booklets(school, policy, periods, books)


def _domains(
    ranked: Sequence[Competence], by_competence: Any, periods: Sequence[Period], rule: Rule
) -> list[tuple[str, Sequence[Skill]]]:
    found: dict[tuple[str, int | None], list[Skill]] = {}
    for one in ranked:
        if one.pk in by_competence:
            label = one.parent.name if one.parent else one.referential.name
            found.setdefault((label, one.parent_id), []).append(
                _skill(one, by_competence[one.pk], periods, rule)
            )
    return [(label, skills) for (label, _parent), skills in found.items()]


def _skill(one: Competence, rows: Sequence[Any], periods: Sequence[Period], rule: Rule) -> Skill:
    levels = [
        synthesis((Found(row[3], row[4], row[5]) for row in rows if row[2] == period.pk), rule)
        for period in periods
    ]
    return Skill(one.name, levels, next((row[6] for row in reversed(rows) if row[6]), ""))
