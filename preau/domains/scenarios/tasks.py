"""Work for later: what was taken away, and what was decided long ago, are erased."""

from preau.domains.scenarios.actions import moderation, writing
from preau.foundation.tasks import job


@job()
def drop_cases() -> int:
    """Each night: what moderators decided more than six months ago."""
    return moderation.drop_cases()


@job()
def drop_removed() -> int:
    """Each night: scenarios taken away more than thirty days ago."""
    return writing.drop_removed()
