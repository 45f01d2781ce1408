"""May this viewer do that with marks? Whether a period is sealed is asked again in each action."""

from preau.directory.models import Group
from preau.directory.viewer import Viewer
from preau.directory.words import SETTINGS, Profile, Role
from preau.domains.gradebook.models import MARKS, Assessment, GradeBook


def keeps_marks(viewer: Viewer, *_: object) -> bool:
    """Teachers, who assess in the groups where they teach."""
    return viewer.holds(Role.TEACHER)


def reads_grid(viewer: Viewer, *_: object) -> bool:
    """Teachers, head and school life: which classes, `GradeBook.objects.visible_to` says."""
    return keeps_marks(viewer) or reads_every_class(viewer)


def reads_book(viewer: Viewer, group: Group) -> bool:
    """Of this class or group: one question for a teacher."""
    return reads_every_class(viewer) or (
        keeps_marks(viewer) and GradeBook.objects.visible_to(viewer).filter(pk=group.pk).exists()
    )


def reads_every_class(viewer: Viewer, *_: object) -> bool:
    """Head and school life, and whoever was given it: the published marks of every class; the head, all of them."""
    return viewer.has_power(MARKS) or viewer.holds(Role.HEAD)


def writes(viewer: Viewer, assessment: Assessment) -> bool:
    """Whoever teaches that subject in that group this year: the author, and those who teach it with them."""
    if not viewer.is_staff or viewer.year is None or assessment.group.year_id != viewer.year.pk:
        return False
    # A page has asked with the row; anyone else asks here.
    taught = getattr(assessment, "taught", None)
    return (
        Assessment.objects.written_by(viewer).filter(pk=assessment.pk).exists()
        if taught is None
        else bool(taught)
    )


def seals_periods(viewer: Viewer, *_: object) -> bool:
    """The head alone."""
    return viewer.holds(Role.HEAD)


def takes_in_marks(viewer: Viewer, *_: object) -> bool:
    """The head alone, who answers for marks that were given elsewhere."""
    return viewer.holds(Role.HEAD)


def settles_marks(viewer: Viewer, *_: object) -> bool:
    """Whoever settles the school says how its averages are made."""
    return viewer.has_power(SETTINGS)


def follows_marks(viewer: Viewer, *_: object) -> bool:
    """Pupils and their families."""
    return viewer.profile in {Profile.PUPIL, Profile.GUARDIAN}


def reads_marks(viewer: Viewer, *_: object) -> bool:
    """Whoever may read some mark of a pupil: families and pupils, teachers, and those who read every class."""
    return follows_marks(viewer) or reads_grid(viewer)
