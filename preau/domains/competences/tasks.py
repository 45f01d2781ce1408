"""Work for later: telling of the levels that families have come to read."""

from django.utils import timezone

from preau.domains.competences.actions import telling
from preau.foundation.tasks import job


@job()
def tell_published() -> int:
    """Tell pupils and families of the levels that have just become theirs to read."""
    return telling.tell_published(timezone.now())
