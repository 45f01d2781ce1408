"""May this viewer do that at an evening, or with an appointment?"""

from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role
from preau.domains.appointments.models import ORGANISERS, Evening, Host, Meeting, Opening

State = Meeting.State


def reads_evenings(viewer: Viewer, *_: object) -> bool:
    """The staff who work with pupils, and the families."""
    return viewer.works_with_pupils or viewer.is_guardian


def has_them_in_agenda(viewer: Viewer, *_: object) -> bool:
    """Families, and whoever teaches nobody: the agenda of a teacher, full of lessons, is read in all its statements already."""
    return reads_evenings(viewer) and not viewer.holds(Role.TEACHER)


def works_with_pupils(viewer: Viewer, *_: object) -> bool:
    return viewer.works_with_pupils


def is_guardian(viewer: Viewer, *_: object) -> bool:
    return viewer.profile == Profile.GUARDIAN


def organises(viewer: Viewer, *_: object) -> bool:
    """Head, school life and secretary."""
    return viewer.holds(*ORGANISERS) and viewer.year is not None


def organises_it(viewer: Viewer, evening: Evening) -> bool:
    return organises(viewer) and evening.school_id == viewer.school_id


def runs(viewer: Viewer, host: Host) -> bool:
    """Whoever receives, of their own evening; whoever organises, of any."""
    if host.evening.school_id != viewer.school_id:
        return False
    return organises(viewer) or (
        viewer.is_staff and host.evening.is_out and host.person_id == viewer.person.pk
    )


def takes_part(viewer: Viewer, *_: object) -> bool:
    """A guardian, at an evening that they see."""
    return is_guardian(viewer)


def is_own(viewer: Viewer, meeting: Meeting) -> bool:
    """The guardian who comes."""
    return is_guardian(viewer) and meeting.guardian_id == viewer.person.pk


def hosts(viewer: Viewer, meeting: Meeting) -> bool:
    """Whoever receives; of an evening, whoever organises it."""
    if not viewer.is_staff or meeting.school_id != viewer.school_id:
        return False
    return meeting.host_id == viewer.person.pk or (meeting.evening_id is not None and organises(viewer))


def gives_back(viewer: Viewer, meeting: Meeting) -> bool:
    """Both may cancel it."""
    return is_own(viewer, meeting) or hosts(viewer, meeting)


def opens_hours(viewer: Viewer, *_: object) -> bool:
    """Anyone of the staff who works with pupils."""
    return viewer.works_with_pupils


def keeps_hours(viewer: Viewer, opening: Opening) -> bool:
    return viewer.is_staff and opening.host_id == viewer.person.pk
