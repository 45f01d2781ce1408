"""Who has which resource: one branch for each way of being meant by a rule, all of it asked of the directory of the day.

A branch is a QuerySet of holdings with, beside each, the `resource` and the `rule` that mean its person, and their `public`. Nothing is copied:
whoever comes into a class or leaves the school gains or loses what its rules give, at the next page.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.apps import apps
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When

from preau.directory.models import Group, Holding
from preau.directory.models.scoping import active_on
from preau.directory.words import Role
from preau.domains.mediacentre.models.words import FOR, OTHER_ROLES, Public

OWN_RULES = "school__resource_rules__"
ENROLLED, TEACHING = "person__enrolments__", "person__assignments__"


def members(day: date) -> "QuerySet[Holding]":
    """The people of schools who may have resources, each once by public, with that `public`."""
    held = Holding.objects.filter(active_on(day))
    also = held.filter(person=OuterRef("person"), school=OuterRef("school")).order_by()
    teaches = Exists(also.filter(role=Role.TEACHER))
    documents = Exists(also.filter(role=Role.LIBRARIAN))
    ranked = (
        Q(role__in=[Role.PUPIL, Role.TEACHER])
        | Q(~teaches, role=Role.LIBRARIAN)
        | Q(~teaches, ~documents, role__in=OTHER_ROLES)
    )
    public = Case(
        When(role=Role.PUPIL, then=Value(Public.PUPIL)),
        When(role=Role.TEACHER, then=Value(Public.TEACHER)),
        When(role=Role.LIBRARIAN, then=Value(Public.LIBRARIAN)),
        default=Value(Public.OTHER),
    )
    return held.filter(ranked).annotate(public=public).order_by()


def branches(day: date, people: Q | None = None, resources: Any = None) -> "list[QuerySet[Holding]]":
    """Each way of being meant, narrowed to the holdings of `people` and to some `resources`; exceptions are left out.

    `resources`: keys or a QuerySet of resources, open or not; None for all that are open.
    """
    base = members(day) if people is None else members(day).filter(people)
    pupils, teachers = base.filter(role=Role.PUPIL), base.filter(role=Role.TEACHER)
    of_class, of_level = f"{ENROLLED}group__resource_targets__rule__", OWN_RULES
    of_subject = f"{TEACHING}subject__resource_targets__rule__"
    taught = f"{TEACHING}group__resource_targets__rule__"
    named = "person__resource_targets__rule__"
    found = [
        _meant(
            base, OWN_RULES, resources, Q(**{f"{OWN_RULES}scope": "all", f"{OWN_RULES}public": F("public")})
        ),
        _meant(pupils, of_class, resources, _learning(day) & Q(**{f"{of_class}public": Public.PUPIL})),
        _meant(pupils, of_level, resources, _learning(day) & _of_level()),
        _meant(
            teachers, of_subject, resources, _teaching(day) & Q(**{f"{of_subject}public": Public.TEACHER})
        ),
        _meant(teachers, taught, resources, _teaching(day) & Q(**{f"{taught}public": Public.TEACHER})),
        _meant(base, named, resources, Q(**{f"{named}school": F("school"), f"{named}scope": "people"})),
    ]
    return [_without_exceptions(one) for one in found]


def opened_to_all(day: date, people: Q | None = None, resources: Any = None) -> "QuerySet[Holding]":
    """Whoever has a resource because the school has it whole: its subscription is « par établissement », for their public."""
    base = members(day) if people is None else members(day).filter(people)
    prefix = "school__resource_subscriptions__"
    publics = Q()
    for public, column in FOR.items():
        publics |= Q(**{"public": public, f"{prefix}{column}": True})
    found = base.filter(
        publics,
        Q(**{f"{prefix}starts": None}) | Q(**{f"{prefix}starts__lte": day}),
        Q(**{f"{prefix}ends": None}) | Q(**{f"{prefix}ends__gte": day}),
        _kept(f"{prefix}resource", resources),
        **{f"{prefix}kind": "school", f"{prefix}is_open": True},
    )
    return _without_exceptions(found.annotate(resource=F(f"{prefix}resource"), rule=Value(0)))


def meant(day: date, school: int, whom: tuple[str, str], targets: Mapping[str, Any]) -> "QuerySet[Holding]":
    """Whom a rule that is not written yet would mean. `whom`: its public and its scope; `targets`: levels, and keys of
    groups, subjects, people."""
    public, scope = whom
    base = members(day).filter(school=school)
    if scope == "people":
        return base.filter(person__in=targets["people"])
    base = base.filter(public=public)
    if scope == "levels":
        of_level = {
            f"{ENROLLED}group__level__in": targets["levels"],
            f"{ENROLLED}group__kind": Group.Kind.CLASS,
        }
        return base.filter(_learning(day), **of_level)
    if scope == "subjects":
        return base.filter(_teaching(day), **{f"{TEACHING}subject__in": targets["subjects"]})
    if scope == "groups" and public == Public.PUPIL:
        return base.filter(_learning(day), **{f"{ENROLLED}group__in": targets["groups"]})
    if scope == "groups":
        return base.filter(_teaching(day), **{f"{TEACHING}group__in": targets["groups"]})
    return base


def given(found: "QuerySet[Holding]", resources: Any) -> "QuerySet[Holding]":
    """A branch: these people, each with each of these resources."""
    crossed = found.filter(school__gar_resources__in=resources)
    return _without_exceptions(crossed.annotate(resource=F("school__gar_resources"), rule=Value(0)))


def held(day: date, people: Q | None = None, resources: Any = None) -> "list[QuerySet[Holding]]":
    """All the ways of having a resource, by rules and by the school."""
    return [*branches(day, people, resources), opened_to_all(day, people, resources)]


def is_among(column: str, found: "Sequence[QuerySet[Holding]]", value: str = "resource") -> Q:
    """Is `column` one of these branches' values?"""
    among = Q()
    for branch in found:
        among |= Q(**{f"{column}__in": branch.values(value)})
    return among


def _meant(base: Any, path: str, resources: Any, meant: Q) -> "QuerySet[Holding]":
    """One filter, so that all of it is said of one row of each table on the way."""
    found = base.filter(meant, _kept(f"{path}resources", resources), **{f"{path}ended_at": None})
    kept: QuerySet[Holding] = found.annotate(resource=F(f"{path}resources"), rule=F(f"{path}pk"))
    return kept


def _kept(path: str, resources: Any) -> Q:
    return Q(**{f"{path}__is_open": True}) if resources is None else Q(**{f"{path}__in": resources})


def _learning(day: date) -> Q:
    """In a class or a group of this school's year, today."""
    return active_on(day, ENROLLED) & Q(
        **{f"{ENROLLED}group__school": F("school"), f"{ENROLLED}group__year": F("school__current_year")}
    )


def _of_level() -> Q:
    return Q(
        **{
            f"{OWN_RULES}public": Public.PUPIL,
            f"{OWN_RULES}scope": "levels",
            f"{OWN_RULES}targets__level": F(f"{ENROLLED}group__level"),
            f"{ENROLLED}group__kind": Group.Kind.CLASS,
        }
    )


def _teaching(day: date) -> Q:
    return active_on(day, TEACHING) & Q(
        **{f"{TEACHING}school": F("school"), f"{TEACHING}group__year": F("school__current_year")}
    )


def _without_exceptions(found: "QuerySet[Holding]") -> "QuerySet[Holding]":
    exception: Any = apps.get_model("mediacentre", "Exemption")
    apart = exception.objects.filter(resource=OuterRef("resource"), person=OuterRef("person"))
    return found.filter(~Exists(apart))
