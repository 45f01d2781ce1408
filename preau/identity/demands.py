"""Who must have a second proof, and from which day (docs/decisions/0108).

A school, or the platform, demands it of some of the staff from a date. What that means for one account is worked out when
something changes and kept on the account (`Account.proves_from`), which comes with its session: no page asks more.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta

from django.db.models import Q

from preau.directory.models import Holding
from preau.directory.models.scoping import active_on
from preau.directory.words import Role
from preau.identity.models import OFFICE, Account, ProofDemand, proves_twice

# Between the demand and its day; and for whoever comes in once that day is over.
NOTICE = ENTRY = SOON = timedelta(days=7)
LONGEST_DELAY = timedelta(days=60)

Demands = dict[int | None, list[ProofDemand]]


def in_force(schools: Iterable[int | None]) -> Demands:
    """The demands of these schools, by school, and that of the platform, under None (one query)."""
    found: Demands = defaultdict(list)
    here = {school for school in schools if school is not None}
    for demand in ProofDemand.objects.filter(Q(school=None) | Q(school__in=here)):
        found[demand.school_id].append(demand)
    return found


def holdings_of(people: Iterable[int], today: date) -> "dict[int, list[Holding]]":
    """What each of these people holds today, as staff, agent or operator (one query)."""
    found: dict[int, list[Holding]] = defaultdict(list)
    held = Holding.objects.filter(active_on(today), person__in=list(people)).exclude(role=Role.PUPIL)
    for holding in held.only("person_id", "role", "school_id", "scope"):
        found[holding.person_id].append(holding)
    return found


def concerns(demand: ProofDemand, holding: Holding, today: date) -> bool:
    """Is somebody who holds this among those whom the demand names?"""
    if demand.school_id is not None and holding.school_id != demand.school_id:
        return False
    if demand.who == ProofDemand.Who.STAFF or holding.role == Role.OPERATOR:
        return True
    return holding.role in OFFICE or bool(holding.delegations(today))


def day_asked(demands: Demands, held: Iterable[Holding], today: date) -> date | None:
    """The first day of what is demanded of whoever holds these; None when nothing is."""
    days = [
        demand.since
        for holding in held
        for demand in [*demands.get(None, ()), *demands.get(holding.school_id, ())]
        if concerns(demand, holding, today)
    ]
    return min(days, default=None)


def due(account: Account, asked: date | None, today: date, *, at_once: bool = False) -> date | None:
    """From which day this account, which has no second proof, opens nothing without one.

    Whoever comes in once the day is over has a week; `at_once`: they had one, and took it away themselves.
    """
    if asked is None:
        return None
    day = asked
    if asked <= today and not at_once:
        day = max(asked, account.proves_from or today + ENTRY)
    return max(day, account.delayed_until) if account.delayed_until else day


def due_days(accounts: Collection[Account], today: date, *, at_once: bool = False) -> dict[int, date | None]:
    """The same for several accounts, those who have a second proof included: None (three queries)."""
    held = holdings_of([account.person_id for account in accounts], today)
    demands = in_force(row.school_id for rows in held.values() for row in rows)
    if not demands:
        return {account.pk: None for account in accounts}
    asking = Account.objects.filter(proves_twice(), pk__in=[account.pk for account in accounts])
    proved = set(asking.values_list("pk", flat=True))
    return {
        account.pk: None
        if account.pk in proved
        else due(account, day_asked(demands, held[account.person_id], today), today, at_once=at_once)
        for account in accounts
    }


def accounts_of(school_id: int | None, today: date) -> Q:
    """For a filter of accounts: the staff of a school, or of all of them; and those of whom something was demanded."""
    held = Holding.objects.filter(active_on(today)).exclude(role=Role.PUPIL)
    if school_id is not None:
        return Q(person__in=held.filter(school_id=school_id).values("person_id"))
    return Q(person__in=held.values("person_id")) | Q(proves_from__isnull=False)
