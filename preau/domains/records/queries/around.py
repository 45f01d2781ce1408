"""What the adults in charge of a pupil meet: measures in neutral words, and what to do in an emergency."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import F, Q, QuerySet

from preau.directory.models import Person
from preau.directory.queries.finding import classes_of
from preau.directory.viewer import Viewer
from preau.domains.attendance.models import Arrangement
from preau.domains.attendance.queries.arrangements import ArrangementRow, arrangement_rows
from preau.domains.records.models import Measure, Protocol, Record


@dataclass(frozen=True)
class Around:
    """One pupil: what to do in every lesson, and the addresses of what to do in an emergency."""

    list_name: str
    group: str
    words: list[str] = field(default_factory=list)
    emergencies: list[str] = field(default_factory=list)


def _adjustments(viewer: Viewer) -> "QuerySet[Arrangement]":
    """Those of today that the viewer sees; whoever is on the list of a record reads its measures too, as an AESH does."""
    seen = Q(pk__in=Arrangement.objects.visible_to(viewer).values("pk"))
    listed = Q(measure__record__in=Record.objects.visible_to(viewer).values("pk"))
    found: QuerySet[Arrangement] = Arrangement.objects.in_school(viewer).active(viewer.today)
    return found.filter(seen | listed, kind=Arrangement.Kind.ADJUSTMENT)


def people_around(viewer: Viewer, *, only_emergencies: bool) -> "QuerySet[Person]":
    """The pupils of whom there is something to know, by name."""
    urgent = Q(pk__in=Protocol.objects.visible_to(viewer).values("pupil_id"))
    if not only_emergencies:
        urgent |= Q(pk__in=_adjustments(viewer).values("pupil_id"))
    return Person.objects.filter(urgent).order_by("search_name", "pk")


def around(viewer: Viewer, people: Sequence[Person]) -> list[Around]:
    """These pupils with their measures and their emergencies (three queries)."""
    pks = [person.pk for person in people]
    groups = classes_of(viewer, pks) if pks else {}
    words: dict[int, list[str]] = defaultdict(list)
    urgent: dict[int, list[str]] = defaultdict(list)
    for pupil, text in _adjustments(viewer).filter(pupil__in=pks).values_list("pupil_id", "words"):
        words[pupil].append(text)
    shown = Protocol.objects.visible_to(viewer).filter(pupil__in=pks).order_by("pk")
    for pupil, public_id in shown.values_list("pupil_id", "public_id"):
        urgent[pupil].append(public_id)
    return [
        Around(person.list_name, groups.get(person.pk, ""), words[person.pk], urgent[person.pk])
        for person in people
    ]


def emergency_of(protocol: Record) -> str | None:
    """What to do; None when the key that sealed it is gone (one query). Nothing else of the record is opened."""
    return protocol.open_emergency(protocol.versions.get(number=protocol.revision))


def measures_of(record: Record, today: date) -> list[tuple[int, ArrangementRow]]:
    """The measures of a record, each with the number by which it is ended (two queries)."""
    numbers = dict(Measure.objects.filter(record=record).values_list("arrangement_id", "pk"))
    return [(numbers[row.pk], row) for row in measure_rows(record, today)]


def measure_rows(record: Record, today: date) -> list[ArrangementRow]:
    """The measures of a record, those that hold first (one query)."""
    found = Arrangement.objects.filter(measure__record=record)
    return arrangement_rows(found.order_by(F("ended_at").asc(nulls_first=True), "first_day", "pk"), today)


def own_measures(record: Record, today: date) -> list[ArrangementRow]:
    """Those that hold, as a family reads them."""
    return [row for row in measure_rows(record, today) if not row.ended]
