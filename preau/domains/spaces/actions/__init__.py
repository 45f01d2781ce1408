"""Spaces are gathered from the directory, made, settled, closed; people write in them, and are told."""
