"""How the averages of a school are made: policy, sub-subjects, coefficients."""

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.db.models import ProtectedError

from preau.directory.models import School
from preau.directory.viewer import Viewer
from preau.domains.gradebook.actions.assessments import delay_again
from preau.domains.gradebook.models import GradingPolicy, SubjectWeight, SubSubject
from preau.foundation import journal

SETTLED = ("step", "rounding", "general_from", "not_returned", "guardian_delay", "tells_changes")


class SubSubjectUsed(Exception):
    """Assessments stand in this sub-subject."""


class NameTaken(Exception):
    """The subject has another part of this name."""


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
def save_sub_subject(viewer: Viewer, part: SubSubject) -> SubSubject:
    """Create or change a part of a subject; the same sent twice is one. Raises NameTaken."""
    _school(viewer)
    twin = SubSubject.objects.filter(subject=part.subject_id, name=part.name).exclude(pk=part.pk).first()
    if twin and part.pk:
        raise NameTaken
    if twin:
        return twin
    verb = "gradebook.sub_subject_changed" if part.pk else "gradebook.sub_subject_created"
    part.save()
    journal.record(viewer, verb, part)
    return part


@transaction.atomic
def remove_sub_subject(viewer: Viewer, part: SubSubject) -> None:
    """Take a sub-subject away. Raises SubSubjectUsed when assessments stand in it."""
    _school(viewer)
    key = part.pk
    try:
        with transaction.atomic():
            part.delete()
    except ProtectedError as error:
        raise SubSubjectUsed from error
    part.pk = key
    journal.record(viewer, "gradebook.sub_subject_removed", part)


@transaction.atomic
def set_weights(viewer: Viewer, group_id: int | None, weights: Mapping[int, Decimal]) -> int:
    """The coefficients of these subjects, for the school or for one class; 1 for the school is no row. Returns how many changed."""
    school = _school(viewer)
    known = {row.subject_id: row for row in SubjectWeight.objects.filter(school=school, group=group_id)}
    changed = 0
    for subject, weight in weights.items():
        row = known.get(subject)
        if (row.coefficient if row else None) == weight or (row is None and group_id is None and weight == 1):
            continue
        changed += 1
        row = row or SubjectWeight(school=school, subject_id=subject, group_id=group_id)
        row.coefficient = weight
        row.save()
    if changed:
        journal.record(viewer, "gradebook.weights_changed", school, group=group_id, subjects=changed)
    return changed
