"""Who may stop a work."""

from preau.commons.works.models import Work
from preau.directory.viewer import Viewer


def asked_for(viewer: Viewer, work: Work) -> bool:
    """Whoever asked for it, from the seat from which they did: its rights are those that count."""
    return work.seat in {"", viewer.key}
