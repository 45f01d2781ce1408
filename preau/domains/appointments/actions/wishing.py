"""What families say before an evening: whom they want to meet, when they cannot; what a teacher asks."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from preau.directory.viewer import Viewer
from preau.domains.appointments.actions import telling
from preau.domains.appointments.actions.taking import Closed, NotTheirs
from preau.domains.appointments.models import Evening, Host, Meeting, Party, Wish
from preau.domains.appointments.queries import around, slots
from preau.foundation import journal
from preau.foundation.locks import lock


class BothHalves(Exception):
    """They have meetings on both sides of the middle of the evening: some must be given back first."""


@dataclass(frozen=True)
class Said:
    """What a family says: pairs of a host and of the child, in order; slots in which it cannot come."""

    wants: Sequence[tuple[int, int]]
    away: Sequence[int]
    apart: bool
    together: bool


def _party(evening: Evening, person: int) -> Party:
    party, _is_new = Party.objects.get_or_create(
        evening=evening, person_id=person, defaults={"written_at": timezone.now()}
    )
    return party


@transaction.atomic
def say(viewer: Viewer, evening: Evening, said: Said) -> bool:
    """Keep the wishes of a guardian, as long as they are open; False when they are the same. Raises Closed, NotTheirs."""
    evening = lock(Evening, evening.pk, "school")
    if not evening.takes_wishes(timezone.now()):
        raise Closed
    hosts = dict(evening.hosts.values_list("pk", "person_id"))
    if any(host not in hosts or child not in viewer.own_pupils() for host, child in said.wants):
        raise NotTheirs
    taught = around.teachers_of(evening.day, {child for _host, child in said.wants})
    if any(hosts[host] not in taught.get(child, {}) for host, child in said.wants):
        raise NotTheirs
    party = _party(evening, viewer.person.pk)
    known = list(party.wishes.filter(by_host=False).values_list("host_id", "pupil_id"))
    now = (list(said.away), said.apart, said.together)
    if known == list(said.wants) and now == (party.away, party.apart, party.together):
        return False
    party.away, party.apart, party.together = now
    party.written_at = timezone.now()
    party.save()
    asked = {wish.host_id: wish for wish in party.wishes.filter(by_host=True)}
    party.wishes.filter(by_host=False).delete()
    for rank, (host, child) in enumerate(said.wants, start=1):
        if host in asked:
            # Both want it: it is the family's wish, at its rank.
            asked[host].delete()
        Wish.objects.create(party=party, host_id=host, pupil_id=child, rank=rank)
    journal.record(viewer, "appointments.wished", evening)
    return True


@transaction.atomic
def set_apart(viewer: Viewer, evening: Evening, *, apart: bool) -> bool:
    """Where families book: to cross nobody, or not to mind any more. Each of the two then has half of the evening, whatever is booked.
    False when it was so. Raises Closed, BothHalves.
    """
    evening = lock(Evening, evening.pk, "school")
    if not evening.takes_bookings(timezone.now()):
        raise Closed
    party = _party(evening, viewer.person.pk)
    if party.apart == apart:
        return False
    party.apart = apart
    party.half = _half(evening, viewer.person.pk) if apart and evening.mode == Evening.Mode.BOOKING else None
    party.save(update_fields=["apart", "half"])
    return True


def _half(evening: Evening, person: int) -> int:
    """The half that the other one leaves; else that of one's own meetings; else where the other one has fewest. Raises BothHalves."""
    others = slots.apart_at(evening, {person}).get(person, set())
    halves = Party.objects.filter(evening=evening, person__in=others, apart=True, half__isnull=False)
    left = halves.order_by("pk").values_list("half", flat=True).first()
    held = Meeting.objects.live().filter(evening=evening, guardian__in=[person, *others])
    count = {person: [0, 0], 0: [0, 0]}
    middle = evening.slots // 2
    for guardian, starts in held.values_list("guardian_id", "starts"):
        slot, whose = evening.slot_at(starts), person if guardian == person else 0
        for half in (0, 1):
            # The slot of the middle is in neither half.
            count[whose][half] += int(slot <= middle if half == 0 else slot >= middle)
    possible = [half for half in (0, 1) if not count[person][1 - half] and left != half]
    if not possible:
        raise BothHalves
    return min(possible, key=lambda half: (count[0][half], half))


@transaction.atomic
def wait(viewer: Viewer, host: Host, pupil: int) -> bool:
    """Be told when a slot of this person is given back; False when they wait already. Raises Closed, NotTheirs."""
    evening = lock(Evening, host.evening_id, "school")
    if not evening.is_live or evening.is_over(timezone.now()) or evening.state == Evening.State.WISHES:
        raise Closed
    if pupil not in viewer.own_pupils() or not around.children_at(evening, [pupil]):
        raise NotTheirs
    if host.person_id not in around.teachers_of(evening.day, [pupil]).get(pupil, {}):
        raise NotTheirs
    party = _party(evening, viewer.person.pk)
    met = Meeting.objects.live().filter(evening=evening, guardian=viewer.person.pk, host=host.person_id)
    wish, is_new = Wish.objects.get_or_create(
        party=party, host=host, defaults={"pupil_id": pupil, "rank": party.wishes.count() + 1}
    )
    if met.exists() or (not is_new and wish.waits_since):
        return False
    wish.waits_since = timezone.now()
    wish.save(update_fields=["waits_since"])
    return True


@transaction.atomic
def ask_to_see(viewer: Viewer, host: Host, guardian: int, pupil: int) -> bool:
    """A teacher asks to see a family: it is told, and the plan knows; False when it was asked or wished. Raises Closed, NotTheirs."""
    evening = lock(Evening, host.evening_id, "school")
    if not evening.is_live or evening.is_over(timezone.now()):
        raise Closed
    if not around.may_follow(evening.day, guardian, pupil) or not around.children_at(evening, [pupil]):
        raise NotTheirs
    party = _party(evening, guardian)
    wish, is_new = Wish.objects.get_or_create(
        party=party, host=host, defaults={"pupil_id": pupil, "rank": 1, "by_host": True}
    )
    if is_new:
        journal.record(viewer, "appointments.asked_to_see", evening, subject_id=pupil)
        telling.tell_asked(wish, evening, host)
    return is_new
