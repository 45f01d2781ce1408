"""What a school notes of a judge's decision."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.directory.actions.families import Ruling, mark_of
from preau.directory.models import Guardianship
from preau.directory.viewer import Viewer
from preau.foundation.fields import Day


class RulingForm(forms.Form):
    """`avant` is what was noted when the page was shown: two people do not write over each other."""

    ruled_on = Day(label=gettext_lazy("Date de la décision"))
    barred = forms.BooleanField(
        label=gettext_lazy("Cette personne ne doit pas être informée"),
        help_text=gettext_lazy("Elle ne voit plus rien de l’élève, et rien ne lui est envoyé."),
        required=False,
    )
    last_day = Day(
        label=gettext_lazy("Dernier jour de sa responsabilité"),
        help_text=gettext_lazy("Ce jour compris. À minuit, elle ne voit plus rien de l’élève."),
        required=False,
    )
    avant = forms.CharField(widget=forms.HiddenInput, max_length=60)

    def __init__(self, viewer: Viewer, link: Guardianship, data: Any = None) -> None:
        self.viewer, self.link = viewer, link
        last = link.ends - timedelta(days=1) if link.ends else None
        shown = {"ruled_on": link.ruled_on, "barred": link.may_not_be_informed, "last_day": last}
        super().__init__(data, initial=shown | {"avant": mark_of(link)})

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        ruled_on, last = typed.get("ruled_on"), typed.get("last_day")
        if ruled_on and ruled_on > self.viewer.today:
            self.add_error("ruled_on", _("Une décision à venir ne se note pas encore."))
        if last and self.link.starts and last < self.link.starts:
            self.add_error("last_day", _("La fin précède le début."))
        if not typed.get("barred") and not last and "last_day" not in self.errors:
            self.add_error("last_day", _("Cochez la case, ou donnez un dernier jour."))
        return typed

    def typed(self) -> Ruling:
        values = self.cleaned_data
        return Ruling(values["ruled_on"], values["barred"], values["last_day"])
