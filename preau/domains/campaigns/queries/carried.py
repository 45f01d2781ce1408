"""What the gateways have to carry for campaigns: counts for whoever runs the platform, never people."""

from datetime import datetime, timedelta
from functools import partial

from django.db.models import Count, Max, Min, Q

from preau.domains.campaigns.models import Channel, Sending
from preau.foundation.boards import Load

# A worker has looked at what is due long before.
LATE = timedelta(minutes=10)


def _load(channel: str, now: datetime) -> Load:
    waits, late = Q(due_at__gt=now), Q(due_at__lt=now - LATE)
    mine = Sending.objects.filter(channel=channel)
    counts = mine.waiting().aggregate(
        waiting=Count("pk", filter=waits),
        late=Count("pk", filter=late),
        failing=Count("pk", filter=Q(tries__gt=0)),
        oldest=Min("due_at", filter=late),
    )
    return Load(**counts, last=mine.aggregate(last=Max("sent_at"))["last"])


mail_load = partial(_load, Channel.MAIL)
text_load = partial(_load, Channel.SMS)
