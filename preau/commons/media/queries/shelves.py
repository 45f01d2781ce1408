"""What a person keeps, how far each is, and how much room it takes."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet, Sum

from preau.commons.media.boards import owners
from preau.commons.media.models import Medium, Upload
from preau.directory.viewer import Viewer
from preau.foundation import boards

State = Medium.State
LOOKS = {
    State.WAITING: ("neutral", "clock"),
    State.MAKING: ("neutral", "clock"),
    State.HELD: ("todo", "clock"),
    State.READY: ("done", ""),
    State.FAILED: ("changed", "alert-circle"),
}
ICONS = {
    Medium.Kind.VIDEO: "movie",
    Medium.Kind.AUDIO: "volume",
    Medium.Kind.IMAGE: "photo",
    Medium.Kind.PDF: "file-type-pdf",
    Medium.Kind.EPUB: "book",
}


@dataclass(frozen=True)
class Row:
    """A medium as a list shows it."""

    medium: Medium
    word: str
    icon: str
    state: str
    tone: str
    state_icon: str


def media_of(viewer: Viewer) -> "QuerySet[Medium]":
    """Those that the viewer sent, the last first; without their words."""
    return Medium.objects.mine(viewer).defer("text", "captions", "transcript")


def rows_of(media: Iterable[Medium]) -> list[Row]:
    return [row_of(medium) for medium in media]


def row_of(medium: Medium) -> Row:
    kind, state = Medium.Kind(medium.kind), State(medium.state)
    tone, icon = LOOKS[state]
    return Row(medium, str(kind.label), ICONS[kind], str(state.label), tone, icon)


def unfinished_of(viewer: Viewer) -> list[Upload]:
    """What stopped on its way."""
    return list(Upload.objects.visible_to(viewer).filter(goes_to=""))


def seen(viewer: Viewer | None, public_id: str) -> Medium | None:
    """A medium that is ready, if this viewer, or visitor, sees it; without its words, of which most addresses have no need."""
    if "\x00" in public_id:
        return None
    rows = Medium.objects.visible_to(viewer).defer("text", "captions", "transcript")
    found: Medium | None = rows.filter(public_id=public_id, state=State.READY).first()
    return found


def is_public(medium: Medium) -> bool:
    """Does somebody show it to the whole world?"""
    this = Medium.objects.filter(pk=medium.pk)
    return any(this.filter(pk__in=owner.media(None)).exists() for owner in owners if not owner.private)


def uses_for(viewer: Viewer, medium: Medium) -> list[tuple[str, str]]:
    """What the viewer may do with it: (label, name of the page)."""
    return [
        (str(owner.label), owner.url_name)
        for owner, seated in boards.offered(owners, viewer)
        if owner.open_to(seated)
    ]


def used_by(person_id: int) -> int:
    """Bytes that a person keeps, and sends."""
    kept = Medium.objects.filter(kept_by=person_id).aggregate(all=Sum("size"))["all"] or 0
    sent = Upload.objects.filter(person=person_id, goes_to="").aggregate(all=Sum("size"))["all"] or 0
    return int(kept) + int(sent)


def used_in_all() -> int:
    kept = Medium.objects.aggregate(all=Sum("size"))["all"] or 0
    sent = Upload.objects.filter(goes_to="").aggregate(all=Sum("size"))["all"] or 0
    return int(kept) + int(sent)
