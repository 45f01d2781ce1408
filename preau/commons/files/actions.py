"""Keeping what people send, letting go of it, and asking the antivirus again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from itertools import islice
from typing import IO, Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preau.commons.files import queries
from preau.commons.files.models import GLIMPSE, StoredFile, points_at
from preau.commons.files.queries import FileRow
from preau.commons.files.rules import Limits
from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.foundation import antivirus, boards, filekinds, journal, pictures, vault
from preau.foundation.antivirus import Verdict
from preau.foundation.locks import lock
from preau.foundation.uploads import MEGABYTE, NoRoom, UploadRefused

State = StoredFile.State
# A second click, or the same form sent again, finds the file of the first.
SAME_SENDING = timedelta(hours=1)
# What nothing owns stays a day: the time to correct a form.
LOOSE_FOR = timedelta(days=1)


@dataclass(frozen=True)
class _Ready:
    """A file whose bytes are in the vault, and which has no row yet."""

    name: str
    kind: str
    written: vault.VaultFile
    state: str
    width: int | None = None
    height: int | None = None

    def forget(self) -> None:
        _remove(self.written.name, glimpse=self.width is not None)


def keep(viewer: Viewer, school_id: int, sent: Sequence[Any], limits: Limits) -> list[StoredFile]:
    """Keep the files sent, all or none; whoever owns them points at them in the same transaction, or within a day.

    Raises `foundation.uploads.Refused`, with the sentence to show.
    """
    _count(len(sent), limits)
    ready: list[_Ready] = []
    try:
        for one in sent:
            # Those already written go away with the one that is refused.
            ready += [_taken_in(one, limits)]
        return _rows(viewer, school_id, ready)
    except BaseException:
        for one in ready:
            one.forget()
        raise


def _count(count: int, limits: Limits) -> None:
    if count > limits.files:
        sentence = ngettext(
            "Un seul fichier est attendu ici.", "Pas plus de %(num)s fichiers à la fois.", limits.files
        )
        raise UploadRefused(sentence % {"num": limits.files})


def _taken_in(sent: Any, limits: Limits) -> _Ready:
    """Look at one file, draw it anew if it is a picture, and write its bytes. Raises UploadRefused."""
    shown = filekinds.shown(sent.name)
    if sent.size > limits.size:
        values = {"name": shown, "most": limits.size // MEGABYTE}
        raise UploadRefused(_("« %(name)s » est trop lourd : %(most)s Mo au plus.") % values)
    kind = filekinds.EMPTY if limits.empty and not sent.size else filekinds.kind_of(sent, shown)
    if kind not in limits.kinds:
        values = {"name": shown, "kinds": limits.said}
        raise UploadRefused(_("« %(name)s » ne convient pas ici. %(kinds)s") % values)
    name, bare = filekinds.clean_name(sent.name, kind), vault.new_name()
    if kind not in filekinds.IMAGES:
        written = vault.write(sent, bare)
        return _cleared(_Ready(name, kind, written, State.READY))
    photo = pictures.photo_of(sent, kind)
    ready = _Ready(name, kind, vault.write(photo.whole, bare), State.READY, photo.width, photo.height)
    try:
        vault.write(photo.glimpse, f"{bare}{GLIMPSE}")
    except BaseException:
        ready.forget()
        raise
    # What was drawn anew holds nothing of what was sent: there is nothing left to look for.
    return ready


def _cleared(ready: _Ready) -> _Ready:
    """The same, held back when the antivirus does not answer. Raises UploadRefused for what it knows."""
    verdict = antivirus.verdict(vault.path_of(ready.written.name))
    if verdict == Verdict.CLEAN:
        return ready
    if verdict == Verdict.UNKNOWN:
        return _Ready(ready.name, ready.kind, ready.written, State.HELD)
    ready.forget()
    sentence = _(
        "« %(name)s » contient un virus : il n’est pas gardé. Faites vérifier l’appareil d’où il vient."
    )
    raise UploadRefused(sentence % {"name": ready.name})


@transaction.atomic
def keep_made(school_id: int, name: str, content: bytes | IO[bytes], kind: str) -> StoredFile:
    """Keep a document that Préau itself has made, sent by nobody; its owner points at it in the same transaction. Raises UploadRefused."""
    source = BytesIO(content) if isinstance(content, bytes) else content
    written = vault.write(source, vault.new_name())
    if queries.room_left(school_id) < written.size:
        vault.remove(written.name)
        raise NoRoom(_("L’établissement n’a plus de place pour des fichiers."))
    kept: StoredFile = StoredFile.objects.create(
        public_id=written.name,
        school_id=school_id,
        name=filekinds.clean_name(name, kind),
        kind=kind,
        size=written.size,
        digest=written.digest,
        kept_at=timezone.now(),
    )
    line = journal.Line(
        "files.kept",
        school_id=school_id,
        target="files.storedfile",
        target_id=kept.pk,
        details={"size": kept.size},
    )
    journal.write(line)
    return kept


@transaction.atomic
def _rows(viewer: Viewer, school_id: int, ready: Sequence[_Ready]) -> list[StoredFile]:
    # Two clicks at once: the second waits, then finds what the first kept.
    lock(Person, viewer.person.pk)
    kept = [_row(viewer, school_id, one) for one in ready]
    if kept and queries.room_left(school_id) < 0:
        raise NoRoom(
            _(
                "L’établissement n’a plus de place pour des fichiers : demandez-lui d’en faire, ou envoyez plus léger."
            )
        )
    return kept


def _row(viewer: Viewer, school_id: int, ready: _Ready) -> StoredFile:
    now = timezone.now()
    known = (
        StoredFile.objects.filter(
            kept_by_id=viewer.person.pk,
            digest=ready.written.digest,
            school_id=school_id,
            name=ready.name,
            kept_at__gte=now - SAME_SENDING,
        )
        .exclude(state=State.REMOVED)
        .first()
    )
    if known:
        ready.forget()
        return known
    kept = StoredFile.objects.create(
        public_id=ready.written.name,
        school_id=school_id,
        name=ready.name,
        kind=ready.kind,
        size=ready.written.size,
        digest=ready.written.digest,
        width=ready.width,
        height=ready.height,
        state=ready.state,
        kept_by=viewer.person,
        kept_at=now,
    )
    journal.record(viewer, "files.kept", kept, size=kept.size)
    _keep_bytes_once(kept)
    return kept


def _keep_bytes_once(kept: StoredFile) -> None:
    """A document that a whole school sends lies once on the disk: each has a row of their own, and its name among the bytes."""
    if kept.state != State.READY or not kept.size:
        return
    same = StoredFile.objects.filter(digest=kept.digest, size=kept.size, kind=kept.kind, state=State.READY)
    other = same.exclude(pk=kept.pk).order_by("-pk").values_list("public_id", flat=True).first()
    if other and vault.keep_once(kept.public_id, other) and kept.has_glimpse:
        vault.keep_once(kept.glimpse, f"{other}{GLIMPSE}")


@dataclass(frozen=True)
class Desk:
    """Where a form hands its files over (`foundation.fields.Attachments`). `held`: those that what it changes has already."""

    viewer: Viewer
    school_id: int
    limits: Limits
    held: Sequence[StoredFile] = ()

    def again(self, public_ids: Sequence[str]) -> list[StoredFile]:
        """Those that the form keeps: they were there, or this person has just sent them."""
        known = {file.public_id: file for file in self.held}
        sent = queries.sent_by(self.viewer, set(public_ids) - set(known))
        known |= {file.public_id: file for file in sent if file.kind in self.limits.kinds}
        return [known[public_id_] for public_id_ in dict.fromkeys(public_ids) if public_id_ in known]

    def take(self, sent: Sequence[IO[bytes]], beside: int) -> list[StoredFile]:
        """Keep the new ones, beside so many others. Raises UploadRefused."""
        if sent:
            _count(len(sent) + beside, self.limits)
        return keep(self.viewer, self.school_id, sent, self.limits) if sent else []

    def rows(self, files: Sequence[StoredFile]) -> list[FileRow]:
        return queries.rows_of(files)

    @property
    def picker(self) -> str:
        """The address where one chooses a file that one has already, to be followed by the name of the field; "" for none."""
        for picker, seated in boards.offered(boards.file_pickers, self.viewer):
            if picker.open_to(seated):
                return f"{reverse(picker.url_name)}?champ="
        return ""


# Held back


def check_held() -> dict[str, int]:
    """Ask the antivirus again about each file that it has not cleared; stop at the first silence."""
    counts = {"cleared": 0, "removed": 0}
    for pk, public_id in StoredFile.objects.held().order_by("pk").values_list("pk", "public_id")[:500]:
        path = vault.path_of(public_id)
        verdict = antivirus.verdict(path) if path.is_file() else Verdict.INFECTED
        if verdict == Verdict.UNKNOWN:
            break
        counts["cleared" if verdict == Verdict.CLEAN else "removed"] += _settle(pk, verdict)
    return counts


@transaction.atomic
def _settle(pk: int, said: Verdict) -> int:
    file = StoredFile.objects.select_for_update(of=("self",)).filter(pk=pk, state=State.HELD).first()
    if file is None:
        return 0
    file.state = State.READY if said == Verdict.CLEAN else State.REMOVED
    file.save(update_fields=["state"])
    if file.state == State.REMOVED:
        transaction.on_commit(partial(_remove, file.public_id, glimpse=False))
        journal.write(
            journal.Line(
                verb="files.removed", school_id=file.school_id, target="files.storedfile", target_id=pk
            )
        )
    return 1


# Letting go


def sweep(now: datetime) -> dict[str, int]:
    """Let go of what nothing owns since a day, then of the bytes that no row names."""
    loose = StoredFile.objects.loose().kept_before(now - LOOSE_FOR).values_list("pk", flat=True)[:5_000]
    rows = sum(_let_go(pk) for pk in list(loose))
    return {"rows": rows, "files": _sweep_room(now - LOOSE_FOR)}


@transaction.atomic
def _let_go(pk: int) -> int:
    """Once more, with the row locked: somebody may be pointing at it this very moment."""
    file = StoredFile.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if file is None or not StoredFile.objects.loose().filter(pk=pk).exists():
        return 0
    return _erase([file])


def _sweep_room(moment: datetime) -> int:
    """What a killed process or an undone transaction left in the room."""
    count, paths = 0, vault.left_before(moment)
    while some := list(islice(paths, 500)):
        unknown = queries.unknown_among(path.name[:32] for path in some)
        lost = [path for path in some if path.suffix == ".part" or path.name[:32] in unknown]
        for path in lost:
            path.unlink(missing_ok=True)
        count += len(lost)
    return count


def _erase(files: Sequence[StoredFile]) -> int:
    """Rows now, bytes once it is certain."""
    for file in files:
        transaction.on_commit(partial(_remove, file.public_id, glimpse=file.has_glimpse))
    return StoredFile.objects.filter(pk__in=[file.pk for file in files]).delete()[0]


def remove_bytes(keys: Sequence[int]) -> None:
    """Remove the bytes of these files now, before their rows go: done again, it finds nothing."""
    for file in StoredFile.objects.filter(pk__in=keys):
        _remove(file.public_id, glimpse=file.has_glimpse)


def _remove(name: str, *, glimpse: bool) -> None:
    vault.remove(name)
    if glimpse:
        vault.remove(f"{name}{GLIMPSE}")


@transaction.atomic
def forget_files(person_id: int) -> int:
    """Erase what a person sent, bytes and all. What belongs to the school (a lesson's documents) stays, and names them no more."""
    mine = StoredFile.objects.filter(kept_by_id=person_id)
    schools = mine.none()
    for owner in boards.file_owners:
        if owner.outlives:
            schools |= mine.filter(points_at(owner))
    stays = list(schools.values_list("pk", flat=True))
    gone = _erase(list(mine.exclude(pk__in=stays)))
    return gone + mine.filter(pk__in=stays).update(kept_by=None)
