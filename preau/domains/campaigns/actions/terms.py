"""What becomes of a campaign at its term (docs/decisions/0113)."""

from collections.abc import Sequence

from django.db import transaction

from preau.domains.campaigns.models import Campaign, Sending


@transaction.atomic
def erase_campaigns(keys: Sequence[int]) -> int:
    """Campaigns, with whom they were for, and what was sent."""
    rows = Campaign.objects.filter(pk__in=keys)
    found = rows.count()
    Sending.objects.filter(target__campaign__in=keys).delete()
    rows.delete()
    return found
