"""Who keeps the register, and who reads it."""

from datetime import timedelta

from preau.commons.signon.models import Service
from preau.commons.signon.words import ADMITTED, KeyUse
from preau.directory.rules.settings import runs_settings
from preau.directory.viewer import Viewer
from preau.directory.words import Profile
from preau.identity.rules import runs_platform

# A proxy asks for tickets this long at most; a service is told of a sign-out for as long as our sessions last.
GRANTED, CONNECTED = timedelta(hours=2), timedelta(hours=12)
# A proof given this lately answers « renew »: its person has just come from the sign-in page, or from where they confirmed.
JUST_NOW = timedelta(minutes=2)
# OpenID Connect: what reads who came, for how long; what is signed; what a service may send of its own, in signs.
ACCESS_LIFE, SIGNED_LIFE, LONGEST_WORD = timedelta(minutes=10), timedelta(minutes=10), 500
# A key signs for three months. Another is published a day before it signs, since services keep lists for hours, and stays
# published a week after, for those who show an old word when they leave.
KEY_LIFE, KEY_AHEAD, KEY_KEPT = timedelta(days=90), timedelta(days=1), timedelta(days=7)
# SAML: certificates are copied by hand, so a key signs for three years, and its successor is published three months before.
SAML_KEY_LIFE, SAML_KEY_AHEAD = timedelta(days=1_095), timedelta(days=90)
KEY_TIMES = {KeyUse.JWT: (KEY_LIFE, KEY_AHEAD), KeyUse.SAML: (SAML_KEY_LIFE, SAML_KEY_AHEAD)}
# A request is of this moment: clocks differ by so much, and people sign in within that. A word of ours carries it meanwhile.
ASKED_BEFORE, ASKED_AHEAD, WORD_LIFE = timedelta(minutes=10), timedelta(minutes=3), timedelta(minutes=30)
# Bytes that a service may send along and find again (80 in the standard; addresses are longer).
LONGEST_RELAY = 1_024
# Wrong signatures that seem to be of one service, from one network: a school has one for a thousand people.
WRONG_SIGNATURES = 200
# Wrong secrets of one service, from one address.
WRONG_SECRETS, WRONG_WINDOW = 10, timedelta(minutes=15)
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


def changes(viewer: Viewer, service: Service) -> bool:
    """Those of the school by whoever settles it, those of the platform by whoever runs it."""
    if service.school_id is None:
        return runs_platform(viewer)
    return service.school_id == viewer.school_id and runs_settings(viewer)


def opens_here(viewer: Viewer, service: Service) -> bool:
    """Whoever settles the school says whether a service is open in it."""
    return runs_settings(viewer) and service.school_id in {None, viewer.school_id}
