"""What people type of assessments and marks."""

from preau.domains.gradebook.forms.assessments import (
    AssessmentForm,
    CopyForm,
    MoveForm,
    PublicationForm,
    initial_of,
)
from preau.domains.gradebook.forms.columns import ColumnForm, PasteForm

__all__ = [
    "AssessmentForm",
    "ColumnForm",
    "CopyForm",
    "MoveForm",
    "PasteForm",
    "PublicationForm",
    "initial_of",
]
