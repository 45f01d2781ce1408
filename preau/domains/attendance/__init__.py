"""Vie scolaire: who is missing from a lesson, why, and what the school makes of the reason."""
