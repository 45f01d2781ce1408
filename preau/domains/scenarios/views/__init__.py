"""Pages of scenarios: those of their authors, and those that anyone reads."""
