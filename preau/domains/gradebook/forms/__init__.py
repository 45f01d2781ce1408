"""What people type of assessments and marks."""

from preau.domains.gradebook.forms.assessments import (
    AssessmentForm,
    CopyForm,
    MoveForm,
    PublicationForm,
    initial_of,
)
from preau.domains.gradebook.forms.columns import ColumnForm, PasteForm
from preau.domains.gradebook.forms.files import GridFileForm
from preau.domains.gradebook.forms.periods import ReopenForm
from preau.domains.gradebook.forms.settings import PolicyForm, SubjectForm

__all__ = [
    "AssessmentForm",
    "ColumnForm",
    "CopyForm",
    "GridFileForm",
    "MoveForm",
    "PasteForm",
    "PolicyForm",
    "PublicationForm",
    "ReopenForm",
    "SubjectForm",
    "initial_of",
]
