"""Who gives what they have to others, who lets guests in, who reads who may do what."""

from datetime import date

from preau.directory.models import Holding, SchoolYear
from preau.directory.viewer import Viewer
from preau.directory.words import LISTS, Profile, Role
from preau.foundation import dates

# Months between two reviews; the functions that open more than an ordinary seat.
QUARTER = 3
REVIEWED = (Role.HEAD, Role.SECRETARY, Role.SCHOOL_LIFE, Role.NURSE, Role.DIGITAL_LEAD)


def gives_powers(viewer: Viewer, *_: object) -> bool:
    """The head alone gives something on, until a day; whoever was given it does not."""
    return viewer.holds(Role.HEAD)


def invites_guests(viewer: Viewer, *_: object) -> bool:
    """The head alone lets in somebody from outside."""
    return viewer.holds(Role.HEAD)


def reviews_access(viewer: Viewer, *_: object) -> bool:
    """The head alone goes through who holds more than an ordinary seat."""
    return viewer.holds(Role.HEAD)


def reads_powers(viewer: Viewer, *_: object) -> bool:
    """The whole staff reads what each function opens; families read who opened their file, in « Mes données »."""
    return viewer.is_staff


def reads_lists(viewer: Viewer, *_: object) -> bool:
    """Head and secretary, and whoever the head gave them to: an agent of the commune, a cook."""
    return viewer.has_power(LISTS)


def may_be_entrusted(viewer: Viewer, *_: object) -> bool:
    """Staff and agents, to whom something may be given."""
    return viewer.profile in {Profile.STAFF, Profile.AGENT}


def was_entrusted(viewer: Viewer, *_: object) -> bool:
    """Anyone who was given something, whose home says what, until when and by whom."""
    return any(viewer.was_given(key) for key in viewer.seat.delegated)


def review_due_on(last: date | None, year: SchoolYear | None) -> date | None:
    """Three months after the last review of who may do what; after the start of the year in a school that never had one."""
    since = last or (year.starts if year else None)
    return dates.months_later(since, QUARTER) if since else None


def may_doubt(viewer: Viewer, holding: Holding) -> bool:
    """A function of the staff of the school, never their own: the files say it, and the school cannot end it."""
    is_staff = Role(holding.role).profile == Profile.STAFF and holding.school_id == viewer.school_id
    return reviews_access(viewer) and is_staff and holding.person_id != viewer.person.pk
