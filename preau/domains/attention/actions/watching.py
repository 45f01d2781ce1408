"""The night's work: count the facts, keep those that passed their threshold, let go of the others; erase at term."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from preau.directory.boards import EarlyFact
from preau.directory.models import Holding, School
from preau.directory.viewer import Place, Viewer
from preau.directory.words import Role
from preau.domains.attention.actions import telling
from preau.domains.attention.models import Finding, Review, Step, Threshold
from preau.domains.attention.queries.facts import facts_open_in, thresholds_of
from preau.domains.attention.rules.facts import Passed, first_day_asked, passed
from preau.foundation import journal
from preau.foundation.locks import lock

KEY = "attention"
# A school that has said no year keeps nothing longer than one.
A_YEAR = timedelta(days=365)


def today_in(school: School) -> date:
    return timezone.localdate(timezone=ZoneInfo(school.timezone))


@transaction.atomic
def watch(school: School, today: date) -> int:
    """Count the facts of a school; returns how many wait now. The number of queries does not depend on its pupils."""
    if not Place(school).offers(KEY):
        Finding.objects.filter(school=school).waiting().delete()
        return 0
    # Two nights at once, or a person who decides meanwhile: one after the other.
    lock(School, school.pk)
    here = set(_pupils(school, today))
    looked = _looked(school)
    facts = facts_open_in(school)
    limits = thresholds_of(school.pk, facts)
    wanted = {
        (one.pupil_id, fact.key): (one, limit)
        for fact in facts
        if (limit := limits[fact.key]) is not None
        for one in _passed(fact, school, today, limit, looked)
        if one.pupil_id in here
    }
    _keep(school, today, wanted)
    return len(wanted)


def _passed(
    fact: EarlyFact, school: School, today: date, limit: int, looked: Mapping[int, date]
) -> list[Passed]:
    happened = fact.happened(school, first_day_asked(today), today)
    return passed(happened, today, limit, alike=fact.alike, looked=looked)


def _pupils(school: School, today: date) -> Iterable[int]:
    held = Holding.objects.active(today).filter(school=school, role=Role.PUPIL)
    return held.values_list("person_id", flat=True)


def _looked(school: School) -> dict[int, date]:
    """By pupil, the last day on which somebody looked at their facts: what they saw does not come back."""
    rows = Review.objects.filter(school=school).order_by().values_list("pupil_id")
    zone = ZoneInfo(school.timezone)
    return {
        pupil: at.astimezone(zone).date() for pupil, at in rows.annotate(Max("decisions__decided_at")) if at
    }


def _keep(school: School, today: date, wanted: Mapping[tuple[int, str], tuple[Passed, int]]) -> None:
    """Those known are brought up to date, those below their threshold go, the others come."""
    waiting = Finding.objects.filter(school=school).waiting()
    known = {(finding.pupil_id, finding.fact): finding for finding in waiting}
    gone = [one.pk for key, one in known.items() if key not in wanted]
    if gone:
        waiting.filter(pk__in=gone).delete()
    now = timezone.now()
    rows = [
        _row(
            known.get(key) or Finding(school=school, pupil_id=key[0], fact=key[1], found_at=now),
            one,
            limit,
            today,
        )
        for key, (one, limit) in wanted.items()
    ]
    Finding.objects.bulk_create([row for row in rows if row.pk is None])
    columns = ["number", "before", "what", "threshold", "since", "until"]
    Finding.objects.bulk_update([row for row in rows if row.pk is not None], columns, batch_size=500)


def _row(row: Finding, passed: Passed, limit: int, today: date) -> Finding:
    row.number, row.before, row.what = passed.number, passed.before, passed.what
    row.threshold, row.since, row.until = limit, passed.since, today
    return row


@transaction.atomic
def settle_thresholds(viewer: Viewer, said: Mapping[str, int | None]) -> bool:
    """From how many on each fact is looked at; None: it is not. False when nothing changes."""
    school = lock(School, viewer.school_id)
    known = thresholds_of(school.pk, facts_open_in(school))
    changed = {key: number for key, number in said.items() if key in known and known[key] != number}
    for key, number in changed.items():
        Threshold.objects.update_or_create(school=school, fact=key, defaults={"number": number})
    if changed:
        journal.record(viewer, "attention.thresholds_settled", school, fields=" ".join(sorted(changed)))
        watch(school, viewer.today)
    return bool(changed)


@transaction.atomic
def end_of_term(school: School, today: date) -> int:
    """Reviews whose day is past end by themselves, and say so to whoever follows them; returns how many."""
    over = list(
        Review.objects.select_for_update(of=("self",))
        .filter(school=school, closed_at=None, until__lt=today)
        .select_related("school", "owner")
        .order_by("pk")
    )
    for review in over:
        review.closed_at = timezone.now()
        review.save(update_fields=["closed_at"])
    telling.tell_owners("ended", over, today)
    return len(over)


def remind(school: School, today: date) -> int:
    """Tell whoever follows a pupil of the steps that are due; told once of each."""
    due = (
        Step.objects.to_do()
        .filter(school=school, due__lte=today)
        .select_related("review__school", "review__owner")
    )
    steps = list(due.order_by("pk"))
    telling.tell_of_steps(steps, today)
    return len(steps)


@transaction.atomic
def erase(school: School, today: date) -> int:
    """Erase what is of a school year that is over, and of pupils who are not here any more; returns how many rows."""
    year = school.current_year
    zone = ZoneInfo(school.timezone)
    first = year.starts if year and year.starts <= today else today - A_YEAR
    start = datetime(first.year, first.month, first.day, tzinfo=zone)
    gone = ~Q(pupil__in=list(_pupils(school, today)))
    reviews = Review.objects.filter(gone | Q(opened_at__lt=start), school=school)
    findings = Finding.objects.filter(gone | Q(found_at__lt=start), school=school)
    keys = list(reviews.values_list("pk", flat=True))
    count = len(keys) + findings.count()
    if not count:
        return 0
    telling.settle(keys)
    findings.delete()
    reviews.delete()
    journal.write(
        journal.Line(
            "attention.erased",
            school_id=school.pk,
            target="directory.school",
            target_id=school.pk,
            details={"rows": count},
        )
    )
    return count
