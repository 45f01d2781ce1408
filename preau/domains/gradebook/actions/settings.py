"""How the averages of a school are made: policy, parts of subjects, coefficients."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import ProtectedError

from preau.directory.models import School, Subject
from preau.directory.viewer import Viewer
from preau.domains.gradebook.actions.assessments import delay_again
from preau.domains.gradebook.models import GradingPolicy, SubjectWeight, SubSubject
from preau.foundation import journal

SETTLED = ("step", "rounding", "general_from", "not_returned", "guardian_delay", "tells_changes")
ONE = Decimal(1)


class SubSubjectUsed(Exception):
    """Assessments stand in this sub-subject."""


class NameTaken(Exception):
    """Two parts of a subject would have one name."""


@dataclass(frozen=True)
class Part:
    """A part of a subject as it was typed; `pk` is None for a new one."""

    pk: int | None
    name: str
    coefficient: Decimal


def _school(viewer: Viewer) -> School:
    """The school of the viewer, whose settings nobody else writes until this transaction ends."""
    school: School = School.objects.select_for_update().get(pk=viewer.school_id)
    return school


@transaction.atomic
def save_policy(viewer: Viewer, policy: GradingPolicy) -> bool:
    """Settle how averages are made; False when nothing changes. A delay that changes moves what families do not read yet."""
    school = _school(viewer)
    known = GradingPolicy.objects.filter(school=school).first()
    before = known or GradingPolicy(school=school)
    changed = [name for name in SETTLED if getattr(before, name) != getattr(policy, name)]
    if not changed:
        return False
    for name in changed:
        setattr(before, name, getattr(policy, name))
    before.save()
    if "guardian_delay" in changed:
        delay_again(school.pk)
    journal.record(viewer, "gradebook.policy_changed", before, **dict.fromkeys(changed, 1))
    return True


@transaction.atomic
def settle_subject(
    viewer: Viewer,
    subject: Subject,
    weight: Decimal,
    by_group: Mapping[int, Decimal | None],
    parts: Sequence[Part],
) -> int:
    """The coefficient of a subject, for the school and for its classes (None: the same), and its parts; returns how many changed.

    Raises NameTaken.
    """
    _school(viewer)
    changed = _weigh(subject, None, None if weight == ONE else weight)
    changed += sum(_weigh(subject, group, one) for group, one in by_group.items())
    changed += _save_parts(subject, parts)
    if changed:
        journal.record(viewer, "gradebook.subject_settled", subject, changes=changed)
    return changed


def _weigh(subject: Subject, group: int | None, weight: Decimal | None) -> int:
    """This coefficient, or none of its own. Returns 1 when it changed."""
    known = SubjectWeight.objects.filter(subject=subject, group__isnull=group is None)
    known = known.filter(group=group) if group is not None else known
    row = known.first()
    if (row.coefficient if row else None) == weight:
        return 0
    if weight is None:
        known.delete()
        return 1
    row = row or SubjectWeight(school_id=subject.school_id, subject=subject, group_id=group)
    row.coefficient = weight
    row.save()
    return 1


def _save_parts(subject: Subject, parts: Sequence[Part]) -> int:
    known = {row.pk: row for row in SubSubject.objects.filter(subject=subject)}
    names = {row.name: row for row in known.values()}
    changed = 0
    for rank, part in enumerate(parts):
        # A second click finds the part that the first one made.
        row = known.get(part.pk) if part.pk else names.get(part.name)
        if part.pk and row is None:
            continue
        row = row or SubSubject(school_id=subject.school_id, subject=subject)
        values = (part.name, part.coefficient, rank)
        if row.pk and (row.name, row.coefficient, row.order) == values:
            continue
        twin = SubSubject.objects.filter(subject=subject, name=part.name).exclude(pk=row.pk)
        if twin.exists():
            raise NameTaken
        row.name, row.coefficient, row.order = values
        row.save()
        changed += 1
    return changed


@transaction.atomic
def remove_sub_subject(viewer: Viewer, part: SubSubject) -> None:
    """Take a part of a subject away. Raises SubSubjectUsed when assessments stand in it."""
    _school(viewer)
    subject = part.subject
    try:
        with transaction.atomic():
            part.delete()
    except ProtectedError as error:
        raise SubSubjectUsed from error
    journal.record(viewer, "gradebook.subject_settled", subject, removed=1)
