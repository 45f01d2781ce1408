"""Files out: the dump of the directory, the GAR, OneRoster, and tables for a spreadsheet (docs/exports.md)."""

from preau.directory.exports.dump import lines

__all__ = ["lines"]
