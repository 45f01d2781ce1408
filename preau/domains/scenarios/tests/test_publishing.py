"""What is published is read by anyone, signed as chosen; versions are kept, compared, and one may go back."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from conftest import SchoolClient
from preau.directory.seeds.world import World
from preau.domains.scenarios import rules
from preau.domains.scenarios.actions import authors, publishing, writing
from preau.domains.scenarios.models import LICENCES, Scenario
from preau.domains.scenarios.queries import space
from preau.domains.scenarios.queries.public import ScenarioFilter, beside_search, public_rows
from preau.domains.scenarios.tests.scene import FACTS, STEPS, draft, last_version, published, with_colleague


@pytest.fixture
def teacher(seat_of: Any) -> Any:
    return seat_of("teacher")


def public(scenario: Scenario) -> str:
    return reverse("scenarios:scenario", args=[scenario.code])


def publish_page(scenario: Scenario) -> str:
    return reverse("scenarios:publish", kwargs={"pk": scenario.pk})


PUBLISHED = {"signature": "role", "pseudonym": "", "licence": "cc-by-sa", "sure": "on"}


def test_it_is_read_by_anyone_without_a_cookie_and_names_nobody_who_did_not_choose_it(
    client: SchoolClient, teacher: Any, college: World
) -> None:
    made = draft(teacher)
    client.sit(college.people["teacher"])
    warning = client.get(publish_page(made)).content.decode()
    assert "Tout le monde pourra le lire" in warning
    assert client.post(publish_page(made), PUBLISHED | {"sure": ""}).status_code == 422
    for _ in range(2):
        client.post(publish_page(made), PUBLISHED)
    assert made.versions.count() == 1
    for address in (public(made), public(made) + "papier/", reverse("scenarios:home")):
        answer = Client().get(address)
        shown = answer.content.decode()
        assert answer.status_code == 200 and not answer.cookies
        assert "Thalès par les ombres" in shown and "Une enseignante" in shown
        assert teacher.person.family_name not in shown
    assert "Argumenter" not in shown
    for key in ("pupil", "guardian"):
        answer = SchoolClient().sit(college.people[key]).get(public(made))
        assert answer.status_code == 200 and "Reprendre dans mon espace" not in answer.content.decode()


def test_each_author_signs_as_they_chose(teacher: Any, seat_of: Any) -> None:
    made = draft(teacher)
    with_colleague(teacher, seat_of("teacher_1"), made)
    authors.sign(teacher, made.authors.get(is_first=True), "name", "")
    version = publishing.publish(teacher, made, "cc-by")
    assert version.signatures == [teacher.person.full_name, "Plume"]
    assert "Plume" in Client().get(public(made)).content.decode()


def test_what_is_not_finished_is_not_published(client: SchoolClient, teacher: Any, college: World) -> None:
    made = draft(teacher)
    writing.write_facts(teacher, made, replace(FACTS, abstract="", levels=()), 1)
    client.sit(college.people["teacher"])
    shown = client.get(publish_page(made)).content.decode()
    assert "un résumé" in shown and "un niveau au moins" in shown
    assert client.post(publish_page(made), PUBLISHED).status_code == 422
    with pytest.raises(publishing.NotReady):
        publishing.publish(teacher, made, "cc-by")
    assert not made.versions.exists()


def test_the_public_reads_the_last_version_and_not_what_is_being_written(teacher: Any) -> None:
    made = published(teacher)
    writing.write_facts(teacher, made, replace(FACTS, title="Titre en cours"), 1)
    assert "Titre en cours" not in Client().get(public(made)).content.decode()
    publishing.publish(teacher, made, "cc-by")
    assert "Titre en cours" in Client().get(public(made)).content.decode()
    assert made.versions.count() == 2
    assert publishing.withdraw(teacher, made) and not publishing.withdraw(teacher, made)
    assert Client().get(public(made)).status_code == 404
    publishing.publish(teacher, made, "cc-by")
    assert Client().get(public(made)).status_code == 200


def test_two_versions_are_compared_and_one_may_go_back(
    client: SchoolClient, teacher: Any, college: World
) -> None:
    made = published(teacher)
    first = last_version(made)
    writing.write_facts(teacher, made, replace(FACTS, abstract="Autre résumé"), 1)
    writing.remove_step(teacher, made, "deux")
    publishing.publish(teacher, made, "cc-by")
    second = last_version(made)
    changes = space.differences(first.content, second.content, space.places())
    assert [change.label.replace("\u202f", " ") for change in changes] == [
        "Résumé",
        "Étape 2 : Calculer",
        "Étape 2 : Comparer",
    ]
    assert changes[1].after == "" and "Calculer" in changes[1].before
    client.sit(college.people["teacher"])
    address = reverse("scenarios:versions", kwargs={"pk": made.pk})
    shown = client.get(address + "?de=1&a=2").content.decode()
    assert "Autre résumé" in shown and FACTS.abstract in shown
    assert client.get(address + "?de=²&a=x").status_code == 200
    # What is being written is kept as a version first.
    writing.write_facts(teacher, made, replace(FACTS, abstract="Pas encore publié"), 2)
    for _ in range(2):
        client.post(reverse("scenarios:go_back", kwargs={"pk": first.pk}))
    made.refresh_from_db()
    assert made.content.frozen() == first.content
    assert made.versions.count() == 3
    kept = last_version(made)
    assert kept.content.facts.abstract == "Pas encore publié" and not kept.is_published
    assert made.shown == second
    # Whoever was writing meanwhile is told.
    with pytest.raises(writing.Conflict):
        writing.write_facts(teacher, made, replace(FACTS, abstract="Ancien"), 2)


def test_it_is_found_by_the_beginning_of_its_words_by_level_and_by_subject(
    teacher: Any, seat_of: Any, client: SchoolClient
) -> None:
    made, hidden = published(teacher), draft(teacher, "Thalès caché")
    for words in ("thales omb", "OMBRES mesur", "mathematiques"):
        assert made in public_rows(ScenarioFilter(words)), words
        link = beside_search(words)
        assert link is not None, words
        assert "scénario" in link[0]
    assert hidden not in public_rows(ScenarioFilter("thales cache"))
    assert beside_search("thales cache") is None
    found = public_rows(ScenarioFilter("ombres", "4e", "mathematiques"))
    assert list(found) == [made]
    for asked in (
        ScenarioFilter("ombres", "ce1"),
        ScenarioFilter("ombres", "", "svt"),
        ScenarioFilter("zzz"),
    ):
        assert not public_rows(asked)
    for odd in ("?q=%00&niveau=%00", "?page=x", "?q=" + "a" * 500):
        assert client.get(reverse("scenarios:home") + odd).status_code == 200


# Licences


def test_the_table_of_licences() -> None:
    known = {one: set(map(str, rules.licences_after(one))) for one in rules.ADAPTED_UNDER}
    assert known == {
        "cc0": set(map(str, LICENCES)),
        "cc-by": {"cc-by", "cc-by-sa", "cc-by-nc", "cc-by-nc-sa"},
        "etalab": {"cc-by", "cc-by-sa", "cc-by-nc", "cc-by-nc-sa"},
        "cc-by-sa": {"cc-by-sa"},
        "cc-by-nc": {"cc-by-nc", "cc-by-nc-sa"},
        "cc-by-nc-sa": {"cc-by-nc-sa"},
        "cc-by-nd": set(),
        "cc-by-nc-nd": set(),
        "reserve": set(),
    }
    assert rules.licences_after("inconnue") == ()


def test_the_steps_of_the_scene_are_three() -> None:
    assert len(STEPS) == 3
