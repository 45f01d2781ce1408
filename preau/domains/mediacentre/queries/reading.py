"""« Manuels et abonnements »: what is theirs, and what is transmitted when they open it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.db.models import F, Q, QuerySet

from preau.commons.signon.models import Opening
from preau.commons.signon.words import ATTRIBUTES
from preau.directory.viewer import Viewer
from preau.directory.words import Role
from preau.domains.mediacentre import rules
from preau.domains.mediacentre.models import Resource, Seen, held
from preau.foundation import text

MOST_FOUND = 200


@dataclass(frozen=True)
class TransmittedData:
    """What leaves for a site when somebody opens it: attributes that the school agreed to. `known`: it is in the register."""

    origin: str
    service: str = ""
    keys: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        return bool(self.service)

    @property
    def labels(self) -> list[str]:
        return [str(ATTRIBUTES[key].label) for key in self.keys]

    @property
    def print(self) -> str:
        """What was read, to ask again when it changes."""
        return ",".join([self.service, *self.keys])[:200]


@dataclass(frozen=True)
class Tile:
    """A resource of theirs. `direct`: it opens at once, since what is transmitted has been read."""

    resource: Resource
    direct: bool


def own_resources(viewer: Viewer, chosen: Mapping[str, Any]) -> "QuerySet[Resource]":
    """What this seat has, by name; words of a name, a publisher."""
    found = Resource.objects.held_by(viewer)
    for word in text.fold(chosen.get("texte", "")).split()[:5]:
        found = found.filter(search_name__contains=word)
    kept: QuerySet[Resource] = found.select_related("school").order_by("search_name", "pk")
    return kept


def tiles_of(viewer: Viewer, resources: Sequence[Resource]) -> list[Tile]:
    """Two statements: what is transmitted to each site, and what has been read."""
    sent = sent_to(viewer, resources)
    read = read_by(viewer, [one.origin for one in sent.values()])
    return [
        Tile(
            resource,
            rules.opens_resources(viewer, resource)
            and read.get(sent[resource.pk].origin) == sent[resource.pk].print,
        )
        for resource in resources
    ]


def whose(viewer: Viewer, resources: Sequence[Resource]) -> dict[int, str]:
    """For a family of several children, which of them have each resource (one statement)."""
    pupils = viewer.own_pupils()
    if not viewer.is_guardian or len(pupils) < 2 or not resources:
        return {}
    own = Q(role=Role.PUPIL, person__in=list(pupils))
    branches: list[Any] = list(held(viewer.today, own, [resource.pk for resource in resources]))
    first, *rest = (branch.values_list("resource", "person__given_name") for branch in branches)
    names: dict[int, list[str]] = {}
    for key, name in first.union(*rest).order_by("resource", "person__given_name"):
        names.setdefault(key, []).append(name)
    return {key: ", ".join(found) for key, found in names.items()}


def read_by(viewer: Viewer, origins: Iterable[str]) -> dict[str, str]:
    rows = Seen.objects.visible_to(viewer).filter(origin__in=set(origins))
    return dict(rows.values_list("origin", "what"))


def sent_to(viewer: Viewer, resources: Sequence[Resource]) -> dict[int, TransmittedData]:
    """For each resource, what its site receives from here about this seat (one statement)."""
    places = {resource.pk: _place(resource.url) for resource in resources}
    rows = (
        Opening.objects.visible_to(viewer)
        .filter(
            service__addresses__origin__in={origin for origin, _path in places.values()},
            is_on=True,
            service__is_on=True,
        )
        .annotate(origin=F("service__addresses__origin"), path=F("service__addresses__path"))
        .select_related("service")
        .order_by("-path", "pk")
    )
    openings = [
        row
        for row in rows
        if viewer.profile.value in row.profiles and viewer.profile.value in row.service.profiles
    ]
    return {key: _sent(place, openings) for key, place in places.items()}


def _sent(place: tuple[str, str], openings: Iterable[Any]) -> TransmittedData:
    origin, path = place
    for opening in openings:
        below = opening.path if opening.path.endswith("/") else f"{opening.path}/"
        if opening.origin == origin and (path == opening.path or path.startswith(below)):
            return TransmittedData(origin, opening.service.name, tuple(opening.leaves))
    return TransmittedData(origin)


def _place(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return f"https://{parts.hostname}", parts.path or "/"
