"""How a school writes its bulletins."""

from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction

from preau.directory.models import School
from preau.directory.viewer import Viewer
from preau.domains.report_cards.models import CardPolicy
from preau.foundation import journal, pictures
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


@transaction.atomic
def take_signature(viewer: Viewer, picture: ContentFile[bytes]) -> None:
    """Keep the picture of a signature already redrawn (`pictures.redrawn`); bulletins that are made keep the former."""
    school = lock(School, viewer.school_id)
    policy = CardPolicy.objects.filter(school=school).first() or CardPolicy(school=school)
    pictures.forget(policy.signature.name)
    policy.signature.save("signature.png", picture, save=False)
    policy.save()
    journal.record(viewer, "report_cards.signature_changed", policy)


@transaction.atomic
def remove_signature(viewer: Viewer) -> bool:
    """Bulletins to come bear no signature; False when they bore none."""
    school = lock(School, viewer.school_id)
    policy = CardPolicy.objects.filter(school=school).first()
    if policy is None or not policy.signature:
        return False
    pictures.forget(policy.signature.name)
    policy.signature = ""
    policy.save(update_fields=["signature"])
    journal.record(viewer, "report_cards.signature_removed", policy)
    return True
