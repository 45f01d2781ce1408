"""Exemptions and adjustments as pages list them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from preau.directory.models import Holding, Person
from preau.directory.viewer import Viewer
from preau.domains.attendance.models import Arrangement, said_of
from preau.foundation import dates, text
from preau.foundation.lookup import LookupTerms

COLUMNS = (
    "pk",
    "pupil_id",
    "pupil__public_id",
    "pupil__family_name",
    "pupil__given_name",
    "kind",
    "must_attend",
    "words",
    "subject__name",
    "first_day",
    "last_day",
    "ended_at",
    "said_by__given_name",
    "said_by__family_name",
)
# A search names a few pupils, never a school.
LETTERS, MOST = 3, 8


@dataclass(frozen=True)
class ArrangementRow:
    """One line: of whom, what, between which days, who said it."""

    pk: int
    pupil_id: int
    public_id: str
    list_name: str
    given_name: str
    kind: str
    label: str
    first_day: date
    last_day: date | None
    said_by: str
    ended: bool

    @property
    def days(self) -> str:
        return dates.span(self.first_day, self.last_day) if self.last_day else dates.plain_day(self.first_day)


def arrangements_matching(viewer: Viewer, name: str, *, over: bool) -> "QuerySet[Arrangement]":
    """Those of the school that hold or will, or those that are over, of the pupils so named."""
    is_over = Q(last_day__lt=viewer.today) | Q(ended_at__isnull=False)
    found = Arrangement.objects.visible_to(viewer)
    found = found.filter(is_over) if over else found.exclude(is_over)
    if name:
        found = found.filter(pupil__search_name__contains=text.fold(name))
    return found.order_by("pupil__search_name", "first_day", "pk")


def arrangements_of(viewer: Viewer, pupil: Person) -> list[ArrangementRow]:
    """Everything noted of a pupil that the viewer sees, the newest first."""
    found = Arrangement.objects.visible_to(viewer).filter(pupil=pupil)
    return arrangement_rows(found.order_by("-first_day", "-pk"), viewer.today)


def own_arrangements(viewer: Viewer) -> list[ArrangementRow]:
    """What holds, or will, of one's own children or of oneself."""
    return arrangement_rows(arrangements_matching(viewer, "", over=False), viewer.today)


def arrangement_rows(found: Any, today: date) -> list[ArrangementRow]:
    return [_row(line, today) for line in found.values(*COLUMNS)]


def _row(line: dict[str, Any], today: date) -> ArrangementRow:
    given, family = line["pupil__given_name"], line["pupil__family_name"]
    return ArrangementRow(
        line["pk"],
        line["pupil_id"],
        line["pupil__public_id"],
        f"{family.upper()} {given}",
        given,
        line["kind"],
        said_of(line["kind"], line["must_attend"], line["words"], line["subject__name"] or ""),
        line["first_day"],
        line["last_day"],
        f"{line['said_by__given_name']} {line['said_by__family_name']}",
        line["ended_at"] is not None or (line["last_day"] or today) < today,
    )


def pupils_named(viewer: Viewer, typed: str) -> list[Person]:
    """The pupils of the viewer's school so named: at least three letters, at most eight pupils; small slips forgiven."""
    wanted = LookupTerms.typed(typed)
    if wanted.letters < LETTERS:
        return []
    here = Holding.objects.pupils_here(viewer)
    rows = wanted.among(Person.objects.filter(pk__in=here.values("person_id")), "search_name")
    return [person for person, _ in wanted.best(rows, lambda person: person.search_name)[:MOST]]
