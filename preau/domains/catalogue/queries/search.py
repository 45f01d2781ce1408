"""A search of resources, from the address of its page to what the page shows: rows, facets and their counts, ways out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import BooleanField, Case, Q, When
from django.urls import reverse
from django.utils.translation import gettext_lazy

from preau.directory.viewer import Viewer
from preau.domains.catalogue.models import (
    Access,
    Accessibility,
    Audience,
    Institution,
    Licence,
    Node,
    Resource,
    Type,
)
from preau.domains.catalogue.queries import index
from preau.domains.catalogue.queries.engine import EngineQuery
from preau.domains.catalogue.queries.facets import Asking, FacetKind, SearchPage
from preau.domains.catalogue.queries.words import Unit, wanted, without_levels
from preau.foundation import lookup
from preau.foundation.boards import Hit
from preau.foundation.text import fold

A_PAGE = 20
A_FEED, SUGGESTIONS, IN_THE_BOX = 30, 8, 26
# What resembles a resource may be as this process saw it a day ago: its page never waits for the index.
A_DAY = 86_400.0
# The search of the site asks a dozen sources as one types: half a minute late is fresh enough there.
LOOKED_AT = 30
SORTS = {
    "pertinence": ("relevance", gettext_lazy("les plus proches")),
    "libres": ("free", gettext_lazy("les libres d’abord")),
    "recentes": ("newest", gettext_lazy("les plus récentes")),
    "utilisees": ("used", gettext_lazy("les plus utilisées en classe")),
}
DURATIONS = {
    "10": gettext_lazy("10 minutes au plus"),
    "20": gettext_lazy("10 à 20 minutes"),
    "45": gettext_lazy("20 à 45 minutes"),
    index.LONG: gettext_lazy("plus de 45 minutes"),
}


FACETS = (
    FacetKind("niveau", "level", gettext_lazy("Niveau")),
    FacetKind("matiere", "subject", gettext_lazy("Matière")),
    FacetKind("type", "type", gettext_lazy("Type"), Type),
    FacetKind("public", "audience", gettext_lazy("Pour qui"), Audience),
    FacetKind("duree", "duration", gettext_lazy("Durée")),
    FacetKind("accessibilite", "accessibility", gettext_lazy("Accessibilité"), Accessibility),
    FacetKind("licence", "licence", gettext_lazy("Licence"), Licence),
    FacetKind("institution", "institution", gettext_lazy("Institution")),
    FacetKind("acces", "access", gettext_lazy("Accès"), Access),
)


class Search(Asking):
    """What the address of the page of a search of resources says."""

    kinds = FACETS
    sorts = SORTS
    a_page = A_PAGE


@dataclass(frozen=True)
class Results(SearchPage[Resource]):
    """What that page shows."""

    @property
    def is_sure(self) -> bool:
        """Does something here answer the words? Else what is nearest is shown as such."""
        return self.answer.is_sure

    @property
    def levels(self) -> str:
        """The levels that were typed, to which the results are narrowed, as the programmes call them."""
        return ", ".join(self.names["level"].get(key, key) for key in self.answer.levels)

    @property
    def at_every_level(self) -> tuple[str, int]:
        """The same words without the level: the part of the address, and how many there are."""
        typed = without_levels(self.search.typed)
        return replace(self.search, typed=typed, page=1).query(), self.answer.without.get("level", 0)

    @property
    def absent_types(self) -> list[str]:
        """The types of resource that were typed and that nothing found is: « jeu »."""
        named = dict.fromkeys(unit.type for unit in wanted(self.search.typed).units if unit.type)
        counts = self.answer.counts.get("type", {})
        return [self.names["type"][key] for key in named if not counts.get(key)]

    def inner(self, kind: FacetKind) -> set[str]:
        """Levels stand under their cycle."""
        known = self.names[kind.name]
        return {node for node in known if kind.name == "level" and not node.startswith(("cycle", "lycee"))}


def results(search: Search) -> Results:
    """What was found, in four statements. Raises index.BeingBuilt where this machine has no index yet."""
    engine = index.engine()
    answer = engine.ask(search.asked())
    if not answer.pks and answer.total and search.page > 1:
        # Beyond the last page: the last one there is.
        search = search.on_last_page(answer.total)
        answer = engine.ask(search.asked())
    return Results(search, rows_of(answer.pks), answer, names_of_facets())


def rows_of(pks: Sequence[int]) -> list[Resource]:
    """The published rows of these keys, in their order, with what a line shows; never their content."""
    rows = Resource.objects.published().filter(pk__in=pks).with_record().defer("parts", "text")
    known = {row.pk: row for row in rows}
    return [known[pk] for pk in pks if pk in known]


def names_of_facets() -> dict[str, dict[str, str]]:
    """For each facet, its values in their order and what they are called."""
    nodes = list(Node.objects.in_force().exclude(kind=Node.Kind.NOTION).select_related("parent"))
    levels = {
        node.key: node.label
        for cycle in nodes
        if cycle.kind == Node.Kind.CYCLE
        for node in (cycle, *(node for node in nodes if node.parent_id == cycle.pk))
    }
    found = {
        "level": levels,
        "subject": {node.key: node.label for node in nodes if node.kind == Node.Kind.SUBJECT},
        "duration": {key: str(label) for key, label in DURATIONS.items()},
        "institution": dict(Institution.objects.values_list("slug", "name")),
    }
    listed = {kind.name: {str(k): str(v) for k, v in kind.choices.choices} for kind in FACETS if kind.choices}
    return found | listed


def newest(search: Search) -> list[Resource]:
    """What a feed of this search says: the last ones published."""
    asked = replace(search, sort="recentes", page=1).asked(limit=A_FEED, offset=0)
    return rows_of(index.engine().ask(asked).pks)


def suggestions(typed: str) -> list[str]:
    """What may be meant by the beginning of a search; by the nearest word where nothing begins so."""
    engine = index.engine()
    return (
        engine.phrases(typed, SUGGESTIONS)
        or [
            phrase
            for folded, *_ in engine.nearest(fold(typed.strip()))
            for phrase in engine.phrases(folded, SUGGESTIONS)
        ][:SUGGESTIONS]
    )


def nearby(empty: Results) -> list[tuple[str, str]]:
    """Where nothing was found: subjects and titles that begin as the words asked for do, each with its search."""
    words = [unit.typed for unit in wanted(empty.search.typed).units]
    candidates = [suggestion for word in words for suggestion in suggestions(word[:4])]
    return [
        (suggestion, Search(typed=suggestion).query()) for suggestion in list(dict.fromkeys(candidates))[:4]
    ]


def related_to(resource: Resource, most: int = 4) -> list[Resource]:
    """Those that it names itself, then those that share most of its notions, keywords and levels: two statements."""
    near = {pk: rank for rank, pk in enumerate(_near(resource))}
    named = Q(pk__in=resource.related.order_by().values("pk"))
    rows = Resource.objects.published().filter(named | Q(pk__in=near)).exclude(pk=resource.pk)
    resources = rows.annotate(
        is_named=Case(When(named, then=True), default=False, output_field=BooleanField())
    )
    found: list[Any] = list(resources.with_record().defer("parts", "text"))
    return sorted(found, key=lambda one: (not one.is_named, near.get(one.pk, len(near)), one.pk))[:most]


def _near(resource: Resource) -> Iterable[int]:
    """By its words, in its subjects; nothing where no index answers yet."""
    heads = [*(node.label for node in resource.notions), *resource.keywords][:8]
    units = [unit for text in heads for unit in _alone(text)]
    if not units:
        return []
    filters = {"subject": [node.key for node in resource.subjects]}
    asked = EngineQuery(wanted=replace(wanted(""), units=tuple(units)), filters=filters, limit=8)
    try:
        return index.engine(seconds=A_DAY).ask_any(asked)
    except index.BeingBuilt:
        return []


def _alone(text: str) -> tuple[Unit, ...]:
    """These words as they are: what means the same would bring anything near."""
    return tuple(replace(unit, ways=unit.ways[:1]) for unit in wanted(text).units)


def found(viewer: Viewer, asked: lookup.LookupTerms) -> list[Hit]:
    """For the search box of the site: the resources that hold every word, as one types; nothing is corrected.

    A sentence (« je ne comprends pas les fractions ») is read as the search of resources reads it, and answered where that is sure.
    """
    typed = asked.text or " ".join(word.text for word in asked.words)
    query = wanted(typed)
    is_sentence = any(unit.is_soft for unit in query.units) and not all(unit.is_soft for unit in query.units)
    try:
        engine = index.engine(seconds=LOOKED_AT)
    except index.BeingBuilt:
        return []
    lines = engine.ask_lines(EngineQuery(query, limit=IN_THE_BOX, as_one_types=not is_sentence))
    return [
        Hit(title, reverse("catalogue:resource", args=key.split("/")), detail=beside)
        for key, title, beside in lines
    ]
