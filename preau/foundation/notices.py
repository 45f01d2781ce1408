"""The port of notifications: any floor publishes news here, `commons.notifications` keeps and delivers them.

News are kept in the same transaction as the change they tell, so that neither exists without the other. They carry plain
identifiers and short facts; the words are those of their kind (`boards.notification_kinds`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.utils import timezone


@dataclass(frozen=True)
class News:
    """Tell a person (`person_id`) one thing of a kind, and where to go (`url`, an address of ours).

    `key` says what it is about: the same person is told once of the same thing, however often it is published.
    `about_id` is the pupil it speaks of: a guardian reads it as long as they may follow that pupil. `seat` (« staff-12 ») is
    what the person must still be to read it. `told_at` is for what was told in the past: it is kept, and not sent. `again`: told
    anew to those from whom it was taken back before it left (`taken_back`). `until`: from then on no text message says it. `after`: it is in Préau at once, and leaves by no way before.
    """

    kind: str
    person_id: int
    key: str
    url: str
    facts: Mapping[str, str | int] = field(default_factory=dict)
    school_id: int | None = None
    about_id: int | None = None
    seat: str = ""
    told_at: datetime | None = None
    again: bool = False
    until: datetime | None = None
    after: datetime | None = None


Publish = Callable[[Sequence[News]], None]
Settle = Callable[[str, Sequence[str]], bool]
TakenBack = Callable[[str, Sequence[str]], set[tuple[int, str]]]
Seen = Callable[[str, int, Sequence[str]], int]
Told = Callable[[str, Sequence[str]], bool]
Heard = Callable[[str, Sequence[str]], set[tuple[int, str]]]
_keepers: list[tuple[Publish, Settle, TakenBack, Seen, Told, Heard]] = []
_past: ContextVar[datetime | None] = ContextVar("past", default=None)


def kept_by(
    publish: Publish, settle: Settle, taken_back: TakenBack, seen: Seen, told: Told, heard: Heard
) -> None:
    """Name the functions that keep news. There is one set: replacing it is for tests."""
    _keepers[:] = [(publish, settle, taken_back, seen, told, heard)]


def publish(*news: News) -> None:
    """Tell these people. Raises LookupError when nobody keeps notifications: news are never lost in silence."""
    past = _past.get()
    _keeper()[0]([replace(one, told_at=past) for one in news] if past else news)


def settle(kind: str, *keys: str) -> bool:
    """There is nothing left to do about these: they count as read, and what has not left does not leave.

    Returns whether somebody had been told of them.
    """
    return _keeper()[1](kind, keys)


def seen(kind: str, person_id: int, *keys: str) -> int:
    """This person has read what these told of: theirs count as read, in a page that only shows too. Returns how many were not."""
    return _keeper()[3](kind, person_id, keys)


def taken_back(kind: str, *keys: str) -> set[tuple[int, str]]:
    """Of these, who was told of which (person, key) and heard nothing: it was settled before it had left by any way."""
    return _keeper()[2](kind, keys)


def told(kind: str, *keys: str) -> bool:
    """Was anybody told of these?"""
    return _keeper()[4](kind, keys)


def heard(kind: str, *keys: str) -> set[tuple[int, str]]:
    """Of these, once they are settled, whom which (person, key) reached: it had left by some way, or they had read it in Préau, or had it only there."""
    return _keeper()[5](kind, keys)


@contextmanager
def told_already(at: datetime | None = None) -> Iterator[None]:
    """What is published inside was told at that moment: it is kept, and not sent. For a past that is being made up."""
    mark = _past.set(at or timezone.now())
    try:
        yield
    finally:
        _past.reset(mark)


def _keeper() -> tuple[Publish, Settle, TakenBack, Seen, Told, Heard]:
    if not _keepers:
        raise LookupError("Nobody keeps notifications: is preau.commons.notifications among INSTALLED_APPS?")
    return _keepers[0]
