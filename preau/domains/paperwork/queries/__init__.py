"""Whom collections ask, what came, and what misses."""
