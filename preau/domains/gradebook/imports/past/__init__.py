"""Marks that a school gave elsewhere before it came: tables of PRONOTE, of École Directe or of its own, whose columns somebody names."""

from preau.domains.gradebook.imports.past.columns import FIELDS, NEEDED, guessed
from preau.domains.gradebook.imports.past.matching import Ground, Plan, Planned, ground_of, plan, written
from preau.domains.gradebook.imports.past.rows import PastMark, Problem, read_rows

__all__ = [
    "FIELDS",
    "NEEDED",
    "Ground",
    "PastMark",
    "Plan",
    "Planned",
    "Problem",
    "ground_of",
    "guessed",
    "plan",
    "read_rows",
    "written",
]
