"""What a document says now: its state, the updates that came after it, its HTML."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from preau.commons.documents.models import Document, State, Update
from preau.foundation.richtext import shared

# What one answer brings at most; the page asks again for the rest.
MOST_UPDATES = 2_000


@dataclass(frozen=True)
class News:
    """What came after the update that a page knows: bytes of Yjs, the number of the last of them; `more`: there are others after it."""

    number: int
    updates: tuple[bytes, ...]
    more: bool = False


def since(document_id: int, number: int) -> News:
    """What came after update `number`; where it is within the state, the whole state first (two queries at most)."""
    rows = list(_updates_after(document_id, number)[:MOST_UPDATES])
    state = State.objects.filter(document=document_id, number__gt=number).first()
    updates = _whole(state, rows)
    last = max([number, state.number if state else 0, *(rank for rank, _content in rows)])
    return News(last, tuple(updates), more=len(rows) == MOST_UPDATES)


def _updates_after(document_id: int, number: int) -> Any:
    """Read before the state, never after: a version that is kept between both reads moves updates into the state, and none is missed."""
    rows = Update.objects.filter(document=document_id, number__gt=number).order_by("number")
    return rows.values_list("number", "content")


def _whole(state: State | None, rows: Iterable[tuple[int, bytes]]) -> list[bytes]:
    within = state.number if state else 0
    found = [bytes(content) for number, content in rows if number > within]
    return [bytes(state.content), *found] if state else found


def doc_of(document: Document) -> Any:
    """The whole text, to be read or changed."""
    return shared.opened(b"", _all_of(document))


def _all_of(document: Document) -> list[bytes]:
    rows = list(_updates_after(document.pk, 0))
    return _whole(State.objects.filter(document=document.pk).first(), rows)


def html_now(document: Document) -> str:
    """What it says at this moment, in canonical HTML, whether or not a task has written it already."""
    if document.shown == document.last:
        return document.html
    return shared.html_of(doc_of(document))
