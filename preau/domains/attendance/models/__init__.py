"""Three things that must not be confused: the entry (what was seen), the explanation and its decision (what was made
of it), the notice (what the family was told)."""

from preau.domains.attendance.models.explanations import SCHOOL_LIFE, Decision, Explanation, Reason
from preau.domains.attendance.models.notices import Notice
from preau.domains.attendance.models.rolls import Entry, EntryChange, RollCall, Status, label_of

__all__ = [
    "SCHOOL_LIFE",
    "Decision",
    "Entry",
    "EntryChange",
    "Explanation",
    "Notice",
    "Reason",
    "RollCall",
    "Status",
    "label_of",
]
