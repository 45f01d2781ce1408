"""What a teacher finds in their space."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from preau.directory.models import Holding, Person
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.catalogue.models import Node, Resource
from preau.domains.scenarios.models import Author, Content, Scenario, Step
from preau.foundation import dates
from preau.foundation.richtext import showing


@dataclass(frozen=True)
class Places:
    """The levels and the subjects of the programmes in force, by their keys, in their order."""

    levels: dict[str, str]
    subjects: dict[str, str]

    def said(self, content: Content) -> tuple[str, str]:
        """The levels and the subject of a scenario, in words."""
        facts = content.facts
        return ", ".join(self.levels.get(key, key) for key in facts.levels), self.subjects.get(
            facts.subject, ""
        )


def places() -> Places:
    """One statement."""
    kinds = [Node.Kind.LEVEL, Node.Kind.SUBJECT]
    rows = Node.objects.in_force().filter(kind__in=kinds).order_by("order", "pk")
    lines = list(rows.values_list("kind", "key", "label"))
    return Places(
        {key: label for kind, key, label in lines if kind == Node.Kind.LEVEL},
        {key: label for kind, key, label in lines if kind == Node.Kind.SUBJECT},
    )


def scenarios_of(viewer: Viewer) -> "QuerySet[Scenario]":
    """What the viewer writes, last written first, each with how many write it (`number`)."""
    mine = Scenario.objects.visible_to(viewer).kept().select_related("shown")
    writing = Count("authors", filter=Q(authors__accepted_at__isnull=False))
    return mine.annotate(number=writing).order_by("-changed_at", "-pk")


def removed_of(viewer: Viewer) -> list[Scenario]:
    """What may still be put back."""
    return list(Scenario.objects.visible_to(viewer).exclude(removed_at=None).order_by("-removed_at", "-pk"))


def invitations_of(viewer: Viewer) -> list[Author]:
    """What the viewer was invited to write, each with the name of who began it (`by_given`, `by_family`)."""
    first = Author.objects.filter(scenario=OuterRef("scenario"), is_first=True)
    rows = Author.objects.visible_to(viewer).filter(person_id=viewer.person.pk, accepted_at=None)
    rows = rows.filter(scenario__removed_at=None).select_related("scenario")
    named = rows.annotate(
        by_given=Subquery(first.values("person__given_name")[:1]),
        by_family=Subquery(first.values("person__family_name")[:1]),
    )
    return list(named.order_by("-invited_at", "-pk"))


def authors_of(scenario: Scenario) -> list[Author]:
    """Those who write it, then those who were invited."""
    return list(scenario.authors.select_related("person").order_by("-is_first", "pk"))


def colleagues(viewer: Viewer, scenario: Scenario) -> "QuerySet[Person]":
    """The other teachers of the school, who are not of it yet."""
    here = Holding.objects.active(viewer.today).filter(
        school_id=viewer.school_id, role=Role.TEACHER, person=OuterRef("pk")
    )
    known = Author.objects.filter(scenario=scenario, person=OuterRef("pk"))
    return Person.objects.filter(Exists(here), ~Exists(known)).order_by("search_name", "pk")


def resources_of(content: Content) -> list[Resource]:
    """The resources that it links, in its order, each that is still published (one statement)."""
    keys = content.facts.resources
    if not keys:
        return []
    rows = Resource.objects.published().filter(key__in=keys).defer("parts", "text")
    known = {row.key: row for row in rows}
    return [known[key] for key in keys if key in known]


# Comparing two versions


@dataclass(frozen=True)
class Difference:
    """One thing that two versions do not say alike, in plain words; an empty side did not have it."""

    label: str
    before: str
    after: str


def differences(before: Content, after: Content, known: Places) -> list[Difference]:
    """What changes from one version to another: facts first, then steps, by their names and not by their rank."""
    pairs = [
        (label, one, other)
        for (label, one), (_label, other) in zip(_facts(before, known), _facts(after, known), strict=True)
    ]
    old = {step.key: (rank, step) for rank, step in enumerate(before.steps, start=1)}
    new = {step.key: (rank, step) for rank, step in enumerate(after.steps, start=1)}
    for key in dict.fromkeys([*old, *new]):
        rank, step = new.get(key) or old[key]
        label = _("Étape %(rank)s : %(title)s") % {"rank": rank, "title": step.title}
        pairs.append((label, _step(old.get(key)), _step(new.get(key))))
    return [Difference(label, one, other) for label, one, other in pairs if one != other]


def _facts(content: Content, known: Places) -> list[tuple[str, str]]:
    facts = content.facts
    levels, subject = known.said(content)
    return [
        (_("Titre"), facts.title),
        (_("Résumé"), facts.abstract),
        (_("Niveaux"), levels),
        (_("Matière"), subject),
        (_("Durée"), dates.minutes(facts.minutes) if facts.minutes else ""),
        (_("Objectifs"), showing.plain(facts.objectives)),
        (_("Matériel"), facts.material),
        (_("Ressources liées"), "\n".join(facts.resources)),
    ]


def _step(ranked: "tuple[int, Step] | None") -> str:
    if ranked is None:
        return ""
    rank, one = ranked
    lines: Sequence[Any] = [
        _("Place : %(rank)s") % {"rank": rank},
        one.title,
        dates.minutes(one.minutes) if one.minutes else "",
        one.setting_said,
        showing.plain(one.teacher),
        showing.plain(one.pupils),
        one.material,
        showing.plain(one.differentiation),
    ]
    return "\n".join(filter(None, lines))
