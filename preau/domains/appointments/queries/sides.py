"""The halves of an evening, as they are offered to whoever asks to cross nobody: what each would leave of one's own hours."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from preau.directory.viewer import Viewer
from preau.domains.appointments.models import Evening, Meeting, Party
from preau.domains.appointments.queries import around, pages, slots
from preau.domains.appointments.queries.pages import FamilyEvening, Step

HALVES = (0, 1)


@dataclass(frozen=True)
class Side:
    """A half of the evening: one's own hours that stay, those to give back first, and how many people still have an hour there."""

    half: int
    hours: str
    kept: list[Step]
    outside: list[Step]
    open: int


def left_by_others(evening: Evening, person: int) -> int | None:
    """The half that another responsible adult of the child has asked for (two queries)."""
    others = slots.apart_at(evening, {person}).get(person, set())
    halves = Party.objects.filter(evening=evening, person__in=others, apart=True, half__isnull=False)
    return halves.order_by("pk").values_list("half", flat=True).first()


def outside_of(evening: Evening, meetings: list[Meeting], half: int) -> list[Meeting]:
    """Of these meetings, those that do not lie in a half."""
    return [
        one
        for one in meetings
        if one.starts and not slots.in_half(evening, half, evening.slot_at(one.starts))
    ]


def sides_of(viewer: Viewer, found: FamilyEvening) -> list[Side]:
    """The halves that this person may ask for, where families book from the start; none elsewhere."""
    board, me = found.board, viewer.person.pk
    if not board.has_halves:
        return []
    parties = (board.parties.get(other) for other in sorted(board.apart.get(me, ())))
    theirs = next((one.half for one in parties if one and one.apart and one.half is not None), None)
    return [_side(found, me, half) for half in HALVES if half != theirs]


def _side(found: FamilyEvening, me: int, half: int) -> Side:
    evening = found.evening
    given = outside_of(evening, [step.meeting for step in found.steps], half)
    board = found.board.moving(*(one.pk for one in given))
    kept = [step for step in found.steps if step.meeting not in given]
    met = {step.meeting.host_id for step in kept}
    free = [
        choice.host
        for choice in found.choices
        if choice.host.person_id not in met
        and any(slots.in_half(evening, half, slot) for slot in board.free_for(choice.host, me))
    ]
    outside = [step for step in found.steps if step.meeting in given]
    return Side(half, slots.said_of_half(evening, half), kept, outside, len(free))


def asked_at(evening: Evening) -> "QuerySet[Party]":
    """Who has asked to cross nobody where families book, and who has given it up since: by name."""
    found = Party.objects.filter(Q(apart=True) | Q(half__isnull=False), evening=evening)
    return found.select_related("person").order_by("person__search_name", "pk")


@dataclass(frozen=True)
class Apart:
    """One of them, as whoever organises reads them: about which children, and the halves that may be theirs instead."""

    party: Party
    children: str
    hours: str
    others: list[tuple[int, str]]


def rows_apart(evening: Evening, parties: Sequence[Party]) -> list[Apart]:
    """One query."""
    here = around.enrolled(evening).order_by().values("pupil_id")
    links = around.followed_by(evening.day, [one.person_id for one in parties]).filter(pupil__in=here)
    children: dict[int, dict[str, None]] = {}
    for link in links.select_related("pupil"):
        children.setdefault(link.guardian_id, {})[link.pupil.list_name] = None
    return [_apart(evening, one, ", ".join(children.get(one.person_id, ()))) for one in parties]


def _apart(evening: Evening, party: Party, children: str) -> Apart:
    own = party.half if party.apart else None
    hours = slots.said_of_half(evening, own) if own is not None else ""
    others = [(half, slots.said_of_half(evening, half)) for half in HALVES if half != own]
    return Apart(party, children, hours, others)


def why_nothing(found: FamilyEvening, choice: pages.Choice) -> str:
    """Why this person has no hour for this family, of what is about themselves: their half, their other meetings."""
    board, me = found.board, found.me
    if not board.may_choose(me):
        return _("L’établissement place lui-même vos autres rendez-vous.")
    why = {board.why_not(choice.host, me, slot) for slot in board.open_slots(choice.host)}
    own_half = found.party.half if found.party and found.party.apart else None
    if own_half is not None and slots.No.APART in why:
        return _("Aucune de ses heures %(hours)s, votre moitié de la soirée, n’est libre pour vous.") % {
            "hours": slots.said_of_half(found.evening, own_half)
        }
    if why & {slots.No.WALK, slots.No.FAMILY}:
        return _("Les heures qui lui restent sont trop proches de vos autres rendez-vous.")
    return _("Toutes ses heures sont prises.")
