"""What a document says now: its state, the updates that came after it, its HTML."""

from dataclasses import dataclass
from typing import Any

from preau.commons.documents.models import Document, State, Update
from preau.foundation.richtext import shared

# What one answer brings at most; the page asks again for the rest.
MOST_UPDATES = 2_000


@dataclass(frozen=True)
class News:
    """What came after the update that a page knows: bytes of Yjs, and the number of the last of them."""

    number: int
    updates: tuple[bytes, ...]


def since(document_id: int, number: int) -> News:
    """What came after update `number`; where it is within the state, the whole state first (two queries at most)."""
    updates: list[bytes] = []
    state = State.objects.filter(document=document_id, number__gt=number).first()
    if state:
        number = state.number
        updates.append(bytes(state.content))
    rows = Update.objects.filter(document=document_id, number__gt=number).order_by("number")
    for last, content in rows.values_list("number", "content")[:MOST_UPDATES]:
        number = last
        updates.append(bytes(content))
    return News(number, tuple(updates))


def doc_of(document: Document) -> Any:
    """The whole text, to be read or changed."""
    return shared.opened(b"", _all_of(document))


def _all_of(document: Document) -> list[bytes]:
    state = State.objects.filter(document=document.pk).first()
    rows = Update.objects.filter(document=document.pk, number__gt=state.number if state else 0)
    found = [bytes(content) for content in rows.order_by("number").values_list("content", flat=True)]
    return [bytes(state.content), *found] if state else found


def html_now(document: Document) -> str:
    """What it says at this moment, in canonical HTML, whether or not a task has written it already."""
    if document.shown == document.last:
        return document.html
    return shared.html_of(doc_of(document))
