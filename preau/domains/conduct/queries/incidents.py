"""Incidents as lists and pages show them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from preau.directory.counting import number_of
from preau.directory.models import Enrolment, Group, Holding, Person
from preau.directory.queries.finding import classes_of
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.conduct.models import Incident, Involvement, Punition
from preau.domains.timetable.queries.lessons import own_lessons
from preau.foundation import dates, text
from preau.foundation.prepared import Prepared

COLUMNS = (
    "pk",
    "day",
    "hour",
    "kind",
    "place",
    "state",
    "reported_by__civility",
    "reported_by__given_name",
    "reported_by__family_name",
)


@dataclass
class IncidentRow:
    """One incident as lists show it."""

    pk: int
    day: date
    hour: time | None
    kind: str
    place: str
    is_open: bool
    reporter: str
    people: list[str] = field(default_factory=list)

    @property
    def when(self) -> str:
        return (
            f"{dates.short_day(self.day)}, {dates.hour(self.hour)}"
            if self.hour
            else dates.short_day(self.day)
        )

    @property
    def who(self) -> str:
        return ", ".join(self.people)

    @property
    def tag(self) -> tuple[str, str]:
        return (_("À traiter"), "todo") if self.is_open else (_("Traité"), "done")


def incidents_matching(viewer: Viewer, chosen: Mapping[str, Any]) -> "QuerySet[Incident]":
    """The incidents that a viewer sees and that match the filters chosen (`forms.IncidentFilter`)."""
    found = Incident.objects.visible_to(viewer)
    plain = {"du": "day__gte", "au": "day__lte", "etat": "state", "nature": "kind"}
    found = found.filter(**{lookup: chosen[name] for name, lookup in plain.items() if chosen.get(name)})
    if chosen.get("nom"):
        named = Involvement.objects.filter(person__search_name__contains=text.fold(chosen["nom"]))
        found = found.filter(pk__in=named.values("incident_id"))
    return found


def lines_of(incidents: "QuerySet[Incident]") -> "QuerySet[Incident, dict[str, Any]]":
    """What `rows_of` reads, newest first."""
    return incidents.order_by("-day", "-hour", "-pk").values(*COLUMNS)


CONCERNED = Prepared(
    lambda incidents: (
        Involvement.objects.filter(incident__in=incidents, part=Involvement.Part.CONCERNED)
        .order_by("pk")
        .values_list("incident_id", "person__family_name", "person__given_name")
    )
)


def rows_of(lines: Sequence[Mapping[str, Any]]) -> list[IncidentRow]:
    """Lines as rows, with the people concerned (one query)."""
    rows = {line["pk"]: _row(line) for line in lines}
    for incident, family_name, given_name in CONCERNED(tuple(rows)):
        rows[incident].people.append(f"{family_name.upper()} {given_name}")
    return list(rows.values())


def _row(line: Mapping[str, Any]) -> IncidentRow:
    return IncidentRow(
        pk=line["pk"],
        day=line["day"],
        hour=line["hour"],
        kind=str(Incident.Kind(line["kind"]).label),
        place=str(Incident.Place(line["place"]).label),
        is_open=line["state"] == Incident.State.OPEN,
        reporter=_called(line, "reported_by__"),
    )


def _called(line: Mapping[str, Any], prefix: str) -> str:
    """« Mme Moreau », else « Claire Moreau »."""
    civility = line[f"{prefix}civility"]
    first = str(Person.Civility(civility).label) if civility else line[f"{prefix}given_name"]
    return f"{first} {line[f'{prefix}family_name']}".strip()


@dataclass(frozen=True)
class PartRow:
    """One person in an incident, on its page. `is_pupil`: somebody who has a family to tell."""

    pk: int
    person_id: int
    public_id: str
    name: str
    place: str
    part: str
    for_family: str
    told_at: datetime | None
    is_pupil: bool


def parts_of(viewer: Viewer, incident: Incident) -> list[PartRow]:
    """Who was part of an incident, each with their class (two queries)."""
    held = Holding.objects.filter(person=OuterRef("person"), school=incident.school_id, role=Role.PUPIL)
    rows = incident.involvements.select_related("person").annotate(is_pupil=Exists(held))
    parts = list(rows.order_by("pk"))
    classes = classes_of(viewer, [part.person_id for part in parts])
    return [
        PartRow(
            part.pk,
            part.person_id,
            part.person.public_id,
            part.person.list_name,
            classes.get(part.person_id, ""),
            part.get_part_display(),
            part.for_family,
            part.told_at,
            part.is_pupil,
        )
        for part in parts
    ]


@dataclass(frozen=True)
class Step:
    """One line of the history of an incident."""

    when: str
    title: str
    text: str


def whole_incident(pk: int) -> Incident:
    """An incident with whoever reported it."""
    return Incident.objects.select_related("reported_by", "school").get(pk=pk)


def history_of(incident: Incident) -> list[Step]:
    """From the report to now (one query); `incident` comes from `whole_incident`."""
    first = Step(
        dates.day_and_hour(incident.reported_at),
        _("Signalé par %(name)s") % {"name": incident.reported_by.full_name},
        "",
    )
    return [first] + [
        Step(dates.day_and_hour(step.at), f"{step.get_gesture_display()} · {step.by.full_name}", _said(step))
        for step in incident.steps.select_related("by").order_by("pk")
    ]


def _said(step: Any) -> str:
    if step.before:
        return _("Avant, c’était écrit « %(words)s »") % {"words": step.before.replace("\n", " · ")}
    return str(step.note)


def measures_of(incident: Incident) -> list[Punition]:
    """The punitions that were given for it."""
    return list(incident.punitions.select_related("pupil").order_by("pk"))


# Where a report begins


@dataclass(frozen=True)
class Present:
    """The lesson that a teacher gives now: its class or group, and when it began."""

    group_id: int
    hour: time


def lesson_now(viewer: Viewer, now: datetime) -> Present | None:
    """What fills a report before anything is typed (one query)."""
    going_on = own_lessons(viewer).filter(starts__lte=now, ends__gt=now, groups__isnull=False)
    line = going_on.order_by("starts").values_list("groups", "starts", "school__timezone").first()
    return Present(line[0], dates.local(line[1], line[2]).time()) if line else None


def groups_to_choose(viewer: Viewer) -> "QuerySet[Group]":
    """The classes and groups of the year."""
    return Group.objects.visible_to(viewer).filter(year=viewer.year).order_by("kind", "rank", "name")


# As many digits as a key has.
LONGEST_KEY = 18


def pupils_of(viewer: Viewer, group: Group | None) -> "QuerySet[Person]":
    """The pupils of a class or a group today."""
    if group is None:
        return Person.objects.none()
    here = Enrolment.objects.active(viewer.today).filter(group=group, school_id=viewer.school_id)
    return Person.objects.filter(pk__in=here.values("pupil_id"))


def pupils_here(viewer: Viewer) -> "QuerySet[Person]":
    """The pupils of the school today."""
    return Person.objects.filter(pk__in=Holding.objects.pupils_here(viewer).values("person_id"))


def pupils_among(viewer: Viewer, chosen: Iterable[str]) -> "QuerySet[Person]":
    """Of these keys, as a form sends them, the pupils of the school: they stay chosen while another class is shown."""
    keys = [int(key) for key in chosen if key.isascii() and key.isdigit() and len(key) <= LONGEST_KEY]
    return pupils_here(viewer).filter(pk__in=keys)


FEWEST_LETTERS, MOST_FOUND = 2, 12


def pupils_named(viewer: Viewer, typed: str) -> list[Person]:
    """The pupils of the school whose name holds these words, whatever their class (one query)."""
    words = text.fold(typed).split()
    if len("".join(words)) < FEWEST_LETTERS:
        return []
    found = pupils_here(viewer)
    for word in words:
        found = found.filter(search_name__contains=word)
    return list(found.order_by("search_name", "pk")[:MOST_FOUND])


def choices_of(viewer: Viewer, group: Group | None, kept: Sequence[Person]) -> list[tuple[int, str]]:
    """The pupils of a class, and those kept from others with the name of theirs: two may bear one name (three queries at most)."""
    here = {person.pk: person for person in pupils_of(viewer, group)}
    elsewhere = {person.pk: person for person in kept if person.pk not in here}
    classes = classes_of(viewer, list(elsewhere)) if elsewhere else {}
    people = sorted([*here.values(), *elsewhere.values()], key=lambda one: (one.search_name, one.pk))
    return [
        (one.pk, f"{one.list_name} ({classes[one.pk]})" if one.pk in classes else one.list_name)
        for one in people
    ]


def staff_of(viewer: Viewer) -> "QuerySet[Person]":
    """The adults of the school."""
    held = Holding.objects.active(viewer.today).filter(school_id=viewer.school_id).exclude(role=Role.PUPIL)
    return Person.objects.filter(pk__in=held.values("person_id"))


# On the home; the page has them all.
SHOWN = 5
TO_HANDLE = Prepared(lambda viewer: lines_of(Incident.objects.visible_to(viewer).open())[:SHOWN])


def number_to_handle(viewer: Viewer) -> Coalesce:
    """How many wait, as a part of another query."""
    return number_of(Incident.objects.visible_to(viewer).open())


def incidents_to_handle(viewer: Viewer) -> list[IncidentRow]:
    """The newest that wait, in the order of the page of all of them (two queries)."""
    return rows_of(TO_HANDLE(viewer))
