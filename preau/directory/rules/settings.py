"""Who may change the settings of a school."""

from preau.directory.models import School
from preau.directory.viewer import SETTINGS, Viewer
from preau.directory.words import Role


def runs_settings(viewer: Viewer, *_: object) -> bool:
    """The head, and those to whom the head has given it until a day."""
    return viewer.holds(Role.HEAD) or (viewer.is_staff and SETTINGS in viewer.seat.delegated)


def gives_settings(viewer: Viewer, *_: object) -> bool:
    """The head alone says who else administers."""
    return viewer.holds(Role.HEAD)


def sees_school(viewer: Viewer, school: School) -> bool:
    """Whoever works or learns there, or follows a child who does: seeing is enough."""
    return True


def runs_planned_year(viewer: Viewer, *_: object) -> bool:
    """Periods and closures belong to a year: the school must have one."""
    return runs_settings(viewer) and viewer.year is not None
