"""Punitions as lists show them; slots, who is expected there, and what a slot falls upon."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from preau.commons.notifications.queries import read_by
from preau.directory.models import Guardianship, Person
from preau.directory.models.schools import place_of
from preau.directory.viewer import Viewer
from preau.domains.conduct.models import Acknowledgement, Detention, Punition, Slot
from preau.domains.timetable.models import Lesson
from preau.foundation import dates, text
from preau.foundation.boards import AgendaEntry
from preau.foundation.prepared import Prepared

# The news that tells of one (`actions.telling`).
PUNITION = "conduct.punition"
TAKEN = [Detention.State.EXPECTED, Detention.State.DONE]
# How far ahead one looks for a place.
AHEAD = timedelta(days=42)
COLUMNS = (
    "pk",
    "pupil_id",
    "pupil__family_name",
    "pupil__given_name",
    "kind",
    "day",
    "reason",
    "work",
    "due",
    "state",
    "given_by__family_name",
    "given_by__given_name",
    "why_cancelled",
    "held_on",
    "held_at",
    "school__timezone",
)
TONES = {"to_do": "todo", "done": "done", "cancelled": "neutral"}


@dataclass(frozen=True)
class PunitionRow:
    """One punition as lists show it. `held`: when its detention is expected."""

    pk: int
    pupil_id: int
    given_name: str
    list_name: str
    kind: str
    day: date
    reason: str
    work: str
    due: date | None
    given_by: str
    why_cancelled: str
    held: str
    is_detention: bool
    is_running: bool
    tag: tuple[str, str]


def with_hours(punitions: "QuerySet[Punition]") -> "QuerySet[Punition, dict[str, Any]]":
    """Punitions with when their detention is expected."""
    expected = Detention.objects.expected().filter(punition=OuterRef("pk"))
    return punitions.annotate(
        held_on=Subquery(expected.values("slot__day")[:1]),
        held_at=Subquery(expected.values("slot__starts")[:1]),
    ).values(*COLUMNS)


def rows_of(lines: Iterable[Mapping[str, Any]]) -> list[PunitionRow]:
    return [_row(line) for line in lines]


def _row(line: Mapping[str, Any]) -> PunitionRow:
    held, state = "", Punition.State(line["state"])
    if line["held_at"]:
        held = f"{dates.day(line['held_on'])}, {dates.hour(line['held_at'], line['school__timezone'])}"
    is_detention = line["kind"] == Punition.Kind.DETENTION
    is_running = state == Punition.State.TO_DO
    word = _("À placer") if is_detention and is_running and not held else str(state.label)
    return PunitionRow(
        pk=line["pk"],
        pupil_id=line["pupil_id"],
        given_name=line["pupil__given_name"],
        list_name=f"{line['pupil__family_name'].upper()} {line['pupil__given_name']}".strip(),
        kind=str(Punition.Kind(line["kind"]).label),
        day=line["day"],
        reason=line["reason"],
        work=line["work"],
        due=line["due"],
        given_by=f"{line['given_by__given_name']} {line['given_by__family_name']}".strip(),
        why_cancelled=line["why_cancelled"],
        held=held,
        is_detention=is_detention,
        is_running=is_running,
        tag=(word, TONES[state]),
    )


def punitions_matching(viewer: Viewer, chosen: Mapping[str, Any]) -> "QuerySet[Punition]":
    """The punitions that a viewer sees and that match the filters chosen (`forms.PunitionFilter`)."""
    found = Punition.objects.visible_to(viewer)
    if chosen.get("nom"):
        found = found.filter(pupil__search_name__contains=text.fold(chosen["nom"]))
    if chosen.get("nature"):
        found = found.filter(kind=chosen["nature"])
    if chosen.get("etat") == "a_placer":
        expected = Detention.objects.expected().filter(punition=OuterRef("pk"))
        return found.running().filter(~Exists(expected), kind=Punition.Kind.DETENTION)
    return found.filter(state=chosen["etat"]) if chosen.get("etat") else found


def whole_punition(pk: int) -> Punition:
    return Punition.objects.select_related("pupil", "given_by", "ended_by", "school", "incident").get(pk=pk)


def detentions_of(punition: Punition) -> list[Detention]:
    """Every slot where a pupil was expected for it, in order."""
    found = punition.detentions.select_related("slot__school", "slot__room", "noted_by").order_by("pk")
    return list(found)


@dataclass(frozen=True)
class Reading:
    """What a guardian did of a punition, as the staff read it: said « J’ai vu », opened it, or neither."""

    name: str
    said: str
    tone: str


def readings_of(viewer: Viewer, punition: Punition) -> list[Reading]:
    """Guardian by guardian, for the staff: no family reads here what another of its guardians did (three queries)."""
    if not viewer.is_staff:
        return []
    found = Acknowledgement.objects.visible_to(viewer).filter(punition=punition).select_related("by")
    acknowledged = {one.by_id: one for one in found.order_by("pk")}
    informed = Guardianship.objects.informed(viewer.today).of_another().filter(pupil=punition.pupil_id)
    guardians = {one.guardian_id: one.guardian for one in informed.select_related("guardian").order_by("pk")}
    guardians |= {pk: one.by for pk, one in acknowledged.items()}
    opened = read_by(PUNITION, [str(punition.pk)], before=_settled_at(punition))
    return [
        _reading(person, acknowledged.get(pk), opened.get((pk, str(punition.pk))))
        for pk, person in guardians.items()
    ]


def _settled_at(punition: Punition) -> datetime | None:
    """A punition that is taken back settles what told of it: nobody has opened it by that."""
    return punition.ended_at if punition.state == Punition.State.CANCELLED else None


def _reading(person: Person, acknowledgement: Acknowledgement | None, opened: datetime | None) -> Reading:
    if acknowledgement:
        return Reading(
            person.formal_name, _("vu le %(when)s") % {"when": dates.day_and_hour(acknowledgement.at)}, "done"
        )
    if opened:
        words = _("lu le %(when)s") % {"when": dates.day_and_hour(opened)}
        return Reading(person.formal_name, words, "neutral")
    return Reading(person.formal_name, _("pas encore ouvert"), "todo")


def opened_among(viewer: Viewer, rows: Sequence[PunitionRow]) -> set[int]:
    """Of these punitions, those that a guardian has opened or said to have seen, for the staff (two queries)."""
    if not viewer.is_staff or not rows:
        return set()
    pks = {row.pk: row.pupil_id for row in rows}
    acknowledgements = Acknowledgement.objects.visible_to(viewer).filter(punition__in=list(pks))
    running = [str(row.pk) for row in rows if not row.why_cancelled]
    read = {int(key) for person, key in read_by(PUNITION, running) if person != pks[int(key)]}
    return read | set(acknowledgements.values_list("punition_id", flat=True))


# Slots


@dataclass(frozen=True)
class SlotRow:
    """A slot, how many places are left, and what it falls upon for the pupil looked at."""

    pk: int
    day: date
    hours: str
    place: str
    supervisor: str
    supervisor_id: int | None
    places: int
    taken: int
    clash: str = ""

    @property
    def left(self) -> int:
        return max(0, self.places - self.taken)

    @property
    def when(self) -> str:
        return f"{dates.day(self.day)}, {self.hours}"


SLOT_COLUMNS = (
    "pk",
    "day",
    "starts",
    "ends",
    "school__timezone",
    "room__name",
    "supervisor_id",
    "supervisor__given_name",
    "supervisor__family_name",
    "places",
    "taken",
)


def slots_between(viewer: Viewer, first: date, last: date) -> list[SlotRow]:
    """The slots that a viewer sees between two days (one query)."""
    return [_slot(line) for line in _lines(Slot.objects.visible_to(viewer), first, last)]


def _lines(slots: "QuerySet[Slot]", first: date, last: date) -> "QuerySet[Slot, dict[str, Any]]":
    counted = slots.filter(day__range=(first, last)).annotate(
        taken=Count("detentions", filter=Q(detentions__state__in=TAKEN))
    )
    return counted.order_by("starts", "pk").values(*SLOT_COLUMNS)


def _slot(line: Mapping[str, Any], clash: str = "") -> SlotRow:
    who = f"{line['supervisor__given_name'] or ''} {line['supervisor__family_name'] or ''}".strip()
    return SlotRow(
        pk=line["pk"],
        day=line["day"],
        hours=dates.hours(line["starts"], line["ends"], line["school__timezone"]),
        place=place_of(line["room__name"]) if line["room__name"] else "",
        supervisor=who,
        supervisor_id=line["supervisor_id"],
        places=line["places"],
        taken=line["taken"],
        clash=clash,
    )


def open_slots(viewer: Viewer, now: datetime) -> "QuerySet[Slot]":
    """The slots of the school where somebody may still be expected: whoever gives a detention may choose one."""
    return (
        Slot.objects.in_school(viewer)
        .filter(ends__gt=now, day__lte=viewer.today + AHEAD)
        .order_by("starts", "pk")
    )


def slots_for(viewer: Viewer, pupil_id: int | None, now: datetime) -> list[SlotRow]:
    """The slots where a pupil may be expected, each with the lesson of theirs that it falls upon (two queries)."""
    lines = list(_lines(open_slots(viewer, now), viewer.today, viewer.today + AHEAD))
    lessons: list[tuple[datetime, datetime, str]] = []
    if lines and pupil_id:
        soon = Lesson.objects.held().of_pupils([pupil_id]).between(lines[0]["day"], lines[-1]["day"])
        lessons = list(soon.order_by("starts").values_list("starts", "ends", "subject__name"))
    return [_slot(line, _clash(line, lessons)) for line in lines]


def _clash(line: Mapping[str, Any], lessons: Sequence[tuple[datetime, datetime, str]]) -> str:
    upon = [name for starts, ends, name in lessons if starts < line["ends"] and ends > line["starts"]]
    return ", ".join(dict.fromkeys(upon))


@dataclass(frozen=True)
class Expected:
    """A pupil on the roll of a slot."""

    pk: int
    name: str
    reason: str
    work: str
    state: str


def roll_of(slot: Slot) -> list[Expected]:
    """Those expected at a slot, by name; whoever was moved or let off is not (one query)."""
    gone = [Detention.State.MOVED, Detention.State.CANCELLED]
    rows = slot.detentions.exclude(state__in=gone).select_related("punition__pupil")
    return [
        Expected(row.pk, row.punition.pupil.list_name, row.punition.reason, row.punition.work, row.state)
        for row in rows.order_by("punition__pupil__search_name", "pk")
    ]


# The agenda

AGENDA = (
    "pk",
    "slot__day",
    "slot__starts",
    "slot__ends",
    "school__timezone",
    "slot__room__name",
    "punition__pupil__given_name",
)
OWN = Prepared(
    lambda viewer, first, last: (
        Detention.objects.expected()
        .filter(punition__pupil__in=viewer.own_pupils(), slot__day__range=(first, last))
        .order_by("slot__starts", "pk")
        .values(*AGENDA)
    )
)
WATCHED = Prepared(
    lambda viewer, first, last: (
        Slot.objects.filter(supervisor=viewer.person.pk, school=viewer.school.pk, day__range=(first, last))
        .order_by("starts", "pk")
        .values("pk", "starts", "ends", "school__timezone", "room__name")
    )
)


def agenda_of(viewer: Viewer, first: date, last: date) -> list[AgendaEntry]:
    """The detentions of a family's pupils; for staff, the slots that they watch over (one query)."""
    if viewer.is_staff:
        return [_watched(line) for line in WATCHED(viewer, first, last)] if viewer.school else []
    return [_own(viewer, line) for line in OWN(viewer, first, last)]


def _own(viewer: Viewer, line: Mapping[str, Any]) -> AgendaEntry:
    return AgendaEntry(
        uid=f"retenue-{line['pk']}",
        title=_("Retenue"),
        starts=line["slot__starts"],
        ends=line["slot__ends"],
        zone=line["school__timezone"],
        whose=line["punition__pupil__given_name"] if viewer.is_guardian else "",
        place=place_of(line["slot__room__name"]) if line["slot__room__name"] else "",
        url=reverse("conduct:followed"),
        gesture=_("Lire"),
    )


def _watched(line: Mapping[str, Any]) -> AgendaEntry:
    return AgendaEntry(
        uid=f"creneau-{line['pk']}",
        title=_("Surveillance de retenue"),
        starts=line["starts"],
        ends=line["ends"],
        zone=line["school__timezone"],
        place=place_of(line["room__name"]) if line["room__name"] else "",
        url=reverse("conduct:slot", kwargs={"pk": line["pk"]}),
        gesture=_("Faire l’appel"),
    )


def rooms_held(school: int, starts: datetime, ends: datetime) -> list[tuple[int, datetime, datetime, str]]:
    """The rooms of detentions at these hours (one query)."""
    slots = Slot.objects.filter(school=school, room__isnull=False, starts__lt=ends, ends__gt=starts)
    rows = slots.order_by("starts", "pk").values_list("room_id", "starts", "ends")
    return [(room, begins, finishes, _("une retenue")) for room, begins, finishes in rows]
