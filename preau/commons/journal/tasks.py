from preau.commons.journal import actions
from preau.foundation.tasks import job


@job()
def seal_journal() -> int:
    """Seal what has settled since last time."""
    return actions.seal_all()
