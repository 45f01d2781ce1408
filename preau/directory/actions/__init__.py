"""Verbs of the directory."""

from preau.directory.actions.erasure import blank_person

__all__ = ["blank_person"]
