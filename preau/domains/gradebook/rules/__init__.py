"""Who may do what with marks, what may be typed as one, and how averages are made."""

from preau.domains.gradebook.rules.access import (
    follows_marks,
    keeps_marks,
    reads_book,
    reads_every_class,
    reads_grid,
    reads_marks,
    seals_periods,
    settles_marks,
    takes_in_marks,
    writes,
)
from preau.domains.gradebook.rules.marking import NotAMark, Typed, as_typed, fixed, plain, typed_mark

__all__ = [
    "NotAMark",
    "Typed",
    "as_typed",
    "fixed",
    "follows_marks",
    "keeps_marks",
    "plain",
    "reads_book",
    "reads_every_class",
    "reads_grid",
    "reads_marks",
    "seals_periods",
    "settles_marks",
    "takes_in_marks",
    "typed_mark",
    "writes",
]
