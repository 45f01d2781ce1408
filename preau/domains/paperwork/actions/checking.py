"""The school reads what came: checked, refused with its reason, or looked at again."""

from django.db import transaction
from django.utils import timezone

from preau.directory.viewer import Viewer
from preau.domains.paperwork import rules
from preau.domains.paperwork.actions import telling
from preau.domains.paperwork.models import Dossier, Submission
from preau.foundation import journal
from preau.foundation.locks import lock

State = Submission.State


class Replaced(Exception):
    """The family has sent another document meanwhile, or somebody has decided otherwise: it is to be looked at."""


def _held(viewer: Viewer, submission: Submission) -> Submission:
    """The row, after its dossier: a family that replaces it waits, or is waited for. Raises Replaced."""
    lock(Dossier, submission.dossier_id)
    found = lock(Submission, submission.pk, "dossier__collection__school", "piece", "dossier__pupil")
    if found.replaced_at is not None or found.is_draft or not rules.decides(viewer, found):
        raise Replaced
    return found


@transaction.atomic
def accept(viewer: Viewer, submission: Submission) -> bool:
    """It is the piece; False when that was said already. Raises Replaced, and for what was refused meanwhile."""
    found = _held(viewer, submission)
    if found.state == State.CHECKED:
        return False
    if found.state != State.RECEIVED:
        raise Replaced
    found.state, found.decided_by, found.decided_at = State.CHECKED, viewer.person, timezone.now()
    found.save(update_fields=["state", "decided_by", "decided_at"])
    journal.record(viewer, "paperwork.checked", found, subject_id=found.dossier.pupil_id)
    return True


@transaction.atomic
def refuse(viewer: Viewer, submission: Submission, reason: str, note: str) -> bool:
    """It is not: the family is told that it misses again, whoever sent it reads why. False when that was said already. Raises Replaced, and for what was checked meanwhile."""
    found = _held(viewer, submission)
    if found.state == State.REFUSED:
        return False
    if found.state != State.RECEIVED:
        raise Replaced
    found.state, found.decided_by, found.decided_at = State.REFUSED, viewer.person, timezone.now()
    found.reason, found.note = reason, note
    found.save(update_fields=["state", "decided_by", "decided_at", "reason", "note"])
    journal.record(viewer, "paperwork.refused", found, subject_id=found.dossier.pupil_id)
    if found.dossier.collection.is_open:
        telling.tell_refusal(found)
    return True


@transaction.atomic
def look_again(viewer: Viewer, submission: Submission) -> bool:
    """Take back what was decided: it is to be read again; a paper that was ticked by mistake is not there any more. Raises Replaced."""
    found = _held(viewer, submission)
    if found.way == Submission.Way.PAPER:
        found.replaced_at = timezone.now()
        found.save(update_fields=["replaced_at"])
    elif found.state == State.RECEIVED or found.erased_at is not None:
        return False
    else:
        telling.settle_refusal(found)
        found.state, found.decided_by, found.decided_at = State.RECEIVED, None, None
        found.reason = found.note = ""
        found.save(update_fields=["state", "decided_by", "decided_at", "reason", "note"])
    journal.record(viewer, "paperwork.reopened", found, subject_id=found.dossier.pupil_id)
    return True
