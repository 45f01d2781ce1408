"""What an operator types to find a school."""

from django import forms
from django.utils.translation import gettext_lazy as _

from preau.commons.platform.queries import WATCHED
from preau.directory.models import School


class SchoolFilter(forms.Form):
    """The filters of the list of schools. A wrong value is ignored, never an error page."""

    nom = forms.CharField(label=_("Nom ou UAI"), required=False, max_length=80)
    nature = forms.ChoiceField(
        label=_("Nature"), required=False, choices=[("", _("Toutes")), *School.Kind.choices]
    )
    voir = forms.ChoiceField(
        label=_("À regarder"), required=False, choices=[("", _("Tous les établissements")), *WATCHED.items()]
    )

    def chosen(self) -> dict[str, str]:
        self.is_valid()
        values = self.cleaned_data
        return {
            "text": values.get("nom") or "",
            "kind": values.get("nature") or "",
            "watched": values.get("voir") or "",
        }
