"""Who reads the journal of a school."""

from preau.directory.viewer import Viewer
from preau.directory.words import Role


def reads_journal(viewer: Viewer, *_: object) -> bool:
    """The head: what was changed in the school, and by whom."""
    return viewer.holds(Role.HEAD)
