"""Work for later: what has served, and names for whoever came to a class."""

from django.utils import timezone

from preau.commons.lti import actions
from preau.foundation.tasks import job


@job()
def purge() -> int:
    return actions.purge(timezone.now())


@job()
def name_members() -> int:
    return actions.name_members(timezone.now())
