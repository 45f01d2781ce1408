"""The pages: of whoever assigns, with the counts before; of readers, with what is transmitted; and what they cost."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conftest import NOW, SchoolClient
from preau.commons.notifications.models import Item
from preau.commons.signon.models import Address, Opening, Service
from preau.directory.models import Enrolment, Group, Holding, Person, Subject
from preau.directory.seeds.world import World
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.mediacentre.actions import assigning, keeping, telling
from preau.domains.mediacentre.exports import assignments_csv
from preau.domains.mediacentre.models import Resource, Rule, Seen, Subscription, Target
from preau.domains.mediacentre.queries import counting
from preau.domains.mediacentre.queries.previews import Proposal
from tests.pages import counted
from tests.statements import MOST_QUERIES, Statements

MINE, ALL, ASSIGN = (reverse(f"mediacentre:{name}") for name in ("mine", "resources", "assign"))


@pytest.fixture
def book(college: World) -> Resource:
    found = Resource.objects.create(
        school=college.school,
        code="ark:/9/b",
        name="Livre des vents",
        search_name="livre des vents",
        url="https://sp-auth.gar.example/domaineGar?idSrc=b",
        listed_on=NOW.date(),
    )
    Subscription.objects.create(school=college.school, resource=found, code="B", licences=8, for_pupils=True)
    return found


def body(response: Any) -> str:
    text: str = response.content.decode().replace("\u202f", " ")
    return text


def test_a_librarian_looks_at_the_counts_then_assigns(
    college: World, client: SchoolClient, librarian: Person, book: Resource
) -> None:
    client.sit(librarian)
    data = {"ressource": [book.pk], "whom": "pupil-levels", "levels": ["6e"], "sent_as": "b" * 32}
    page = body(client.post(ASSIGN, data | {"geste": "voir"}))
    assert "6 personnes concernées" in page
    assert "2 licences restantes" in page
    assert not Rule.objects.filter(resources=book).exists()
    changed = client.post(ASSIGN, data | {"geste": "attribuer", "vu": "5"})
    assert changed.status_code == 409
    assert not Rule.objects.filter(resources=book).exists()
    done = client.post(ASSIGN, data | {"geste": "attribuer", "vu": "6"})
    assert done.status_code == 302
    assert "6 personnes aujourd’hui" in body(client.get(done.url))
    refused = client.post(
        ASSIGN, {"ressource": [book.pk], "whom": "pupil-all", "geste": "attribuer", "vu": "12"}
    )
    assert refused.status_code == 422
    assert "12 personnes pour 8 licences, il en manque 4" in body(refused)


def test_a_mistake_keeps_what_was_typed(
    college: World, client: SchoolClient, librarian: Person, book: Resource
) -> None:
    client.sit(librarian)
    answer = client.post(ASSIGN, {"ressource": [book.pk], "whom": "pupil-groups", "levels": ["6e"]})
    assert answer.status_code == 422
    assert "Choisissez au moins une classe ou un groupe." in body(answer)
    assert f'name="ressource" value="{book.pk}"' in body(answer)


def test_resources_and_people_of_elsewhere_are_not_assigned(
    college: World, twin: World, client: SchoolClient, librarian: Person, book: Resource
) -> None:
    client.sit(librarian)
    theirs = Resource.objects.filter(school=twin.school, is_open=True)[0]
    group = Group.objects.filter(school=twin.school)[0]
    assert "Aucune ressource choisie" in body(client.get(ASSIGN, {"ressource": [theirs.pk]}))
    wrong = client.post(ASSIGN, {"ressource": [book.pk], "whom": "pupil-groups", "groups": [group.pk]})
    assert wrong.status_code == 422
    give = reverse("mediacentre:give", kwargs={"pk": book.pk})
    client.post(give, {"personne": [twin.people["pupil"].public_id, college.people["pupil"].public_id]})
    named = Target.objects.filter(rule__resources=book).values_list("person", flat=True)
    assert list(named) == [college.people["pupil"].pk]
    assert client.get(reverse("mediacentre:resource", kwargs={"pk": theirs.pk})).status_code == 404
    for name in ("give", "set_apart", "licences", "families"):
        assert client.post(reverse(f"mediacentre:{name}", kwargs={"pk": theirs.pk})).status_code == 404


def test_who_has_and_who_has_not(
    college: World, client: SchoolClient, librarian: Person, book: Resource
) -> None:
    client.sit(librarian)
    people = reverse("mediacentre:people", kwargs={"pk": book.pk})
    nina = college.people["pupil"]
    # There are two of her name.
    box = f'value="{nina.public_id}"'
    assert box in body(client.get(people, {"qui": "sans", "texte": "nina"}))
    client.post(reverse("mediacentre:give", kwargs={"pk": book.pk}), {"personne": [nina.public_id]})
    assert box in body(client.get(people))
    assert box not in body(client.get(people, {"qui": "sans", "texte": "nina"}))
    client.post(reverse("mediacentre:set_apart", kwargs={"pk": book.pk}), {"personne": [nina.public_id]})
    without = body(client.get(people, {"qui": "sans", "texte": "nina"}))
    assert box in without
    assert "Mise à part" in without


def test_a_pupil_reads_what_is_transmitted_before_the_first_time(
    college: World, client: SchoolClient, assigner: Viewer, book: Resource
) -> None:
    service = Service.objects.create(
        name="GAR",
        text="Les ressources.",
        address="https://sp-auth.gar.example/",
        profiles=["pupil"],
        changed_at=NOW,
        released={
            "profile": {"why": "x", "since": "2026-09-01"},
            "email": {"why": "x", "since": "2026-09-01"},
        },
    )
    Address.objects.create(service=service, origin="https://sp-auth.gar.example", path="/")
    opening = Opening.objects.create(
        service=service, school=college.school, is_on=True, agreed=["profile"], profiles=["pupil"]
    )
    assigning.assign(assigner, Proposal("pupil", "levels", levels=("5e",)), [book.pk])
    client.sit(college.people["pupil"])
    assert book.url not in body(client.get(MINE)).replace("&amp;", "&")
    one = reverse("mediacentre:one", kwargs={"pk": book.pk})
    page = body(client.get(one))
    assert "Profil (élève, parent, personnel)" in page
    assert "Adresse électronique" not in page
    assert "Ouvrir la ressource" not in page
    for _time in range(2):
        client.post(reverse("mediacentre:understand", kwargs={"pk": book.pk}))
    assert Seen.objects.filter(person=college.people["pupil"]).count() == 1
    assert "Ouvrir la ressource" in body(client.get(one))
    assert book.url in body(client.get(MINE)).replace("&amp;", "&")
    # The school lets more out: it is said again first.
    Opening.objects.filter(pk=opening.pk).update(agreed=["profile", "email"])
    assert book.url not in body(client.get(MINE)).replace("&amp;", "&")
    assert "Adresse électronique" in body(client.get(one))


def test_a_pupil_never_sees_who_else_has_what(
    college: World, client: SchoolClient, assigner: Viewer, book: Resource
) -> None:
    rule = assigning.assign(assigner, Proposal("pupil", "levels", levels=("5e",)), [book.pk])
    for key in ("pupil", "guardian", "teacher", "cpe"):
        client.sit(college.people[key])
        for name, pk in (("resource", book.pk), ("people", book.pk), ("rule", rule.pk)):
            assert client.get(reverse(f"mediacentre:{name}", kwargs={"pk": pk})).status_code in {403, 404}, (
                key,
                name,
            )
        for name in ("resources", "rules", "lists", "export"):
            assert client.get(reverse(f"mediacentre:{name}")).status_code == 403, (key, name)


def test_a_family_sees_and_does_not_open(
    college: World, client: SchoolClient, assigner: Viewer, book: Resource
) -> None:
    assigning.assign(assigner, Proposal("pupil", "levels", levels=("5e",)), [book.pk])
    one = reverse("mediacentre:one", kwargs={"pk": book.pk})
    client.sit(college.people["guardian"])
    assert client.get(one).status_code == 404
    keeping.show_to_families(assigner, book, shown=True)
    page = body(client.get(one))
    assert "Elle s’ouvre avec le compte de l’élève" in page
    assert book.url not in page
    assert client.post(reverse("mediacentre:understand", kwargs={"pk": book.pk})).status_code == 403


def test_those_concerned_are_told_once_of_all_at_once(
    college: World, assigner: Viewer, book: Resource
) -> None:
    other = Resource.objects.create(
        school=college.school,
        code="ark:/9/c",
        name="Cartes",
        search_name="cartes",
        url=book.url,
        listed_on=NOW.date(),
    )
    rule = assigning.assign(assigner, Proposal("pupil", "levels", levels=("5e",)), [book.pk, other.pk])
    for _time in range(2):
        assert telling.tell_given(rule.pk) == 6
    item = Item.objects.get(kind="mediacentre.new", person=college.people["pupil"])
    assert item.facts["what"] == "Cartes, Livre des vents"
    assert not Item.objects.filter(kind="mediacentre.new", person=college.people["guardian"]).exists()
    assigning.end(assigner, rule)
    assert telling.tell_given(rule.pk) == 0


def test_the_export_names_who_has_what(
    college: World, client: SchoolClient, assigner: Viewer, book: Resource
) -> None:
    assigning.assign(assigner, Proposal("pupil", "levels", levels=("5e",)), [book.pk])
    client.sit(assigner.person)
    with CaptureQueriesContext(connection) as done:
        lines = "".join(assignments_csv(assigner))
    assert len(done) == 3
    assert "Livre des vents;ark:/9/b;Élèves;ABADIE;Nina;5e B" in lines


# A whole school


@pytest.fixture
def large(college: World) -> World:
    """1 200 pupils in forty classes, sixty teachers, sixty resources, forty rules over twenty resources each."""
    school, year = college.school, college.year
    classes = Group.objects.bulk_create(
        Group(school=school, year=year, kind="class", name=f"C{n}", level=f"{3 + n % 4}e") for n in range(40)
    )
    people = Person.objects.bulk_create(
        Person(family_name=f"P{n}", given_name="Ana", search_name=f"p{n} ana", public_id=f"large{n}")
        for n in range(1260)
    )
    Holding.objects.bulk_create(
        Holding(person=one, school=school, role=Role.PUPIL if n < 1200 else Role.TEACHER)
        for n, one in enumerate(people)
    )
    Enrolment.objects.bulk_create(
        Enrolment(school=school, group=classes[n % 40], pupil=one) for n, one in enumerate(people[:1200])
    )
    resources = Resource.objects.bulk_create(
        Resource(
            school=school,
            code=f"ark:/1/{n}",
            name=f"Ressource {n}",
            search_name=f"ressource {n}",
            url="https://sp-auth.gar.example/x",
            listed_on=NOW.date(),
        )
        for n in range(60)
    )
    Subscription.objects.bulk_create(
        Subscription(
            school=school, resource=one, code=f"L{n}", licences=2000, for_pupils=True, for_teachers=True
        )
        for n, one in enumerate(resources)
    )
    made_by = college.people["head"]
    rules = Rule.objects.bulk_create(
        Rule(
            school=school, public="pupil", scope="levels" if n % 2 else "groups", made_by=made_by, made_at=NOW
        )
        for n in range(40)
    )
    Target.objects.bulk_create(
        Target(school=school, rule=one, **({"level": f"{3 + n % 4}e"} if n % 2 else {"group": classes[n]}))
        for n, one in enumerate(rules)
    )
    Rule.resources.through.objects.bulk_create(
        Rule.resources.through(rule=one, resource=resources[(n + more) % 60])
        for n, one in enumerate(rules)
        for more in range(20)
    )
    return college


def test_a_large_school_costs_the_same_and_is_counted_right(large: World, client: SchoolClient) -> None:
    client.sit(large.people["head"])
    counts = counting.used(NOW.date(), large.school.pk)
    resource = Resource.objects.get(school=large.school, code="ark:/1/20")
    expected: set[int] = set()
    for rule in resource.rules.all():
        for target in rule.targets.all():
            learnt = Enrolment.objects.filter(group__school=large.school, group__year=large.year)
            learnt = (
                learnt.filter(group=target.group)
                if target.group
                else learnt.filter(group__level=target.level)
            )
            expected |= set(learnt.values_list("pupil_id", flat=True))
    assert sum(counts[resource.pk].values()) == len(expected) > 300
    group = Group.objects.get(year=large.year, name="C0")
    addresses = [
        ALL,
        reverse("mediacentre:rules"),
        reverse("mediacentre:resource", kwargs={"pk": resource.pk}),
        reverse("mediacentre:people", kwargs={"pk": resource.pk}),
        reverse("mediacentre:people", kwargs={"pk": resource.pk}) + f"?qui=sans&classe={group.pk}",
        ASSIGN + f"?ressource={resource.pk}",
    ]
    for address in addresses:
        answer, asked = counted(client, address)
        assert answer.status_code == 200
        assert asked <= MOST_QUERIES, address
        assert len(answer.content) <= 60_000, address
    subject = Subject.objects.filter(school=large.school)[0]
    data = {
        "ressource": [
            resource.pk
            for resource in Resource.objects.filter(school=large.school, code__startswith="ark:/1/")[:20]
        ]
    }
    data |= {"whom": "teacher-subjects", "subjects": [subject.pk], "geste": "voir"}
    with Statements(connection) as done:
        answer = client.post(ASSIGN, data)
    assert answer.status_code == 200
    assert done.count <= MOST_QUERIES
