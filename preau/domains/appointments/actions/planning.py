"""The plan of an evening: asked for, computed by a task, then published."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.dispatch import Signal
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import Guardianship, Person
from preau.directory.viewer import Viewer
from preau.domains.appointments.actions import taking
from preau.domains.appointments.models import Evening, Meeting, Wish
from preau.domains.appointments.queries import around, plans, slots
from preau.domains.appointments.queries.planning import Plan, Problem, Unplannable, plan, worth_of
from preau.foundation import journal, works
from preau.foundation.locks import lock

# Sent inside a transaction: evening_id, and who asked.
plan_asked = Signal()
plan_published = Signal()
Tell = Callable[[int, int], None]
ASKED, AT_MOST = "%Y%m%d%H%M%S%f", timedelta(minutes=10)


class Stale(Exception):
    """A family has said something else since the plan was computed: it is computed again first."""


class NotNow(Exception):
    """The evening takes no plan any more: it is out, over or cancelled; or it has none yet."""


def work_of(evening_id: int, planned: str) -> str:
    """One work for each computation."""
    return f"appointments.plan-{evening_id}-{planned}"


def is_computing(evening: Evening, now: datetime) -> bool:
    """Is a task at the plan? One that says nothing for ten minutes has died: another may be asked for."""
    facts = evening.plan_facts
    if not facts.get("asked") or facts.get("done"):
        return False
    asked = datetime.strptime(facts["asked"], ASKED).replace(tzinfo=UTC)
    return now - asked < AT_MOST


@transaction.atomic
def give_up(evening_id: int, asked: str) -> None:
    """The task has failed: whoever asked reads it, and may ask again."""
    evening = lock(Evening, evening_id)
    if evening.plan_facts.get("asked") == asked:
        evening.plan_facts = {"asked": asked, "done": True, "failed": True}
        evening.save(update_fields=["plan_facts"])


@transaction.atomic
def ask(viewer: Viewer, evening: Evening) -> bool:
    """Have a task compute the plan; False when one is at it. Raises NotNow."""
    evening = lock(Evening, evening.pk, "school")
    if evening.state != Evening.State.WISHES or evening.begins <= timezone.now():
        raise NotNow
    if is_computing(evening, timezone.now()):
        return False
    asked = f"{timezone.now().astimezone(UTC):{ASKED}}"
    evening.plan_facts = {"asked": asked}
    evening.save(update_fields=["plan_facts"])
    works.start(
        works.WorkRequest(
            key=work_of(evening.pk, asked),
            label=_("Planning d’une rencontre parents-professeurs"),
            person_id=viewer.person.pk,
            url=reverse("appointments:plan", kwargs={"pk": evening.pk}),
            school_id=evening.school_id,
            seat=viewer.key,
        )
    )
    journal.record(viewer, "appointments.planned", evening)
    plan_asked.send(Evening, evening_id=evening.pk, by=viewer.person.pk, asked=asked)
    return True


def compute(evening_id: int, by: int, asked: str, tell: Tell = lambda done, total: None) -> bool:
    """What the task does: read, compute outside of any transaction, then lay the plan down. False when it is not wanted any more."""
    evening = Evening.objects.select_related("school").filter(pk=evening_id).first()
    if evening is None or not _is_wanted(evening, asked):
        return False
    read_at = timezone.now()
    board, wishes = slots.board_of(evening), plans.wishes_of(evening)
    problem = plans.problem_of(board, wishes)
    try:
        found: Plan | None = plan(problem, tell=tell)
    except Unplannable:
        found = None
    return _lay(evening_id, by, Read(asked, read_at, problem), found)


def _is_wanted(evening: Evening, asked: str) -> bool:
    return (
        evening.state == Evening.State.WISHES
        and evening.plan_facts.get("asked") == asked
        and not evening.plan_facts.get("done")
        and evening.begins > timezone.now()
    )


@dataclass(frozen=True)
class Read:
    """What was computed from, and when it was read."""

    asked: str
    at: datetime
    problem: Problem


@transaction.atomic
def _lay(evening_id: int, by: int, read: Read, found: Plan | None) -> bool:
    """The meetings of the plan, not told to anybody; what was placed by hand stays, and each meeting passes
    the rule again. Run twice, it lays the same."""
    evening = lock(Evening, evening_id, "school")
    if not _is_wanted(evening, read.asked):
        return False
    facts = {"asked": read.asked, "done": True, "impossible": found is None}
    if found is not None:
        loose = Meeting.objects.filter(evening=evening, state=Meeting.State.PLANNED, is_fixed=False)
        loose.delete()
        lost = _write(evening, by, found)
        worth = worth_of(read.problem, found.meetings)
        facts |= {
            "first": worth.first,
            "met": worth.met,
            "empty": worth.empty,
            "best": found.is_best,
            "lost": lost,
            "seconds": round(found.seconds, 1),
        }
    evening.plan_facts, evening.planned_at = facts, read.at
    evening.save(update_fields=["plan_facts", "planned_at"])
    return True


class _Rule:
    """The rule of slots on one board, for each meeting of a plan in its turn (as many statements whatever the plan)."""

    def __init__(self, evening: Evening, guardians: Iterable[int]) -> None:
        self.evening, people = evening, set(guardians)
        self.board = slots.board_of(evening, people)
        wishes = Wish.objects.filter(party__evening=evening).select_related("party", "host")
        self.wishes = {(one.party.person_id, one.host.person_id): one for one in wishes}
        links = Guardianship.objects.informed(evening.day).of_another().filter(guardian__in=people)
        here = set(around.enrolled(evening).order_by().values_list("pupil_id", flat=True))
        self.follows: dict[int, list[int]] = defaultdict(list)
        for guardian, pupil in links.order_by("pk").values_list("guardian_id", "pupil_id"):
            if pupil in here:
                self.follows[guardian].append(pupil)
        children = {pk for own in self.follows.values() for pk in own}
        self.received = around.received_at(evening, children, self.board.hosts.values())

    def allows(self, wanted: taking.Wanted, *without: int, by_hand: bool = False) -> bool:
        guardian, slot = wanted.guardian, wanted.slot
        receives = self.board.hosts.get(wanted.host)
        party = self.board.parties.get(guardian)
        return (
            receives is not None
            and wanted.pupil in self.follows[guardian]
            and (by_hand or not party or slot not in party.away)
            and self.board.moving(*without).why_not(receives, guardian, slot) is None
        )

    def sibling(self, guardian: int, host: int, pupil: int) -> int | None:
        """Another child of theirs whom the same person teaches: one meeting is about both."""
        others = (one for one in self.follows[guardian] if one != pupil)
        return next((one for one in others if host in self.received.get(one, {})), None)


def _write(evening: Evening, by: int, found: Plan) -> int:
    """What of the plan still passes the rule; returns how many meetings do not."""
    lost, now = 0, timezone.now()
    rule = _Rule(evening, {int(family) for family, _teacher, _slot in found.meetings})
    met = set(Meeting.objects.live().filter(evening=evening).values_list("guardian_id", "host_id"))
    for family, teacher, slot in found.meetings:
        guardian, host = int(family), int(teacher)
        if (guardian, host) in met:
            continue
        wish = rule.wishes.get((guardian, host))
        if wish is None or not rule.allows(taking.Wanted(host, guardian, wish.pupil_id, slot)):
            lost += 1
            continue
        meeting = Meeting(
            school_id=evening.school_id,
            evening=evening,
            host_id=host,
            guardian_id=guardian,
            pupil_id=wish.pupil_id,
            sibling_id=rule.sibling(guardian, host, wish.pupil_id),
            starts=evening.moment(slot),
            ends=evening.moment(slot + 1),
            state=Meeting.State.PLANNED,
            made_by_id=by,
            made_at=now,
        )
        try:
            taking.hold(meeting)
        except taking.NotFree:
            lost += 1
            continue
        assert meeting.starts is not None  # noqa: S101
        assert meeting.ends is not None  # noqa: S101
        rule.board.add(slots.Seat(meeting.pk, host, guardian, wish.pupil_id, meeting.starts, meeting.ends))
    return lost


def _drop_impossible(evening: Evening) -> None:
    """What was planned and is possible no more is given back before anybody hears of it: its wish waits."""
    planned = list(
        Meeting.objects.filter(evening=evening, state=Meeting.State.PLANNED).order_by("starts", "pk")
    )
    rule = _Rule(evening, {one.guardian_id for one in planned})
    for one in planned:
        slot = evening.slot_at(one.starts) if one.starts else -1
        wished = one.is_fixed or (one.guardian_id, one.host_id) in rule.wishes
        wanted = taking.Wanted(one.host_id, one.guardian_id, one.pupil_id, slot)
        if wished and rule.allows(wanted, one.pk, by_hand=one.is_fixed):
            continue
        one.delete()
        rule.board.seats = [seat for seat in rule.board.seats if seat.pk != one.pk]


@transaction.atomic
def publish(viewer: Viewer, evening: Evening) -> bool:
    """The plan becomes the meetings of people, who are told; what is not met waits. False when it is out. Raises NotNow, Stale."""
    evening = lock(Evening, evening.pk, "school")
    if evening.state in {Evening.State.SETTLED, Evening.State.BOOKING}:
        return False
    if evening.state != Evening.State.WISHES or not evening.planned_at or evening.begins <= timezone.now():
        raise NotNow
    if evening.parties.filter(written_at__gt=evening.planned_at).exists():
        raise Stale
    _drop_impossible(evening)
    Meeting.objects.filter(evening=evening, state=Meeting.State.PLANNED).update(state=Meeting.State.BOOKED)
    met = set(Meeting.objects.live().filter(evening=evening).values_list("guardian_id", "host_id"))
    unmet = [
        wish
        for wish in Wish.objects.filter(party__evening=evening).select_related("party", "host")
        if (wish.party.person_id, wish.host.person_id) not in met and not wish.by_host
    ]
    now = timezone.now()
    for wish in unmet:
        wish.waits_since = now
    Wish.objects.bulk_update(unmet, ["waits_since"], batch_size=200)
    both = evening.mode == Evening.Mode.BOTH and now < evening.begins
    evening.state = Evening.State.BOOKING if both else Evening.State.SETTLED
    if both and evening.closes_at <= now:
        # Wishes have closed; what is left may be taken until the evening begins.
        evening.closes_at = evening.begins
    evening.revision += 1
    evening.save(update_fields=["state", "revision", "closes_at"])
    journal.record(viewer, "appointments.published", evening, meetings=len(met), waiting=len(unmet))
    plan_published.send(Evening, evening_id=evening.pk, by=viewer.person.pk)
    return True


def people_of_plan(evening: Evening) -> dict[Person, list[Meeting]]:
    """Whoever has a meeting, with theirs in their order."""
    found: dict[Person, list[Meeting]] = {}
    rows = Meeting.objects.live().filter(evening=evening).select_related("host", "guardian", "pupil")
    for meeting in rows.order_by("starts", "pk"):
        found.setdefault(meeting.guardian, []).append(meeting)
        found.setdefault(meeting.host, []).append(meeting)
    return found
