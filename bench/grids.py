"""Two classes of the large school whose grids are full: 35 pupils, 25 assessments of a subject, 58 competences or 40."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any

FULL = {
    "full": 58,
    "other_full": 40,
}  # what the cast calls each class, and how many competences are assessed there
PUPILS, ASSESSMENTS, ON_A_SHEET = 35, 25, 10
EMPTY, ABSENT = 3, 3  # of a hundred cells


def gather(school: Any) -> None:
    """Before anything is lived there: the first pupils of other classes learn in these two."""
    from preau.directory.models import Enrolment

    classes = _classes(school)
    spare = Enrolment.objects.filter(group__in=classes[len(FULL) :]).order_by("group__name", "pk")
    moved = list(spare.values_list("pk", flat=True))
    for one in classes[: len(FULL)]:
        missing = PUPILS - one.enrolments.count()
        Enrolment.objects.filter(pk__in=moved[:missing]).update(group=one)
        moved = moved[missing:]


def fill(school: Any, today: Any) -> None:
    """Once the seeds are planted: in place of their assessments of one subject, and beside their levels."""
    from preau.directory.models import Period
    from preau.domains.competences.imports.shipped import take
    from preau.domains.competences.models import Competence

    draw = Random(f"{school.uai} grids")
    period = Period.objects.filter(year=school.current_year, starts__lte=today).latest("starts")
    take(school, "crcn")
    competences = list(Competence.objects.filter(referential__school=school).assessed().order_by("pk"))
    for one, count in zip(_classes(school), FULL.values(), strict=False):
        course = _course(one)
        pupils = list(one.enrolments.order_by("pk").values_list("pupil_id", flat=True))
        _fill_marks(draw, course, period, pupils, today)
        _fill_levels(draw, course, period, pupils, competences[:count])


def cast_of(school: Any) -> dict[str, int]:
    """The two classes, and who teaches there the subject with which their grids open."""
    found: dict[str, int] = {}
    for name, one in zip(FULL, _classes(school), strict=False):
        found |= {f"{name}_class": one.pk, f"{name}_teacher": _course(one).teacher_id}
    return found


def _classes(school: Any) -> list[Any]:
    from preau.directory.models import Group

    return list(Group.objects.filter(year=school.current_year, kind=Group.Kind.CLASS).order_by("name"))


def _course(group: Any) -> Any:
    """The first subject of the first teacher: with it the page of that teacher opens."""
    from preau.directory.models import Assignment

    taught = group.assignments.filter(kind=Assignment.Kind.TEACHES, ends=None)
    return taught.order_by("teacher_id", "subject__name")[0]


def _fill_marks(draw: Random, course: Any, period: Any, pupils: Sequence[int], today: Any) -> None:
    """Assessments of each kind, scale and coefficient, every day or two until today, and a mark in nearly every cell."""
    from preau.domains.gradebook.models import Assessment, Mark
    from preau.domains.gradebook.seeds import SHAPES
    from preau.foundation.db import insert

    here = Assessment.objects.filter(group=course.group_id, subject=course.subject_id, period=period)
    known = here.order_by("day")[0]
    Mark.objects.filter(assessment__in=here).delete()
    assessments = []
    for number in range(ASSESSMENTS):
        kind, scale, coefficient = SHAPES[number % len(SHAPES)]
        day = max(period.starts, today - timedelta(days=2 * (ASSESSMENTS - number)))
        assessments.append(
            Assessment(
                school_id=course.school_id,
                teacher_id=course.teacher_id,
                subject_id=course.subject_id,
                group_id=course.group_id,
                period=period,
                title=f"{known.title} {number + 1}",
                kind=kind,
                day=day,
                scale=scale,
                coefficient=coefficient,
                published_at=known.published_at,
                guardians_at=known.guardians_at,
                pupils_told_at=known.pupils_told_at,
                guardians_told_at=known.guardians_told_at,
                marks_written=len(pupils),
            )
        )
    here.delete()
    made = Assessment.objects.bulk_create(assessments)
    # One by one, as they are typed in a grid: each has a version of its own.
    insert(
        [
            _mark(draw, one, pupil, rank)
            for one in made
            for rank, pupil in enumerate(pupils, 1)
            if draw.uniform(0, 100) >= EMPTY
        ]
    )


def _mark(draw: Random, assessment: Any, pupil: int, version: int) -> Any:
    from preau.domains.gradebook.models import Mark

    is_absent = draw.uniform(0, 100) < ABSENT
    halves = draw.randint(2, int(assessment.scale) * 2)
    return Mark(
        assessment=assessment,
        pupil_id=pupil,
        value=None if is_absent else Decimal(halves) / 2,
        code=Mark.Code.ABSENT if is_absent else "",
        version=version,
        changed_by_id=assessment.teacher_id,
        changed_at=assessment.created_at,
    )


def _fill_levels(
    draw: Random, course: Any, period: Any, pupils: Sequence[int], competences: Sequence[Any]
) -> None:
    """Sheets of ten competences, published, and a level in nearly every cell."""
    from preau.domains.competences.models import Level, Sheet, SheetColumn
    from preau.domains.gradebook.models import Assessment
    from preau.foundation.db import insert

    known = Assessment.objects.filter(group=course.group_id, subject=course.subject_id, period=period)[0]
    for start in range(0, len(competences), ON_A_SHEET):
        sheet = Sheet.objects.create(
            school_id=course.school_id,
            teacher_id=course.teacher_id,
            group_id=course.group_id,
            subject_id=course.subject_id,
            period=period,
            title=f"Le point {start // ON_A_SHEET + 1}",
            day=known.day,
            published_at=known.published_at,
            guardians_at=known.guardians_at,
            told_at=known.guardians_told_at,
            levels_written=1,
        )
        columns = SheetColumn.objects.bulk_create(
            SheetColumn(sheet=sheet, competence=competence, rank=rank)
            for rank, competence in enumerate(competences[start : start + ON_A_SHEET])
        )
        insert(
            [
                Level(
                    column=column,
                    pupil_id=pupil,
                    value=draw.randint(1, 4),
                    changed_by_id=course.teacher_id,
                    changed_at=sheet.created_at,
                )
                for column in columns
                for pupil in pupils
                if draw.uniform(0, 100) >= EMPTY
            ]
        )
