"""Asking: a request and its first line, more lines, a line said otherwise, and taking it all back."""

from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils import timezone

from preau.commons.privacy.actions import telling
from preau.commons.privacy.models import MOST_LINES, DataRequest, RequestLine, due_after
from preau.directory.models import Person, School
from preau.directory.viewer import Viewer
from preau.foundation import dates, journal
from preau.foundation.locks import lock


class TakenInHand(Exception):
    """Somebody has begun to answer, or it is over: nothing was written."""


@dataclass(frozen=True)
class CorrectionLine:
    """One line as it was typed."""

    right: str
    wrong: str
    kind: str = ""
    which: str = ""
    better: str = ""


@transaction.atomic
def ask(viewer: Viewer, school: School, subject: Person, asked: CorrectionLine) -> DataRequest:
    """Send a request with one line. The same line twice is the same request."""
    # Two clicks at once wait for one another.
    lock(Person, viewer.person.pk)
    mine = DataRequest.objects.waiting().filter(school=school, subject=subject, asked_by=viewer.person)
    known = mine.filter(pk__in=RequestLine.objects.filter(**asdict(asked)).values("request_id")).first()
    if known is not None:
        found: DataRequest = known
        return found
    now = timezone.now()
    request = DataRequest.objects.create(
        school=school,
        subject=subject,
        asked_by=viewer.person,
        asked_at=now,
        due=due_after(dates.local(now, school.timezone).date()),
    )
    RequestLine.objects.create(school=school, request=request, **asdict(asked))
    journal.record(viewer, "privacy.request_sent", request, subject_id=subject.pk)
    telling.tell_holders(telling.ARRIVED, request, request.asked_on)
    return request


@transaction.atomic
def add_line(viewer: Viewer, request: DataRequest, asked: CorrectionLine) -> bool:
    """Ask one thing more in the same request. False for the same thing twice; raises TakenInHand."""
    request = lock(DataRequest, request.pk, "school")
    if not request.may_still_add():
        raise TakenInHand
    lines = list(request.lines.all())
    if any(_said(line) == asked for line in lines):
        return False
    if len(lines) >= MOST_LINES:
        raise TakenInHand
    RequestLine.objects.create(school_id=request.school_id, request=request, **asdict(asked))
    journal.record(viewer, "privacy.request_changed", request, subject_id=request.subject_id)
    return True


@transaction.atomic
def change_line(viewer: Viewer, line: RequestLine, asked: CorrectionLine) -> bool:
    """Say a line otherwise, as long as nobody has taken the request in hand. False when nothing changes; raises TakenInHand."""
    request = lock(DataRequest, line.request.pk, "school")
    line = lock(RequestLine, line.pk)
    if _said(line) == asked:
        return False
    if request.state != DataRequest.State.RECEIVED:
        raise TakenInHand
    for name, value in asdict(asked).items():
        setattr(line, name, value)
    line.save(update_fields=list(asdict(asked)))
    journal.record(viewer, "privacy.request_changed", request, subject_id=request.subject_id)
    return True


def _said(line: RequestLine) -> CorrectionLine:
    return CorrectionLine(line.right, line.wrong, line.kind, line.which, line.better)


@transaction.atomic
def withdraw(viewer: Viewer, request: DataRequest) -> bool:
    """Take a request back, whatever was begun. False when it is taken back already; raises TakenInHand once it is answered."""
    request = lock(DataRequest, request.pk, "school")
    if request.state == DataRequest.State.WITHDRAWN:
        return False
    if not request.is_waiting:
        raise TakenInHand
    request.state, request.withdrawn_at = DataRequest.State.WITHDRAWN, timezone.now()
    request.save(update_fields=["state", "withdrawn_at"])
    # What had been written and never told was for nobody.
    request.lines.update(outcome="", answer="", answered_by=None, answered_at=None)
    telling.settle([request])
    journal.record(viewer, "privacy.request_withdrawn", request, subject_id=request.subject_id)
    return True
