"""Verbs of conduct: every write, in one transaction, with its trace."""
