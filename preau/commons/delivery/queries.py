"""The hours of schools and people as they are today, and when things leave by them; in as many statements, however many people."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.http import Http404

from preau.commons.delivery import rules
from preau.commons.delivery.models import PersonPolicy, SchoolPolicy
from preau.commons.delivery.rules import ANY_HOUR, WEEK, PersonHours, SchoolHours
from preau.commons.delivery.words import said_of_hours
from preau.directory.models import Closure, School
from preau.directory.viewer import Viewer
from preau.foundation import boards
from preau.foundation.boards import Carrier, Load, NotificationKind

CLOSED_SHOWN = 6


def hours_of_school(school: School) -> SchoolHours:
    """The hours of one school (two queries)."""
    return hours_of_schools([school])[school.pk]


def hours_of_schools(schools: Iterable[School]) -> dict[int, SchoolHours]:
    """The hours of these schools, with their closed days; one query, and one for each school read without its policy."""
    known = {school.pk: school for school in schools}
    closed: dict[int, list[tuple[date, date]]] = {}
    closures = Closure.objects.filter(school__in=known) if known else Closure.objects.none()
    for school_id, starts, ends in closures.values_list("school_id", "starts", "ends"):
        closed.setdefault(school_id, []).append((starts, ends))
    return {pk: hours_by(school, policy_of(school), closed.get(pk, [])) for pk, school in known.items()}


def policy_of(school: School) -> SchoolPolicy | None:
    """What a school has settled, if it has."""
    return getattr(school, "delivery_policy", None)


def hours_by(
    school: School, policy: SchoolPolicy | None, closed: Collection[tuple[date, date]]
) -> SchoolHours:
    """The hours that a policy says; without one, the ordinary ones."""
    policy = policy or SchoolPolicy(school=school)
    return SchoolHours(
        zone=school.timezone,
        opens=policy.opens,
        closes=policy.closes,
        days=frozenset(policy.days),
        closed=tuple(closed) if policy.keeps_closures else (),
    )


def hours_of_people(people: Collection[int]) -> dict[int, PersonHours]:
    """The hours of those of these people who have some (one query)."""
    return {row.person_id: hours_in(row) for row in PersonPolicy.objects.filter(person__in=people)}


def hours_in(policy: PersonPolicy) -> PersonHours:
    """What a row says."""
    return PersonHours(
        quiet=tuple((starts, ends) for starts, ends in policy.quiet),
        days=WEEK if policy.days is None else frozenset(policy.days),
    )


@dataclass(frozen=True)
class Timetable:
    """The hours of some schools and people, read once."""

    schools: Mapping[int, SchoolHours]
    people: Mapping[int, PersonHours]
    waits: Mapping[int, Collection[str]] = field(default_factory=dict)
    # The schools that pay for text messages.
    texting: Collection[int] = frozenset()

    def school(self, school_id: int | None) -> SchoolHours:
        """Of a person's own account, no school: the ordinary hours, in France."""
        return self.schools.get(school_id or 0, SchoolHours())

    def person(self, person_id: int) -> PersonHours:
        return self.people.get(person_id, ANY_HOUR)

    def lets_pass(self, kind: NotificationKind, school_id: int | None) -> bool:
        """Is this kind urgent, for this school too?"""
        return kind.urgent and kind.key not in self.waits.get(school_id or 0, ())

    def departure(
        self, school_id: int | None, person_id: int, ready: datetime, *, urgent: bool = False
    ) -> datetime | None:
        """When something leaves for a person; what waited is spread over some minutes, person by person."""
        return rules.spread(self.school(school_id), self.person(person_id), ready, person_id, urgent=urgent)


def timetable(school_ids: Collection[int | None], people: Collection[int]) -> Timetable:
    """The hours by which things leave from these schools for these people (three queries at most)."""
    wanted = {pk for pk in school_ids if pk}
    schools = list(School.objects.filter(pk__in=wanted).select_related("delivery_policy")) if wanted else []
    policies = {school.pk: policy for school in schools if (policy := policy_of(school))}
    waits = {pk: policy.waits for pk, policy in policies.items()}
    texting = frozenset(pk for pk, policy in policies.items() if policy.offers_texts)
    return Timetable(hours_of_schools(schools), hours_of_people(people), waits, texting)


def departures(
    school: School, people: Collection[int], ready: datetime, *, urgent: bool = False
) -> dict[int, datetime | None]:
    """When something that is ready leaves from a school for each of these people; None where no hour is left (three queries at most).

    Urgent, it leaves at once: whoever sends it says why.
    """
    hours = Timetable({school.pk: hours_of_school(school)}, hours_of_people(people))
    return {pk: hours.departure(school.pk, pk, ready, urgent=urgent) for pk in people}


def opening_after(school: School | None, ready: datetime) -> datetime | None:
    """When what is ready at a moment begins to leave for those who keep no hours; None when it leaves at once (two queries)."""
    found = rules.departure(hours_of_school(school), ANY_HOUR, ready) if school else ready
    return None if found == ready else found


# In words, and for whoever runs the platform


def said_of(school: School) -> str:
    """The hours of a school in words: « de 7 h à 20 h, du lundi au vendredi » (two queries)."""
    return words_for(hours_of_school(school))


def words_for(hours: SchoolHours) -> str:
    return said_of_hours(hours.opens, hours.closes, hours.days)


def closed_next(viewer: Viewer) -> Sequence[Closure]:
    """The next closed days of the viewer's school, as its calendar says them."""
    rows = Closure.objects.visible_to(viewer).filter(school=viewer.school_id, ends__gte=viewer.today)
    return list(rows.order_by("starts")[:CLOSED_SHOWN])


def carriers_at(now: datetime) -> list[tuple[Carrier, Load]]:
    """Each gateway with what it has to carry; what is not set here carries nothing."""
    return [
        (carrier, carrier.load(now) if carrier.is_set() else Load(0, 0, 0)) for carrier in boards.carriers
    ]


def carrier(key: str) -> Carrier:
    """A gateway of the board. Raises Http404."""
    found = boards.carriers.named(key)
    if found is None:
        raise Http404
    return found
