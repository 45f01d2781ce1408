"""The resources for programs, without a key: what anybody reads on the pages, and nothing more (docs/decisions/0123)."""

import re
from collections.abc import Callable
from datetime import date
from functools import wraps
from http import HTTPStatus
from typing import Annotated, Any

from django.core import signing
from django.db.models import Q
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja import Path, Query, Router, Schema

from preau.domains.catalogue import rules
from preau.domains.catalogue.exports.cards import card_of
from preau.domains.catalogue.exports.records import permalink
from preau.domains.catalogue.models import Audience, Licence, Node, Resource, Type
from preau.domains.catalogue.models.resources import label_of
from preau.domains.catalogue.queries import index, search
from preau.foundation import throttle, webapi
from preau.foundation.access import anyone, opens
from preau.foundation.http import client_address
from preau.foundation.webapi import Problem

SALT, LAST_FOUND = "preau.catalogue.api", 10_000
REFUSALS = {
    404: "Aucune ressource n’a cet identifiant, ou cette liste n’a pas cette page.",
    410: "Cette ressource a été retirée.",
    422: "Un paramètre est mal écrit.",
    429: "Trop de demandes depuis ce réseau\u202f: l’en-tête Retry-After dit combien de secondes attendre.",
    503: "L’index de la recherche se construit\u202f: l’en-tête Retry-After dit quand revenir.",
}
SLUG = r"^[a-z0-9_-]{1,120}$"
Key = Annotated[
    str | None,
    Query(pattern=SLUG, max_length=120, description="Sa clé, comme dans les adresses de la recherche."),
]
router = Router(tags=["ressources"])


class Repere(Schema):
    cle: str
    nom: str
    concept: str


class LicenceDite(Schema):
    cle: str
    nom: str
    libre: bool
    adresse: str


class Rayon(Schema):
    cle: str
    titre: str


class Ressource(Schema):
    identifiant: str
    titre: str
    resume: str
    type: str
    type_dit: str
    niveaux: list[Repere]
    matieres: list[Repere]
    notions: list[str]
    mots_cles: list[str]
    publics: list[str]
    duree: int | None
    langue: str
    licence: LicenceDite
    acces: str
    accessibilite: list[str]
    auteurs: list[str]
    institution: str
    collection: Rayon
    publiee: date
    modifiee: date
    version: int
    adresse: str
    carte: str
    ailleurs: str
    lien_mort_depuis: date | None


class PageRessources(Schema):
    total: int
    elements: list[Ressource]
    suivant: str | None


def guard(view: Callable[..., Any]) -> Callable[..., Any]:
    """Everybody's, from any page of any site; whoever asks without end waits."""

    @csrf_exempt
    @opens(to=anyone)
    @wraps(view)
    def open_to_all(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        who = ("catalogue.api", client_address(request))
        count = throttle.hit(*who, window=rules.AN_HOUR)
        if count > rules.MOST_ASKED:
            response: HttpResponseBase = webapi.problem_response(
                Problem(HTTPStatus.TOO_MANY_REQUESTS, _("Trop de demandes."))
            )
            response.headers["Retry-After"] = str(throttle.ends_in(*who))
        else:
            response = view(request, *args, **kwargs)
        response.headers["RateLimit-Policy"] = (
            f'"heure";q={rules.MOST_ASKED};w={int(rules.AN_HOUR.total_seconds())}'
        )
        response.headers["RateLimit"] = f'"heure";r={max(0, rules.MOST_ASKED - count)}'
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
            response.headers["Retry-After"] = "10"
        response.headers.setdefault("Cache-Control", "no-cache")
        return response

    return open_to_all


class ListQuery(Schema):
    """What a list is asked for."""

    q: Annotated[
        str,
        Query(
            max_length=200,
            description="Des mots, cherchés comme sur la page\u202f; les plus proches viennent d’abord.",
        ),
    ] = ""
    niveau: Key = None
    matiere: Key = None
    type: Type | None = None
    public: Audience | None = None
    licence: Licence | None = None
    institution: Key = None
    collection: Key = None
    depuis: Annotated[webapi.Day | None, Query(description="Modifiées ce jour-là ou après (AAAA-MM-JJ).")] = (
        None
    )
    suivant: Annotated[
        str | None,
        Query(
            max_length=500,
            pattern=r"^[A-Za-z0-9_.:-]*$",
            description="Le «\u202fsuivant\u202f» de la page d’avant, avec les mêmes paramètres.",
        ),
    ] = None

    @property
    def filters(self) -> list[Any]:
        return [
            self.q,
            self.niveau,
            self.matiere,
            self.type,
            self.public,
            self.licence,
            self.institution,
            self.collection,
            self.depuis.isoformat() if self.depuis else None,
        ]


@router.get(
    "",
    response=PageRessources,
    url_name="api_ressources",
    operation_id="ressources",
    summary="Les ressources du catalogue",
)
def ressources(request: HttpRequest, demande: Query[ListQuery]) -> dict[str, Any]:
    """Leçons, exercices et autres ressources, par pages de cent. « suivant » mène à la page d’après ; il est vide à la dernière. « ailleurs » est l’adresse de celles qui se lisent sur un autre site."""
    after = _after(demande)
    words = demande.q.replace("\0", " ").strip()
    rows, total, where = _searched(demande, after) if words else _listed(demande, after)
    token = signing.dumps([demande.filters, where], salt=SALT, compress=True) if where else None
    return {"total": total, "elements": [_told(row) for row in rows], "suivant": token}


@router.get(
    "/{collection}/{nom}",
    response=Ressource,
    url_name="api_ressource",
    operation_id="ressource",
    summary="Une ressource",
)
def ressource(
    request: HttpRequest,
    collection: Annotated[
        str, Path(description="La première moitié de l’identifiant.", examples=["nombres-et-calculs"])
    ],
    nom: Annotated[str, Path(description="La seconde.", examples=["les-fractions-et-la-tablette"])],
) -> dict[str, Any]:
    """Sa fiche, par son identifiant, « collection/nom »."""
    named = all(re.fullmatch(SLUG, one) for one in (collection, nom))
    row = _rows(Resource.objects.filter(key=f"{collection}/{nom}")).first() if named else None
    if row is None:
        raise Problem(HTTPStatus.NOT_FOUND, _("Aucune ressource n’a cet identifiant."))
    if row.status == Resource.Status.WITHDRAWN:
        raise Problem(HTTPStatus.GONE, _("Cette ressource a été retirée."))
    return _told(row)


def _after(asked: ListQuery) -> int:
    """Where the page begins: after the row of this number, or after so many results of a search."""
    if not asked.suivant:
        return 0
    try:
        filters, after = signing.loads(asked.suivant, salt=SALT)
    except signing.BadSignature:
        filters, after = None, 0
    if filters != asked.filters:
        # What it names is a page, which this list does not have.
        why = _("Reprenez le « suivant » de la page d’avant, avec les mêmes paramètres.")
        raise Problem(HTTPStatus.NOT_FOUND, why, {"suivant": why})
    return int(after)


def _listed(asked: ListQuery, after: int) -> tuple[list[Resource], int, int]:
    """In the order in which they came here: what is added meanwhile comes at the end."""
    rows = Resource.objects.published().filter(_wanted(asked))
    total = rows.count()
    page = list(_rows(rows.filter(pk__gt=after)).order_by("pk")[: webapi.PER_PAGE + 1])
    more = len(page) > webapi.PER_PAGE
    return page[: webapi.PER_PAGE], total, page[webapi.PER_PAGE - 1].pk if more else 0


def _wanted(asked: ListQuery) -> Q:
    found = Q()
    for kind, key in ((Node.Kind.LEVEL, asked.niveau), (Node.Kind.SUBJECT, asked.matiere)):
        if key:
            named = Node.objects.filter(Q(key=key) | Q(parent__key=key), kind=kind)
            found &= Q(pk__in=Resource.objects.filter(nodes__in=named).values("pk"))
    for name, value in (
        ("type", asked.type),
        ("licence", asked.licence),
        ("institution__slug", asked.institution),
        ("collection__slug", asked.collection),
        ("changed__gte", asked.depuis),
    ):
        if value:
            found &= Q(**{name: value})
    if asked.public:
        # A list in JSON, which SQLite cannot ask: its words are all different, none holds another.
        found &= Q(audiences__icontains=f'"{asked.public.value}"')
    return found


def _searched(asked: ListQuery, after: int) -> tuple[list[Resource], int, int]:
    """By the index, nearest first; what it does not know is then looked at in the database, of all that it found."""
    narrowed = bool(asked.collection or asked.depuis)
    chosen = {
        name: [str(getattr(value, "value", value))]
        for name, value in (
            ("niveau", asked.niveau),
            ("matiere", asked.matiere),
            ("type", asked.type),
            ("public", asked.public),
            ("licence", asked.licence),
            ("institution", asked.institution),
        )
        if value
    }
    wanted = search.Search(typed=" ".join(asked.q.replace("\0", " ").split()), chosen=chosen)
    try:
        found = index.engine().ask(
            wanted.asked(offset=0 if narrowed else after, limit=LAST_FOUND if narrowed else webapi.PER_PAGE)
        )
    except index.BeingBuilt:
        raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, _("L’index de la recherche se construit.")) from None
    pks, total = list(found.pks), found.total
    if narrowed:
        kept = set(Resource.objects.filter(_wanted(asked), pk__in=pks).values_list("pk", flat=True))
        pks = [pk for pk in pks if pk in kept]
        pks, total = pks[after : after + webapi.PER_PAGE], len(pks)
    known = {row.pk: row for row in _rows(Resource.objects.published().filter(pk__in=pks))}
    reached = after + webapi.PER_PAGE
    return [known[pk] for pk in pks if pk in known], total, reached if reached < min(total, LAST_FOUND) else 0


def _rows(rows: Any) -> Any:
    rows = rows.select_related("collection", "institution", "outside").prefetch_related("nodes")
    return rows.defer("parts", "text")


def _told(row: Resource) -> dict[str, Any]:
    outside = getattr(row, "outside", None)
    return {
        "identifiant": row.key,
        "titre": row.title,
        "resume": row.abstract,
        "type": row.type,
        "type_dit": label_of(Type, row.type),
        "niveaux": [_place(node) for node in row.levels],
        "matieres": [_place(node) for node in row.subjects],
        "notions": [node.label for node in row.notions],
        "mots_cles": row.keywords,
        "publics": row.audiences,
        "duree": row.duration,
        "langue": row.language,
        "licence": {
            "cle": row.licence,
            "nom": str(row.get_licence_display()),
            "libre": row.is_free,
            "adresse": row.deed,
        },
        "acces": row.access,
        "accessibilite": row.accessibility,
        "auteurs": row.authors,
        "institution": row.institution.name,
        "collection": {"cle": row.collection.slug, "titre": row.collection.title},
        "publiee": row.published,
        "modifiee": row.changed,
        "version": row.version,
        "adresse": permalink(row),
        "carte": card_of(row),
        "ailleurs": outside.address if outside else "",
        "lien_mort_depuis": outside.dead_since if outside else None,
    }


def _place(node: Node) -> dict[str, str]:
    return {"cle": node.key, "nom": node.label, "concept": node.uri}
