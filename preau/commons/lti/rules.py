"""Who gives activities, who opens them, who reads what they give; how long words last."""

from datetime import timedelta

from preau.commons.lti.models import Activity, groups_taught
from preau.commons.signon.rules import changes, has_services, opens_here
from preau.directory.viewer import Viewer
from preau.directory.words import Role

# From the click to the message: a service sends the browser back at once. What was chosen waits for the teacher.
PASSAGE_LIFE, CHOICE_LIFE = timedelta(minutes=5), timedelta(hours=1)
SIGNED_LIFE = timedelta(minutes=5)
# What a service signs to be given a token, and the token.
ASSERTION_LIFE, PASS_LIFE, CLOCKS_DIFFER = timedelta(minutes=5), timedelta(hours=1), timedelta(seconds=60)
# Keys read at the service's address: an hour; sooner when a number is not among them, but never twice in a minute.
KEYS_LIFE, KEYS_AGAIN = timedelta(hours=1), timedelta(minutes=1)
WRONG_WORDS, WRONG_WINDOW = 20, timedelta(minutes=15)
# A service whose clock is ahead would bar its own later scores.
AHEAD = timedelta(hours=1)
MOST_ITEMS, MOST_COLUMNS = 20, 500

uses_activities = has_services


def gives_activities(viewer: Viewer, *_: object) -> bool:
    """Teachers, to the classes and groups of which they are in charge."""
    return viewer.holds(Role.TEACHER)


def reads_results(viewer: Viewer, activity: Activity) -> bool:
    """Whoever sees the activity and works here: the head, and whoever is in charge of the class."""
    return viewer.is_staff


def keeps_activity(viewer: Viewer, activity: Activity) -> bool:
    """Whoever is in charge of the class changes what was given to it, whoever gave it. The head reads."""
    return gives_activities(viewer) and activity.context.group_id in set(
        groups_taught(viewer).values_list("group_id", flat=True)
    )


# The record of a service is kept by whoever keeps the register; what a school lets it do, by whoever settles the school.
sets_tool, agrees_here = changes, opens_here
