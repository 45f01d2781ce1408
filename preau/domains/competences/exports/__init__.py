"""A class as a spreadsheet."""

from preau.domains.competences.exports.classes import TYPES, content_of

__all__ = ["TYPES", "content_of"]
