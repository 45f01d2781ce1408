"""The routes of portal, as it tells the tests of them (tests/declared.py)."""

from tests import pages
from tests.declared import Body
from tests.net.matrix_cast import EVERYONE, FAMILY, NEIGHBOURING, OTHER_FAMILY, SIGNED_IN, STAFF, Near
from tests.pages import Page

# Pages

PAGES = [
    Page("portal:home", pages.EVERYONE),
    Page("portal:to_answer", pages.FAMILY | pages.STAFF),
    Page("portal:api", pages.EVERYONE),
    Page("portal:offline", pages.EVERYONE),
    Page("portal:first_visit", pages.EVERYONE),
    Page("portal:help", pages.EVERYONE),
    Page("portal:accessibility", pages.EVERYONE),
    Page("portal:legal", pages.EVERYONE),
    Page("portal:privacy", pages.EVERYONE),
    Page("portal:register", pages.EVERYONE),
    Page("portal:state", pages.EVERYONE),
]
PUBLIC = {
    "portal:home",
    "portal:offline",
    "portal:help",
    "portal:api",
    "portal:accessibility",
    "portal:legal",
    "portal:privacy",
    "portal:register",
    "portal:state",
}
ELSEWHERE = {
    "portal:openapi",
    "portal:api_moi",
    "portal:demonstration",
    "portal:app_manifest",
    "portal:service_worker",
    "portal:guide",
    "portal:privacy_house",
    "portal:sitemap",
    "portal:robots",
    "portal:settle_guide",
}
ONE_THING = {
    "portal:demonstration",
    "portal:first_visit",
    "portal:help",
    "portal:guide",
    "portal:accessibility",
    "portal:legal",
    "portal:privacy",
    "portal:privacy_house",
    "portal:register",
    "portal:state",
    "portal:sitemap",
    "portal:robots",
    "portal:app_manifest",
    "portal:service_worker",
    "portal:offline",
    "portal:api",
    "portal:openapi",
    # Whose a token is: tests/test_api.py.
    "portal:api_moi",
}

# The isolation matrix

OPENS: dict[str, Near | set[str]] = {
    "portal:home": EVERYONE,
    "portal:demonstration": EVERYONE,
    "portal:api": EVERYONE,
    "portal:openapi": EVERYONE,
    "portal:app_manifest": EVERYONE,
    "portal:service_worker": EVERYONE,
    "portal:offline": EVERYONE,
    "portal:help": EVERYONE,
    "portal:guide": EVERYONE,
    "portal:to_answer": STAFF | NEIGHBOURING | FAMILY | OTHER_FAMILY,
    "portal:first_visit": SIGNED_IN,
    "portal:settle_guide": SIGNED_IN,
    "portal:accessibility": EVERYONE,
    "portal:legal": EVERYONE,
    "portal:privacy": EVERYONE,
    "portal:privacy_house": EVERYONE,
    "portal:register": EVERYONE,
    "portal:state": EVERYONE,
    "portal:sitemap": EVERYONE,
    "portal:robots": EVERYONE,
    # By a token alone, whoever is signed in: identity/tests/test_keys.py, tests/test_api.py.
    "portal:api_moi": set(),
}
NOT_HERE = {"portal:demonstration"}
REST_OF_ADDRESS = {
    "portal:guide": {"key": "famille"},
    "portal:privacy_house": {"key": "directory"},
}
PLAIN = dict.fromkeys(["q"], ())

# Forms and files

BODIES = {
    "portal:settle_guide": Body("guardian"),
}
