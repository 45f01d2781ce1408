"""Signing in and out, seats, lockout, and forms that outlive a session."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from conftest import SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import Holding, Person
from preau.directory.seeds.world import World, make_parent_of
from preau.foundation import boards, stamp
from preau.identity import devices
from preau.identity.devices import LIMIT
from preau.identity.models import Account
from preau.identity.seeds import CAST, PASSWORD

SIGN_IN = "/connexion/"
LOGIN = "claire.moreau"


def sign_in(client: Client, login: str = LOGIN, password: str = PASSWORD, **more: str) -> Any:
    return client.post(SIGN_IN, {"login": login, "password": password, **more})


def test_the_right_password_opens_the_home(college: World, client: SchoolClient) -> None:
    response = sign_in(client)
    assert response.status_code == 302
    assert "Bonjour Claire" in client.get(response.url).content.decode()
    assert Line.objects.filter(verb="identity.signed_in", actor=college.people["teacher"]).count() == 1


def test_a_login_typed_with_capitals_is_understood(college: World, client: SchoolClient) -> None:
    assert sign_in(client, " Claire.MOREAU ").status_code == 302


@pytest.mark.parametrize(
    ("login", "password"), [(LOGIN, "faux"), ("personne", "faux"), ("personne", PASSWORD)]
)
def test_a_wrong_login_and_a_wrong_password_say_the_same(
    college: World, client: SchoolClient, login: str, password: str
) -> None:
    response = sign_in(client, login, password)
    page = response.content.decode()
    assert response.status_code == 422
    assert "ne convient pas" in page
    assert password not in page


def test_a_closed_account_says_the_same(college: World, client: SchoolClient) -> None:
    Account.objects.filter(login=LOGIN).update(is_active=False)
    assert "ne convient pas" in sign_in(client).content.decode()


def test_an_account_without_a_role_is_told_what_to_do(college: World, client: SchoolClient) -> None:
    Holding.objects.filter(person=college.people["teacher"]).delete()
    page = sign_in(client).content.decode()
    assert "plus rattaché à un établissement" in page
    assert "_auth_user_id" not in client.session


def test_empty_fields_are_explained_beside_them(client: SchoolClient, college: World) -> None:
    page = client.post(SIGN_IN, {"login": "", "password": ""}).content.decode()
    assert "Écrivez votre identifiant." in page
    assert "Écrivez votre mot de passe." in page


def fail(client: Client, times: int = LIMIT) -> None:
    for _ in range(times):
        sign_in(client, password="faux")


def test_too_many_tries_close_the_door_for_a_while(college: World, client: SchoolClient, clock: Any) -> None:
    fail(client)
    refused = sign_in(client)
    assert "Trop d’essais" in refused.content.decode()
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "900")
    clock.shift(timedelta(minutes=16))
    assert sign_in(client).status_code == 302


def test_a_pupil_cannot_lock_a_teacher_out(college: World, client: SchoolClient) -> None:
    """Same address, same login: the browser that the teacher has used before still opens."""
    sign_in(client)
    client.post(reverse("identity:sign_out"))
    fail(Client())
    assert "Trop d’essais" in sign_in(Client()).content.decode()
    assert sign_in(client).status_code == 302


def test_a_known_browser_has_its_own_count(college: World, client: SchoolClient) -> None:
    sign_in(client)
    client.post(reverse("identity:sign_out"))
    fail(client)
    assert "Trop d’essais" in sign_in(client).content.decode()


@pytest.mark.parametrize("forged", ["", "x", "claire.moreau:1:abc"])
def test_a_forged_browser_cookie_opens_no_other_door(
    college: World, client: SchoolClient, forged: str
) -> None:
    fail(client)
    client.cookies["appareil"] = forged
    assert "Trop d’essais" in sign_in(client).content.decode()


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "https:evil"]
)
def test_signing_in_never_leads_elsewhere(college: World, client: SchoolClient, elsewhere: str) -> None:
    assert sign_in(client, suite=elsewhere).url == "/"


def test_signing_in_leads_where_one_was_going(college: World, client: SchoolClient) -> None:
    asked = client.get("/emploi-du-temps/?semaine=2026-11-23")
    assert asked.url == "/connexion/?suite=%2Femploi-du-temps%2F%3Fsemaine%3D2026-11-23"
    assert (
        sign_in(client, suite="/emploi-du-temps/?semaine=2026-11-23").url
        == "/emploi-du-temps/?semaine=2026-11-23"
    )


def test_signing_out_ends_the_session(college: World, client: SchoolClient) -> None:
    client.sit(college.people["teacher"])
    client.post(reverse("identity:sign_out"))
    assert client.get("/emploi-du-temps/").status_code == 302


def test_a_link_does_not_sign_out(college: World, client: SchoolClient) -> None:
    client.sit(college.people["teacher"])
    response = client.get(reverse("identity:sign_out"))
    assert (response.status_code, response.headers["Allow"]) == (405, "POST")
    assert "Rien n’a été modifié" in response.content.decode()
    assert client.get("/emploi-du-temps/").status_code == 200


def test_access_ends_with_the_role_at_the_next_request(college: World, client: SchoolClient) -> None:
    client.sit(college.people["teacher"])
    assert client.get("/emploi-du-temps/").status_code == 200
    Holding.objects.filter(person=college.people["teacher"]).delete()
    assert client.get("/emploi-du-temps/").status_code == 302


@pytest.fixture
def parent(college: World) -> Person:
    """Thomas Lefèvre teaches French and is a parent of the school."""
    child = Person.objects.filter(enrolments__group__year=college.year).order_by("pk")[2]
    make_parent_of(college, "teacher_1", child)
    return college.people["teacher_1"]


def test_a_teacher_who_is_a_parent_changes_seat(college: World, client: SchoolClient, parent: Person) -> None:
    client.sit(parent)
    assert "Parent ou responsable" in client.get("/").content.decode()
    client.post(reverse("identity:switch"), {"seat": "guardian"})
    page = client.get("/").content.decode()
    assert "Enseignant · français, Collège des Tilleuls" in page
    assert client.get("/absences/").status_code == 200
    assert Line.objects.filter(verb="identity.changed_seat", acting_as="guardian").exists()


def test_a_page_of_another_profile_is_read_without_changing_it(
    college: World, client: SchoolClient, parent: Person
) -> None:
    """Seated as a teacher, a parent follows a mail about their child, then a link of that page."""
    client.sit(parent)
    page = client.get("/absences/").content.decode()
    assert '<p class="header-school" data-several><span>Parent ou responsable</span></p>' in page
    assert "Enseignant · français, Collège des Tilleuls" in client.get("/profil/sessions/").content.decode()
    assert client.get("/vie-scolaire/").status_code == 403
    assert client.post("/absences/").status_code == 403


@pytest.mark.parametrize("seat", ["operator", "staff-999", "", "staff-1 OR 1=1"])
def test_a_seat_one_does_not_have_is_not_taken(college: World, client: SchoolClient, seat: str) -> None:
    client.sit(college.people["pupil"])
    client.post(reverse("identity:switch"), {"seat": seat})
    assert "Élève" in client.get("/").content.decode()
    assert client.get("/vie-scolaire/").status_code == 403


def staff_key(college: World) -> str:
    return f"staff-{college.school.pk}"


def test_a_form_made_as_another_profile_is_kept_not_sent(
    college: World, client: SchoolClient, parent: Person
) -> None:
    """The form of a page opened as a teacher is sent after a change of profile in another tab."""
    client.sit(parent, "guardian")
    mark = stamp.seal(parent.account.pk, staff_key(college))
    sent = {stamp.FIELD: mark, "note": "<b>ce que j’ai écrit</b>"}
    response = client.post("/emploi-du-temps/seances/nouvelle/", sent)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Rien n’est perdu" in page
    assert "&lt;b&gt;ce que j’ai écrit&lt;/b&gt;" in page
    assert '<blockquote class="letter">ce que j’ai écrit</blockquote>' in page
    assert "Enseignant · français" in page


def test_a_page_that_only_one_profile_opens_keeps_the_form_too(college: World, client: SchoolClient) -> None:
    """A head who is also a parent changes profile in another tab, then sends the form of a weekly lesson."""
    child = Person.objects.filter(enrolments__group__year=college.year).order_by("pk")[3]
    make_parent_of(college, "head", child)
    head = college.people["head"]
    client.sit(head, "guardian")
    sent = {stamp.FIELD: stamp.seal(head.account.pk, staff_key(college)), "starts_at": "08:05"}
    response = client.post("/emploi-du-temps/seances/nouvelle/", sent)
    assert response.status_code == 409
    assert 'value="08:05"' in response.content.decode()
    sent[stamp.FIELD] = stamp.seal(head.account.pk, staff_key(college), confirmed=True)
    assert client.post("/emploi-du-temps/seances/nouvelle/", sent).status_code == 422


def test_an_interrupted_form_leads_back_to_its_page(college: World, client: SchoolClient) -> None:
    before = {"Referer": "http://testserver/absences/?page=2"}
    assert client.post("/absences/explications/1/retirer/", headers=before).url.endswith(
        "suite=%2Fabsences%2F%3Fpage%3D2"
    )
    elsewhere = {"Referer": "https://evil.example/absences/"}
    assert client.post("/absences/explications/1/retirer/", headers=elsewhere).url.endswith("suite=%2F")


def test_signing_out_is_never_refused(college: World, client: SchoolClient, parent: Person) -> None:
    client.sit(parent, "guardian")
    old = {stamp.FIELD: stamp.seal(parent.account.pk, staff_key(college))}
    assert client.post(reverse("identity:sign_out"), old).status_code == 302
    assert "_auth_user_id" not in client.session


def test_an_erased_person_has_no_way_in(college: World, client: SchoolClient) -> None:
    person = college.people["teacher"]
    client.sit(person)
    for entry in boards.personal_data:
        if entry.forget:
            entry.forget(person.pk)
    account = Account.objects.get(person=person)
    assert "moreau" not in account.login
    assert client.get("/emploi-du-temps/").status_code == 302
    assert sign_in(Client()).status_code == 422


def test_one_password_tried_on_every_login_meets_a_door(
    college: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "LOGINS_FROM_ONE_ADDRESS", 5)
    answers = [sign_in(Client(), f"eleve{number}", "azerty").status_code for number in range(7)]
    assert answers == [422] * 5 + [429] * 2


def test_a_whole_school_signs_in_from_one_address(college: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "LOGINS_FROM_ONE_ADDRESS", 3)
    for login in [*CAST.values()]:
        assert sign_in(Client(), login).status_code == 302, login


def test_what_one_person_typed_is_never_shown_to_another(college: World, client: SchoolClient) -> None:
    client.sit(college.people["cpe"])
    mark = stamp.seal(college.people["teacher"].account.pk, staff_key(college))
    response = client.post(
        "/emploi-du-temps/seances/nouvelle/", {stamp.FIELD: mark, "note": "secret de Claire"}
    )
    assert response.status_code == 409
    assert "secret de Claire" not in response.content.decode()
    assert "un autre compte" in response.content.decode()


def test_a_confirmed_stamp_of_another_account_opens_nothing(college: World, client: SchoolClient) -> None:
    client.sit(college.people["pupil"])
    mark = stamp.seal(college.people["cpe"].account.pk, staff_key(college), confirmed=True)
    assert client.post("/emploi-du-temps/seances/nouvelle/", {stamp.FIELD: mark}).status_code == 409


def test_what_was_typed_outlives_the_session(college: World, client: SchoolClient) -> None:
    teacher = college.people["teacher"]
    mark = stamp.seal(teacher.account.pk, staff_key(college))
    sent = client.post(
        "/emploi-du-temps/seances/nouvelle/", {stamp.FIELD: mark, "starts_at": "08:05", "groups": ["1", "2"]}
    )
    assert sent.status_code == 302
    assert "Ce que vous aviez saisi est gardé" in client.get(SIGN_IN).content.decode()
    after = sign_in(client)
    assert after.url == reverse("identity:resume")
    page = client.get(after.url).content.decode()
    assert 'action="/emploi-du-temps/seances/nouvelle/"' in page
    assert page.count('name="groups"') == 2
    assert 'value="08:05"' in page


def test_somebody_else_who_signs_in_does_not_get_it(college: World, client: SchoolClient) -> None:
    mark = stamp.seal(college.people["teacher"].account.pk, staff_key(college))
    client.post("/emploi-du-temps/seances/nouvelle/", {stamp.FIELD: mark, "note": "secret de Claire"})
    after = sign_in(client, "samia.haddad")
    page = client.get(after.url, follow=True).content.decode()
    assert "secret de Claire" not in page
    assert "Bonjour Samia" in page


def test_passwords_are_kept_with_argon2id(college: World) -> None:
    assert Account.objects.get(login=LOGIN).password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")


def test_a_new_account_cannot_sign_in_before_it_is_activated(college: World, client: SchoolClient) -> None:
    person = Person.objects.create(family_name="Neuf")
    Account.objects.create_account("Neuf", person)
    assert sign_in(client, "neuf", "").status_code == 422
    assert sign_in(client, "neuf", "!").status_code == 422


def test_cookies_are_closed_to_scripts_and_to_other_sites() -> None:
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == "Lax"
