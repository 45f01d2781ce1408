"""What the house keeps, and who sees it."""

from preau.domains.liaison.models.languages import ReadingLanguage, TranslationPermit, WordTranslation
from preau.domains.liaison.models.remarks import Remark
from preau.domains.liaison.models.words import (
    WRITERS,
    Answer,
    Precision,
    Recipient,
    Reminder,
    Word,
)

__all__ = [
    "WRITERS",
    "Answer",
    "Precision",
    "ReadingLanguage",
    "Recipient",
    "Remark",
    "Reminder",
    "TranslationPermit",
    "Word",
    "WordTranslation",
]
