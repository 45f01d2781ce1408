"""The routes of agenda, as it tells the tests of them (tests/declared.py)."""

from django.utils import timezone

from preau.commons.agenda.models import Feed
from tests import pages
from tests.declared import Body
from tests.net.matrix_cast import EVERYONE, NEIGHBOURING, OTHER_FAMILY, OWN_FAMILY, STAFF, Near, Stage, near
from tests.pages import Page

# Pages

PAGES = [
    Page("agenda:agenda", pages.EVERYONE),
    Page("agenda:subscription", pages.EVERYONE),
]
ELSEWHERE = {
    "agenda:well_known",
    "agenda:calendars",
    "agenda:calendar",
    "portal:api_agenda",
    "agenda:subscribe",
    "agenda:unsubscribe",
    "agenda:feed",
}
LISTS_APART = {
    "agenda:feed",
    # Behind a key, by every method: test_caldav.py, test_drive.py.
    "agenda:calendars",
    "agenda:calendar",
}
ONE_THING = {
    "agenda:well_known",
    "agenda:subscription",
    # Lists by pages, behind a token: tests/test_api.py.
    "portal:api_agenda",
}
OF_OTHERS = {
    # Telephones and file managers go there with a key (tests/test_caldav.py, tests/test_drive.py).
    "agenda:calendar",
}

# The isolation matrix

OPENS: dict[str, Near | set[str]] = {
    "agenda:agenda": STAFF | OWN_FAMILY | OTHER_FAMILY | NEIGHBOURING,
    "agenda:subscription": STAFF | OWN_FAMILY | OTHER_FAMILY | NEIGHBOURING,
    "agenda:subscribe": STAFF | OWN_FAMILY | OTHER_FAMILY | NEIGHBOURING,
    "agenda:unsubscribe": STAFF | OWN_FAMILY | OTHER_FAMILY | NEIGHBOURING,
    "agenda:feed": EVERYONE,
    "agenda:well_known": EVERYONE,
    # By a key alone, whoever is signed in: tests/test_caldav.py.
    **dict.fromkeys(["agenda:calendars", "agenda:calendar"], near()),
    # By a token alone, whoever is signed in: tests/test_api.py.
    "portal:api_agenda": set(),
}
REST_OF_ADDRESS = {
    "agenda:calendar": {"path": "personne/agenda/"},
}
PLAIN = dict.fromkeys(["cle"], ()) | {"jour": ("2026-11-23",), "vue": ("jour", "mois", "liste")}

# Forms and files


def _open_feed(stage: Stage) -> None:
    account = stage.people["guardian"].account
    Feed.objects.create(account=account, digest="x" * 64, opened_at=timezone.now())


BODIES = {
    "agenda:subscribe": Body("guardian", lambda stage: {"vu": "0"}),
    "agenda:unsubscribe": Body("guardian", before=_open_feed),
}
