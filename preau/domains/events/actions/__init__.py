"""Events are written, published, changed, cancelled and restored; people answer, and are told."""

from preau.domains.events.actions.answering import NotAsked, answer
from preau.domains.events.actions.keeping import (
    ChangedMeanwhile,
    Planned,
    cancel,
    change,
    create,
    event_told,
    forget_invitations,
    publish,
    remove,
    restore,
)
from preau.domains.events.actions.telling import tell

__all__ = [
    "ChangedMeanwhile",
    "NotAsked",
    "Planned",
    "answer",
    "cancel",
    "change",
    "create",
    "event_told",
    "forget_invitations",
    "publish",
    "remove",
    "restore",
    "tell",
]
