"""When a message arrives, as the delivery policy says (docs/decisions/0141): one door, so that nothing else of the house knows it."""

from collections.abc import Collection, Iterable
from datetime import datetime

from preau.commons.delivery import queries as delivery
from preau.commons.delivery.rules import ANY_HOUR, SchoolHours
from preau.commons.delivery.rules import departure as departure_of
from preau.commons.delivery.rules import is_open as is_open_then
from preau.directory.models import School


def departures(
    school: School, people: Collection[int], ready: datetime, *, urgent: bool = False
) -> dict[int, datetime]:
    """By person, from when a message that is ready then may arrive. Whoever has left no hour is reached by those of the school."""
    found = delivery.departures(school, people, ready, urgent=urgent)
    if all(found.values()):
        return {pk: moment for pk, moment in found.items() if moment}
    otherwise = departure(hours_of(school), ready, urgent=urgent)
    return {pk: moment or otherwise for pk, moment in found.items()}


def hours_of(school: School) -> SchoolHours:
    return delivery.hours_of_school(school)


def hours_of_schools(schools: Iterable[School]) -> dict[int, SchoolHours]:
    return delivery.hours_of_schools(schools)


def departure(hours: SchoolHours, ready: datetime, *, urgent: bool = False) -> datetime:
    """When a message that is ready then leaves a school, as its button says."""
    return departure_of(hours, ANY_HOUR, ready, urgent=urgent) or ready


def is_open(hours: SchoolHours, moment: datetime) -> bool:
    return is_open_then(hours, moment)
