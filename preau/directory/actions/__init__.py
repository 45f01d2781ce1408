"""Verbs of the directory."""

from preau.directory.actions.erasure import (
    blank_holdings,
    blank_person,
    forget_distinctions,
    forget_holds,
    forget_links,
    forget_notice,
)
from preau.directory.actions.settings import calendar_changed

__all__ = [
    "blank_holdings",
    "blank_person",
    "calendar_changed",
    "forget_distinctions",
    "forget_holds",
    "forget_links",
    "forget_notice",
]
