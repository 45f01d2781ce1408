"""Reads: surveys and their following, elections and their count."""
