"""From which day families read the bulletins of a class."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.domains.report_cards.models import CardBatch
from preau.foundation.fields import Day


class PapersForm(forms.Form):
    """Which papers of a class; nothing said: its bulletins."""

    papiers = forms.ChoiceField(choices=CardBatch.Kind.choices, required=False)


class PublicationForm(forms.Form):
    """A day, today or to come."""

    day = Day(
        label=gettext_lazy("Remis aux familles le"),
        help_text=gettext_lazy("Aujourd’hui : tout de suite. Un jour à venir : à 8 heures."),
        error_messages=dict.fromkeys(["required", "invalid"], gettext_lazy("Choisissez un jour.")),
    )

    def __init__(self, today: date, data: Any = None) -> None:
        self.today = today
        super().__init__(data, initial={"day": today})

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day < self.today:
            raise forms.ValidationError(_("Ce jour est passé."))
        return day
