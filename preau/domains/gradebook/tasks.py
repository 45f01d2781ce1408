"""Work for later: telling of the marks that pupils, then families, have come to read."""

from django.utils import timezone

from preau.domains.gradebook.actions import telling
from preau.foundation.tasks import job


@job()
def tell_published() -> int:
    """Tell pupils and families of the marks that have just become theirs to read."""
    return telling.tell_published(timezone.now())
