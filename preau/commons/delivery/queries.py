"""The hours of schools and people as they are today, and when things leave by them; in as many statements, however many people."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from preau.commons.delivery import rules
from preau.commons.delivery.models import PersonPolicy, SchoolPolicy
from preau.commons.delivery.rules import ANY_HOUR, WEEK, PersonHours, SchoolHours
from preau.directory.models import Closure, School


def hours_of_school(school: School) -> SchoolHours:
    """The hours of one school (two queries)."""
    return hours_of_schools([school])[school.pk]


def hours_of_schools(schools: Iterable[School]) -> dict[int, SchoolHours]:
    """The hours of these schools, with their closed days (two queries)."""
    known = {school.pk: school for school in schools}
    if not known:
        return {}
    policies = {row.school_id: row for row in SchoolPolicy.objects.filter(school__in=known)}
    closed: dict[int, list[tuple[date, date]]] = {}
    closures = Closure.objects.filter(school__in=known)
    for school_id, starts, ends in closures.values_list("school_id", "starts", "ends"):
        closed.setdefault(school_id, []).append((starts, ends))
    return {pk: _hours(school, policies.get(pk), closed.get(pk, [])) for pk, school in known.items()}


def _hours(school: School, policy: SchoolPolicy | None, closed: Collection[tuple[date, date]]) -> SchoolHours:
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

    def school(self, school_id: int | None) -> SchoolHours:
        """Of a person's own account, no school: the ordinary hours, in France."""
        return self.schools.get(school_id or 0, SchoolHours())

    def person(self, person_id: int) -> PersonHours:
        return self.people.get(person_id, ANY_HOUR)

    def departure(
        self, school_id: int | None, person_id: int, ready: datetime, *, urgent: bool = False
    ) -> datetime | None:
        """When something leaves for a person; what waited is spread over some minutes, person by person."""
        return rules.spread(self.school(school_id), self.person(person_id), ready, person_id, urgent=urgent)


def timetable(school_ids: Collection[int | None], people: Collection[int]) -> Timetable:
    """The hours by which things leave from these schools for these people (four queries at most)."""
    schools = School.objects.filter(pk__in={pk for pk in school_ids if pk})
    return Timetable(hours_of_schools(schools), hours_of_people(people))


def departures(
    school: School, people: Collection[int], ready: datetime, *, urgent: bool = False
) -> dict[int, datetime | None]:
    """When something that is ready leaves from a school for each of these people; None where no hour is left (three queries at most).

    Urgent, it leaves at once: whoever sends it says why.
    """
    hours = Timetable({school.pk: hours_of_school(school)}, hours_of_people(people))
    return {pk: hours.departure(school.pk, pk, ready, urgent=urgent) for pk in people}
