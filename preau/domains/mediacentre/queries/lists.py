"""The pages of whoever assigns: resources, rules, people who have one or not."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preau.directory.models import Enrolment, Group, Holding
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer
from preau.directory.words import level_said
from preau.domains.mediacentre.models import (
    Exemption,
    Public,
    Resource,
    Rule,
    Subscription,
    Target,
    held,
    is_among,
    members,
)
from preau.domains.mediacentre.queries.counting import meant_by_rules, used
from preau.domains.mediacentre.queries.licences import Room, ends_soon, room_of
from preau.foundation import text

NAMES_SHOWN = 4


@dataclass(frozen=True)
class ResourceRow:
    """A line of the list: the resource, its people by rules, its licences, and the day on which it ends if that is soon.
    `whole`: the school has it for all of its publics."""

    resource: Resource
    people: int
    room: Room
    ends: date | None
    whole: bool = False


def resources_matching(viewer: Viewer, chosen: Mapping[str, Any]) -> "QuerySet[Resource]":
    """Those of the school, in the list first, by words of their name or publisher."""
    found = Resource.objects.visible_to(viewer).filter(school=viewer.school_id)
    for word in text.fold(chosen.get("texte", "")).split()[:5]:
        found = found.filter(search_name__contains=word)
    state = chosen.get("etat")
    if state == "sorties":
        found = found.filter(is_open=False)
    elif state == "libres":
        given = Rule.objects.filter(resources=OuterRef("pk"), ended_at=None)
        found = found.filter(~Exists(given), is_open=True)
    else:
        found = found.filter(is_open=True)
    kept: QuerySet[Resource] = found.order_by("search_name", "pk")
    return kept


def resource_rows(viewer: Viewer, resources: Sequence[Resource]) -> list[ResourceRow]:
    """Two statements for a page of resources."""
    keys, day = [resource.pk for resource in resources], viewer.today
    counts = used(day, viewer.school_id or 0, keys) if keys else {}
    rows = subscriptions_of(keys, day)
    return [
        _row(resource, rows[resource.pk], counts.get(resource.pk, Counter()), day) for resource in resources
    ]


def resource_row(viewer: Viewer, resource: Resource, subscriptions: Sequence[Subscription]) -> ResourceRow:
    """The same of one resource, of which the subscriptions are at hand (one statement)."""
    counts = used(viewer.today, viewer.school_id or 0, [resource.pk])
    rows = _usable(subscriptions, viewer.today)[resource.pk]
    return _row(resource, rows, counts.get(resource.pk, Counter()), viewer.today)


def _row(resource: Resource, rows: Sequence[Subscription], need: Counter[str], day: date) -> ResourceRow:
    whole = any(row.kind == Subscription.Kind.SCHOOL for row in rows)
    return ResourceRow(resource, sum(need.values()), room_of(rows, need), ends_soon(rows, day), whole)


def subscriptions_of(resources: Any, day: date) -> defaultdict[int, list[Subscription]]:
    """The usable subscriptions of each resource; past ones when it has no other, so that their end is said."""
    return _usable(Subscription.objects.filter(resource__in=resources, is_open=True).order_by("pk"), day)


def _usable(rows: Iterable[Subscription], day: date) -> defaultdict[int, list[Subscription]]:
    found: defaultdict[int, list[Subscription]] = defaultdict(list)
    past: defaultdict[int, list[Subscription]] = defaultdict(list)
    for row in rows:
        (past if row.ends and row.ends < day else found)[row.resource_id].append(row)
    for key, ended in past.items():
        if not found[key]:
            found[key] = ended
    return found


# Rules


@dataclass(frozen=True)
class RuleRow:
    """A rule in words, its resources by name, and how many people it means today."""

    rule: Rule
    whom: str
    resources: list[str]
    more: int
    people: int | None


def rules_matching(viewer: Viewer, *, ended: bool = False, resource: int | None = None) -> "QuerySet[Rule]":
    found = Rule.objects.visible_to(viewer).filter(ended_at__isnull=not ended)
    if resource is not None:
        found = found.filter(resources=resource)
    kept: QuerySet[Rule] = found.select_related("made_by").order_by("-made_at", "-pk")
    return kept


def rule_rows(viewer: Viewer, rules: Sequence[Rule], whom: Mapping[int, str] | None = None) -> list[RuleRow]:
    """Three statements for a page of rules, two when it is known `whom` they mean."""
    keys = [rule.pk for rule in rules]
    whom = whom_said(rules) if whom is None else whom
    names: defaultdict[int, list[str]] = defaultdict(list)
    through = Rule.resources.through.objects.filter(rule__in=keys).order_by("resource__search_name")
    for rule, name in through.values_list("rule_id", "resource__name"):
        names[rule].append(name)
    people = meant_by_rules(viewer.today, viewer.school_id or 0) if keys else {}
    return [
        RuleRow(
            rule,
            whom[rule.pk],
            names[rule.pk][:NAMES_SHOWN],
            max(0, len(names[rule.pk]) - NAMES_SHOWN),
            people.get(rule.pk, 0) if rule.ended_at is None else None,
        )
        for rule in rules
    ]


def whom_said(rules: Iterable[Rule]) -> dict[int, str]:
    """« Élèves : 6e, 5e », « Enseignants : Mathématiques », « 3 personnes choisies » (one statement)."""
    names_by_rule: defaultdict[int, list[str]] = defaultdict(list)
    people: Counter[int] = Counter()
    rows = Target.objects.filter(rule__in=[rule.pk for rule in rules]).order_by("pk")
    for rule, level, group, subject, person in rows.values_list(
        "rule_id", "level", "group__name", "subject__name", "person_id"
    ):
        if person:
            people[rule] += 1
        else:
            names_by_rule[rule].append(level_said(level) or group or subject or "")
    return {
        rule.pk: rule_said(rule.public, rule.scope, names_by_rule[rule.pk], people[rule.pk]) for rule in rules
    }


def rule_said(public: str, scope: str, names: Sequence[str], people: int) -> str:
    """Whom a rule means, in words."""
    if scope == Rule.Scope.PEOPLE:
        return ngettext("%(num)s personne choisie", "%(num)s personnes choisies", people) % {"num": people}
    label = str(Public(public).label)
    if scope == Rule.Scope.ALL:
        return _("Tous : %(publics)s") % {"publics": label.lower()}
    shown = ", ".join(names[:12]) + (" …" if len(names) > 12 else "")
    return f"{label}\u202f: {shown or '—'}"


# People


@dataclass(frozen=True)
class PersonRow:
    """Somebody of the school before a resource: their class, and whether they were set apart."""

    public_id: str
    name: str
    public: str
    classes: str
    apart: bool


def people_of(
    viewer: Viewer, resource: Resource, chosen: Mapping[str, Any]
) -> "QuerySet[Holding, dict[str, Any]]":
    """Who has a resource, or who of the school has it not: `qui`; by public, class, words of a name."""
    here: Any = members(viewer.today).filter(school=viewer.school_id)
    own = Q(school=viewer.school_id)
    has = is_among("person", held(viewer.today, own, [resource.pk]), "person_id")
    found = here.exclude(has) if chosen.get("qui") == "sans" else here.filter(has)
    if chosen.get("public"):
        found = found.filter(public=chosen["public"])
    if group := chosen.get("groupe"):
        learnt = Enrolment.objects.filter(active_on(viewer.today), group=group)
        found = found.filter(person__in=learnt.values("pupil_id"))
    for word in text.fold(chosen.get("texte", "")).split()[:5]:
        found = found.filter(person__search_name__contains=word)
    columns = ("person_id", "person__public_id", "person__family_name", "person__given_name", "public")
    kept: QuerySet[Holding, dict[str, Any]] = (
        found.order_by("person__search_name", "person_id").values(*columns).distinct()
    )
    return kept


def person_rows(viewer: Viewer, resource: Resource, lines: Sequence[Mapping[str, Any]]) -> list[PersonRow]:
    """Two statements for a page of people."""
    keys = [line["person_id"] for line in lines]
    classes = classes_of(viewer.today, keys)
    apart = set(
        Exemption.objects.filter(resource=resource, person__in=keys).values_list("person_id", flat=True)
    )
    return [
        PersonRow(
            line["person__public_id"],
            f"{line['person__family_name'].upper()} {line['person__given_name']}".strip(),
            str(Public(line["public"]).label),
            classes.get(line["person_id"], ""),
            line["person_id"] in apart,
        )
        for line in lines
    ]


def classes_of(day: date, people: Any) -> dict[int, str]:
    """The class of each of these pupils (one statement)."""
    rows = Enrolment.objects.filter(active_on(day), pupil__in=people, group__kind=Group.Kind.CLASS)
    return dict(rows.order_by("-group__name").values_list("pupil_id", "group__name"))
