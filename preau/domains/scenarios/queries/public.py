"""What anyone reads: the scenarios that are published, found by a few words, a level, a subject."""

from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import ngettext

from preau.domains.catalogue.models import Node, Resource
from preau.domains.scenarios.models import Scenario
from preau.foundation.http import page_at
from preau.foundation.lookup import LookupTerms

MOST = 50
MOST_BESIDE = 20


@dataclass(frozen=True)
class ScenarioFilter:
    """What somebody looks for in the list."""

    typed: str = ""
    level: str = ""
    subject: str = ""

    @classmethod
    def read(cls, given: Any) -> "ScenarioFilter":
        return cls(
            given.get("q", "").replace("\0", "").strip()[:200],
            given.get("niveau", "")[:120],
            given.get("matiere", "")[:120],
        )

    def query(self) -> str:
        parameters = {"q": self.typed, "niveau": self.level, "matiere": self.subject}
        return urlencode({name: value for name, value in parameters.items() if value})


def with_words(rows: "QuerySet[Any]", wanted: LookupTerms) -> "QuerySet[Any]":
    """Those that hold every word, or words that begin so."""
    words: Q = reduce(and_, (word.begins("words") for word in wanted.words))
    return rows.filter(words)


def public_rows(asked: ScenarioFilter) -> "QuerySet[Scenario]":
    """The published scenarios that somebody looks for, the last first."""
    rows: Any = Scenario.objects.public()
    wanted = LookupTerms.typed(asked.typed)
    if wanted.words:
        rows = with_words(rows, wanted)
    for kind, key in ((Node.Kind.LEVEL, asked.level), (Node.Kind.SUBJECT, asked.subject)):
        if key and "\0" not in key:
            of = Scenario.nodes.through.objects.filter(node__kind=kind, node__key=key)
            rows = rows.filter(pk__in=of.values("scenario_id"))
    found: QuerySet[Scenario] = rows.with_lines().order_by("-shown__made_at", "-pk")
    return found


def public_at(code: str) -> Scenario | None:
    """The published scenario of an address, with what its page shows."""
    if "\0" in code:
        return None
    rows = Scenario.objects.public().filter(code=code).with_lines()
    return rows.select_related("shown", "adapted_from__shown", "adapted_resource").first()


def adaptations_of_scenario(scenario: Scenario) -> list[Scenario]:
    """What others have published from it."""
    return list(_adapted(scenario.adaptations))


def adaptations_of_resource(resource: Resource) -> list[Scenario]:
    """What teachers have published from a resource."""
    return list(_adapted(Scenario.objects.filter(adapted_resource=resource)))


def _adapted(rows: Any) -> Any:
    return rows.public().select_related("shown").order_by("-shown__made_at", "-pk")[:MOST_BESIDE]


def permalink(scenario: Scenario) -> str:
    return f"{settings.PUBLIC_URL}{reverse('scenarios:scenario', args=[scenario.code])}"


def addresses() -> list[str]:
    """The codes of what a search engine may know."""
    return list(Scenario.objects.public().order_by("code").values_list("code", flat=True))


def beside_search(typed: str) -> tuple[str, str] | None:
    """For the search of resources: how many published scenarios these words find, and where (one statement)."""
    wanted = LookupTerms.typed(typed)
    total = with_words(Scenario.objects.public(), wanted).count() if wanted.words else 0
    if not total:
        return None
    sentence = ngettext("%(num)s scénario pédagogique", "%(num)s scénarios pédagogiques", total) % {
        "num": total
    }
    return sentence, f"{reverse('scenarios:home')}?{ScenarioFilter(typed).query()}"


# From an address to a work

RESOURCE_PAGE, SCENARIO_PAGE = "catalogue:resource", "scenarios:scenario"


def resource_key(address: str) -> str:
    """The key of the resource of the catalogue that an address of this site names, else ""."""
    match = page_at(address.strip())
    if match is None or match.view_name != RESOURCE_PAGE:
        return ""
    return f"{match.kwargs['collection']}/{match.kwargs['slug']}"


def published_resource(key: str) -> Resource | None:
    """A resource of the catalogue by its key, with its places in the programmes."""
    found: Resource | None = (
        Resource.objects.published()
        .filter(key=key)
        .prefetch_related("nodes")
        .select_related("institution")
        .first()
    )
    return found


def work_at(address: str) -> Resource | Scenario | None:
    """The published resource or scenario that an address of this site names."""
    if key := resource_key(address):
        return published_resource(key)
    match = page_at(address)
    return public_at(match.kwargs["code"]) if match and match.view_name == SCENARIO_PAGE else None


def name_of(work: Resource | Scenario) -> str:
    """Its title, as the public reads it."""
    if isinstance(work, Scenario) and work.shown:
        return work.shown.title
    return work.title
