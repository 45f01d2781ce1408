"""Pages of the office, pages of families."""
