"""Whom one asks, what was typed of it, and how it is said and found."""
