"""What the operator sees of the resources made here."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q, QuerySet

from preau.commons.media.models import Medium
from preau.directory.viewer import Viewer
from preau.domains.catalogue.models import Resource
from preau.domains.catalogue.models.edited import EditedResource
from preau.identity.rules import runs_platform

WITHOUT_CAPTIONS = "sans-sous-titres"
# As `Medium.lacks_captions` says of one.
LACKS = Q(medium__captions="", medium__silent=False) & (
    Q(medium__kind=Medium.Kind.VIDEO, medium__facts__sound=True)
    | Q(medium__kind=Medium.Kind.AUDIO, medium__transcript="")
)


def edited(viewer: Viewer, watched: str = "") -> "QuerySet[Resource]":
    """The resources made here, the last changed first."""
    rows = EditedResource.objects.visible_to(viewer).select_related("collection", "medium")
    rows = rows.defer("parts", "text", "medium__text", "medium__transcript")
    if watched == WITHOUT_CAPTIONS:
        rows = rows.filter(LACKS, status=Resource.Status.PUBLISHED)
    return rows.order_by("-changed", "-pk")


def without_captions(viewer: Viewer) -> int:
    """How many of those published nobody can follow who does not hear."""
    return edited(viewer, WITHOUT_CAPTIONS).count()


def free_media(viewer: Viewer) -> "QuerySet[Medium]":
    """The media of the viewer that are ready, and that no resource shows."""
    return (
        Medium.objects.mine(viewer)
        .filter(state=Medium.State.READY, resources=None)
        .defer("text", "captions", "transcript")
    )


def medium_for(viewer: Viewer, public_id: str) -> Medium | None:
    """A medium that a resource may be made of."""
    if "\x00" in public_id:
        return None
    found: Medium | None = (
        Medium.objects.visible_to(viewer).filter(public_id=public_id, state=Medium.State.READY).first()
    )
    return found


def media_shown(viewer: Any) -> "QuerySet[Resource, Mapping[str, Any]]":
    """The keys of the media that the catalogue shows: to anyone those published; to an operator those withdrawn too."""
    rows = Resource.objects.filter(medium__isnull=False)
    return (rows if viewer is not None and runs_platform(viewer) else rows.published()).values("medium")
