"""Objects of scenarios for the tests of pages: one of the cast's own, or many more."""

from dataclasses import replace
from typing import Any

from conftest import NOW
from preau.directory.models import Person
from preau.directory.seeds.world import World
from preau.directory.viewer import viewer_for
from preau.domains.catalogue.models import Resource
from preau.domains.scenarios.actions import publishing, writing
from preau.domains.scenarios.models import Author, Case, Content, Facts, Qualification, Review, Scenario, Step

SCENARIO = "Mesurer avec son ombre"
# What a page that puts a resource to use is opened with.
USED = "adresse=/ressources/maths-au-college/le-theoreme-de-thales/&titre=Thales"


def own_scenario(college: World) -> Scenario:
    """One that the cast's teacher writes, published once, with a step."""
    teacher = viewer_for(college.people["teacher"], 0, NOW)
    known = Scenario.objects.filter(title=SCENARIO, school=college.school).first()
    if known:
        return known
    facts = Facts(SCENARIO, "Un résumé.", ("4e",), "mathematiques", 50, "<p>Comprendre.</p>")
    made = writing.begin(teacher, Content(facts, (Step("un", "Chercher", 10, teacher="<p>Observe.</p>"),)))
    publishing.publish(teacher, made, "cc-by")
    return Scenario.objects.get(pk=made.pk)


def own_author(college: World) -> Author:
    return own_scenario(college).authors.get(is_first=True)


def of_scenario(college: World) -> dict[str, Any]:
    return {"code": own_scenario(college).code}


def of_step(college: World) -> dict[str, Any]:
    return {"pk": own_scenario(college).pk, "key": own_scenario(college).content.steps[0].key}


def many_scenarios(college: World, count: int) -> None:
    """`count` scenarios more of the cast's teacher, published."""
    teacher = viewer_for(college.people["teacher"], 0, NOW)
    body = own_scenario(college).content
    for _ in range(count):
        number = Scenario.objects.count()
        facts = replace(body.facts, title=f"Scénario {number}")
        publishing.publish(teacher, writing.begin(teacher, replace(body, facts=facts)), "cc-by")


def many_scenario_steps(college: World, count: int) -> None:
    teacher = viewer_for(college.people["teacher"], 0, NOW)
    for _ in range(count):
        number = len(Scenario.objects.get(pk=own_scenario(college).pk).content.steps)
        writing.add_step(teacher, own_scenario(college), Step("", f"Étape {number}", 5))


def many_published_steps(college: World, count: int) -> None:
    many_scenario_steps(college, count)
    publishing.publish(viewer_for(college.people["teacher"], 0, NOW), own_scenario(college), "cc-by")


def many_scenario_versions(college: World, count: int) -> None:
    for _ in range(count):
        many_published_steps(college, 1)


def many_co_authors(college: World, count: int) -> None:
    for _ in range(count):
        number = Person.objects.count()
        person = Person.objects.create(family_name=f"Coauteur {number}", given_name="Ana")
        Author.objects.create(scenario=own_scenario(college), person=person, invited_at=NOW, accepted_at=NOW)


def own_opinion(college: World) -> Review:
    """What the cast's teacher thinks of a resource."""
    resource = Resource.objects.get(key="maths-au-college/le-theoreme-de-thales")
    marks = {
        "clarity": 4,
        "interest": 4,
        "access": 4,
        "ease": 4,
        "level": "4e",
        "signed": "Enseignante de 4e",
    }
    found: Review = Review.objects.get_or_create(
        person=college.people["teacher"],
        resource=resource,
        defaults=marks | {"made_at": NOW, "changed_at": NOW, "text": "Clair."},
    )[0]
    return found


def own_qualification(college: World) -> Qualification:
    resource = Resource.objects.get(key="maths-au-college/le-theoreme-de-thales")
    found: Qualification = Qualification.objects.get_or_create(
        resource=resource, defaults={"opened_at": NOW, "changed_at": NOW}
    )[0]
    return found


def own_case(college: World) -> Case:
    """It was reported, and hidden."""
    found: Case = Case.objects.get_or_create(
        review=own_opinion(college),
        defaults={"state": "decided", "hidden": True, "why": "x", "decided_at": NOW, "opened_at": NOW},
    )[0]
    return found


def many_opinions(college: World, count: int) -> None:
    """`count` teachers more say what they think of the same resource."""
    model = own_opinion(college)
    for _ in range(count):
        number = Person.objects.count()
        person = Person.objects.create(family_name=f"Avis {number}", given_name="Ana")
        model.pk, model.person, model.text = None, person, f"Avis {number}"
        model.save(force_insert=True)
