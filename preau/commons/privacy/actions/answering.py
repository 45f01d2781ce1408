"""Answering: take in hand, prolong, answer line by line, send, take back before it is told, and erase what was granted."""

from django.db import transaction
from django.utils import timezone

from preau.commons.privacy.actions import telling
from preau.commons.privacy.models import DataRequest, RequestLine, due_after
from preau.commons.privacy.queries import requests
from preau.directory.viewer import Viewer
from preau.foundation import journal
from preau.foundation.locks import lock


class Over(Exception):
    """The request is answered or withdrawn; nothing was written."""


class TooLate(Exception):
    """The first month is over, or the answer was told; nothing was written."""


class AnsweredMeanwhile(Exception):
    """Somebody else has answered this line since the page was shown; nothing was written."""


class Unanswered(Exception):
    """A line has no answer yet; nothing was written."""


def _waiting(request_id: int) -> DataRequest:
    request = lock(DataRequest, request_id, "school")
    if not request.is_waiting:
        raise Over
    return request


@transaction.atomic
def take(viewer: Viewer, request: DataRequest) -> bool:
    """Begin to answer: whoever asked is told. False when somebody has begun already; raises Over."""
    return _take(viewer, _waiting(request.pk))


def _take(viewer: Viewer, request: DataRequest) -> bool:
    if request.state == DataRequest.State.IN_HAND:
        return False
    request.state, request.taken_by, request.taken_at = (
        DataRequest.State.IN_HAND,
        viewer.person,
        timezone.now(),
    )
    request.save(update_fields=["state", "taken_by", "taken_at"])
    journal.record(viewer, "privacy.request_taken", request, subject_id=request.subject_id)
    telling.settle([request], telling.ARRIVED)
    telling.tell_asker(telling.STEP, request, "taken")
    return True


@transaction.atomic
def prolong(viewer: Viewer, request: DataRequest, why: str) -> bool:
    """Two months more, with a reason that is told at once. False when it was done; raises Over, and TooLate after the first month."""
    request = _waiting(request.pk)
    if request.prolonged_at:
        return False
    if viewer.today > request.first_due:
        raise TooLate
    _take(viewer, request)
    telling.settle([request], telling.SOON)
    request.prolonged_at, request.prolonged_why = timezone.now(), why
    request.due = due_after(request.asked_on, prolonged=True)
    request.save(update_fields=["prolonged_at", "prolonged_why", "due"])
    journal.record(viewer, "privacy.request_prolonged", request, subject_id=request.subject_id)
    telling.tell_asker(telling.STEP, request, "prolonged")
    return True


def mark_of(line: RequestLine) -> str:
    """What a page showed of the answer, so that nobody writes over one that they have not read."""
    return line.answered_at.isoformat() if line.answered_at else ""


@transaction.atomic
def answer_line(viewer: Viewer, line: RequestLine, outcome: str, answer: str, seen: str = "") -> bool:
    """Write what one line is answered; nothing is told yet. False when it says that already; raises Over, AnsweredMeanwhile."""
    request = _waiting(line.request_id)
    line = lock(RequestLine, line.pk)
    if (line.outcome, line.answer) == (outcome, answer):
        return False
    if mark_of(line) != seen:
        raise AnsweredMeanwhile
    _take(viewer, request)
    line.outcome, line.answer = outcome, answer
    line.answered_by, line.answered_at = viewer.person, timezone.now()
    line.save(update_fields=["outcome", "answer", "answered_by", "answered_at"])
    journal.record(viewer, "privacy.request_line_answered", request, subject_id=request.subject_id)
    return True


@transaction.atomic
def send_answer(viewer: Viewer, request: DataRequest) -> bool:
    """Answer the request: it is told in a few minutes. False when it was done; raises Over when withdrawn, Unanswered."""
    request = lock(DataRequest, request.pk, "school")
    if request.state == DataRequest.State.ANSWERED:
        return False
    if not request.is_waiting:
        raise Over
    if request.lines.filter(outcome="").exists():
        raise Unanswered
    request.state, request.answered_by, request.answered_at = (
        DataRequest.State.ANSWERED,
        viewer.person,
        timezone.now(),
    )
    request.save(update_fields=["state", "answered_by", "answered_at"])
    journal.record(viewer, "privacy.request_answered", request, subject_id=request.subject_id)
    telling.settle([request])
    return True


@transaction.atomic
def take_back_answer(viewer: Viewer, request: DataRequest) -> bool:
    """The answer is not the right one after all, and nobody has been told. False when it was done; raises TooLate."""
    request = lock(DataRequest, request.pk, "school")
    if request.state == DataRequest.State.IN_HAND:
        return False
    if (
        request.state != DataRequest.State.ANSWERED
        or request.is_told
        or request.lines.exclude(applied_at=None).exists()
    ):
        raise TooLate
    request.state, request.answered_by, request.answered_at = DataRequest.State.IN_HAND, None, None
    request.save(update_fields=["state", "answered_by", "answered_at"])
    journal.record(viewer, "privacy.request_answer_taken_back", request, subject_id=request.subject_id)
    return True


@transaction.atomic
def apply_erasure(viewer: Viewer, line: RequestLine) -> int | None:
    """Erase what was granted, by the `forget` of its kind; returns how many rows, None when it was done. Raises Over when it may not be."""
    request = lock(DataRequest, line.request_id, "school")
    line = lock(RequestLine, line.pk)
    if line.applied_at:
        return None
    plan = requests.erasure_of(request, line)
    if plan is None or plan.elsewhere:
        raise Over
    rows = plan.forget(request.subject_id)
    line.applied_by, line.applied_at = viewer.person, timezone.now()
    line.save(update_fields=["applied_by", "applied_at"])
    journal.record(
        viewer,
        "privacy.request_erasure_applied",
        request,
        subject_id=request.subject_id,
        rows=rows,
        kind=line.kind,
    )
    return rows
