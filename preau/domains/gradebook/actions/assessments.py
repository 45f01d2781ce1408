"""Creating, changing, copying, moving, deleting and publishing an assessment."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from preau.directory.models import Group, Period, Subject
from preau.directory.viewer import Viewer
from preau.domains.gradebook.actions import telling
from preau.domains.gradebook.actions.sealing import AlreadyDone, locked_period, refuse_sealed
from preau.domains.gradebook.models import Assessment, SubSubject, policy_of
from preau.domains.timetable.models import Lesson
from preau.foundation import journal


class AssessmentChanged(Exception):
    """Somebody has changed it since the page was shown: `assessment` is as it is now."""

    def __init__(self, assessment: Assessment) -> None:
        super().__init__(assessment.pk)
        self.assessment = assessment


class MarksAboveScale(Exception):
    """`count` marks are above the scale that is asked for."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


@dataclass(frozen=True)
class Described:
    """What a teacher says of an assessment, its publication aside."""

    title: str
    day: date
    topic: str = ""
    kind: str = Assessment.Kind.TEST
    scale: Decimal = Decimal(20)
    coefficient: Decimal = Decimal(1)
    mode: str = Assessment.Mode.NORMAL
    sub_subject: SubSubject | None = None
    lesson: Lesson | None = None

    @property
    def fields(self) -> dict[str, Any]:
        """As columns: rows are named by their keys."""
        plain = {name: value for name, value in vars(self).items() if name not in {"sub_subject", "lesson"}}
        return plain | {
            "sub_subject_id": self.sub_subject.pk if self.sub_subject else None,
            "lesson_id": self.lesson.pk if self.lesson else None,
        }


# What changes an average: changed once pupils have read it, they are told.
WEIGHTY = ("scale", "coefficient", "mode", "sub_subject_id")


def described_by(assessment: Assessment) -> Described:
    """What is said of an assessment."""
    return Described(
        assessment.title,
        assessment.day,
        assessment.topic,
        assessment.kind,
        assessment.scale,
        assessment.coefficient,
        assessment.mode,
        assessment.sub_subject,
        assessment.lesson,
    )


@transaction.atomic
def create_assessment(
    viewer: Viewer,
    group: Group,
    subject: Subject,
    period: Period,
    described: Described,
    published_at: datetime | None = None,
) -> Assessment:
    """Create an assessment; the same, sent twice, is one. Raises PeriodSealed."""
    period = locked_period(period.pk)
    refuse_sealed(viewer, period)
    place = {"group_id": group.pk, "subject_id": subject.pk, "period_id": period.pk}
    same = Assessment.objects.kept().filter(**place, teacher=viewer.person, **described.fields).first()
    if same:
        return same
    now = timezone.now()
    made = Assessment.objects.create(
        school_id=period.school_id,
        teacher=viewer.person,
        created_at=now,
        updated_at=now,
        **place,
        **described.fields,
        **_publication(period.school_id, published_at),
    )
    journal.record(viewer, "gradebook.assessment_created", made, group=group.pk, period=period.pk)
    return made


def _publication(school_id: int, published_at: datetime | None) -> dict[str, datetime | None]:
    """From when pupils read it, then their families."""
    later = published_at + policy_of(school_id).delay if published_at else None
    return {"published_at": published_at, "guardians_at": later}


def locked(viewer: Viewer, assessment: Assessment) -> Assessment:
    """The assessment as it is now, which nobody else writes until this transaction ends. Raises PeriodSealed."""
    known: Assessment = (
        Assessment.objects.select_for_update(of=("self",))
        .select_related("period", "school", "subject", "group")
        .get(pk=assessment.pk)
    )
    refuse_sealed(viewer, known.period)
    return known


def _save(assessment: Assessment, *fields: str) -> None:
    assessment.version += 1
    assessment.updated_at = timezone.now()
    assessment.save(update_fields=[*fields, "version", "updated_at"])


@transaction.atomic
def change_assessment(viewer: Viewer, assessment: Assessment, described: Described, seen: int) -> bool:
    """Change what is said of it; False when nothing had to change. `seen` is the version that the page had shown.

    Raises AssessmentChanged, MarksAboveScale, PeriodSealed. What changes averages is told to those who read them already.
    """
    known = locked(viewer, assessment)
    changed = [name for name, value in described.fields.items() if getattr(known, name) != value]
    if not changed:
        return False
    if known.version != seen:
        raise AssessmentChanged(known)
    above = known.marks.filter(value__gt=described.scale).count() if "scale" in changed else 0
    if above:
        raise MarksAboveScale(above)
    for name in changed:
        setattr(known, name, described.fields[name])
    _save(known, *(name.removesuffix("_id") for name in changed))
    read = known.is_published(timezone.now())
    weighty = sorted(
        {name.removesuffix("_id") for name in changed} & {n.removesuffix("_id") for n in WEIGHTY}
    )
    journal.record(viewer, "gradebook.assessment_changed", known, read=int(read), **dict.fromkeys(weighty, 1))
    if read and weighty:
        telling.tell_changed(known)
    return True


@transaction.atomic
def duplicate_assessment(viewer: Viewer, assessment: Assessment, group: Group, period: Period) -> Assessment:
    """The same for another class or group, without its marks, as a draft. Raises PeriodSealed."""
    description = described_by(Assessment.objects.select_related("sub_subject").get(pk=assessment.pk))
    same_lesson = description.lesson if group.pk == assessment.group_id else None
    described = Described(**{**vars(description), "lesson": same_lesson})
    return create_assessment(viewer, group, assessment.subject, period, described)


@transaction.atomic
def move_assessment(viewer: Viewer, assessment: Assessment, period: Period) -> bool:
    """Count it in another period, with its marks; False when it is there. Raises PeriodSealed, of either."""
    period = locked_period(period.pk)
    known = locked(viewer, assessment)
    if known.period_id == period.pk:
        return False
    refuse_sealed(viewer, period)
    before, known.period = known.period_id, period
    _save(known, "period")
    journal.record(viewer, "gradebook.assessment_moved", known, period_before=before, period=period.pk)
    if known.is_published(timezone.now()):
        telling.tell_changed(known)
    return True


@transaction.atomic
def delete_assessment(viewer: Viewer, assessment: Assessment) -> None:
    """Take it away, with its marks: they count no more, nobody reads them, and it may be restored. Raises AlreadyDone, PeriodSealed."""
    known = locked(viewer, assessment)
    if known.deleted_at:
        raise AlreadyDone
    known.deleted_at = timezone.now()
    _save(known, "deleted_at")
    journal.record(viewer, "gradebook.assessment_deleted", known)


@transaction.atomic
def restore_assessment(viewer: Viewer, assessment: Assessment) -> None:
    """Put back what was deleted, as it was. Raises AlreadyDone, PeriodSealed."""
    known = locked(viewer, assessment)
    if not known.deleted_at:
        raise AlreadyDone
    known.deleted_at = None
    _save(known, "deleted_at")
    journal.record(viewer, "gradebook.assessment_restored", known)


@transaction.atomic
def publish_assessment(viewer: Viewer, assessment: Assessment, at: datetime | None) -> bool:
    """Pupils read it from `at`, their families after the school's delay; None makes a draft of it again. False when it is so.

    Raises PeriodSealed.
    """
    known = locked(viewer, assessment)
    if known.published_at == at:
        return False
    moments = {"pupils_told_at": known.pupils_told_at, "guardians_told_at": known.guardians_told_at}
    for name, value in _publication(known.school_id, at).items():
        setattr(known, name, value)
    if at is None or at > timezone.now():
        # They will be told when it comes.
        moments = dict.fromkeys(moments)
    for name, moment in moments.items():
        setattr(known, name, moment)
    _save(known, "published_at", "guardians_at", *moments)
    journal.record(viewer, "gradebook.assessment_published", known, at=at.isoformat() if at else None)
    return True


def delay_again(school_id: int) -> int:
    """The school's delay has changed: families read what they do not read yet from another moment."""
    now, delay = timezone.now(), policy_of(school_id).delay
    rows = Assessment.objects.select_for_update().filter(school=school_id, guardians_at__gt=now)
    waiting = list(rows.order_by("pk"))
    for row in waiting:
        if row.published_at:
            row.guardians_at = row.published_at + delay
    return Assessment.objects.bulk_update(waiting, ["guardians_at"])
