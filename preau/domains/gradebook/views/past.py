"""Pages of the marks that were given elsewhere."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from preau.directory.viewer import Viewer
from preau.domains.gradebook.forms.past import MarksFilesForm, table_of
from preau.domains.gradebook.imports.importer import MARKS_FILES, name_columns
from preau.domains.gradebook.models import MarksImport
from preau.domains.gradebook.queries import past as queries
from preau.domains.gradebook.rules import access
from preau.foundation.importers import pages, stages
from preau.foundation.importers.reports import ImportLine, lines_of

HEAD = access.takes_in_marks
EXPORTED = "gradebook.import_exported"


def _take(viewer: Viewer, form: MarksFilesForm) -> MarksImport:
    brought: MarksImport = stages.bring(MARKS_FILES, viewer, form.cleaned_data["files"], year=viewer.year)
    return brought


def _lines(rows: Iterable[MarksImport]) -> list[ImportLine]:
    return lines_of(MARKS_FILES, rows, queries.by, lambda one: queries.figures_of(one.report))


def _shown(_viewer: Viewer, brought: MarksImport) -> dict[str, Any]:
    return {
        "by": queries.by(brought),
        "figures": queries.figures_of(brought.report),
        "changes": queries.changes_of(brought),
        "notes": queries.notes_of(brought),
    }


imports = pages.home(
    MARKS_FILES,
    HEAD,
    MarksFilesForm,
    _take,
    _lines,
    pages.Heading(
        _("Reprendre des notes"),
        _("Données cette année avec PRONOTE, École Directe ou un tableur."),
        _(
            "Rien ne change avant que vous ayez vu l’aperçu. Un élève, une classe ou une matière que Préau ne reconnaît pas n’est jamais deviné : la ligne est mise de côté, et vous lisez pourquoi. Une note déjà là reste comme elle est. Les fichiers sont effacés dès que c’est appliqué ou abandonné, au plus tard au bout de sept jours."
        ),
        "gradebook:periods",
        _("Périodes"),
    ),
)
one_import = pages.detail(MARKS_FILES, HEAD, "gradebook/import.html", _shown)
import_part = pages.part(MARKS_FILES, HEAD, queries.part_of, "gradebook/import_part.html")
import_columns = pages.columns(MARKS_FILES, HEAD, table_of, name_columns)
apply_import = pages.agree(MARKS_FILES, HEAD)
drop_import = pages.drop(MARKS_FILES, HEAD)
import_csv = pages.csv_report(MARKS_FILES, HEAD, queries.exported, queries.csv_rows, EXPORTED)
import_json = pages.json_report(MARKS_FILES, HEAD, queries.exported, EXPORTED)
