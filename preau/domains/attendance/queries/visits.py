"""Who is where now, and finding a pupil in two gestures."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from preau.directory.models import Holding, Person
from preau.directory.viewer import Viewer
from preau.domains.attendance.models import Visit
from preau.domains.attendance.queries.absences import classes_of
from preau.foundation import dates, text

MOST_FOUND, FEWEST_LETTERS = 10, 2
LATELY = timedelta(hours=4)


@dataclass(frozen=True)
class PupilRow:
    """A pupil found by name, with their class and where they are now, or ""."""

    person: Person
    group: str
    place: str


def pupils_found(viewer: Viewer, typed: str) -> list[PupilRow]:
    """The ten first pupils of the school whose name holds what was typed (three queries)."""
    wanted = text.fold(typed).strip()
    if len(wanted) < FEWEST_LETTERS:
        return []
    here = Holding.objects.pupils_here(viewer)
    found = Person.objects.filter(pk__in=here.values("person_id"))
    for word in wanted.split():
        found = found.filter(search_name__contains=word)
    people = list(found.order_by("search_name", "pk")[:MOST_FOUND])
    ids = [person.pk for person in people]
    classes = classes_of(ids, viewer.today)
    open_ones = Visit.objects.visible_to(viewer).going_on().filter(pupil__in=ids)
    places = {pupil: Visit.Place(place).label for pupil, place in open_ones.values_list("pupil_id", "place")}
    return [PupilRow(person, classes.get(person.pk, ""), str(places.get(person.pk, ""))) for person in people]


def visits_going_on(viewer: Viewer) -> "QuerySet[Visit]":
    """Who is where now, those who came first at the top."""
    here = Visit.objects.visible_to(viewer).going_on()
    return here.select_related("pupil").order_by("starts", "pk")


def visits_ended_by_others(viewer: Viewer) -> list[Visit]:
    """Who was noted gone from one's place by somebody else in these last hours, the latest first (one query)."""
    seen = Visit.objects.visible_to(viewer).filter(ends__gt=viewer.ago(LATELY), ended_by__isnull=False)
    others = seen.exclude(ended_by=viewer.person.pk).select_related("pupil", "ended_by")
    return list(others.order_by("-ends", "-pk")[:MOST_FOUND])


def where_said(place: str, starts: datetime, ends: datetime | None, zone: str) -> str:
    """« Infirmerie depuis 10 h 30 »; without a place, that the pupil is out of the classroom."""
    values = {
        "place": Visit.Place(place).label if place else _("Hors de la classe"),
        "since": dates.hour(starts, zone),
    }
    if ends is None:
        return _("%(place)s depuis %(since)s") % values
    if ends == starts:
        return _("%(place)s à %(since)s") % values
    return _("%(place)s de %(since)s à %(until)s") % (values | {"until": dates.hour(ends, zone)})
