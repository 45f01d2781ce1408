"""What people bring: a timetable made with another program."""

from django import forms
from django.utils.translation import gettext_lazy as _

from preau.directory.viewer import Viewer
from preau.domains.timetable.imports.importer import TIMETABLES
from preau.domains.timetable.models import TimetableImport
from preau.domains.timetable.queries.imported import columns_of
from preau.foundation import uploads
from preau.foundation.fields import SeveralFiles, SeveralFilesInput
from preau.foundation.importers.forms import Column, FilesForm, Table

LIMITS = TIMETABLES.limits


class ImportForm(FilesForm):
    """Files and what they tell whole; what they hold is for the reading to say."""

    limits = LIMITS
    files = SeveralFiles(
        label=_("Fichiers de l’emploi du temps"),
        help_text=_(
            "L’export XML d’EDT, les fichiers emp_sts et sts_emp de STSWEB, un calendrier .ics ou un tableau .csv ou .xlsx : "
            "d’un seul format à la fois, %(size)s Mo au plus."
        )
        % {"size": LIMITS.size // uploads.MEGABYTE},
        widget=SeveralFilesInput(attrs={"accept": ",".join(TIMETABLES.kinds)}),
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
    )


FIELDS = [
    ("day", _("Jour")),
    ("starts", _("Heure de début")),
    ("ends", _("Heure de fin")),
    ("hours", _("Horaire (début et fin)")),
    ("length", _("Durée")),
    ("subject", _("Matière")),
    ("code", _("Code de la matière")),
    ("class", _("Classe")),
    ("group", _("Groupe, ou classe et groupe")),
    ("teacher", _("Enseignant")),
    ("room", _("Salle")),
    ("turn", _("Semaines (A, B, numéros)")),
    ("first", _("Premier jour")),
    ("last", _("Dernier jour")),
    ("key", _("Identifiant du cours")),
]
# Of each line, one at least.
NEEDED = [("day",), ("starts", "hours"), ("ends", "hours", "length"), ("subject", "code"), ("class", "group")]


def table_of(_viewer: Viewer, brought: TimetableImport) -> list[Table]:
    """The columns of its tables, all together, as long as somebody may say what they hold."""
    columns = [Column(column["title"], column["cells"], column["field"]) for column in columns_of(brought)]
    return [Table("colonne", columns, FIELDS, NEEDED)] if columns else []
