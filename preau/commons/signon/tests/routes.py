"""The routes of signon, as it tells the tests of them (tests/declared.py)."""

from django.db.models import Model

from preau.commons.signon.models import Client, Service
from preau.commons.signon.tests.props import many_services, own_oidc_service, own_service
from preau.commons.signon.words import ATTRIBUTES, Protocol
from preau.directory.models import Group
from preau.directory.tests.props import many_classes
from preau.identity.seeds import PASSWORD
from tests import pages
from tests.declared import Body, Data, Named
from tests.net.matrix_cast import (
    ALL_FAMILIES,
    EVERYONE,
    FAMILY,
    MEMBERS,
    NEIGHBOURING,
    OTHER_FAMILY,
    OTHER_SCHOOL,
    OWN,
    OWN_FAMILY,
    SETTLED,
    SETTLERS,
    STAFF,
    WHOLE_STAFF,
    Near,
    Stage,
)
from tests.pages import Page

# Pages

PAGES = [
    Page("signon:services", pages.EVERYONE),
    Page("signon:register", {"head", "operator"}),
    Page("signon:create", {"head", "operator"}),
    Page("signon:service", {"head"}, model=own_service, by="public_id"),
    Page("signon:change", {"head"}, model=own_service, by="public_id"),
    Page("signon:secret", {"head"}, model=own_oidc_service, by="public_id"),
]
ELSEWHERE = {
    "signon:login",
    "signon:confirm",
    "signon:logout",
    "signon:validate",
    "signon:service_validate",
    "signon:proxy_validate",
    "signon:p3_service_validate",
    "signon:p3_proxy_validate",
    "signon:proxy",
    "signon:oidc_configuration",
    "signon:oidc_authorize",
    "signon:oidc_confirm",
    "signon:oidc_token",
    "signon:oidc_userinfo",
    "signon:oidc_keys",
    "signon:oidc_logout",
    "signon:oidc_leave",
    "signon:saml_metadata",
    "signon:saml_sso",
    "signon:saml_next",
    "signon:saml_open",
    "signon:saml_confirm",
    "signon:saml_logout",
    "signon:saml_leave",
}
LISTS = [
    ("guardian", "signon:services", many_services),
    ("head", "signon:register", many_services),
    ("head", "signon:service", many_classes),
]
ONE_THING = {
    "signon:create",
    "signon:change",
    "signon:secret",
    # A ticket, its person, and nothing that grows.
    "signon:login",
    "signon:confirm",
    "signon:logout",
    "signon:validate",
    "signon:service_validate",
    "signon:proxy_validate",
    "signon:p3_service_validate",
    "signon:p3_proxy_validate",
    "signon:proxy",
    "signon:oidc_configuration",
    "signon:oidc_authorize",
    "signon:oidc_confirm",
    "signon:oidc_userinfo",
    "signon:oidc_keys",
    "signon:oidc_logout",
    "signon:saml_metadata",
    "signon:saml_sso",
    "signon:saml_next",
    "signon:saml_open",
    "signon:saml_confirm",
    "signon:saml_logout",
    "signon:saml_leave",
}
TOKENS_ALONE = {"signon:oidc_userinfo"}

# The isolation matrix

SEES: dict[type[Model], Near] = {
    # Its people and families where it is open; the head of each school, its own.
    Service: MEMBERS,
}
OPENS: dict[str, Near | set[str]] = {
    **dict.fromkeys(
        [
            "signon:services",
            "signon:confirm",
            "signon:oidc_confirm",
            "signon:saml_confirm",
            "signon:saml_open",
        ],
        STAFF | OWN_FAMILY | OTHER_FAMILY | NEIGHBOURING,
    ),
    "signon:register": SETTLERS | {"operator"},
    # Whoever runs one territory changes nothing of the whole platform.
    "signon:create": SETTLERS,
    **dict.fromkeys(["signon:service", "signon:change", "signon:secret"], SETTLED),
    **dict.fromkeys(
        [
            f"signon:{name}"
            for name in (
                "login",
                "logout",
                "validate",
                "service_validate",
                "proxy_validate",
                "p3_service_validate",
                "p3_proxy_validate",
                "proxy",
                "oidc_configuration",
                "oidc_authorize",
                "oidc_token",
                "oidc_userinfo",
                "oidc_keys",
                "oidc_logout",
                "oidc_leave",
                "saml_metadata",
                "saml_sso",
                "saml_next",
                "saml_logout",
                "saml_leave",
            )
        ],
        EVERYONE,
    ),
}
NAMES = {
    "classes": Named(Group),
}
PLAIN = dict.fromkeys(
    [
        "places",
        "SAMLRequest",
        "mot",
        "ticket",
        "renew",
        "gateway",
        "pgt",
        "pgtUrl",
        "targetService",
        "format",
        "connexion",
        "url",
        "icon",
        "shape",
        "profiles",
        "may_proxy",
        "opens_on",
        "closes_on",
        "is_on",
        "agreed",
        "protocol",
        "redirects",
        "after_logout",
        "back_channel",
        "is_public",
        "client_id",
        "client_secret",
        "redirect_uri",
        "response_type",
        "response_mode",
        "nonce",
        "code_challenge",
        "code_challenge_method",
        "prompt",
        "max_age",
        "request",
        "request_uri",
        "id_token_hint",
        "post_logout_redirect_uri",
        "code_verifier",
        "refresh_token",
        "begins_here",
        "cipher",
        "encryption",
        "entity_id",
        "hides",
        "logout",
        "logout_binding",
        "metadata",
        "metadata_file-clear",
        "must_sign",
        "name_form",
        "receives",
        "signing",
        "soap",
        "asks_consent",
        *(f"why_{key}" for key in ATTRIBUTES),
    ],
    (),
) | {"service": ("https://moodle.academie.example/",)}

# Forms and files

MOODLE = "https://moodle.academie.example/"


def _service(stage: Stage) -> Data:
    return {
        "name": "Atelier de cartes",
        "text": "Dessiner des cartes.",
        "icon": "palette",
        "address": "https://cartes.exemple.fr/ent",
        "places": "https://cartes.exemple.fr/",
        "profiles": ["pupil", "staff"],
        "protocol": "cas",
        "shape": "plain",
        "is_on": "on",
        "why_first_name": "Signer une carte.",
    }


def _speaks_oidc(stage: Stage) -> None:
    service = stage.own(Service)
    Service.objects.filter(pk=service.pk).update(protocol=Protocol.OIDC)
    Client.objects.create(service=service, redirects=[service.address])


BODIES = {
    "signon:create": Body("head", _service, wrong=lambda stage: {"places": "https://*.exemple.fr/"}),
    "signon:change": Body("head", _service, wrong=lambda stage: {"name": ""}),
    "signon:service": Body(
        "head",
        lambda stage: {"open": "on", "agreed": ["first_name"], "profiles": ["pupil"]},
        wrong=lambda stage: {"profiles": []},
    ),
    "signon:confirm": Body(
        "pupil",
        lambda stage: {"service": MOODLE, "password": PASSWORD},
        wrong=lambda stage: {"password": "faux"},
        again={"signon_ticket": "each password gives a ticket, used once", "signon_usage": "and is counted"},
    ),
    "signon:secret": Body("head", lambda stage: {"vu": ""}, before=_speaks_oidc),
    # A service's own site sends these two: they are asked again as a GET.
    "signon:oidc_authorize": Body("pupil", lambda stage: {"client_id": "inconnu"}, writes=False),
    "signon:oidc_logout": Body("pupil", writes=False),
    "signon:oidc_confirm": Body("pupil", lambda stage: {"password": PASSWORD}, writes=False),
    **dict.fromkeys(["signon:oidc_token", "signon:oidc_userinfo"], Body("pupil", writes=False)),
    **dict.fromkeys(["signon:saml_sso", "signon:saml_logout"], Body("pupil", writes=False)),
    "signon:saml_confirm": Body("pupil", lambda stage: {"password": PASSWORD}, writes=False),
    "signon:saml_leave": Body("pupil", again={"journal_line": "whoever has left is nobody"}),
    "signon:oidc_leave": Body("pupil", again={"journal_line": "whoever has left is nobody"}),
    "signon:logout": Body("pupil", again={"journal_line": "whoever has left is nobody"}),
}
# What a service is called and asks for is read by those to whom it is open; how it is reached, by those who set it.
READ_BY = {
    **dict.fromkeys(["signon:create", "signon:change"], WHOLE_STAFF | ALL_FAMILIES),
    **{
        f"signon:{form}.{field}": set()
        for form in ("create", "change")
        for field in ("metadata", "entity_id", "receives", "signing", "encryption", "logout", "soap")
    },
}
# test_oidc*.py.
BETWEEN_SERVERS = {"signon:oidc_token", "signon:oidc_userinfo"}
WITH_SECRETS = {"signon:confirm", "signon:oidc_confirm", "signon:saml_confirm"}
ONE_BUTTON = {"signon:logout", "signon:oidc_leave", "signon:saml_leave", "signon:secret"}
CONFIRMED = {"signon:create", "signon:change", "signon:secret"}

# The stage of the matrix


def plant(stage: Stage) -> None:
    """The service that each school has of its own."""
    own = Service.objects.get(school=stage.college.school)
    readers = STAFF | FAMILY | {"former_guardian"}
    own.name = stage.mark("own service", readers, {"head", "teacher", "pupil"})
    own.save()
    stage.put(OWN, own)
    stage.put(OTHER_SCHOOL, Service.objects.get(school=stage.twin.school))
