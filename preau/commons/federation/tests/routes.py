"""The routes of federation, as it tells the tests of them (tests/declared.py)."""

from django.db.models import Model

from conftest import NOW, TWIN
from preau.commons.federation.actions import saml
from preau.commons.federation.models import Link, Provider
from preau.commons.federation.tests.desk import described
from preau.commons.federation.tests.props import many_links, many_providers, own_provider, own_saml_provider
from preau.directory.seeds.world import World
from preau.directory.tests.props import cast_pupil
from preau.foundation.tests import saml_provider
from tests import pages
from tests.declared import Body, Data
from tests.net.matrix_cast import (
    EVERYONE,
    FAMILY,
    NEIGHBOURING,
    OFFICE,
    OTHER_SCHOOL,
    OWN,
    SETTLED,
    SETTLERS,
    SIGNED_IN,
    STAFF,
    STEM,
    Near,
    Stage,
    near,
)
from tests.pages import Page

# A provider of the platform that is open: everybody may come in by it.
OPEN_PROVIDER = "guichet-ouvert"
OPEN_SAML = "guichet-saml"

# Pages

PAGES = [
    Page("federation:links", pages.EVERYONE),
    Page("federation:person_links", pages.OFFICE, model=cast_pupil, by="public_id"),
    Page("federation:providers", {"head", "operator"}),
    Page("federation:create", {"head", "operator"}),
    Page("federation:only_ways", {"head"}),
    Page("federation:local_door", pages.OFFICE),
    Page("federation:provider", {"head"}, model=own_provider, by="public_id"),
    Page("federation:change", {"head"}, model=own_provider, by="public_id"),
    Page("federation:secret", {"head"}, model=own_provider, by="public_id"),
    Page("federation:saml", {"head"}, model=own_saml_provider, by="public_id"),
]
ELSEWHERE = {
    # Their pages are looked at in commons/federation/tests: they need a provider that answers.
    "federation:others",
    "federation:link",
    "federation:goodbye",
    "federation:start",
    "federation:back",
    "federation:ended",
    "federation:cut",
    "federation:attempt",
    "federation:saml_metadata",
    "federation:saml_acs",
    "federation:saml_arrival",
    "federation:saml_logout",
}
LISTS = [
    ("guardian", "federation:links", many_links),
    ("head", "federation:person_links", many_links),
    ("head", "federation:providers", many_providers),
    ("head", "federation:others", many_providers),
]
ONE_THING = {
    "federation:create",
    "federation:change",
    "federation:secret",
    "federation:provider",
    "federation:only_ways",
    "federation:local_door",
    "federation:link",
    "federation:goodbye",
    "federation:start",
    "federation:back",
    "federation:saml",
    "federation:saml_metadata",
    "federation:saml_arrival",
    "federation:saml_logout",
}
# Providers send people or words there (federation/tests).
OF_OTHERS = {
    "federation:start",
    "federation:back",
    "federation:ended",
    "federation:saml_metadata",
    "federation:saml_acs",
    "federation:saml_arrival",
    "federation:saml_logout",
}


def lay(college: World) -> None:
    many_links(college, 1)


# The isolation matrix

SEES: dict[type[Model], Near] = {
    Provider: near(own={"head", "cook"}, other_school={"neighbour_head"}),
    Link: near(own=OFFICE | {"pupil"}, other_class=OFFICE, other_school={"neighbour_head"}),
}
OPENS: dict[str, Near | set[str]] = {
    **dict.fromkeys(
        [f"federation:{name}" for name in ("others", "link", "goodbye", "start", "back", "ended")], EVERYONE
    ),
    **dict.fromkeys(["federation:links"], SIGNED_IN),
    "federation:person_links": near(own=OFFICE, other_class=OFFICE, other_school=NEIGHBOURING),
    "federation:cut": near(own=OFFICE | {"pupil"}, other_class=OFFICE, other_school=NEIGHBOURING),
    "federation:providers": SETTLERS | {"operator"},
    "federation:create": {"head"} | NEIGHBOURING,
    "federation:only_ways": SETTLERS,
    "federation:local_door": OFFICE | NEIGHBOURING,
    "federation:provider": SETTLED,
    **dict.fromkeys(
        ["federation:change", "federation:attempt", "federation:secret"],
        near(own={"head"}, other_school=NEIGHBOURING),
    ),
    **dict.fromkeys(
        [f"federation:saml_{name}" for name in ("metadata", "acs", "arrival", "logout")], EVERYONE
    ),
    "federation:saml": near(own={"head"}, other_school=NEIGHBOURING),
}
REST_OF_ADDRESS = {
    **{f"federation:{name}": {"public_id": OPEN_PROVIDER} for name in ("start", "back", "ended")},
    **{
        f"federation:saml_{name}": {"public_id": OPEN_SAML}
        for name in ("metadata", "acs", "arrival", "logout")
    },
}
PLAIN = dict.fromkeys(
    [
        "order",
        "authority",
        "audience",
        "acr",
        "audiences",
        "close",
        "domains",
        "encore",
        "error",
        "iss",
        "issuer",
        "jointure",
        "logout_token",
        "reference",
        "secret",
        "strong",
        "vector",
        "SAMLRequest",
        "SAMLResponse",
        "RelayState",
        "contexts",
        "encrypted",
        "mot",
        "pinned",
        "signed",
        "subject",
        "icon",
        "opens_on",
        "closes_on",
        "is_on",
        "protocol",
        "client_id",
    ],
    (),
)

# Forms and files


def _provider(stage: Stage) -> Data:
    return {
        "name": "Guichet du bassin",
        "audience": "staff",
        "icon": "briefcase",
        "order": "40",
        "protocol": "oidc",
        "issuer": "https://guichet-du-bassin.exemple.fr",
        "client_id": "preau-du-bassin",
        "scopes": "openid profile",
        "email": "ctemail",
        "domains": "ac-exemple.fr",
    }


def _served_families(stage: Stage) -> None:
    Provider.objects.filter(school=stage.college.school).update(is_on=True, audience="families")


def _speaks_saml(stage: Stage) -> None:
    Link.objects.all().delete()
    Provider.objects.filter(school=stage.college.school).update(protocol="saml")


BODIES = {
    "federation:create": Body("head", _provider, wrong=lambda stage: {"issuer": "http://guichet.exemple.fr"}),
    "federation:change": Body(
        "head", _provider, before=lambda stage: Link.objects.all().delete(), wrong=lambda stage: {"name": ""}
    ),
    "federation:secret": Body(
        "head", lambda stage: {"secret": "un-secret-du-guichet"}, wrong=lambda stage: {"secret": ""}
    ),
    "federation:attempt": Body("head", again={"federation_provider": "each try that fails is counted"}),
    "federation:only_ways": Body(
        "head",
        lambda stage: {"audiences": ["families"]},
        _served_families,
        wrong=lambda stage: {"audiences": ["autres"]},
    ),
    "federation:local_door": Body("head", lambda stage: {"days": "1"}, wrong=lambda stage: {"days": "9"}),
    "federation:cut": Body("head"),
    "federation:link": Body("pupil", writes=False),
    "federation:ended": Body("pupil", writes=False),
    "federation:saml": Body(
        "head",
        lambda stage: {"text": saml_provider.described().decode(), "subject": "FrEduCtId", "signed": "on"},
        _speaks_saml,
        wrong=lambda stage: {"text": "bonjour"},
    ),
    **dict.fromkeys(["federation:saml_acs", "federation:saml_logout"], Body("pupil", writes=False)),
}
READ_BY = {
    **dict.fromkeys(["federation:create", "federation:change", "federation:saml"], SETTLERS),
}
BETWEEN_SERVERS = {"federation:ended", "federation:saml_acs", "federation:saml_logout"}
WITH_SECRETS = {"federation:secret"}
CONFIRMED = {
    "federation:create",
    "federation:change",
    "federation:secret",
    "federation:only_ways",
    "federation:local_door",
    "federation:cut",
    "federation:saml",
}

# The stage of the matrix


def plant(stage: Stage) -> None:
    """A provider of each school, and whom it knows there."""
    for scope, world, person, name in [
        (
            OWN,
            stage.college,
            stage.people["pupil"],
            stage.mark("own provider", STAFF | FAMILY | {"former_guardian"}, {"head"}),
        ),
        (OTHER_SCHOOL, stage.twin, stage.twin.people["pupil"], f"{STEM} {TWIN}"),
    ]:
        row = Provider.objects.create(
            school=world.school,
            name=name,
            issuer="https://guichet.exemple.fr",
            client_id="preau",
            changed_at=NOW,
        )
        stage.put(scope, row)
        stage.put(scope, Link.objects.create(provider=row, subject=name, person=person, made_at=NOW))
    places = dict.fromkeys(
        ["authorization_endpoint", "token_endpoint", "jwks_uri"], "https://guichet.exemple.fr/"
    )
    Provider.objects.create(
        public_id=OPEN_PROVIDER,
        name="Guichet ouvert",
        issuer="https://guichet.exemple.fr",
        client_id="preau",
        is_on=True,
        discovered=places,
        discovered_at=NOW,
        changed_at=NOW,
    )
    saml.keep_saml_keys(NOW, must=True)
    Provider.objects.create(
        public_id=OPEN_SAML,
        name="Guichet SAML",
        protocol="saml",
        is_on=True,
        changed_at=NOW,
        saml={"described": described()},
    )
