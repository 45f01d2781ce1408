"""Nouns: a record and its versions, who may open it, what is published of it, its papers, and a family's agreements."""

from preau.domains.records.models.access import Agreement, Orphan, Reader, has_reader
from preau.domains.records.models.papers import SEALED_FILE, Measure, Paper
from preau.domains.records.models.records import (
    HEALTH,
    MAJORITY,
    PSYCHOLOGY,
    SHARED,
    SOCIAL,
    Kind,
    Protocol,
    Record,
    Version,
    Words,
    next_review,
    taught_by,
)

__all__ = [
    "HEALTH",
    "MAJORITY",
    "PSYCHOLOGY",
    "SEALED_FILE",
    "SHARED",
    "SOCIAL",
    "Agreement",
    "Kind",
    "Measure",
    "Orphan",
    "Paper",
    "Protocol",
    "Reader",
    "Record",
    "Version",
    "Words",
    "has_reader",
    "next_review",
    "taught_by",
]
