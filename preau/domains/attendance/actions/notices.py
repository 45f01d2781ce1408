"""Telling families: preparing a notice, holding it while it leaves, letting it go."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from preau.directory.models import Guardianship
from preau.domains.attendance.models import (
    Entry,
    Notice,
)

# Longer than the mail server may take to answer (EMAIL_TIMEOUT).
HOLD = timedelta(minutes=2)


@transaction.atomic
def prepare_notices(entry_ids: Sequence[int], today: date) -> list[int]:
    """Prepare a notice for each guardian who must know of these absences; returns the ids of those not sent yet."""
    notices: list[Notice] = []
    for entry in Entry.objects.filter(pk__in=entry_ids).to_explain().order_by("pk"):
        informed = (
            Guardianship.objects.informed(today).filter(pupil_id=entry.pupil_id).exclude(guardian__email="")
        )
        about = {"school_id": entry.school_id, "entry": entry, "pupil_id": entry.pupil_id, "day": entry.day}
        guardians = informed.values_list("guardian_id", flat=True)
        notices += [Notice(guardian_id=guardian, **about) for guardian in guardians]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    waiting = Notice.objects.filter(entry_id__in=entry_ids, sent_at=None)
    return list(waiting.values_list("pk", flat=True))


class BeingSent(Exception):
    """Another worker is sending this notice, or died while it did: try again when its hold is over."""


@transaction.atomic
def hold_notice(notice_id: int) -> Notice | None:
    """Take a notice to send it, outside the transaction: a slow mail server must not hold up everyone's writing.

    None when there is nothing (more) to say: sent already, the absence corrected or explained in the meantime, or
    the guardian told today of another absence that still stands (one letter a day, however many lessons), or not to
    be informed any more. Raises BeingSent while another worker is telling them.
    """
    now = timezone.now()
    about = Notice.objects.values("pupil_id", "guardian_id", "day").get(pk=notice_id)
    # All of the day's, in one order: two workers that each held one and waited for the other would wait for ever.
    locked = Notice.objects.select_for_update(of=("self",)).select_related("pupil", "guardian")
    same_day = {notice.pk: notice for notice in locked.filter(**about).order_by("pk")}
    notice = same_day.pop(notice_id)
    if notice.sent_at or not Entry.objects.to_explain().filter(pk=notice.entry_id).exists():
        return None
    may_know = Guardianship.objects.informed(timezone.localdate(now)).filter(
        pupil_id=notice.pupil_id, guardian_id=notice.guardian_id
    )
    if not may_know.exists():
        return None
    told = [other.entry_id for other in same_day.values() if other.sent_at]
    if Entry.objects.absences().filter(pk__in=told).exists():
        return None
    # A letter that is only on its way may still fail: wait for it to be sent or let go.
    if any(one.held_until and one.held_until > now for one in (notice, *same_day.values())):
        raise BeingSent
    notice.held_until = now + HOLD
    notice.save(update_fields=["held_until"])
    return notice


def let_notice_go(notice: Notice, *, sent: bool) -> None:
    """After the attempt: it is sent, or it may be tried again."""
    notice.held_until = None
    notice.sent_at = timezone.now() if sent else None
    notice.save(update_fields=["held_until", "sent_at"])
