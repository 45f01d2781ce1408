"""Verbs of attendance: every write, in one transaction, with its trace."""

from preau.domains.attendance.actions.explanations import (
    NothingToExplain,
    decide,
    explain,
    forget_words,
    withdraw,
)
from preau.domains.attendance.actions.notices import (
    prepare_notices,
    remind_of_calls,
    tell_absence,
    tell_answer,
    tell_guardian,
    tell_school_life,
)
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
    "Conflict",
    "Mark",
    "NothingToExplain",
    "RollConflict",
    "absences_recorded",
    "correct_entry",
    "decide",
    "explain",
    "forget_words",
    "minutes_since",
    "prepare_notices",
    "remind_of_calls",
    "tell_absence",
    "tell_answer",
    "tell_guardian",
    "tell_school_life",
    "validate_roll",
    "withdraw",
]
