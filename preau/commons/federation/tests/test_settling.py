"""Who settles providers, what their pages do, who must come in by one, and « le guichet ne répond pas »."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.federation import rules
from preau.commons.federation.actions import arriving, settling
from preau.commons.federation.models import Coming, Link, LocalDoor, OnlyWay, Provider
from preau.commons.federation.queries import providers
from preau.commons.federation.tests.coming import come, is_in, provider_of, rely_on, request_of
from preau.commons.federation.tests.conftest import Crooked
from preau.commons.federation.words import Arrival, Audience
from preau.commons.notifications.models import Item
from preau.directory.models import Guardianship, Holding, Person, School
from preau.directory.seeds.world import World
from preau.directory.words import Authority, Role
from preau.foundation.sealed import unseal
from preau.identity import boards
from preau.identity.models import Account
from preau.identity.seeds import CAST, PASSWORD

FACTS = {
    "name": "Guichet du bassin",
    "audience": "staff",
    "icon": "briefcase",
    "order": "40",
    "protocol": "oidc",
    "is_on": "on",
    "issuer": "https://guichet-du-bassin.exemple.fr",
    "client_id": "preau-du-bassin",
    "scopes": "profile",
    "email": "ctemail",
    "domains": "ac-exemple.fr",
    "vector": "FrEduVecteur autre",
}


def seated(browser: SchoolClient, person: Person) -> SchoolClient:
    """Signed in just now."""
    browser.sit(person)
    session = browser.session
    session["proved"] = int(NOW.timestamp())
    session.save()
    return browser


def operator() -> Person:
    person = Person.objects.create(family_name="Autre", given_name="Personne")
    Holding.objects.create(person=person, role=Role.OPERATOR)
    Account.objects.create_account("exploitante", person, PASSWORD)
    return person


def opened(key: str) -> bool:
    """Does the password of this member of the cast open their account?"""
    browser = SchoolClient()
    browser.post("/connexion/", {"login": CAST[key], "password": PASSWORD})
    return is_in(browser)


def test_who_settles_providers(holder: Any, seat_of: Any) -> None:
    """A provider gives ways in: what the head entrusts reads them, and writes none."""
    own = Provider(school=seat_of("head").school)
    ours, theirs = set(), set()
    for role in Role:
        viewer = holder(role)
        if rules.adds_providers(viewer):
            ours.add(role)
        if rules.changes(viewer, own):
            theirs.add(role)
    assert (ours, theirs) == ({Role.HEAD, Role.OPERATOR}, {Role.HEAD})
    assert {role for role in Role if rules.opens_local_door(holder(role))} == {
        Role.HEAD,
        Role.SECRETARY,
        Role.DIGITAL_LEAD,
    }
    assert {role for role in Role if rules.says_only_way(holder(role))} == {Role.HEAD}
    assert {role for role in Role if rules.reads_providers(holder(role))} == {Role.HEAD, Role.OPERATOR}
    assert {role for role in Role if rules.settles_platform(holder(role))} == {Role.OPERATOR}
    assert not rules.changes(seat_of("head"), Provider())
    assert rules.changes(holder(Role.OPERATOR), Provider())


def test_a_head_adds_a_provider_and_its_secret_is_sealed(client: SchoolClient, college: World) -> None:
    seated(client, college.people["head"])
    response = client.post(reverse("federation:create"), FACTS)
    row = Provider.objects.get()
    assert response["Location"] == reverse("federation:provider", args=[row.public_id])
    assert (row.school, row.audience, row.scopes, row.domains) == (
        college.school,
        "staff",
        "openid profile",
        ["ac-exemple.fr"],
    )
    assert row.rules == {"ctemail": "email", "FrEduVecteur": "vector", "autre": "vector"}
    client.post(reverse("federation:secret", args=[row.public_id]), {"secret": "entre nous"})
    row.refresh_from_db()
    assert "entre nous" not in row.secret
    assert unseal("federation.secret", row.secret) == b"entre nous"
    for name in ("provider", "change", "secret"):
        page = client.get(reverse(f"federation:{name}", args=[row.public_id])).content.decode()
        assert "entre nous" not in page
    # A second click on the form of the page changes nothing.
    assert client.post(reverse("federation:create"), FACTS).status_code == 302
    assert Provider.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"issuer": "http://guichet.exemple.fr"}, "issuer"),
        ({"issuer": "https://a:b@guichet.exemple.fr"}, "issuer"),
        ({"issuer": ""}, "issuer"),
        ({"client_id": ""}, "client_id"),
        ({"domains": ""}, "domains"),
        ({"jointure": "ENTPersonJointure"}, "authority"),
        ({"reference": "ctemail"}, "email"),
        ({"opens_on": "2026-12-02", "closes_on": "2026-12-01"}, "closes_on"),
        ({"audience": "x"}, "audience"),
        ({"domains": "a " * 30}, "domains"),
    ],
)
def test_mistakes_are_said_beside_the_field(
    client: SchoolClient, college: World, changed: dict[str, str], field: str
) -> None:
    seated(client, college.people["head"])
    response = client.post(reverse("federation:create"), FACTS | changed)
    assert response.status_code == 422
    assert f'id="id_{field}' in response.content.decode()
    assert "Guichet du bassin" in response.content.decode()
    assert not Provider.objects.exists()


def test_two_providers_of_a_school_have_two_names(client: SchoolClient, college: World) -> None:
    provider_of(school=college.school, name="Guichet du bassin")
    seated(client, college.people["head"])
    assert client.post(reverse("federation:create"), FACTS).status_code == 422
    other = provider_of(school=college.school, name="Autre")
    assert client.post(reverse("federation:change", args=[other.public_id]), FACTS).status_code == 422


def test_a_provider_that_people_use_does_not_become_another(client: SchoolClient, college: World) -> None:
    row = provider_of(school=college.school, jwks={"keys": []})
    link = Link.objects.create(provider=row, subject="1", person=college.people["pupil"], made_at=NOW)
    seated(client, college.people["head"])
    assert client.post(reverse("federation:change", args=[row.public_id]), FACTS).status_code == 422
    link.delete()
    assert client.post(reverse("federation:change", args=[row.public_id]), FACTS).status_code == 302
    row.refresh_from_db()
    assert (row.issuer, row.jwks) == (FACTS["issuer"], {})


def test_switched_off_whoever_came_by_it_leaves(
    client: SchoolClient, college: World, provider: Provider, seat_of: Any
) -> None:
    come(client, provider)
    assert Coming.objects.exists()
    facts = {"name": provider.name, "is_on": False}
    settling.save_provider(seat_of("head"), facts, provider)
    assert client.get("/profil/").status_code == 302
    assert not Coming.objects.exists()


def test_the_school_beside_sees_none_of_it(client: SchoolClient, college: World, twin: World) -> None:
    row = provider_of(school=twin.school, name=f"{twin.school.name} guichet")
    seated(client, college.people["head"])
    assert row.name not in client.get(reverse("federation:providers")).content.decode()
    for name in ("provider", "change", "secret"):
        assert client.get(reverse(f"federation:{name}", args=[row.public_id])).status_code == 404


def test_whoever_runs_the_platform_settles_its_own(client: SchoolClient, college: World) -> None:
    platform, school = provider_of(), provider_of(name="École", school=college.school)
    seated(client, operator())
    page = client.get(reverse("federation:providers")).content.decode()
    assert platform.public_id in page
    assert school.public_id not in page
    assert (
        client.post(
            reverse("federation:change", args=[platform.public_id]), FACTS | {"territory": ""}
        ).status_code
        == 302
    )
    platform.refresh_from_db()
    assert platform.name == FACTS["name"]


def test_a_try_says_what_is_wrong(
    client: SchoolClient, college: World, guichet: Crooked, broken: str
) -> None:
    row = provider_of(school=college.school, issuer=guichet.issuer)
    seated(client, college.people["head"])
    address = reverse("federation:attempt", args=[row.public_id])
    assert "Tout va bien" in client.post(address, follow=True).content.decode()
    for facts, sentence in (
        ({"issuer": f"{broken}/500"}, "une erreur"),
        ({"issuer": f"{broken}/garbage"}, "ne se lit pas"),
        ({"issuer": "http://127.0.0.1:1"}, "ne répond pas"),
        ({"issuer": f"{guichet.issuer}/"}, "sous le nom"),
    ):
        Provider.objects.update(**facts)
        assert sentence in client.post(address, follow=True).content.decode(), facts
    guichet.keys = lambda: {"keys": [{"kty": "oct", "k": "AAAA"}]}  # type: ignore[method-assign]
    Provider.objects.update(issuer=guichet.issuer)
    assert "tout ce qu’il faut" in client.post(address, follow=True).content.decode()


def test_the_buttons_of_the_sign_in_page(client: SchoolClient, college: World, twin: World) -> None:
    provider_of(name="EduConnect", audience=Audience.FAMILIES)
    assert "Élèves et familles\u202f: EduConnect" in client.get("/connexion/").content.decode()
    provider_of(name="Guichet du collège", school=college.school)
    provider_of(name="Guichet fermé", is_on=False)
    page = client.get("/connexion/").content.decode()
    assert "Guichet du collège" not in page
    assert "Se connecter avec un autre compte" in page
    assert (
        "Guichet du collège"
        in client.get("/connexion/", {"ecole": college.school.public_id}).content.decode()
    )
    others = client.get(reverse("federation:others")).content.decode()
    assert "Guichet du collège" in others
    assert "Guichet fermé" not in others


def test_this_browser_shows_first_what_served_last(
    client: SchoolClient, college: World, provider: Provider
) -> None:
    Provider.objects.update(school=college.school)
    come(client, provider)
    client.post(reverse("identity:sign_out"))
    assert "Guichet" in client.get("/connexion/").content.decode()
    client.cookies["entree"] = "autre"
    assert client.get("/connexion/").status_code == 200


# Seulement par un fournisseur


@pytest.fixture
def only(college: World) -> Provider:
    OnlyWay.objects.create(school=college.school, audience=Audience.FAMILIES, since=NOW.date())
    OnlyWay.objects.create(school=college.school, audience=Audience.STAFF, since=NOW.date())
    Guardianship.objects.filter(guardian__in=[college.people["guardian"], college.people["cpe"]]).exclude(
        pupil=college.people["pupil"]
    ).delete()
    return provider_of(name="EduConnect")


def test_passwords_open_nothing_to_whom_it_is_said_of(college: World, only: Provider) -> None:
    assert not opened("guardian")
    assert not opened("pupil")
    assert not opened("cpe")
    assert opened("head")


def test_only_a_provider_that_may_let_them_in_brings_passwords_back_to_link(
    college: World, twin: World, only: Provider
) -> None:
    for provider, expected in ((provider_of(name="Ailleurs", school=twin.school), False), (only, True)):
        request = request_of()
        arriving.arrive(request, provider, Arrival("s-1"))
        assert (boards.refused_here(request, college.people["cpe"].account) == "") is expected


def test_it_holds_only_while_a_provider_is_open(college: World, only: Provider) -> None:
    Provider.objects.update(is_on=False)
    assert opened("guardian")
    Provider.objects.update(is_on=True, audience=Audience.STAFF)
    assert opened("guardian")
    assert not opened("cpe")


def test_another_place_that_does_not_say_so_keeps_the_password(
    college: World, twin: World, only: Provider
) -> None:
    Guardianship.objects.create(
        pupil=twin.people["pupil"], guardian=college.people["guardian"], authority=Authority.LEGAL
    )
    assert opened("guardian")


def test_a_pupil_of_an_ecole_keeps_theirs(college: World, only: Provider) -> None:
    School.objects.filter(pk=college.school.pk).update(kind=School.Kind.ECOLE)
    assert opened("pupil")


def test_the_local_door_opens_passwords_for_some_days(
    client: SchoolClient, college: World, only: Provider, clock: Any
) -> None:
    runs = operator()
    seated(client, college.people["secretary"])
    address = reverse("federation:local_door")
    assert client.post(address, {"days": "4"}).status_code == 422
    assert client.post(address, {"days": "3"}).status_code == 302
    door = LocalDoor.objects.get()
    assert (door.ends_at - door.opened_at, door.opened_by) == (timedelta(days=3), college.people["secretary"])
    assert opened("guardian")
    recipients = Item.objects.filter(kind="federation.door_opened").values_list("person_id", flat=True)
    assert set(recipients) == {runs.pk, college.people["head"].pk}
    assert "C’était déjà fait" in client.post(address, {"days": "1"}, follow=True).content.decode()
    clock.shift(timedelta(days=3, minutes=1))
    assert not opened("guardian")


def test_the_local_door_leads_nobody_where_they_may_not_go(client: SchoolClient, college: World) -> None:
    for key, leads in (("head", True), ("secretary", False)):
        client.sit(college.people[key])
        page = client.get(reverse("federation:local_door")).content.decode()
        assert (f'href="{reverse("federation:providers")}"' in page) == leads


def test_the_local_door_is_closed_again(
    client: SchoolClient, college: World, only: Provider, seat_of: Any
) -> None:
    assert settling.open_door(seat_of("head"), 1)
    seated(client, college.people["head"])
    assert "Le secours est ouvert" in client.get(reverse("federation:local_door")).content.decode()
    client.post(reverse("federation:local_door"), {"close": "1"})
    assert not opened("guardian")
    assert not settling.close_door(seat_of("head"))
    assert settling.open_door(seat_of("head"), 1)


def test_a_door_that_ended_by_itself_does_not_hold_the_next(
    college: World, only: Provider, seat_of: Any, clock: Any
) -> None:
    settling.open_door(seat_of("head"), 1)
    clock.shift(timedelta(days=2))
    assert settling.open_door(seat_of("head"), 1)
    assert providers.door_of(seat_of("head", at=NOW + timedelta(days=2))) is not None


def test_whoever_links_proves_it_with_a_password_all_the_same(
    client: SchoolClient, college: World, guichet: Crooked
) -> None:
    OnlyWay.objects.create(school=college.school, audience=Audience.FAMILIES, since=NOW.date())
    OnlyWay.objects.create(school=college.school, audience=Audience.STAFF, since=NOW.date())
    row = provider_of(issuer=guichet.issuer)
    rely_on(guichet, row)
    assert come(client, row)["Location"] == reverse("federation:link")
    client.post("/connexion/", {"login": CAST["pupil"], "password": PASSWORD})
    assert is_in(client)


def test_for_whom_is_chosen_among_those_whom_a_provider_serves(client: SchoolClient, college: World) -> None:
    seated(client, college.people["head"])
    address = reverse("federation:only_ways")
    assert "plus personne n’entrerait" in client.get(address).content.decode()
    provider_of(audience=Audience.FAMILIES)
    assert client.post(address, {"audiences": ["staff"]}).status_code == 422
    assert client.post(address, {"audiences": ["families"]}).status_code == 302
    assert (
        "Rien n’a changé" in client.post(address, {"audiences": ["families"]}, follow=True).content.decode()
    )
    assert OnlyWay.objects.get().audience == "families"
    client.post(address, {})
    assert not OnlyWay.objects.exists()


# Comptes reliés d’une personne


def test_the_office_reads_and_cuts_the_links_of_its_people(
    client: SchoolClient, college: World, provider: Provider
) -> None:
    browser = SchoolClient()
    come(browser, provider)
    link = Link.objects.get()
    mother = college.people["guardian"]
    seated(client, college.people["secretary"])
    assert (
        "Comptes reliés" in client.get(reverse("identity:person", args=[mother.public_id])).content.decode()
    )
    page = client.get(reverse("federation:person_links", args=[mother.public_id])).content.decode()
    assert "Guichet" in page
    assert "jeanne" not in page
    response = client.post(reverse("federation:cut", args=[link.public_id]))
    assert response["Location"] == reverse("federation:person_links", args=[mother.public_id])
    assert browser.get("/profil/").status_code == 302
    assert (
        "C’était déjà fait"
        in client.post(reverse("federation:cut", args=[link.public_id]), follow=True).content.decode()
    )


def test_a_teacher_cuts_nobodys_links(client: SchoolClient, college: World, provider: Provider) -> None:
    pupil = college.people["pupil"]
    link = Link.objects.create(provider=provider, subject="p", person=pupil, made_at=NOW)
    seated(client, college.people["teacher"])
    assert client.post(reverse("federation:cut", args=[link.public_id])).status_code in {403, 404}
    link.refresh_from_db()
    assert link.cut_at is None
