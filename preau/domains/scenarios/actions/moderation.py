"""Reporting, deciding, appealing once: what is hidden is never erased by it, and its author is told why."""

from datetime import timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from preau.directory.viewer import Viewer
from preau.domains.scenarios.models import Author, Case, Report, Review, Scenario
from preau.foundation import journal, notices
from preau.foundation.locks import lock
from preau.foundation.notices import News

MODERATED = "scenarios.moderated"
# A decision and its reports are kept for so long: an appeal, a question.
KEPT = timedelta(days=183)
State = Case.State


@transaction.atomic
def report(viewer: Viewer, target: Review | Scenario, reason: str, words: str) -> bool:
    """Say that something should not be there; once for each person. What was kept is looked at again. False when already said."""
    model = Review if isinstance(target, Review) else Scenario
    lock(model, target.pk)
    of = {"review": target} if isinstance(target, Review) else {"scenario": target}
    now = timezone.now()
    case, _made = Case.objects.get_or_create(**of, defaults={"opened_at": now})
    if case.reports.filter(person=viewer.person).exists():
        return False
    Report.objects.create(case=case, person=viewer.person, reason=reason, words=words, made_at=now)
    if case.state == State.DECIDED and not case.hidden:
        case.state, case.opened_at = State.OPEN, now
        case.save(update_fields=["state", "opened_at"])
    journal.record(viewer, "scenarios.reported", case)
    return True


@transaction.atomic
def decide(viewer: Viewer, case: Case, why: str, *, hide: bool) -> bool:
    """Keep it, or hide it for a reason that its author is told; after an appeal, for good. False when it was decided already."""
    case = lock(Case, case.pk)
    if not case.is_waiting:
        return False
    after_appeal = case.state == State.APPEALED
    was_hidden = case.hidden
    case.state = State.CLOSED if after_appeal else State.DECIDED
    case.hidden, case.why = hide, why
    case.decided_by, case.decided_at = viewer.person, timezone.now()
    case.save()
    _show(case)
    journal.record(viewer, "scenarios.moderated", case, hidden=int(hide), appeal=int(after_appeal))
    if hide or was_hidden:
        _tell(case)
    return True


def _show(case: Case) -> None:
    at = timezone.now() if case.hidden else None
    if case.review_id:
        Review.objects.filter(pk=case.review_id).update(hidden_at=at)
    elif case.scenario_id:
        Scenario.objects.filter(pk=case.scenario_id).update(hidden_at=at)


def _tell(case: Case) -> None:
    """Whoever wrote it; each decision is another news."""
    url = reverse("scenarios:appeal", kwargs={"pk": case.pk})
    writing = Author.objects.writing().filter(scenario=case.scenario_id)
    people = [case.review.person_id] if case.review else list(writing.values_list("person_id", flat=True))
    key = f"{MODERATED}-{case.pk}-{case.state}-{case.decided_at:%Y%m%d%H%M%S}"
    notices.publish(*(News(MODERATED, person, key, url) for person in people))


@transaction.atomic
def appeal(viewer: Viewer, case: Case, words: str) -> bool:
    """Ask once that what was hidden be looked at again. False when it was asked already, or when nothing is hidden."""
    case = lock(Case, case.pk)
    if case.state != State.DECIDED or not case.hidden or case.appealed_at:
        return False
    case.state, case.appeal, case.appealed_at = State.APPEALED, words, timezone.now()
    case.save(update_fields=["state", "appeal", "appealed_at"])
    journal.record(viewer, "scenarios.appealed", case)
    return True


def drop_cases() -> int:
    """Erase decisions older than six months, and their reports; what is hidden stays so."""
    old = Case.objects.exclude(state__in=[State.OPEN, State.APPEALED])
    return old.filter(decided_at__lt=timezone.now() - KEPT).delete()[1].get("scenarios.Case", 0)


def forget_reports(person_id: int) -> int:
    """Who reported is nobody's business once they have left."""
    return Report.objects.filter(person_id=person_id).delete()[0]
