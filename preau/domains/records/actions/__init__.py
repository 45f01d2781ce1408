"""Verbs of confidential records: every write, in one transaction, with its trace, and nothing of what it says in any."""
