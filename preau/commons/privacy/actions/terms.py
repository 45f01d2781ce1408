"""What is past its term: counted, agreed to by two people, erased batch by batch (docs/decisions/0113)."""

import hashlib
import json
from collections.abc import Collection
from datetime import date, timedelta

from django.db import transaction
from django.db.models import ProtectedError, RestrictedError
from django.dispatch import Signal
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.commons.privacy.models import RetentionBatch, RetentionPart, RetentionRun
from preau.commons.privacy.queries import terms
from preau.directory.models import School
from preau.directory.viewer import Viewer
from preau.directory.words import Profile
from preau.foundation import dates, journal, notices, works
from preau.foundation.boards import Term
from preau.foundation.locks import lock
from preau.foundation.works import Ending

State = RetentionRun.State
BATCH = 500
# Between two reminders of the same run.
REMINDED_EVERY = timedelta(days=7)
DUE = "privacy.terms_due"
# Sent inside the transaction: run_id, the key of what is to be erased now.
run_confirmed = Signal()


class RunMovedOn(Exception):
    """Somebody else has decided, or it was counted again, since the page was shown; nothing was written."""


class SamePerson(Exception):
    """Whoever approved does not confirm; nothing was written."""


class NotTheirs(Exception):
    """Several people decide in this school: whoever operates is not the second one; nothing was written."""


# Preparing


@transaction.atomic
def prepare(school: School | None, day: date) -> RetentionRun | None:
    """Count what is past its term in a school; None when nothing is. What nobody has agreed to yet is counted again."""
    if school:
        # Asked for twice at once, it is one run: the second one waits here, and finds the first.
        lock(School, school.pk)
    run = RetentionRun.objects.select_for_update(of=("self",)).open().filter(school=school).first()
    if run is not None and run.state != State.PREPARED:
        return run
    found = [one for one in terms.found_in(school, day) if one.count]
    if not found:
        if run is not None:
            run.delete()
        return None
    if run is None:
        run = RetentionRun(school=school)
    run.day, run.prepared_at = day, timezone.now()
    run.save()
    RetentionPart.objects.filter(run=run).delete()
    RetentionPart.objects.bulk_create(
        RetentionPart(
            run=run,
            rule=one.term.key,
            since=one.term.since,
            count=one.count,
            held=one.held,
            oldest=one.oldest,
            newest=one.newest,
        )
        for one in found
    )
    return run


def remind(run: RetentionRun, today: date) -> int:
    """Tell those who may decide, once a week; returns how many were told. Nothing is ever erased because nobody answered."""
    with transaction.atomic():
        locked = lock(RetentionRun, run.pk, "school")
        if not locked.waits_on(today):
            return 0
        if locked.reminded_on and today < locked.reminded_on + REMINDED_EVERY:
            return 0
        if locked.postponed_until:
            locked.postponed_by, locked.postponed_until, locked.postponed_why = None, None, ""
        locked.reminded, locked.reminded_on = locked.reminded + 1, today
        locked.save()
        return _tell(locked, today)


def _tell(run: RetentionRun, today: date) -> int:
    """Who may decide, save whoever has. No school, no news: operators read their page."""
    people = [decider for decider in terms.deciders_of(run.school, today) if decider != run.approved_by_id]
    if run.school is None:
        return 0
    facts: dict[str, str | int] = {"school": run.school.name, "day": dates.plain_day(run.day)}
    notices.publish(
        *(
            notices.News(
                kind=DUE,
                person_id=person,
                key=f"{run.pk}-{run.reminded}",
                school_id=run.school_id,
                seat=f"staff-{run.school_id}",
                url=reverse("privacy:run", kwargs={"pk": run.pk}),
                facts=facts,
            )
            for person in people
        )
    )
    return len(people)


# Deciding


def mark_of(run: RetentionRun) -> str:
    """What a page showed of a run, so that nobody agrees to other counts than those that they have read, nor over a postponement
    that they have not."""
    moments = [one and one.timestamp() for one in (run.prepared_at, run.approved_at)]
    facts = [run.state, *moments, run.postponed_until, run.postponed_why]
    return hashlib.sha256(json.dumps(facts, default=str).encode()).hexdigest()


def _locked_as(run: RetentionRun, seen: str) -> RetentionRun:
    found = lock(RetentionRun, run.pk, "school")
    if mark_of(found) != seen:
        raise RunMovedOn
    return found


@transaction.atomic
def approve(viewer: Viewer, run: RetentionRun, seen: str) -> None:
    """The first of two people agrees: the counts do not change any more. Raises RunMovedOn."""
    run = _locked_as(run, seen)
    if run.state != State.PREPARED:
        raise RunMovedOn
    run.state, run.approved_by, run.approved_at = State.APPROVED, viewer.person, timezone.now()
    run.postponed_by, run.postponed_until, run.postponed_why = None, None, ""
    run.save()
    _noted(viewer, "privacy.run_approved", run)
    _settled(run)


@transaction.atomic
def confirm(viewer: Viewer, run: RetentionRun, seen: str) -> None:
    """Another person agrees: a task erases. Raises RunMovedOn, SamePerson, NotTheirs."""
    run = _locked_as(run, seen)
    if run.state != State.APPROVED:
        raise RunMovedOn
    if run.approved_by_id == viewer.person.pk:
        raise SamePerson
    by_operator = viewer.profile == Profile.OPERATOR and run.school is not None
    if by_operator and not terms.needs_operator(run, terms.today_of(run.school)):
        raise NotTheirs
    run.state, run.confirmed_by, run.confirmed_at = State.CONFIRMED, viewer.person, timezone.now()
    run.save()
    _noted(viewer, "privacy.run_confirmed", run)
    _settled(run)
    works.start(
        works.WorkRequest(
            key=work_of(run.pk),
            label=_("Effacement de ce qui arrive à son terme"),
            person_id=viewer.person.pk,
            seat=viewer.key,
            school_id=viewer.school_id,
            url=reverse("privacy:run", kwargs={"pk": run.pk}),
        )
    )
    run_confirmed.send(RetentionRun, run_id=run.pk)


@transaction.atomic
def postpone(viewer: Viewer, run: RetentionRun, until: date, why: str, seen: str) -> None:
    """Not now, for this reason: it is counted again on that day, and needs two people again. Raises RunMovedOn."""
    run = lock(RetentionRun, run.pk, "school")
    # Said twice, it is said once.
    if (run.postponed_by_id, run.postponed_until, run.postponed_why) == (viewer.person.pk, until, why):
        return
    if mark_of(run) != seen or not run.is_undecided:
        raise RunMovedOn
    run.state, run.approved_by, run.approved_at = State.PREPARED, None, None
    run.postponed_by, run.postponed_until, run.postponed_why = viewer.person, until, why
    run.reminded, run.reminded_on = 0, None
    run.save()
    _noted(viewer, "privacy.run_postponed", run, until=until.isoformat())
    _settled(run)


def _noted(viewer: Viewer, verb: str, run: RetentionRun, **facts: str | int | None) -> None:
    """In the journal of the school that the run is of: whoever operates has no school."""
    parts = list(run.parts.all())
    journal.write(
        journal.Line(
            verb,
            actor_id=viewer.person.pk,
            acting_as=viewer.key,
            school_id=run.school_id,
            target="privacy.retentionrun",
            target_id=run.pk,
            details={
                "rules": len(parts),
                "rows": sum(part.count for part in parts),
                "day": run.day.isoformat(),
            }
            | facts,
        )
    )


def _settled(run: RetentionRun) -> None:
    keys = [f"{run.pk}-{number}" for number in range(1, run.reminded + 1)]
    if keys:
        notices.settle(DUE, *keys)


# Erasing


def work_of(run_id: int) -> str:
    """The key of the work that erases."""
    return f"privacy.run-{run_id}"


def left_to_do() -> list[int]:
    """The keys of the runs that two people agreed to and that no task has finished."""
    return list(
        RetentionRun.objects.filter(state=State.CONFIRMED).order_by("pk").values_list("pk", flat=True)
    )


@transaction.atomic
def erase_batch(run_id: int, also_held: Collection[int] = frozenset()) -> bool:
    """Erase some rows of a run, with the line that says so; False when there is nothing left to do.

    Killed before its end it has done nothing; the next one begins after the last row that was looked at. `also_held`: people
    whose rows stay, besides those whom this database knows to be held.
    """
    run = (
        RetentionRun.objects.select_for_update(of=("self",))
        .select_related("school")
        .filter(pk=run_id, state=State.CONFIRMED)
        .first()
    )
    if run is None:
        return False
    part = run.parts.filter(done_at=None).order_by("pk").first()
    if part is None:
        _finish(run)
        return False
    term = terms.term_of(part.rule, part.since)
    keys = _next_keys(term, run, part, also_held) if term else []
    if not term or not keys:
        part.done_at = timezone.now()
        part.save(update_fields=["done_at"])
        return True
    erased = erase_rows(term, keys)
    part.erased, part.reached = part.erased + erased, keys[-1]
    part.save(update_fields=["erased", "reached"])
    RetentionBatch.objects.create(part=part, erased=erased, left=len(keys) - erased, at=timezone.now())
    return True


def _next_keys(term: Term, run: RetentionRun, part: RetentionPart, also_held: Collection[int]) -> list[int]:
    """The rows that were past their term on the day of the counts, held people of today left out."""
    held = terms.held_people(run.school, terms.today_of(run.school)).union(also_held)
    rows = terms.going(term, run.school, run.day, held).filter(pk__gt=part.reached)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])


def erase_rows(term: Term, keys: list[int]) -> int:
    """Erase these rows, together or, where something kept points at one of them, one by one; returns how many went."""
    try:
        with transaction.atomic():
            return _erase(term, keys)
    except (ProtectedError, RestrictedError):
        return sum(_erase_alone(term, key) for key in keys) if len(keys) > 1 else 0


def _erase_alone(term: Term, key: int) -> int:
    return erase_rows(term, [key])


def _erase(term: Term, keys: list[int]) -> int:
    if term.erase:
        return term.erase(keys)
    rows = terms.rows_named(term, keys)
    found: int = rows.count()
    rows.delete()
    return found


def _finish(run: RetentionRun) -> None:
    run.state, run.done_at = State.DONE, timezone.now()
    run.save(update_fields=["state", "done_at"])
    parts = list(run.parts.all())
    journal.write(
        journal.Line(
            "privacy.run_done",
            school_id=run.school_id,
            target="privacy.retentionrun",
            target_id=run.pk,
            details={
                "rules": len(parts),
                "rows": sum(part.erased for part in parts),
                "day": run.day.isoformat(),
            },
        )
    )
    works.end(work_of(run.pk), ending=Ending.DONE)


def progress_of(run_id: int) -> tuple[int, int]:
    """How many rows went, of how many that were counted."""
    parts = list(RetentionPart.objects.filter(run=run_id))
    return sum(part.erased for part in parts), sum(part.count for part in parts)
