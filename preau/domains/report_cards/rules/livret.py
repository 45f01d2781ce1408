"""Who makes the official file of a school."""

from preau.directory.models import School
from preau.directory.viewer import Viewer
from preau.directory.words import Role


def makes_livret(viewer: Viewer, *_: object) -> bool:
    """The head of a collège: the LSU takes no other's."""
    return viewer.holds(Role.HEAD) and viewer.school is not None and viewer.school.kind == School.Kind.COLLEGE
