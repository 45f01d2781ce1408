"""Who may write, to whom a school may let whom write, how much at once; who watches, brakes and freezes."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from preau.directory.viewer import Viewer
from preau.directory.words import Profile, Role
from preau.domains.messaging.models import (
    MODERATORS,
    Delivery,
    Freeze,
    Message,
    Reader,
    Report,
    Scope,
    Writer,
)

SEATS = {Profile.STAFF, Profile.PUPIL, Profile.GUARDIAN}
WIDTH = [Scope.NONE, Scope.OWN, Scope.ALL]

# The first table, and how far a school may go: a pupil never reaches a family, nor another class.
FIRST: dict[tuple[Writer, Reader], Scope] = {
    (Writer.STAFF, Reader.TEACHER): Scope.ALL,
    (Writer.STAFF, Reader.STAFF): Scope.ALL,
    (Writer.STAFF, Reader.GUARDIAN): Scope.ALL,
    (Writer.STAFF, Reader.PUPIL): Scope.ALL,
    (Writer.TEACHER, Reader.TEACHER): Scope.ALL,
    (Writer.TEACHER, Reader.STAFF): Scope.ALL,
    (Writer.TEACHER, Reader.GUARDIAN): Scope.OWN,
    (Writer.TEACHER, Reader.PUPIL): Scope.OWN,
    (Writer.GUARDIAN, Reader.TEACHER): Scope.OWN,
    (Writer.GUARDIAN, Reader.STAFF): Scope.OWN,
    (Writer.GUARDIAN, Reader.GUARDIAN): Scope.NONE,
    (Writer.GUARDIAN, Reader.PUPIL): Scope.NONE,
    (Writer.PUPIL, Reader.TEACHER): Scope.OWN,
    (Writer.PUPIL, Reader.STAFF): Scope.OWN,
    (Writer.PUPIL, Reader.GUARDIAN): Scope.NONE,
    (Writer.PUPIL, Reader.PUPIL): Scope.NONE,
}
WIDEST: dict[tuple[Writer, Reader], Scope] = {
    (Writer.GUARDIAN, Reader.TEACHER): Scope.OWN,
    (Writer.GUARDIAN, Reader.GUARDIAN): Scope.NONE,
    (Writer.GUARDIAN, Reader.PUPIL): Scope.NONE,
    (Writer.PUPIL, Reader.TEACHER): Scope.OWN,
    (Writer.PUPIL, Reader.STAFF): Scope.OWN,
    (Writer.PUPIL, Reader.GUARDIAN): Scope.NONE,
    (Writer.PUPIL, Reader.PUPIL): Scope.OWN,
}
# Adults who work together always reach each other.
FIXED = {
    (writer, reader) for writer in (Writer.STAFF, Writer.TEACHER) for reader in (Reader.TEACHER, Reader.STAFF)
}

# A message that leaves may be recalled for an hour.
RECALL = timedelta(minutes=60)
# Past so many people, a pupil's message waits for an adult; staff confirm who they are at an unusual hour or device.
MANY = 30
# Messages, and people reached, in one hour.
MOST_MESSAGES = {Profile.PUPIL: 10, Profile.GUARDIAN: 20, Profile.STAFF: 100}
MOST_PEOPLE = {Profile.PUPIL: 60, Profile.GUARDIAN: 60, Profile.STAFF: 20_000}
MOST_REPORTS = 10


def school_of(viewer: Viewer) -> int:
    """The school where this viewer acts. Raises LookupError for who acts in none: no rule lets them watch."""
    if viewer.school_id is None:
        raise LookupError("Messages are watched in a school.")
    return viewer.school_id


def reads_messages(viewer: Viewer, *_: object) -> bool:
    """Everyone in a school, and the families."""
    return viewer.profile in SEATS


def watches(viewer: Viewer, *_: object) -> bool:
    """Head and school life read what is held or reported, release it, and freeze an account."""
    return viewer.holds(*MODERATORS)


def settles_policy(viewer: Viewer, *_: object) -> bool:
    """The head alone changes the table and brakes."""
    return viewer.holds(Role.HEAD)


def reports(viewer: Viewer, *_: object) -> bool:
    """Whoever reads messages may ask adults for help."""
    return reads_messages(viewer)


def is_own(viewer: Viewer, message: Message) -> bool:
    return message.author_id == viewer.person.pk and message.seat == viewer.key


def changes_draft(viewer: Viewer, message: Message) -> bool:
    """Only its author, while it has not left."""
    return is_own(viewer, message)


def decides_held(viewer: Viewer, message: Message) -> bool:
    """An adult who watches; never one's own message."""
    return watches(viewer) and message.school_id == viewer.school_id and not is_own(viewer, message)


def reads_freeze(viewer: Viewer, freeze: Freeze) -> bool:
    """Those who watch the school; whoever has left the function reads it no more."""
    return watches(viewer) and freeze.school_id == viewer.school_id


def writing_of(school_id: int, profile: str) -> str:
    """The topic of open pages on which people of a profile write in a school."""
    return f"writing:{school_id}:{profile}"


def writer_of(viewer: Viewer) -> Writer:
    """The line of the table on which this viewer stands. A teacher with another function has the wider of the two."""
    if viewer.profile == Profile.PUPIL:
        return Writer.PUPIL
    if viewer.is_guardian:
        return Writer.GUARDIAN
    return Writer.TEACHER if viewer.roles <= {Role.TEACHER, Role.OTHER} else Writer.STAFF


def widest(writer: Writer, reader: Reader) -> Scope:
    """The most that a school may allow."""
    return WIDEST.get((writer, reader), Scope.ALL)


def choices(writer: Writer, reader: Reader) -> list[Scope]:
    """What a school may choose for one cell of the table."""
    if (writer, reader) in FIXED:
        return [Scope.ALL]
    return WIDTH[: WIDTH.index(widest(writer, reader)) + 1]


def scope_of(scopes: Mapping[str, str], writer: Writer, reader: Reader) -> Scope:
    """How far, in a school that has these `scopes`; never beyond what any school may allow."""
    value = scopes.get(f"{writer.value}.{reader.value}")
    allowed = choices(writer, reader)
    if value in {choice.value for choice in allowed}:
        return Scope(value)
    first = FIRST[writer, reader]
    return first if first in allowed else allowed[-1]


def needs_adult(profile: Profile, people: int, classes: int) -> str:
    """Why a message waits for an adult, or "": a pupil writes to many, or across classes. Staff never wait for a second person."""
    if profile != Profile.PUPIL:
        return ""
    if people > MANY:
        return Message.Held.MANY.value
    return Message.Held.CLASSES.value if classes > 1 else ""


def may_be_recalled(message: Message, now: datetime) -> bool:
    """Until an hour after the first of it has arrived; at any moment before."""
    if message.state not in {Message.State.LEAVING, Message.State.SENT}:
        return False
    return message.departs_at is None or now < message.departs_at + RECALL


def may_report(viewer: Viewer, message: Message) -> bool:
    """What one received; not one's own, nor what one only watches."""
    if is_own(viewer, message) or message.is_draft:
        return False
    return Delivery.objects.visible_to(viewer).received().filter(message=message).exists()


def reads_report(viewer: Viewer, report: Report) -> bool:
    """Those who watch the school where it was made, but whoever wrote what is reported; whoever made it knows what they wrote."""
    if report.message and report.message.author_id == viewer.person.pk:
        return False
    return watches(viewer) and report.school_id == viewer.school_id


def reads_held(viewer: Viewer, message: Message) -> bool:
    """Held, and not one's own."""
    return decides_held(viewer, message) and message.state == Message.State.HELD
