"""May this viewer do that with the resources of the school?"""

from preau.directory.viewer import Viewer
from preau.directory.words import Profile
from preau.domains.mediacentre.models import ASSIGNING, BroughtList, Resource, Rule

SEATS = {Profile.STAFF, Profile.PUPIL, Profile.GUARDIAN}
# How long before its last day a subscription is said to end soon.
SOON = 45


def reads_resources(viewer: Viewer, *_: object) -> bool:
    """Everyone in a school, and the families: each what is theirs."""
    return viewer.profile in SEATS


def assigns(viewer: Viewer, *_: object) -> bool:
    """The librarian and the head, and whom the head gave it to (docs/decisions/0079)."""
    return viewer.is_staff and viewer.has_power(ASSIGNING)


def opens_resources(viewer: Viewer, resource: Resource) -> bool:
    """Pupils and staff open them: the GAR knows no guardian."""
    return viewer.profile in {Profile.STAFF, Profile.PUPIL} and resource.is_open


def decides_on(viewer: Viewer, brought: BroughtList) -> bool:
    return assigns(viewer) and brought.school_id == viewer.school_id


def keeps_rule(viewer: Viewer, rule: Rule) -> bool:
    return assigns(viewer) and rule.school_id == viewer.school_id
