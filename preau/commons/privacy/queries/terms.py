"""What is past its term, by which rule, and what is kept from it: the rules of the board, on a day (docs/decisions/0113)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.db.models import PROTECT, RESTRICT, Max, Min, Q
from django.utils import timezone

from preau.commons.privacy.models import RIGHTS, DataRequest, RetentionPart, RetentionRun
from preau.directory.models import Holding, Person, School
from preau.directory.models.scoping import active_on
from preau.directory.queries.terms import held_in
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.foundation import boards
from preau.foundation.boards import Term


@dataclass(frozen=True)
class TermCount:
    """What a rule finds in a school on a day: how many rows may go, how many are held, and of which days they are."""

    term: Term
    count: int
    held: int
    oldest: date | None
    newest: date | None


@dataclass(frozen=True)
class PartShown:
    """A part of a run as its page shows it. `label` and `text` are those of the rule, or its key once no rule bears it."""

    part: RetentionPart
    label: str
    text: str
    offers: tuple[str, str] | None


def in_force(day: date) -> list[Term]:
    """The rules of that day, in the order in which they are executed: of each key, the latest that has begun."""
    found: dict[str, Term] = {}
    for term in sorted(boards.terms, key=lambda term: term.since):
        if term.since <= day:
            found[term.key] = term
    return sorted(found.values(), key=lambda one: (one.order, one.key))


def term_of(key: str, since: date) -> Term | None:
    """The rule as it was when a run was prepared; None when no code bears it any more."""
    return next((term for term in boards.terms if (term.key, term.since) == (key, since)), None)


def today_of(school: School | None) -> date:
    return timezone.localdate(timezone=zone_of(school))


def zone_of(school: School | None) -> ZoneInfo:
    return ZoneInfo(school.timezone if school else settings.TIME_ZONE)


def held_people(school: School | None, day: date) -> set[int]:
    """Those whose rows stay: their school keeps them longer, or has not answered what is asked about their data."""
    waiting = DataRequest.objects.waiting().filter(school=school)
    return held_in(school, day) | set(waiting.values_list("subject_id", flat=True))


def held_now() -> set[tuple[str, str]]:
    """Everybody whose rows stay today: the number of the school that holds them, and their public id."""
    found = set()
    for school in School.objects.order_by("pk"):
        people = Person.objects.filter(pk__in=held_people(school, today_of(school)))
        found |= {(school.uai, row) for row in people.values_list("public_id", flat=True)}
    return found


def going(term: Term, school: School | None, day: date, held: Iterable[int]) -> Any:
    """The rows of a rule that are past their term on `day`, without those of the people who are held."""
    rows = term.due(school, day)
    kept = _of_people(term, list(held))
    if kept is None:
        return rows
    table: Any = apps.get_model(term.model)
    return rows.exclude(pk__in=table._base_manager.filter(kept).values("pk"))  # noqa: SLF001


def rows_named(term: Term, keys: list[int]) -> Any:
    """The rows of a rule that bear these keys."""
    table: Any = apps.get_model(term.model)
    return table._base_manager.filter(pk__in=keys)  # noqa: SLF001 - whoever may not see them erases them all the same


def _of_people(term: Term, people: list[int]) -> Q | None:
    """Is a row about one of these, or does a row that is point at it and keep it?"""
    found = Q()
    for lookup in (*term.people, *_lookups_of_keepers(term)):
        found |= Q(**{f"{lookup}__in": people})
    return found if people and found else None


def _lookups_of_keepers(term: Term) -> list[str]:
    """From a row to the people of what protects it: the pupils of the absences of a lesson."""
    keepers = {term.model: term for term in boards.terms}
    table: Any = apps.get_model(term.model)
    return [
        f"{link.name}__{lookup}"
        for link in table._meta.related_objects
        if link.on_delete in {PROTECT, RESTRICT} and link.related_model._meta.label in keepers
        for lookup in keepers[link.related_model._meta.label].people
    ]


def found_in(school: School | None, day: date) -> list[TermCount]:
    """What each rule of that day finds in a school: those that find nothing are left out."""
    held = held_people(school, day)
    found = (_found(term, school, day, held) for term in in_force(day))
    return [one for one in found if one.count or one.held]


def _found(term: Term, school: School | None, day: date, held: set[int]) -> TermCount:
    rows = going(term, school, day, held)
    count = rows.count()
    kept = term.due(school, day).count() - count if held else 0
    spans = rows.order_by().aggregate(first=Min(term.when), last=Max(term.when)) if count else {}
    first, last = (_day(spans.get(one), school) for one in ("first", "last"))
    return TermCount(term, count, kept, first, last)


def _day(value: date | datetime | None, school: School | None) -> date | None:
    return timezone.localdate(value, zone_of(school)) if isinstance(value, datetime) else value


# Its pages


def runs_of(viewer: Viewer) -> Any:
    """Every run that the viewer sees, those that wait first."""
    seen = RetentionRun.objects.visible_to(viewer).select_related("school", "approved_by", "confirmed_by")
    return seen.order_by("done_at", "-pk") if viewer.school_id is None else seen.order_by("-pk")


def shown_of(run: RetentionRun) -> list[PartShown]:
    """Its parts in words."""
    found = []
    for part in run.parts.all():
        term = term_of(part.rule, part.since)
        words = (str(term.label), str(term.text), term.offers) if term else (part.rule, "", None)
        found.append(PartShown(part, *words))
    return found


def deciders_of(school: School | None, today: date) -> list[int]:
    """Those who may agree to a run: the head of the school and whoever was given it; of what is of no school, operators."""
    if school is None:
        held = Holding.objects.active(today).filter(role=Role.OPERATOR)
        return sorted(set(held.values_list("person_id", flat=True)))
    held = Holding.objects.filter(active_on(today), school=school)
    able = set(held.filter(role=Role.HEAD).values_list("person_id", flat=True))
    able |= {holding.person_id for holding in held.exclude(scope={}) if RIGHTS in holding.given_on(today)}
    return sorted(able)


def needs_operator(run: RetentionRun, today: date) -> bool:
    """Is there one person at most who may decide in this school? The second one then operates the platform."""
    return len(deciders_of(run.school, today)) < 2


def erased_people() -> Any:
    """Everybody who is erased, the oldest first."""
    return Person.objects.exclude(erased_at=None).order_by("erased_at", "pk")


def rules_said() -> list[tuple[str, list[Term]]]:
    """Each rule by its label, with its versions, the oldest first: past, in force, and to come."""
    found: dict[str, list[Term]] = {}
    for term in sorted(boards.terms, key=lambda term: (term.order, term.key, term.since)):
        found.setdefault(term.key, []).append(term)
    return [(str(versions[-1].label), versions) for versions in found.values()]
