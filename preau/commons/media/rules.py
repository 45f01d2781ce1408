"""Who sends media, who changes their words, and how much may be sent."""

from django.conf import settings

from preau.commons.media.boards import destinations, owners
from preau.commons.media.models import Medium, Upload
from preau.directory.viewer import Viewer
from preau.foundation import boards
from preau.foundation.uploads import MEGABYTE

GIGABYTE = 1024 * MEGABYTE
# What one person may have on its way at a time.
MOST_UPLOADS = 5
# Pictures and documents are lighter than films.
HEAVIEST = {
    Medium.Kind.IMAGE: 30 * MEGABYTE,
    Medium.Kind.PDF: 200 * MEGABYTE,
    Medium.Kind.EPUB: 100 * MEGABYTE,
}


def may_add(viewer: Viewer, *_: object) -> bool:
    """Those for whom somebody shows media: the operator, for the catalogue."""
    return any(owner.open_to(seated) for owner, seated in boards.offered(owners, viewer))


def may_send(viewer: Viewer, *_: object) -> bool:
    """Those who send media, and those who send files somewhere else by the same way."""
    return may_add(viewer) or any(
        destination.open_to(seated) for destination, seated in boards.offered(destinations, viewer)
    )


def sends(viewer: Viewer, upload: Upload) -> bool:
    """Whoever began to send it, as long as they may."""
    return upload.person_id == viewer.person.pk and (may_send(viewer) if upload.goes_to else may_add(viewer))


def may_change(viewer: Viewer, medium: Medium) -> bool:
    """Whoever sent it; and those who send for what shows it."""
    if medium.kept_by_id == viewer.person.pk:
        return may_add(viewer)
    return any(
        owner.open_to(seated) and Medium.objects.filter(pk=medium.pk, pk__in=owner.media(seated)).exists()
        for owner, seated in boards.offered(owners, viewer)
    )


def heaviest(kind: str = "") -> int:
    """The heaviest file that is taken, of this kind or of any."""
    most = settings.MEDIA_MEGABYTES * MEGABYTE
    return min(most, HEAVIEST.get(Medium.Kind(kind), most)) if kind else most


def allowance() -> int:
    """What one person may keep."""
    return settings.MEDIA_PERSON_GIGABYTES * GIGABYTE


def capacity() -> int:
    """What the platform may keep."""
    return settings.MEDIA_GIGABYTES * GIGABYTE
