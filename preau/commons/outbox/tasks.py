"""Work for later: letting go of the letters of the demonstration."""

from datetime import timedelta

from django.utils import timezone

from preau.commons.outbox.models import Letter
from preau.foundation.tasks import job

KEPT = timedelta(days=30)


@job()
def purge() -> int:
    """Drop the letters of more than thirty days ago: they hold names; returns how many."""
    return Letter.objects.filter(sent_at__lt=timezone.now() - KEPT).delete()[0]
