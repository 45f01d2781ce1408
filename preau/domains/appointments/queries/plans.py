"""The plan of an evening of the database: the problem that it is, and who misses what and why, before anything is published."""

from collections import defaultdict
from dataclasses import dataclass

from django.utils.translation import gettext as _

from preau.domains.appointments.models import Evening, Meeting, Wish
from preau.domains.appointments.queries.planning import Family, Problem
from preau.domains.appointments.queries.slots import Board, No

# A teacher who asks to see a family comes after its first wish, and before the others.
AFTER_FIRST = 1.5


@dataclass(frozen=True)
class Missed:
    """A wish that no slot can meet, and why."""

    wish: Wish
    why: str


def wishes_of(evening: Evening) -> list[Wish]:
    """Of each family, in its order (one query)."""
    found = Wish.objects.filter(party__evening=evening).select_related(
        "party__person", "host__person", "pupil"
    )
    return sorted(
        found, key=lambda wish: (wish.party_id, AFTER_FIRST if wish.by_host else wish.rank, wish.pk)
    )


def problem_of(board: Board, wishes: list[Wish]) -> Problem:
    """What is to be planned: what was placed by hand or booked stays."""
    evening = board.evening
    everything = frozenset(range(evening.slots))
    kept = frozenset(
        (str(guardian), str(host), evening.slot_at(starts))
        for guardian, host, starts in Meeting.objects.live()
        .filter(evening=evening)
        .exclude(state=Meeting.State.PLANNED, is_fixed=False)
        .values_list("guardian_id", "host_id", "starts")
    )
    loose = frozenset(
        Meeting.objects.filter(evening=evening, state=Meeting.State.PLANNED, is_fixed=False).values_list(
            "pk", flat=True
        )
    )
    free = board.moving(*loose)
    teachers = {
        str(host.person_id): everything - frozenset(free.open_slots(host)) | _busy(free, host.person_id)
        for host in board.hosts.values()
    }
    wants: dict[int, list[str]] = defaultdict(list)
    away: dict[int, frozenset[int]] = {}
    for wish in wishes:
        wants[wish.party.person_id].append(str(wish.host.person_id))
        away[wish.party.person_id] = frozenset(wish.party.away)
    for guardian, host, _slot in sorted(kept):
        if host not in wants[int(guardian)]:
            wants[int(guardian)].append(host)
    families = tuple(
        Family(
            str(person),
            tuple(asked),
            away.get(person, frozenset()) | _busy(free, person),
            frozenset(str(other) for other in board.apart.get(person, ())),
        )
        for person, asked in sorted(wants.items())
    )
    # What was placed by hand stays, whatever was said of those hours: its slot is not away for these two.
    return _with_fixed(Problem(evening.slots, teachers, families, _walks(board), kept))


def _busy(board: Board, person: int) -> frozenset[int]:
    """Slots in which this person is in another evening, or in an appointment; not in this one."""
    mine = {seat.pk for seat in board.seats}
    held = {cell for cell, meeting in board.taken.get(person, {}).items() if meeting not in mine}
    if not held:
        return frozenset()
    evening = board.evening
    return frozenset(
        slot
        for slot in range(evening.slots)
        if any(evening.moment(slot) <= at < evening.moment(slot + 1) for at in held)
    )


def _walks(board: Board) -> dict[tuple[str, str], int]:
    """How many slots stay empty on the way from one to the other."""
    found = {}
    for one in board.hosts.values():
        for other in board.hosts.values():
            minutes = board.walk_between(one, other) if one.pk != other.pk else 0
            if minutes:
                found[str(one.person_id), str(other.person_id)] = -(-minutes // board.evening.minutes)
    return found


def _with_fixed(problem: Problem) -> Problem:
    teachers = dict(problem.teachers)
    families = {family.key: family for family in problem.families}
    for family, teacher, slot in problem.fixed:
        if teacher in teachers:
            teachers[teacher] -= {slot}
        known = families[family]
        families[family] = Family(known.key, known.wants, known.absent - {slot}, known.apart)
    fixed = frozenset(one for one in problem.fixed if one[1] in teachers)
    return Problem(problem.slots, teachers, tuple(families.values()), problem.walk, fixed)


def missed_in(board: Board, wishes: list[Wish]) -> list[Missed]:
    """The wishes that have no meeting, each with its reason."""
    met = {(seat.guardian, seat.host) for seat in board.seats}
    asked: dict[int, int] = defaultdict(int)
    for wish in wishes:
        asked[wish.host.person_id] += 1
    return [
        Missed(wish, _why(board, wish, asked[wish.host.person_id]))
        for wish in wishes
        if (wish.party.person_id, wish.host.person_id) not in met
    ]


def _why(board: Board, wish: Wish, asked: int) -> str:
    """In words, for whoever publishes."""
    host = board.hosts[wish.host.person_id]
    open_ = list(board.open_slots(host))
    if not open_:
        return _("%(who)s ne reçoit pas ce soir-là.") % {"who": host.person.formal_name}
    free = [slot for slot in open_ if board.why_not(host, None, slot) is None]
    if not free:
        sentence = _("%(asked)s demandes pour %(open)s créneaux : tous sont pris.")
        return sentence % {"asked": asked, "open": len(open_)}
    possible = [slot for slot in free if slot not in wish.party.away]
    if not possible:
        return _("Les créneaux libres tombent quand la famille ne peut pas venir.")
    return _of_family({board.why_not(host, wish.party.person_id, slot) for slot in possible})


def _of_family(whys: set[No | None]) -> str:
    if None in whys:
        return _("Un créneau reste possible : placez-la à la main.")
    if whys == {No.APART}:
        return _("Les deux responsables ont demandé à ne pas se croiser.")
    if No.WALK in whys:
        return _("Le trajet entre les salles ne laisse pas le temps.")
    return _("La famille a un autre rendez-vous à ces heures.")


def slots_of(wishes: list[Wish], board: Board) -> dict[str, int]:
    """What the plan is worth, in counts."""
    met = {(seat.guardian, seat.host) for seat in board.seats}
    firsts: dict[int, Wish] = {}
    for wish in wishes:
        firsts.setdefault(wish.party_id, wish)
    return {
        "families": len(firsts),
        "first": sum((wish.party.person_id, wish.host.person_id) in met for wish in firsts.values()),
        "wishes": len(wishes),
        "met": sum((wish.party.person_id, wish.host.person_id) in met for wish in wishes),
    }
