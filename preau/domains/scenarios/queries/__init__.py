"""Reading scenarios: a teacher's space, and what anyone reads of those that are published."""
