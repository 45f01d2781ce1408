"""Verbs of notifications. Reading one's own news leaves no line in the journal; choosing how to be told does."""
