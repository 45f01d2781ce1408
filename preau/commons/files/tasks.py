"""Work for later: letting files go, and asking the antivirus again."""

from django.utils import timezone

from preau.commons.files import actions
from preau.foundation.tasks import job


@job()
def sweep() -> dict[str, int]:
    """Each night: what nothing owns, and the bytes that no row names."""
    return actions.sweep(timezone.now())


@job()
def check_held() -> dict[str, int]:
    """Every five minutes: the files that the antivirus did not answer about."""
    return actions.check_held()
