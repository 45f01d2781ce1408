"""A family sends a document, keeps one for later, uses one again; the office ticks what came on paper."""

from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from preau.commons.files.models import StoredFile
from preau.commons.notifications.models import Item
from preau.directory.viewer import Viewer
from preau.domains.paperwork import rules
from preau.domains.paperwork.actions import telling
from preau.domains.paperwork.models import Collection, Dossier, Piece, Submission
from preau.domains.paperwork.queries import collections, states
from preau.foundation import journal, notices
from preau.foundation.locks import lock

State, Way = Submission.State, Submission.Way


class NotAwaited(Exception):
    """The collection is closed, or this person does not answer for the pupil (any more)."""


class AlreadyChecked(Exception):
    """The school has checked this piece: nothing replaces it."""


class AlreadySent(Exception):
    """Somebody else has sent this piece, or brought it: nobody replaces the document of another."""


class NotAgain(Exception):
    """The document that was to be used again is not there (any more)."""


def note_read(viewer: Viewer, dossier: Dossier) -> None:
    """A dossier that is opened is read, and so are the news of it (docs/decisions/0156)."""
    page = reverse("paperwork:dossier", kwargs={"pk": dossier.pk})
    unread = Item.objects.filter(person=viewer.person.pk, url=page, kind__in=telling.OF_A_DOSSIER).unread()
    for kind, key in unread.order_by("pk").values_list("kind", "key"):
        notices.seen(kind, viewer.person.pk, key)


@transaction.atomic
def send(viewer: Viewer, dossier: Dossier, piece: Piece, file: StoredFile) -> bool:
    """Send a document in place of what was sent and is not checked; the same once more is False. Raises NotAwaited, AlreadyChecked,
    AlreadySent."""
    dossier = _held(viewer, dossier)
    current = _replaceable(viewer, dossier, piece)
    if current is not None and current.file_id == file.pk and current.state == State.RECEIVED:
        return False
    Submission.objects.filter(dossier=dossier, piece=piece, by=viewer.person.pk, state=State.DRAFT).delete()
    _put(viewer, dossier, piece, current, file=file, way=Way.HERE)
    return True


@transaction.atomic
def keep_for_later(viewer: Viewer, dossier: Dossier, piece: Piece, file: StoredFile) -> bool:
    """Keep a document that nobody else reads before it is sent. Raises NotAwaited, AlreadyChecked,
    AlreadySent."""
    dossier = _held(viewer, dossier)
    _replaceable(viewer, dossier, piece)
    drafts = Submission.objects.filter(dossier=dossier, piece=piece, by=viewer.person.pk, state=State.DRAFT)
    known = drafts.first()
    if known is not None and known.file_id == file.pk:
        return False
    drafts.delete()
    Submission.objects.create(
        dossier=dossier, piece=piece, by=viewer.person, state=State.DRAFT, file=file, at=timezone.now()
    )
    return True


@dataclass(frozen=True)
class KeptSent:
    """What became of the documents kept for later: how many left, and the pieces that had come meanwhile, of which they stay kept."""

    number: int
    come: list[str]


@transaction.atomic
def send_kept(viewer: Viewer, dossier: Dossier) -> KeptSent:
    """Send all that this person has kept for later and that is still awaited; the others stay kept. Raises NotAwaited."""
    dossier = _held(viewer, dossier)
    drafts = Submission.objects.filter(dossier=dossier, by=viewer.person.pk, state=State.DRAFT)
    sent, come = 0, []
    for draft in drafts.exclude(file=None).select_related("piece", "file").order_by("pk"):
        try:
            current = _replaceable(viewer, dossier, draft.piece)
        except (AlreadyChecked, AlreadySent):
            come.append(draft.piece.label)
            continue
        _put(viewer, dossier, draft.piece, current, file=draft.file, way=Way.HERE)
        draft.delete()
        sent += 1
    return KeptSent(sent, come)


@transaction.atomic
def drop_kept(viewer: Viewer, dossier: Dossier, piece: Piece) -> bool:
    """Let go of what was kept for later: always, even once nothing may be sent any more."""
    dossier = lock(Dossier, dossier.pk)
    drafts = Submission.objects.filter(dossier=dossier, piece=piece, by=viewer.person.pk, state=State.DRAFT)
    return drafts.delete()[0] > 0


@transaction.atomic
def use_again(viewer: Viewer, dossier: Dossier, piece: Piece) -> bool:
    """Send once more what this person sent this year for another dossier, and was checked there. Raises NotAwaited, AlreadyChecked,
    AlreadySent, NotAgain."""
    dossier = _held(viewer, dossier)
    current = _replaceable(viewer, dossier, piece)
    known = states.sent_before(viewer, dossier, [piece]).get(piece.pk)
    if known is None:
        raise NotAgain
    if current is not None and current.again_of_id == known.pk and current.state == State.RECEIVED:
        return False
    _put(viewer, dossier, piece, current, file=known.file, way=Way.AGAIN, again_of=known)
    return True


@transaction.atomic
def note_paper(viewer: Viewer, dossier: Dossier, piece: Piece) -> bool:
    """Tick what was handed over at the counter: it counts as checked, but where others alone may read it. False where a document has
    come already. Raises NotAwaited."""
    dossier = lock(Dossier, dossier.pk)
    if Collection.objects.get(pk=dossier.collection_id).is_draft:
        raise NotAwaited
    current = Submission.objects.current().filter(dossier=dossier, piece=piece).first()
    if piece.collection_id != dossier.collection_id:
        raise NotAwaited
    if current is not None and current.state != State.REFUSED:
        return False
    now = timezone.now()
    made = _put(viewer, dossier, piece, current, way=Way.PAPER)
    if not piece.is_confidential:
        made.state, made.decided_by, made.decided_at = State.CHECKED, viewer.person, now
        made.save(update_fields=["state", "decided_by", "decided_at"])
    return True


@transaction.atomic
def untick_paper(viewer: Viewer, dossier: Dossier, piece: Piece) -> bool:
    """Take back a paper of the counter that nobody has looked at yet, ticked by mistake: whoever ticks may, though others read it. False
    when there is none."""
    dossier = lock(Dossier, dossier.pk)
    current = Submission.objects.current().filter(dossier=dossier, piece=piece).first()
    if current is None or current.way != Way.PAPER or current.state != State.RECEIVED:
        return False
    current.replaced_at = timezone.now()
    current.save(update_fields=["replaced_at"])
    journal.record(viewer, "paperwork.reopened", current, subject_id=dossier.pupil_id)
    return True


def _held(viewer: Viewer, dossier: Dossier) -> Dossier:
    """The dossier, locked, of an open collection and of somebody for whom this person sends: two devices wait for each other."""
    found = lock(Dossier, dossier.pk, "pupil", "collection")
    # Read again: it may have been closed while we waited.
    if not Collection.objects.get(pk=found.collection_id).is_open or not rules.sends(viewer, found):
        raise NotAwaited
    if not collections.answers_today(viewer, found):
        raise NotAwaited
    return found


def _replaceable(viewer: Viewer, dossier: Dossier, piece: Piece) -> Submission | None:
    """What was sent before for this piece. Raises AlreadyChecked, AlreadySent, NotAwaited for a piece of another collection."""
    if piece.collection_id != dossier.collection_id:
        raise NotAwaited
    current = Submission.objects.current().filter(dossier=dossier, piece=piece).first()
    if current is not None and current.state == State.CHECKED:
        raise AlreadyChecked
    if current is not None and current.state == State.RECEIVED and current.by_id != viewer.person.pk:
        raise AlreadySent
    return current


def _put(
    viewer: Viewer,
    dossier: Dossier,
    piece: Piece,
    former: Submission | None,
    *,
    way: str,
    file: StoredFile | None = None,
    again_of: Submission | None = None,
) -> Submission:
    """What counts from now on. What it replaces is not kept: nobody needs that document any more."""
    now = timezone.now()
    if former is not None:
        former.replaced_at = now
        if former.file_id:
            former.file, former.erased_at = None, now
        former.save(update_fields=["replaced_at", "file", "erased_at"])
        telling.settle_refusal(former)
    made = Submission.objects.create(
        dossier=dossier,
        piece=piece,
        by=None if way == Way.PAPER else viewer.person,
        way=way,
        state=State.RECEIVED,
        file=file,
        at=now,
        again_of=again_of,
    )
    verb = "paperwork.paper_noted" if way == Way.PAPER else "paperwork.sent"
    journal.record(viewer, verb, made, subject_id=dossier.pupil_id)
    if not collections.is_missing(dossier):
        telling.settle(Collection.objects.get(pk=dossier.collection_id), [dossier.pk])
    return made
