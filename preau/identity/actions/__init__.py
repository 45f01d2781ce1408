"""Verbs of identity. Each leaves a line in the journal."""
