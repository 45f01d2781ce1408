"""What a person says of the weeks of a year."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from preau.domains.timetable.models import Alternation
from preau.domains.timetable.queries.weeks import Week
from preau.foundation import dates

LETTERS = [("A", _("Semaine A")), ("B", _("Semaine B"))]
NEITHER = "-"


def said_of(week: Week) -> str:
    """« du lundi 23 au vendredi 27 novembre 2026 »."""
    return dates.span(week.monday, week.friday)


class AlternateForm(forms.Form):
    first = forms.ChoiceField(
        label=_("La première semaine de cours est"), choices=LETTERS, widget=forms.RadioSelect, initial="A"
    )


class WeekForm(forms.Form):
    """One week, and what it becomes."""

    week = forms.ChoiceField(label=_("Semaine"))
    to = forms.ChoiceField(
        label=_("Devient"), choices=[*LETTERS, (NEITHER, _("Ni A ni B"))], widget=forms.RadioSelect
    )
    in_turn = forms.BooleanField(label=_("Alterner aussi toutes les semaines suivantes"), required=False)

    def __init__(self, weeks: Sequence[Week], pair: Sequence[Alternation], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pair = dict(zip("AB", pair, strict=False))
        choices = [(week.monday.isoformat(), dates.capital(said_of(week))) for week in weeks]
        self.fields["week"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.pair:
            raise forms.ValidationError(_("Placez d’abord les semaines A et B."))
        if data.get("in_turn") and data.get("to") == NEITHER:
            self.add_error("in_turn", _("Pour alterner, choisissez A ou B."))
        return data

    @property
    def monday(self) -> date:
        return date.fromisoformat(self.cleaned_data["week"])

    @property
    def letter(self) -> str:
        return str(self.cleaned_data["to"])

    @property
    def alternation(self) -> Alternation | None:
        return self.pair.get(self.letter)


class CopyForm(forms.Form):
    """From which week to which; any day of each will do in an address, the list says Mondays."""

    week = forms.ChoiceField(label=_("Changements de la semaine"))
    to = forms.ChoiceField(label=_("À refaire dans la semaine"))

    def __init__(self, weeks: Sequence[Week], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(week.monday.isoformat(), dates.capital(said_of(week))) for week in weeks]
        for name in ("week", "to"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and data["week"] == data["to"]:
            self.add_error("to", _("Choisissez une autre semaine."))
        return data

    @property
    def mondays(self) -> tuple[date, date]:
        return date.fromisoformat(self.cleaned_data["week"]), date.fromisoformat(self.cleaned_data["to"])


class AlternationForm(forms.Form):
    name = forms.CharField(label=_("Nom"), max_length=60, help_text=_("Semestre 1, une semaine sur trois…"))
    weeks = forms.MultipleChoiceField(label=_("Semaines"), widget=forms.CheckboxSelectMultiple)

    def __init__(
        self, weeks: Sequence[Week], alternation: Alternation | None, *args: Any, **kwargs: Any
    ) -> None:
        if alternation:
            kwargs["initial"] = {"name": alternation.name, "weeks": alternation.mondays}
        super().__init__(*args, **kwargs)
        choices = [(week.monday.isoformat(), _label(week)) for week in weeks]
        self.fields["weeks"].choices = choices  # type: ignore[attr-defined]

    @property
    def mondays(self) -> list[date]:
        return [date.fromisoformat(monday) for monday in self.cleaned_data["weeks"]]


def _label(week: Week) -> str:
    closed = _(", sans cours") if week.is_closed else ""
    return f"{dates.capital(said_of(week))}{closed}"
