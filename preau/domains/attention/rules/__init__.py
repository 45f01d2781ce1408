"""May this viewer do that with the facts that announce a drop-out, and with what was decided of them?"""

from preau.directory.models import Holding, Person
from preau.directory.viewer import Viewer
from preau.directory.words import Profile
from preau.domains.attention.models import EARLY, WATCHERS, Review


def school_of(viewer: Viewer) -> int:
    """The school where this viewer acts. Raises LookupError for who acts in none: no rule lets them write here."""
    if viewer.school_id is None:
        raise LookupError("Facts and reviews are of a school.")
    return viewer.school_id


def looks_at_facts(viewer: Viewer, *_: object) -> bool:
    """Head and school life; whoever was given it."""
    return viewer.has_power(EARLY)


def settles_thresholds(viewer: Viewer, *_: object) -> bool:
    """Head and school life by their function: what is given until a day is looking, not settling from when on."""
    return viewer.holds(*WATCHERS)


def can_look(viewer: Viewer, person: Person) -> bool:
    """Those in charge, a pupil of their school."""
    here = Holding.objects.pupils_here(viewer).filter(person=person)
    return viewer.has_power(EARLY) and here.exists()


def reads_review(viewer: Viewer, review: Review) -> bool:
    """A review as the staff reads it, by whoever sees it."""
    return viewer.is_staff


def follows_own(viewer: Viewer, *_: object) -> bool:
    """Families and pupils, for themselves."""
    return viewer.profile in {Profile.GUARDIAN, Profile.PUPIL}
