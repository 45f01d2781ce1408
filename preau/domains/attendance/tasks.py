"""Work for later: telling families. Absences are never delayed by the delivery policy (docs/decisions/0025)."""

from typing import Any

from django.utils import timezone

from preau.domains.attendance import actions
from preau.foundation.tasks import job


@job(priority=50)
def tell_guardians(entry_ids: list[int]) -> int:
    """Tell the guardians of the pupils just marked absent; returns how many were told. Run again, it tells the others."""
    waiting = actions.prepare_notices(entry_ids, timezone.localdate())
    return sum(actions.tell_guardian(notice_id) for notice_id in waiting)


@job()
def remind_of_calls() -> int:
    """Remind teachers of the calls of the day that they have not made."""
    return actions.remind_of_calls(timezone.now())


def enqueue_notices(entry_ids: list[int], **_: Any) -> None:
    tell_guardians.enqueue(entry_ids)
