"""A resource or a colleague's scenario becomes the beginning of one's own, as far as its licence lets it."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from conftest import SchoolClient
from preau.directory.seeds.world import World
from preau.domains.catalogue.models import Resource
from preau.domains.scenarios.actions import adapting, publishing, writing
from preau.domains.scenarios.forms import LONGEST
from preau.domains.scenarios.models import Scenario
from preau.domains.scenarios.tests.scene import draft, published
from preau.foundation.richtext import cleaning, showing

PAGE = "/ressources/maths-au-college/le-theoreme-de-thales/"
TAKE_UP = "/mon-espace/reprendre/"


@pytest.fixture
def resource(college: World) -> Resource:
    return Resource.objects.get(key="maths-au-college/le-theoreme-de-thales")


@pytest.fixture
def teacher(seat_of: Any) -> Any:
    return seat_of("teacher")


@pytest.fixture
def sat(client: SchoolClient, college: World) -> SchoolClient:
    return client.sit(college.people["teacher"])


def test_teachers_find_the_gesture_on_the_page_and_visitors_the_same_page_as_before(
    sat: SchoolClient, college: World
) -> None:
    assert "Reprendre dans mon espace" in sat.get(PAGE).content.decode()
    answer = Client().get(PAGE)
    assert "Reprendre" not in answer.content.decode() and not answer.cookies
    for key in ("pupil", "guardian", "head"):
        shown = SchoolClient().sit(college.people[key]).get(PAGE).content.decode()
        assert "Reprendre dans mon espace" not in shown, key
        assert SchoolClient().sit(college.people[key]).get(TAKE_UP, {"adresse": PAGE}).status_code == 403


def test_a_resource_becomes_a_draft_that_holds_its_words_and_links_it(
    sat: SchoolClient, resource: Resource
) -> None:
    assert sat.get(TAKE_UP, {"adresse": PAGE, "titre": "<b>Faux</b>"}).status_code == 200
    for _ in range(2):
        assert sat.post(TAKE_UP, {"adresse": PAGE, "geste": "adapter"}).status_code == 302
    made = Scenario.objects.get(adapted_resource=resource)
    content = made.content
    assert content.facts.resources == (resource.key,) and content.facts.subject == "mathematiques"
    assert "Thalès" in content.steps[0].pupils and "<script" not in content.steps[0].pupils
    assert made.origin["licence"] == resource.licence and made.origin["authors"] == resource.authors


def test_every_resource_of_the_catalogue_can_be_written_again(teacher: Any, college: World) -> None:
    """Their words fit in the editor, and are what it would itself write."""
    for one in Resource.objects.published():
        text = adapting.words_to_change(one.parts)
        assert text and cleaning.clean(text) == text, one.key
        assert len(showing.plain(text)) <= LONGEST, one.key


def test_lineage_is_shown_both_ways_and_attribution_kept(
    teacher: Any, seat_of: Any, resource: Resource
) -> None:
    first = adapting.adapt_resource(teacher, resource)
    content = first.content
    assert not Client().get(PAGE).content.decode().count("Adaptée par des enseignants")
    writing.write_facts(teacher, first, _complete(content.facts), content.seen)
    publishing.publish(teacher, first, "cc-by-sa")
    assert "Adaptée par des enseignants" in Client().get(PAGE).content.decode()
    first.refresh_from_db()
    second = adapting.adapt_scenario(seat_of("teacher_1"), first)
    assert second.adapted_from == first
    # SA keeps SA.
    assert [str(one) for one in publishing.allowed(second)] == ["cc-by-sa"]
    with pytest.raises(publishing.WrongLicence):
        publishing.publish(seat_of("teacher_1"), second, "cc-by")
    publishing.publish(seat_of("teacher_1"), second, "cc-by-sa")
    shown = Client().get(reverse("scenarios:scenario", args=[second.code])).content.decode()
    assert (
        resource.authors[0] in shown
        and PAGE in shown
        and reverse("scenarios:scenario", args=[first.code]) in shown
    )
    back = Client().get(reverse("scenarios:scenario", args=[first.code])).content.decode()
    sign_in = f'href="{reverse("identity:sign_in")}?suite={first.address}"'
    assert "Pour l’adapter, connectez-vous" in back and sign_in in back
    assert "Adapté dans" in back and reverse("scenarios:scenario", args=[second.code]) in back


def _complete(facts: Any) -> Any:
    return replace(facts, objectives="<p>Comprendre.</p>", abstract="Un résumé.", levels=("4e",))


@pytest.mark.parametrize("licence", ["cc-by-nd", "cc-by-nc-nd", "reserve"])
def test_some_licences_refuse_with_a_clear_sentence(
    sat: SchoolClient, teacher: Any, resource: Resource, licence: str
) -> None:
    Resource.objects.filter(pk=resource.pk).update(licence=licence)
    shown = sat.get(TAKE_UP, {"adresse": PAGE}).content.decode()
    assert "ne permet pas d’en publier une version changée" in shown
    sat.post(TAKE_UP, {"adresse": PAGE, "geste": "adapter"})
    assert not Scenario.objects.filter(adapted_resource=resource).exists()
    # It may be linked all the same.
    mine = draft(teacher)
    for _ in range(2):
        sat.post(TAKE_UP, {"adresse": PAGE, "geste": "lier", "scenario": mine.pk})
    mine.refresh_from_db()
    assert mine.content.facts.resources == (resource.key,)


def test_a_colleague_s_scenario_under_nd_is_not_adapted(teacher: Any, seat_of: Any) -> None:
    closed = published(teacher, licence="cc-by-nd")
    with pytest.raises(adapting.MayNotAdapt):
        adapting.adapt_scenario(seat_of("teacher_1"), closed)
    private = draft(teacher, "Brouillon")
    with pytest.raises(adapting.MayNotAdapt):
        adapting.adapt_scenario(seat_of("teacher_1"), private)


def test_it_takes_up_nothing_but_what_anyone_reads(sat: SchoolClient, seat_of: Any, twin: World) -> None:
    hidden = draft(seat_of("teacher_1"), "Privé")
    assert "Aucune page choisie" in sat.get(TAKE_UP).content.decode()
    for address in (
        "//ailleurs.example/",
        f"https://ailleurs.example{PAGE}",
        "/absences/",
        PAGE.replace("thales", "rien"),
        f"/{PAGE}",
        reverse("scenarios:scenario", args=[hidden.code]),
        "/ressources/",
        "\\" + PAGE,
        f"/\t{PAGE}",
    ):
        assert sat.get(TAKE_UP, {"adresse": address}).status_code == 404, address
        assert sat.post(TAKE_UP, {"adresse": address, "geste": "adapter"}).status_code == 404, address
    elsewhere = draft(seat_of("teacher", world=twin), "Ailleurs")
    answer = sat.post(TAKE_UP, {"adresse": PAGE, "geste": "lier", "scenario": elsewhere.pk})
    assert answer.status_code == 422
