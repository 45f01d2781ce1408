"""Work for later: letters to families. Absences are never delayed by the delivery policy (`decisions.md` 25)."""

from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.domains.attendance import actions
from preau.domains.attendance.models import Entry, Explanation, Notice
from preau.foundation import dates, mail
from preau.foundation.tasks import job


@job(priority=50)
def tell_guardians(entry_ids: list[int]) -> int:
    """Tell the guardians of the pupils just marked absent; returns how many letters were prepared."""
    waiting = actions.prepare_notices(entry_ids, timezone.localdate())
    for notice_id in waiting:
        send_notice.enqueue(notice_id)
    return len(waiting)


@job(priority=50)
@transaction.atomic
def send_notice(notice_id: int) -> bool:
    """Send one notice, once; nothing when the absence was corrected or explained in the meantime."""
    notice = Notice.objects.select_for_update(of=("self",)).get(pk=notice_id)
    entry = Entry.objects.to_explain().select_related("lesson__school").filter(pk=notice.entry_id).first()
    if notice.sent_at or entry is None:
        return False
    mail.send(
        notice.guardian.email,
        _("Une absence à expliquer"),
        "attendance/mail/absence",
        {
            "pupil": notice.pupil.given_name,
            "day": dates.day(entry.day),
            "hours": entry.lesson.hours,
            "school": entry.lesson.school.name,
            "path": reverse("attendance:explain", kwargs={"pk": entry.pk}),
        },
    )
    notice.sent_at = timezone.now()
    notice.save(update_fields=["sent_at"])
    return True


@job(priority=20)
def tell_decision(explanation_id: int) -> bool:
    """Tell who explained an absence that the school refused the explanation, and why."""
    explanation = Explanation.objects.select_related("given_by", "pupil", "school").get(pk=explanation_id)
    last = explanation.decisions.last()
    if explanation.state != Explanation.State.REFUSED or not explanation.given_by.email or last is None:
        return False
    mail.send(
        explanation.given_by.email,
        _("Une absence reste à expliquer"),
        "attendance/mail/refused",
        {
            "pupil": explanation.pupil.given_name,
            "day": dates.day(explanation.day),
            "school": explanation.school.name,
            "comment": last.comment,
            "path": reverse("attendance:absences"),
        },
    )
    return True


def enqueue_notices(entry_ids: list[int], **_: Any) -> None:
    tell_guardians.enqueue(entry_ids)


def enqueue_decision(explanation_id: int, **_: Any) -> None:
    tell_decision.enqueue(explanation_id)
