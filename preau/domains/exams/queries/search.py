"""A search of exercises or of whole papers, from the address of its page to what the page shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext

from preau.domains.catalogue.queries.engine import Answer, EngineQuery
from preau.domains.catalogue.queries.facets import Asking, FacetKind, SearchPage
from preau.domains.exams.models import Exam, Exercise, Paper, Session, Track, Zone
from preau.domains.exams.queries import index
from preau.domains.exams.queries.index import EXERCISES, PAPERS
from preau.foundation.text import fold

A_FEED, SUGGESTIONS = 30, 8
# Values of one facet that a page draws: the most frequent, and those chosen.
MOST_SHOWN = 24
# What the search of resources says of ours may be as this process saw it a minute ago.
LOOKED_AT = 60
SORTS = {
    "pertinence": ("relevance", gettext_lazy("les plus proches")),
    "recentes": ("newest", gettext_lazy("les plus récents")),
}
KINDS = {EXERCISES: gettext_lazy("Exercices"), PAPERS: gettext_lazy("Sujets entiers")}
FACETS = (
    FacetKind("examen", "exam", gettext_lazy("Examen")),
    FacetKind("voie", "track", gettext_lazy("Voie"), Track),
    FacetKind("serie", "series", gettext_lazy("Série ou spécialité")),
    FacetKind("matiere", "subject", gettext_lazy("Matière")),
    FacetKind("notion", "notion", gettext_lazy("Notion")),
    FacetKind("annee", "year", gettext_lazy("Année")),
    FacetKind("session", "session", gettext_lazy("Session"), Session),
    FacetKind("zone", "zone", gettext_lazy("Zone"), Zone),
)


@dataclass(frozen=True)
class Search(Asking):
    """What the address of the page says; `kind`: exercises, or whole papers."""

    kinds = FACETS
    sorts = SORTS

    kind: str = EXERCISES

    @classmethod
    def read(cls, given: Any) -> Self:
        kind = given.get("quoi", "")
        return replace(super().read(given), kind=kind if kind in KINDS else EXERCISES)

    def query(self, **changes: Any) -> str:
        query_string = super().query(**changes)
        kind = changes.get("kind", self.kind)
        return query_string if kind == EXERCISES else "&".join(filter(None, [query_string, f"quoi={kind}"]))

    def asked(self, **more: Any) -> EngineQuery:
        asked = super().asked(**more)
        return replace(asked, filters={**asked.filters, "kind": [self.kind]})


@dataclass(frozen=True)
class Results(SearchPage[Any]):
    """What that page shows: exercises or papers, as `search.kind` says."""

    @property
    def by_kind(self) -> Mapping[str, int]:
        """How many exercises and how many papers there are for the same search."""
        return self.answer.counts.get("kind", {})


def results(search: Search) -> Results:
    """What was found, in three statements. Raises index.BeingBuilt where this machine has no index yet."""
    engine = index.engine()
    answer = engine.ask(search.asked())
    if not answer.pks and answer.total and search.page > 1:
        search = search.on_last_page(answer.total)
        answer = engine.ask(search.asked())
    return Results(search, rows_of(search, answer.pks), answer, _names(search, answer))


def rows_of(search: Search, keys: Sequence[int]) -> list[Any]:
    """The rows of these keys, in their order, with what a line shows."""
    pks = [index.row_of(key) for key in keys]
    model: Any = Paper if search.kind == PAPERS else Exercise
    known = {row.pk: row for row in model.objects.visible_to(None).filter(pk__in=pks).for_lines()}
    return [known[pk] for pk in pks if pk in known]


def _names(search: Search, answer: Answer) -> dict[str, dict[str, str]]:
    """For each facet, its values in their order and what they are called: most of them are words already."""
    found = {"exam": dict(Exam.objects.values_list("slug", "short"))}
    for kind in FACETS:
        counts, chosen = answer.counts.get(kind.name, {}), search.chosen.get(kind.param, ())
        if kind.choices:
            found[kind.name] = {str(key): str(label) for key, label in kind.choices.choices}
        elif kind.name != "exam":
            often = sorted(counts, key=lambda value: (-counts[value], value))[:MOST_SHOWN]
            values = sorted({*often, *chosen}, key=fold, reverse=kind.name == "year")
            found[kind.name] = {value: value for value in values}
    return found


def suggestions(typed: str) -> list[str]:
    """What may be meant by the beginning of a search: notions, exams and titles."""
    return index.engine().phrases(typed, SUGGESTIONS)


def newest(search: Search) -> list[Any]:
    """What a feed of this search says: the last sessions."""
    asked = replace(search, sort="recentes", page=1).asked(limit=A_FEED, offset=0)
    return rows_of(search, index.engine().ask(asked).pks)


def beside(typed: str) -> tuple[str, str] | None:
    """For the search of resources: how many exercises of exams these words find, and where."""
    try:
        engine = index.engine(seconds=LOOKED_AT)
    except index.BeingBuilt:
        return None
    search = Search(typed=typed)
    answer = engine.ask(search.asked(limit=1))
    total = answer.total
    if not total or not answer.is_sure:
        return None
    sentence = ngettext("%(num)s exercice d’examen", "%(num)s exercices d’examen", total) % {"num": total}
    return sentence, f"{reverse('exams:search')}?{search.query()}"
