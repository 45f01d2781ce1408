"""The whole way by a provider of OpenID Connect that is really there: out, back, again, over; and its keys that change."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from joserfc.jwk import ECKey

from conftest import NOW, PATIENCE, SchoolClient
from preau.commons.federation import asking
from preau.commons.federation.actions import settling
from preau.commons.federation.checks import no_provider_stands_in
from preau.commons.federation.models import Coming, Link, Provider
from preau.commons.federation.queries import trying
from preau.commons.federation.tests.coming import asked, back, chosen, come, is_in, provider_of
from preau.commons.federation.tests.conftest import Crooked
from preau.directory.models import ExternalId, Holding, Person
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.foundation import outward
from preau.identity.models import Account, SecondProof


def test_somebody_comes_in_and_goes_where_they_were_going(client: SchoolClient, provider: Provider) -> None:
    response = come(client, provider, suite="/profil/")
    assert (response.status_code, response["Location"]) == (302, "/profil/")
    assert client.get("/profil/").status_code == 200
    coming = Coming.objects.get()
    assert (coming.provider, coming.subject, bool(coming.sid)) == (provider, "jeanne", True)
    provider.refresh_from_db()
    assert (provider.succeeded_at, provider.failures) == (NOW, 0)
    assert Link.objects.get().used_at == NOW


def test_the_first_time_a_link_is_made_on_the_way(
    client: SchoolClient, college: World, guichet: Crooked, provider: Provider
) -> None:
    """By a GET: the browser comes back so. Whoever has no account yet gets one."""
    person = Person.objects.create(family_name="Neuve", given_name="Ada", email="ada@exemple.fr")
    Holding.objects.create(person=person, role=Role.TEACHER, school=college.school)
    ExternalId.objects.create(source="aaf", authority="14", kind="person", value="9", person=person)
    Provider.objects.update(rules={"FrEduCtRefId": "reference"})
    guichet.says = {"FrEduCtRefId": ["{AAF}14|x|9", "{ECT}1"], "autre": {"a": [1]}, "vide": None}
    response = come(client, provider, "paul")
    assert response["Location"] == "/"
    assert Link.objects.get(subject="paul").person == person
    assert client.session["_auth_user_id"] == str(person.account.pk)


def test_what_is_asked_is_bound_to_this_browser(client: SchoolClient, provider: Provider) -> None:
    parameters = parse_qs(urlsplit(asked(client, provider)).query)
    assert parameters["response_type"] == ["code"]
    assert parameters["code_challenge_method"] == ["S256"]
    assert parameters["redirect_uri"] == [f"http://testserver/connexion/par/{provider.public_id}/retour"]
    other = parse_qs(urlsplit(asked(client, provider)).query)
    assert all(parameters[name] != other[name] for name in ("state", "nonce", "code_challenge"))


def test_a_session_that_was_open_there_is_no_proof_before_a_gesture(
    client: SchoolClient, guichet: Crooked, provider: Provider, clock: Any
) -> None:
    come(client, provider)
    assert "proved" in client.session
    guichet.lies = {"auth_time": int((NOW - timedelta(hours=2)).timestamp())}
    other = SchoolClient()
    come(other, provider)
    assert is_in(other)
    assert "proved" not in other.session


def test_whoever_has_no_password_confirms_where_they_came_from(
    client: SchoolClient, provider: Provider, clock: Any
) -> None:
    come(client, provider)
    clock.shift(timedelta(minutes=11))
    page = client.get("/confirmer/", {"suite": "/profil/"})
    assert "Confirmer avec Guichet" in page.content.decode()
    address = asked(client, provider, "/confirmer/?suite=%2Fprofil%2F", encore="1")
    parameters = parse_qs(urlsplit(address).query)
    assert (parameters["prompt"], parameters["max_age"]) == (["login"], ["0"])
    response = back(client, chosen(address))
    assert response["Location"] == "/confirmer/?suite=%2Fprofil%2F"
    assert client.get(response["Location"])["Location"] == "/profil/"


def test_another_person_there_confirms_nothing(
    client: SchoolClient, college: World, provider: Provider, clock: Any
) -> None:
    provider.links.create(person=college.people["pupil"], subject="paul", made_at=NOW)
    come(client, provider)
    clock.shift(timedelta(minutes=11))
    response = back(client, chosen(asked(client, provider, "/confirmer/", encore="1"), "paul"))
    assert response["Location"] == "/confirmer/"
    assert client.get("/confirmer/").status_code == 200
    assert client.session["_auth_user_id"] == str(college.people["guardian"].account.pk)


def test_only_the_provider_that_opened_a_session_confirms_it(
    client: SchoolClient, college: World, provider: Provider, clock: Any
) -> None:
    client.sit(college.people["guardian"])
    clock.shift(timedelta(minutes=11))
    response = back(client, chosen(asked(client, provider, "/confirmer/", encore="1")))
    assert response["Location"] == "/confirmer/"
    assert client.get("/confirmer/").status_code == 200


def test_whoever_must_have_a_second_proof_confirms_where_they_came_from_to_set_it_up(
    client: SchoolClient, college: World, provider: Provider, clock: Any
) -> None:
    teacher = college.people["teacher"]
    provider.links.create(person=teacher, subject="paul", made_at=NOW)
    come(client, provider, "paul")
    clock.shift(timedelta(minutes=11))
    Account.objects.filter(person=teacher).update(proves_from=NOW.date())
    assert client.get("/profil/")["Location"] == reverse("identity:install_second_proof")
    address = asked(client, provider, reverse("identity:install_second_proof"), encore="1")
    response = back(client, chosen(address, "paul"))
    assert client.get(response["Location"]).status_code == 200


def test_an_old_proof_confirms_nothing(
    client: SchoolClient, guichet: Crooked, provider: Provider, clock: Any
) -> None:
    come(client, provider)
    clock.shift(timedelta(minutes=11))
    guichet.lies = {"auth_time": int(NOW.timestamp())}
    assert back(client, chosen(asked(client, provider, "/confirmer/", encore="1"))).status_code == 400


def test_a_second_proof_is_asked_all_the_same(
    client: SchoolClient, college: World, provider: Provider
) -> None:
    account = college.people["guardian"].account
    SecondProof.objects.create(account=account, secret="x", last_step=0, installed_at=NOW, used_at=NOW)
    response = come(client, provider)
    assert response["Location"] == reverse("identity:second_step")
    assert not is_in(client)


def test_two_proofs_given_there_are_enough(
    client: SchoolClient, college: World, guichet: Crooked, provider: Provider
) -> None:
    account = college.people["guardian"].account
    SecondProof.objects.create(account=account, secret="x", last_step=0, installed_at=NOW, used_at=NOW)
    Provider.objects.update(strong=["eidas2"])
    guichet.lies = {"acr": "eidas2"}
    come(client, provider)
    assert is_in(client)
    assert client.session["proved_twice"] is True


def test_its_keys_change_overnight(
    client: SchoolClient, guichet: Crooked, provider: Provider, clock: Any
) -> None:
    come(client, provider)
    former = Provider.objects.get().jwks
    guichet.roll()
    clock.shift(timedelta(minutes=3))
    other = SchoolClient()
    come(other, provider)
    assert is_in(other)
    assert Provider.objects.get().jwks != former


def test_an_unknown_key_is_looked_for_seldom(
    client: SchoolClient, guichet: Crooked, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    come(client, provider)
    read: list[str] = []
    monkeypatch.setattr(guichet, "keys", lambda: read.append("") or {"keys": []})
    guichet.header = {"alg": "ES256", "kid": "inconnue"}
    guichet.signs_with = ECKey.generate_key("P-256", private=True)
    for _ in range(5):
        other = SchoolClient()
        assert come(other, provider).status_code == 400
        assert not is_in(other)
    assert len(read) <= 2


def test_elliptic_keys_serve_too(client: SchoolClient, guichet: Crooked, provider: Provider) -> None:
    key = ECKey.generate_key("P-256", {"kid": "ec", "use": "sig"}, private=True)
    guichet.keys = lambda: {"keys": [key.as_dict(private=False)]}  # type: ignore[method-assign]
    guichet.header, guichet.signs_with = {"alg": "ES256", "kid": "ec"}, key
    come(client, provider)
    assert is_in(client)


def test_signing_out_offers_to_sign_out_there(client: SchoolClient, provider: Provider) -> None:
    come(client, provider)
    response = client.post(reverse("identity:sign_out"))
    assert response["Location"] == reverse("federation:goodbye")
    page = client.get(response["Location"]).content.decode()
    assert "Me déconnecter aussi de Guichet" in page
    address = client.session["federation_goodbye"]["address"]
    answer = requests.get(address, allow_redirects=False, timeout=PATIENCE)
    assert answer.headers["Location"] == "http://testserver/connexion/"


def test_a_password_session_says_goodbye_as_before(client: SchoolClient, college: World) -> None:
    client.sit(college.people["guardian"])
    assert client.post(reverse("identity:sign_out"))["Location"] == reverse("identity:sign_in")


def ended(provider: Provider, token: str) -> int:
    address = reverse("federation:ended", args=[provider.public_id])
    return SchoolClient().post(address, {"logout_token": token}).status_code


def test_a_session_that_ends_there_ends_here(
    client: SchoolClient, guichet: Crooked, provider: Provider
) -> None:
    come(client, provider)
    other = SchoolClient()
    come(other, provider)
    coming = Coming.objects.get(session=client.session.session_key)
    claims = guichet.logout_claims(guichet.relying["preau"], None) | {"sid": coming.sid}
    assert ended(provider, guichet.sign(claims)) == 200
    assert client.get("/profil/").status_code == 302
    assert other.get("/profil/").status_code == 200
    # The same word again ends nothing more, nor does it fail for another session.
    assert ended(provider, guichet.sign(claims)) == 400
    assert ended(provider, guichet.sign(claims | {"jti": "autre", "sub": "jeanne", "sid": ""})) == 200
    assert not Session.objects.filter(pk=coming.pk).exists()
    assert other.get("/profil/").status_code == 302


def test_a_logout_that_is_not_one_ends_nothing(
    client: SchoolClient, guichet: Crooked, provider: Provider
) -> None:
    come(client, provider)
    claims = guichet.logout_claims(guichet.relying["preau"], None) | {"sub": "jeanne"}
    wrong = [
        claims | {"nonce": "n"},
        claims | {"events": {}},
        claims | {"aud": "autre"},
        claims | {"iss": "https://autre.example"},
        claims | {"sub": ""},
        claims | {"jti": ""},
        claims | {"iat": int(NOW.timestamp()) - 3600},
        claims | {"sub": 12},
    ]
    assert {ended(provider, guichet.sign(one)) for one in wrong} == {400}
    assert ended(provider, "") == 400
    assert ended(provider, "a.b.c") == 400
    assert is_in(client)
    assert client.get("/profil/").status_code == 200


def test_a_stand_in_starts_in_a_demonstration_alone(settings: Any) -> None:
    settings.DEMO = settings.DEBUG = False
    with pytest.raises(Exception, match="DEMO or DEBUG"):
        Crooked([])


def test_no_stand_in_is_left_in_production(college: World, settings: Any) -> None:
    provider_of(issuer="http://localhost:8001", public_id="essai")
    provider_of(name="Autre")
    for settings.DEMO, expected in ((True, []), (False, ["The provider essai is a stand-in."])):
        assert [stand.msg for stand in no_provider_stands_in(databases=["default"])] == expected
    assert no_provider_stands_in() == []


def test_the_stand_in_command_refuses_elsewhere(settings: Any) -> None:
    settings.DEMO = settings.DEBUG = False
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("stand_in_provider")


def test_the_demonstration_knows_its_families(college: World, settings: Any) -> None:
    mother = college.people["guardian"]
    ExternalId.objects.create(source="aaf", authority="14", kind="person", value="7", person=mother)
    found = {name: (note, attributes) for _, name, note, attributes in trying.people_to_try()}
    note, attributes = found[mother.full_name]
    assert college.people["pupil"].given_name in note
    assert attributes == {"FrEduCtRefId": ["{AAF}14|-|7"]}
    row = settling.keep_stand_in("http://localhost:8001", "s", "EduConnect")
    assert settling.keep_stand_in("http://localhost:8002", "s", "EduConnect") == row


@pytest.mark.parametrize(
    "address", ["https://x.fr:99999/", "https://x.fr:abc/", "https://[2001:db8::beef]/", "https://[x/"]
)
def test_an_address_that_no_request_can_bear_is_refused(address: str) -> None:
    with pytest.raises(asking.Failed) as failed:
        asking.read(address)
    assert failed.value.trouble == "refused"


def as_postgresql(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    """It reads no text with a NUL."""
    assert not any(isinstance(param, str) and "\0" in param for param in params or ())
    return execute(sql, params, many, context)


def test_a_nul_names_nothing(client: SchoolClient, guichet: Crooked, provider: Provider) -> None:
    Provider.objects.update(rules={"ctemail": "email", "n": "jointure"}, domains=["a.fr"], authority="14")
    with connection.execute_wrapper(as_postgresql):
        assert client.get("/connexion/?ecole=%00").status_code == 200
        for path in ("", "retour", "saml/metadata"):
            assert client.get(f"/connexion/par/%00/{path}").status_code == 404
        guichet.says = {"ctemail": "a\0@a.fr", "n": "\0"}
        assert come(client, provider, "paul").status_code == 302
        for lies in ({"sub": "jeanne\0"}, {"sid": "\0"}):
            guichet.lies = lies
            assert come(SchoolClient(), provider).status_code == 400
        claims = guichet.logout_claims(guichet.relying["preau"], None) | {"sub": "jeanne"}
        for more in ({"sub": "\0"}, {"sid": "\0"}, {"jti": "\0"}):
            assert ended(provider, guichet.sign(claims | more)) == 400


def test_an_address_of_our_network_is_not_asked(
    client: SchoolClient, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    Provider.objects.update(issuer="https://interne.example")
    monkeypatch.setattr(outward.socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", ("10.0.0.7", 443))])
    response = client.get(reverse("federation:start", args=[provider.public_id]))
    assert response.status_code == 503
    assert Provider.objects.get().trouble == "refused"
