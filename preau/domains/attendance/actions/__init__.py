"""Verbs of attendance: every write, in one transaction, with its trace."""
