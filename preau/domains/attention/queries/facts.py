"""Thresholds, findings and their sentences."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from preau.directory.boards import EarlyFact, early_facts
from preau.directory.models import Person, School
from preau.directory.queries.finding import classes_of
from preau.directory.viewer import Place, Viewer
from preau.domains.attention.models import Finding, Threshold
from preau.foundation import dates


@dataclass(frozen=True)
class FactRow:
    """A pupil and what passed a threshold since somebody last looked, in sentences."""

    pupil: Person
    group: str
    sentences: list[str]


def facts_open_in(school: School) -> list[EarlyFact]:
    """The facts of the services that are open in a school."""
    place = Place(school)
    return [
        early_fact for early_fact in early_facts if not early_fact.service or place.offers(early_fact.service)
    ]


def thresholds_of(school_id: int, facts: Iterable[EarlyFact]) -> dict[str, int | None]:
    """By fact, from how many on; what the school has not settled is as it comes (one query)."""
    settled = dict(Threshold.objects.filter(school_id=school_id).values_list("fact", "number"))
    return {fact.key: settled.get(fact.key, fact.threshold) for fact in facts}


def sentence_of(finding: Finding) -> str:
    """« 6 demi-journées sans motif valable depuis le 2 novembre (seuil : 4). Dans les quatre semaines d’avant : 1. »"""
    fact = early_facts.named(finding.fact)
    # A room that has left the building took its words with it.
    sentence = (
        fact.says(finding.number, finding.what) if fact else _("%(num)s faits") % {"num": finding.number}
    )
    since = _("%(fact)s depuis le %(day)s (seuil : %(threshold)s).") % {
        "fact": sentence,
        "day": dates.plain_day(finding.since),
        "threshold": finding.threshold,
    }
    before = _("Dans les quatre semaines d’avant : %(num)s.") % {"num": finding.before}
    return f"{since} {before}"


def waiting_pupils(viewer: Viewer) -> "QuerySet[Person]":
    """The pupils whose facts wait to be looked at, by name: there is no other order among them."""
    waiting = Finding.objects.visible_to(viewer).waiting().filter(school_id=viewer.school_id)
    return Person.objects.filter(pk__in=waiting.values("pupil_id")).order_by("search_name", "pk")


def waiting_facts(viewer: Viewer, pupil: Person) -> list[Finding]:
    """What waits to be looked at of one pupil (one query)."""
    return list(
        Finding.objects.visible_to(viewer)
        .waiting()
        .filter(school_id=viewer.school_id, pupil=pupil)
        .order_by("pk")
    )


def sentences_of(viewer: Viewer, pupils: Sequence[Person]) -> list[FactRow]:
    """A row for each of these pupils (two queries)."""
    by_pupil: Mapping[int, list[str]] = defaultdict(list)
    waiting = Finding.objects.visible_to(viewer).waiting().filter(school_id=viewer.school_id)
    for finding in waiting.filter(pupil__in=pupils).order_by("pk"):
        by_pupil[finding.pupil_id].append(sentence_of(finding))
    classes = classes_of(viewer, [pupil.pk for pupil in pupils])
    return [FactRow(pupil, classes.get(pupil.pk, ""), by_pupil[pupil.pk]) for pupil in pupils]
