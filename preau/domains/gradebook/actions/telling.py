"""Telling pupils, then their families, of marks that they may read, and of those that change afterwards."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q
from django.dispatch import Signal
from django.urls import reverse
from django.utils import timezone

from preau.directory.models import Guardianship
from preau.domains.gradebook.models import Assessment, Mark, policy_of
from preau.foundation import dates, notices

PUBLISHED, CHANGED = "gradebook.published", "gradebook.changed"
AT_ONCE = 100
# Marks of an assessment of which somebody was told: assessment_id, added and changed, by pupil. Sent inside their transaction.
told_marks_written = Signal()


def _families(pupils: Iterable[int]) -> dict[int, list[int]]:
    """By pupil, the guardians who may be informed today."""
    found: dict[int, list[int]] = defaultdict(list)
    informed = Guardianship.objects.informed(timezone.localdate()).of_another().filter(pupil__in=pupils)
    for pupil, guardian in informed.order_by("pk").values_list("pupil_id", "guardian_id"):
        found[pupil].append(guardian)
    return found


@transaction.atomic
def tell_published(now: datetime) -> int:
    """Tell pupils, then families, of the marks that have become theirs to read; returns how many assessments.

    One piece of news a day and a pupil, however many marks: it leaves by the digest that each person chose.
    """
    due = Q(published_at__lte=now, pupils_told_at=None) | Q(guardians_at__lte=now, guardians_told_at=None)
    waiting = Assessment.objects.kept().filter(due).select_for_update(of=("self",), skip_locked=True)
    found = list(waiting.select_related("school").order_by("pk")[:AT_ONCE])
    for assessment in found:
        to_guardians = assessment.guardians_told_at is None and _is_past(assessment.guardians_at, now)
        to_pupils = assessment.pupils_told_at is None
        marked = list(Mark.objects.filter(assessment=assessment).values_list("pupil_id", flat=True))
        notices.publish(*_of_day(assessment, _readers(marked, pupils=to_pupils, guardians=to_guardians), now))
        assessment.pupils_told_at = assessment.pupils_told_at or now
        assessment.guardians_told_at = now if to_guardians else assessment.guardians_told_at
    Assessment.objects.bulk_update(found, ["pupils_told_at", "guardians_told_at"])
    return len(found)


def _is_past(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment <= now


def _readers(marked: Collection[int], *, pupils: bool, guardians: bool) -> dict[int, list[int]]:
    """By pupil, who is told: the pupil, their guardians, or both."""
    families = _families(marked) if guardians else {}
    return {pupil: [pupil] * pupils + families.get(pupil, []) for pupil in marked}


def _of_day(assessment: Assessment, readers: Mapping[int, list[int]], now: datetime) -> list[notices.News]:
    school = assessment.school
    today = timezone.localdate(now, ZoneInfo(school.timezone))
    facts = {"day": dates.day(today), "school": school.name}
    return [
        notices.News(
            kind=PUBLISHED,
            person_id=person,
            key=f"{pupil}-{today}",
            url=reverse("gradebook:own"),
            school_id=school.pk,
            about_id=pupil,
            facts=facts,
        )
        for pupil, people in readers.items()
        for person in people
    ]


def ask_to_tell(assessment: Assessment, added: Collection[int], changed: Collection[int]) -> None:
    """Have it told, later: whoever types thirty marks waits for no news. Nobody was told of them yet: nothing is to tell."""
    if assessment.pupils_told_at is not None and (added or changed):
        told_marks_written.send(
            sender=Assessment, assessment_id=assessment.pk, added=list(added), changed=list(changed)
        )


@transaction.atomic
def tell_written(assessment_id: int, added: Collection[int], changed: Collection[int]) -> bool:
    """Marks typed once they were published: new ones are news of the day, others a change. False when it was deleted since."""
    kept = Assessment.objects.kept().filter(pk=assessment_id)
    assessment: Assessment | None = kept.select_related("school", "subject").first()
    if assessment is None:
        return False
    notices.publish(*_of_day(assessment, _who_knows(assessment, added), timezone.now()))
    if changed:
        tell_changed(assessment, changed)
    return True


def _who_knows(assessment: Assessment, pupils: Collection[int]) -> dict[int, list[int]]:
    """Of these pupils and their families, who was told of this assessment: others will be, of what it then says."""
    return _readers(
        pupils,
        pupils=assessment.pupils_told_at is not None,
        guardians=assessment.guardians_told_at is not None,
    )


def tell_changed(assessment: Assessment, pupils: Collection[int] | None = None) -> None:
    """What was read is not the same any more: its mark, scale, coefficient or period; where the school tells of it."""
    if assessment.pupils_told_at is None or not policy_of(assessment.school_id).tells_changes:
        return
    if pupils is None:
        pupils = list(Mark.objects.filter(assessment=assessment).values_list("pupil_id", flat=True))
    today = timezone.localdate()
    facts = {
        "subject": assessment.subject.name,
        "day": dates.day(assessment.day),
        "school": assessment.school.name,
    }
    notices.publish(
        *(
            notices.News(
                kind=CHANGED,
                person_id=person,
                key=f"{assessment.pk}-{pupil}-{today}",
                url=reverse("gradebook:own"),
                school_id=assessment.school_id,
                about_id=pupil,
                facts=facts,
            )
            for pupil, people in _who_knows(assessment, pupils).items()
            for person in people
        )
    )
