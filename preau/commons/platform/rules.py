"""Who sees the platform, and what in a school deserves a look."""

from datetime import timedelta

from preau.directory.viewer import Viewer
from preau.directory.words import Profile

# A nightly delivery that no longer comes, or a school that nobody settles.
SILENCE = timedelta(days=30)


def operates(viewer: Viewer, *_: object) -> bool:
    """Those who run the platform, or the schools of a territory."""
    return viewer.profile == Profile.OPERATOR
