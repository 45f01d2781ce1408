"""Pages of marks."""

from preau.domains.gradebook.views.assessments import (
    change,
    create,
    delete,
    duplicate,
    move,
    publication,
    restore,
)
from preau.domains.gradebook.views.columns import cell, column, paste
from preau.domains.gradebook.views.files import bring
from preau.domains.gradebook.views.grid import export, grid, index
from preau.domains.gradebook.views.periods import close_reopening, lift, periods, reopen, seal
from preau.domains.gradebook.views.settings import remove_part, settings, subject

__all__ = [
    "bring",
    "cell",
    "change",
    "close_reopening",
    "column",
    "create",
    "delete",
    "duplicate",
    "export",
    "grid",
    "index",
    "lift",
    "move",
    "paste",
    "periods",
    "publication",
    "remove_part",
    "reopen",
    "restore",
    "seal",
    "settings",
    "subject",
]
