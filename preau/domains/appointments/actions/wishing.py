"""What families say before an evening: whom they want to meet, when they cannot; what a teacher asks."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.viewer import Viewer
from preau.domains.appointments.actions import taking, telling
from preau.domains.appointments.actions.taking import Closed, NotTheirs
from preau.domains.appointments.models import Evening, Host, Meeting, Party, Wish
from preau.domains.appointments.queries import around, sides, slots
from preau.foundation import journal
from preau.foundation.locks import lock


class BothHalves(Exception):
    """They have meetings outside of the half that would be theirs: these must be given back first, or in the same gesture."""


class ChosenAlready(Exception):
    """They had a half of the evening, and said that they did not mind any more: only the school gives them one again."""


class Outside(Exception):
    """Meetings lie outside of the half that would be theirs: they are moved first."""

    def __init__(self, hours: Iterable[str]) -> None:
        super().__init__("outside")
        self.hours = sorted(set(hours))


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
    received = around.received_at(evening, {child for _host, child in said.wants})
    if any(hosts[host] not in received.get(child, {}) for host, child in said.wants):
        raise NotTheirs
    party = _party(evening, viewer.person.pk)
    known = list(party.wishes.filter(by_host=False).values_list("host_id", "pupil_id"))
    now = (list(said.away), said.apart, said.together)
    if known == list(said.wants) and now == (party.away, party.apart, party.together):
        return False
    party.away, party.apart, party.together = now
    party.written_at = timezone.now()
    party.save()
    _keep_wishes(evening, party, said.wants)
    journal.record(viewer, "appointments.wished", evening)
    return True


def _keep_wishes(evening: Evening, party: Party, wants: Sequence[tuple[int, int]]) -> None:
    """What a family wants, instead of what it wanted. What a teacher asks stays: wanted too, it is the family's wish, at its rank; wanted no
    more, the teacher's request again, about the pupil of whom they spoke."""
    party.wishes.filter(by_host=False, asked_about=None).delete()
    asked = {wish.host_id: wish for wish in party.wishes.select_related("host__person")}
    for rank, (host, child) in enumerate(wants, start=1):
        wish = asked.pop(host, None) or Wish(party=party, host_id=host)
        wish.pupil_id, wish.rank, wish.by_host = child, rank, False
        wish.save()
    for wish in asked.values():
        if not wish.by_host and wish.asked_about_id is not None:
            wish.pupil_id, wish.rank, wish.by_host, wish.waits_since = wish.asked_about_id, 1, True, None
            wish.save()
            # Told once: to whoever wished for it before it was asked, nothing had been said.
            telling.tell_asked(wish, evening, wish.host)


@transaction.atomic
def set_apart(
    viewer: Viewer, evening: Evening, *, apart: bool, half: int | None = None, give_back: Collection[int] = ()
) -> bool:
    """Where families book: to cross nobody, or not to mind any more. Each of the two then has half of the evening, whatever is booked:
    the one asked for, with those of their own meetings that lie outside of it given back, else one in which all theirs lie.

    A half is asked for once: whoever asked for one, then for the other, would read from what each lacks when the other one comes.
    False when it was so. Raises Closed, BothHalves, ChosenAlready.
    """
    evening = lock(Evening, evening.pk, "school")
    if not evening.takes_bookings(timezone.now()):
        raise Closed
    party = _party(evening, viewer.person.pk)
    if party.apart == apart:
        return False
    outside: list[Meeting] = []
    if apart and evening.mode == Evening.Mode.BOOKING:
        if party.half is not None:
            raise ChosenAlready
        if half is not None:
            outside = _outside(viewer, evening, half, give_back)
        party.half = _half(viewer, evening) if half is None else half
    party.apart = apart
    party.save(update_fields=["apart", "half"])
    for meeting in outside:
        taking.give_back(viewer, meeting)
    return True


def _outside(viewer: Viewer, evening: Evening, half: int, give_back: Collection[int]) -> list[Meeting]:
    """Of the meetings that they read, those that do not lie in a half, all of them named as given back: nobody can name what they do not see.
    Raises BothHalves."""
    own = Meeting.objects.visible_to(viewer).live().filter(evening=evening).order_by("starts", "pk")
    outside = sides.outside_of(evening, list(own), half)
    left = sides.left_by_others(evening, viewer.person.pk)
    if left == half or any(one.pk not in give_back for one in outside):
        raise BothHalves
    return outside


def _half(viewer: Viewer, evening: Evening) -> int:
    """The half that the other one leaves; else that of one's own meetings; else where the other one has fewest. Raises BothHalves."""
    person = viewer.person.pk
    others = slots.apart_at(evening, {person}).get(person, set())
    left = sides.left_by_others(evening, person)
    seen = Meeting.objects.visible_to(viewer).live().filter(evening=evening)
    of_others = Meeting.objects.live().filter(evening=evening, guardian__in=others)
    held = [
        *seen.values_list("guardian_id", "starts"),
        *of_others.values_list("guardian_id", "starts"),
    ]
    count = {person: [0, 0], 0: [0, 0]}
    middle = evening.slots // 2
    for guardian, starts in held:
        assert starts is not None  # noqa: S101
        slot, whose = evening.slot_at(starts), person if guardian == person else 0
        for half in (0, 1):
            # The slot of the middle is in neither half.
            count[whose][half] += int(slot <= middle if half == 0 else slot >= middle)
    possible = [half for half in (0, 1) if not count[person][1 - half] and left != half]
    if not possible:
        raise BothHalves
    return min(possible, key=lambda half: (count[0][half], half))


@transaction.atomic
def settle_half(viewer: Viewer, party: Party, half: int | None) -> bool:
    """The school gives a half of the evening to somebody who has asked for one, or says that they come whenever they like (None). The
    other one has the other half, if they asked too; each whose half changes is told. False when it was so. Raises Closed, Outside.
    """
    evening = lock(Evening, party.evening_id, "school")
    party = lock(Party, party.pk)
    if not evening.is_live or evening.is_over(timezone.now()) or evening.mode != Evening.Mode.BOOKING:
        raise Closed
    if (party.apart, party.half if party.apart else None) == (half is not None, half):
        return False
    others = slots.apart_at(evening, {party.person_id}).get(party.person_id, set())
    theirs = Party.objects.filter(evening=evening, person__in=others, apart=True, half=half)
    changed = [(party, half)]
    if half is not None:
        changed += [(one, 1 - half) for one in theirs.order_by("pk")]
    _look_outside(evening, changed)
    evening.revision += 1
    evening.save(update_fields=["revision"])
    for one, given in changed:
        one.apart, one.half = given is not None, one.half if given is None else given
        one.save(update_fields=["apart", "half"])
        _tell_half(viewer, evening, one)
    journal.record(viewer, "appointments.half_settled", evening)
    return True


def _look_outside(evening: Evening, changed: Sequence[tuple[Party, int | None]]) -> None:
    """Raises Outside."""
    hours = list[str]()
    for party, half in changed:
        held = Meeting.objects.live().filter(evening=evening, guardian=party.person_id).select_related("host")
        for one in sides.outside_of(evening, list(held), half) if half is not None else ():
            assert one.starts is not None  # noqa: S101
            hour = evening.hour(evening.slot_at(one.starts))
            hours.append(_("%(hour)s avec %(who)s") % {"hour": hour, "who": one.host.formal_name})
    if hours:
        raise Outside(hours)


def _tell_half(viewer: Viewer, evening: Evening, party: Party) -> None:
    """Whoever has the half, about one of their children there."""
    here = around.enrolled(evening).order_by().values("pupil_id")
    pupil = around.followed_by(evening.day, [party.person_id]).filter(pupil__in=here).first()
    if pupil is None or party.person_id == viewer.person.pk:
        return
    sentence = _("Vous n’êtes plus à part : toutes les heures vous sont ouvertes.")
    if party.apart and party.half is not None:
        hours = slots.said_of_half(evening, party.half)
        sentence = _("L’établissement a noté que vous venez %(hours)s.") % {"hours": hours}
    telling.tell_evening(evening, telling.CHANGED, party.person_id, pupil.pupil_id, what=sentence)


@transaction.atomic
def wait(viewer: Viewer, host: Host, pupil: int) -> bool:
    """Be told when a slot of this person is given back; False when they wait already. Raises Closed, NotTheirs."""
    evening = lock(Evening, host.evening_id, "school")
    if not evening.is_live or evening.is_over(timezone.now()) or evening.state == Evening.State.WISHES:
        raise Closed
    if pupil not in viewer.own_pupils() or not around.children_at(evening, [pupil]):
        raise NotTheirs
    if host.person_id not in around.received_at(evening, [pupil]).get(pupil, {}):
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
    """A teacher asks to see a family: it is told, and the plan knows; False when it was asked or wished, which is then noted beside
    the wish. Raises Closed, NotTheirs."""
    evening = lock(Evening, host.evening_id, "school")
    if not evening.is_live or evening.is_over(timezone.now()):
        raise Closed
    if not around.may_follow(evening.day, guardian, pupil) or not around.children_at(evening, [pupil]):
        raise NotTheirs
    party = _party(evening, guardian)
    wish, is_new = Wish.objects.get_or_create(
        party=party,
        host=host,
        defaults={"pupil_id": pupil, "rank": 1, "by_host": True, "asked_about_id": pupil},
    )
    if wish.asked_about_id is None:
        wish.asked_about_id = pupil
        wish.save(update_fields=["asked_about"])
    if is_new:
        journal.record(viewer, "appointments.asked_to_see", evening, subject_id=pupil)
        telling.tell_asked(wish, evening, host)
    return is_new
