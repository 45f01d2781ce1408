"""Pages of the staff, pages of families."""
