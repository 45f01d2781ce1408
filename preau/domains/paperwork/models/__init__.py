"""What the house keeps, and who sees it."""

from preau.domains.paperwork.models.collections import (
    HEALTH_READERS,
    KEEPERS,
    Bundle,
    Collection,
    Dossier,
    Piece,
    Reminder,
)
from preau.domains.paperwork.models.submissions import Submission

__all__ = [
    "HEALTH_READERS",
    "KEEPERS",
    "Bundle",
    "Collection",
    "Dossier",
    "Piece",
    "Reminder",
    "Submission",
]
