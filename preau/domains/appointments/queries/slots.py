"""The one rule of a slot: is it free for these two, and if not, why. Booking, plan, move, exchange and typing for someone ask it here."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.directory.models import Guardianship
from preau.domains.appointments.models import Evening, Host, Meeting, Party, Taken
from preau.domains.appointments.models.evenings import CELL
from preau.domains.timetable.models import Lesson

A_CELL = timedelta(minutes=CELL)
# What is offered to somebody who came too late.
OFFERED = 2


class No(StrEnum):
    """Why a slot cannot be taken."""

    OUTSIDE = "outside"
    PAUSE = "pause"
    ABSENT = "absent"
    AWAY = "away"
    PAST = "past"
    LESSON = "lesson"
    TAKEN = "taken"
    FAMILY = "family"
    WALK = "walk"
    APART = "apart"
    PAIR = "pair"
    COLLEAGUE = "colleague"


# As the staff read them. A family reads only what is about themselves (`SAID_TO_FAMILIES`): a slot that the other parent makes
# impossible is taken, like any other.
SAID = {
    No.OUTSIDE: gettext_lazy("Ce créneau n’est pas dans la rencontre."),
    No.PAUSE: gettext_lazy("C’est une pause."),
    No.ABSENT: gettext_lazy("Cette personne est absente ce soir-là."),
    No.AWAY: gettext_lazy("Cette personne ne reçoit pas à cette heure."),
    No.PAST: gettext_lazy("Cette heure est passée."),
    No.LESSON: gettext_lazy("Cette personne a cours à cette heure."),
    No.TAKEN: gettext_lazy("Ce créneau est déjà pris."),
    No.FAMILY: gettext_lazy("Cette famille a un autre rendez-vous à cette heure."),
    No.WALK: gettext_lazy("Trop court pour changer de salle."),
    No.APART: gettext_lazy("Les deux responsables ont demandé à ne pas se croiser."),
    No.PAIR: gettext_lazy("Cette famille a déjà un rendez-vous avec cette personne."),
    No.COLLEAGUE: gettext_lazy("Une personne qui y est invitée n’est pas libre à cette heure."),
}


def cells(starts: datetime, ends: datetime) -> list[datetime]:
    """The cells of time that a meeting takes."""
    first = starts - timedelta(
        minutes=starts.minute % CELL, seconds=starts.second, microseconds=starts.microsecond
    )
    found, at = [], first
    while at < ends:
        found.append(at)
        at += A_CELL
    return found


def in_half(evening: Evening, half: int, slot: int) -> bool:
    """Does a slot lie before the middle of the evening, or after it? That of the middle is in neither half."""
    middle = evening.slots // 2
    return slot > middle if half else slot < middle


def said_of_half(evening: Evening, half: int) -> str:
    """« avant 19 h 10 », « à partir de 19 h 20 »."""
    middle = evening.slots // 2
    if half:
        return _("à partir de %(hour)s") % {"hour": evening.hour(middle + 1)}
    return _("avant %(hour)s") % {"hour": evening.hour(middle)}


@dataclass(frozen=True)
class Seat:
    """A meeting of the evening as the rule needs it."""

    pk: int
    host: int
    guardian: int
    pupil: int
    starts: datetime
    ends: datetime


@dataclass
class Board:
    """All that decides of the slots of one evening, read in six statements whatever its size."""

    evening: Evening
    hosts: dict[int, Host]
    seats: list[Seat]
    taken: dict[int, dict[datetime, int]]
    apart: dict[int, set[int]]
    parties: dict[int, Party]
    lessons: dict[int, list[tuple[datetime, datetime]]]
    now: datetime
    # Of the meeting that is being moved, its own time is free.
    without: frozenset[int] = field(default_factory=frozenset)

    @cached_property
    def of_guardian(self) -> dict[int, list[Seat]]:
        found: dict[int, list[Seat]] = defaultdict(list)
        for seat in self.seats:
            if seat.pk not in self.without:
                found[seat.guardian].append(seat)
        return found

    def moving(self, *meetings: int) -> "Board":
        """The same as if these meetings were not there."""
        return Board(
            self.evening,
            self.hosts,
            self.seats,
            self.taken,
            self.apart,
            self.parties,
            self.lessons,
            self.now,
            frozenset(meetings),
        )

    def add(self, seat: Seat) -> None:
        """One more meeting: those that are looked at next are beside it."""
        self.seats.append(seat)
        for person in (seat.host, seat.guardian):
            for cell in cells(seat.starts, seat.ends):
                self.taken[person][cell] = seat.pk
        self.__dict__.pop("of_guardian", None)

    @property
    def has_halves(self) -> bool:
        """Where families book from the start, each of two who must not cross has half of the evening."""
        return self.evening.mode == Evening.Mode.BOOKING

    def half_of(self, guardian: int) -> int | None:
        """Which half of the evening is theirs, if one of the two asked to cross nobody: it depends on no booking, so that what is not
        offered says nothing of when the other one comes (docs/decisions/0166)."""
        for other in (guardian, *sorted(self.apart.get(guardian, ()))):
            party = self.parties.get(other)
            if party and party.apart and party.half is not None and self.apart.get(guardian):
                return party.half if other == guardian else 1 - party.half
        return None

    def may_choose(self, guardian: int) -> bool:
        """After a plan, the school places two who must not cross: the hours that are left would say when the other one comes."""
        return self.has_halves or not self.apart.get(guardian)

    def open_slots(self, host: Host) -> Iterator[int]:
        """Where this person receives, whoever has taken it."""
        for slot in range(self.evening.slots):
            if not self._of_host(host, slot):
                yield slot

    def _of_host(self, host: Host, slot: int) -> No | None:
        evening = self.evening
        if slot not in range(evening.slots):
            return No.OUTSIDE
        if host.is_absent:
            return No.ABSENT
        if slot in evening.pauses:
            return No.PAUSE
        if slot in host.away:
            return No.AWAY
        starts, ends = evening.moment(slot), evening.moment(slot + 1)
        if any(
            begins < ends and finishes > starts for begins, finishes in self.lessons.get(host.person_id, ())
        ):
            return No.LESSON
        return None

    def _is_held(self, person: int, slot: int) -> bool:
        held = self.taken.get(person, {})
        span = cells(self.evening.moment(slot), self.evening.moment(slot + 1))
        return any(held.get(cell, 0) not in {0, *self.without} for cell in span)

    def walk_between(self, one: Host | None, other: Host | None) -> int:
        """Minutes from a room to another."""
        if one is None or other is None or (one.room_id is not None and one.room_id == other.room_id):
            return 0
        return self.evening.walk if one.floor != other.floor else self.evening.walk_near

    def why_not(self, host: Host, guardian: int | None, slot: int) -> No | None:
        """What makes this slot impossible for these two; None when they may take it. Without a guardian, for whoever it may be."""
        of_host = self._of_host(host, slot)
        if of_host:
            return of_host
        starts, ends = self.evening.moment(slot), self.evening.moment(slot + 1)
        if starts < self.now:
            return No.PAST
        if self._is_held(host.person_id, slot):
            return No.TAKEN
        return self._of_family(host, guardian, starts, ends) if guardian else None

    def _of_family(self, host: Host, guardian: int, starts: datetime, ends: datetime) -> No | None:
        mine = self.of_guardian.get(guardian, ())
        if any(seat.host == host.person_id for seat in mine):
            return No.PAIR
        if self._is_held(guardian, self.evening.slot_at(starts)):
            return No.FAMILY
        for seat in mine:
            gap = max(starts - seat.ends, seat.starts - ends)
            if gap < timedelta(minutes=self.walk_between(host, self.hosts.get(seat.host))):
                return No.WALK
        return No.APART if self._crosses(guardian, starts, ends) else None

    def _crosses(self, guardian: int, starts: datetime, ends: datetime) -> bool:
        half = self.half_of(guardian) if self.has_halves else None
        if half is not None and not in_half(self.evening, half, self.evening.slot_at(starts)):
            return True
        near = timedelta(minutes=self.evening.minutes)
        return any(
            starts - seat.ends < near and seat.starts - ends < near
            for other in self.apart.get(guardian, ())
            for seat in self.of_guardian.get(other, ())
        )

    def free_for(self, host: Host, guardian: int | None) -> list[int]:
        return [slot for slot in range(self.evening.slots) if self.why_not(host, guardian, slot) is None]

    def next_for(self, host: Host, guardian: int, slot: int) -> list[int]:
        """The next two slots that they may take, else the last two before."""
        free = self.free_for(host, guardian)
        after = [one for one in free if one > slot][:OFFERED]
        return after or free[-OFFERED:]


def board_of(evening: Evening, guardians: Iterable[int] | None = None) -> Board:
    """The slots of an evening as they are now; of some families, those of all the others being their host's alone (six queries)."""
    hosts = {host.person_id: host for host in evening.hosts.select_related("person", "room").order_by("pk")}
    rows = Meeting.objects.live().filter(evening=evening).order_by("starts", "pk")
    seats = [
        Seat(*row) for row in rows.values_list("pk", "host_id", "guardian_id", "pupil_id", "starts", "ends")
    ]
    begins, finishes = evening.begins, evening.finishes
    people = set(hosts) | {seat.guardian for seat in seats} | set(guardians or ())
    held: dict[int, dict[datetime, int]] = defaultdict(dict)
    found = Taken.objects.filter(at__gte=begins - A_CELL, at__lt=finishes).filter(
        Q(person__in=people) | Q(meeting__evening=evening)
    )
    for person, at, meeting in found.values_list("person_id", "at", "meeting_id"):
        held[person][at] = meeting
    lessons: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    taught = Lesson.objects.held().filter(school=evening.school_id).over_at(begins, finishes)
    for person, starts, ends in taught.filter(teachers__in=list(hosts)).values_list(
        "teachers", "starts", "ends"
    ):
        lessons[person].append((starts, ends))
    parties = {party.person_id: party for party in Party.objects.filter(evening=evening)}
    asked = {person for person, party in parties.items() if party.apart}
    apart = apart_at(evening, asked)
    return Board(evening, hosts, seats, held, apart, parties, lessons, timezone.now())


def apart_at(evening: Evening, asked: set[int]) -> dict[int, set[int]]:
    """Guardians of a same child of whom one has asked to cross nobody; said by one, it holds for both (one query, where one has)."""
    found: dict[int, set[int]] = defaultdict(set)
    if not asked:
        return found
    of_asked = Guardianship.objects.active(evening.day).filter(guardian__in=asked)
    links = (
        Guardianship.objects.active(evening.day).of_another().filter(pupil__in=of_asked.values("pupil_id"))
    )
    by_pupil: dict[int, set[int]] = defaultdict(set)
    for pupil, guardian in links.values_list("pupil_id", "guardian_id"):
        by_pupil[pupil].add(guardian)
    for people in by_pupil.values():
        for one in people:
            for other in people - {one}:
                if one in asked or other in asked:
                    found[one].add(other)
    return found


def said_to_family(board: Board, host: Host, guardian: int, slot: int) -> str:
    """Why this slot is not offered, where it is about themselves: their walk. Nothing else is a family's business."""
    if board.why_not(host, guardian, slot) != No.WALK:
        return ""
    starts, ends = board.evening.moment(slot), board.evening.moment(slot + 1)
    for seat in board.of_guardian.get(guardian, ()):
        other = board.hosts.get(seat.host)
        gap = max(starts - seat.ends, seat.starts - ends)
        if other and gap < timedelta(minutes=board.walk_between(host, other)):
            return _short(board.evening.hour(slot), other, comes=seat.ends <= starts)
    return ""


def _short(hour: str, other: Host, *, comes: bool) -> str:
    """« 18 h 10 : pas le temps de venir de la salle 001. »"""
    if other.room is None or not other.room.name[:1].isdigit():
        place = other.room.place if other.room else other.person.formal_name
        return _("%(hour)s : pas le temps de changer de lieu (%(place)s).") % {"hour": hour, "place": place}
    sentence = (
        _("%(hour)s : pas le temps de venir de la %(place)s.")
        if comes
        else _("%(hour)s : pas le temps d’aller ensuite en %(place)s.")
    )
    return sentence % {"hour": hour, "place": other.room.place}
