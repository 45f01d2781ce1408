"""What a person typed of the timetable, as clean values."""

from preau.domains.timetable.forms.changes import (
    FilterForm,
    MoveForm,
    OneOffForm,
    ReplaceForm,
    RoomForm,
    WhyForm,
)
from preau.domains.timetable.forms.cover import AnnounceForm, AskForm, DeclineForm, SettleForm, WithdrawForm
from preau.domains.timetable.forms.hours import HoursForm
from preau.domains.timetable.forms.weekly import WeeklyLessonForm
from preau.domains.timetable.forms.weeks import AlternateForm, AlternationForm, CopyForm, WeekForm

__all__ = [
    "AlternateForm",
    "AlternationForm",
    "AnnounceForm",
    "AskForm",
    "CopyForm",
    "DeclineForm",
    "FilterForm",
    "HoursForm",
    "MoveForm",
    "OneOffForm",
    "ReplaceForm",
    "RoomForm",
    "SettleForm",
    "WeekForm",
    "WeeklyLessonForm",
    "WhyForm",
    "WithdrawForm",
]
