"""The routes of catalogue, as it tells the tests of them (tests/declared.py)."""

from django.db.models import Model

from conftest import NOW
from preau.commons.media.models import Medium
from preau.commons.media.tests.routes import SHOWN_MEDIUM
from preau.directory.models import Subject
from preau.directory.seeds.world import World
from preau.domains.catalogue.actions.publishing import next_edition
from preau.domains.catalogue.models import (
    Collection,
    FollowedSearch,
    Harvest,
    Institution,
    Miss,
    Node,
    Resource,
    Source,
)
from preau.domains.catalogue.models.edited import EditedResource
from preau.domains.catalogue.tests.props import (
    edited_resource,
    filled_collection,
    many_collections,
    many_followed,
    many_resources,
    of_resource,
    own_harvest,
    own_resource,
    own_source,
)
from tests import pages
from tests.declared import Body, Data, Named
from tests.net.matrix_cast import (
    ANYBODY,
    EVERYONE,
    NOBODY,
    OWN,
    OWNERS,
    SIGNED_IN,
    TODAY,
    Near,
    Stage,
    near,
    runs_the_platform,
)
from tests.pages import Page

# Pages

PAGES = [
    Page("catalogue:home", pages.EVERYONE),
    Page("catalogue:search", pages.EVERYONE),
    Page("catalogue:followed", pages.EVERYONE),
    Page("catalogue:collection", pages.EVERYONE, model=filled_collection, by="slug"),
    Page("catalogue:resource", pages.EVERYONE, model=own_resource, by="", beside=of_resource),
    Page("catalogue:sources", {"operator"}),
    Page("catalogue:add_source", {"operator"}),
    Page("catalogue:dead_links", {"operator"}),
    Page("catalogue:misses", {"operator"}),
    Page("catalogue:source", {"operator"}, model=own_source, by="slug"),
    Page("catalogue:change_source", {"operator"}, model=own_source, by="slug"),
    Page("catalogue:harvest", {"operator"}, model=own_harvest),
    Page("catalogue:desk", {"operator"}),
    Page("catalogue:add", {"operator"}),
    Page("catalogue:change", {"operator"}, 404, model=edited_resource),
]
PUBLIC = {"catalogue:home", "catalogue:search", "catalogue:collection", "catalogue:resource"}
ELSEWHERE = {
    "catalogue:follow",
    "catalogue:unfollow",
    "catalogue:clear_miss",
    "catalogue:suggestions",
    "catalogue:tell_miss",
    "catalogue:feed",
    "catalogue:paper",
    "catalogue:media",
    "catalogue:oai",
    "catalogue:oembed",
    "catalogue:card",
    "portal:api_ressources",
    "portal:api_ressource",
    "catalogue:try_source",
    "catalogue:harvest_source",
    "catalogue:pause_source",
    "catalogue:settle_harvest",
    "catalogue:export_harvests",
    "catalogue:export_problems",
    "catalogue:export_dead_links",
    "catalogue:export_misses",
    # commons/media/tests, catalogue/tests/test_media.py.
    "catalogue:withdraw",
    "catalogue:put_back",
}
LISTS = [
    ("pupil", "catalogue:home", many_collections),
    ("pupil", "catalogue:followed", many_followed),
    ("pupil", "catalogue:search?tri=recentes", many_resources),
    ("pupil", "catalogue:collection", many_resources),
]
LISTS_APART = {
    # Thirty entries of a feed: catalogue/tests/test_search.py.
    "catalogue:feed",
    # A hundred records a page: catalogue/tests/test_provider.py, test_open_api.py.
    "catalogue:oai",
    "portal:api_ressources",
    # Streamed: catalogue/tests/test_sources.py.
    "catalogue:export_harvests",
    "catalogue:export_problems",
    "catalogue:export_dead_links",
    "catalogue:export_misses",
    # The cast has no operator: catalogue/tests/test_sources.py.
    "catalogue:sources",
    "catalogue:source",
    "catalogue:dead_links",
    "catalogue:misses",
    # Of an operator: commons/media/tests/test_players.py, catalogue/tests/test_media.py.
    "catalogue:desk",
    "catalogue:add",
}
ONE_THING = {
    "catalogue:oembed",
    "catalogue:card",
    "portal:api_ressource",
    "catalogue:add_source",
    "catalogue:change_source",
    # One resource, and four at most beside it; eight suggestions.
    "catalogue:resource",
    "catalogue:paper",
    "catalogue:media",
    "catalogue:suggestions",
    "catalogue:change",
    # Fifty problems at most, and twenty records.
    "catalogue:harvest",
}
OF_OTHERS = {
    # Another site frames a card; a program asks for a resource by its identifier (catalogue/tests).
    "catalogue:card",
    "portal:api_ressource",
    # A browser asks for a drawing, beside the page that shows it.
    "catalogue:media",
}


def lay(college: World) -> None:
    """A search that the head follows, and may give up; a resource that an operator made."""
    FollowedSearch.objects.create(
        person=college.people["head"], query="q=fractions", since=NOW.date(), seen=0
    )
    edited_resource(college)


# The isolation matrix

# A resource of the starter collection, with questions and a drawing.
RESOURCE = {"collection": "nombres-et-calculs", "slug": "les-fractions-et-la-tablette"}
SEES: dict[type[Model], Near] = {
    FollowedSearch: near(own={"guardian"}, other_class={"teacher"}, other_school={"neighbour_head"}),
    # Whoever runs one territory changes nothing of the catalogue.
    EditedResource: near(),
    Miss: near(),
    Source: near(),
    Harvest: near(),
}
OPENS: dict[str, Near | set[str]] = {
    "catalogue:desk": set(),
    "catalogue:add": set(),
    "catalogue:change": SEES[EditedResource],
    "catalogue:withdraw": SEES[EditedResource],
    "catalogue:put_back": SEES[EditedResource],
    "catalogue:home": EVERYONE,
    "catalogue:search": EVERYONE,
    "catalogue:suggestions": EVERYONE,
    "catalogue:feed": EVERYONE,
    "catalogue:tell_miss": EVERYONE,
    "catalogue:followed": SIGNED_IN,
    "catalogue:follow": SIGNED_IN,
    "catalogue:unfollow": SEES[FollowedSearch],
    "catalogue:collection": EVERYONE,
    "catalogue:resource": EVERYONE,
    "catalogue:paper": EVERYONE,
    "catalogue:media": EVERYONE,
    **{
        f"catalogue:{name}": set()
        for name in (
            "sources",
            "add_source",
            "dead_links",
            "export_dead_links",
            "misses",
            "export_misses",
            "clear_miss",
        )
    },
    **dict.fromkeys(
        [
            f"catalogue:{name}"
            for name in (
                "source",
                "change_source",
                "try_source",
                "harvest_source",
                "pause_source",
                "export_harvests",
                "harvest",
                "settle_harvest",
                "export_problems",
            )
        ],
        near(),
    ),
    "catalogue:oai": EVERYONE,
    "catalogue:oembed": EVERYONE,
    "catalogue:card": EVERYONE,
    "portal:api_ressources": EVERYONE,
    "portal:api_ressource": EVERYONE,
}
REST_OF_ADDRESS = {
    "catalogue:collection": {"slug": RESOURCE["collection"]},
    "catalogue:resource": RESOURCE,
    "catalogue:paper": RESOURCE,
    "catalogue:card": RESOURCE,
    "portal:api_ressource": {"collection": RESOURCE["collection"], "nom": RESOURCE["slug"]},
    "catalogue:media": RESOURCE | {"name": "fractions.svg"},
}
NAMES = {
    "media": Named(Medium, "public_id"),
    "subjects": Named(Subject),
    "matiere": Named(Subject),
}
PLAIN = dict.fromkeys(
    [
        "titre",
        "resume",
        "collection",
        "type",
        "niveaux",
        "matieres",
        "publics",
        "duree",
        "auteurs",
        "institution",
        "licence",
        "sans_sous_titres",
        "v",
        "q",
        "voir",
        "audiences",
        "format",
        "url",
        "niveau",
        "public",
        "accessibilite",
        "acces",
        "recherche",
        "verifier",
        "maxwidth",
        "maxheight",
        "suivant",
        "verb",
        "slug",
        "prefix",
        "part",
        "access",
        "every_days",
        "depuis",
        "language",
        *(f"r{number}" for number in range(1, 13)),
    ],
    (),
)

# Forms and files

A_SOURCE = {
    "name": "Manuels libres",
    "institution": "Maison d’essai",
    "kind": "flux",
    "address": "https://manuels.example/flux.xml",
    "prefix": "",
    "part": "",
    "every_days": "7",
    "audiences": ["eleve"],
    "type": "document",
    "licence": "reserve",
    "access": "libre",
}


def _sheet() -> Data:
    """The record of a resource."""
    kinds = {"niveaux": "level", "matieres": "subject"}
    nodes = {name: [str(Node.objects.in_force().filter(kind=kind)[0].pk)] for name, kind in kinds.items()}
    return nodes | {
        "titre": "Une leçon",
        "resume": "Ce que l’on y apprend.",
        "type": "video",
        "publics": ["eleve"],
        "auteurs": "Préau",
        "institution": "Préau",
        "licence": "cc-by-sa",
        "mots": "vélo, rivière",
    }


def _withdrawn(stage: Stage) -> None:
    runs_the_platform(stage)
    EditedResource.objects.filter(pk=stage.own(EditedResource).pk).update(status="withdrawn")


BODIES = {
    "catalogue:add": Body(
        "operator",
        lambda stage: _sheet() | {"media": stage.own(Medium).public_id},
        runs_the_platform,
        wrong=lambda stage: {"titre": ""},
    ),
    "catalogue:change": Body(
        "operator", lambda stage: _sheet(), runs_the_platform, wrong=lambda stage: {"titre": ""}
    ),
    "catalogue:withdraw": Body("operator", before=runs_the_platform),
    "catalogue:put_back": Body("operator", before=_withdrawn),
    "catalogue:follow": Body("guardian", lambda stage: {"recherche": "q=fractions&niveau=cm1"}),
    "catalogue:unfollow": Body("guardian"),
    "catalogue:add_source": Body(
        "operator",
        lambda stage: A_SOURCE | {"slug": "autre"},
        runs_the_platform,
        wrong=lambda stage: {"address": "ailleurs"},
    ),
    "catalogue:change_source": Body(
        "operator",
        lambda stage: dict(A_SOURCE),
        runs_the_platform,
        wrong=lambda stage: {"address": "ailleurs"},
    ),
    "catalogue:clear_miss": Body(
        "operator", lambda stage: {"mots": stage.own(Miss).words}, runs_the_platform
    ),
    "catalogue:try_source": Body("operator", before=runs_the_platform),
    "catalogue:harvest_source": Body("operator", before=runs_the_platform),
    "catalogue:pause_source": Body("operator", lambda stage: {"state": "pause"}, runs_the_platform),
    "catalogue:settle_harvest": Body("operator", lambda stage: {"geste": "garder"}, runs_the_platform),
    # A catalogue elsewhere asks: by POST too, nothing is written.
    "catalogue:oai": Body("guardian", lambda stage: {"verb": "Identify"}, writes=False),
    "catalogue:tell_miss": Body(
        "guardian", lambda stage: {"recherche": "q=zzyx"}, again={"catalogue_miss": "each time is counted"}
    ),
}
READ_BY = {
    **dict.fromkeys([f"catalogue:{name}" for name in ("add", "change", "add_source")], ANYBODY),
    **{f"catalogue:add_source.{field}": {"operator"} for field in ("institution", "part", "prefix")},
    # It is the address of its page.
    "catalogue:add_source.slug": ANYBODY | {"the log"},
    # What pages show when the source is read again.
    "catalogue:change_source": set(),
    **{f"catalogue:change.{field}": set() for field in ("auteurs", "mots")},
}
NOT_WORDS = {"catalogue:clear_miss"}
BETWEEN_SERVERS = {
    # Catalogues ask ours by POST as by GET, and change nothing: catalogue/tests/test_provider.py.
    "catalogue:oai",
}
OTHER_FILES = {"catalogue:paper"}
NOT_CONFIRMED = {
    "catalogue:paper": "a page that anyone may read, to print",
    "catalogue:export_harvests": "what was read of a public catalogue, nobody's data",
    "catalogue:export_problems": "the same",
    "catalogue:export_dead_links": "the same",
    "catalogue:export_misses": "words that find nothing, nobody's data",
}

# The stage of the matrix


def plant(stage: Stage) -> None:
    _followed_searches(stage)
    _sources(stage)
    _edited_resource(stage)


def _followed_searches(stage: Stage) -> None:
    """A search that people near and far follow."""
    for scope, key in OWNERS.items():
        followed = FollowedSearch.objects.create(
            person=stage.people[key], query=f"q={key.replace('_', '-')}", since=NOW.date(), seen=0
        )
        stage.put(scope, followed)


def _edited_resource(stage: Stage) -> None:
    """A book that an operator sent, and that the catalogue shows to all."""
    resource = Resource.objects.create(
        key="nombres-et-calculs/un-livre",
        collection=Collection.objects.get(slug="nombres-et-calculs"),
        title="Un livre",
        abstract="À lire.",
        authors=["Préau"],
        institution=Institution.objects.all()[0],
        type="livre",
        licence="cc-by",
        audiences=["eleve"],
        published=TODAY,
        changed=TODAY,
        source="plateforme",
        digest="0" * 64,
        edition=next_edition(),
        medium=Medium.objects.get(public_id=SHOWN_MEDIUM),
    )
    resource.nodes.set(Node.objects.filter(kind__in=["level", "subject"], key__in=["cp", "francais"]))
    stage.put(OWN, EditedResource.objects.get(pk=resource.pk))


def _sources(stage: Stage) -> None:
    """A source of the catalogue whose last reading waits: whoever runs the whole platform decides, and nobody of the cast does."""
    shelf = Collection.objects.create(slug="source-essai", title="Source d’essai", abstract="…")
    house = Institution.objects.create(slug="maison-essai", name="Maison d’essai")
    source = Source.objects.create(
        slug="source-essai",
        name=stage.mark("a source of the catalogue", set()),
        kind="oai",
        address="https://source.example/oai",
        institution=house,
        collection=shelf,
        audiences=["eleve"],
        due_at=NOW,
    )
    run = Harvest.objects.create(
        source=source,
        state="waiting",
        began_at=NOW,
        ended_at=NOW,
        leaving=3,
        refused=1,
        problems=[{"where": "=1+1", "why": "…"}],
    )
    words = stage.mark("words that find nothing", set())
    stage.put(OWN, source, run, Miss.objects.create(words=words[:80], last=TODAY))
    # Its address is its key.
    stage.put(NOBODY, Source(pk=10**19, slug="personne"))
