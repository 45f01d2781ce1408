"""Who has an agenda, and how far and how often its feed is read."""

from datetime import timedelta

from preau.directory.viewer import Viewer
from preau.directory.words import Profile

# What a calendar keeps: four weeks back, half a year ahead. It comes back each hour at most; a person refreshes by hand.
BEFORE, AFTER = timedelta(weeks=4), timedelta(weeks=26)
MOST_READINGS, WINDOW = 40, timedelta(hours=1)
# By CalDAV a client asks in several times: five or six for each calendar, four times an hour, on three devices.
MOST_REQUESTS = 600


def has_agenda(viewer: Viewer, *_: object) -> bool:
    """Whoever works or learns in a school, and the families."""
    return viewer.profile in {Profile.STAFF, Profile.PUPIL, Profile.GUARDIAN}
