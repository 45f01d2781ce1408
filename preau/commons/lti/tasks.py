"""Work for later: what has served, and names for whoever came to a class."""

from django.utils import timezone

from preau.commons.lti.actions import keeping
from preau.foundation.tasks import job


@job()
def purge() -> int:
    return keeping.purge(timezone.now())


@job()
def name_members() -> int:
    return keeping.name_members(timezone.now())
