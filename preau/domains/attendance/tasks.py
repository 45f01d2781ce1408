"""Work for later: letters to families. Absences are never delayed by the delivery policy (docs/decisions/0025)."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.directory.models import Guardianship
from preau.domains.attendance import actions
from preau.domains.attendance.models import Explanation, Notice
from preau.domains.timetable.models import Lesson
from preau.foundation import dates, mail
from preau.foundation.tasks import job


@job(priority=50)
def tell_guardians(entry_ids: list[int]) -> int:
    """Tell the guardians of the pupils just marked absent; returns how many letters were prepared."""
    waiting = actions.prepare_notices(entry_ids, timezone.localdate())
    for notice_id in waiting:
        send_notice.enqueue(notice_id)
    return len(waiting)


@job(priority=50, retries=8)
def send_notice(notice_id: int) -> bool:
    """Send one notice; nothing when there is nothing to say any more (`actions.hold_notice`).

    A worker killed between the mail server's yes and the note of it sends the letter again: told twice is better
    than not at all.
    """
    notice = actions.hold_notice(notice_id)
    if notice is None:
        return False
    sent = False
    try:
        _send_absence(notice)
        sent = True
    finally:
        actions.let_notice_go(notice, sent=sent)
    return True


def _send_absence(notice: Notice) -> None:
    lesson = Lesson.objects.select_related("school").get(attendance_entries=notice.entry_id)
    context = {
        "pupil": notice.pupil.given_name,
        "day": dates.day(notice.day),
        "hours": lesson.hours,
        "school": lesson.school.name,
        "path": reverse("attendance:explain", kwargs={"pk": notice.entry_id}),
    }
    mail.send(notice.guardian.email, _("Une absence à expliquer"), "attendance/mail/absence", context)


@job(priority=20)
def tell_decision(explanation_id: int) -> bool:
    """Tell who explained an absence that the school refused the explanation, and why (twice rather than never)."""
    explanation = Explanation.objects.select_related("given_by", "pupil", "school").get(pk=explanation_id)
    last = explanation.decisions.last()
    if explanation.state != Explanation.State.REFUSED or not explanation.given_by.email or last is None:
        return False
    informed = Guardianship.objects.informed(timezone.localdate()).filter(pupil_id=explanation.pupil_id)
    about_self = explanation.given_by_id == explanation.pupil_id
    if not about_self and not informed.filter(guardian_id=explanation.given_by_id).exists():
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
            "path": _where_to_explain(explanation),
        },
    )
    return True


def _where_to_explain(explanation: Explanation) -> str:
    """The page of one of the absences: unlike the list, it seats a teacher who is also the parent."""
    entry = explanation.entries.first()
    return reverse("attendance:explain", kwargs={"pk": entry.pk}) if entry else reverse("attendance:absences")


def enqueue_notices(entry_ids: list[int], **_: Any) -> None:
    tell_guardians.enqueue(entry_ids)


def enqueue_decision(explanation_id: int, **_: Any) -> None:
    tell_decision.enqueue(explanation_id)
