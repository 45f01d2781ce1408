"""What people type in the cahier de textes."""

from preau.domains.homework.forms.day import DayForm
from preau.domains.homework.forms.lessons import (
    ChangeForm,
    CorrectionForm,
    GiveForm,
    HandInForm,
    LimitsForm,
    ProgressionForm,
    RecordForm,
    StepForm,
    VisaForm,
    shown_of,
)

__all__ = [
    "ChangeForm",
    "CorrectionForm",
    "DayForm",
    "GiveForm",
    "HandInForm",
    "LimitsForm",
    "ProgressionForm",
    "RecordForm",
    "StepForm",
    "VisaForm",
    "shown_of",
]
