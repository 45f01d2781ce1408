"""May this viewer do that at an evening, or with an appointment?"""

from preau.directory.viewer import Viewer
from preau.directory.words import Profile
from preau.domains.appointments.models import ORGANISERS, Evening, Host, Meeting, MeetingColleague, Opening

State = Meeting.State


def reads_evenings(viewer: Viewer, *_: object) -> bool:
    """The staff who work with pupils, and the families."""
    return viewer.works_with_pupils or viewer.is_guardian


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


def invites(viewer: Viewer, meeting: Meeting) -> bool:
    """Whoever receives."""
    return viewer.is_staff and meeting.school_id == viewer.school_id and meeting.host_id == viewer.person.pk


def joins(viewer: Viewer, meeting: Meeting) -> bool:
    """A colleague who was invited."""
    if not viewer.is_staff or meeting.school_id != viewer.school_id:
        return False
    return MeetingColleague.objects.filter(meeting=meeting.pk, person=viewer.person.pk).exists()


def attends(viewer: Viewer, meeting: Meeting) -> bool:
    """Both of them, a colleague who was invited, and whoever organises the evening."""
    return gives_back(viewer, meeting) or joins(viewer, meeting)


def settles_joining(viewer: Viewer, meeting: Meeting) -> bool:
    """Whoever receives, of anybody invited; a colleague, of themselves."""
    return invites(viewer, meeting) or joins(viewer, meeting)


def keeps_note(viewer: Viewer, meeting: Meeting) -> bool:
    """Whoever receives, and a colleague who was invited: each for themselves."""
    if not viewer.is_staff or meeting.school_id != viewer.school_id:
        return False
    return meeting.host_id == viewer.person.pk or joins(viewer, meeting)


def gives_back(viewer: Viewer, meeting: Meeting) -> bool:
    """Both may cancel it."""
    return is_own(viewer, meeting) or hosts(viewer, meeting)


def opens_hours(viewer: Viewer, *_: object) -> bool:
    """Anyone of the staff who works with pupils."""
    return viewer.works_with_pupils


def keeps_hours(viewer: Viewer, opening: Opening) -> bool:
    return viewer.is_staff and opening.host_id == viewer.person.pk
