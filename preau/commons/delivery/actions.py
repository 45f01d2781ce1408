"""Changing the hours of a school, or one's own."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from preau.commons.delivery.models import PersonPolicy, SchoolPolicy
from preau.commons.delivery.rules import ANY_HOUR, WEEK, PersonHours
from preau.directory.models import School
from preau.directory.viewer import Viewer
from preau.foundation import journal
from preau.foundation.locks import lock


@transaction.atomic
def settle_school(viewer: Viewer, typed: Mapping[str, Any]) -> bool:
    """Keep the hours of the viewer's school; False when they are the same. What waits is looked at again before it leaves."""
    if viewer.school is None:
        raise ValueError("Only a school has hours.")
    lock(School, viewer.school.pk)
    policy = SchoolPolicy.objects.filter(school=viewer.school).first() or SchoolPolicy(school=viewer.school)
    if all(getattr(policy, name) == value for name, value in typed.items()):
        return False
    for name, value in typed.items():
        setattr(policy, name, value)
    policy.save()
    journal.record(viewer, "delivery.hours_settled", policy, opens=policy.opens, closes=policy.closes)
    return True


def keep_hours(person_id: int, hours: PersonHours) -> bool:
    """Keep the hours of a person, in the caller's transaction; False when they are the same."""
    known = PersonPolicy.objects.filter(person_id=person_id)
    if hours == ANY_HOUR:
        return known.delete()[0] > 0
    kept = {
        "quiet": [list(span) for span in hours.quiet],
        "days": None if set(hours.days) == WEEK else sorted(hours.days),
    }
    if known.values("quiet", "days").first() == kept:
        return False
    PersonPolicy.objects.update_or_create(person_id=person_id, defaults=kept)
    return True


def forget_hours(person_id: int) -> int:
    """Erase the hours of a person."""
    return PersonPolicy.objects.filter(person_id=person_id).delete()[0]
