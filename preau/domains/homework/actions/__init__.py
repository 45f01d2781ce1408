"""Verbs of the cahier de textes: every write, in one transaction, with its trace."""
