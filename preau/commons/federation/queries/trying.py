"""Whom the stand-in provider of the demonstration knows: those whom the demonstration's own deliveries have brought."""

from typing import Any

from django.utils import timezone

from preau.directory.models import ExternalId, Guardianship, Holding
from preau.directory.models.scoping import active_on
from preau.directory.words import Profile, Role
from preau.identity.models import Account

# A page that one reads at once.
MOST = 12


def people_to_try() -> list[tuple[str, str, str, dict[str, Any]]]:
    """(name there, name, who it is, what is said of them) of the pupils and guardians who have an account to try."""
    today = timezone.localdate()
    accounts = Account.objects.activated().filter(is_active=True).select_related("person").order_by("pk")
    wards = Guardianship.objects.informed(today).of_another().select_related("pupil")
    found = []
    for account in accounts[:200]:
        children = [ward.pupil.given_name for ward in wards.filter(guardian=account.person_id).order_by("pk")]
        learns = Holding.objects.filter(active_on(today), person=account.person_id, role=Role.PUPIL).exists()
        keys = ExternalId.objects.filter(source="aaf", kind="person", person=account.person_id)
        references = [
            f"{{AAF}}{external_id.authority}|-|{external_id.value}" for external_id in keys.order_by("pk")
        ]
        if references and (children or learns):
            note = f"Responsable de {', '.join(children)}" if children else "Élève"
            found.append((f"demo-{account.pk}", account.person.full_name, note, {"FrEduCtRefId": references}))
    return found[:MOST]


def staff_to_try() -> list[tuple[str, str, str, dict[str, list[str]]]]:
    """The same, of those who work in the schools of the demonstration: what the desk of an académie says is their e-mail."""
    today = timezone.localdate()
    held = Holding.objects.filter(
        active_on(today), role__in=[role for role in Role if role.profile == Profile.STAFF]
    )
    accounts = Account.objects.activated().filter(
        is_active=True, person__in=held.values("person_id"), person__email__contains="@"
    )
    found = []
    for account in accounts.select_related("person").order_by("pk")[:MOST]:
        roles = held.filter(person=account.person_id).order_by("pk")
        note = ", ".join(dict.fromkeys(str(role.get_role_display()) for role in roles))
        facts = {"ctemail": [account.person.email]}
        found.append((f"agent-{account.pk}", account.person.full_name, note, facts))
    return found
