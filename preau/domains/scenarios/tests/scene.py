"""Scenarios of the cast's teacher, for tests."""

from dataclasses import replace
from typing import Any

from conftest import SchoolClient
from preau.directory.models import Holding, Person
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.scenarios.actions import authors, publishing, writing
from preau.domains.scenarios.models import Author, Content, Facts, Scenario, Step, Version
from preau.identity.models import Account

FACTS = Facts(
    "Thalès par les ombres",
    "Mesurer un arbre avec son ombre.",
    ("4e",),
    "mathematiques",
    55,
    "<p>Calculer une longueur.</p>",
)
STEPS = tuple(
    Step(
        key,
        title,
        15,
        "sous-groupe",
        "<p>Distribue.</p>",
        f"<p>{title} en groupe.</p>",
        "Une corde",
        "<p>Un schéma.</p>",
    )
    for key, title in (("un", "Mesurer"), ("deux", "Calculer"), ("trois", "Comparer"))
)


def draft(viewer: Viewer, title: str = FACTS.title, **origin: Any) -> Scenario:
    return writing.begin(viewer, Content(replace(FACTS, title=title), STEPS), **origin)


def published(viewer: Viewer, title: str = FACTS.title, licence: str = "cc-by") -> Scenario:
    made = draft(viewer, title)
    publishing.publish(viewer, made, licence)
    made.refresh_from_db()
    return made


def with_colleague(viewer: Viewer, other: Viewer, scenario: Scenario) -> Author:
    """A colleague of the school who has accepted, and signs with a pseudonym."""
    author = authors.invite(viewer, scenario, other.person)
    authors.accept(other, author, "pseudonym", "Plume")
    return author


def body_of_facts(**others: Any) -> dict[str, Any]:
    return {
        "title": FACTS.title,
        "abstract": FACTS.abstract,
        "levels": ["4e"],
        "subject": "mathematiques",
        "minutes": "55",
        "objectives": "Calculer une longueur.",
        "material": "",
        "resources": "",
        "seen": "1",
    } | others


def body_of_step(**others: Any) -> dict[str, Any]:
    return {
        "title": "Débattre",
        "minutes": "10",
        "setting": "classe-entiere",
        "teacher": "Relance.",
        "pupils": "Argumentent.",
        "material": "",
        "differentiation": "",
        "seen": "1",
    } | others


def last_version(scenario: Scenario) -> Version:
    found = scenario.versions.first()
    assert found
    return found


def an_operator() -> SchoolClient:
    """Somebody who runs the platform, signed in."""
    person = Person.objects.create(family_name="Exploitant", given_name="Ada")
    Holding.objects.create(person=person, role=Role.OPERATOR)
    Account.objects.create(person=person, login="exploitant.essai", password="!")
    return SchoolClient().sit(person)
