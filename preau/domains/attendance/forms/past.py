"""What people bring of absences noted elsewhere, and how their list is narrowed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from preau.directory.models import Group
from preau.directory.viewer import Viewer
from preau.domains.attendance.forms.registers import classes_offered
from preau.domains.attendance.imports.importer import ABSENCES_FILES
from preau.domains.attendance.imports.past.columns import FIELDS, NEEDED
from preau.domains.attendance.models import AbsencesImport
from preau.foundation import uploads
from preau.foundation.fields import Day, FewRows, Filter, SeveralFiles, SeveralFilesInput
from preau.foundation.importers.forms import Column, FilesForm, Table
from preau.foundation.importers.reports import columns_of


class AbsencesFilesForm(FilesForm):
    """Tables of absences."""

    limits = ABSENCES_FILES.limits
    files = SeveralFiles(
        label=_("Tableaux d’absences et de retards"),
        help_text=_(
            "Une ligne par absence ou par retard : élève, date, heures, motif. En .csv, .xlsx ou .ods, %(size)s Mo au plus."
        )
        % {"size": ABSENCES_FILES.limits.size // uploads.MEGABYTE},
        widget=SeveralFilesInput(attrs={"accept": ",".join(ABSENCES_FILES.kinds)}),
        error_messages={"required": _("Choisissez les tableaux d’absences.")},
    )


def table_of(_viewer: Viewer, brought: AbsencesImport) -> list[Table]:
    """The columns of its tables, all together, as long as somebody may say what they hold."""
    columns = [Column(column["title"], column["cells"], column["field"]) for column in columns_of(brought)]
    return [Table("colonne", columns, FIELDS, NEEDED)] if columns else []


class PastFilter(Filter):
    """The filters of the list of past absences. A wrong value is ignored, never an error page."""

    nom = forms.CharField(label=_("Nom de l’élève"), required=False, max_length=80)
    classe = FewRows(
        Group.objects.none(), label=_("Classe"), required=False, empty_label=_("Toutes les classes")
    )
    du = Day(label=_("Du"), required=False)
    au = Day(label=_("Au"), required=False)

    def __init__(self, viewer: Viewer, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if viewer.is_staff:
            self.fields["classe"].queryset = classes_offered(viewer)  # type: ignore[attr-defined]
