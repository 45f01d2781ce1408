"""Sessions: how long they live, what is said when they end, closing one elsewhere."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conftest import SchoolClient
from preau.directory.seeds.world import World
from preau.foundation import stamp
from preau.identity import sessions
from preau.identity.models import AccountSession
from preau.identity.seeds import CAST, PASSWORD

WEEK = "/emploi-du-temps/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def sign_in(client: Client, key: str, **more: Any) -> Any:
    return client.post("/connexion/", {"login": CAST[key], "password": PASSWORD}, **more)


@pytest.mark.parametrize(("key", "minutes"), [("pupil", 20), ("guardian", 60), ("teacher", 60)])
def test_a_session_ends_when_nobody_is_there(
    college: World, client: SchoolClient, clock: Any, key: str, minutes: int
) -> None:
    sign_in(client, key)
    clock.shift(timedelta(minutes=minutes - 1))
    assert client.get(WEEK).status_code == 200
    clock.shift(timedelta(minutes=minutes))
    ended = client.get(WEEK)
    assert ended.status_code == 302
    page = client.get(ended.url).content.decode()
    assert f"Après {minutes} minutes sans activité." in page


def test_the_home_leads_to_the_sign_in_page_too(college: World, client: SchoolClient, clock: Any) -> None:
    sign_in(client, "pupil")
    clock.shift(timedelta(minutes=21))
    ended = client.get("/")
    assert ended.url == "/connexion/?suite=%2F"
    assert "sans activité" in client.get(ended.url).content.decode()
    # Told once: the next visit is a visitor's.
    assert sign_in(client, "pupil").status_code == 302
    client.post(reverse("identity:sign_out"))
    assert "sans activité" not in client.get("/connexion/").content.decode()


@pytest.mark.parametrize(("key", "hours"), [("pupil", 4), ("teacher", 10)])
def test_a_session_ends_in_any_case(
    college: World, client: SchoolClient, clock: Any, key: str, hours: int
) -> None:
    sign_in(client, key)
    for _ in range(hours * 4 - 1):
        clock.shift(timedelta(minutes=15))
        assert client.get(WEEK).status_code == 200
    clock.shift(timedelta(minutes=15))
    ended = client.get(WEEK)
    assert f"depuis {hours}\u00a0h\u00a000" in client.get(ended.url).content.decode()


def test_what_was_typed_outlives_an_idle_session(college: World, client: SchoolClient, clock: Any) -> None:
    sign_in(client, "pupil")
    clock.shift(timedelta(minutes=21))
    pupil = college.people["pupil"]
    mark = stamp.seal(pupil.account.pk, f"pupil-{college.school.pk}")
    sent = client.post("/profil/mot-de-passe/", {stamp.FIELD: mark, "note": "long travail"})
    assert sent.status_code == 302
    page = client.get(sent.url).content.decode()
    assert "sans activité" in page and "est gardé" in page
    after = sign_in(client, "pupil")
    assert after.url == reverse("identity:resume")
    assert 'value="long travail"' in client.get(after.url).content.decode()


def test_what_was_typed_outlives_a_token_that_is_no_longer_good(college: World) -> None:
    """A browser that lost its cookies in mid-form: the office finds the enrolment again once signed in."""
    browser = SchoolClient(enforce_csrf_checks=True)
    secretary = college.people["secretary"]
    mark = stamp.seal(secretary.account.pk, f"staff-{college.school.pk}")
    typed = {stamp.FIELD: mark, "family_name": "Le Goff", "given_name": "Nolwenn"}
    refused = browser.post("/annuaire/inscrire/", typed)
    body = refused.content.decode()
    assert refused.status_code == 403 and "est gardé" in body and 'href="/connexion/"' in body
    assert "Nolwenn" not in body
    browser.handler.enforce_csrf_checks = False
    # Another account signs in first: it is dropped unread.
    other = SchoolClient(enforce_csrf_checks=True)
    other.post("/annuaire/inscrire/", typed)
    other.handler.enforce_csrf_checks = False
    sign_in(other, "teacher")
    assert other.get(reverse("identity:resume")).url == "/"
    after = sign_in(browser, "secretary")
    assert after.url == reverse("identity:resume")
    assert 'value="Nolwenn"' in browser.get(after.url).content.decode()


def test_a_session_without_a_stamp_is_over(college: World, client: SchoolClient) -> None:
    sign_in(client, "teacher")
    session = client.session
    del session[sessions.OPENED], session[sessions.SEEN]
    session.save()
    assert client.get(WEEK).status_code == 302


def test_the_cookie_dies_with_the_browser(college: World, client: SchoolClient) -> None:
    sign_in(client, "pupil")
    assert client.cookies["session"]["max-age"] == ""


def test_being_there_is_noted_once_a_minute(college: World, client: SchoolClient, clock: Any) -> None:
    sign_in(client, "teacher")
    client.get("/")

    def writes() -> list[str]:
        with CaptureQueriesContext(connection) as done:
            client.get("/")
        return [q["sql"].split('"')[1] for q in done if q["sql"].startswith(("UPDATE", "INSERT"))]

    assert writes() == []
    clock.shift(timedelta(seconds=61))
    assert sorted(writes()) == ["django_session", "identity_accountsession"]
    assert writes() == []
    assert AccountSession.objects.get().seen_at.minute == 31


# My sessions


def test_a_person_closes_their_session_elsewhere(college: World, client: SchoolClient) -> None:
    other = SchoolClient()
    sign_in(client, "teacher", headers={"user-agent": FIREFOX})
    sign_in(other, "teacher", headers={"user-agent": "Mozilla/5.0 (iPhone; …) Version/18 Safari/604"})
    page = client.get(reverse("identity:sessions")).content.decode()
    assert "Firefox sur Linux" in page and "Safari sur iPhone" in page and "Cet appareil" in page
    session = AccountSession.objects.get(device="Safari sur iPhone")
    client.post(reverse("identity:end_session", kwargs={"public_id": session.public_id}))
    assert other.get(WEEK).status_code == 302
    assert client.get(WEEK).status_code == 200


def test_nobody_closes_a_session_of_somebody_else(college: World, client: SchoolClient) -> None:
    sign_in(SchoolClient(), "guardian")
    session = AccountSession.objects.get()
    client.sit(college.people["head"])
    address = reverse("identity:end_session", kwargs={"public_id": session.public_id})
    assert client.post(address).status_code == 404
    assert AccountSession.objects.filter(pk=session.pk).exists()
    assert session.device not in client.get(reverse("identity:sessions")).content.decode()


def test_signing_out_forgets_the_session(college: World, client: SchoolClient) -> None:
    sign_in(client, "teacher")
    client.post(reverse("identity:sign_out"))
    assert not AccountSession.objects.exists()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (FIREFOX, "Firefox sur Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140 Safari/537.36 Edg/140",
            "Edge sur Windows",
        ),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/140 Mobile Safari/537.36", "Chrome sur Android"),
        ("Mozilla/5.0 (iPad; CPU OS 18) Version/18 Safari/604", "Safari sur iPad"),
        ("curl/8", "Appareil inconnu"),
        ("", "Appareil inconnu"),
    ],
)
def test_a_browser_is_named_in_words(said: str, words: str) -> None:
    assert sessions.device_of(said) == words


def test_a_password_is_never_put_aside(college: World, client: SchoolClient, clock: Any) -> None:
    sign_in(client, "pupil")
    clock.shift(timedelta(minutes=21))
    mark = stamp.seal(college.people["pupil"].account.pk, f"pupil-{college.school.pk}")
    sent = {"former": PASSWORD, "new_password": "vélo-mer", "again": "vélo-mer", stamp.FIELD: mark}
    client.post("/profil/mot-de-passe/", sent)
    assert "vélo-mer" not in str(dict(client.session))
    assert sign_in(client, "pupil").url == "/"
