"""Verbs of attendance: every write, in one transaction, with its trace."""

from preau.domains.attendance.actions.explanations import (
    NothingToExplain,
    decide,
    explain,
    explanation_decided,
    forget_words,
    withdraw,
)
from preau.domains.attendance.actions.notices import BeingSent, hold_notice, let_notice_go, prepare_notices
from preau.domains.attendance.actions.rolls import (
    Conflict,
    Mark,
    RollConflict,
    absences_recorded,
    correct_entry,
    minutes_since,
    validate_roll,
)

__all__ = [
    "BeingSent",
    "Conflict",
    "Mark",
    "NothingToExplain",
    "RollConflict",
    "absences_recorded",
    "correct_entry",
    "decide",
    "explain",
    "explanation_decided",
    "forget_words",
    "hold_notice",
    "let_notice_go",
    "minutes_since",
    "prepare_notices",
    "validate_roll",
    "withdraw",
]
