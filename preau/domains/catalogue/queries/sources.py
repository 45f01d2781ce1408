"""What whoever runs the platform reads of the sources: each with its last reading, what waits, the links that are dead."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from preau.domains.catalogue.models import Harvest, Miss, Node, Outside, Resource, Sighting, Source
from preau.domains.catalogue.models.resources import label_of, licence_said

# Each state of a reading: tone and picture beside its word.
LOOKS = {
    Harvest.State.RUNNING: ("neutral", "clock"),
    Harvest.State.DONE: ("done", "check"),
    Harvest.State.FAILED: ("changed", "alert-triangle"),
    Harvest.State.WAITING: ("todo", "alert-circle"),
    Harvest.State.KEPT: ("neutral", "shield-lock"),
    Harvest.State.STOPPED: ("neutral", "x"),
}


def sources_of(viewer: Any) -> "QuerySet[Source]":
    """Each with how many published resources it names, and the state of its last reading, in one statement."""
    last = Harvest.objects.filter(source=OuterRef("pk"), is_trial=False).order_by("-began_at", "-pk")
    present = Sighting.objects.filter(
        source=OuterRef("pk"), is_gone=False, resource__status=Resource.Status.PUBLISHED
    )
    held = present.order_by().values("source").annotate(n=Count("pk")).values("n")
    return (
        Source.objects.visible_to(viewer)
        .select_related("institution")
        .annotate(
            held=Coalesce(Subquery(held), 0),
            last_state=Subquery(last.values("state")[:1]),
            last_reason=Subquery(last.values("reason")[:1]),
        )
        .order_by("name", "pk")
    )


@dataclass(frozen=True)
class Row:
    """A source in the list."""

    source: Source
    word: str
    tone: str
    icon: str


def row_of(source: Any) -> Row:
    if source.is_paused:
        return Row(source, _("En pause"), "neutral", "clock")
    if not source.last_state:
        return Row(source, _("Pas encore lue"), "neutral", "clock")
    tone, icon = LOOKS[Harvest.State(source.last_state)]
    return Row(source, label_of(Harvest.State, source.last_state), tone, icon)


def harvests_of(source: Source) -> "QuerySet[Harvest]":
    return source.harvests.defer("problems", "sample", "cursor").order_by("-began_at", "-pk")


def look_of(harvest: Harvest) -> tuple[str, str]:
    return LOOKS[Harvest.State(harvest.state)]


def counts_of(harvest: Harvest) -> list[tuple[str, int]]:
    """What a reading did, in words."""
    if harvest.is_trial:
        return [(_("Notices lues"), harvest.found), (_("Refusées"), harvest.refused)]
    return [
        (_("Notices lues"), harvest.found),
        (_("Ajoutées"), harvest.created),
        (_("Modifiées"), harvest.changed),
        (_("Inchangées"), harvest.same),
        (_("Déjà connues par ailleurs"), harvest.merged),
        (_("Retirées"), harvest.withdrawn),
        (_("Refusées"), harvest.refused),
    ]


def sample_of(harvest: Harvest) -> list[dict[str, Any]]:
    return [
        one | {"licence": licence_said(one["licence"], one.get("version", "")) if one["licence"] else ""}
        for one in harvest.sample
    ]


def waiting(viewer: Any) -> int:
    """How many readings wait for an agreement."""
    return Harvest.objects.visible_to(viewer).filter(state=Harvest.State.WAITING).count()


def dead_links(viewer: Any) -> "QuerySet[Outside]":
    """The oldest first."""
    if not Source.objects.visible_to(viewer).exists():
        return Outside.objects.none()
    return Outside.objects.dead().select_related("resource__collection").order_by("dead_since", "pk")


def misses(viewer: Any) -> "QuerySet[Miss]":
    """The words told most often first."""
    return Miss.objects.visible_to(viewer).order_by("-count", "-last", "words")


def miss_lines(viewer: Any) -> Iterator[Sequence[object]]:
    for miss in misses(viewer).iterator():
        yield [miss.words, miss.count, miss.last]


def places() -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Levels and subjects to choose from."""
    nodes = list(Node.objects.in_force().filter(kind__in=[Node.Kind.LEVEL, Node.Kind.SUBJECT]))
    levels, subjects = (
        [(node.key, node.label) for node in nodes if node.kind == kind]
        for kind in (Node.Kind.LEVEL, Node.Kind.SUBJECT)
    )
    return levels, subjects


def lines_of(source: Source) -> Iterator[Sequence[object]]:
    """Each reading of a source for a spreadsheet."""
    for harvest in harvests_of(source).iterator():
        yield [
            harvest.began_at,
            label_of(Harvest.State, harvest.state),
            _("essai") if harvest.is_trial else "",
            harvest.seconds,
            harvest.pages,
            harvest.size,
            harvest.found,
            harvest.created,
            harvest.changed,
            harvest.same,
            harvest.merged,
            harvest.withdrawn,
            harvest.refused,
            harvest.reason,
        ]


def problem_lines(harvest: Harvest) -> Iterator[Sequence[object]]:
    for problem in harvest.problems:
        yield [problem["where"], problem["why"]]


def dead_lines(viewer: Any) -> Iterator[Sequence[object]]:
    for dead_link in dead_links(viewer).iterator():
        yield [
            dead_link.resource.key,
            dead_link.resource.title,
            dead_link.address,
            dead_link.dead_since,
            dead_link.trouble,
        ]
