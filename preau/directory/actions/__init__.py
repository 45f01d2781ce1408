"""Verbs of the directory."""

from preau.directory.actions.erasure import blank_person
from preau.directory.actions.settings import calendar_changed

__all__ = ["blank_person", "calendar_changed"]
