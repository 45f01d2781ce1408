"""Letters as they are printed: one sheet for a household, in lots that a request can make."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.campaigns.models import Campaign, Channel, Sending
from preau.domains.campaigns.queries.plan import lines_of

A_LOT = 40


@dataclass(frozen=True)
class Sheet:
    """One letter: who it is for, where they live, what it says."""

    people: tuple[str, ...]
    address: str
    text: str


def lots_of(campaign: Campaign) -> list[tuple[int, int, int]]:
    """The lots of letters of a campaign: number, first and last sheet."""
    count = _letters(campaign).values("sheet").distinct().count()
    return [(first // A_LOT + 1, first + 1, min(first + A_LOT, count)) for first in range(0, count, A_LOT)]


def sheets_of(viewer: Viewer, campaign: Campaign, lot: str | None) -> list[Sheet]:
    """The sheets of a lot (the first, when none is asked); of a draft, the first that would leave."""
    if campaign.is_draft:
        lines = [
            line
            for line in lines_of(viewer, campaign)
            if line.channel == Channel.LETTER and line.leaves and line.reach
        ]
        first = lines[:1] and [line for line in lines if line.sheet == lines[0].sheet]
        return _joined((line.sheet, line.reach.person, line.to, line.text) for line in first if line.reach)
    number = int(lot) if lot and lot.isascii() and lot.isdecimal() and len(lot) < 6 else 1
    order = list(dict.fromkeys(_letters(campaign).order_by("pk").values_list("sheet", flat=True)))
    wanted = order[(number - 1) * A_LOT : number * A_LOT] if number else []
    rows = _letters(campaign).filter(sheet__in=wanted).select_related("person").order_by("pk")
    return _joined((row.sheet, row.person, row.to, row.text) for row in rows)


def _letters(campaign: Campaign) -> "QuerySet[Sending]":
    """Those that are to be posted, or were; not one whose words were erased."""
    found = Sending.objects.filter(target__campaign=campaign, channel=Channel.LETTER).exclude(text="")
    return found.exclude(state=Sending.State.CANCELLED)


def _joined(rows: Iterable[tuple[str, Person, str, str]]) -> list[Sheet]:
    people: dict[str, list[str]] = defaultdict(list)
    by_sheet: dict[str, tuple[str, str]] = {}
    for sheet, person, address, text in rows:
        people[sheet].append(named(person))
        by_sheet[sheet] = (address, text)
    return [Sheet(tuple(people[sheet]), *by_sheet[sheet]) for sheet in by_sheet]


def named(person: Person) -> str:
    """« Mme Claire MOREAU », as an envelope says it."""
    civility = person.get_civility_display() if person.civility else ""
    return " ".join(filter(None, [civility, person.given_name, person.family_name.upper()]))
