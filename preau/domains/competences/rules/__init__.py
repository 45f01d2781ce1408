"""Who may do what with competences, what may be typed as a level, and what a history comes to."""

from preau.domains.competences.rules.access import (
    answers,
    assesses,
    assesses_in,
    brings_referentials,
    follows,
    reads_class,
    reads_classes,
    reads_every_class,
    reads_levels,
    reads_levels_of,
    reads_referentials,
    settles_balance,
    settles_rules,
    writes,
)
from preau.domains.competences.rules.cycles import cycle_of, ends_cycle
from preau.domains.competences.rules.typing import NotALevel, Typed, as_typed, typed_level

__all__ = [
    "NotALevel",
    "Typed",
    "answers",
    "as_typed",
    "assesses",
    "assesses_in",
    "brings_referentials",
    "cycle_of",
    "ends_cycle",
    "follows",
    "reads_class",
    "reads_classes",
    "reads_every_class",
    "reads_levels",
    "reads_levels_of",
    "reads_referentials",
    "settles_balance",
    "settles_rules",
    "typed_level",
    "writes",
]
