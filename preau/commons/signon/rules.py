"""Who keeps the register, and who reads it."""

from datetime import timedelta

from preau.commons.platform.models import held_by
from preau.commons.signon.models import Service
from preau.commons.signon.words import ADMITTED
from preau.directory.rules import runs_settings
from preau.directory.viewer import Viewer
from preau.directory.words import Profile

# A proxy asks for tickets this long at most; a service is told of a sign-out for as long as our sessions last.
GRANTED, CONNECTED = timedelta(hours=2), timedelta(hours=12)
# A password given this lately answers « renew »: its person has just come from the sign-in page.
JUST_NOW = timedelta(minutes=2)
COUNTS_KEPT = timedelta(days=400)
# Below, a count could name somebody.
FEWEST = 10


def has_services(viewer: Viewer, *_: object) -> bool:
    """Whoever works or learns in a school, and the families."""
    return viewer.profile in ADMITTED


def operates(viewer: Viewer, *_: object) -> bool:
    return viewer.profile == Profile.OPERATOR


def reads_register(viewer: Viewer, *_: object) -> bool:
    """Whoever settles a school, and operators."""
    return operates(viewer) or runs_settings(viewer)


def adds_services(viewer: Viewer, *_: object) -> bool:
    """Whoever settles a school, for it; whoever runs the whole platform, for all schools."""
    return runs_settings(viewer) or runs_platform(viewer)


def runs_platform(viewer: Viewer) -> bool:
    """An operator of a territory reads what is offered; changing it touches every school."""
    return operates(viewer) and held_by(viewer).filter(territory=None, school=None).exists()


def changes(viewer: Viewer, service: Service) -> bool:
    """Those of the school by whoever settles it, those of the platform by whoever runs it."""
    if service.school_id is None:
        return runs_platform(viewer)
    return service.school_id == viewer.school_id and runs_settings(viewer)


def opens_here(viewer: Viewer, service: Service) -> bool:
    """Whoever settles the school says whether a service is open in it."""
    return runs_settings(viewer) and service.school_id in {None, viewer.school_id}
