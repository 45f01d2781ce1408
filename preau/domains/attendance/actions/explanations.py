"""Explaining, withdrawing, deciding, and erasing the words."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from preau.commons.files.models import StoredFile
from preau.directory.viewer import Viewer
from preau.domains.attendance.actions import follow_ups, notices
from preau.domains.attendance.models import (
    Decision,
    Entry,
    Explanation,
    Reason,
)
from preau.foundation import journal
from preau.foundation.locks import lock


class NothingToExplain(Exception):
    """These absences were explained or corrected in the meantime."""


class DecidedOtherwise(Exception):
    """Somebody else has decided since the page was shown; nothing was written."""

    def __init__(self, theirs: Decision) -> None:
        super().__init__(f"decision {theirs.pk}")
        self.theirs = theirs


@transaction.atomic
def explain(
    viewer: Viewer,
    entries: Sequence[Entry],
    reason: Reason,
    comment: str = "",
    document: StoredFile | None = None,
) -> Explanation:
    """Explain the absences of one pupil on one day. Raises NothingToExplain when one is settled already."""
    pks = [entry.pk for entry in entries]
    locked = list(Entry.objects.select_for_update().filter(pk__in=pks).order_by("pk"))
    if not pks or Entry.objects.filter(pk__in=pks).to_explain().count() != len(pks):
        raise NothingToExplain
    explanation = Explanation.objects.create(
        school_id=locked[0].school_id,
        pupil_id=locked[0].pupil_id,
        day=locked[0].day,
        reason=reason,
        comment=comment,
        document=document,
        given_by=viewer.person,
        given_at=timezone.now(),
    )
    Entry.objects.filter(pk__in=pks).update(explanation=explanation)
    journal.record(
        viewer, "attendance.explained", explanation, subject_id=explanation.pupil_id, lessons=len(pks)
    )
    notices.settle_absences(pks)
    notices.tell_school_life(explanation)
    return explanation


@transaction.atomic
def withdraw(viewer: Viewer, explanation: Explanation) -> bool:
    """Take back an explanation that nobody has decided on; returns False when it was too late."""
    explanation = lock(Explanation, explanation.pk)
    if not explanation.is_pending:
        return False
    _decide(viewer, explanation, Explanation.State.WITHDRAWN, "")
    notices.settle_reading(explanation)
    journal.record(viewer, "attendance.explanation_withdrawn", explanation, subject_id=explanation.pupil_id)
    return True


@transaction.atomic
def decide(
    viewer: Viewer, explanation: Explanation, state: str, comment: str = "", seen: int | None = None
) -> bool:
    """Accept or refuse an explanation; a decision may be changed. Returns False when nothing had to change.

    `seen`: the last decision that the page showed (0: none). Raises DecidedOtherwise when there is another since.
    """
    explanation = lock(Explanation, explanation.pk)
    last = explanation.decisions.last()
    same = last is not None and (last.state, last.comment) == (state, comment)
    # One that another has replaced covers no absence any more: there is nothing to decide.
    if same or explanation.state == Explanation.State.WITHDRAWN or not explanation.entries.exists():
        return False
    if last is not None and seen is not None and last.pk != seen:
        raise DecidedOtherwise(last)
    decision = _decide(viewer, explanation, state, comment)
    journal.record(viewer, f"attendance.explanation_{state}", explanation, subject_id=explanation.pupil_id)
    notices.settle_reading(explanation)
    notices.tell_answer(explanation, decision)
    follow_ups.look_again(explanation.school_id, [explanation.pupil_id])
    return True


def _decide(viewer: Viewer, explanation: Explanation, state: str, comment: str) -> Decision:
    explanation.state = state
    explanation.save(update_fields=["state"])
    made: Decision = Decision.objects.create(
        school_id=explanation.school_id,
        explanation=explanation,
        state=state,
        comment=comment,
        decided_by=viewer.person,
        decided_at=timezone.now(),
    )
    return made


def forget_words(person_id: int) -> int:
    """Erase what a person wrote and what was written of them; the entries stay until their legal term."""
    return (
        Explanation.objects.filter(pupil_id=person_id).exclude(comment="").update(comment="")
        + Explanation.objects.filter(given_by_id=person_id).exclude(comment="").update(comment="")
        + Decision.objects.filter(Q(explanation__pupil_id=person_id) | Q(explanation__given_by_id=person_id))
        .exclude(comment="")
        .update(comment="")
    )
