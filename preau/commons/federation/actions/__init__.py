"""Verbs of coming in by a provider."""
