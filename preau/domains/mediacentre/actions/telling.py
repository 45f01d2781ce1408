"""Telling people: what they have been given, what they have no longer; and those who assign, what a list did."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import Holding, School
from preau.directory.models.scoping import active_on
from preau.directory.words import Role
from preau.domains.mediacentre.models import (
    ASSIGNING,
    BY_FUNCTION,
    Resource,
    Rule,
    Subscription,
    branches,
    given,
)
from preau.domains.mediacentre.queries.previews import proposal_of
from preau.domains.mediacentre.rules import SOON
from preau.foundation import dates, notices

NEW, GONE, LIST = "mediacentre.new", "mediacentre.gone", "mediacentre.list"
SHOWN = 3


@transaction.atomic
def tell_given(rule_id: int) -> int:
    """Tell those whom a rule means of all its resources at once; returns how many. Nothing of a rule ended meanwhile."""
    rule = Rule.objects.filter(pk=rule_id, ended_at=None).select_related("school").first()
    if rule is None:
        return 0
    names = dict(rule.resources.filter(is_open=True).order_by("search_name").values_list("pk", "name"))
    if not names:
        return 0
    people = proposal_of(rule).means(_today(rule.school), rule.school_id)
    # Whoever was set apart from all of them is told nothing.
    pairs = set(given(people, list(names)).values_list("person_id", "role"))
    facts = {"what": said_of(names.values()), "school": rule.school.name}
    return _publish(NEW, f"rule-{rule.pk}", rule.school, pairs, facts, but=rule.made_by_id)


@transaction.atomic
def tell_gone(school_id: int, resources: list[int], at: str) -> int:
    """Tell those who had resources by rules, and have them no longer since they left the list; each of all of theirs at once."""
    school = School.objects.get(pk=school_id)
    names = dict(
        Resource.objects.filter(pk__in=resources, school=school, is_open=False).values_list("pk", "name")
    )
    had: dict[tuple[int, str], set[str]] = {}
    ways: list[Any] = list(branches(_today(school), Q(school=school), list(names))) if names else []
    for branch in ways:
        for person, role, resource in branch.values_list("person_id", "role", "resource"):
            had.setdefault((person, role), set()).add(names[resource])
    alike: dict[tuple[str, ...], set[tuple[int, str]]] = {}
    for who, lost in had.items():
        alike.setdefault(tuple(sorted(lost)), set()).add(who)
    return sum(
        _publish(GONE, f"gone-{at}", school, pairs, {"what": said_of(lost), "school": school.name})
        for lost, pairs in alike.items()
    )


@transaction.atomic
def tell_assigners(school: School, key: str, what: str, by: int | None = None) -> int:
    """Tell those who say who has which resource: the librarian, the head, and to whom it was given."""
    today = _today(school)
    held = Holding.objects.filter(active_on(today), school=school)
    pairs = {
        (holding.person_id, holding.role)
        for holding in held.filter(Q(role__in=BY_FUNCTION) | ~Q(scope={})).order_by("pk")
        if holding.role in BY_FUNCTION or ASSIGNING in holding.delegations(today)
    }
    facts = {"what": what, "school": school.name}
    return _publish(LIST, key, school, pairs, facts, but=by, url=reverse("mediacentre:resources"))


def warn_of_endings() -> int:
    """For each school, the resources of which the last subscription ends soon, to those who assign: once for each last day."""
    count = 0
    for school in School.objects.filter(resource_subscriptions__is_open=True).distinct():
        today = _today(school)
        last = dict(
            Subscription.objects.filter(school=school, is_open=True, resource__is_open=True)
            .values_list("resource__name")
            .annotate(last=Max("ends"), unending=Count("pk", filter=Q(ends=None)))
            .filter(unending=0, last__range=(today, today + timedelta(days=SOON)))
            .order_by("resource__name")
            .values_list("resource__name", "last")
        )
        for day in sorted(set(last.values())):
            names = said_of(name for name, ends in last.items() if ends == day)
            what = _("L’abonnement finit le %(day)s : %(names)s") % {
                "day": dates.day(day, year=True),
                "names": names,
            }
            count += tell_assigners(school, f"ends-{day}", what)
    return count


def said_of(names: Iterable[str]) -> str:
    """« Atlas du Saule, Lexique et 4 autres »."""
    known = list(names)
    label = ", ".join(known[:SHOWN])
    more = len(known) - SHOWN
    return _("%(names)s et %(more)s autres") % {"names": label, "more": more} if more > 0 else label


def _publish(
    kind: str,
    key: str,
    school: School,
    pairs: Iterable[tuple[int, str]],
    facts: dict[str, Any],
    *,
    but: int | None = None,
    url: str = "",
) -> int:
    seats = {person: f"{Role(role).profile.value}-{school.pk}" for person, role in sorted(pairs)}
    news = [
        notices.News(
            kind=kind,
            person_id=person,
            key=f"{key}-{person}",
            url=url or reverse("mediacentre:mine"),
            facts=facts,
            school_id=school.pk,
            seat=seat,
        )
        for person, seat in seats.items()
        if person != but
    ]
    notices.publish(*news)
    return len(news)


def _today(school: School) -> date:
    return timezone.localdate(timezone=ZoneInfo(school.timezone))
