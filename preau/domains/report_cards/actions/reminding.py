"""Reminding teachers of what they have not written yet: one gesture, once a day, and it says whom it has reached."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from preau.directory.models import Period, School
from preau.directory.viewer import Viewer
from preau.domains.report_cards.models import TextReminder
from preau.domains.report_cards.queries.campaign import TeacherLeft, campaign_of
from preau.foundation import journal, notices
from preau.foundation.locks import lock

TO_WRITE = "report_cards.to_write"


class NothingLeft(Exception):
    """Nobody of those who were meant has anything left to write."""


@dataclass(frozen=True)
class Reminded:
    """Whom a gesture has reached; who had been reminded the same day; who has no account to read it with."""

    told: Sequence[TeacherLeft]
    already: Sequence[TeacherLeft]
    unreached: Sequence[TeacherLeft]


def _key(reminder: TextReminder) -> str:
    return f"{reminder.period_id}-{reminder.teacher_id}-{reminder.day:%Y-%m-%d}"


@transaction.atomic
def remind(viewer: Viewer, period: Period, teacher: int | None = None) -> Reminded:
    """Remind one teacher, or all who have something left to write. Raises NothingLeft.

    Two people who ask at once wait for each other: nobody is told twice the same day.
    """
    lock(School, viewer.school_id)
    found = campaign_of(viewer, period)
    meant = [one for one in found.teachers if teacher is None or one.person.pk == teacher]
    if not meant:
        raise NothingLeft
    already = [one for one in meant if one.reminded_on == found.today]
    unreached = [one for one in meant if not one.is_reached and one not in already]
    recipients = [one for one in meant if one not in already and one not in unreached]
    _tell(viewer, period, recipients)
    if recipients:
        facts = {"period": period.pk, "count": len(recipients)}
        journal.record(viewer, "report_cards.teachers_reminded", viewer.school, **facts)
    return Reminded(recipients, already, unreached)


def _tell(viewer: Viewer, period: Period, teachers: Sequence[TeacherLeft]) -> None:
    before: QuerySet[TextReminder] = TextReminder.objects.filter(
        period=period, teacher__in=[one.person.pk for one in teachers]
    )
    # What was said on another day says a number that is no longer true.
    notices.settle(TO_WRITE, *(_key(row) for row in before))
    made = TextReminder.objects.bulk_create(
        TextReminder(
            school_id=viewer.school_id or 0,
            period=period,
            teacher=one.person,
            day=viewer.today,
            left=one.left,
            at=timezone.now(),
            by=viewer.person,
        )
        for one in teachers
    )
    school = viewer.school
    notices.publish(
        *(
            notices.News(
                kind=TO_WRITE,
                person_id=row.teacher_id,
                key=_key(row),
                url=f"{reverse('report_cards:index')}?periode={period.pk}",
                facts={"left": one.said, "period": period.name, "school": school.name if school else ""},
                school_id=viewer.school_id,
                seat=f"staff-{viewer.school_id}",
            )
            for row, one in zip(made, teachers, strict=True)
        )
    )


def forget_reminders(person_id: int) -> int:
    """Erase that somebody was reminded."""
    return TextReminder.objects.filter(teacher_id=person_id).delete()[0]
