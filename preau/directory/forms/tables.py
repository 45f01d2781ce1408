"""What a school brings in tables of its own, and what their columns hold."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from preau.directory.actions.deliveries import TABLES as LIMITS
from preau.directory.imports.tables.fields import GUARDIANS, PUPILS, SEVERAL, STAFF, TABLES
from preau.foundation import uploads

MEASURES = {"size": LIMITS.size // uploads.MEGABYTE}
KINDS = (".csv", ".xlsx")


def _table(label: Any, help_text: Any = "") -> forms.FileField:
    return forms.FileField(
        label=label, help_text=help_text, required=False, widget=forms.FileInput(attrs={"accept": ",".join(KINDS)}),
        error_messages={"empty": gettext_lazy("Ce fichier est vide.")},
    )  # fmt: skip


class TablesForm(forms.Form):
    """One file of each kind at most. `cut`: they were heavier than what is read, and did not arrive."""

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
        initial="adds", widget=forms.RadioSelect,
        help_text=gettext_lazy("Seules les personnes venues de vos tableaux peuvent ainsi partir : jamais celles des fichiers officiels."),
    )  # fmt: skip
    certified = forms.BooleanField(
        label=gettext_lazy("Les responsables de ces tableaux ont tous l’autorité parentale"),
        help_text=gettext_lazy(
            "Sinon, celui dont le tableau ne le dit pas est seulement une personne à contacter."
        ),
        required=False,
    )

    def __init__(self, *args: Any, cut: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cut = cut

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if self.cut:
            self.add_error("eleves", _("C’est trop lourd : pas plus de %(size)s Mo à la fois.") % MEASURES)
        elif not self.errors and not any(typed.get(key) for key in (PUPILS, GUARDIANS, STAFF)):
            self.add_error("eleves", _("Choisissez au moins un tableau."))
        elif typed.get("reach") == "complete" and typed.get(GUARDIANS) and not typed.get(PUPILS):
            self.add_error("eleves", _("Un tableau complet des responsables se lit avec celui des élèves."))
        return typed

    def sent(self) -> dict[str, Any]:
        """The tables that are there, in the order in which they are read."""
        return {key: file for key in (PUPILS, GUARDIANS, STAFF) if (file := self.cleaned_data.get(key))}


class ColumnsForm(forms.Form):
    """A choice for each column of each table: what it holds, or nothing.

    `tables` are the headings of each, `proposed` what they seem to be.
    """

    def __init__(
        self, tables: Mapping[str, Sequence[str]], proposed: Mapping[str, Sequence[str]], data: Any = None, *,
        complete: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(data)
        self.tables, self.complete = tables, complete
        for table, titles in tables.items():
            choices = _choices(table)
            for place, title in enumerate(titles):
                self.fields[name_of(table, place)] = forms.ChoiceField(
                    label=title or _("Colonne sans titre"), choices=choices, required=False,
                    initial=proposed[table][place],
                )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        for table, titles in self.tables.items():
            self._check(table, [typed.get(name_of(table, place), "") for place in range(len(titles))])
        return typed

    def _check(self, table: str, chosen: Sequence[str]) -> None:
        known = TABLES[table]
        for place, key in enumerate(chosen):
            if key and key not in SEVERAL and key in chosen[:place]:
                said = _("« %(field)s » est déjà le contenu d’une autre colonne.")
                self.add_error(name_of(table, place), said % {"field": known.label_of(key)})
        for wanted in (*known.needs, *(known.told_whole if self.complete else ())):
            if not set(wanted) & set(chosen):
                said = _("%(table)s : dites quelle colonne contient « %(field)s ».")
                words = {"table": known.label, "field": known.label_of(wanted[0])}
                self.add_error(name_of(table, 0), said % words)

    def columns(self) -> dict[str, list[tuple[str, str]]]:
        """Each table's headings with what they hold."""
        return {
            table: [(title, self.cleaned_data[name_of(table, place)]) for place, title in enumerate(titles)]
            for table, titles in self.tables.items()
        }


def name_of(table: str, place: int) -> str:
    return f"{table}-{place}"


def _choices(table: str) -> list[Any]:
    """« Ne pas reprendre », then the fields, under the name of whom they are about where there are several."""
    found: list[Any] = [("", _("Ne pas reprendre"))]
    parts: dict[str, list[tuple[str, str]]] = {}
    for one in TABLES[table].fields:
        parts.setdefault(str(one.part), []).append((one.key, str(one.label)))
    for part, choices in parts.items():
        found += [(part, choices)] if part else choices
    return found
