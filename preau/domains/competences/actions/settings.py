"""The words of levels and the rules of a school."""

from django.db import transaction

from preau.directory.models import School
from preau.directory.viewer import Viewer
from preau.domains.competences.models import MasteryPolicy
from preau.foundation import journal
from preau.foundation.locks import lock

SETTLED = (
    "word_1",
    "word_2",
    "word_3",
    "word_4",
    "palette",
    "rule",
    "from_2",
    "from_3",
    "from_4",
)


@transaction.atomic
def save_policy(viewer: Viewer, policy: MasteryPolicy) -> bool:
    """Settle the words of levels and the rules; False when nothing changes."""
    school = lock(School, viewer.school_id)
    known = MasteryPolicy.objects.filter(school=school).first() or MasteryPolicy(school=school)
    changed = [name for name in SETTLED if getattr(known, name) != getattr(policy, name)]
    if not changed:
        return False
    for name in changed:
        setattr(known, name, getattr(policy, name))
    known.save()
    journal.record(viewer, "competences.policy_changed", known, **dict.fromkeys(changed, 1))
    return True
