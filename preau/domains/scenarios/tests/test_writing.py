"""A teacher writes a scenario, alone and with a colleague; what is not published is its authors' alone."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from conftest import SchoolClient
from preau.commons.notifications.models import Item
from preau.directory.models import Holding
from preau.directory.seeds.world import World
from preau.directory.words import Role
from preau.domains.scenarios import rules
from preau.domains.scenarios.actions import authors, writing
from preau.domains.scenarios.models import Author, Scenario, Step, Version
from preau.domains.scenarios.queries import space
from preau.domains.scenarios.queries.public import public_at
from preau.domains.scenarios.tests.scene import (
    FACTS,
    body_of_facts,
    body_of_step,
    draft,
    published,
    with_colleague,
)


@pytest.fixture
def teacher(seat_of: Any) -> Any:
    return seat_of("teacher")


@pytest.fixture
def colleague(seat_of: Any) -> Any:
    return seat_of("teacher_1")


def page(name: str, scenario: Scenario, **more: Any) -> str:
    return reverse(f"scenarios:{name}", kwargs={"pk": scenario.pk, **more})


def titles(scenario: Scenario) -> list[str]:
    return [step.title for step in Scenario.objects.get(pk=scenario.pk).content.steps]


def test_only_teachers_have_a_space(holder: Any) -> None:
    assert {role for role in Role if rules.writes(holder(role))} == {Role.TEACHER}


def test_a_draft_is_seen_by_its_authors_alone(
    teacher: Any, colleague: Any, seat_of: Any, college: World, twin: World
) -> None:
    made = draft(teacher)
    assert made in Scenario.objects.visible_to(teacher)
    for key in ("teacher_1", "head", "cpe", "pupil", "guardian"):
        assert made not in Scenario.objects.visible_to(seat_of(key)), key
    assert made not in Scenario.objects.visible_to(seat_of("teacher", world=twin))
    # An invitation is not yet a right to read; and an author reads it in the school where it is.
    author = authors.invite(teacher, made, colleague.person)
    assert made not in Scenario.objects.visible_to(colleague)
    assert author in Author.objects.visible_to(colleague)
    authors.accept(colleague, author, "role", "")
    assert made in Scenario.objects.visible_to(colleague)
    Holding.objects.create(person=teacher.person, role=Role.TEACHER, school=twin.school)
    elsewhere = seat_of("teacher", f"staff-{twin.school.pk}")
    assert made not in Scenario.objects.visible_to(elsewhere)


def test_a_draft_leaks_on_no_public_page(client: SchoolClient, teacher: Any) -> None:
    made = draft(teacher, "Ombres secrètes du brouillon")
    for address in (
        reverse("scenarios:home"),
        reverse("scenarios:home") + "?q=ombres",
        "/sitemap.xml",
        "/recherche/?q=ombres+secretes",
    ):
        assert "secrètes" not in Client().get(address).content.decode()
    for name in ("scenario", "paper"):
        assert Client().get(reverse(f"scenarios:{name}", args=[made.code])).status_code == 404


def test_it_is_begun_once_and_nothing_typed_is_lost(
    client: SchoolClient, teacher: Any, college: World
) -> None:
    client.sit(college.people["teacher"])
    wrong = client.post(reverse("scenarios:create"), body_of_facts(minutes="beaucoup", title="Garder"))
    assert wrong.status_code == 422 and "Garder" in wrong.content.decode()
    for _ in range(2):
        client.post(reverse("scenarios:create"), body_of_facts(title="Une seule fois"))
    assert Scenario.objects.filter(title="Une seule fois").count() == 1


def test_linked_resources_are_ours(client: SchoolClient, college: World) -> None:
    client.sit(college.people["teacher"])
    known = "/ressources/maths-au-college/le-theoreme-de-thales/"
    for wrong in (
        "https://ailleurs.example" + known,
        "/ressources/rien/du-tout/",
        "//ailleurs.example",
        "/absences/",
    ):
        answer = client.post(reverse("scenarios:create"), body_of_facts(resources=f"{known}\n{wrong}"))
        assert answer.status_code == 422, wrong
        assert "n’est pas l’adresse d’une ressource" in answer.content.decode()
    client.post(reverse("scenarios:create"), body_of_facts(resources=known, title="Liée"))
    assert Scenario.objects.get(title="Liée").content.facts.resources == (
        "maths-au-college/le-theoreme-de-thales",
    )


def test_two_people_at_once_are_shown_both_texts(
    client: SchoolClient, teacher: Any, colleague: Any, college: World
) -> None:
    made = draft(teacher)
    with_colleague(teacher, colleague, made)
    client.sit(college.people["teacher"])
    for name, more, mine, theirs in [
        ("facts", {}, body_of_facts(abstract="Mon résumé"), body_of_facts(abstract="Le sien")),
        ("step", {"key": "un"}, body_of_step(title="Mon étape"), body_of_step(title="La sienne")),
    ]:
        address = page(name, made, **more)
        assert SchoolClient().sit(colleague.person).post(address, theirs).status_code == 302
        answer = client.post(address, mine)
        shown = answer.content.decode()
        assert answer.status_code == 409
        assert (
            theirs.get("abstract", theirs["title"]) in shown and mine.get("abstract", mine["title"]) in shown
        )
        before = Scenario.objects.get(pk=made.pk).content
        assert "Le sien" in before.facts.abstract or "La sienne" in before.steps[0].title
        # The page has seen the other's text: sent again, it is kept.
        assert client.post(address, mine | {"seen": "2"}).status_code == 302
    content = Scenario.objects.get(pk=made.pk).content
    assert (content.facts.abstract, content.steps[0].title) == ("Mon résumé", "Mon étape")


def test_a_step_taken_out_under_ones_pen_comes_back_with_what_was_typed(teacher: Any) -> None:
    made = draft(teacher)
    writing.remove_step(teacher, made, "deux")
    typed = Step("", "Calculer mieux")
    with pytest.raises(writing.Conflict) as conflict:
        writing.write_step(teacher, made, "deux", typed, 1)
    assert conflict.value.removed
    assert writing.write_step(teacher, made, "deux", typed, conflict.value.seen)
    assert titles(made) == ["Mesurer", "Calculer mieux", "Comparer"]


def test_steps_are_moved_taken_out_and_put_back_by_plain_buttons(
    client: SchoolClient, teacher: Any, college: World
) -> None:
    made = draft(teacher)
    client.sit(college.people["teacher"])
    for _ in range(2):
        client.post(page("arrange", made, key="trois"), {"place": "1"})
    assert titles(made) == ["Comparer", "Mesurer", "Calculer"]
    for _ in range(2):
        client.post(page("arrange", made, key="un"), {"geste": "retirer"})
    assert titles(made) == ["Comparer", "Calculer"]
    assert "Étapes retirées" in client.get(page("workshop", made)).content.decode()
    for _ in range(2):
        client.post(page("arrange", made, key="un"), {"geste": "remettre"})
    assert titles(made) == ["Comparer", "Mesurer", "Calculer"]
    for odd in ({"place": "x"}, {"place": "²"}, {}, {"place": "99999"}):
        assert client.post(page("arrange", made, key="inconnue"), odd).status_code == 302


def test_a_step_is_added_once(client: SchoolClient, teacher: Any, college: World) -> None:
    made = draft(teacher)
    client.sit(college.people["teacher"])
    for _ in range(2):
        client.post(page("add_step", made), body_of_step())
    assert titles(made)[-1] == "Débattre" and len(titles(made)) == 4
    assert client.post(page("add_step", made), body_of_step(title="")).status_code == 422


def test_what_is_taken_away_comes_back_for_thirty_days(teacher: Any, clock: Any) -> None:
    made = published(teacher)
    assert writing.remove(teacher, made) and not writing.remove(teacher, made)
    assert public_at(made.code) is None
    assert made in space.removed_of(teacher)
    assert writing.restore(teacher, made)
    assert public_at(made.code) == made
    writing.remove(teacher, made)
    clock.shift(timedelta(days=29))
    assert writing.drop_removed() == 0
    clock.shift(timedelta(days=2))
    assert writing.drop_removed() == 1
    assert not Version.objects.filter(scenario_id=made.pk).exists()


def test_a_colleague_is_invited_told_and_accepts(
    client: SchoolClient, teacher: Any, colleague: Any, college: World, twin: World
) -> None:
    made = draft(teacher)
    client.sit(college.people["teacher"])
    address = page("authors", made)
    assert client.post(address, {"person": twin.people["teacher"].pk}).status_code == 422
    assert client.post(address, {"person": college.people["head"].pk}).status_code == 422
    for _ in range(2):
        client.post(address, {"person": colleague.person.pk})
    author = Author.objects.get(scenario=made, person=colleague.person)
    assert Item.objects.filter(kind="scenarios.invited", person=colleague.person).count() == 1
    other = SchoolClient().sit(colleague.person)
    assert made.title in other.get(reverse("scenarios:space")).content.decode()
    assert other.get(page("workshop", made)).status_code == 404
    answer = reverse("scenarios:invitation", kwargs={"pk": author.pk})
    assert other.post(answer, {"signature": "pseudonym", "pseudonym": ""}).status_code == 422
    assert other.post(answer, {"signature": "pseudonym", "pseudonym": "Plume"}).status_code == 302
    assert other.get(page("workshop", made)).status_code == 200
    # A co-author writes, and neither invites nor answers for another.
    assert not rules.invites(colleague, made) and rules.invites(teacher, made)
    assert client.get(answer).status_code == 403


def test_nobody_invites_to_what_is_taken_away(teacher: Any) -> None:
    made = draft(teacher)
    assert rules.invites(teacher, made)
    writing.remove(teacher, made)
    made.refresh_from_db()
    assert not rules.invites(teacher, made)


def test_leaving_never_leaves_a_scenario_to_nobody(teacher: Any, colleague: Any) -> None:
    made = draft(teacher)
    first = made.authors.get()
    assert not authors.leave(teacher, first)
    with_colleague(teacher, colleague, made)
    assert authors.leave(teacher, first)
    assert made.authors.get().person_id == colleague.person.pk
    assert made.authors.get().is_first and rules.invites(colleague, made)


def test_who_is_erased_takes_drafts_along_and_leaves_what_is_published(teacher: Any, colleague: Any) -> None:
    private, public, shared = draft(teacher, "Privé"), published(teacher, "Public"), draft(teacher, "Partagé")
    with_colleague(teacher, colleague, shared)
    writing.write_facts(teacher, public, FACTS, 1)
    mine = Author.objects.filter(person=teacher.person).count()
    assert authors.forget(teacher.person.pk) == mine >= 3
    assert not Author.objects.filter(person=teacher.person).exists()
    assert not Scenario.objects.filter(pk=private.pk).exists()
    public.refresh_from_db()
    # What was written since goes with its author; the signature that they chose stays.
    assert public.title == "Public" and public.is_public and not public.authors.exists()
    assert public.shown.made_by is None and public.shown.signatures == ["Une enseignante"]
    assert shared.authors.get().person_id == colleague.person.pk
