"""What people type in the cahier de textes."""

from preau.domains.homework.forms.corrections import CorrectionForm
from preau.domains.homework.forms.day import DayForm
from preau.domains.homework.forms.lessons import (
    ChangeForm,
    GiveForm,
    HandInForm,
    LimitsForm,
    ProgressionForm,
    RecordForm,
    StepForm,
    VisaForm,
    shown_of,
)
from preau.domains.homework.forms.putting import WORK, PutForm, public_page

__all__ = [
    "WORK",
    "ChangeForm",
    "CorrectionForm",
    "DayForm",
    "GiveForm",
    "HandInForm",
    "LimitsForm",
    "ProgressionForm",
    "PutForm",
    "RecordForm",
    "StepForm",
    "VisaForm",
    "public_page",
    "shown_of",
]
