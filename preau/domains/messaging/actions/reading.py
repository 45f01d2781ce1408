"""What a person does with what they have received."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from preau.directory.models import Person
from preau.directory.viewer import Viewer
from preau.domains.messaging.actions.sending import RECEIVED
from preau.domains.messaging.models import Delivery, Folder, Preference, Thread
from preau.foundation import notices, readonly
from preau.foundation.locks import lock


def note_read(viewer: Viewer, thread: Thread) -> list[int]:
    """A conversation that is opened is read, and so are the news of it: with the journal, all that a reading notes. Returns one's own rows of it."""
    mine = Delivery.objects.visible_to(viewer).filter(thread=thread)
    rows = list(mine.values_list("pk", "message_id", "read_at"))
    unread = {pk: str(message) for pk, message, read_at in rows if read_at is None}
    if unread:
        with readonly.noting(Delivery._meta.db_table):
            Delivery.objects.filter(pk__in=unread).update(read_at=timezone.now())
        notices.seen(RECEIVED, viewer.person.pk, *unread.values())
    return [pk for pk, _message, _read_at in rows]


@transaction.atomic
def mark(viewer: Viewer, rows: Sequence[int], gesture: str, folder: Folder | None = None) -> int:
    """Do one gesture to several conversations, named by rows of one's own; returns how many rows changed."""
    mine = Delivery.objects.visible_to(viewer)
    threads = mine.filter(pk__in=list(rows)[:200]).values("thread_id")
    found = Delivery.objects.filter(
        person=viewer.person.pk, seat=viewer.key, thread__in=list(threads.values_list("thread_id", flat=True))
    )
    found = found.exclude(arrived_at=None)
    now = timezone.now()
    if gesture == "nonlu":
        return found.received().filter(latest=True, read_at__isnull=False).update(read_at=None)
    gestures: dict[str, tuple[Any, dict[str, Any]]] = {
        "lire": (found.unread(), {"read_at": now}),
        "suivre": (found.filter(flagged=False), {"flagged": True}),
        "nesuivreplus": (found.filter(flagged=True), {"flagged": False}),
        "corbeille": (found.kept(), {"trashed_at": now}),
        "restaurer": (found.filter(trashed_at__isnull=False), {"trashed_at": None}),
        "ranger": (found, {"folder": folder}),
    }
    chosen, change = gestures[gesture]
    return int(chosen.update(**change))


@transaction.atomic
def add_folder(viewer: Viewer, name: str) -> Folder:
    """A folder of one's own; the same one for a second click."""
    lock(Person, viewer.person.pk)
    folder, _made = Folder.objects.get_or_create(person=viewer.person, seat=viewer.key, name=name)
    return folder


@transaction.atomic
def remove_folder(viewer: Viewer, folder: Folder) -> bool:
    """What it held goes back among the others."""
    return bool(Folder.objects.visible_to(viewer).filter(pk=folder.pk).delete()[0])


def preference_of(viewer: Viewer) -> Preference:
    return Preference.objects.visible_to(viewer).first() or Preference(person=viewer.person, seat=viewer.key)


@transaction.atomic
def settle_preference(viewer: Viewer, **said: object) -> None:
    """How one writes and answers."""
    lock(Person, viewer.person.pk)
    Preference.objects.update_or_create(person=viewer.person, seat=viewer.key, defaults=said)
