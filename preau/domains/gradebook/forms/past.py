"""What people bring of marks given elsewhere."""

from django.utils.translation import gettext_lazy as _

from preau.directory.viewer import Viewer
from preau.domains.gradebook.imports.importer import MARKS_FILES
from preau.domains.gradebook.imports.past.columns import FIELDS, NEEDED
from preau.domains.gradebook.models import MarksImport
from preau.foundation import uploads
from preau.foundation.fields import SeveralFiles, SeveralFilesInput
from preau.foundation.importers.forms import Column, FilesForm, Table
from preau.foundation.importers.reports import columns_of


class MarksFilesForm(FilesForm):
    """Tables of marks."""

    limits = MARKS_FILES.limits
    files = SeveralFiles(
        label=_("Tableaux de notes"),
        help_text=_(
            "Une ligne par note : élève, matière, date, note. En .csv, .xlsx ou .ods, %(size)s Mo au plus."
        )
        % {"size": MARKS_FILES.limits.size // uploads.MEGABYTE},
        widget=SeveralFilesInput(attrs={"accept": ",".join(MARKS_FILES.kinds)}),
        error_messages={"required": _("Choisissez les tableaux de notes.")},
    )


def table_of(_viewer: Viewer, brought: MarksImport) -> list[Table]:
    """The columns of its tables, all together, as long as somebody may say what they hold."""
    columns = [Column(column["title"], column["cells"], column["field"]) for column in columns_of(brought)]
    return [Table("colonne", columns, FIELDS, NEEDED)] if columns else []
