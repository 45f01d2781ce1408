"""May this viewer do that with the timetable?"""

from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role


def reads_timetable(viewer: Viewer) -> bool:
    """Everyone in a school, and the families."""
    return viewer.profile in {Profile.STAFF, Profile.PUPIL, Profile.GUARDIAN}


def edits_timetable(viewer: Viewer, *_: object) -> bool:
    """Head and secretary, while the school has a year to put lessons in."""
    return viewer.holds(Role.HEAD, Role.SECRETARY) and viewer.year is not None


def reads_classes_first(viewer: Viewer) -> bool:
    """Staff who give no lesson: their timetable opens on a class."""
    return viewer.profile == Profile.STAFF and not viewer.holds(Role.TEACHER)


def has_own_lessons(viewer: Viewer) -> bool:
    """Those whose home shows a day: teachers, pupils, and families."""
    return viewer.holds(Role.TEACHER) or viewer.profile in {Profile.PUPIL, Profile.GUARDIAN}


def reads_classes(viewer: Viewer, *_: object) -> bool:
    """Staff, who may open the week of any class of their school."""
    return viewer.is_staff
