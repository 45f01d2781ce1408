"""What arrives: by parts that go on from where they stopped, or by an ordinary form. The disk says how much is there."""

import errno
import fcntl
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from os import O_CREAT, O_NOFOLLOW, O_RDWR, fdopen
from os import open as open_file
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.db.models import QuerySet
from django.dispatch import Signal
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.commons.media import films, mediaroom, papers, rules
from preau.commons.media.boards import Destination, destinations
from preau.commons.media.models import Medium, Upload
from preau.commons.media.queries import shelves
from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.foundation import boards, filekinds, journal, vault, works
from preau.foundation.locks import lock
from preau.foundation.text import weight
from preau.foundation.uploads import CHUNK, MEGABYTE, UploadRefused

# medium_id: nobody makes it yet.
arrived = Signal()
DIGESTS: dict[str, Callable[[], Any]] = {
    "sha1": lambda: hashlib.sha1(usedforsecurity=False),
    "sha256": hashlib.sha256,
}
# A second click, or the same form sent again, finds what the first sending kept.
SAME_SENDING = timedelta(hours=1)
LONGEST_PLACE = 60
# Of a part whose digest is told: read once more when it is wrong.
HEAVIEST_CHECKED = 64 * MEGABYTE


class TooMuch(UploadRefused):
    """More than what may be sent or kept."""


class Conflict(Exception):
    """This part is not the one that comes next, or another is being received."""


class WrongDigest(Exception):
    """What arrived is not what was sent."""


@dataclass(frozen=True)
class Part:
    """What comes next of a file, from `offset` on; `digest`: how it is told to be, as (algorithm, bytes)."""

    offset: int
    digest: tuple[str, bytes] | None = None


@transaction.atomic
def begin(viewer: Viewer, name: str, size: int, modified: str = "", goes_to: str = "") -> Upload:
    """Make room for a file; the same one for the same place goes on from where it stopped. Raises UploadRefused."""
    # Two clicks at once: the second waits, then finds the row of the first.
    lock(Person, viewer.person.pk)
    shown = filekinds.shown(name) or _("fichier")
    mine = Upload.objects.visible_to(viewer).arriving()
    same = mine.filter(name=shown, size=size, modified=modified[:20], goes_to=goes_to[:LONGEST_PLACE])
    known: Upload | None = same.first()
    if known:
        return known
    if goes_to:
        destination, place = _destination(viewer, goes_to)
        destination.check(viewer, place, size)
    else:
        _check_room(viewer, size)
    if mine.count() >= rules.MOST_UPLOADS:
        _make_way(mine)
    made: Upload = Upload.objects.create(
        person=viewer.person,
        name=shown,
        size=size,
        modified=modified[:20],
        goes_to=goes_to,
        moved_at=timezone.now(),
    )
    return made


def _make_way(mine: "QuerySet[Upload]") -> None:
    """What stopped first on its way to a place has no page where one could abandon it: the next one takes its turn. Raises TooMuch."""
    stopped = mine.exclude(goes_to="").order_by("moved_at").first()
    if stopped is None:
        raise TooMuch(_("Trop de fichiers sont en route : finissez ou abandonnez l’un d’eux."))
    abandon(stopped)


def _destination(viewer: Viewer, goes_to: str) -> tuple[Destination, str]:
    """The destination that a sender names, and the place there. Raises UploadRefused."""
    key, _colon, place = goes_to[: LONGEST_PLACE + 1].partition(":")
    for destination, seated in boards.offered(destinations, viewer):
        if destination.key == key and destination.open_to(seated) and len(goes_to) <= LONGEST_PLACE:
            return destination, place
    raise UploadRefused(_("Ce lieu n’est plus ouvert pour vous : choisissez-en un autre."))


def _check_room(viewer: Viewer, size: int) -> None:
    if not size:
        raise TooMuch(_("Ce fichier est vide."))
    if size > rules.heaviest():
        raise TooMuch(_("Ce fichier est trop lourd : %(most)s au plus.") % {"most": weight(rules.heaviest())})
    if shelves.used_by(viewer.person.pk) + size > rules.allowance():
        sentence = _(
            "Vous n’avez plus de place : supprimez des médias qui ne servent plus. Vous pouvez garder %(most)s."
        )
        raise TooMuch(sentence % {"most": weight(rules.allowance())})
    if shelves.used_in_all() + size > rules.capacity():
        raise TooMuch(_("Préau n’a plus assez de place pour ce fichier. Réessayez plus tard."))


def received(upload: Upload) -> int:
    """How much of it is there."""
    if upload.page:
        return upload.size
    path = mediaroom.arriving(upload.public_id)
    return path.stat().st_size if path.is_file() else 0


def take(upload: Upload, source: IO[bytes], part: Part) -> int:
    """Write what comes next, as far as it comes; how much is there then. Raises Conflict, WrongDigest, UploadRefused."""
    with _locked(mediaroom.arriving(upload.public_id)) as file:
        if file.seek(0, 2) != part.offset:
            raise Conflict
        try:
            _copy(source, file, upload.size - part.offset, part.digest)
        except WrongDigest:
            file.truncate(part.offset)
            raise
        except OSError as error:
            if error.errno in vault.FULL:
                file.truncate(part.offset)
                raise TooMuch(
                    _("Préau n’a plus assez de place pour ce fichier. Réessayez plus tard.")
                ) from error
            # Whoever sends has gone: what came stays, and the next part goes on from there.
            if error.errno not in {None, errno.ECONNRESET, errno.EPIPE}:
                raise
        file.flush()
        there = file.seek(0, 2)
    Upload.objects.filter(pk=upload.pk).update(received=there, moved_at=timezone.now())
    return there


def _copy(source: IO[bytes], file: IO[bytes], left: int, digest: tuple[str, bytes] | None) -> None:
    checksum = DIGESTS[digest[0]]() if digest else None
    while left and (chunk := source.read(min(CHUNK, left))):
        file.write(chunk)
        left -= len(chunk)
        if checksum:
            checksum.update(chunk)
    if checksum and digest and checksum.digest() != digest[1]:
        raise WrongDigest
    if not left and source.read(1):
        raise Conflict


@contextmanager
def _locked(path: Path) -> Iterator[IO[bytes]]:
    """The file of an upload, to one process at a time. Raises Conflict for the second."""
    mediaroom.open_folder(path.parent)
    with fdopen(open_file(path, O_RDWR | O_CREAT | O_NOFOLLOW, settings.FILES_MODE), "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Conflict from error
        yield file


@transaction.atomic
def keep_sent(viewer: Viewer, upload: Upload, digest: str = "") -> Medium:
    """All of it is there: it becomes a medium that a task makes. Told twice, the same one. Raises UploadRefused, and nothing of it is kept."""
    row: Upload | None = Upload.objects.select_for_update(of=("self",)).filter(pk=upload.pk).first()
    known: Medium | None = Medium.objects.mine(viewer).filter(public_id=upload.public_id).first()
    if row is None or known:
        if known is None:
            raise UploadRefused(_("Cet envoi n’existe plus : recommencez."))
        return known
    path = mediaroom.arriving(row.public_id)
    kind = _kind_of(path, row.name)
    folder = mediaroom.open_folder(mediaroom.making(row.public_id))
    path.replace(folder / "source")
    now = timezone.now()
    made: Medium = Medium.objects.create(
        public_id=row.public_id,
        kind=kind,
        name=row.name,
        size=row.size,
        digest=digest,
        kept_by=viewer.person,
        kept_at=now,
        moved_at=now,
    )
    row.delete()
    journal.record(viewer, "media.kept", made, kind=kind, size=made.size)
    works.start(
        works.WorkRequest(
            key=made.work,
            label=_("Préparation d’un média"),
            person_id=viewer.person.pk,
            url=reverse("media:medium", kwargs={"public_id": made.public_id}),
            can_stop=True,
        )
    )
    arrived.send(Medium, medium_id=made.pk)
    return made


@transaction.atomic
def hand_over(viewer: Viewer, upload: Upload) -> str:
    """All of it is there: its destination keeps it. Told twice, the same page. Raises UploadRefused."""
    row: Upload | None = Upload.objects.select_for_update(of=("self",)).filter(pk=upload.pk).first()
    if row is None:
        raise UploadRefused(_("Cet envoi n’existe plus : recommencez."))
    if row.page:
        return row.page
    destination, place = _destination(viewer, row.goes_to)
    path = mediaroom.arriving(row.public_id)
    with path.open("rb") as source:
        row.page = destination.keep(viewer, place, File(source, row.name))
    row.save(update_fields=["page"])
    transaction.on_commit(partial(path.unlink, missing_ok=True))
    return row.page


def _kind_of(path: Path, name: str) -> str:
    """What it is, by its first bytes. Raises UploadRefused for whatever Préau does not show."""
    with path.open("rb") as file:
        start = file.read(4096)
        kind = _medium_kind(start)
        if not kind:
            found = filekinds.kind_of(file, name)
            if found not in filekinds.IMAGES:
                sentence = _(
                    "« %(name)s » n’est pas un média : envoyez une vidéo, un son, une image, un PDF ou un EPUB."
                )
                raise UploadRefused(sentence % {"name": name})
            kind = Medium.Kind.IMAGE
    size, most = path.stat().st_size, rules.heaviest(kind)
    if size > most:
        values = {"name": name, "most": weight(most)}
        raise UploadRefused(
            _("« %(name)s » est trop lourd : %(most)s au plus pour ce genre de fichier.") % values
        )
    return str(kind)


def _medium_kind(start: bytes) -> str:
    if papers.is_pdf(start):
        return Medium.Kind.PDF
    if papers.is_epub(start):
        return Medium.Kind.EPUB
    container = films.container_of(start)
    if container and not films.is_there():
        raise UploadRefused(
            _(
                "Cette installation ne prépare ni vidéo ni son : il lui manque ffmpeg. Prévenez qui l’exploite."
            )
        )
    if container in {"mp3", "wav", "flac"}:
        return Medium.Kind.AUDIO
    return Medium.Kind.VIDEO if container else ""


def keep_form(viewer: Viewer, sent: Any) -> Medium:
    """Keep a file that an ordinary form brought, whole; sent twice, it is kept once. Raises UploadRefused."""
    digest = _digest_of(sent)
    since = timezone.now() - SAME_SENDING
    mine = (
        Medium.objects.mine(viewer)
        .filter(digest=digest, kept_at__gte=since)
        .exclude(state=Medium.State.FAILED)
    )
    known: Medium | None = mine.filter(name=filekinds.shown(sent.name)).first()
    if known:
        return known
    upload = begin(viewer, sent.name, sent.size, f"form{digest[:16]}")
    try:
        there = received(upload)
        sent.seek(there)
        take(upload, sent, Part(there))
        return keep_sent(viewer, upload, digest)
    except UploadRefused:
        abandon(upload)
        raise


def keep_made(name: str, source: Path) -> Medium:
    """Keep what Préau itself has made, sent by nobody: its caller makes it at once, by `go_on`. Raises UploadRefused."""
    kind, now = _kind_of(source, name), timezone.now()
    medium: Medium = Medium.objects.create(
        kind=kind, name=name, size=source.stat().st_size, kept_at=now, moved_at=now
    )
    folder = mediaroom.open_folder(mediaroom.making(medium.public_id))
    source.replace(folder / "source")
    return medium


def _digest_of(sent: Any) -> str:
    checksum = hashlib.sha256()
    sent.seek(0)
    while chunk := sent.read(CHUNK):
        checksum.update(chunk)
    return checksum.hexdigest()


def abandon(upload: Upload) -> None:
    """Nothing of it is kept."""
    Upload.objects.filter(pk=upload.pk).delete()
    mediaroom.arriving(upload.public_id).unlink(missing_ok=True)
