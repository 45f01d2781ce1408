"""The port to a server of meetings: what it must do, and the one that this site was given (MEETING_SERVER)."""

from dataclasses import dataclass
from functools import cache
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class Unreachable(OSError):
    """The server does not answer, or says no: nothing has been opened."""


@dataclass(frozen=True)
class Room:
    """A room of a server: `number` names it there for ever, `title` is what people read in it.

    `minutes`: after which the server closes it by itself, counted from its opening; 0 for never.
    """

    number: str
    title: str
    minutes: int = 0


@dataclass(frozen=True)
class Guest:
    """Somebody who comes in: `number` is ours for them there, never their name in our pages."""

    number: str
    name: str
    is_moderator: bool


class MeetingServer(Protocol):
    """What opens rooms. Named by MEETING_SERVER, built without arguments, kept by nobody between two calls."""

    def create(self, room: Room) -> None:
        """Open a room, which closes when no moderator is left in it; one that is open already is the same one. Raises Unreachable."""
        ...

    def join_address(self, room: Room, guest: Guest) -> str:
        """Where a browser comes in."""
        ...

    def end(self, room: Room) -> None:
        """Close it for all; one that is closed already is no mistake. Raises Unreachable."""
        ...


def is_offered() -> bool:
    """Has this site a server?"""
    return bool(settings.MEETING_SERVER)


def server() -> MeetingServer:
    """The one that MEETING_SERVER names. Raises LookupError when none is."""
    if not settings.MEETING_SERVER:
        raise LookupError("No virtual class: MEETING_SERVER is empty.")
    built: MeetingServer = _class_of(settings.MEETING_SERVER)()
    return built


@cache
def _class_of(path: str) -> type[MeetingServer]:
    found: type[MeetingServer] = import_string(path)
    return found
