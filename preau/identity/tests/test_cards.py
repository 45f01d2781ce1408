"""Cards with pictures: pupils of an école who cannot read yet sign in alone, and nobody signs in for them."""

import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from conftest import SchoolClient
from preau.commons.journal.models import Line
from preau.directory.models import Enrolment, Group, Guardianship, Holding, Person, School
from preau.directory.seeds.world import World
from preau.directory.words import Authority, Role
from preau.identity import devices
from preau.identity.actions import cards
from preau.identity.actions.accounts import close_account, open_accounts
from preau.identity.models import Account, AccountSession, PictureCard, SecondProof
from preau.identity.pictures import HOW_MANY, PICTURES, drawn

PAGE = "/connexion/images/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def ecole(college: World) -> World:
    """The school of the test, as an école."""
    School.objects.filter(pk=college.school.pk).update(kind=School.Kind.ECOLE)
    college.school.refresh_from_db()
    return college


def own_class(world: World) -> Group:
    return Group.objects.get(year=world.year, enrolments__pupil=world.people["pupil"])


def address(world: World, name: str) -> str:
    return reverse(f"identity:{name}", kwargs={"pk": own_class(world).pk})


@pytest.fixture
def given(ecole: World, seat_of: Any) -> cards.PrintedCard:
    """The card of the cast's pupil."""
    teacher = seat_of("teacher")
    [card] = cards.give_cards(teacher, own_class(ecole), [ecole.people["pupil"]], seen=0)
    return card


def scan(code: str) -> Client:
    """A tablet in front of a card."""
    tablet = Client()
    response = tablet.get(PAGE, {"carte": code})
    assert response.status_code == 302 and response.url == PAGE, "the code leaves the address"
    return tablet


def touch(tablet: Client, pictures: tuple[str, ...]) -> Any:
    response = None
    for number, one in enumerate(pictures):
        response = tablet.post(PAGE, {"choix": " ".join(pictures[:number]), "image": one})
    return response


def others_than(pictures: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(reversed(pictures))


def signed_in(tablet: Client) -> bool:
    return "_auth_user_id" in tablet.session


# Drawn and kept


def test_three_different_pictures_are_drawn_and_nothing_is_kept_in_clear(given: cards.PrintedCard) -> None:
    for _ in range(50):
        assert len(set(drawn())) == HOW_MANY and set(drawn()) <= set(PICTURES)
    row = PictureCard.objects.get()
    for text in (given.code, given.code.replace("-", ""), *given.pictures):
        assert text not in row.digest and text not in row.pictures


def test_a_card_opens_nothing_that_asks_for_a_second_proof(given: cards.PrintedCard) -> None:
    account = Account.objects.get(person=given.person)
    assert cards.account_by_card(given.code, given.pictures) == account
    now = timezone.now()
    SecondProof.objects.create(account=account, secret="x", last_step=0, installed_at=now, used_at=now)
    assert cards.account_by_card(given.code, given.pictures) is None


def test_one_card_a_pupil_and_a_second_click_gives_nothing(ecole: World, seat_of: Any) -> None:
    teacher, group = seat_of("teacher"), own_class(ecole)
    people = list(Person.objects.filter(enrolments__group=group))
    first = cards.give_cards(teacher, group, people, seen=0)
    assert {card.person for card in first} == set(people) and len(first) > 1
    assert cards.give_cards(teacher, group, people, seen=0) == []
    seen = PictureCard.objects.latest("pk").pk
    [again] = cards.give_cards(teacher, group, people[:1], seen=seen, again=True)
    assert cards.give_cards(teacher, group, people[:1], seen=seen, again=True) == []
    former = next(card for card in first if card.person == people[0])
    assert again.code != former.code and PictureCard.objects.count() == len(people)
    assert cards.account_by_card(former.code, former.pictures) is None
    assert cards.account_by_card(again.code, again.pictures).person == people[0]


def test_whoever_gives_cards_all_day_is_stopped(
    ecole: World, seat_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cards, "MOST_BATCHES", 2)
    teacher, group = seat_of("teacher"), own_class(ecole)
    for _ in range(2):
        cards.give_cards(teacher, group, [], seen=0)
    with pytest.raises(cards.TooManyCodes):
        cards.give_cards(teacher, group, [], seen=0)


def test_the_page_says_that_no_more_cards_are_given(
    ecole: World, client: SchoolClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cards, "MOST_BATCHES", 0)
    client.sit(ecole.people["teacher"])
    response = client.post(address(ecole, "give_cards"), {"vu": "0"}, follow=True)
    assert "beaucoup de codes" in response.content.decode()
    assert not PictureCard.objects.exists()


def test_no_card_for_a_pupil_who_works_or_follows_a_child(ecole: World, seat_of: Any) -> None:
    pupil = ecole.people["pupil"]
    Holding.objects.create(person=pupil, role=Role.OTHER, school=ecole.school)
    assert cards.give_cards(seat_of("teacher"), own_class(ecole), [pupil], seen=0) == []
    assert not PictureCard.objects.exists()


# Pages of the class


def test_a_teacher_gives_the_cards_of_their_class_once(ecole: World, client: SchoolClient) -> None:
    client.sit(ecole.people["teacher"])
    page = client.get(address(ecole, "class_cards")).content.decode()
    assert (
        "n’ont pas de carte" in page
        and address(ecole, "class_cards") in client.get(address(ecole, "class_accounts")).content.decode()
    )
    response = client.post(address(ecole, "give_cards"), {"vu": "0"})
    content = response.content.decode()
    pupil = ecole.people["pupil"]
    assert response.status_code == 200 and pupil.full_name in content and content.count("<svg") >= 2
    assert re.search(r"[A-HJKMNP-Z2-9]{4}(?:-[A-HJKMNP-Z2-9]{4}){2}", content)
    line = Line.objects.latest("pk")
    assert line.verb == "identity.cards_given" and str(pupil.pk) in line.details["people"]
    assert client.post(address(ecole, "give_cards"), {"vu": "0"}).status_code == 302
    again = client.get(address(ecole, "class_cards")).content.decode()
    assert "Donnée le" in again and "Nouvelle carte" in again and "n’ont pas de carte" not in again


@pytest.mark.parametrize("key", ["guardian", "pupil", "other_guardian"])
def test_families_do_not_give_cards(ecole: World, client: SchoolClient, key: str) -> None:
    client.sit(ecole.people[key])
    assert client.get(address(ecole, "class_cards")).status_code in {403, 404}
    assert client.post(address(ecole, "give_cards"), {"vu": "0"}).status_code in {403, 404}
    assert not PictureCard.objects.exists()


def test_no_cards_in_a_college(college: World, client: SchoolClient) -> None:
    client.sit(college.people["head"])
    assert client.get(address(college, "class_cards")).status_code == 403
    assert "images" not in client.get(address(college, "class_accounts")).content.decode()


def test_a_teacher_of_another_class_gives_none(ecole: World, client: SchoolClient, twin: World) -> None:
    client.sit(ecole.people["teacher"])
    theirs = Group.objects.filter(year=twin.year, kind=Group.Kind.CLASS)[0]
    assert client.get(reverse("identity:class_cards", kwargs={"pk": theirs.pk})).status_code == 404


def test_a_card_is_asked_for_a_pupil_of_the_class_alone(
    ecole: World, twin: World, client: SchoolClient
) -> None:
    client.sit(ecole.people["teacher"])
    client.post(address(ecole, "give_cards"), {"vu": "0", "eleve": twin.people["pupil"].public_id})
    assert not PictureCard.objects.exists()


def test_the_list_costs_the_same_for_one_pupil_and_for_thirty(ecole: World, client: SchoolClient) -> None:
    client.sit(ecole.people["teacher"])
    with CaptureQueriesContext(connection) as few:
        client.get(address(ecole, "class_cards"))
    for number in range(30):
        person = Person.objects.create(
            family_name=f"Petit{number}", given_name="Ada", birth_date=date(2020, 1, 1)
        )
        Holding.objects.create(person=person, role=Role.PUPIL, school=ecole.school)
        Enrolment.objects.create(pupil=person, group=own_class(ecole), school=ecole.school)
    with CaptureQueriesContext(connection) as many:
        response = client.get(address(ecole, "class_cards"))
    assert len(many) == len(few) <= 12 and len(response.content) < 60_000


# A child in front of the tablet


def test_a_child_signs_in_with_a_card_and_three_pictures(ecole: World, given: cards.PrintedCard) -> None:
    tablet = scan(given.code)
    page = tablet.get(PAGE).content.decode()
    assert "première" in page and all(str(word) in page for word in PICTURES.values())
    assert given.code not in page and ecole.people["pupil"].given_name not in page
    response = touch(tablet, given.pictures)
    assert response.status_code == 302 and response.url == "/" and signed_in(tablet)
    assert Account.objects.get(pk=tablet.session["_auth_user_id"]).person == given.person
    assert "carte" not in tablet.session
    assert AccountSession.objects.filter(account__person=given.person).exists()


def test_the_code_may_be_typed(given: cards.PrintedCard) -> None:
    tablet = Client()
    assert "Code de la carte" in tablet.get(PAGE).content.decode()
    assert tablet.post(PAGE, {"code": ""}).status_code == 422
    assert tablet.post(PAGE, {"code": given.code.lower().replace("-", " ")}).status_code == 302
    assert touch(tablet, given.pictures).status_code == 302 and signed_in(tablet)


def test_wrong_pictures_and_an_unknown_card_are_told_alike(given: cards.PrintedCard) -> None:
    wrong = touch(scan(given.code), others_than(given.pictures))
    unknown = touch(scan("AAAA-BBBB-CCCC"), given.pictures)
    assert wrong.status_code == unknown.status_code == 422
    texts = [re.sub(r'value="[^"]*"|nonce="[^"]*"', "", one.content.decode()) for one in (wrong, unknown)]
    assert texts[0] == texts[1] and "ne vont pas ensemble" in texts[0]


def test_tries_are_counted_on_the_card(given: cards.PrintedCard) -> None:
    tablet = scan(given.code)
    for _ in range(devices.LIMIT):
        assert touch(tablet, others_than(given.pictures)).status_code == 422
    closed = touch(tablet, given.pictures)
    assert closed.status_code == 429 and closed.headers["Retry-After"] and not signed_in(tablet)


def test_pictures_that_do_not_exist_are_not_counted_as_touched(given: cards.PrintedCard) -> None:
    tablet = scan(given.code)
    page = tablet.post(PAGE, {"choix": "cat éléphant", "image": "n’importe"}).content.decode()
    assert "deuxième" in page and not signed_in(tablet)


def test_another_card_may_be_taken(given: cards.PrintedCard) -> None:
    tablet = scan(given.code)
    assert "Code de la carte" in tablet.get(f"{PAGE}?changer=oui").content.decode()
    assert "carte" not in tablet.session


# What a card does not open


@pytest.mark.parametrize("what", ["left", "college", "works", "parent", "closed", "withdrawn", "erased"])
def test_a_card_opens_a_pupil_of_an_ecole_and_nobody_else(
    ecole: World, given: cards.PrintedCard, seat_of: Any, what: str
) -> None:
    pupil = given.person
    assert cards.account_by_card(given.code, given.pictures) is not None
    if what == "left":
        Holding.objects.filter(person=pupil).update(ends=ecole.today)
    if what == "college":
        School.objects.filter(pk=ecole.school.pk).update(kind=School.Kind.COLLEGE)
    if what == "works":
        Holding.objects.create(person=pupil, role=Role.OTHER, school=ecole.school)
    if what == "parent":
        child = Person.objects.filter(enrolments__group=own_class(ecole)).exclude(pk=pupil.pk)[0]
        Guardianship.objects.create(pupil=child, guardian=pupil, authority=Authority.LEGAL)
    if what == "closed":
        Account.objects.filter(person=pupil).update(is_active=False)
    if what == "withdrawn":
        assert cards.withdraw_card(seat_of("teacher"), pupil)
        assert not cards.withdraw_card(seat_of("teacher"), pupil)
    if what == "erased":
        close_account(pupil.pk)
        assert not PictureCard.objects.exists()
    assert cards.account_by_card(given.code, given.pictures) is None


def test_a_card_that_is_taken_back_closes_what_it_opened(
    ecole: World, client: SchoolClient, given: cards.PrintedCard
) -> None:
    tablet = scan(given.code)
    touch(tablet, given.pictures)
    client.sit(ecole.people["teacher"])
    gone = reverse("identity:withdraw_card", kwargs={"public_id": given.person.public_id})
    assert client.post(gone).status_code == 302
    assert (
        tablet.get("/annuaire/personnes/x/").status_code in {302, 404}
        and not AccountSession.objects.filter(account__person=given.person).exists()
    )
    assert "C’était déjà fait" in client.post(gone, follow=True).content.decode()


def test_who_sees_that_a_card_was_given(
    ecole: World, twin: World, given: cards.PrintedCard, seat_of: Any
) -> None:
    for key in ("head", "secretary", "teacher"):
        assert PictureCard.objects.visible_to(seat_of(key)).exists(), key
    for key in ("guardian", "other_guardian"):
        assert not PictureCard.objects.visible_to(seat_of(key)).exists(), key
    for key in ("head", "teacher"):
        assert not PictureCard.objects.visible_to(seat_of(key, world=twin)).exists(), key


def test_a_password_still_opens_the_account(ecole: World, given: cards.PrintedCard) -> None:
    open_accounts([given.person])
    account = Account.objects.get(person=given.person)
    account.set_password("huit signes et plus")
    account.save()
    browser = Client()
    sent = browser.post("/connexion/", {"login": account.login, "password": "huit signes et plus"})
    assert sent.status_code == 302 and signed_in(browser)


def test_a_child_who_leaves_while_touching_the_pictures_does_not_come_in(
    ecole: World, given: cards.PrintedCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their last day ends between the look at the card and the opening of the session."""
    tablet = scan(given.code)
    monkeypatch.setattr("preau.identity.actions.signing.sign_in", lambda request, account: None)
    response = touch(tablet, given.pictures)
    assert response.status_code == 422
    assert "plus rattaché à un établissement" in response.content.decode()
    assert not signed_in(tablet)
