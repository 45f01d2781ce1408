"""What people type about confidential records."""

from preau.domains.records.forms.around import EntrustForm, HandOverForm, MeasureForm, PaperForm, ReaderForm
from preau.domains.records.forms.records import OpenForm, RecordFilter, ReviseForm

__all__ = [
    "EntrustForm",
    "HandOverForm",
    "MeasureForm",
    "OpenForm",
    "PaperForm",
    "ReaderForm",
    "RecordFilter",
    "ReviseForm",
]
