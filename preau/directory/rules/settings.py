"""Who may change the settings of a school."""

from preau.directory.models import School
from preau.directory.viewer import Viewer
from preau.directory.words import SETTINGS


def runs_settings(viewer: Viewer, *_: object) -> bool:
    """The head, and those to whom the head has given it until a day."""
    return viewer.has_power(SETTINGS)


def sees_school(viewer: Viewer, school: School) -> bool:
    """Whoever works or learns there, or follows a child who does: seeing is enough."""
    return True


def runs_planned_year(viewer: Viewer, *_: object) -> bool:
    """Periods and closures belong to a year: the school must have one."""
    return runs_settings(viewer) and viewer.year is not None
