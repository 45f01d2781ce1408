"""The words of a medium, and letting go of what nothing shows."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext as _

from preau.commons.media import mediaroom
from preau.commons.media.models import Medium, Rendition, Upload
from preau.directory.viewer import Viewer
from preau.foundation import journal, works
from preau.foundation.locks import lock
from preau.foundation.works import CannotStop, Ending

# medium_id: whoever shows it may have to say it again.
words_changed = Signal()
# An upload of which nothing came for so long; what nothing shows; a film that nobody makes any more.
UPLOAD_KEPT, LOOSE_KEPT, LOST = timedelta(days=7), timedelta(days=30), timedelta(hours=6)
WORDS = frozenset({"captions", "transcript", "chapters", "silent", "alternative", "language"})


class InUse(Exception):
    """Something shows it."""


@transaction.atomic
def describe(viewer: Viewer, medium: Medium, words: Mapping[str, Any]) -> bool:
    """Give a medium its captions, transcript, chapters…; was anything changed?"""
    known = lock(Medium, medium.pk)
    changed = [name for name, value in words.items() if name in WORDS and getattr(known, name) != value]
    if not changed:
        return False
    for name in changed:
        setattr(known, name, words[name])
    known.save(update_fields=changed)
    journal.record(viewer, "media.described", known)
    words_changed.send(Medium, medium_id=known.pk)
    return True


@transaction.atomic
def remove(viewer: Viewer, medium: Medium) -> None:
    """Erase a medium that nothing shows, bytes and all. Raises InUse."""
    known: Medium | None = Medium.objects.select_for_update(of=("self",)).filter(pk=medium.pk).first()
    if known is None:
        return
    if not Medium.objects.loose().filter(pk=known.pk).exists():
        raise InUse
    journal.record(viewer, "media.removed", known)
    _erase([known])


@transaction.atomic
def stop(viewer: Viewer, key: str, **_kwargs: object) -> None:
    """Its person stops what is being made of it: nothing of it stays. Raises CannotStop."""
    if not key.startswith("media-"):
        return
    mine = Medium.objects.select_for_update(of=("self",)).mine(viewer)
    known: Medium | None = mine.to_make().filter(public_id=key.removeprefix("media-")).first()
    if known is None:
        raise CannotStop
    _erase([known])


def _erase(media: Sequence[Medium]) -> int:
    """Rows now, bytes once it is certain."""
    for medium in media:
        for stored in medium.renditions.values_list("stored", flat=True):
            transaction.on_commit(partial(mediaroom.remove, stored))
        transaction.on_commit(partial(mediaroom.clear, medium.public_id))
        works.end(medium.work, ending=Ending.CANCELLED)
    return Medium.objects.filter(pk__in=[medium.pk for medium in media]).delete()[0]


@transaction.atomic
def forget_media(person_id: int) -> int:
    """Erase what a person sent. What is shown (a resource of the catalogue) stays, and names them no more."""
    mine = Medium.objects.filter(kept_by=person_id)
    gone = _erase(list(Medium.objects.loose().filter(kept_by=person_id)))
    for upload in Upload.objects.filter(person=person_id):
        transaction.on_commit(partial(mediaroom.clear, upload.public_id))
    return gone + mine.update(kept_by=None) + Upload.objects.filter(person=person_id).delete()[0]


# Each night


def sweep(now: datetime) -> dict[str, int]:
    """Let go of what stopped on its way, of what nothing has shown for a month, and of bytes that no row names."""
    uploads = list(Upload.objects.still_since(now - UPLOAD_KEPT)[:5_000])
    for upload in uploads:
        mediaroom.arriving(upload.public_id).unlink(missing_ok=True)
    Upload.objects.filter(pk__in=[upload.pk for upload in uploads]).delete()
    lost = [_lose(pk) for pk in list(_lost(now))]
    return {
        "uploads": len(uploads),
        "lost": len(lost),
        "media": let_go(now),
        "files": _sweep_room(now - UPLOAD_KEPT),
    }


def _lost(now: datetime) -> "Sequence[int]":
    going_on = Medium.objects.filter(state__in=[Medium.State.WAITING, Medium.State.MAKING])
    return list(going_on.filter(moved_at__lt=now - LOST).values_list("pk", flat=True)[:500])


@transaction.atomic
def _lose(pk: int) -> None:
    known: Medium | None = Medium.objects.select_for_update(of=("self",)).to_make().filter(pk=pk).first()
    if known is not None:
        known.state, known.refusal, known.size = (
            Medium.State.FAILED,
            _("La préparation s’est arrêtée : envoyez le fichier de nouveau."),
            0,
        )
        known.save(update_fields=["state", "refusal", "size"])
        works.end(known.work, ending=Ending.FAILED)
        transaction.on_commit(partial(mediaroom.clear, known.public_id))


def let_go(now: datetime) -> int:
    """Those that nothing has shown for a month."""
    loose = Medium.objects.loose().filter(kept_at__lt=now - LOOSE_KEPT, moved_at__lt=now - LOOSE_KEPT)
    count = 0
    for pk in list(loose.values_list("pk", flat=True)[:1_000]):
        with transaction.atomic():
            row = Medium.objects.select_for_update(of=("self",)).filter(pk=pk)
            try:
                count += bool(
                    _erase([medium for medium in row if Medium.objects.loose().filter(pk=pk).exists()])
                )
            except ProtectedError:
                continue
    return count


def _sweep_room(moment: datetime) -> int:
    count, paths = 0, mediaroom.left_before(moment)
    while some := list(islice(paths, 500)):
        known = _known({path.name for _part, path in some})
        for part, path in some:
            if (part, path.name) in known:
                continue
            if part == mediaroom.MAKING:
                mediaroom.clear(path.name)
            else:
                path.unlink(missing_ok=True)
            count += 1
    return count


def _known(names: set[str]) -> set[tuple[str, str]]:
    stored = Rendition.objects.filter(stored__in=names).values_list("stored", flat=True)
    arriving = Upload.objects.filter(public_id__in=names).values_list("public_id", flat=True)
    making = Medium.objects.to_make().filter(public_id__in=names).values_list("public_id", flat=True)
    return (
        {("", name) for name in stored}
        | {(mediaroom.ARRIVING, name) for name in arriving}
        | {(mediaroom.MAKING, name) for name in making}
    )


def touch(medium_id: int) -> None:
    """Nothing shows it any more: the month begins now."""
    Medium.objects.filter(pk=medium_id).update(moved_at=timezone.now())
