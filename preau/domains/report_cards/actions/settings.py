"""How a school writes its bulletins."""

from typing import Any

from django.db import transaction

from preau.directory.models import School
from preau.directory.viewer import Viewer
from preau.domains.report_cards.models import CardPolicy
from preau.foundation import journal
from preau.foundation.locks import lock


@transaction.atomic
def settle(viewer: Viewer, said: dict[str, Any]) -> bool:
    """Keep the words and limits of the school; False when nothing changes. Decisions that were taken keep their words."""
    school = lock(School, viewer.school_id)
    policy = CardPolicy.objects.filter(school=school).first() or CardPolicy(school=school)
    if policy.pk and all(getattr(policy, name) == value for name, value in said.items()):
        return False
    for name, value in said.items():
        setattr(policy, name, value)
    policy.save()
    journal.record(viewer, "report_cards.policy_changed", policy)
    return True
