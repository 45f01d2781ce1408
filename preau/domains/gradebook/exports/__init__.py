"""The grid of marks as a file to take away."""

from preau.domains.gradebook.exports.grids import TYPES, content_of

__all__ = ["TYPES", "content_of"]
