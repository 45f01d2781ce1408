"""An evening: prepared, opened, changed, moved by a day, cancelled; whom one meets there, and where."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction
from django.db.models import Q
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import Group, Person
from preau.directory.viewer import Viewer
from preau.domains.appointments.actions import taking, telling
from preau.domains.appointments.models import Evening, Host, Meeting, Opening, Party, Wish
from preau.domains.appointments.queries import around, slots
from preau.foundation import dates, journal, text
from preau.foundation.locks import lock

# Sent inside a transaction: evening_id, what happened, who did it.
evening_told = Signal()


class NotNow(Exception):
    """It is out, over or cancelled already."""


class Held(Exception):
    """They have meetings at these hours."""

    def __init__(self, hours: Iterable[str]) -> None:
        super().__init__("held")
        self.hours = list(hours)


class Clashes(Exception):
    """Who has a lesson, or another meeting, at the new hours."""

    def __init__(self, people: Iterable[str]) -> None:
        super().__init__("clashes")
        self.people = sorted(set(people))


@dataclass(frozen=True)
class EveningFacts:
    """What a form says of an evening."""

    title: str
    day: date
    starts: time
    ends: time
    minutes: int
    pause: time | None
    walk: int
    mode: str
    closes_at: datetime
    groups: tuple[Group, ...] = ()

    def pauses(self) -> list[int]:
        """The slot of the pause, if there is one."""
        if self.pause is None:
            return []
        after = (self.pause.hour - self.starts.hour) * 60 + self.pause.minute - self.starts.minute
        return [after // self.minutes]


def _write(evening: Evening, facts: EveningFacts) -> None:
    evening.title, evening.search_title = facts.title, text.fold(facts.title)
    evening.day, evening.starts, evening.ends = facts.day, facts.starts, facts.ends
    evening.minutes, evening.pauses, evening.walk = facts.minutes, facts.pauses(), facts.walk
    evening.mode, evening.closes_at = facts.mode, facts.closes_at


# As far as one looks before the first hour of an evening and after the last.
A_DAY = 24 * 60


def _minute(evening: Evening, slot: int) -> int:
    """When a slot begins, in minutes of the day."""
    return evening.starts.hour * 60 + evening.starts.minute + slot * evening.minutes


def _hours_away(evening: Evening) -> dict[int, list[tuple[int, int]]]:
    """For each who receives, the hours at which they do not, in minutes of the day: what is kept in slots means other hours once the
    evening is cut otherwise."""
    found, last = {}, evening.slots - 1
    for host in evening.hosts.order_by("pk"):
        there = [slot for slot in range(last + 1) if slot not in host.away]
        if not there:
            continue
        arrives, leaves = there[0], there[-1]
        inside = [slot for slot in host.away if arrives < slot < leaves]
        spans = [(_minute(evening, slot), _minute(evening, slot + 1)) for slot in inside]
        spans += [(0, _minute(evening, arrives))] if arrives else []
        spans += [(_minute(evening, leaves + 1), A_DAY)] if leaves < last else []
        found[host.pk] = spans
    return found


def _keep_hours(evening: Evening, away: Mapping[int, list[tuple[int, int]]]) -> None:
    """Who said when they receive still receives then; where nothing of these hours is left, all of the evening."""
    for host in evening.hosts.filter(pk__in=away).order_by("pk"):
        new = [
            slot
            for slot in range(evening.slots)
            if any(
                begins < _minute(evening, slot + 1) and ends > _minute(evening, slot)
                for begins, ends in away[host.pk]
            )
        ]
        kept = new if len(new) < evening.slots else []
        if kept != host.away:
            host.away = kept
            host.save(update_fields=["away"])


@transaction.atomic
def create(viewer: Viewer, facts: EveningFacts, sent_as: str) -> Evening:
    """A draft, with the teachers of its classes; the same form sent twice gives one."""
    known = Evening.objects.filter(created_by=viewer.person.pk, sent_as=sent_as).first() if sent_as else None
    if known is not None:
        return known
    evening = Evening(
        school=viewer.school, created_by=viewer.person, created_at=timezone.now(), sent_as=sent_as
    )
    _write(evening, facts)
    evening.save()
    evening.groups.set(facts.groups)
    add_teachers(evening)
    journal.record(viewer, "appointments.created", evening)
    return evening


def add_teachers(evening: Evening) -> None:
    """Those of its classes, who are not there yet."""
    known = set(evening.hosts.values_list("person_id", flat=True))
    teachers = around.teachers_at(evening).order_by("family_name", "given_name", "pk")
    Host.objects.bulk_create(
        [Host(evening=evening, person=teacher) for teacher in teachers if teacher.pk not in known]
    )


@transaction.atomic
def add_host(viewer: Viewer, evening: Evening, person: Person) -> bool:
    """Somebody of the staff receives too, and every family may ask to meet them; False when they do already. Raises NotNow, NotTheirs."""
    evening = lock(Evening, evening.pk, "school")
    if evening.state == Evening.State.CANCELLED or evening.is_over(timezone.now()):
        raise NotNow
    role = around.role_of(evening.school_id, person.pk, evening.day)
    if role is None:
        raise taking.NotTheirs
    if evening.hosts.filter(person=person).exists():
        return False
    Host.objects.create(evening=evening, person=person, role=role)
    journal.record(viewer, "appointments.hosts_settled", evening)
    if evening.is_live and person.pk != viewer.person.pk:
        telling.tell_evening(evening, telling.OPENED, person.pk, None)
    return True


@transaction.atomic
def set_hours(viewer: Viewer, host: Host, away: Sequence[int]) -> bool:
    """When somebody receives at an evening; False when it is so. Raises NotNow, Held: a meeting is moved first."""
    evening = lock(Evening, host.evening_id, "school")
    host = lock(Host, host.pk, "person")
    if evening.state == Evening.State.CANCELLED or evening.is_over(timezone.now()):
        raise NotNow
    if host.away == list(away):
        return False
    taken = [evening.slot_at(one.starts) for one in _of_host(evening, host) if one.starts]
    if held := [evening.hour(slot) for slot in taken if slot in away]:
        raise Held(held)
    host.away = list(away)
    host.save(update_fields=["away"])
    journal.record(viewer, "appointments.hosts_settled", evening)
    return True


@transaction.atomic
def change(viewer: Viewer, evening: Evening, facts: EveningFacts) -> bool:
    """A draft, anything; once people were told, its title, its day and the last moment to answer: meetings go with the day, and
    everybody is told. False when nothing changes. Raises NotNow, Clashes.
    """
    evening = lock(Evening, evening.pk, "school")
    if evening.state == Evening.State.CANCELLED or evening.is_over(timezone.now()):
        raise NotNow
    before = (evening.title, evening.day, evening.closes_at)
    if evening.state == Evening.State.DRAFT:
        away = _hours_away(evening)
        _write(evening, facts)
        evening.save()
        _keep_hours(evening, away)
        evening.groups.set(facts.groups)
        add_teachers(evening)
        return True
    if before == (facts.title, facts.day, facts.closes_at):
        return False
    moved, was = facts.day - evening.day, evening.day
    evening.title, evening.search_title = facts.title, text.fold(facts.title)
    evening.closes_at = facts.closes_at
    if moved:
        _move_to(viewer, evening, facts.day)
        evening.revision += 1
    evening.save()
    journal.record(viewer, "appointments.changed", evening, days=moved.days)
    if moved:
        sentence = _("Avant : %(day)s.") % {"day": dates.day(was)}
        evening_told.send(
            Evening, evening_id=evening.pk, kind=telling.CHANGED, by=viewer.person.pk, what=sentence
        )
    return True


def _move_to(viewer: Viewer, evening: Evening, day: date) -> None:
    """Every meeting at the same hour on the wall of another day, by the rule of the slots: all of them, or none.

    That of somebody who does not follow the pupil any more that day is cancelled.
    """
    rows = Meeting.objects.live().filter(evening=evening)
    held = list(rows.select_related("school", "host", "guardian", "pupil").order_by("starts", "pk"))
    at = {meeting.pk: evening.slot_at(meeting.starts) for meeting in held if meeting.starts}
    taking.release(*at)
    evening.day = day
    if evening.begins <= timezone.now():
        raise NotNow
    board = slots.board_of(evening, {meeting.guardian_id for meeting in held}).moving(*at)
    links = around.guardians_of(day, {meeting.pupil_id for meeting in held})
    follows = {(link.guardian_id, pupil) for pupil, found in links.items() for link in found}
    clashing = set[str]()
    for meeting in held:
        if (meeting.guardian_id, meeting.pupil_id) not in follows:
            taking.cancel(viewer, meeting)
            continue
        slot = at[meeting.pk]
        host = board.hosts.get(meeting.host_id)
        why = board.why_not(host, meeting.guardian_id, slot) if host else None
        if why:
            clashing.add(meeting.guardian.full_name if why == slots.No.FAMILY else meeting.host.formal_name)
            continue
        meeting.starts, meeting.ends = evening.moment(slot), evening.moment(slot + 1)
        meeting.revision += 1
        try:
            taking.hold(meeting)
        except taking.NotFree:
            clashing.add(meeting.guardian.full_name)
    if clashing:
        raise Clashes(clashing)


@transaction.atomic
def open_to_families(viewer: Viewer, evening: Evening) -> bool:
    """Families and those who receive are told; False when it is open. Raises NotNow."""
    evening = lock(Evening, evening.pk, "school")
    if evening.is_live:
        return False
    if evening.state != Evening.State.DRAFT or evening.closes_at <= timezone.now():
        raise NotNow
    only_booking = evening.mode == Evening.Mode.BOOKING
    evening.state = Evening.State.BOOKING if only_booking else Evening.State.WISHES
    evening.save(update_fields=["state"])
    journal.record(viewer, "appointments.opened", evening)
    evening_told.send(Evening, evening_id=evening.pk, kind=telling.OPENED, by=viewer.person.pk, what="")
    return True


@transaction.atomic
def cancel(viewer: Viewer, evening: Evening) -> bool:
    """It does not take place: its meetings are cancelled, and everybody told once. False when it was. Raises NotNow."""
    evening = lock(Evening, evening.pk, "school")
    if evening.state == Evening.State.CANCELLED:
        return False
    if evening.is_over(timezone.now()):
        raise NotNow
    was_out = evening.is_out
    held = list(Meeting.objects.live().filter(evening=evening).values_list("pk", flat=True))
    taking.release(*held)
    Meeting.objects.filter(pk__in=held).update(state=Meeting.State.CANCELLED)
    evening.state = Evening.State.CANCELLED
    evening.revision += 1
    evening.save(update_fields=["state", "revision"])
    journal.record(viewer, "appointments.evening_cancelled", evening, meetings=len(held))
    if was_out:
        sentence = _("Elle est annulée.")
        evening_told.send(
            Evening, evening_id=evening.pk, kind=telling.CHANGED, by=viewer.person.pk, what=sentence
        )
    return True


@dataclass(frozen=True)
class Place:
    """Where somebody receives, if they do."""

    room: int | None
    floor: int
    receives: bool


@transaction.atomic
def settle_hosts(viewer: Viewer, evening: Evening, places: Mapping[int, Place]) -> bool:
    """Rooms and floors; whoever does not receive any more has no meeting any more. The families of a room that changed are told."""
    evening = lock(Evening, evening.pk, "school")
    changed = False
    for host in evening.hosts.select_related("person", "room").order_by("pk"):
        place = places.get(host.pk)
        if place is None:
            continue
        now = (place.room, place.floor)
        if now != (host.room_id, host.floor):
            host.room_id, host.floor, changed = place.room, place.floor, True
            host.save(update_fields=["room", "floor"])
            if evening.is_live:
                _tell_room(viewer, evening, host)
        if place.receives == host.is_absent:
            changed = True
            _absence(viewer, evening, host, is_absent=not place.receives)
    if changed:
        journal.record(viewer, "appointments.hosts_settled", evening)
    return changed


def _tell_room(viewer: Viewer, evening: Evening, host: Host) -> None:
    """Each family of its own meeting; whoever receives, once."""
    host.refresh_from_db(fields=["room"])
    what = (
        _("Nouveau lieu : %(place)s.") % {"place": host.place}
        if host.place
        else _("La salle n’est plus la même : demandez-la à l’accueil.")
    )
    for number, meeting in enumerate(_of_host(evening, host)):
        meeting.revision += 1
        meeting.save(update_fields=["revision"])
        telling.tell(meeting, telling.MOVED, by=viewer.person.pk, what=what, only_guardian=number > 0)


def _of_host(evening: Evening, host: Host) -> "list[Meeting]":
    found = Meeting.objects.live().filter(evening=evening, host=host.person_id)
    return list(found.select_related("school", "host", "guardian", "pupil").order_by("starts", "pk"))


@transaction.atomic
def note_absence(viewer: Viewer, host: Host, *, is_absent: bool) -> bool:
    """Somebody is not there that evening: every family is told; or they are there after all. False when it was known."""
    evening = lock(Evening, host.evening_id, "school")
    host = lock(Host, host.pk, "person")
    if host.is_absent == is_absent:
        return False
    _absence(viewer, evening, host, is_absent=is_absent)
    journal.record(viewer, "appointments.host_absent", evening, absent=int(is_absent))
    return True


def _absence(viewer: Viewer, evening: Evening, host: Host, *, is_absent: bool) -> None:
    host.is_absent = is_absent
    host.save(update_fields=["is_absent"])
    if not is_absent:
        taking.call_back(viewer, evening, host)
        return
    now = timezone.now()
    for meeting in _of_host(evening, host):
        was_announced = meeting.state != Meeting.State.PLANNED
        taking.cancel(viewer, meeting)
        if was_announced and not meeting.outcome:
            _will_be_called_back(evening, host, meeting, now)


def _will_be_called_back(evening: Evening, host: Host, meeting: Meeting, now: datetime) -> None:
    """Who had a meeting waits, whether they had wished for it or booked it: they are the first to be called back."""
    party, _is_new = Party.objects.get_or_create(
        evening=evening, person_id=meeting.guardian_id, defaults={"written_at": now}
    )
    Wish.objects.update_or_create(
        party=party,
        host=host,
        defaults={"waits_since": now},
        create_defaults={
            "waits_since": now,
            "pupil_id": meeting.pupil_id,
            "rank": party.wishes.count() + 1,
        },
    )


def forget(person_id: int) -> int:
    """Erasure of a person: their meetings and those about them, what was said of evenings, hours that they opened."""
    Meeting.objects.filter(sibling=person_id).update(sibling=None)
    Wish.objects.filter(asked_about=person_id).update(asked_about=None)
    return sum(
        rows.delete()[0]
        for rows in (
            Meeting.objects.filter(Q(guardian=person_id) | Q(pupil=person_id)),
            Wish.objects.filter(pupil=person_id),
            Party.objects.filter(person=person_id),
            Opening.objects.filter(host=person_id),
        )
    )
