"""What people type about incidents, punitions and sanctions."""

from preau.domains.conduct.forms.incidents import FamilyForm, IncidentFilter, ReportForm, SettleForm
from preau.domains.conduct.forms.punitions import (
    CancelForm,
    GiveForm,
    PlaceForm,
    PunitionFilter,
    SlotForm,
    SlotRoll,
)
from preau.domains.conduct.forms.sanctions import AnswerForm, ProcedureForm, PronounceForm

__all__ = [
    "AnswerForm",
    "CancelForm",
    "FamilyForm",
    "GiveForm",
    "IncidentFilter",
    "PlaceForm",
    "ProcedureForm",
    "PronounceForm",
    "PunitionFilter",
    "ReportForm",
    "SettleForm",
    "SlotForm",
    "SlotRoll",
]
