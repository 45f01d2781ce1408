"""Files as pages show them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import BooleanField, ExpressionWrapper, Q, Sum
from django.urls import reverse

from preau.commons.files.models import StoredFile
from preau.directory.viewer import Viewer
from preau.foundation import boards, filekinds
from preau.foundation.boards import FileOwner
from preau.foundation.text import weight

State = StoredFile.State


@dataclass(frozen=True)
class FileRow:
    """One file as `ui.files` shows it. `note`: why it cannot be opened, or "". `glimpse`: the address of a small picture, or ""."""

    pk: int
    public_id: str
    name: str
    size: str
    word: str
    icon: str
    url: str
    glimpse: str = ""
    width: int | None = None
    height: int | None = None
    note: str = ""
    is_held: bool = False
    is_sound: bool = False


def files_of(ids: Iterable[int]) -> list[FileRow]:
    """These files, in this order, in one query. Whoever asks has looked at who may see them."""
    wanted = list(dict.fromkeys(ids))
    found = StoredFile.objects.in_bulk(wanted) if wanted else {}
    return rows_of(found[pk] for pk in wanted if pk in found)


def rows_of(files: Iterable[StoredFile]) -> list[FileRow]:
    return [_row(file) for file in files]


def _row(file: StoredFile) -> FileRow:
    kind, ready = (filekinds.KINDS | filekinds.MADE)[file.kind], file.state == State.READY
    address = {"public_id": file.public_id}
    return FileRow(
        pk=file.pk,
        public_id=file.public_id,
        name=file.name,
        size=weight(file.size),
        word=str(kind.word),
        icon=kind.icon,
        url=reverse("files:file", kwargs=address) if ready else "",
        glimpse=reverse("files:glimpse", kwargs=address) if ready and file.has_glimpse else "",
        width=file.width,
        height=file.height,
        note="" if ready else str(State(file.state).label),
        is_held=file.state == State.HELD,
        is_sound=file.kind.startswith("audio/"),
    )


def owners_showing(viewer: Viewer, file: StoredFile) -> list[tuple[FileOwner, Viewer]]:
    """The owners that show this file to the viewer and want to know who opens it (one query, however many they are)."""
    asked = [(owner, seated) for owner, seated in boards.offered(boards.file_owners, viewer) if owner.read]
    shown = {
        f"shown_{number}": ExpressionWrapper(Q(pk__in=owner.files(seated)), BooleanField())
        for number, (owner, seated) in enumerate(asked)
    }
    row = StoredFile.objects.filter(pk=file.pk).annotate(**shown).values(*shown).first() if asked else None
    return [one for one, is_shown in zip(asked, (row or {}).values(), strict=False) if is_shown]


def address_of(public_id: str) -> str:
    return settings.PUBLIC_URL + reverse("files:file", kwargs={"public_id": public_id})


def word_of(kind: str) -> str:
    return str(filekinds.KINDS[kind].word)


def unknown_among(names: Iterable[str]) -> set[str]:
    """Those of these public ids that no row has."""
    wanted = set(names)
    return wanted - set(StoredFile.objects.filter(public_id__in=wanted).values_list("public_id", flat=True))


def room_left(school_id: int) -> int:
    """How many bytes the school may still keep."""
    used = StoredFile.objects.filter(school_id=school_id).aggregate(all=Sum("size"))["all"] or 0
    return settings.FILES_GIGABYTES * 1024**3 - int(used)


def sent_by(viewer: Viewer, public_ids: Iterable[str]) -> list[StoredFile]:
    """Those of these files that the viewer may put somewhere: sent by themselves, and seen; in this order."""
    wanted = list(dict.fromkeys(public_ids))[:100]
    mine = StoredFile.objects.visible_to(viewer).filter(kept_by_id=viewer.person.pk)
    found = {file.public_id: file for file in mine.filter(public_id__in=wanted)}
    return [found[public_id_] for public_id_ in wanted if public_id_ in found]
