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
from preau.domains.gradebook.views.grid import export, grid, index

__all__ = [
    "cell",
    "change",
    "column",
    "create",
    "delete",
    "duplicate",
    "export",
    "grid",
    "index",
    "move",
    "paste",
    "publication",
    "restore",
]
