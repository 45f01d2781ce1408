"""How often words that find nothing may be told, and from where; who follows a search, and how many."""

from datetime import timedelta

from preau.directory.viewer import Viewer
from preau.domains.catalogue.models import FollowedSearch

# A class behind one address may tell a few each; whoever would fill the table is slowed down.
MOST_MISSES_TOLD, WINDOW = 30, timedelta(hours=1)
# More than anyone reads, and few enough for one list.
MOST_FOLLOWED = 30


def follows(viewer: Viewer, search: FollowedSearch) -> bool:
    """The person who follows it."""
    return search.person_id == viewer.person.pk


# How often one address may ask what programs read without a key. A school is behind one address; a harvester asks for hundred records at a time.
MOST_ASKED, AN_HOUR = 3_000, timedelta(hours=1)
