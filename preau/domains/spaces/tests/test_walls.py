"""The wall, the glossary and the shelf."""

from typing import Any

import pytest
from django.urls import reverse

from conftest import SchoolClient
from preau.directory.seeds.world import World
from preau.domains.spaces import rules
from preau.domains.spaces.actions import asking, shelving, walls
from preau.domains.spaces.actions.making import TooMany
from preau.domains.spaces.models import Card, Column, Definition, Report, Resource, Space
from preau.domains.spaces.tests.props import a_classmate, own_card, own_definition, own_teaching

pytestmark = pytest.mark.django_db


def columns_of(space: Space) -> dict[str, list[str]]:
    rows = Column.objects.filter(space=space).order_by("rank", "pk")
    return {one.title: [card.text for card in one.cards.kept().order_by("rank", "pk")] for one in rows}


@pytest.fixture
def wall(college: World, seat_of: Any) -> Space:
    space = own_teaching(college)
    Column.objects.filter(space=space).delete()
    teacher, pupil = seat_of("teacher"), seat_of("pupil")
    for title in ("A", "B"):
        walls.add_column(teacher, space, title)
    first = Column.objects.get(space=space, title="A")
    for text in ("un", "deux", "trois"):
        walls.add_card(pupil, first, "idea", text)
    return space


def test_a_card_goes_one_step_and_stops_at_the_edge(wall: Space, seat_of: Any) -> None:
    pupil, card = seat_of("pupil"), Card.objects.get(space=wall, text="un")
    assert not walls.move_card(pupil, card, "up") and not walls.move_card(pupil, card, "left")
    assert walls.move_card(pupil, card, "down")
    assert columns_of(wall) == {"A": ["deux", "un", "trois"], "B": []}
    assert walls.move_card(pupil, card, "right") and not walls.move_card(pupil, card, "right")
    assert columns_of(wall) == {"A": ["deux", "trois"], "B": ["un"]}
    assert not walls.move_card(pupil, card, "down")


def test_the_page_says_where_the_card_went(wall: Space, college: World, client: SchoolClient) -> None:
    card = Card.objects.get(space=wall, text="un")
    client.sit(college.people["pupil"])
    answer = client.post(reverse("spaces:move_card", kwargs={"pk": card.pk}), {"vers": "droite"})
    assert answer.url.endswith(f"#carte-{card.pk}")
    assert columns_of(wall)["B"] == ["un"]
    client.post(reverse("spaces:move_card", kwargs={"pk": card.pk}), {"vers": "ailleurs"})
    assert columns_of(wall)["B"] == ["un"]


def test_a_card_is_put_once_by_a_form_and_there_is_an_end(
    wall: Space, seat_of: Any, monkeypatch: Any
) -> None:
    pupil, column = seat_of("pupil"), Column.objects.get(space=wall, title="B")
    assert walls.add_card(pupil, column, "idea", "x", "c" * 32) == walls.add_card(
        pupil, column, "idea", "x", "c" * 32
    )
    monkeypatch.setattr(rules, "MOST_CARDS", 4)
    with pytest.raises(TooMany):
        walls.add_card(pupil, column, "idea", "y")


def test_a_column_with_cards_stays_and_one_of_the_same_name_is_not_made(wall: Space, seat_of: Any) -> None:
    teacher = seat_of("teacher")
    assert not walls.add_column(teacher, wall, "a")
    assert not walls.drop_column(teacher, Column.objects.get(space=wall, title="A"))
    assert walls.drop_column(teacher, Column.objects.get(space=wall, title="B"))
    assert not rules.changes_column(seat_of("pupil"), Column.objects.get(space=wall, title="A"))


def test_where_pupils_only_read_they_move_nothing(college: World, seat_of: Any) -> None:
    card = own_card(college)
    Space.objects.filter(pk=card.space_id).update(pupils_may="read")
    card = Card.objects.get(pk=card.pk)
    assert not rules.moves_card(seat_of("pupil"), card) and rules.moves_card(seat_of("teacher"), card)


def test_a_word_of_a_pupil_waits_for_a_teacher(college: World, seat_of: Any) -> None:
    space, pupil, teacher = own_teaching(college), seat_of("pupil"), seat_of("teacher")
    word = walls.propose(pupil, space, "Diviseur", "Ce qui divise.")
    other = Definition.objects.create(
        space=space,
        word="Diviseur",
        search_word="diviseur",
        text="Autre",
        by=a_classmate(college),
        at=word.at,
    )
    with pytest.raises(walls.Known):
        walls.propose(pupil, space, "DIVISEUR", "Encore.")
    assert other not in Definition.objects.visible_to(pupil)
    assert walls.accept(teacher, word) and not walls.accept(teacher, word)
    with pytest.raises(walls.Known):
        walls.accept(teacher, other)
    assert walls.propose(teacher, space, "Multiple", "…").accepted_at is not None
    assert not rules.accepts(pupil, own_definition(college))


def test_an_address_is_on_the_shelf_once_and_is_of_the_web(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    space, teacher = own_teaching(college), seat_of("teacher")
    assert shelving.put_address(teacher, space, "link", "Un site", "https://exemple.fr/z/")
    assert not shelving.put_address(teacher, space, "link", "Le même", "https://exemple.fr/z/")
    client.sit(college.people["teacher"])
    address = reverse("spaces:put_link", kwargs={"pk": space.pk})
    for typed in ("javascript:alert(1)", "//exemple.fr", "https://", "exemple"):
        answer = client.post(address, {"title": "Piège", "address": typed})
        assert answer.status_code == 422 and "Piège" in answer.content.decode(), typed
    assert not Resource.objects.filter(title="Piège").exists()


def test_a_pupil_takes_off_the_shelf_what_is_theirs_alone(college: World, seat_of: Any) -> None:
    space = own_teaching(college)
    shelving.put_address(seat_of("pupil"), space, "link", "Le mien", "https://exemple.fr/p/")
    shelving.put_address(seat_of("teacher"), space, "link", "Le sien", "https://exemple.fr/t/")
    mine, theirs = (Resource.objects.get(space=space, title=title) for title in ("Le mien", "Le sien"))
    assert rules.takes_off_shelf(seat_of("pupil"), mine) and not rules.takes_off_shelf(
        seat_of("pupil"), theirs
    )
    assert rules.takes_off_shelf(seat_of("teacher"), mine)


def test_a_page_of_ours_alone_is_put_in_a_space_by_its_button(college: World, client: SchoolClient) -> None:
    space = own_teaching(college)
    client.sit(college.people["teacher"])
    form = {"titre": "Piège", "espace": space.pk, "adresse": "https://ailleurs.example/"}
    assert client.post(reverse("spaces:put"), form).status_code == 404
    assert client.get(reverse("spaces:put"), {"adresse": "/espaces/"}).status_code == 404
    assert not Resource.objects.filter(title="Piège").exists()


def test_a_column_that_goes_keeps_the_cards_that_were_taken_away(wall: Space, seat_of: Any) -> None:
    teacher, pupil = seat_of("teacher"), seat_of("pupil")
    first, second = (Column.objects.get(space=wall, title=title) for title in ("A", "B"))
    card = walls.add_card(pupil, second, "idea", "moqueuse")
    asking.report(seat_of("teacher"), card, "C’est moqueur.")
    asking.remove(pupil, card)
    assert walls.drop_column(teacher, second)
    card = Card.objects.get(pk=card.pk)
    assert card.column == first and Report.objects.filter(card=card, settled_at=None).exists()
    for one in Card.objects.kept().filter(space=wall):
        asking.remove(teacher, one, "Hors sujet")
    # The last column has nowhere to send them.
    assert not walls.drop_column(teacher, first) and Card.objects.filter(pk=card.pk).exists()
    assert asking.restore(teacher, card)


def test_a_word_that_was_said_otherwise_meanwhile_does_not_come_back(
    college: World, seat_of: Any, client: SchoolClient
) -> None:
    space, teacher = own_teaching(college), seat_of("teacher")
    former = walls.propose(teacher, space, "Multiple", "Avant.")
    asking.remove(teacher, former, "À redire")
    walls.propose(teacher, space, "multiple", "Après.")
    client.sit(college.people["teacher"])
    answer = client.post(reverse("spaces:restore_word", kwargs={"pk": former.pk}), follow=True)
    assert answer.status_code == 200 and "retirez l’autre définition" in answer.content.decode()
    former.refresh_from_db()
    assert former.removed_at is not None
