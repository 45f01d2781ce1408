"""Files out: the dump of the directory, the GAR, OneRoster, and tables for a spreadsheet (docs/exports.md)."""
