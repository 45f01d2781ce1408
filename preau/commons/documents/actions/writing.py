"""Text that comes in: what pages send as people write, what is written without the live editor, and who is there."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from preau.commons.documents import rules
from preau.commons.documents.models import (
    LONGEST_CARET,
    LONGEST_WORDS,
    Document,
    Presence,
    Turn,
    Update,
)
from preau.commons.documents.queries import people, texts
from preau.directory.viewer import Viewer
from preau.foundation import live
from preau.foundation.richtext import shared, showing
from preau.foundation.text import fold


class NotOpen(Exception):
    """This person may not write in this document (any more)."""


class Full(Exception):
    """The document is as heavy as it may be."""


class Crowded(Exception):
    """As many people write in the document as may at once: what this one sends waits on their page."""


class TooFast(Exception):
    """This person has sent more than any page does in a few seconds: the rest waits on their page."""


class Passed(Exception):
    """This person has no turn to write any more."""


class Held(Exception):
    """Somebody else has the turn to write; `turn` says who and until when."""

    def __init__(self, turn: Turn) -> None:
        super().__init__()
        self.turn = turn


def topic_of(document_id: int) -> str:
    """What moves on an open page of it."""
    return f"document:{document_id}"


def hold(viewer: Viewer, document_id: int, *, to: Any = rules.writes) -> Document:
    """The document as it is now, which nobody else changes until the end of the transaction. Raises NotOpen."""
    rows: Any = Document.objects.select_for_update(of=("self",)).light()
    document: Document | None = rows.filter(pk=document_id).first()
    if document is None or not to(viewer, document):
        raise NotOpen
    return document


@transaction.atomic
def receive(viewer: Viewer, document_id: int, batch: UUID, content: bytes) -> int:
    """Keep what a page sends: its rights are looked at now, whatever they were when it was opened. Returns the number of its update; the
    same batch sent again is that of the first time. Raises NotOpen, Full, Crowded, TooFast, NotAnUpdate: nothing of it is kept then."""
    shared.check(content)
    document = hold(viewer, document_id)
    known = Update.objects.filter(document=document, batch=batch).values_list("number", flat=True).first()
    if known:
        return int(known)
    if document.weight + len(content) > rules.HEAVIEST_STATE:
        raise Full
    if not people.has_room(viewer, document):
        raise Crowded
    if _is_too_fast(viewer, document):
        raise TooFast
    return add(document, viewer, content, batch).last


# Among how many of the last sendings of all those of one person are counted.
LAST = 2_000


def _is_too_fast(viewer: Viewer, document: Document) -> bool:
    """Was their sending before so many others a moment ago? (one query)"""
    rows = Update.objects.filter(
        document=document, number__gt=document.last - LAST, author=viewer.person.pk
    ).order_by("-number")
    before = rows.values_list("made_at", flat=True)[rules.MOST_SENDINGS - 1 : rules.MOST_SENDINGS].first()
    return before is not None and before > timezone.now() - timedelta(seconds=rules.SENDING_SECONDS)


def add(document: Document, viewer: Viewer | None, content: bytes, batch: UUID | None = None) -> Document:
    """One more update of a document that is held; open pages hear of it once it is kept."""
    now = timezone.now()
    document.last += 1
    document.weight += len(content)
    document.changed_at = now
    Update.objects.create(
        document=document,
        number=document.last,
        batch=batch or uuid4(),
        content=content,
        author=viewer.person if viewer else None,
        made_at=now,
    )
    document.save(update_fields=["last", "weight", "changed_at"])
    live.touch(topic_of(document.pk))
    return document


def project(document: Document, html: str) -> None:
    """Write what it says as of its last update, for pages and for the search."""
    document.html, document.shown = html, document.last
    document.words = fold(showing.plain(html, pictures=True))[:LONGEST_WORDS]
    document.save(update_fields=["html", "words", "shown"])


# Without the live editor


@transaction.atomic
def take_turn(viewer: Viewer, document_id: int) -> Turn:
    """Begin to write, or go on: others who write without the live editor wait. Raises NotOpen, Held."""
    document = hold(viewer, document_id)
    now = timezone.now()
    turn = Turn.objects.select_related("person").filter(document=document).first()
    if turn and turn.person_id != viewer.person.pk and turn.ends_at > now:
        raise Held(turn)
    ends = now + timedelta(minutes=rules.TURN_MINUTES)
    if turn and turn.person_id == viewer.person.pk and turn.ends_at > now:
        # The same person, on another page or once more: the text from which they began stays.
        turn.ends_at = ends
        turn.save(update_fields=["ends_at"])
        return turn
    facts = {"person": viewer.person, "html": texts.html_now(document), "ends_at": ends}
    return Turn.objects.update_or_create(document=document, defaults=facts)[0]


@dataclass(frozen=True)
class Saved:
    """`clashes`: how many paragraphs somebody else had changed meanwhile; both texts then stand in the document. `again`: the same was sent
    a moment ago, and is there."""

    changed: bool
    clashes: int = 0
    again: bool = False


@transaction.atomic
def save_turn(viewer: Viewer, document_id: int, html: str) -> Saved:
    """Put what was typed in the document (canonical HTML): only the paragraphs that changed since the turn began are replaced.

    Ends the turn, which stays as a mark of what was saved: sent twice, the second time changes nothing. Raises NotOpen, Passed, Held when
    somebody else has begun meanwhile.
    """
    document = hold(viewer, document_id)
    turn = Turn.objects.select_related("person").filter(document=document).first()
    if turn and turn.person_id != viewer.person.pk and turn.ends_at > timezone.now():
        raise Held(turn)
    if turn is None or turn.person_id != viewer.person.pk:
        raise Passed
    now, base, is_over = timezone.now(), turn.html, turn.ends_at <= timezone.now()
    turn.html, turn.ends_at = html, now
    turn.save(update_fields=["html", "ends_at"])
    if is_over and base == html:
        return Saved(changed=False, again=True)
    return write(viewer, document, base, html)


def write(viewer: Viewer, document: Document, base: str, html: str) -> Saved:
    """The same for a document that is held, whatever the turn."""
    doc = texts.doc_of(document)
    content, clashes = shared.replace(doc, base, html)
    if not content:
        return Saved(changed=False)
    add(document, viewer, content)
    project(document, shared.html_of(doc))
    return Saved(changed=True, clashes=clashes)


@transaction.atomic
def leave_turn(viewer: Viewer, document_id: int) -> bool:
    """Give the turn back without writing; False when one had none."""
    return Turn.objects.filter(document=document_id, person=viewer.person.pk).delete()[0] > 0


# Who is there


@transaction.atomic
def appear(viewer: Viewer, document: Document, page: UUID, caret: str = "", *, writes: bool = False) -> None:
    """Say that a page is open, and where its caret stands."""
    facts = {"caret": caret[:LONGEST_CARET], "writes": writes, "seen_at": timezone.now()}
    known = Presence.objects.filter(document=document, person=viewer.person.pk, page=page)
    before = known.values_list("caret", "writes").first()
    if before is None:
        Presence.objects.update_or_create(document=document, person=viewer.person, page=page, defaults=facts)
    else:
        known.update(**facts)
    if before != (facts["caret"], writes):
        live.touch(topic_of(document.pk))


@transaction.atomic
def disappear(viewer: Viewer, document: Document, page: UUID) -> None:
    """The page is closed."""
    if Presence.objects.filter(document=document, person=viewer.person.pk, page=page).delete()[0]:
        live.touch(topic_of(document.pk))


@transaction.atomic
def forget_absent(now: datetime) -> int:
    """Erase pages that are not open any more, and turns that are over."""
    before = now - timedelta(seconds=4 * rules.PRESENT)
    return (
        Presence.objects.filter(seen_at__lt=before).delete()[0]
        + Turn.objects.filter(ends_at__lt=now - timedelta(days=1)).delete()[0]
    )
