"""Objects of catalogue for the tests of pages: one of the cast's own, or many more."""

from django.db import transaction

from conftest import NOW
from preau.commons.media.tests.props import own_medium
from preau.directory.seeds.world import World
from preau.domains.catalogue.actions.publishing import next_edition
from preau.domains.catalogue.models import (
    Collection,
    FollowedSearch,
    Harvest,
    Institution,
    Miss,
    Node,
    Outside,
    Resource,
    Source,
)


def own_collection(college: World) -> Collection:
    return Collection.objects.get_or_create(
        slug="collection-du-test", defaults={"title": "Essais", "abstract": "Pour les tests."}
    )[0]


def own_resource(college: World) -> Resource:
    """The first of the collection of the test, made with it."""
    many_resources(college, 1)
    return Resource.objects.filter(collection=own_collection(college)).order_by("pk")[0]


def filled_collection(college: World) -> Collection:
    return own_resource(college).collection


def of_resource(college: World) -> dict[str, str]:
    return own_resource(college).place


@transaction.atomic
def many_resources(college: World, count: int) -> None:
    """`count` resources more in it, the last published of all."""
    shelf, edition = own_collection(college), next_edition()
    level = Node.objects.filter(kind=Node.Kind.LEVEL)[0]
    for _ in range(count):
        number = Resource.objects.count()
        made = Resource.objects.create(
            key=f"{shelf.slug}/essai-{number}",
            collection=shelf,
            title=f"Essai {number}",
            abstract="Un essai.",
            authors=["Préau"],
            institution=Institution.objects.all()[0],
            type="fiche",
            licence="cc-by",
            audiences=["eleve"],
            published=NOW.date(),
            changed=NOW.date(),
            source="test",
            digest="0" * 64,
            edition=edition,
            parts=[{"kind": "html", "html": "<p>Rien.</p>"}],
        )
        made.nodes.add(level)


def edited_resource(college: World) -> Resource:
    """A resource that an operator made of a book."""
    made = own_resource(college)
    made.source, made.medium = "plateforme", own_medium(college)
    made.save()
    return made


def many_collections(college: World, count: int) -> None:
    """`count` collections more, each with a resource."""
    for _ in range(count):
        number = Collection.objects.count()
        shelf = Collection.objects.create(slug=f"essais-{number}", title=f"Essais {number}", abstract="…")
        many_resources(college, 1)
        Resource.objects.filter(pk=Resource.objects.latest("pk").pk).update(collection=shelf)


def own_source(college: World) -> Source:
    """A source of the catalogue."""
    if not Source.objects.exists():
        many_sources(college, 1)
    return Source.objects.order_by("pk")[0]


def own_harvest(college: World) -> Harvest:
    many_harvests(college, 1)
    return own_source(college).harvests.order_by("pk")[0]


def many_sources(college: World, count: int) -> None:
    for _ in range(count):
        number = Source.objects.count()
        shelf = Collection.objects.create(slug=f"source-{number}", title=f"Source {number}", abstract="…")
        house = Institution.objects.create(slug=f"maison-{number}", name=f"Maison {number}")
        Source.objects.create(
            slug=f"source-{number}",
            name=f"Source {number}",
            kind="oai",
            address=f"https://source-{number}.example/oai",
            institution=house,
            collection=shelf,
            audiences=["eleve"],
        )


def many_harvests(college: World, count: int) -> None:
    """`count` readings more of it, each with problems."""
    problems = [{"where": f"page 1, notice {number}", "why": "Pas de titre."} for number in range(60)]
    for _ in range(count):
        Harvest.objects.create(
            source=own_source(college),
            state="waiting",
            began_at=NOW,
            ended_at=NOW,
            leaving=5,
            refused=60,
            problems=problems,
            sample=[
                {
                    "where": "…",
                    "title": "Une notice",
                    "address": "https://source.example/1",
                    "places": "CM1",
                    "licence": "cc-by",
                    "is_gone": False,
                }
            ],
        )


def many_misses(college: World, count: int) -> None:
    known = Miss.objects.count()
    Miss.objects.bulk_create(
        Miss(words=f"mot {known + n}", count=n + 1, last=NOW.date()) for n in range(count)
    )


def many_dead_links(college: World, count: int) -> None:
    own_source(college)
    for _ in range(count):
        many_resources(college, 1)
        made = Resource.objects.latest("pk")
        Outside.objects.create(
            resource=made,
            address=f"https://mort.example/{made.pk}",
            plain=f"{made.pk}",
            host="mort.example",
            dead_since=NOW.date(),
            failing_since=NOW.date(),
            failed_days=3,
            trouble="404",
        )


def many_followed(college: World, count: int) -> None:
    """`count` searches more that the pupil follows."""
    person = college.people["pupil"]
    FollowedSearch.objects.bulk_create(
        FollowedSearch(person=person, query=f"q=notion{rank}&niveau=cm1", since=NOW.date(), seen=0)
        for rank in range(FollowedSearch.objects.count(), FollowedSearch.objects.count() + count)
    )
