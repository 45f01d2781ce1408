"""The plan of an evening: asked for, computed by a task, then published."""

from collections.abc import Callable

from django.db import transaction
from django.dispatch import Signal
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.appointments.actions import taking
from preau.domains.appointments.models import Evening, Meeting, Wish
from preau.domains.appointments.queries import plans, slots
from preau.domains.appointments.queries.planning import Plan, Problem, Unplannable, plan, worth_of
from preau.foundation import journal, works
from preau.foundation.locks import lock

# Sent inside a transaction: evening_id, and who asked.
plan_asked = Signal()
plan_published = Signal()
Tell = Callable[[int, int], None]


class NotNow(Exception):
    """The evening takes no plan any more: it is out, over or cancelled; or it has none yet."""


def work_of(evening_id: int, planned: str) -> str:
    """One work for each computation."""
    return f"appointments.plan-{evening_id}-{planned}"


@transaction.atomic
def ask(viewer: Viewer, evening: Evening) -> bool:
    """Have a task compute the plan; False when one is at it. Raises NotNow."""
    evening = lock(Evening, evening.pk)
    if evening.state != Evening.State.WISHES:
        raise NotNow
    if evening.plan_facts.get("asked") and not evening.plan_facts.get("done"):
        return False
    asked = f"{timezone.now():%Y%m%d%H%M%S%f}"
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
    board, wishes = slots.board_of(evening), plans.wishes_of(evening)
    problem = plans.problem_of(board, wishes)
    try:
        found: Plan | None = plan(problem, tell=tell)
    except Unplannable:
        found = None
    return _lay(evening_id, by, asked, problem, found)


def _is_wanted(evening: Evening, asked: str) -> bool:
    return evening.state == Evening.State.WISHES and evening.plan_facts.get("asked") == asked


@transaction.atomic
def _lay(evening_id: int, by: int, asked: str, problem: Problem, found: Plan | None) -> bool:
    """The meetings of the plan, not told to anybody; what was placed by hand stays. Run twice, it lays the same."""
    evening = lock(Evening, evening_id, "school")
    if not _is_wanted(evening, asked):
        return False
    facts = {"asked": asked, "done": True, "impossible": found is None}
    if found is not None:
        loose = Meeting.objects.filter(evening=evening, state=Meeting.State.PLANNED, is_fixed=False)
        loose.delete()
        lost = _write(evening, by, found, problem)
        worth = worth_of(problem, found.meetings)
        facts |= {
            "first": worth.first,
            "met": worth.met,
            "empty": worth.empty,
            "best": found.is_best,
            "lost": lost,
            "seconds": round(found.seconds, 1),
        }
    evening.plan_facts, evening.planned_at = facts, timezone.now()
    evening.save(update_fields=["plan_facts", "planned_at"])
    return True


def _write(evening: Evening, by: int, found: Plan, problem: Problem) -> int:
    """Each meeting by the one way in; returns how many another page had made impossible meanwhile."""
    about = {(wish.party.person_id, wish.host.person_id): wish for wish in plans.wishes_of(evening)}
    lost, now = 0, timezone.now()
    for family, teacher, slot in found.meetings:
        if (family, teacher, slot) in problem.fixed:
            continue
        wish = about.get((int(family), int(teacher)))
        if wish is None:
            lost += 1
            continue
        meeting = Meeting(
            school_id=evening.school_id,
            evening=evening,
            host_id=int(teacher),
            guardian_id=int(family),
            pupil_id=wish.pupil_id,
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
    return lost


@transaction.atomic
def publish(viewer: Viewer, evening: Evening) -> bool:
    """The plan becomes the meetings of people, who are told; what is not met waits. False when it is out. Raises NotNow."""
    evening = lock(Evening, evening.pk, "school")
    if evening.state in {Evening.State.SETTLED, Evening.State.BOOKING}:
        return False
    if evening.state != Evening.State.WISHES or not evening.planned_at:
        raise NotNow
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
