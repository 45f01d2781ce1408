"""What the pages of the catalogue show, the search apart."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse

from preau.domains.catalogue.models import Collection, Node, Resource, Sighting
from preau.foundation.boards import FrontTile

NEWEST = 6
# The disc of each subject of the programmes (foundation/art.py); the others show their first letters.
DISCS = {
    "explorer-le-monde": "maternelle",
    "francais": "francais",
    "mathematiques": "maths",
    "questionner-le-monde": "monde",
    "sciences-et-technologie": "ciel",
    "svt": "vivant",
    "physique-chimie": "sciences",
    "technologie": "technologie",
    "histoire": "histoire",
    "geographie": "geographie",
    "emc": "vivre",
    "arts-plastiques": "arts",
    "education-musicale": "musique",
    "anglais": "anglais",
    "eps": "eps",
}
# What a visitor opens at once on the first page, from the youngest to the oldest.
FIRST_SHELVES = ("lire-au-ce1", "english-first-steps", "maths-au-college", "maths-au-lycee")


@dataclass(frozen=True)
class Home:
    """The first page: where to begin."""

    cycles: Sequence[tuple[Node, Sequence[Node]]]
    subjects: Sequence[Node]
    collections: Sequence[Collection]
    newest: Sequence[Resource]

    @property
    def discs(self) -> dict[str, str]:
        """The drawing of each subject, once on the page: the first that has it."""
        found: dict[str, str] = {}
        for node in self.subjects:
            disc = DISCS.get(node.key, "")
            if disc and disc not in found.values():
                found[node.key] = disc
        return {key: f"disque:{disc}" for key, disc in found.items()}


def first_tiles() -> list[FrontTile]:
    """Four collections for four ages, those that are there (one statement)."""
    found = {shelf.slug: shelf for shelf in Collection.objects.counted().filter(slug__in=FIRST_SHELVES)}
    return [
        FrontTile(
            shelf.title,
            reverse("catalogue:collection", kwargs={"slug": slug}),
            f"couverture:{slug}",
            shelf.abstract,
        )
        for slug in FIRST_SHELVES
        if (shelf := found.get(slug))
    ]


def home() -> Home:
    """Levels by cycle and subjects that hold something, collections, and what came last: four statements."""
    nodes = list(Node.objects.in_force().exclude(kind=Node.Kind.NOTION).counted())
    held = [node for node in nodes if node.held]  # type: ignore[attr-defined]
    levels = [node for node in held if node.kind == Node.Kind.LEVEL]
    cycles = [
        (cycle, [level for level in levels if level.parent_id == cycle.pk])
        for cycle in nodes
        if cycle.kind == Node.Kind.CYCLE
    ]
    return Home(
        cycles=[(cycle, inside) for cycle, inside in cycles if inside],
        subjects=[node for node in held if node.kind == Node.Kind.SUBJECT],
        collections=list(Collection.objects.counted()),
        newest=lines(Resource.objects.published().order_by("-published", "pk")[:NEWEST]),
    )


def lines(rows: "QuerySet[Resource]") -> list[Resource]:
    """These resources with what a line of a list shows, never their content."""
    found = rows.select_related("collection").prefetch_related("nodes")
    return list(found.defer("parts", "text"))


def resource_at(collection: str, slug: str) -> Resource | None:
    """The published resource of this key, with its record and its drawings."""
    rows = Resource.objects.published().filter(key=f"{collection}/{slug}").with_record()
    rows = rows.select_related("collection", "institution", "adapted_from", "outside", "medium")
    return rows.prefetch_related("media").first()


def withdrawn_at(collection: str, slug: str) -> Resource | None:
    """What was published at this address and is not any more."""
    rows = Resource.objects.filter(key=f"{collection}/{slug}", status=Resource.Status.WITHDRAWN)
    return rows.select_related("institution").first()


# Whom a page is set for: the youngest of its levels, by how a child of that age reads.
YOUNGEST = {
    **dict.fromkeys(("ps", "ms", "gs", "cp", "ce1", "ce2", "cycle-1", "cycle-2"), "cycle-2"),
    **dict.fromkeys(("cm1", "cm2", "cycle-3"), "cycle-3"),
}


def reader_of(resource: Resource) -> str:
    """« cycle-2 », « cycle-3 », or nothing for whoever reads as adults do, from the levels that it is for."""
    found = {YOUNGEST.get(level.key, "") for level in resource.levels}
    return next((one for one in ("cycle-2", "cycle-3") if one in found), "")


def sources_of(resource: Resource) -> list[str]:
    """The names of those that name it."""
    rows = Sighting.objects.filter(resource=resource, is_gone=False).order_by("source__name")
    return list(rows.values_list("source__name", flat=True))


def resources_in(collection: Collection) -> "QuerySet[Resource]":
    """The published resources of a collection, in its order."""
    return collection.resources.published().with_record().defer("parts", "text")


def addresses() -> list[str]:
    """The keys of what a search engine may know."""
    return list(Resource.objects.published().order_by("key").values_list("key", flat=True))
