"""Writing marks that were given elsewhere, before the school came: pupils and families read them at once, and nobody is told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from preau.directory.models import Person, School
from preau.domains.gradebook.actions.sealing import PeriodSealed, locked_period
from preau.domains.gradebook.models import Assessment, Mark, PeriodSeal
from preau.domains.gradebook.rules.marking import TypedMark
from preau.foundation import journal


@dataclass(frozen=True)
class PastAssessment:
    """An assessment and its marks by pupil. `known`: it is there already, and these are those that it lacks."""

    group: int
    subject: int
    period: int
    teacher: int
    title: str
    day: date
    scale: Decimal
    coefficient: Decimal
    marks: Mapping[int, TypedMark]
    known: int | None = None


@transaction.atomic
def write_past(school: School, by: Person, past: Sequence[PastAssessment]) -> dict[str, int]:
    """Write all of these or none; a mark that is there by now is left. Returns how many. Raises PeriodSealed."""
    for number in sorted({past_assessment.period for past_assessment in past}):
        period = locked_period(number)
        if PeriodSeal.objects.filter(period=period).exists():
            raise PeriodSealed(period)
    counts = {"created": 0, "marks": 0}
    for past_assessment in past:
        assessment = _assessment(school, past_assessment)
        counts["created"] += past_assessment.known is None
        counts["marks"] += _marks(assessment, by, past_assessment.marks)
    journal.write(
        journal.Line(
            verb="gradebook.past_written",
            actor_id=by.pk,
            school_id=school.pk,
            target=school._meta.label_lower,
            target_id=school.pk,
            details=counts,
        )
    )
    return counts


def _assessment(school: School, past_assessment: PastAssessment) -> Assessment:
    """It is read at once, and those who could be told of it are counted as told: it is no news."""
    if past_assessment.known:
        found: Assessment = Assessment.objects.select_for_update(of=("self",)).get(pk=past_assessment.known)
        return found
    now = timezone.now()
    made: Assessment = Assessment.objects.create(
        school=school,
        teacher_id=past_assessment.teacher,
        subject_id=past_assessment.subject,
        group_id=past_assessment.group,
        period_id=past_assessment.period,
        title=past_assessment.title,
        day=past_assessment.day,
        scale=past_assessment.scale,
        coefficient=past_assessment.coefficient,
        published_at=now,
        guardians_at=now,
        pupils_told_at=now,
        guardians_told_at=now,
        created_at=now,
        updated_at=now,
    )
    return made


def _marks(assessment: Assessment, by: Person, marks: Mapping[int, TypedMark]) -> int:
    there = set(
        Mark.objects.filter(assessment=assessment, pupil__in=marks).values_list("pupil_id", flat=True)
    )
    assessment.marks_written += 1
    assessment.save(update_fields=["marks_written"])
    rows = [
        Mark(
            assessment=assessment,
            pupil_id=pupil,
            value=typed.value,
            code=typed.code,
            changed_by=by,
            version=assessment.marks_written,
        )
        for pupil, typed in marks.items()
        if pupil not in there
    ]
    return len(Mark.objects.bulk_create(rows, batch_size=500))
