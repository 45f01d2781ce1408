"""What people bring: a timetable made with another program."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from preau.domains.timetable.actions.imported import KINDS, LIMITS
from preau.domains.timetable.models import TimetableImport
from preau.foundation import uploads
from preau.foundation.fields import SeveralFiles, SeveralFilesInput

MEASURES = {"files": LIMITS.files, "size": LIMITS.size // uploads.MEGABYTE}


class ImportForm(forms.Form):
    """Files and what they tell whole; what they hold is for the reading to say. `cut`: they were too heavy to arrive."""

    files = SeveralFiles(
        label=_("Fichiers de l’emploi du temps"),
        help_text=_(
            "L’export XML d’EDT, les fichiers emp_sts et sts_emp de STSWEB, un calendrier .ics ou un tableau .csv ou .xlsx : "
            "d’un seul format à la fois, %(size)s Mo au plus."
        )
        % MEASURES,
        widget=SeveralFilesInput(attrs={"accept": ",".join(KINDS)}),
        error_messages={"required": _("Choisissez les fichiers de l’emploi du temps.")},
    )
    scope = forms.ChoiceField(
        label=_("Ce que disent ces fichiers"),
        choices=[("", _("Ce que leur format dit d’habitude")), *TimetableImport.Scope.choices],
        required=False,
        help_text=_(
            "D’habitude, EDT et STSWEB disent tout l’établissement ; un calendrier ou un tableau, les classes qu’il nomme. "
            "Les cours qui n’y sont plus s’arrêtent : l’aperçu les montre avant."
        ),
    )  # fmt: skip

    def __init__(self, *args: Any, cut: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if cut:
            too_heavy = _("C’est trop lourd : pas plus de %(size)s Mo à la fois.") % MEASURES
            self.files.clear()
            self.fields["files"].error_messages["required"] = too_heavy


FIELDS = [
    ("day", _("Jour")), ("starts", _("Heure de début")), ("ends", _("Heure de fin")), ("hours", _("Horaire (début et fin)")),
    ("length", _("Durée")), ("subject", _("Matière")), ("code", _("Code de la matière")), ("class", _("Classe")),
    ("group", _("Groupe, ou classe et groupe")), ("teacher", _("Enseignant")), ("room", _("Salle")),
    ("turn", _("Semaines (A, B, numéros)")), ("first", _("Premier jour")), ("last", _("Dernier jour")),
    ("key", _("Identifiant du cours")),
]  # fmt: skip
# Of each line, one at least.
NEEDED = [("day",), ("starts", "hours"), ("ends", "hours", "length"), ("subject", "code"), ("class", "group")]


class ColumnsForm(forms.Form):
    """A choice for each column of a table: what it holds, or nothing. `columns`: their headings, and what they seem to hold."""

    def __init__(self, columns: Sequence[Mapping[str, Any]], data: Any = None) -> None:
        super().__init__(data)
        self.titles = [column["title"] for column in columns]
        for place, column in enumerate(columns):
            self.fields[f"colonne-{place}"] = forms.ChoiceField(
                label=column["title"] or _("Colonne sans titre"), choices=[("", _("Ne pas reprendre")), *FIELDS],
                required=False, initial=column["field"],
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        chosen = [typed.get(f"colonne-{place}", "") for place in range(len(self.titles))]
        labels = dict(FIELDS)
        for place, key in enumerate(chosen):
            if key and key in chosen[:place]:
                said = gettext("« %(field)s » est déjà le contenu d’une autre colonne.") % {
                    "field": labels[key]
                }
                self.add_error(f"colonne-{place}", said)
        for wanted in NEEDED:
            if not set(wanted) & set(chosen):
                said = gettext("Dites quelle colonne contient « %(field)s ».") % {"field": labels[wanted[0]]}
                self.add_error("colonne-0", said)
        return typed

    def columns(self) -> list[tuple[str, str]]:
        """Each heading with what it holds."""
        return [(title, self.cleaned_data[f"colonne-{place}"]) for place, title in enumerate(self.titles)]
