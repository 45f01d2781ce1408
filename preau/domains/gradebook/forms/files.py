"""The file of a grid that comes back from a spreadsheet."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from preau.foundation import uploads

LIMITS = uploads.Limits(files=1, size=5 * uploads.MEGABYTE)
KINDS = (".csv", ".xlsx", ".ods")


class GridFileForm(forms.Form):
    """One table; what it holds is for the reading to say. `cut`: it was too heavy to arrive."""

    fichier = forms.FileField(
        label=_("La grille remplie"),
        help_text=_("Le fichier téléchargé d’ici, en CSV, Excel ou LibreOffice. 5 Mo au plus."),
        widget=forms.FileInput(attrs={"accept": ",".join(KINDS)}),
        error_messages={
            "required": _("Choisissez le fichier."),
            "empty": _("Ce fichier est vide."),
        },
    )

    def __init__(self, *args: Any, cut: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if cut:
            self.fields["fichier"].error_messages["required"] = _("C’est trop lourd : pas plus de 5 Mo.")
            self.files.clear()

    def clean_fichier(self) -> Any:
        file = self.cleaned_data["fichier"]
        if file.size > LIMITS.size:
            raise forms.ValidationError(_("C’est trop lourd : pas plus de 5 Mo."))
        return file
