"""Who has which resource is said, taken back, said again; somebody is set apart. Each checks the licences under a lock."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.dispatch import Signal
from django.utils import timezone

from preau.directory.models import School
from preau.directory.viewer import Viewer
from preau.domains.mediacentre.models import Exemption, Resource, Rule, Step, Target, held, is_among, members
from preau.domains.mediacentre.queries.previews import Preview, Proposal, lacking_if_restored, preview_of
from preau.foundation import journal
from preau.foundation.locks import lock

# Sent inside the transaction: its receiver only enqueues a task, in the same database.
rule_made = Signal()  # rule_id
Gesture = Step.Gesture


class AssignmentRefused(Exception):
    """Too few licences, or a subscription that is over: `preview` has the sentences and the figures."""

    def __init__(self, preview: Preview) -> None:
        super().__init__()
        self.preview = preview


class CountChanged(AssignmentRefused):
    """The directory has changed since the counts were shown: another look, before saving."""


class NothingToAssign(Exception):
    """No resource of the list any more, or nobody is meant."""


def locked(school: int | None) -> School:
    """One gesture at a time on the licences of a school."""
    found: School = School.objects.select_for_update(no_key=True).get(pk=school)
    return found


@transaction.atomic
def assign(
    viewer: Viewer,
    proposal: Proposal,
    resources: Sequence[int],
    *,
    expected: int | None = None,
    sent_as: str = "",
) -> Rule:
    """Write a rule. `expected`: how many people were shown. Raises NothingToAssign, CountChanged or AssignmentRefused."""
    school = locked(viewer.school_id)
    known = Rule.objects.filter(made_by=viewer.person, sent_as=sent_as).first() if sent_as else None
    if known:
        return known
    found = list(Resource.objects.visible_to(viewer).filter(pk__in=resources, school=school, is_open=True))
    if not found:
        raise NothingToAssign
    preview = preview_of(viewer.today, school.pk, proposal, found)
    if expected is not None and preview.people != expected:
        raise CountChanged(preview)
    if preview.refused:
        raise AssignmentRefused(preview)
    rule = Rule.objects.create(
        school=school,
        public=proposal.public,
        scope=proposal.scope,
        made_by=viewer.person,
        made_at=timezone.now(),
        sent_as=sent_as,
    )
    rule.resources.set(found)
    Target.objects.bulk_create(_targets(rule, proposal))
    _steps(viewer, found, Gesture.ASSIGNED, rule)
    journal.record(
        viewer,
        "mediacentre.assigned",
        rule,
        resources=len(found),
        people=preview.people,
        scope=str(proposal.scope),
    )
    rule_made.send(sender=Rule, rule_id=rule.pk)
    return rule


def _targets(rule: Rule, proposal: Proposal) -> list[Target]:
    own = {"school_id": rule.school_id, "rule": rule}
    return [
        *(Target(**own, level=level) for level in proposal.levels),
        *(Target(**own, group_id=group) for group in proposal.groups),
        *(Target(**own, subject_id=subject) for subject in proposal.subjects),
        *(Target(**own, person_id=person) for person in proposal.people),
    ]


def _steps(viewer: Viewer, resources: Sequence[Resource], gesture: Any, rule: Rule | None = None) -> None:
    now = timezone.now()
    Step.objects.bulk_create(
        Step(
            school_id=resource.school_id,
            resource=resource,
            rule=rule,
            gesture=gesture,
            by=viewer.person,
            at=now,
        )
        for resource in resources
    )


@transaction.atomic
def give(viewer: Viewer, resource: Resource, people: Sequence[str]) -> int:
    """Give a resource to people by name, whoever has it already left out; returns how many. Raises AssignmentRefused."""
    school = locked(viewer.school_id)
    own = Q(school=school)
    here = members(viewer.today).filter(own, person__public_id__in=people)
    has = is_among("person", held(viewer.today, own, [resource.pk]), "person_id")
    new = sorted(set(here.exclude(has).values_list("person_id", flat=True)))
    if not new:
        return 0
    Exemption.objects.filter(resource=resource, person__in=new).delete()
    still = here.exclude(is_among("person", held(viewer.today, own, [resource.pk]), "person_id"))
    named = sorted(set(still.values_list("person_id", flat=True)))
    if named:
        assign(viewer, Proposal("", Rule.Scope.PEOPLE, people=tuple(named)), [resource.pk])
    else:
        # They were only set apart: what means them gives it again.
        _check_again(viewer, school, resource)
        _steps(viewer, [resource], Gesture.AGAIN)
        journal.record(viewer, "mediacentre.given_again", resource, people=len(new))
    return len(new)


def _check_again(viewer: Viewer, school: School, resource: Resource) -> None:
    """Are the licences still enough, as things stand? Raises AssignmentRefused."""
    preview = preview_of(viewer.today, school.pk, Proposal("", Rule.Scope.PEOPLE), [resource])
    if preview.refused:
        raise AssignmentRefused(preview)


@transaction.atomic
def set_apart(viewer: Viewer, resource: Resource, people: Sequence[str]) -> int:
    """People no longer have this resource, whatever the rules; returns how many had it."""
    locked(viewer.school_id)
    own = Q(school=viewer.school_id)
    has = is_among("person", held(viewer.today, own, [resource.pk]), "person_id")
    found = members(viewer.today).filter(own, has, person__public_id__in=people)
    keys = sorted(set(found.values_list("person_id", flat=True)))
    now = timezone.now()
    Exemption.objects.bulk_create(
        Exemption(
            school_id=resource.school_id, resource=resource, person_id=row, made_by=viewer.person, made_at=now
        )
        for row in keys
    )
    for key in keys:
        journal.record(viewer, "mediacentre.set_apart", resource, subject_id=key)
    if keys:
        _steps(viewer, [resource], Gesture.APART)
    return len(keys)


@transaction.atomic
def end(viewer: Viewer, rule: Rule) -> bool:
    """Take a rule back; False when it was already."""
    locked(viewer.school_id)
    rule = lock(Rule, rule.pk)
    if rule.ended_at:
        return False
    rule.ended_at, rule.ended_by = timezone.now(), viewer.person
    rule.save(update_fields=["ended_at", "ended_by"])
    _steps(viewer, list(rule.resources.all()), Gesture.ENDED, rule)
    journal.record(viewer, "mediacentre.ended", rule)
    return True


@transaction.atomic
def restore(viewer: Viewer, rule: Rule) -> bool:
    """Take up again a rule that was taken back; False when it is in force. Raises AssignmentRefused."""
    school = locked(viewer.school_id)
    rule = lock(Rule, rule.pk)
    if rule.ended_at is None:
        return False
    preview = lacking_if_restored(viewer.today, school.pk, rule)
    if preview.refused:
        raise AssignmentRefused(preview)
    rule.ended_at = rule.ended_by = None
    rule.save(update_fields=["ended_at", "ended_by"])
    _steps(viewer, list(rule.resources.all()), Gesture.RESTORED, rule)
    journal.record(viewer, "mediacentre.restored", rule)
    return True


def forget_person(person_id: int) -> int:
    """What names somebody among those who have resources goes with them; a rule that named only them means nobody."""
    return Target.objects.filter(person_id=person_id).delete()[0]


def forget_exemptions(person_id: int) -> int:
    return Exemption.objects.filter(person_id=person_id).delete()[0]
