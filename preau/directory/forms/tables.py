"""What a school brings in tables of its own."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.directory.imports.importer import TABLES as LIMITS
from preau.directory.imports.tables.fields import GUARDIANS, PUPILS, STAFF
from preau.foundation.importers.forms import FilesForm

KINDS = (".csv", ".xlsx")


def _table(label: Any, help_text: Any = "") -> forms.FileField:
    return forms.FileField(
        label=label,
        help_text=help_text,
        required=False,
        widget=forms.FileInput(attrs={"accept": ",".join(KINDS)}),
        error_messages={"empty": gettext_lazy("Ce fichier est vide.")},
    )


class TablesForm(FilesForm):
    """One file of each kind at most."""

    limits = LIMITS

    eleves = _table(
        gettext_lazy("Tableau des élèves"),
        gettext_lazy("Un élève par ligne. Leurs responsables peuvent être sur la même ligne."),
    )
    responsables = _table(
        gettext_lazy("Tableau des responsables"),
        gettext_lazy("Un responsable et un élève par ligne."),
    )
    personnels = _table(gettext_lazy("Tableau des personnels"))
    reach = forms.ChoiceField(
        label=gettext_lazy("Qui n’est pas dans ces tableaux"),
        choices=[
            ("adds", gettext_lazy("Ne change pas : les tableaux ajoutent et complètent")),
            ("complete", gettext_lazy("Est parti : les tableaux sont complets")),
        ],
        initial="adds",
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "Seules les personnes venues de vos tableaux peuvent ainsi partir : jamais celles des fichiers officiels."
        ),
    )
    certified = forms.BooleanField(
        label=gettext_lazy("Les responsables de ces tableaux ont tous l’autorité parentale"),
        help_text=gettext_lazy(
            "Sinon, celui dont le tableau ne le dit pas est seulement une personne à contacter."
        ),
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if self.cut:
            self.add_error("eleves", self.too_heavy())
        elif not self.errors and not any(typed.get(key) for key in (PUPILS, GUARDIANS, STAFF)):
            self.add_error("eleves", _("Choisissez au moins un tableau."))
        elif typed.get("reach") == "complete" and typed.get(GUARDIANS) and not typed.get(PUPILS):
            self.add_error("eleves", _("Un tableau complet des responsables se lit avec celui des élèves."))
        return typed

    def sent(self) -> dict[str, Any]:
        """The tables that are there, in the order in which they are read."""
        return {key: file for key in (PUPILS, GUARDIANS, STAFF) if (file := self.cleaned_data.get(key))}
