"""Spaces, and what people make in them."""

from preau.domains.spaces.models.meetings import Attendance, Meeting
from preau.domains.spaces.models.portfolio import Bundle, Kept
from preau.domains.spaces.models.shelf import Resource
from preau.domains.spaces.models.spaces import Call, Party, Space
from preau.domains.spaces.models.talk import Announcement, OpeningHours, Question, Report, SameQuestion
from preau.domains.spaces.models.wall import Card, Column, Definition

__all__ = [
    "Announcement",
    "Attendance",
    "Bundle",
    "Call",
    "Card",
    "Column",
    "Definition",
    "Kept",
    "Meeting",
    "OpeningHours",
    "Party",
    "Question",
    "Report",
    "Resource",
    "SameQuestion",
    "Space",
]
