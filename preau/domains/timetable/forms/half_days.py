"""The hours of the half-days of a school without a timetable."""

from datetime import date, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from preau.directory.viewer import Viewer
from preau.domains.timetable.actions.half_days import HalfDays
from preau.domains.timetable.models import Weekday
from preau.domains.timetable.queries.half_days import first_day_of
from preau.foundation import dates
from preau.foundation.fields import Day


def _hour(label: Any, usual: time) -> forms.TimeField:
    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    return forms.TimeField(label=label, initial=usual, widget=widget)


class HalfDaysForm(forms.Form):
    """Those of most schools are there already."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("Jours de classe"),
        choices=[(value, dates.capital(label)) for value, label in Weekday.choices[:6]],
        initial=[0, 1, 3, 4],
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Le mercredi et le samedi, le matin seulement."),
        error_messages={"required": _("Cochez au moins un jour.")},
    )
    morning_starts = _hour(_("Matin, début"), time(8, 30))
    morning_ends = _hour(_("Matin, fin"), time(11, 30))
    afternoon_starts = _hour(_("Après-midi, début"), time(13, 30))
    afternoon_ends = _hour(_("Après-midi, fin"), time(16, 30))
    first_day = Day(label=_("À partir du"))

    def __init__(self, viewer: Viewer, data: Any = None) -> None:
        super().__init__(data, initial={"first_day": first_day_of(viewer)})
        self.today = viewer.today
        self.year: Any = viewer.year

    def clean_first_day(self) -> Any:
        first = self.cleaned_data["first_day"]
        if not self.year.starts <= first <= self.year.ends:
            raise forms.ValidationError(_("Choisissez un jour de l’année scolaire."))
        if first < self.today:
            raise forms.ValidationError(
                _("Au plus tôt aujourd’hui : ce qui est passé ne devient pas des séances.")
            )
        return first

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        names = ["morning_starts", "morning_ends", "afternoon_starts", "afternoon_ends"]
        hours = [data.get(name) for name in names]
        for before, after, name in zip(hours, hours[1:], names[1:], strict=False):
            if before and after and after <= before:
                self.add_error(name, _("Cette heure doit venir après la précédente."))
        return data

    @property
    def day(self) -> date:
        """The first day that was typed, else the one that is proposed."""
        found: date = getattr(self, "cleaned_data", {}).get("first_day") or self.initial["first_day"]
        return found

    def wanted(self) -> HalfDays:
        data = self.cleaned_data
        return HalfDays(
            tuple(data["weekdays"]),
            (data["morning_starts"], data["morning_ends"]),
            (data["afternoon_starts"], data["afternoon_ends"]),
            data["first_day"],
        )
