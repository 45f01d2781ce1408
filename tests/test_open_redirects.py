"""Nobody is sent elsewhere by an address that was made for it: fifty tricks, at every door that sends somebody on."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.db import transaction
from django.test import RequestFactory

from conftest import NOW, SchoolClient
from preau.commons.signon.models import Grant, Ticket
from preau.commons.signon.tests.coming import asked, linked
from preau.directory.seeds.world import World
from preau.foundation import proof
from preau.foundation.http import safe_next
from preau.identity.seeds import PASSWORD

pytestmark = pytest.mark.django_db
HOST = "piege.example"
TRICKS = [
    "https://piege.example",
    "https://piege.example/",
    "http://piege.example/",
    "HTTPS://PIEGE.EXAMPLE/",
    "//piege.example",
    "//piege.example/absences/",
    "///piege.example",
    "////piege.example",
    "/\\piege.example",
    "\\\\piege.example",
    "\\/piege.example",
    "/\\/piege.example",
    "/\t/piege.example",
    "/\n/piege.example",
    "/\r\n/piege.example",
    "\t//piege.example",
    " //piege.example",
    "\x00//piege.example",
    "/\x00/piege.example",
    "\u200b//piege.example",
    "https:piege.example",
    "https:/piege.example",
    "https:///piege.example",
    "https://testserver@piege.example/",
    "https://testserver:x@piege.example/",
    "https://piege.example\\@testserver/",
    "https://piege.example#@testserver/",
    "https://piege.example?@testserver/",
    "https://testserver.piege.example/",
    "https://piege.example/testserver",
    "https://piege.example:443/",
    "https://[::ffff:5.6.7.8]/piege.example",
    "https://piege。example/",
    "https://piege%2eexample/",
    "https://piege.example%2f@testserver/",
    "https%3a%2f%2fpiege.example",
    "//piege.example%2f..",
    "javascript:alert('piege.example')",
    "JaVaScRiPt:alert('piege.example')",
    "java\tscript:alert('piege.example')",
    "javascript://testserver/%0aalert('piege.example')",
    "data:text/html,<script>location='//piege.example'</script>",
    "vbscript:msgbox('piege.example')",
    "ftp://piege.example/",
    "file://piege.example/etc/passwd",
    "ws://piege.example/",
    "//piege.example@testserver@piege.example",
    "http://testserver\u2044@piege.example/",
    "https://piege.example\r\nSet-Cookie: a=b",
    "piege.example",
    "/\u2028/piege.example",
    "//" + "a" * 5_000 + ".piege.example",
]


def test_there_are_forty_at_least() -> None:
    assert len(set(TRICKS)) >= 40


def leads_away(address: str) -> bool:
    """As a browser reads it: control characters are dropped, a backslash is a slash."""
    read = "".join(sign for sign in address if sign > " ").replace("\\", "/").lower()
    return HOST in read and (not read.startswith("/") or read.startswith("//"))


def stays_here(response: Any) -> None:
    """It is answered, and neither its address of onward travel nor any link of its page leads there."""
    assert response.status_code < 500
    onward = unescape(response.headers.get("Location", ""))
    assert not onward or (onward.startswith("/") and not leads_away(onward)), onward
    page = unescape(response.content.decode())
    for attribute in ('href="', 'action="', "0; url="):
        for value in page.split(attribute)[1:]:
            assert not leads_away(value.split('"')[0]), value.split('"')[0]


Door = Callable[[World, SchoolClient, str], Any]


def sign_in(college: World, client: SchoolClient, trick: str) -> Any:
    return client.post("/connexion/", {"login": "claire.moreau", "password": PASSWORD, "suite": trick})


def sign_in_page(college: World, client: SchoolClient, trick: str) -> Any:
    return client.get("/connexion/", {"suite": trick})


def signed_in_already(college: World, client: SchoolClient, trick: str) -> Any:
    return client.sit(college.people["teacher"]).get("/connexion/", {"suite": trick})


def proved(college: World, client: SchoolClient) -> SchoolClient:
    client.sit(college.people["teacher"])
    session = client.session
    proof.note(session, NOW)
    session.save()
    return client


def confirmed(college: World, client: SchoolClient, trick: str) -> Any:
    return proved(college, client).get("/confirmer/", {"suite": trick})


def confirmed_back(college: World, client: SchoolClient, trick: str) -> Any:
    return proved(college, client).get("/confirmer/", {"suite": "/absences/", "retour": trick})


def confirm_page(college: World, client: SchoolClient, trick: str) -> Any:
    return client.sit(college.people["teacher"]).get("/confirmer/", {"suite": trick, "retour": trick})


def resumed(college: World, client: SchoolClient, trick: str) -> Any:
    return proved(college, client).get("/reprendre/", {"retour": trick})


def cas_login(college: World, client: SchoolClient, trick: str) -> Any:
    return client.sit(college.people["teacher"]).get("/cas/login", {"service": trick})


def cas_gateway(college: World, client: SchoolClient, trick: str) -> Any:
    return client.get("/cas/login", {"service": trick, "gateway": "true"})


def cas_logout(college: World, client: SchoolClient, trick: str) -> Any:
    return client.sit(college.people["teacher"]).get("/cas/logout", {"service": trick, "url": trick})


def oidc_authorize(college: World, client: SchoolClient, trick: str) -> Any:
    parameters = asked(linked(college)) | {"redirect_uri": trick}
    return client.sit(college.people["teacher"]).get("/oidc/authorize", parameters)


def oidc_silent(college: World, client: SchoolClient, trick: str) -> Any:
    return client.get("/oidc/authorize", asked(linked(college)) | {"redirect_uri": trick, "prompt": "none"})


def oidc_logout(college: World, client: SchoolClient, trick: str) -> Any:
    parameters = {"client_id": linked(college).client_id, "post_logout_redirect_uri": trick, "state": trick}
    return client.sit(college.people["teacher"]).get("/oidc/logout", parameters)


DOORS: list[Door] = [
    sign_in,
    sign_in_page,
    signed_in_already,
    confirmed,
    confirmed_back,
    confirm_page,
    resumed,
    cas_login,
    cas_gateway,
    cas_logout,
    oidc_authorize,
    oidc_silent,
    oidc_logout,
]


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_nobody_is_sent_elsewhere(college: World, door: Door) -> None:
    for trick in TRICKS:
        with transaction.atomic():
            stays_here(door(college, SchoolClient(), trick))
            assert not Ticket.objects.exists() and not Grant.objects.exists()
            transaction.set_rollback(True)


def test_every_other_page_that_goes_on_where_it_is_told_reads_alike() -> None:
    """They ask `safe_next`."""
    for trick in TRICKS:
        for asked_by in (
            RequestFactory().get("/", {"suite": trick}),
            RequestFactory().post("/", {"suite": trick}),
        ):
            assert safe_next(asked_by, "/ici/") == "/ici/"


@pytest.mark.parametrize(
    "kept", ["/absences/", "/absences/?jour=2026-11-24", "/a//b", "/?suite=https://piege.example/"]
)
def test_what_is_ours_is_kept(college: World, client: SchoolClient, kept: str) -> None:
    """The set could fail: the same door sends on to a page of ours."""
    assert sign_in(college, client, kept).headers["Location"] == kept


def test_the_watch_sees_a_page_that_leads_elsewhere() -> None:
    class Planted:
        status_code, headers, content = 302, {"Location": "/\\piege.example"}, b""

    with pytest.raises(AssertionError):
        stays_here(Planted())
    Planted.status_code, Planted.headers = 200, {}
    Planted.content = b'<a href="https://piege.example/">'
    with pytest.raises(AssertionError):
        stays_here(Planted())
