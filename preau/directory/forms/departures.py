"""What a school types about those who have left."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.directory.actions.departures import mark_of
from preau.directory.models import Hold, Leaver
from preau.directory.queries import departures
from preau.directory.queries.departures import Kind
from preau.directory.rules.departures import last_day_possible, term_of
from preau.directory.viewer import Viewer
from preau.foundation import dates
from preau.foundation.fields import Day


class LeaverFilter(forms.Form):
    """The filters of the list. A wrong value is ignored, never an error page."""

    nom = forms.CharField(label=gettext_lazy("Nom"), required=False, max_length=80)
    qui = forms.ChoiceField(required=False, choices=list(departures.KINDS.items()), widget=forms.HiddenInput)

    def chosen(self) -> tuple[Kind, str]:
        self.is_valid()
        return Kind(self.cleaned_data.get("qui") or Kind.PUPILS), self.cleaned_data.get("nom") or ""


class HoldForm(forms.Form):
    """`avant` is what was asked when the page was shown: two people do not write over each other."""

    last_day = Day(label=gettext_lazy("Garder jusqu’au"))
    reason = forms.CharField(
        label=gettext_lazy("Raison"),
        max_length=300,
        help_text=gettext_lazy(
            "Par exemple « recours en cours ». Seuls la direction et le secrétariat la lisent : n’y mettez rien de médical."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    avant = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)

    def __init__(self, viewer: Viewer, leaver: Leaver, hold: Hold | None, data: Any = None) -> None:
        self.viewer, self.leaver = viewer, leaver
        shown = {"last_day": hold.last_day, "reason": hold.reason} if hold else {}
        super().__init__(data, initial=shown | {"avant": mark_of(hold)})
        day = {"day": dates.plain_day(last_day_possible(viewer.today))}
        self.fields["last_day"].help_text = _("Ce jour compris, et au plus tard le %(day)s.") % day

    def clean_last_day(self) -> date:
        typed: date = self.cleaned_data["last_day"]
        first = max(term_of(self.leaver.left_on), self.viewer.today)
        if typed < first:
            day = {"day": dates.plain_day(first)}
            raise forms.ValidationError(_("C’est trop tôt : choisissez le %(day)s ou après.") % day)
        if typed > last_day_possible(self.viewer.today):
            raise forms.ValidationError(_("C’est trop loin : un an au plus."))
        return typed
