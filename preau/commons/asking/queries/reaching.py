"""Why somebody who is asked answers on paper, line by line."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from preau.commons.delivery.queries import Asked, Reach, reach_of
from preau.directory.models import Person, School

# What a house asks of one person: the number of its row, and that person.
Line = tuple[int, Person]
LATE = _("le SMS n’a pas pu partir à temps")


def reasons(
    house: str,
    school: School,
    lines: Iterable[Line],
    until: datetime | None,
    *,
    untexted: Collection[int] = (),
) -> dict[tuple[int, int], str]:
    """Of each (line, person), why the answer comes on paper, "" where it comes on the platform (two queries at most).

    `until`: the last moment to answer; a message that could not leave before is said, since nobody has told them. `untexted`: those who
    are sent no text message.
    """
    known = list(lines)
    people = {person.pk: person for _line, person in known}
    asked = Asked(house, until) if until else None
    reached = reach_of(school, people.values(), untexted=untexted, asked=asked) if people else {}
    return {(line, person.pk): _why(line, reached[person.pk]) for line, person in known}


def _why(line: int, reach: Reach) -> str:
    """The key of a news begins with its line (`asking.actions.key_of`)."""
    is_late = any(key.partition("-")[0] == str(line) for key in reach.missed)
    return str(LATE) if is_late else reach.why
