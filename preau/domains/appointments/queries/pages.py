"""What pages show of an evening: a family's own, somebody's slots, the whole of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _

from preau.directory.models import Enrolment, Guardianship, Person
from preau.directory.models.scoping import active_on
from preau.directory.viewer import Viewer
from preau.domains.appointments.models import ORGANISERS, Evening, Host, Meeting, MeetingNote, Party, Wish
from preau.domains.appointments.queries import around
from preau.domains.appointments.queries.slots import Board, board_of, said_of_half, said_to_family
from preau.foundation import boards, dates, text

# Free slots said at once for each teacher; the rest is on their own page.
AT_ONCE = 3


def evenings_of(viewer: Viewer) -> "QuerySet[Evening]":
    """Those that the viewer sees, the next ones first."""
    found = Evening.objects.visible_to(viewer).select_related("school")
    return found.order_by("-day", "-pk")


def children_of_evenings(viewer: Viewer, evenings: Iterable[Evening]) -> dict[int, str]:
    """For whoever follows several children: the first names of those who are of each evening (one query)."""
    if not viewer.follows_several:
        return {}
    there = Enrolment.objects.filter(
        active_on(F("group__evenings__day")),
        pupil__in=viewer.own_pupils(),
        group__evenings__in=[evening.pk for evening in evenings],
    )
    lines = there.order_by("pupil__given_name", "pupil_id").values_list(
        "group__evenings", "pupil_id", "pupil__given_name"
    )
    found: dict[int, dict[int, str]] = {}
    for evening, pupil, name in lines:
        found.setdefault(evening, {})[pupil] = name
    return {evening: ", ".join(names.values()) for evening, names in found.items()}


def whole(viewer: Viewer, evening: Evening) -> Evening:
    """With its school, which the seat of the viewer has brought."""
    schools = {place.school.pk: place.school for place in viewer.places}
    if evening.school_id in schools:
        evening.school = schools[evening.school_id]
    return evening


@dataclass(frozen=True)
class Step:
    """A line of the evening of a family: a meeting, and the way to it from the one before."""

    meeting: Meeting
    host: Host | None
    hour: str
    walk: int
    climbs: int
    empty: int

    @property
    def way(self) -> str:
        """« 5 min d’attente, un étage à monter »."""
        minutes = dates.minutes(self.empty)
        if not self.climbs:
            return _("%(minutes)s d’attente, même étage") % {"minutes": minutes}
        up = self.climbs > 0
        if abs(self.climbs) == 1:
            sentence = (
                _("%(minutes)s d’attente, un étage à monter")
                if up
                else _("%(minutes)s d’attente, un étage à descendre")
            )
        else:
            sentence = (
                _("%(minutes)s d’attente, %(num)s étages à monter")
                if up
                else _("%(minutes)s d’attente, %(num)s étages à descendre")
            )
        return sentence % {"minutes": minutes, "num": abs(self.climbs)}


@dataclass(frozen=True)
class Choice:
    """Somebody whom a family may meet about a child: their meeting if there is one, else what is free for them."""

    host: Host
    child: Person
    subjects: str
    meeting: Meeting | None
    free: tuple[tuple[int, str], ...]
    more: int
    too_short: str
    waits: bool
    asked: bool


@dataclass
class FamilyEvening:
    """An evening as one guardian reads it: their own meetings, and no trace of anybody else's."""

    evening: Evening
    steps: list[Step]
    choices: list[Choice]
    party: Party | None
    wishes: list[Wish]
    board: Board
    me: int
    children: list[Person] = field(default_factory=list)

    @cached_property
    def subjects(self) -> dict[int, str]:
        """What each whom they may meet is to them."""
        return {one.host.person_id: one.subjects for one in self.choices}

    @property
    def own_half(self) -> str:
        """« avant 19 h 10 », of whoever asked to cross nobody."""
        party = self.party
        return (
            said_of_half(self.evening, party.half) if party and party.apart and party.half is not None else ""
        )

    @property
    def chose_half(self) -> bool:
        """Had they a half of the evening, and not any more? Only the school gives them one again."""
        party = self.party
        return self.board.has_halves and party is not None and party.half is not None and not party.apart

    @property
    def too_short(self) -> str:
        """The first hour that their own walk takes from them: said once, whoever it is with."""
        return next((one.too_short for one in self.choices if one.too_short), "")

    @property
    def span(self) -> str:
        held = [step.meeting for step in self.steps]
        return dates.hours(held[0].starts, held[-1].ends, self.evening.school.timezone) if held else ""  # type: ignore[arg-type]

    @cached_property
    def to_choose(self) -> list[Choice]:
        """Their teachers: whoever else receives is met by those who wish it."""
        return [one for one in self.choices if one.meeting is None and one.free and not one.host.role]


def family_evening(viewer: Viewer, evening: Evening, *, at_once: int = AT_ONCE) -> FamilyEvening:
    """All that the page of a guardian says."""
    me = viewer.person.pk
    board = board_of(evening, [me])
    children = around.children_at(evening, viewer.own_pupils())
    taught = around.received_at(evening, [child.pk for child in children], board.hosts.values())
    wishes = list(
        Wish.objects.filter(party__evening=evening, party__person=me)
        .select_related("party", "host__person", "pupil")
        .order_by("rank", "pk")
    )
    mine = list(
        Meeting.objects.visible_to(viewer)
        .live()
        .filter(evening=evening)
        .select_related("pupil", "sibling")
        .order_by("starts")
    )
    met = {meeting.host_id: meeting for meeting in mine}
    wished = {wish.host_id: wish for wish in wishes}
    choices = list(_choices(_Own(board, me, taught, met, wished, at_once), children))
    return FamilyEvening(
        evening, steps_of(board, mine), choices, board.parties.get(me), wishes, board, me, children
    )


def steps_of(board: Board, mine: Sequence[Meeting]) -> list[Step]:
    """The evening in its order, with the way between rooms."""
    steps: list[Step] = []
    before: tuple[Host | None, datetime] | None = None
    zone = board.evening.school.timezone
    for meeting in mine:
        assert meeting.starts is not None  # noqa: S101
        assert meeting.ends is not None  # noqa: S101
        host = board.hosts.get(meeting.host_id)
        walk = climbs = empty = 0
        if before is not None:
            walk = board.walk_between(before[0], host)
            empty = int((meeting.starts - before[1]).total_seconds() // 60)
            climbs = host.floor - before[0].floor if host and before[0] else 0
        steps.append(Step(meeting, host, dates.hour(meeting.starts, zone), walk, climbs, empty))
        before = (host, meeting.ends)
    return steps


@dataclass(frozen=True)
class _Own:
    """What is known of one guardian: who teaches their children, whom they meet, whom they wished for."""

    board: Board
    me: int
    taught: dict[int, dict[int, tuple[str, ...]]]
    met: dict[int, Meeting]
    wished: dict[int, Wish]
    at_once: int


def _choices(own: _Own, children: Sequence[Person]) -> Iterable[Choice]:
    """Each teacher of each child once: two children of one teacher are spoken of at one meeting."""
    seen = set[int]()
    for child in children:
        for person, host in sorted(own.board.hosts.items(), key=_rank):
            subjects = own.taught.get(child.pk, {}).get(person)
            if person in seen or host.is_absent or subjects is None:
                continue
            seen.add(person)
            yield _choice(own, host, child, ", ".join(subjects))


def _rank(one: tuple[int, Host]) -> tuple[bool, str]:
    """Teachers first."""
    return bool(one[1].role), one[1].person.family_name


def _choice(own: _Own, host: Host, child: Person, subjects: str) -> Choice:
    board, me = own.board, own.me
    meeting, wish = own.met.get(host.person_id), own.wished.get(host.pk)
    free = [] if meeting or not board.may_choose(me) else board.free_for(host, me)
    # The one that they would choose first is near what they have: the rest comes in its order.
    held = [seat.starts for seat in board.of_guardian.get(me, ())]
    if held and own.at_once < len(free):
        free.sort(key=lambda slot: min(abs((board.evening.moment(slot) - at).total_seconds()) for at in held))
    shown = sorted(free[: own.at_once])
    short = ""
    if not meeting and held:
        tried = (said_to_family(board, host, me, slot) for slot in range(board.evening.slots))
        short = next((reason for reason in tried if reason), "")
    return Choice(
        host,
        child,
        subjects,
        meeting,
        tuple((slot, board.evening.hour(slot)) for slot in shown),
        len(free) - len(shown),
        short,
        bool(wish and wish.waits_since),
        bool(wish and wish.asked_about_id),
    )


@dataclass(frozen=True)
class Line:
    """A slot of somebody who receives. `kind`: meeting, free, pause, away."""

    slot: int
    hour: str
    kind: str
    meeting: Meeting | None = None
    kinship: str = ""
    together: bool = False
    apart: bool = False
    asked: bool = False
    lost: bool = False
    note: str = ""

    @property
    def tone(self) -> str:
        if self.kind != "meeting":
            return self.kind
        return "asked" if self.asked else "taken"


@dataclass
class HostEvening:
    """Somebody's slots, as they and the organisers read them."""

    host: Host
    lines: list[Line]
    waiting: list[Wish]
    asked: list[Wish]
    board: Board

    @property
    def taken(self) -> int:
        return sum(line.kind == "meeting" for line in self.lines)

    @property
    def open(self) -> int:
        return sum(line.kind in {"meeting", "free"} for line in self.lines)

    @property
    def free(self) -> list[Line]:
        return [line for line in self.lines if line.kind == "free"]

    @property
    def columns(self) -> list[list[Line]]:
        half = -(-len(self.lines) // 2)
        return [self.lines[:half], self.lines[half:]]

    @property
    def on_the_phone(self) -> int:
        return sum(line.meeting is not None and line.meeting.way == Meeting.Way.PHONE for line in self.lines)


def host_evening(viewer: Viewer, evening: Evening, host: Host) -> HostEvening:
    """Everything of one person at an evening. What is only planned is for whoever organises."""
    return _of_hosts(viewer, board_of(evening), [host.person_id])[0]


def sheets_of_hosts(viewer: Viewer, evening: Evening) -> list[HostEvening]:
    """The same of everybody who receives, by name, in as many statements."""
    board = board_of(evening)
    there = [host for host in board.hosts.values() if not host.is_absent]
    order = sorted(there, key=lambda host: (host.person.family_name, host.person.given_name, host.pk))
    return _of_hosts(viewer, board, [host.person_id for host in order])


def _of_hosts(viewer: Viewer, board: Board, people: Sequence[int]) -> list[HostEvening]:
    """Four statements, however many they are."""
    evening = board.evening
    met = Meeting.objects.visible_to(viewer).live().filter(evening=evening, host__in=people)
    noted = MeetingNote.objects.visible_to(viewer).filter(meeting=OuterRef("pk")).values("text")
    met = met.annotate(own_note=Subquery(noted[:1]))
    meetings: list[Any] = list(
        met.select_related("school", "guardian", "pupil", "sibling").order_by("starts", "pk")
    )
    guardians = {one.guardian_id for one in meetings}
    pupils = {one.pupil_id for one in meetings}
    links = {
        (link.guardian_id, link.pupil_id): str(link.get_kinship_display()).lower()
        for link in Guardianship.objects.informed(evening.day).filter(
            guardian__in=guardians, pupil__in=pupils
        )
    }
    together = {party.person_id for party in board.parties.values() if party.together}
    wishes = list(
        Wish.objects.filter(host__evening=evening, host__person__in=people)
        .select_related("party__person", "pupil")
        .order_by("waits_since", "rank", "pk")
    )
    facts, found = _Said(links, together, viewer.holds(*ORGANISERS)), []
    for person in people:
        host = board.hosts[person]
        mine = {evening.slot_at(one.starts): one for one in meetings if one.host_id == person and one.starts}
        own = [wish for wish in wishes if wish.host_id == host.pk]
        asked = {wish.party.person_id for wish in own if wish.asked_about_id}
        lines = [_line(board, host, slot, mine.get(slot), facts, asked) for slot in range(evening.slots)]
        there = {one.guardian_id for one in mine.values()}
        found.append(
            HostEvening(
                host,
                lines,
                [wish for wish in own if wish.waits_since],
                [wish for wish in own if wish.asked_about_id and wish.party.person_id not in there],
                board,
            )
        )
    return found


def note_of(viewer: Viewer, meeting: Meeting) -> str:
    """What the viewer noted of a meeting for themselves (one query)."""
    known = MeetingNote.objects.visible_to(viewer).filter(meeting=meeting.pk).first()
    return known.text if known else ""


def ways_on(viewer: Viewer) -> list[boards.PupilLink]:
    """What other houses offer to do for a pupil, once their family was met."""
    offered = boards.offered(boards.pupil_links, viewer)
    return [link for link, seated in offered if link.follows_up and link.open_to(seated)]


@dataclass(frozen=True)
class _Said:
    """What is known of the families of some meetings: kinships, and who comes with the other parent."""

    links: dict[tuple[int, int], str]
    together: set[int]
    # Who asked to cross nobody is for whoever organises.
    organises: bool


def _line(board: Board, host: Host, slot: int, one: Any, facts: _Said, asked: set[int]) -> Line:
    hour = board.evening.hour(slot)
    if one is None:
        if slot in board.evening.pauses:
            return Line(slot, hour, "pause")
        return Line(slot, hour, "free" if board.why_not(host, None, slot) is None else "away")
    kinship = facts.links.get((one.guardian_id, one.pupil_id))
    return Line(
        slot,
        hour,
        "meeting",
        one,
        kinship or "",
        one.guardian_id in facts.together,
        facts.organises and bool(board.apart.get(one.guardian_id)),
        one.guardian_id in asked,
        kinship is None,
        one.own_note or "",
    )


@dataclass(frozen=True)
class HostRow:
    """One who receives, in the list of whoever organises."""

    host: Host
    open: int
    taken: int
    waiting: int

    @property
    def is_full(self) -> bool:
        return bool(self.open) and self.taken >= self.open


def rows_of_hosts(board: Board) -> list[HostRow]:
    """All of them, with how full each is."""
    taken: dict[int, int] = {}
    for seat in board.seats:
        taken[seat.host] = taken.get(seat.host, 0) + 1
    waiting = dict(
        Wish.objects.filter(host__evening=board.evening, waits_since__isnull=False)
        .order_by()
        .values_list("host_id")
        .annotate(Count("pk"))
    )
    hosts = sorted(board.hosts.values(), key=lambda host: (host.person.family_name, host.person.given_name))
    return [
        HostRow(
            host, len(list(board.open_slots(host))), taken.get(host.person_id, 0), waiting.get(host.pk, 0)
        )
        for host in hosts
    ]


@dataclass(frozen=True)
class Numbers:
    """Counts of an evening; `crossing`: families that asked to cross nobody."""

    families: int
    wishing: int
    meetings: int


def numbers_of(evening: Evening) -> Numbers:
    """Two counts apart: joined, wishes would multiply meetings."""
    held = (
        Meeting.objects.live()
        .filter(evening=evening)
        .order_by()
        .aggregate(met=Count("pk"), people=Count("guardian", distinct=True))
    )
    parties = Wish.objects.filter(party__evening=evening, by_host=False).order_by().values("party").distinct()
    return Numbers(held["people"], parties.count(), held["met"])


MOST_PUPILS = 60


@dataclass(frozen=True)
class Families:
    """Whom the school may place with somebody: key and words of each; `is_cut`: there are more of them, by their name."""

    options: list[tuple[str, str]]
    is_cut: bool


def families_for(evening: Evening, host: Host, *, named: str = "", pupil: int | None = None) -> Families:
    """Each guardian of each pupil whom they teach, or of all where they receive every family, by name: the first sixty pupils, those of
    a name, or one pupil (three queries)."""
    enrolled = around.enrolled(evening)
    if not host.role:
        enrolled = enrolled.filter(pupil__in=around.taught_by(evening.day, host.person_id))
    if pupil is not None:
        enrolled = enrolled.filter(pupil=pupil)
    elif named:
        enrolled = enrolled.filter(pupil__search_name__contains=text.fold(named))
    enrolled = enrolled.order_by("pupil__search_name", "pk")
    rows = list(enrolled.select_related("pupil")[: MOST_PUPILS + 1])
    pupils = {row.pupil_id: row.pupil for row in rows[:MOST_PUPILS]}
    links = around.guardians_of(evening.day, pupils)
    options = [
        (
            f"{link.guardian_id}-{pk}",
            _("%(pupil)s : %(guardian)s (%(kinship)s)")
            % {
                "pupil": child.list_name,
                "guardian": link.guardian.full_name,
                "kinship": str(link.get_kinship_display()).lower(),
            },
        )
        for pk, child in pupils.items()
        for link in links.get(pk, ())
    ]
    return Families(options, len(rows) > MOST_PUPILS)


def options_for(family: FamilyEvening) -> list[tuple[int, int, str]]:
    """Whom a family may wish for: the host, the child, in words."""
    several = len(family.children) > 1
    return [
        (
            choice.host.pk,
            choice.child.pk,
            ", ".join(
                filter(
                    None,
                    [
                        choice.host.person.formal_name,
                        choice.subjects,
                        choice.child.given_name if several else "",
                    ],
                )
            ),
        )
        for choice in family.choices
    ]


def initial_of(family: FamilyEvening) -> dict[str, Any]:
    """What was said before, for the form."""
    evening, party = family.evening, family.party
    come = [slot for slot in range(evening.slots) if not party or slot not in party.away] or [0]
    values: dict[str, Any] = {"arrives": come[0], "leaves": come[-1] + 1}
    if party:
        values |= {"apart": party.apart, "together": party.together}
    return values | {f"wish-{wish.host_id}": str(wish.rank) for wish in family.wishes if not wish.by_host}


def gathered_by_family(evening: Evening, board: Board) -> list[tuple[Person, list[Step]]]:
    """Every family's evening, for the sheets: by name; whoever does not follow the pupil any more has none."""
    found: dict[int, list[Meeting]] = {}
    people: dict[int, Person] = {}
    follows = (
        Guardianship.objects.informed(evening.day)
        .of_another()
        .filter(guardian=OuterRef("guardian"), pupil=OuterRef("pupil"))
    )
    rows = (
        Meeting.objects.live()
        .told()
        .filter(Exists(follows), evening=evening)
        .select_related("guardian", "pupil", "sibling", "host")
    )
    for meeting in rows.order_by("starts", "pk"):
        found.setdefault(meeting.guardian_id, []).append(meeting)
        people[meeting.guardian_id] = meeting.guardian
    order = sorted(people.values(), key=lambda one: (one.family_name, one.given_name, one.pk))
    return [(person, steps_of(board, found[person.pk])) for person in order]
