"""Messages are written, sent, recalled, read and put away; adults decide, brake and freeze."""

from preau.domains.messaging.actions.drafts import NotADraft, Typed, WrittenElsewhere, discard, keep
from preau.domains.messaging.actions.erasing import (
    erase_threads,
    forget_deliveries,
    forget_folders,
    forget_messages,
    forget_preferences,
    forget_reports,
)
from preau.domains.messaging.actions.leaving import arrive, expand, purge_bins, release_due
from preau.domains.messaging.actions.reading import (
    add_folder,
    mark,
    note_read,
    preference_of,
    remove_folder,
    settle_preference,
)
from preau.domains.messaging.actions.safety import (
    TooOften,
    brake,
    close_report,
    decide,
    freeze,
    lift,
    report,
    settle_policy,
    thaw,
)
from preau.domains.messaging.actions.sending import Refusal, call_back, circle, ready_to_leave, recall, send

__all__ = [
    "NotADraft",
    "Refusal",
    "TooOften",
    "Typed",
    "WrittenElsewhere",
    "add_folder",
    "arrive",
    "brake",
    "call_back",
    "circle",
    "close_report",
    "decide",
    "discard",
    "erase_threads",
    "expand",
    "forget_deliveries",
    "forget_folders",
    "forget_messages",
    "forget_preferences",
    "forget_reports",
    "freeze",
    "keep",
    "lift",
    "mark",
    "note_read",
    "preference_of",
    "purge_bins",
    "ready_to_leave",
    "recall",
    "release_due",
    "remove_folder",
    "report",
    "send",
    "settle_policy",
    "settle_preference",
    "thaw",
]
