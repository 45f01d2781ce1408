"""The port of long work: whoever starts some says so here, its task tells how far it is, `commons.works` keeps it for its person.

A work is started in the transaction that enqueues its task, so that neither exists without the other. It ends once,
whatever ends it first; what is told of a work that nobody knows, or that is over, is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from django.dispatch import Signal

# Sent inside the transaction in which a person stops a work: viewer, key. The house of the work drops what it is about, or
# raises CannotStop. Without a receiver, the task hears of it at its next `tell`.
stop_asked = Signal()


class Ending(StrEnum):
    """How a work ends."""

    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Stopped(Exception):
    """The work is not wanted any more: its task lets go of what it holds, and ends without writing anything."""


class CannotStop(Exception):
    """It is too late to stop, or not this person's to decide any more."""


@dataclass(frozen=True)
class WorkRequest:
    """A work that a person asked for, from a seat (« staff-12 »; "" when any of theirs will do).

    `key` names it; `label` says what is done in words that name nobody; `url`, an address of ours, shows its result.
    `can_stop`: its task asks by `tell` whether to go on, and nothing is written by halves when it stops.
    """

    key: str
    label: str
    person_id: int
    url: str
    school_id: int | None = None
    seat: str = ""
    can_stop: bool = False


class Keeper(Protocol):
    """What keeps works."""

    def start(self, asked: WorkRequest) -> None: ...

    def begin(self, key: str) -> None: ...

    def tell(self, key: str, step: str, done: int, total: int) -> None: ...

    def end(self, keys: Sequence[str], ending: Ending) -> None: ...


_keepers: list[Keeper] = []


def kept_by(keeper: Keeper) -> None:
    """Name what keeps works. There is one: replacing it is for tests."""
    _keepers[:] = [keeper]


def start(asked: WorkRequest) -> None:
    """Somebody has asked for this. Raises LookupError when nobody keeps works."""
    _keeper().start(asked)


def begin(key: str) -> None:
    """Its task is at it: at the first try, or at another after a worker has died."""
    _keeper().begin(key)


def tell(key: str, step: str, done: int, total: int) -> None:
    """How far it is. Raises Stopped when its person has asked to stop it."""
    _keeper().tell(key, step, done, total)


def end(*keys: str, ending: Ending) -> None:
    """It is over; nothing for those of these that are over already."""
    _keeper().end(keys, ending)


def _keeper() -> Keeper:
    if not _keepers:
        raise LookupError("Nobody keeps works: is preau.commons.works among INSTALLED_APPS?")
    return _keepers[0]
