"""« Confirmez que c’est bien vous »: before the gestures that a browser left open must not do."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from conftest import SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import School
from preau.directory.seeds.world import World
from preau.foundation import kept, stamp
from preau.foundation.sealed import seal
from preau.identity import totp
from preau.identity.actions.second import PURPOSE
from preau.identity.codes import digest_of
from preau.identity.models import PictureCard, RecoveryCode, SecondProof
from preau.identity.pictures import PICTURES
from preau.identity.seeds import CAST, PASSWORD

pytestmark = pytest.mark.django_db
EXPORT, OUT, CONFIRM = "/annuaire/exporter/eleves/", "/comptes/deconnecter/", "/confirmer/"
LATER = timedelta(minutes=10)
SECRET = b"douze fois deux octets.."


@pytest.fixture
def head(college: World, client: SchoolClient) -> SchoolClient:
    return client.sit(college.people["head"])


def twice(college: World, key: str) -> SecondProof:
    now = timezone.now() - timedelta(days=1)
    return SecondProof.objects.create(
        account=college.people[key].account,
        secret=seal(PURPOSE, SECRET),
        last_step=0,
        installed_at=now,
        used_at=now,
    )


def digits() -> str:
    return totp.code_at(SECRET, totp.step_of(timezone.now()))


def made_by(college: World, key: str, seat: str) -> dict[str, str]:
    return {stamp.FIELD: stamp.seal(college.people[key].account.pk, seat)}


def staff(college: World) -> str:
    return f"staff-{college.school.pk}"


def test_whoever_has_just_come_in_is_not_asked(head: SchoolClient) -> None:
    assert head.post(EXPORT, {"forme": "csv"})["Content-Disposition"].startswith("attachment")


def test_ten_minutes_later_a_password_is_asked_and_the_gesture_goes_on(
    head: SchoolClient, college: World, clock: Any
) -> None:
    clock.shift(LATER)
    asked = head.post(
        EXPORT,
        {"forme": "xlsx"} | made_by(college, "head", staff(college)),
        headers={"Referer": "http://testserver/annuaire/classes/"},
    )
    assert urlsplit(asked.url).path == CONFIRM
    page = head.get(asked.url).content.decode()
    assert "Confirmez que c’est bien vous" in page
    assert "Ce que vous avez saisi est gardé" in page
    assert "Les six chiffres" not in page
    sent = {name: values[0] for name, values in parse_qs(urlsplit(asked.url).query).items()}
    assert sent["retour"] == "/annuaire/classes/"
    done = head.post(CONFIRM, sent | {"former": PASSWORD}, follow=True)
    text = done.content.decode()
    assert "C’est bien vous" in text
    assert f'action="{EXPORT}"' in text
    assert 'href="/annuaire/classes/"' in text
    assert Line.objects.filter(verb="identity.confirmed").count() == 1
    again = dict(re.findall(r'<input type="hidden" name="(forme|contexte)" value="([^"]*)"', text))
    assert again["forme"] == "xlsx"
    assert head.post(EXPORT, again)["Content-Disposition"].endswith('.xlsx"')
    # Sent, it waits no more; and for ten minutes nothing asks.
    assert kept.KEY not in head.session
    clock.shift(LATER - timedelta(seconds=1))
    assert head.post(EXPORT)["Content-Disposition"]
    clock.shift(timedelta(seconds=1))
    assert head.post(EXPORT).status_code == 302


def test_a_file_behind_a_link_is_followed_from_the_page(head: SchoolClient, clock: Any) -> None:
    clock.shift(LATER)
    asked = head.get(
        "/vie-scolaire/absences/export.csv", headers={"Referer": "http://testserver/vie-scolaire/"}
    )
    sent = {name: values[0] for name, values in parse_qs(urlsplit(asked.url).query).items()}
    done = head.post(CONFIRM, sent | {"former": PASSWORD}, follow=True).content.decode()
    assert f'href="{sent["suite"]}"' in done
    assert 'href="/vie-scolaire/"' in done
    assert head.get(sent["suite"])["Content-Disposition"]


def test_to_look_at_the_page_of_a_gesture_asks_nothing(head: SchoolClient, clock: Any) -> None:
    clock.shift(LATER)
    assert head.get(OUT).status_code == 200
    assert head.post(OUT, {"who": ["eleves"], "what": "appareils"}).url.startswith(CONFIRM)


def test_whoever_may_not_is_refused_before_being_asked(
    college: World, client: SchoolClient, clock: Any
) -> None:
    client.sit(college.people["teacher"])
    clock.shift(LATER)
    assert client.post(EXPORT).status_code == 403


def test_a_form_that_cannot_be_kept_is_begun_again(head: SchoolClient, clock: Any) -> None:
    """Without its stamp nothing is put aside: one comes back to the page, and does it again."""
    clock.shift(LATER)
    asked = head.post(EXPORT, {"forme": "csv"}, headers={"Referer": "http://testserver/annuaire/classes/"})
    assert "Ce que vous avez saisi est gardé" not in head.get(asked.url).content.decode()
    done = head.post(asked.url, {"former": PASSWORD, "suite": "/annuaire/classes/"})
    assert head.get(done.url).url == "/annuaire/classes/"


@pytest.mark.parametrize(
    ("typed", "said"),
    [("", "Écrivez votre mot de passe."), ("autre", "Ce n’est pas votre mot de passe actuel.")],
)
def test_a_wrong_password_confirms_nothing(head: SchoolClient, clock: Any, typed: str, said: str) -> None:
    clock.shift(LATER)
    response = head.post(CONFIRM, {"former": typed})
    assert response.status_code == 422
    assert said in response.content.decode()
    assert head.post(EXPORT).status_code == 302


def test_tries_are_counted_with_those_of_the_sign_in_page(
    head: SchoolClient, college: World, clock: Any
) -> None:
    clock.shift(LATER)
    for _ in range(6):
        head.post(CONFIRM, {"former": "autre"})
    for _ in range(4):
        Client().post("/connexion/", {"login": CAST["head"], "password": "autre"})
    closed = head.post(CONFIRM, {"former": PASSWORD})
    assert closed.status_code == 429
    assert closed["Retry-After"]
    assert head.post(EXPORT).status_code == 302


def test_where_there_is_a_second_proof_it_is_asked_too(
    head: SchoolClient, college: World, clock: Any
) -> None:
    proof = twice(college, "head")
    clock.shift(LATER)
    assert "Les six chiffres" in head.get(CONFIRM).content.decode()
    assert head.post(CONFIRM, {"former": PASSWORD}).status_code == 422
    wrong = head.post(CONFIRM, {"former": PASSWORD, "code": "000000"})
    assert "Ces chiffres ne conviennent pas" in wrong.content.decode()
    # The password first: nobody learns of digits without it, and none are spent.
    assert head.post(CONFIRM, {"former": "autre", "code": digits()}).status_code == 422
    proof.refresh_from_db()
    assert proof.last_step == 0
    assert head.post(EXPORT).status_code == 302
    assert head.post(CONFIRM, {"former": PASSWORD, "code": digits()}).status_code == 302
    assert head.post(EXPORT).status_code == 200


def test_a_code_on_paper_serves_once(head: SchoolClient, college: World, clock: Any) -> None:
    twice(college, "head")
    RecoveryCode.objects.create(account=college.people["head"].account, digest=digest_of("KQ7M3XWD9RTA"))
    clock.shift(LATER)
    assert head.post(CONFIRM, {"former": PASSWORD, "recovery": "kq7m-3xwd-9rta"}).status_code == 302
    assert head.post(EXPORT).status_code == 200
    clock.shift(LATER)
    assert head.post(CONFIRM, {"former": PASSWORD, "recovery": "kq7m-3xwd-9rta"}).status_code == 422


def test_a_trusted_browser_is_asked_before_the_gesture(
    college: World, client: SchoolClient, clock: Any
) -> None:
    """Trust spares the telephone in the morning; the files of all the pupils are another matter."""
    twice(college, "head")
    client.post("/connexion/", {"login": CAST["head"], "password": PASSWORD})
    client.post("/connexion/verification/", {"code": digits(), "trusted": "on"})
    assert client.post(EXPORT).status_code == 200
    client.post("/deconnexion/")
    assert client.post("/connexion/", {"login": CAST["head"], "password": PASSWORD}).url == "/"
    assert client.post(EXPORT).url.startswith(CONFIRM)


def test_whoever_has_no_password_signs_in_again_and_loses_nothing(
    college: World, client: SchoolClient, clock: Any
) -> None:
    """A pupil with a card, and later whoever comes from another service."""
    pupil = college.people["pupil"]
    account = pupil.account
    account.set_unusable_password()
    account.save()
    PictureCard.objects.create(account=account, digest="x", pictures="x", issued_at=timezone.now())
    client.sit(pupil)
    clock.shift(LATER)
    seat = client.get("/profil/").wsgi_request.viewer.key
    asked = client.post("/mes-donnees/export/", {"pour": ""} | made_by(college, "pupil", seat))
    page = client.get(asked.url).content.decode()
    assert "Sans mot de passe" in page
    assert 'name="former"' not in page
    again = client.post("/confirmer/autrement/", {"suite": "/reprendre/"})
    assert again.url.startswith("/connexion/")
    assert "Ce que vous aviez saisi est gardé" in client.get(again.url).content.decode()
    client.force_login(account)
    assert 'action="/mes-donnees/export/"' in client.get("/reprendre/").content.decode()


def test_a_card_leads_back_to_what_waits(college: World, client: SchoolClient, monkeypatch: Any) -> None:
    School.objects.filter(pk=college.school.pk).update(kind=School.Kind.ECOLE)
    account = college.people["pupil"].account
    monkeypatch.setattr("preau.identity.views.cards.cards.account_by_card", lambda code, chosen: account)
    session = client.session
    session["carte"] = "KQ7M"
    session[kept.KEY] = {"account": account.pk, "seat": "x", "address": "/", "fields": "", "asked": True}
    session.save()
    three = list(PICTURES)[:3]
    response = client.post("/connexion/images/", {"choix": " ".join(three[:2]), "image": three[2]})
    assert response.url == "/reprendre/"


def test_a_moment_in_the_future_proves_nothing(head: SchoolClient, clock: Any) -> None:
    clock.shift(-timedelta(minutes=2))
    assert head.post(EXPORT).status_code == 302


def test_too_many_digits_tried_elsewhere_close_it_too(
    head: SchoolClient, college: World, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    twice(college, "head")
    clock.shift(LATER)
    monkeypatch.setattr("preau.identity.devices.knock", lambda request, login, what="login": what != "second")
    page = head.post(CONFIRM, {"former": PASSWORD, "code": digits()}).content.decode()
    assert "Trop d’essais" in page
